// Orders with lines: status, channels, cost, refunds and returns in part and whole, in whatever order they arrive.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, Person, world } from '../../test/reducer.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule } from '../rules/model.ts'
import { salesChannels } from './model.ts'
import { ordersOf } from './order-view.ts'

const SHOP = {
  order_id: 'A1',
  total: 2100,
  shipping: 100,
  currency: 'TWD',
  sales_channel: 'online',
  pickup_store: 'TPE01',
  coupon: 'SPRING',
  products: [
    { product_id: 'd1', sku: 'D-1', name: '洋裝', category: '洋裝', price: 1000, quantity: 1, cost: 400 },
    { product_id: 'h1', name: '帽子', category: '配件', price: 500, quantity: 2, cost: 100 },
  ],
}
type Event = [name: string, props: Record<string, unknown>]
const PLACED: Event = ['Order Completed', SHOP]
const about = (more: Record<string, unknown> = {}) => ({ order_id: 'A1', ...more })

function fold(events: Event[]) {
  const p = new Person(world())
  for (const [name, props] of events) p.event(name, { props, messageId: `${name}${JSON.stringify(props)}` })
  const rows = Object.values(p.facts).flat()
  return { p, sum: p.state!.orders, order: ordersOf(rows)[0]! }
}

test('R1-36 R3-25 an order keeps lines, sales channel, pick-up store; its status follows what is told', () => {
  const { order, sum } = fold([PLACED])
  expect(order).toMatchObject({
    orderNo: 'A1',
    status: 'paid',
    total: 2100,
    net: 2100,
    shipping: 100,
    salesChannel: 'online',
    pickupStore: 'TPE01',
    coupon: 'SPRING',
    cost: 600,
    refunded: 'none',
    returned: 'none',
  })
  expect(order.lines.map(l => [l.name, l.category, l.quantity, l.returned, l.price, l.cost])).toEqual([
    ['洋裝', '洋裝', 1, 0, 1000, 400],
    ['帽子', '配件', 2, 0, 500, 100],
  ])
  expect(sum).toEqual({
    n: 1,
    revenue: 2100,
    currency: 'TWD',
    firstAt: sum!.firstAt,
    lastAt: sum!.lastAt,
    cost: 600,
    costed: 2100,
  })
  const status = (...more: Event[]) => fold([PLACED, ...more]).order.status
  expect(status(['Order Shipped', about()])).toBe('shipped')
  expect(status(['Order Ready For Pickup', about()])).toBe('ready')
  expect(status(['Order Ready For Pickup', about()], ['Order Picked Up', about()])).toBe('picked_up')
  expect(status(['Order Updated', about({ status: 'shipped' })])).toBe('shipped')
  expect(status(['Order Cancelled', about()], ['Order Shipped', about()])).toBe('cancelled')
})

test('an order not paid yet is placed; paid it is paid; updated its lines and amount are the new ones', () => {
  const unpaid: Event = ['Order Completed', { ...SHOP, payment_status: 'pending' }]
  expect(fold([unpaid])).toMatchObject({ order: { status: 'placed', paid: false }, sum: { n: 1, unpaid: 1 } })
  const paid = fold([unpaid, ['Order Paid', about({ total: 2100 })]])
  expect(paid.order).toMatchObject({ status: 'paid', paid: true })
  expect(paid.sum!.unpaid).toBeUndefined()
  const p = new Person(world())
  p.event(PLACED[0], { props: SHOP, agoMs: DAY })
  p.event('Order Updated', { props: about({ total: 1600, products: [SHOP.products[0]] }) })
  p.event('Order Updated', { props: about({ note: 'gift' }), agoMs: 1 })
  const [order] = ordersOf(Object.values(p.facts).flat())
  expect(order).toMatchObject({ total: 1600, net: 1600, cost: 400, pickupStore: 'TPE01' })
  expect(order!.lines).toHaveLength(1)
  expect(p.state!.orders).toMatchObject({ n: 1, revenue: 1600, cost: 400, costed: 1600 })
})

describe('undone', () => {
  test('R3-22 refunds net revenue, in part and whole', () => {
    const part = fold([PLACED, ['Order Refunded', about({ total: 600, refund_id: 'r1' })]])
    expect(part.order).toMatchObject({ refunded: 'part', net: 1500, refundedTotal: 600, status: 'paid' })
    expect(part.sum).toMatchObject({ n: 1, revenue: 1500 })
    const again = fold([
      PLACED,
      ['Order Refunded', about({ total: 600, refund_id: 'r1' })],
      ['Order Refunded', about({ total: 600, refund_id: 'r1', note: 'told twice' })],
    ])
    expect(again.order.net).toBe(1500)
    const whole = fold([PLACED, ['Order Refunded', about()]])
    expect(whole.order).toMatchObject({ refunded: 'whole', net: 0, cost: 0 })
    expect(whole.order.lines.map(l => l.returned)).toEqual([1, 2])
    expect(whole.sum).toMatchObject({ n: 0, revenue: 0 })
    expect(whole.sum!.cost).toBeUndefined()
  })

  test('R2-13 a return takes back the goods it names, their price and their cost; told as refund too it counts once', () => {
    const dress = { products: [{ sku: 'D-1', quantity: 1 }] }
    const back = fold([PLACED, ['Order Returned', about(dress)]])
    expect(back.order).toMatchObject({ returned: 'part', refunded: 'none', net: 1100, cost: 200 })
    expect(back.order.lines.map(l => l.returned)).toEqual([1, 0])
    const both = fold([
      PLACED,
      ['Order Returned', about(dress)],
      ['Order Refunded', about({ total: 1000, ...dress })],
    ])
    expect(both.order).toMatchObject({ net: 1100, cost: 200, returned: 'part', refunded: 'part' })
    expect(both.order.lines.map(l => l.returned)).toEqual([1, 0])
    const all = fold([PLACED, ['Order Returned', about()]])
    expect(all.order).toMatchObject({ returned: 'whole', net: 0 })
    expect(all.sum!.n).toBe(0)
    const hats = fold([
      PLACED,
      ['Order Returned', about({ ...dress, return_id: 1 })],
      ['Order Returned', about({ products: [{ product_id: 'h1', quantity: 1 }], return_id: 2 })],
      ['Order Returned', about({ products: [{ product_id: 'h1', quantity: 5 }], return_id: 3 })],
    ])
    expect(hats.order).toMatchObject({ returned: 'whole', net: 0, cost: 0 })
  })
})

