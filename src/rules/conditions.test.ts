// The conditions that journeys are made of, through the reducer: splits, goals and exits over what people did, bought and
// were sent, to the millisecond, and exits that time alone brings about.
import { describe, expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  HOUR,
  intentsOf,
  journey,
  node,
  Person,
  places,
  sendNode,
  START,
  world,
} from '../../test/reducer.ts'
import { evaluate } from './evaluate.ts'
import type { EventMeasure, NumberTest, OrderMeasure, OrderRef, Rule, TimeTest, Window } from './model.ts'

const MINUTE = 60_000
const atLeast = (value: number): NumberTest => ({ is: 'at_least', value })
const ever: Window = { in: 'ever' }
const last = (n: number): Window => ({ in: 'last', span: { n, unit: 'day' } })
const ago = (is: 'in_last' | 'over_ago', n: number): TimeTest => ({ is, span: { n, unit: 'day' } })
const orders = (measure: OrderMeasure, window: Window = ever, ref: OrderRef = {}): Rule => ({
  op: 'orders',
  ...ref,
  window,
  measure,
})
const events = (
  event: string | string[],
  measure: EventMeasure,
  window: Window = ever,
  where?: [string, string],
): Rule => ({
  op: 'event',
  event,
  ...(where ? { where: [{ path: where[0], op: 'is', value: where[1] }] } : {}),
  window,
  measure,
})
const bought = (order_id: string, more: Record<string, unknown> = {}) => ({
  props: { order_id, total: 1200, ...more },
})

/** Somebody of whom the world's rules keep what this rule needs; `holds` asks it. */
function asked(rule: Rule) {
  const p = new Person(
    world(journey({ trigger: { kind: 'event', event: 'Never' }, exits: [{ name: 'x', rule }] })),
  )
  const holds = (now = p.now) =>
    evaluate(rule, { state: p.state!, now, timezone: 'Asia/Taipei', since: null, fresh: new Set() }).value
  return { p, holds }
}

/** Somebody whose way through a split shows the rule's answer. */
function split(rule: Rule) {
  const w = world(
    journey({
      trigger: { kind: 'event', event: 'Asked' },
      start: 'split',
      nodes: {
        split: node('split', { branches: [{ name: 'yes', rule }] }, { yes: 'yes', else: 'no' }),
        yes: node('delay', { ms: HOUR }, { next: null }),
        no: node('delay', { ms: HOUR }, { next: null }),
      },
    }),
  )
  const p = new Person(w)
  const way = (): string => {
    p.event('Asked')
    const place = places(p).at(-1)!
    p.wait(HOUR)
    return place
  }
  return { p, way }
}

