// Any rule of the language, for tests of what must hold for all of them. Values are made of letters that no word of the
// product holds, so that a test can tell them from the product's own.
import fc from 'fast-check'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { STAGES } from '../../src/customers/model.ts'
import { IDENTIFIER_KINDS } from '../../src/rules/identifiers.ts'
import { ORDER_STATUSES, type Rule } from '../../src/rules/model.ts'

const some = <const T>(...all: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...all)
const name = fc.stringMatching(/^[A-Z]{1,6}$/)
const names = fc.array(name, { minLength: 1, maxLength: 3 })
const n = fc.integer({ min: 0, max: 400 })
const span = fc.record({ n: fc.integer({ min: 1, max: 400 }), unit: some('minute', 'hour', 'day') })
const date = some('2026-02-28', '2024-02-29')
const at = some('2026-02-28', '2026-02-28T12:30:00+08:00')

const number = fc.oneof(
  fc.record({ is: some('equal', 'not_equal', 'at_least', 'at_most', 'over', 'under'), value: n }),
  fc.record({ is: fc.constant('between' as const), from: n, to: n }),
)
const text = fc.oneof(
  fc.record({
    is: some('equal', 'not_equal', 'contains', 'not_contains', 'starts_with', 'ends_with'),
    value: name,
  }),
  fc.record({ is: some('one_of', 'none_of'), values: names }),
)
const boolean = fc.record({ is: fc.constant('equal' as const), value: fc.boolean() })
const days = fc.integer({ min: 1, max: 400 })
const dateTest = fc.oneof(
  fc.record({ is: some('on', 'before', 'after'), date }),
  fc.record({ is: fc.constant('between' as const), from: date, to: date }),
  fc.record({ is: some('in_last', 'in_next'), days }),
  fc.record({ is: fc.constant('anniversary_in' as const), days }),
  fc.record({
    is: fc.constant('month' as const),
    month: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant('this' as const)),
  }),
)
const time = fc.oneof(
  fc.record({ is: some('in_last'), span }),
  fc.record({ is: some('over_ago'), span }),
  fc.record({ is: some('before', 'after'), at }),
  fc.record({ is: some('never', 'ever') }),
)
const window = fc.oneof(
  fc.record({ in: fc.constant('ever' as const) }),
  fc.record({ in: fc.constant('last' as const), span }),
  fc.record({ in: fc.constant('days' as const), n: days }),
  fc.record({
    in: fc.constant('period' as const),
    period: some('day', 'week', 'month', 'quarter', 'year'),
    ago: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({ in: fc.constant('since' as const), at }),
  fc.record({ in: some('entry', 'node') }),
)
const filter = fc.record(
  {
    path: name,
    op: some('is', 'is_not', 'at_least', 'at_most', 'contains', 'starts_with', 'like', 'is_set'),
    value: fc.oneof(name, n, fc.boolean()),
  },
  { requiredKeys: ['path', 'op'] },
)
const event = { event: fc.oneof(name, names), where: fc.array(filter, { minLength: 1, maxLength: 2 }) }
const eventRef = fc.record(event, { requiredKeys: ['event'] })
const eventMeasure = fc.oneof(
  fc.record({ of: fc.constant('count' as const), test: number }),
  fc.record({ of: some('sum', 'distinct'), path: name, test: number }),
  fc.record({ of: fc.constant('interval' as const), test: number, atLeast: days }),
  fc.record({ of: some('first_at', 'last_at'), test: time }),
  fc.record({ of: some('first', 'last'), path: name, test: fc.oneof(text, number, boolean) }),
)
const orderMeasure = fc.oneof(
  fc.record({ of: some('count', 'quantity', 'amount', 'average', 'interval'), test: number }),
  fc.record({ of: some('first_at', 'last_at'), test: time }),
  fc.record({ of: fc.constant('cycle' as const), onceDays: days, test: number }),
)
const op = <O extends string>(o: O) => fc.constant(o)

/** One of each kind of leaf, by its op. */
export const LEAVES = {
  trait: fc.oneof(
    fc.record({ op: op('trait'), trait: name, type: op('text'), test: text }),
    fc.record({ op: op('trait'), trait: name, type: op('number'), test: number }),
    fc.record({ op: op('trait'), trait: name, type: op('boolean'), test: boolean }),
    fc.record({ op: op('trait'), trait: name, type: op('date'), test: dateTest }),
    fc.record({
      op: op('trait'),
      trait: name,
      type: op('list'),
      test: fc.record({
        is: some('any', 'all', 'none'),
        values: fc.array(fc.oneof(name, n, fc.boolean()), { minLength: 1, maxLength: 3 }),
      }),
    }),
    fc.record({ op: op('trait'), trait: name, type: op('any'), test: fc.record({ is: op('set') }) }),
  ),
  age: fc.record({ op: op('age'), min: n, max: n }, { requiredKeys: ['op'] }),
  tags: fc.record({ op: op('tags'), is: some('any', 'all', 'none'), tags: names }),
  identifier: fc.record(
    { op: op('identifier'), kind: some(...IDENTIFIER_KINDS), verified: fc.constant(true as const) },
    { requiredKeys: ['op', 'kind'] },
  ),
  channel: fc.record({ op: op('channel'), channel: some(...CHANNEL_NAMES), is: some('bound', 'reachable') }),
  consent: fc.record({
    op: op('consent'),
    channel: some(...CHANNEL_NAMES),
    purpose: some('marketing', 'analytics'),
    is: some('granted', 'refused', 'unknown'),
  }),
  stage: fc.record({ op: op('stage'), is: some('exactly', 'at_least', 'at_most'), stage: some(...STAGES) }),
  tier: fc.record({ op: op('tier'), is: some('one_of', 'none_of'), tiers: names }),
  points: fc.record({ op: op('points'), test: number }),
  coupon: fc.record({ op: op('coupon'), coupon: name, expiresIn: span }, { requiredKeys: ['op'] }),
  likes: fc.record({ op: op('likes'), of: some('category', 'brand'), values: names, top: days }),
  touch: fc.record({
    op: op('touch'),
    which: some('first', 'last'),
    field: some('kind', 'source', 'medium', 'campaign', 'ad', 'store', 'keyword'),
    values: names,
  }),
  orders: fc.record(
    {
      op: op('orders'),
      window,
      measure: orderMeasure,
      lines: fc.record({ by: some('sku', 'product', 'category', 'brand'), values: names }),
      salesChannel: names,
      store: names,
      status: fc.uniqueArray(some(...ORDER_STATUSES), { minLength: 1 }),
    },
    { requiredKeys: ['op', 'window', 'measure'] },
  ),
  event: fc.record(
    { op: op('event'), window, measure: eventMeasure, ...event },
    { requiredKeys: ['op', 'window', 'measure', 'event'] },
  ),
  sequence: fc.record({
    op: op('sequence'),
    first: eventRef,
    next: eventRef,
    within: span,
    is: some('followed', 'not_followed'),
    window,
  }),
  clock: fc.record({ op: op('clock'), clock: some('order', 'customer', 'marketing', 'team'), test: time }),
  segment: fc.record(
    { op: op('segment'), segment: name, group: name, is: some('in', 'out') },
    { requiredKeys: ['op', 'segment', 'is'] },
  ),
  percent: fc.record({ op: op('percent'), salt: name, from: n, to: n }),
} satisfies Record<Exclude<Rule['op'], 'and' | 'or' | 'not'>, fc.Arbitrary<Rule>>

/** Any rule, nested up to four deep. */
export const anyRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>(tie => ({
  rule: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(...(Object.values(LEAVES) as fc.Arbitrary<Rule>[])),
    fc.record({ op: op('and'), rules: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: op('or'), rules: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: op('not'), rule: tie('rule') }),
  ),
})).rule
