// A form was answered (`Form Answered` with `form` and the answers), maybe with certain answers.
import { z } from 'zod'
import { propFilter } from '../../rules/check.ts'
import { matches } from '../../rules/match.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('form'),
  form: z.string().min(1).max(200),
  where: z.array(propFilter).max(10).optional(),
  latenessMs: lateness,
})

export const form = triggerType<typeof shape>({
  kind: 'form',
  family: 'social',
  fields: { form: { kind: 'text', required: true }, where: { kind: 'where', required: false } },
  shape,
  facts: () => ['Form Answered'],
  admits: (t, { props }) => props.form === t.form && matches(props, t.where),
  about: t => t.form,
})