describe('purchases', () => {
  const dress = { by: 'category' as const, values: ['洋裝'] }
  const rule: Rule = {
    op: 'and',
    rules: [
      { op: 'trait', trait: 'gender', type: 'text', test: { is: 'equal', value: 'female' } },
      orders({ of: 'count', test: atLeast(1) }, ever, { lines: dress, status: ['paid'] }),
    ],
  }
  const goods = [
    { sku: 'D1', category: '洋裝', price: 900, quantity: 1 },
    { sku: 'H1', category: '配件', price: 300, quantity: 1 },
  ]
  test('R1-37 a woman who bought a dress is in; a man, an unpaid or a refunded dress are not', () => {
    const { p, holds } = asked(rule)
    p.event('Order Completed', {
      ...bought('A', { products: goods, payment_status: 'unpaid' }),
      traits: { gender: 'female' },
    })
    expect(holds()).toBe(false)
    p.event('Order Paid', bought('A'))
    expect(holds()).toBe(true)
    p.event('Order Refunded', { props: { order_id: 'A', products: [goods[1]] } })
    expect(holds()).toBe(true)
    p.event('Order Refunded', { props: { order_id: 'A', products: [goods[0]] } })
    expect(holds()).toBe(false)
    p.event('Order Completed', bought('B', { products: goods }))
    expect(holds()).toBe(true)
    p.event('Identified', { type: 'identify', traits: { gender: 'male' } })
    expect(holds()).toBe(false)
  })

  test('R2-13 visit, view, purchase and order status: each moves with what happens, and a return undoes', () => {
    const status = (s: NonNullable<OrderRef['status']>[number]) =>
      orders({ of: 'count', test: atLeast(1) }, last(30), { status: [s] })
    const { p, holds } = asked({
      op: 'and',
      rules: [
        events('visit.started', { of: 'count', test: atLeast(1) }),
        events('Product Viewed', { of: 'count', test: atLeast(1) }),
        status('shipped'),
      ],
    })
    p.event('Product Viewed', { proof: 'public' })
    p.event('Order Completed', bought('A'))
    expect(holds()).toBe(false)
    p.event('Order Shipped', { props: { order_id: 'A' } })
    expect(holds()).toBe(true)
    p.event('Order Returned', { props: { order_id: 'A' } })
    expect(holds()).toBe(false)
    const back = asked(status('returned'))
    back.p.event('Order Returned', { props: { order_id: 'A' } })
    expect(back.holds()).toBe(false)
    back.p.event('Order Completed', bought('A'))
    expect(back.holds()).toBe(true)
    const off = asked(status('cancelled'))
    off.p.event('Order Completed', bought('A'))
    off.p.event('Order Cancelled', { props: { order_id: 'A' } })
    expect(off.holds()).toBe(true)
  })

  test('R2-09 average order value over 1,000 and a view within 7 days, exactly', () => {
    const { p, holds } = asked({
      op: 'and',
      rules: [
        orders({ of: 'average', test: { is: 'over', value: 1000 } }),
        events('Product Viewed', { of: 'count', test: atLeast(1) }, last(7)),
      ],
    })
    p.event('Product Viewed')
    p.event('Order Completed', bought('A', { total: 800 }))
    p.event('Order Completed', bought('B', { total: 1200 }))
    expect(holds()).toBe(false)
    p.event('Order Completed', bought('C', { total: 1001 }))
    expect(holds()).toBe(true)
    expect([holds(START + 7 * DAY - 1), holds(START + 7 * DAY)]).toEqual([true, false])
    p.event('Order Refunded', { props: { order_id: 'C', total: 1 } })
    expect(holds()).toBe(false)
  })

  test('R2-25 a product at least twice: once is not, twice is, of another product is not', () => {
    const { p, holds } = asked(
      events('Product Viewed', { of: 'count', test: atLeast(2) }, ever, ['product_id', 'p1']),
    )
    p.event('Product Viewed', { props: { product_id: 'p1' } })
    p.event('Product Viewed', { props: { product_id: 'p2' } })
    expect(holds()).toBe(false)
    p.event('Product Viewed', { props: { product_id: 'p1' } })
    expect(holds()).toBe(true)
    const twice = asked(
      orders({ of: 'quantity', test: atLeast(2) }, ever, { lines: { by: 'sku', values: ['D1'] } }),
    )
    twice.p.event('Order Completed', bought('A', { products: [goods[0]] }))
    expect(twice.holds()).toBe(false)
    twice.p.event('Order Completed', bought('B', { products: [goods[0]] }))
    expect(twice.holds()).toBe(true)
    const over = asked(events('Product Viewed', { of: 'count', test: { is: 'over', value: 2 } }, last(7)))
    over.p.event('Product Viewed')
    over.p.event('Product Viewed')
    expect(over.holds()).toBe(false)
    over.p.event('Product Viewed')
    expect(over.holds()).toBe(true)
  })

  test('R4-18 purchased product and time of the checkout, relative and absolute', () => {
    const ref: OrderRef = { lines: { by: 'sku', values: ['D1'] } }
    const recent = split(orders({ of: 'last_at', test: ago('in_last', 7) }, ever, ref))
    recent.p.event('Order Completed', bought('A', { products: [goods[1]] }))
    expect(recent.way()).toBe('no')
    recent.p.event('Order Completed', bought('B', { products: goods }))
    const at = recent.p.now
    recent.p.now = at + 7 * DAY - 1
    expect(recent.way()).toBe('yes')
    recent.p.now = at + 7 * DAY
    expect(recent.way()).toBe('no')
    const since = split(orders({ of: 'count', test: atLeast(1) }, { in: 'since', at: '2026-03-03' }, ref))
    // 3 March begins in Taipei at 16:00 UTC of the 2nd
    const midnight = Date.UTC(2026, 2, 2, 16)
    since.p.now = midnight
    since.p.event('Order Completed', { ...bought('A', { products: goods }), at: midnight - 1 })
    expect(since.way()).toBe('no')
    since.p.event('Order Completed', { ...bought('B', { products: goods }), at: midnight })
    expect(since.way()).toBe('yes')
  })
})

