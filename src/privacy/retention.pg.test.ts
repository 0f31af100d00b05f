// Periods per kind of data, and the report of what is kept for nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import { verifyAll } from '../inbox/verify.ts'
import { cutByPeriods } from './retention.ts'

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()

let lab: ShopLab
let customer: string
beforeAll(async () => {
  lab = await openShopLab()
  await lab.publish(
    sendOn('Visit Booked', {
      channel: 'email',
      subject: '歡迎',
      html: '<p>{{ customer.favourite }} 已為您準備</p>',
    }),
  )
  const track = (event: string, days: number, properties: object = {}) => ({
    type: 'track',
    userId: 'R-1',
    event,
    timestamp: ago(days),
    properties,
  })
  await lab.batch([
    {
      type: 'identify',
      userId: 'R-1',
      timestamp: ago(30),
      traits: { email: 'r1@example.com', favourite: '拿鐵', shoe_size: 42 },
    },
    track('Odd Thing', 20, { blob: 'x'.repeat(500) }),
    track('Odd Thing', 1),
    track('Order Completed', 20, { order_id: 'R-A', total: 100, currency: 'TWD' }),
    track('Visit Booked', 0),
    { type: 'track', userId: 'R-1', properties: { refused: true } },
  ])
  await lab.settle()
  const found = await lab.call('customers', { query: { q: 'R-1' } })
  customer = String((found.body.items as { id: string }[])[0]!.id)
}, 180_000)
afterAll(() => lab.close())

const timeline = async (): Promise<string[]> => {
  const answer = await lab.call('timeline', { params: { customer }, query: { limit: '200' } })
  return (answer.body.items as { name: string }[]).map(i => i.name)
}
const count = async (sql: string): Promise<number> =>
  (await lab.core.pool.query<{ n: number }>(sql)).rows[0]!.n

test('R3-24 the report names unused events and attributes, with bytes and estimated cost', async () => {
  const { items } = (await lab.call('dataUse')).body as {
    items: {
      kind: string
      name: string
      rows: number
      bytes: number
      costPerMonth: number
      usedBy: string[]
      unused: boolean
      lastAt: string | null
    }[]
  }
  const of = (kind: string, name: string) => items.find(i => i.kind === kind && i.name === name)
  expect(of('event', 'Odd Thing')).toMatchObject({ rows: 2, unused: true, usedBy: [] })
  expect(of('event', 'Odd Thing')!.bytes).toBeGreaterThan(0)
  expect(of('event', 'Odd Thing')!.costPerMonth).toBeGreaterThan(0)
  expect(of('event', 'Odd Thing')!.lastAt).not.toBeNull()
  expect(of('event', 'Visit Booked')).toMatchObject({ unused: false, usedBy: ['On Visit Booked'] })
  expect(of('event', 'Order Completed')).toMatchObject({ unused: false, usedBy: ['product'] })
  expect(of('attribute', 'shoe_size')).toMatchObject({ rows: 1, unused: true })
  expect(of('attribute', 'favourite')).toMatchObject({ rows: 1, unused: false, usedBy: ['On Visit Booked'] })
})

test('R3-24 expired raw events are purged, what was made of them stays, and verify still holds', async () => {
  const now = Date.now()
  expect(await timeline()).toContain('Odd Thing')
  expect(await cutByPeriods(lab.core, now)).toMatchObject({ events: 0, messages: 0, audit: 0 }) // for ever, unless set
  const settings = (await lab.call('privacy')).body
  const short = await lab.call('savePrivacy', {
    body: { ...settings, retention: { events: 3, messages: 30, rejected: 3, audit: 90 } },
  })
  expect([short.status, short.body.path]).toEqual([400, 'retention.events']) // the journal is kept for 7 days
  const saved = await lab.call('savePrivacy', {
    body: { ...settings, retention: { events: 10, messages: 30, rejected: 3, audit: 90 } },
  })
  expect(saved.status).toBe(200)
  const gone = await cutByPeriods(lab.core, now)
  expect(gone.events).toBe(3) // the identify, the old thing, the order's event
  const left = await timeline()
  expect(left.filter(n => n === 'Odd Thing')).toHaveLength(1)
  expect(left).not.toContain('Order Completed')
  expect(left).toContain('order.placed')
  const page = await lab.call('customer', { params: { customer } })
  expect(page.body.orders).toMatchObject({ count: 1, revenue: 100 })
  expect((await verifyAll(lab.core)).checks.flatMap(c => c.faults)).toEqual([])
  expect(await cutByPeriods(lab.core, now)).toMatchObject({ events: 0 })
})

test('R3-24 what messages said, refused events and audit lines go when their time is over', async () => {
  const rendered = 'select count(*)::int as n from message where rendered is not null'
  const messages = await count('select count(*)::int as n from message')
  expect(await count(rendered)).toBe(1)
  expect(await count('select count(*)::int as n from rejected_event')).toBe(1)
  const later = Date.now() + 4 * DAY_MS
  expect(await cutByPeriods(lab.core, later)).toMatchObject({ messages: 0, rejected: 1, audit: 0 })
  const muchLater = Date.now() + 100 * DAY_MS
  const gone = await cutByPeriods(lab.core, muchLater)
  expect(gone.messages).toBe(1)
  expect(gone.audit).toBeGreaterThan(0)
  expect(await count(rendered)).toBe(0)
  expect(await count('select count(*)::int as n from message')).toBe(messages) // that it was sent stays
  expect((await verifyAll(lab.core)).checks.flatMap(c => c.faults)).toEqual([])
})
