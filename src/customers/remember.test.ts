// Memories through the reducer: orders that are paid, shipped, refunded and cancelled in any order; two customers who
// become one; a rule that is published in the middle, with history filling in what came before. The answer at the end is
// that of the plain list of everything.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, event, eventInput, HOUR, journey, Person, START, uuid, world } from '../../test/reducer.ts'
import { tries } from '../../test/property.ts'
import type { EventBody, FillBody } from '../inbox/model.ts'
import type { AbsorbBody } from '../inbox/identity-model.ts'
import { planOf } from '../journeys/plan.ts'
import { evaluate } from '../rules/evaluate.ts'
import { matches } from '../rules/match.ts'
import { sinceAt } from '../rules/memories.ts'
import { itemOf, remember, type Memory } from '../rules/memory.ts'
import type { EventMeasure, NumberTest, OrderMeasure, OrderRef, Rule } from '../rules/model.ts'
import type { CustomerState } from './model.ts'
import { worthOf, type Worth } from './order-worth.ts'
import { filledTo } from './remember.ts'
import type { World } from './world.ts'

const atLeast = (value: number): NumberTest => ({ is: 'at_least', value })
const ordersRule = (measure: OrderMeasure, ref: OrderRef = {}, days?: number): Rule => ({
  op: 'orders',
  ...ref,
  window: days === undefined ? { in: 'ever' } : { in: 'last', span: { n: days, unit: 'day' } },
  measure,
})
const eventRule = (measure: EventMeasure): Rule => ({
  op: 'event',
  event: 'Seen',
  window: { in: 'ever' },
  measure,
})

const DRESS: OrderRef = { lines: { by: 'category', values: ['洋裝'] }, status: ['paid'] }
const inDays = (worths: Worth[], now: number, days: number) => worths.filter(w => w.at > now - days * DAY)
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

/** Each rule with what it must answer, from the orders that stand and the times at which something was seen. */
type Known = { all: Worth[]; standing: Worth[]; seen: number[]; now: number }
const cases: [Rule, (known: Known) => boolean][] = [
  [
    ordersRule({ of: 'count', test: atLeast(1) }, DRESS),
    ({ standing }) => standing.some(w => w.paid && w.lines.some(l => l.category === '洋裝' && l.q > l.back)),
  ],
  [
    ordersRule({ of: 'quantity', test: atLeast(3) }, { lines: { by: 'sku', values: ['hat'] } }),
    ({ standing }) =>
      sum(standing.flatMap(w => w.lines.filter(l => (l.sku ?? l.id) === 'hat').map(l => l.q - l.back))) >= 3,
  ],
  [
    ordersRule({ of: 'amount', test: atLeast(1000) }, {}, 30),
    ({ standing, now }) => sum(inDays(standing, now, 30).map(w => w.net)) >= 1000,
  ],
  [
    ordersRule({ of: 'count', test: atLeast(1) }, { status: ['cancelled', 'refunded'] }),
    ({ all }) => all.some(w => w.status === 'cancelled' || w.refunded === 'whole'),
  ],
  [
    ordersRule({ of: 'last_at', test: { is: 'over_ago', span: { n: 20, unit: 'day' } } }),
    ({ standing, now }) => standing.length > 0 && now - Math.max(...standing.map(w => w.at)) >= 20 * DAY,
  ],
  [
    ordersRule({ of: 'cycle', onceDays: 10, test: atLeast(2) }),
    ({ standing, now }) => {
      if (standing.length === 0) return false
      const times = standing.map(w => w.at)
      const [first, last] = [Math.min(...times), Math.max(...times)]
      return last > first ? ((now - last) * (times.length - 1)) / (last - first) >= 2 : now - last >= 20 * DAY
    },
  ],
  [
    ordersRule({ of: 'average', test: atLeast(500) }),
    ({ standing }) => standing.length > 0 && sum(standing.map(w => w.net)) / standing.length >= 500,
  ],
  [eventRule({ of: 'count', test: { is: 'equal', value: 12 } }), ({ seen }) => seen.length === 12],
  [eventRule({ of: 'count', test: { is: 'equal', value: 3 } }), ({ seen }) => seen.length === 3],
  [
    eventRule({ of: 'interval', atLeast: 2, test: atLeast(5) }),
    ({ seen }) => seen.length > 1 && (Math.max(...seen) - Math.min(...seen)) / (seen.length - 1) / DAY >= 5,
  ],
]

const asking = journey({
  trigger: { kind: 'event', event: 'Never' },
  exits: cases.map(([rule], i) => ({ name: `exit ${i}`, rule })),
})
const before = world()
const after = begunAt(2, world(asking))