describe('R2-26 the mean interval of visits', () => {
  const between = { is: 'between', from: 85, to: 95 } as const
  const rule = events(['visit.started', 'Store Visited'], { of: 'interval', atLeast: 3, test: between })
  const visit = (p: Person) => p.event('Page Viewed', { type: 'page', proof: 'public' })
  test('a visit begins after 30 minutes idle; a check-in at a store counts; both ends of the range are in', () => {
    const { p, holds } = asked(rule)
    visit(p)
    p.wait(30 * MINUTE - 1)
    visit(p)
    p.now = START + 85 * DAY
    p.event('Store Visited', { props: { store: 'TPE01' } })
    expect(holds()).toBe(false) // two are too few
    p.now = START + 170 * DAY
    visit(p)
    expect(holds()).toBe(true)
    p.now = START + 3 * 95 * DAY
    visit(p)
    expect(holds()).toBe(true)
    p.wait(30 * MINUTE)
    visit(p)
    expect(holds()).toBe(false)
  })
  test('a mean below or above is out', () => {
    for (const [days, expected] of [
      [84.99, false],
      [85, true],
      [95, true],
      [95.01, false],
    ] as const) {
      const { p, holds } = asked(rule)
      for (let i = 0; i < 3; i++) {
        p.now = START + i * days * DAY
        visit(p)
      }
      expect([days, holds()]).toEqual([days, expected])
    }
  })
})

describe('recency', () => {
  test('R4-19 last checkout and last interaction of the customer, to the millisecond; statements about them do not count', () => {
    const { p, way } = split({ op: 'clock', clock: 'order', test: ago('over_ago', 30) })
    p.event('Order Completed', bought('A'))
    p.now = START + 30 * DAY - 1
    expect(way()).toBe('no')
    p.now = START + 30 * DAY
    expect(way()).toBe('yes')

    const { p: q, holds } = asked({ op: 'clock', clock: 'customer', test: ago('in_last', 1) })
    q.event('Product Viewed', { proof: 'public' })
    const later = START + 23 * HOUR
    q.now = later
    q.event('consent.granted', { type: 'system', props: { channel: 'email', purpose: 'marketing' } })
    q.event('tier.changed', { type: 'system', props: { tier: 'gold' } })
    q.event('Order Shipped', { props: { order_id: 'A' } })
    q.event('Identified', { type: 'identify', traits: { city: '台北市' } })
    expect([holds(START + DAY - 1), holds(START + DAY)]).toEqual([true, false])
    q.event('conversation.received', { type: 'system' })
    expect([holds(later + DAY - 1), holds(later + DAY)]).toEqual([true, false])
  })

  test('R4-20 two clocks of the team: a broadcast moves the one, a reply the other', () => {
    const w = world(
      journey({
        trigger: { kind: 'event', event: 'Broadcast' },
        start: 'send',
        nodes: { send: sendNode({ accepted: null }) },
      }),
    )
    const p = new Person(w)
    const clock = (name: 'marketing' | 'team') =>
      evaluate(
        { op: 'clock', clock: name, test: ago('in_last', 14) },
        { state: p.state!, now: p.now, timezone: 'Asia/Taipei', since: null, fresh: new Set() },
      ).value
    const clocks = () => [clock('marketing'), clock('team')]
    const [intent] = intentsOf(p.event('Broadcast'))
    expect(clocks()).toEqual([false, false])
    const told = (purpose: 'marketing' | 'transactional') =>
      p.fold({
        kind: 'outcome',
        now: p.now,
        received: p.now,
        body: {
          message: intent!.id,
          enrollment: intent!.enrollment,
          node: intent!.node,
          journey: intent!.journey,
          channel: intent!.channel,
          state: 'accepted',
          outcome: 'accepted',
          reason: null,
          at: p.now,
          purpose,
        },
      })
    told('transactional')
    expect(clocks()).toEqual([false, false])
    told('marketing')
    expect(clocks()).toEqual([true, false])
    p.now += 14 * DAY
    expect(clocks()).toEqual([false, false])
    p.event('conversation.replied', { type: 'system', proof: 'token' })
    expect(clocks()).toEqual([false, false])
    p.event('conversation.replied', { type: 'system', props: { staff: 'Ann' } })
    expect(clocks()).toEqual([false, true])
  })
})