test('R2-13 a rule on purchases: a returned order matches no more, of its sales channel neither', () => {
  const matches = (events: Event[], salesChannel?: string) => {
    const rule: Rule = {
      op: 'orders',
      ...(salesChannel ? { salesChannel: [salesChannel] } : {}),
      window: { in: 'ever' },
      measure: { of: 'count', test: { is: 'at_least', value: 1 } },
    }
    const { p } = fold(events)
    return evaluate(rule, { state: p.state!, now: 0, timezone: 'UTC', since: null, fresh: new Set() }).value
  }
  expect([matches([PLACED]), matches([PLACED], 'online'), matches([PLACED], 'store')]).toEqual([
    true,
    true,
    false,
  ])
  const back: Event = ['Order Returned', about()]
  expect([matches([PLACED, back]), matches([PLACED, back], 'online')]).toEqual([false, false])
})

test('R4-27 R2-06 the summary knows sales channels, cost and margin; a till names its store', () => {
  const { p, sum } = fold([
    PLACED,
    ['Order Completed', { order_id: 'B1', total: 300, store: 'TPE01', staff: 's7', cost: 100 }],
    ['Order Completed', { order_id: 'C1', total: 50, sales_channel: 'reseller' }],
  ])
  expect(sum).toMatchObject({
    n: 3,
    revenue: 2450,
    by: { store: [1, 300], reseller: [1, 50] },
    cost: 700,
    costed: 2400,
  })
  expect(salesChannels(sum!)).toEqual([
    ['store', 1, 300],
    ['reseller', 1, 50],
    ['online', 1, 2100],
  ])
  const facts = derivedOf(p.effects).filter(f => f.name === 'order.placed')
  const sumOf = (name: string) => facts.reduce((all, f) => all + Number(f.props[name] ?? 0), 0)
  expect(['orders_change', 'revenue_change', 'cost_change', 'costed_change'].map(sumOf)).toEqual([
    3, 2450, 700, 2400,
  ])
  expect(facts[1]!.props).toMatchObject({ sales_channel: 'store', store: 'TPE01' })
})

test('order-insensitive: the same events in any order give the same summary, view and sums of changes', () => {
  const events: Event[] = [
    PLACED,
    ['Order Paid', about({ total: 2100 })],
    ['Order Shipped', about()],
    ['Order Refunded', about({ total: 500, refund_id: 'r1', products: [{ product_id: 'h1', quantity: 1 }] })],
    ['Order Returned', about({ products: [{ product_id: 'h1', quantity: 1 }], return_id: 'x' })],
    ['Order Refunded', about()],
    ['Order Completed', { order_id: 'B1', total: 300, store: 'TPE01' }],
    ['Order Cancelled', { order_id: 'B1' }],
    ['Order Updated', { order_id: 'C1', total: 70, status: 'pending' }],
  ]
  const outcome = (list: Event[]) => {
    const { p } = fold(list)
    const changes = derivedOf(p.effects).filter(f => f.name.startsWith('order.'))
    const sums = ['orders_change', 'revenue_change', 'cost_change', 'costed_change'].map(name =>
      changes.reduce((all, f) => all + Number(f.props[name] ?? 0), 0),
    )
    const { firstAt: _f, lastAt: _l, ...sum } = p.state!.orders ?? { firstAt: 0, lastAt: 0, by: {} }
    return {
      sum: { ...sum, by: Object.entries(sum.by ?? {}).sort() },
      sums,
      view: ordersOf(Object.values(p.facts).flat()),
    }
  }
  fc.assert(
    fc.property(fc.shuffledSubarray(events, { minLength: 1 }), some => {
      const sorted = events.filter(e => some.includes(e))
      const byNo = (a: { orderNo: string }, b: { orderNo: string }) => (a.orderNo < b.orderNo ? -1 : 1)
      const [one, other] = [outcome(some), outcome(sorted)]
      one.view.sort(byNo)
      other.view.sort(byNo)
      expect(one).toEqual(other)
      expect(one.sums[0]).toBe('n' in one.sum ? one.sum.n : 0)
    }),
  )
})
