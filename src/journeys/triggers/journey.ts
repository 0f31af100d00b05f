// A run of another journey ended, in one of these ways.
import { z } from 'zod'
import { publicId } from '../../platform/ids.ts'
import { choice } from './fields.ts'
import { lateness, safeName } from './parts.ts'
import { triggerType } from './type.ts'

const HOW = ['completed', 'goal', 'exit_rule', 'stopped', 'removed', 'error'] as const
const shape = z.strictObject({
  kind: z.literal('journey'),
  journey: safeName(64),
  how: z.array(z.enum(HOW)).min(1).optional(),
  latenessMs: lateness,
})

export const journey = triggerType<typeof shape>({
  kind: 'journey',
  family: 'outside',
  fields: { journey: { kind: 'journey', required: true }, how: { ...choice(HOW, false), many: true } },
  shape,
  facts: () => ['journey.exited'],
  admits: (t, { props, refs }) =>
    refs?.journey !== undefined &&
    publicId('jrn', refs.journey) === t.journey &&
    (t.how === undefined ? props.how !== 'merged' : t.how.some(how => how === props.how)),
  about: t => t.journey,
})