describe('time alone', () => {
  const waiting = (exit: Rule, status: 'live' | 'paused' = 'live') =>
    world(
      journey(
        {
          trigger: { kind: 'event', event: 'Order Completed' },
          exits: [{ name: 'gone', rule: exit }],
          start: 'wait',
          nodes: { wait: node('delay', { ms: 300 * DAY }, { next: null }) },
        },
        { status },
      ),
    )
  const exits = (p: Person, ms: number) =>
    derivedOf(p.wait(ms)).flatMap(f => (f.name === 'journey.exited' ? [[f.at, f.props.exit]] : []))
  const lapsed: Rule[] = [
    { op: 'clock', clock: 'order', test: ago('over_ago', 30) },
    { op: 'not', rule: orders({ of: 'count', test: atLeast(1) }, last(30)) },
    { op: 'not', rule: events('Order Completed', { of: 'count', test: atLeast(1) }, last(30)) },
    orders({ of: 'last_at', test: ago('over_ago', 30) }),
    orders({ of: 'cycle', onceDays: 15, test: atLeast(2) }),
  ]
  test.each(lapsed)(
    'an exit rule "has not bought for 30 days" ends the run on the second, with no event: %j',
    rule => {
      const p = new Person(waiting(rule))
      p.event('Order Completed', bought('A'))
      expect(places(p)).toEqual(['wait'])
      expect(exits(p, 30 * DAY - 1)).toEqual([])
      expect(exits(p, 1)).toEqual([[START + 30 * DAY, 'gone']])
    },
  )
  test('an order in between puts it off; a paused journey lets go all the same', () => {
    const p = new Person(waiting(lapsed[1]!))
    p.event('Order Completed', bought('A'))
    p.wait(20 * DAY)
    p.event('Order Completed', bought('B'))
    p.world = waiting(lapsed[1]!, 'paused')
    expect(exits(p, 100 * DAY)).toEqual([[START + 50 * DAY, 'gone']])
  })
  test('a refund takes the order back at once', () => {
    const p = new Person(waiting(lapsed[1]!))
    p.event('Order Completed', bought('A'))
    p.event('Order Refunded', { props: { order_id: 'A' } })
    expect(places(p)).toEqual([])
  })
  test('a goal is reached by a birthday; what is asked of other subjects is looked at when they change', () => {
    const goal = (rule: Rule) =>
      world(
        journey({
          trigger: { kind: 'event', event: 'Asked' },
          goal: { rule, exitOnGoal: true },
          start: 'wait',
          nodes: { wait: node('delay', { ms: 300 * DAY }, { next: null }) },
        }),
      )
    const p = new Person(goal({ op: 'age', min: 30 }))
    p.event('Asked', { traits: { birthday: '1996-04-01' } })
    expect(derivedOf(p.wait(100 * DAY)).find(f => f.name === 'journey.goal_reached')?.at).toBe(
      Date.UTC(2026, 2, 31, 16),
    )
    const q = new Person(goal({ op: 'tier', is: 'one_of', tiers: ['gold'] }))
    q.event('Asked')
    q.event('tier.changed', { type: 'system', proof: 'public', props: { tier: 'gold' } })
    expect(places(q)).toEqual(['wait'])
    q.event('tier.changed', { type: 'system', props: { tier: 'gold' } })
    expect(places(q)).toEqual([])
  })
  test('waiting is not cut short by looking at exits', () => {
    const vip: Rule = { op: 'tags', is: 'any', tags: ['vip'] }
    const w = waiting({ op: 'and', rules: [{ op: 'clock', clock: 'order', test: ago('over_ago', 30) }, vip] })
    const nodes = {
      wait: node('wait_event', { event: 'Never', timeoutMs: 60 * DAY }, { event: null, timeout: 'late' }),
    }
    const late = node('delay', { ms: DAY }, { next: null })
    w.journeys[0]!.graph.nodes = { ...nodes, late }
    const p = new Person(w)
    p.event('Order Completed', bought('A'))
    expect(p.alarm()).toBe(START + 30 * DAY)
    p.wait(60 * DAY - 1)
    expect(places(p)).toEqual(['wait'])
    p.wait(1)
    expect(places(p)).toEqual(['late'])
  })
})

test('tier, points and coupons in whatever order they are told', () => {
  const told: [string, Record<string, unknown>, number][] = [
    ['tier.changed', { tier: 'silver' }, 1],
    ['tier.changed', { tier: 'gold' }, 2],
    ['points.changed', { balance: 90 }, 1],
    ['points.changed', { balance: 40 }, 3],
    ['coupon.issued', { coupon: 'welcome', code: 'A', expires_at: '2026-03-20' }, 1],
    ['coupon.redeemed', { coupon: 'welcome', code: 'A' }, 2],
    ['coupon.issued', { coupon: 'birthday', code: 'B', expires_at: '2026-03-20T00:00:00+08:00' }, 1],
  ]
  const standing = (list: typeof told) => {
    const p = new Person(world())
    for (const [name, props, ms] of list) p.event(name, { type: 'system', props, at: START - 10 + ms })
    const { tier, points, coupons } = p.state!
    return { tier, points, A: coupons!.A, B: coupons!.B }
  }
  const expected = {
    tier: { v: 'gold', at: START - 8 },
    points: { v: 40, at: START - 7 },
    A: { kind: 'welcome', at: START - 8, ends: Date.UTC(2026, 2, 19, 16), gone: true },
    B: { kind: 'birthday', at: START - 9, ends: Date.UTC(2026, 2, 19, 16) },
  }
  expect(standing(told)).toEqual(expected)
  expect(standing([...told].reverse())).toEqual(expected)
})