/** Its memories are kept since this number, under which it is published. A plan is kept for each object. */
function begunAt(no: number, w: World): World {
  return { ...w, no, memories: sinceAt(planOf(w).memories.needs, undefined, no) }
}

type Act = { who: 0 | 1; name: string; order: string; daysAgo: number; ms: number }
const act: fc.Arbitrary<Act> = fc.record({
  who: fc.constantFrom(0, 1),
  name: fc.constantFrom(
    'Seen',
    'Seen',
    'Order Completed',
    'Order Completed',
    'Order Paid',
    'Order Shipped',
    'Order Refunded',
    'Order Returned',
    'Order Cancelled',
  ),
  order: fc.constantFrom('A', 'B', 'C'),
  daysAgo: fc.integer({ min: 0, max: 60 }),
  ms: fc.constantFrom(0, 0, 1),
})

const LINES = [
  { sku: 'dress', category: '洋裝', price: 900, quantity: 1 },
  { sku: 'hat', category: '配件', price: 100, quantity: 2 },
]
function bodyOf({ name, order, daysAgo, ms }: Act, i: number): EventBody {
  const at = START - daysAgo * DAY - ms
  const messageId = `m${i}`
  if (name === 'Seen') return event(name, { at, messageId })
  const part = i % 2 === 0
  const props: Record<string, unknown> = { order_id: order }
  if (name === 'Order Completed')
    Object.assign(props, { total: 1100, products: LINES, ...(part ? { payment_status: 'unpaid' } : {}) })
  else if (name === 'Order Paid') props.total = 1100
  else if (part && name !== 'Order Cancelled' && name !== 'Order Shipped')
    Object.assign(props, { products: [{ ...LINES[i % 4 === 0 ? 0 : 1]!, quantity: 1 }], refund_id: i })
  return event(name, { at, messageId, props })
}

/** What history gives for memories: from the events that were folded before. */
function fillOf(p: Person, events: EventBody[]): FillBody {
  const mem: Record<string, Memory> = {}
  for (const need of planOf(after).memories.needs.values())
    for (const body of events)
      for (const [part, { names, where }] of need.events.entries()) {
        if (!names.includes(body.name) || !matches(body.props ?? {}, where)) continue
        const made = remember(
          need,
          mem[need.key],
          itemOf(need, body.at!, body.props ?? {}, part),
          after.timezone,
        )
        if (made !== undefined) mem[need.key] = made
      }
  return { catalogueNo: 2, of: p.self.id, mem, orders: true }
}

const fill = (p: Person, body: FillBody) => p.fold({ kind: 'fill', now: p.now, received: p.now, body })
const judge = (state: CustomerState, rule: Rule, now: number) =>
  evaluate(rule, { state, now, timezone: after.timezone, since: null, fresh: new Set() })

test('orders in any order, two who become one, a rule published in between: as the plain list says', () => {
  fc.assert(
    fc.property(
      fc.array(act, { minLength: 1, maxLength: 14 }),
      fc.tuple(fc.nat(14), fc.nat(14)),
      fc.tuple(fc.nat(6), fc.nat(6)),
      fc.nat(16),
      fc.integer({ min: 0, max: 40 * 24 }),
      (acts, publishAt, fillAfter, absorbAt, laterHours) => {
        const people = [new Person(before, 1), new Person(before, 2)] as const
        for (const p of people) p.fold(eventInput(event('Begun', { at: START - 61 * DAY }), START))
        const told: EventBody[][] = [[], []]
        const fills: (FillBody | null)[] = [null, null]
        let merged = false
        const steps = 24
        for (let i = 0; i <= steps; i++) {
          people.forEach((p, who) => {
            if (i === publishAt[who]) {
              p.world = after
              fills[who] = fillOf(p, told[who]!)
            }
            // history is asked when every bucket has got the publication
            if (i === Math.max(...publishAt) + fillAfter[who]!) fill(merged ? people[0] : p, fills[who]!)
          })
          if (i === absorbAt) {
            const [survivor, loser] = people
            const state = structuredClone(loser.state!)
            state.into = survivor.self.id
            const orders = Object.entries(loser.facts).flatMap(([key, rows]) =>
              key === 'orders' ? [] : rows,
            )
            const body: AbsorbBody = { loser: loser.self.id, state, ids: [], orders, hops: 0 }
            survivor.fold({ kind: 'absorb', now: survivor.now, received: survivor.now, body })
            merged = true
          }
          const next = acts[i]
          if (next === undefined) continue
          const body = bodyOf(next, i)
          const who = merged ? 0 : next.who
          people[who]!.fold(eventInput(body, START))
          told[who]!.push(body)
        }
        const [whole] = people
        expect(filledTo(whole.state!)).toBe(2)
        const now = START + laterHours * HOUR
        const rows = Object.entries(whole.facts).flatMap(([key, all]) => (key === 'orders' ? [] : all))
        const all = [...Map.groupBy(rows, r => r.orderNo).values()].flatMap(r => worthOf(r) ?? [])
        const standing = all.filter(w => w.counts)
        const seen = told.flat().flatMap(b => (b.name === 'Seen' ? [b.at!] : []))
        for (const [rule, expected] of cases) {
          const verdict = judge(whole.state!, rule, now)
          expect([rule, verdict.value]).toEqual([rule, expected({ all, standing, seen, now })])
          const end = verdict.until ?? now + 200 * DAY
          for (const share of [0.25, 0.5, 0.75, 1]) {
            const probe = Math.floor(now + share * (end - 1 - now))
            expect([rule, probe, expected({ all, standing, seen, now: probe })]).toEqual([
              rule,
              probe,
              verdict.value,
            ])
          }
        }
      },
    ),
    tries(300),
  )
})

