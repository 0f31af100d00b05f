// Live segments as a shop has them, over the traffic of events.ts: about attributes, orders, events in rolling windows,
// what was not followed by something, clocks, and other segments. `count` of them, no two the same.
import type { Rule } from '../src/rules/model.ts'
import { until } from './machine.ts'
import { api, type Product, type Space } from './product.ts'

const days = (n: number) => ({ n, unit: 'day' as const })
const CITIES = ['台北市', '台中市', '高雄市', '台南市']
const EVENTS = ['Product Viewed', 'Product Added', 'Cart Viewed', 'Products Searched', 'Promotion Viewed']

/** One of each kind, `i` varies it. */
const KINDS: ((i: number) => Rule)[] = [
  i => ({
    op: 'and',
    rules: [
      { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: CITIES[i % 4]! } },
      { op: 'age', min: 20 + (i % 30), max: 40 + (i % 30) },
    ],
  }),
  i => ({
    op: 'event',
    event: EVENTS[i % 5]!,
    where: [{ path: 'category', op: 'is', value: `category-${i % 25}` }],
    window: { in: 'last', span: days(7 + (i % 20)) },
    measure: { of: 'count', test: { is: 'at_least', value: 2 + (i % 3) } },
  }),
  i => ({ op: 'clock', clock: 'order', test: { is: 'over_ago', span: days(30 + i) } }),
  i => ({
    op: 'orders',
    window: { in: 'ever' },
    measure: { of: 'amount', test: { is: 'at_least', value: 100_000 + i * 10_000 } },
  }),
  i => ({
    op: 'sequence',
    first: { event: 'Product Added' },
    next: { event: 'Order Completed' },
    within: { n: 1 + (i % 47), unit: 'hour' },
    is: 'not_followed',
    window: { in: 'last', span: days(14) },
  }),
  i => ({
    op: 'and',
    rules: [
      { op: 'trait', trait: 'gender', type: 'text', test: { is: 'equal', value: i % 2 ? 'f' : 'm' } },
      { op: 'trait', trait: 'birthday', type: 'date', test: { is: 'anniversary_in', days: 7 + (i % 20) } },
    ],
  }),
  i => ({ op: 'clock', clock: 'customer', test: { is: 'over_ago', span: days(14 + i) } }),
  i => ({
    op: 'event',
    event: EVENTS[i % 5]!,
    window: { in: 'days', n: 10 + (i % 60) },
    measure: { of: 'count', test: { is: 'at_least', value: 5 + (i % 10) } },
  }),
  i => ({
    op: 'and',
    rules: [
      { op: 'stage', is: 'at_least', stage: 'conversion' },
      { op: 'consent', channel: 'line', purpose: 'marketing', is: i % 2 ? 'granted' : 'unknown' },
    ],
  }),
  i => ({
    op: 'orders',
    window: { in: 'last', span: days(30 + i) },
    measure: { of: 'count', test: { is: 'at_least', value: 1 + (i % 3) } },
  }),
]

export const segmentRules = (count: number): Rule[] =>
  Array.from({ length: count }, (_, i) => KINDS[i % KINDS.length]!(Math.floor(i / KINDS.length)))

type Shown = { id: string; version: number; computing: unknown; size: number | null }

/** Publishes a live segment for each rule; resolves when all of the past has been looked at. `published`: all are. */
export async function publishSegments(
  product: Product,
  space: Space,
  rules: Rule[],
  published: () => void = () => undefined,
): Promise<string[]> {
  const ids: string[] = []
  for (const [i, rule] of rules.entries()) {
    const definition = { groups: [{ key: 'in', name: '', rule }] }
    const body = { name: `Bench ${i}`, kind: 'live', definition }
    const made = await api<Shown>(product, space, 'POST', '/segments', body)
    await api(product, space, 'POST', `/segments/${made.id}/publish`, { version: made.version })
    ids.push(made.id)
  }
  published()
  await until(
    'segments computed',
    900_000,
    50,
    async () => {
      const { rows } = await product.core.pool.query<{ n: number }>(
        `select count(*)::int as n from segment_job where status in ('queued', 'running')`,
      )
      return rows[0]!.n
    },
    left => left === 0,
  )
  return ids
}
