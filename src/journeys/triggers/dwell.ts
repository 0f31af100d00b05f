// So many engaged seconds on a page (or on the site) in one day: it starts when they are full. The pixel tells of them when
// a page is left or hidden, in parts; the parts of a day add up.
import { z } from 'zod'
import { matches } from '../../rules/match.ts'
import type { Rule } from '../../rules/model.ts'
import { MATCH } from './fields.ts'
import { pageFilter } from './page.ts'
import { lateness, textMatch } from './parts.ts'
import { triggerType } from './type.ts'

const ENGAGED = 'Page Engaged'
const shape = z.strictObject({
  kind: z.literal('dwell'),
  seconds: z.number().int().min(1).max(86_400),
  page: textMatch.optional(),
  latenessMs: lateness,
})
type Dwell = z.infer<typeof shape>

const whereOf = (t: Dwell) => (t.page === undefined ? [] : pageFilter(t.page))

const rules = new WeakMap<Dwell, Rule>()
function ruleOf(t: Dwell): Rule {
  let rule = rules.get(t)
  if (rule === undefined) {
    rule = {
      op: 'event',
      event: ENGAGED,
      where: whereOf(t),
      window: { in: 'days', n: 1 },
      measure: { of: 'sum', path: 'seconds', test: { is: 'at_least', value: t.seconds } },
    }
    rules.set(t, rule)
  }
  return rule
}

export const dwell = triggerType<typeof shape>({
  kind: 'dwell',
  family: 'web',
  fields: {
    seconds: { kind: 'number', required: true, min: 1, max: 86_400 },
    page: { ...MATCH, required: false },
  },
  shape,
  facts: () => [ENGAGED],
  admits(t, fact, ctx) {
    const { seconds } = fact.props
    if (typeof seconds !== 'number' || !matches(fact.props, whereOf(t))) return false
    const { value, why } = ctx.evaluate(ruleOf(t))
    const sum = why[0]?.seen
    return value && typeof sum === 'number' && sum - seconds < t.seconds
  },
  rules: t => [ruleOf(t)],
  about: t => `${t.seconds} s`,
})