describe('what is kept', () => {
  const asks = (...rules: Rule[]): World =>
    world(journey({ exits: rules.map((rule, i) => ({ name: `${i}`, rule })) }))
  const seen = (n: number): Rule => eventRule({ of: 'count', test: atLeast(n) })

  test('nothing of events that no rule names, and nothing any more once no rule names them', () => {
    const p = new Person(asks(seen(2)))
    p.event('Other')
    expect(p.state!.mem).toBeUndefined()
    p.event('Seen')
    expect(Object.values(p.state!.mem!)).toEqual([[0, [START]]])
    p.world = { ...asks(eventRule({ of: 'interval', atLeast: 2, test: atLeast(1) })), no: 2 }
    p.event('Seen')
    expect(Object.values(p.state!.mem!)).toEqual([[0, [1, START, START]]])
    p.world = { ...world(), no: 3 }
    p.fold({ kind: 'fill', now: p.now, received: p.now, body: { catalogueNo: 3, of: p.self.id, mem: {} } })
    expect(p.state!.mem).toBeUndefined()
  })

  test('what was published, withdrawn and published again begins anew', () => {
    const { needs } = planOf(asks(seen(5))).memories
    const [key] = needs.keys()
    const p = new Person({ ...asks(seen(5)), memories: { [key!]: 1 } })
    p.event('Seen')
    p.world = { ...asks(seen(5)), no: 4, memories: { [key!]: 4 } }
    p.event('Seen')
    expect(p.state!.mem).toEqual({ [key!]: [4, [START]] })
    expect(sinceAt(needs, { [key!]: 1 }, 4)).toEqual({ [key!]: 1 })
    expect(sinceAt(needs, {}, 4)).toEqual({ [key!]: 4 })
  })

  test('a fill counts once, and what it brings does not change with the state', () => {
    const p = new Person(asks(seen(5)))
    p.event('Seen')
    const [key] = planOf(p.world).memories.needs.keys()
    p.world = { ...asks(seen(5)), no: 2, memories: { [key!]: 2 } }
    p.event('Seen')
    const body: FillBody = { catalogueNo: 2, of: p.self.id, mem: { [key!]: [START - 5, START - 9] } }
    const given = structuredClone(body)
    fill(p, body)
    fill(p, body)
    p.event('Seen')
    expect(p.state!.mem![key!]![1]).toEqual([START, START, START - 5, START - 9])
    const quiet = new Person(world())
    quiet.event('Other')
    quiet.world = p.world
    fill(quiet, { ...body, of: quiet.self.id })
    quiet.event('Seen')
    expect(quiet.state!.mem![key!]![1]).toEqual([START, START - 5, START - 9])
    expect(body).toEqual(given)
  })

  test('whoever was merged in and is not filled yet holds back the whole; somebody new lacks nothing', () => {
    const p = new Person(begunAt(2, asks(seen(5))))
    p.event('Seen')
    expect(filledTo(p.state!)).toBe(2)
    const loser = new Person(world(), 2)
    loser.event('Seen')
    const body: AbsorbBody = {
      loser: uuid(2),
      state: structuredClone(loser.state),
      ids: [],
      orders: [],
      hops: 0,
    }
    p.fold({ kind: 'absorb', now: p.now, received: p.now, body })
    expect(filledTo(p.state!)).toBe(0)
    fill(p, { catalogueNo: 2, of: uuid(2), mem: {} })
    expect(filledTo(p.state!)).toBe(2)
    expect(p.state!.fills).toBeUndefined()
  })
})
