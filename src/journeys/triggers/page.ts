// A page of the site was viewed, once or for the n-th time. What begins with '/' is compared with the path, anything else
// with the whole address.
import { z } from 'zod'
import { matches } from '../../rules/match.ts'
import type { PropFilter } from '../../rules/model.ts'
import { countRules, isNth } from './counted.ts'
import { MATCH, TIMES } from './fields.ts'
import { lateness, textMatch, times } from './parts.ts'
import { triggerType } from './type.ts'

const VIEWED = 'Page Viewed'
const shape = z.strictObject({ kind: z.literal('page'), page: textMatch, times, latenessMs: lateness })

export const pageFilter = ({ is, value }: z.infer<typeof textMatch>): PropFilter[] => [
  { path: value.startsWith('/') ? 'path' : 'url', op: is, value },
]

export const page = triggerType<typeof shape>({
  kind: 'page',
  family: 'web',
  fields: { page: MATCH, times: TIMES },
  shape,
  facts: () => [VIEWED],
  admits: (t, fact, ctx) =>
    matches(fact.props, pageFilter(t.page)) && isNth(t, VIEWED, pageFilter(t.page), ctx),
  rules: t => countRules(t, VIEWED, pageFilter(t.page)),
  about: t => t.page.value,
})
