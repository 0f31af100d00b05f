// One of these tags was put on or taken off, by whomever.
import { z } from 'zod'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['added', 'removed'] as const
const shape = z.strictObject({
  kind: z.literal('tag'),
  tags: z.array(z.string().min(1).max(100)).min(1).max(50),
  on: z.enum(ON),
  latenessMs: lateness,
})

export const tag = triggerType<typeof shape>({
  kind: 'tag',
  family: 'member',
  fields: { tags: { kind: 'tag', required: true, many: true }, on: choice(ON) },
  shape,
  facts: t => [`tag.${t.on}`],
  admits: (t, { props }) => t.tags.includes(props.tag as string),
  about: t => t.tags.join(', '),
})
