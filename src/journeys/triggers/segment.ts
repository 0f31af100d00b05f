// Somebody entered or left a segment, or a group of a partition. Without a group, moving within a partition is neither.
import { z } from 'zod'
import { choice, GROUP } from './fields.ts'
import { lateness, safeName } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['entered', 'left'] as const
const shape = z.strictObject({
  kind: z.literal('segment'),
  segment: safeName(64),
  group: safeName(100).optional(),
  on: z.enum(ON),
  latenessMs: lateness,
})

export const segment = triggerType<typeof shape>({
  kind: 'segment',
  family: 'member',
  fields: { segment: { kind: 'segment', required: true }, group: GROUP, on: choice(ON) },
  shape,
  facts: t => [`segment.${t.on}`],
  admits: (t, { props }) =>
    props.segment === t.segment &&
    (t.group === undefined ? props.moved === undefined : props.group === t.group),
  about: t => t.segment,
})
