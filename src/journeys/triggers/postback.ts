// A button of a LINE message or of its rich menu was pressed.
import { z } from 'zod'
import { matches } from '../../rules/match.ts'
import { MATCH } from './fields.ts'
import { lateness, textMatch } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({ kind: z.literal('postback'), data: textMatch, latenessMs: lateness })

export const postback = triggerType<typeof shape>({
  kind: 'postback',
  family: 'social',
  fields: { data: MATCH },
  shape,
  facts: () => ['line.postback'],
  admits: (t, { props }) => matches(props, [{ path: 'data', op: t.data.is, value: t.data.value }]),
  about: t => t.data.value,
})
