// Metrics and reports from events that came through the real intake, fold and history: every figure is worked out by
// hand beside the events it comes from.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { collectApp } from '../collect/routes.ts'
import { append } from '../inbox/append.ts'
import type { OutcomeBody } from '../inbox/model.ts'
import { newId, parseId } from '../platform/ids.ts'
import { metricRoutes } from './metrics/routes.ts'
import { reportRoutes } from './reports/routes.ts'

let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>
const now = Date.now()
const HOUR = 3_600_000
const DAY = 24 * HOUR

type Line = { price: number; quantity?: number; cost?: number }
const track = (
  userId: string,
  event: string,
  hoursAgo: number,
  properties: Record<string, unknown> = {},
) => ({
  type: 'track',
  userId,
  event,
  properties,
  timestamp: new Date(now - hoursAgo * HOUR),
})
const view = (userId: string, hoursAgo: number, properties: Record<string, unknown> = {}) => ({
  type: 'page',
  userId,
  properties: { url: 'https://shop.example/', ...properties },
  timestamp: new Date(now - hoursAgo * HOUR),
})
const order = (
  userId: string,
  no: string,
  hoursAgo: number,
  lines: Line[],
  more: Record<string, unknown> = {},
) =>
  track(userId, 'Order Completed', hoursAgo, {
    order_id: no,
    total: lines.reduce((sum, l) => sum + l.price * (l.quantity ?? 1), 0),
    products: lines.map((l, i) => ({ product_id: `P${i}`, quantity: 1, ...l })),
    ...more,
  })
const inStore = (code: string) => ({ sales_channel: 'store', store: code })
const add = (userId: string, hoursAgo: number) =>
  track(userId, 'Product Added', hoursAgo, { product_id: 'P1' })

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  server = await serveApp(collectApp(core))
  stage = openStage(core)
  await stage.settle()
  await send([
    // A buys online twice (once the cost is known) and once in a store; one cart is left ten days ago
    add('A', 240),
    add('A', 49),
    order('A', 'A1', 48, [{ price: 1000, cost: 400 }]),
    order('A', 'A2', 47, [{ price: 500 }]),
    order('A', 'A3', 20, [{ price: 350, quantity: 2, cost: 150 }], inStore('TPE1')),
    // B orders 30 hours after the cart, and gets 200 back
    add('B', 90),
    order('B', 'B1', 60, [{ price: 1200, cost: 600 }]),
    track('B', 'Order Refunded', 30, { order_id: 'B1', total: 200, refund_id: 'R1' }),
    // C's order is cancelled
    order('C', 'C1', 50, [{ price: 300, cost: 100 }], inStore('TPE1')),
    track('C', 'Order Cancelled', 40, { order_id: 'C1' }),
    // D buys in a store only
    order('D', 'D1', 10, [{ price: 800, cost: 500 }], inStore('KHH1')),
    // E leaves a cart 40 hours ago; F's cart is two hours old
    add('E', 40),
    add('F', 2),
    // G looks at three pages; and long before the range somebody bought, whose refund comes within it
    view('G', 5),
    view('G', 4.9),
    view('G', 4.8),
    track('G', 'Page Engaged', 4.7, { engaged_ms: 12_000 }),
    track('G', 'Page Engaged', 4.6, { engaged_seconds: 9 }),
    order('H', 'H1', 24 * 60, [{ price: 5000 }]),
    track('H', 'Order Refunded', 24, { order_id: 'H1', total: 1000, refund_id: 'R2' }),
  ])
}, 180_000)
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

async function send(batch: Record<string, unknown>[], key = space.apiKey): Promise<void> {
  await postBatch(server.url, key, batch)
  await stage.settle()
}

const range = { from: new Date(now - 30 * DAY).toISOString(), to: new Date(now).toISOString() }
const metrics = async (query: Record<string, unknown> = {}) => {
  const answer = await callHandler(core, space.id, 'metrics', metricRoutes.metrics, {
    query: { ...range, ...query },
  })
  return { ...answer, by: Object.fromEntries(answer.items.map(i => [i.key, i])) }
}
const people = async (metric: string, query: Record<string, unknown> = {}) => {
  const answer = await callHandler(core, space.id, 'metricPeople', metricRoutes.metricPeople, {
    params: { metric },
    query: { ...range, ...query },
  })
  return { ...answer, list: answer.items.map(i => [i.customer.memberNo, i.value]) }
}

describe('R2-06 results (O-data)', () => {
  test('revenue, cost, gross margin, AOV, frequency of orders placed in the range, net of refunds', async () => {
    const { by, costed, currency } = await metrics()
    expect(currency).toBe('TWD')
    expect(by.revenue).toMatchObject({ class: 'O', value: 1000 + 500 + 700 + 1000 + 800, people: 3 })
    expect(by.orders).toMatchObject({ class: 'O', value: 5, people: 3 })
    expect(by.buyers).toMatchObject({ class: 'O', value: 3 })
    expect(by.aov).toMatchObject({ class: 'O', value: 4000 / 5 })
    expect(by.frequency!.value).toBeCloseTo(5 / 3)
    // A2 has no cost: it is no part of cost, margin and rate
    expect(by.cost).toMatchObject({ class: 'O', value: 400 + 300 + 600 + 500 })
    expect(by.gross_margin).toMatchObject({ value: 1000 + 700 + 1000 + 800 - 1800, people: 3 })
    expect(by.margin_rate!.value).toBeCloseTo(1700 / 3500)
    expect(costed).toEqual({ revenue: 3500, of: 4000 })
    // B1 in part, C1 as a whole; the refund of H1 belongs to an order placed before
    expect(by.refund_rate).toMatchObject({ part: 2, whole: 6, people: 2 })
  })

  test('every metric says its class; all thirteen are there', async () => {
    const { items } = await metrics()
    expect(items.map(i => i.class).join('')).toBe('OOOOOOOOOXXXX')
  })

  test('by sales channel and store; the choices stay whole', async () => {
    const store = await metrics({ channel: 'store' })
    expect(store.by.revenue!.value).toBe(700 + 800)
    expect(store.by.conversion_rate).toMatchObject({ part: 2, whole: 2 })
    const taipei = await metrics({ store: 'TPE1' })
    expect(taipei.by.revenue!.value).toBe(700)
    expect(taipei.channels).toEqual(['online', 'store'])
    expect(taipei.stores).toEqual(['KHH1', 'TPE1'])
    expect((await metrics({ channel: 'reseller' })).by.aov!.value).toBeNull()
  })

  test('days add up to the whole, in the zone of the workspace', async () => {
    const { days, by } = await metrics()
    expect(days.reduce((sum, d) => sum + d.revenue, 0)).toBe(by.revenue!.value)
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Taipei', dateStyle: 'short' })
    const last = days.find(d => d.day === day.format(now - 10 * HOUR))!
    expect(last.revenue).toBeGreaterThanOrEqual(800)
  })

  test('a past range leaves out what was placed later, and takes all later refunds of its own orders', async () => {
    const before = {
      from: new Date(now - 90 * DAY).toISOString(),
      to: new Date(now - 40 * DAY).toISOString(),
    }
    expect((await metrics(before)).by.revenue!.value).toBe(5000 - 1000)
  })

  test('a range that is empty or too long is refused', async () => {
    await expect(metrics({ from: range.to, to: range.from })).rejects.toMatchObject({ code: 'bad_range' })
    await expect(metrics({ from: '2001-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'bad_range' })
  })
})

describe('R2-07 behaviour (X-data)', () => {
  test('abandoned = carts without order in the window ÷ carts; a cart whose window still runs is not counted', async () => {
    const day = await metrics()
    expect(day.by.cart_abandon_rate).toMatchObject({ class: 'X', part: 3, whole: 4 })
    expect((await people('cart_abandon_rate')).list.sort()).toEqual([
      ['A', 1],
      ['B', 1],
      ['E', 1],
    ])
    // within three days B has ordered, and E may still
    const longer = await metrics({ cartHours: 72 })
    expect(longer.by.cart_abandon_rate).toMatchObject({ part: 1, whole: 3 })
  })

  test('conversion = people with an order ÷ people who came or bought; view time per view', async () => {
    const { by } = await metrics()
    // A, B, D bought; E, F, G only came; C's order was cancelled and C never came
    expect(by.conversion_rate).toMatchObject({ class: 'X', part: 3, whole: 6 })
    expect(by.view_time).toMatchObject({ class: 'X', part: 21, whole: 3, value: 7, people: 1 })
  })

  test('click rate = messages clicked ÷ messages accepted in the range', async () => {
    const [a] = (await people('revenue')).items
    const customer = parseId('cus', a!.customer.id)!
    const said = (message: string, state: OutcomeBody['state'], hoursAgo: number) => ({
      workspace: space.id,
      customer,
      input: {
        kind: 'outcome' as const,
        messageId: null,
        body: {
          message,
          enrollment: null,
          node: null,
          journey: null,
          channel: 'email',
          state,
          outcome: null,
          reason: null,
          at: now - hoursAgo * HOUR,
        },
      },
    })
    const [clicked, quiet, old] = [newId(), newId(), newId()]
    await append(core.pool, core.signals, [
      said(clicked, 'accepted', 9),
      said(clicked, 'clicked', 8),
      said(clicked, 'clicked', 7),
      said(quiet, 'accepted', 9),
      said(old, 'accepted', 24 * 40),
      said(old, 'clicked', 8),
    ])
    await stage.settle()
    expect((await metrics()).by.click_rate).toMatchObject({ class: 'X', part: 1, whole: 2, people: 1 })
  })
})

describe('the people behind a figure', () => {
  test('largest first, page by page, and they add up to the figure', async () => {
    const all = await people('revenue')
    expect(all.list).toEqual([
      ['A', 2200],
      ['B', 1000],
      ['D', 800],
    ])
    const first = await people('revenue', { limit: 1 })
    const second = await people('revenue', { limit: 2, cursor: first.next })
    expect([...first.list, ...second.list]).toEqual(all.list)
    expect(second.next).toBeNull()
    expect((await people('gross_margin')).list).toEqual([
      ['A', 1000],
      ['B', 400],
      ['D', 300],
    ])
    await expect(people('nonsense')).rejects.toMatchObject({ status: 404 })
  })

  test('people who are one by now count once', async () => {
    await send([
      { type: 'track', anonymousId: 'anon-A', event: 'Product Viewed', timestamp: new Date(now - HOUR) },
    ])
    const before = (await metrics()).by.conversion_rate!
    expect(before.whole).toBe(7)
    await send([
      {
        type: 'identify',
        userId: 'A',
        anonymousId: 'anon-A',
        traits: {},
        timestamp: new Date(now - HOUR / 2),
      },
    ])
    const after = (await metrics()).by
    expect(after.conversion_rate).toMatchObject({ part: 3, whole: 6 })
    expect(after.revenue).toMatchObject({ value: 4000, people: 3 })
  })
})

describe('reports', () => {
  test('R4-27 average spend online only, in stores only, both', async () => {
    const { groups } = await callHandler(core, space.id, 'omnichannel', reportRoutes.omnichannel, {
      query: range,
    })
    expect(groups).toEqual([
      { key: 'online', people: 1, orders: 1, revenue: 1000, average: 1000 },
      { key: 'store', people: 1, orders: 1, revenue: 800, average: 800 },
      { key: 'both', people: 1, orders: 3, revenue: 2200, average: 2200 },
      { key: 'other', people: 0, orders: 0, revenue: 0, average: null },
    ])
  })

  test('R1-13 spend per visit by number of channels used: a pause of 30 minutes begins a visit', async () => {
    const { byChannels } = await callHandler(core, space.id, 'omnichannel', reportRoutes.omnichannel, {
      query: range,
    })
    // A clicked a message (email) beside the source of the events: two channels
    const [one, two] = byChannels
    expect(two).toMatchObject({ channels: 2, people: 1, revenue: 2200 })
    // B: cart, order, refund · C: order, cancellation · D · E · F · G (5 events in 24 minutes are one) · H's refund
    expect(one).toMatchObject({ channels: 1, people: 7, visits: 3 + 2 + 1 + 1 + 1 + 1 + 1 })
    expect(one!.perVisit).toBe(Math.round(1800 / one!.visits))
    expect(byChannels.map(c => c.channels)).toEqual([1, 2, 3, 4])
  })

  test('R0-05 stage counts and step conversion of 100 customers', async () => {
    const other = await createTestWorkspace(core, { name: 'Stages' })
    const some = (from: number, to: number, make: (id: string) => Record<string, unknown>[]) =>
      Array.from({ length: to - from }, (_, i) => make(`S-${from + i}`)).flat()
    const looked = (id: string) => [track(id, 'Product Viewed', 9), track(id, 'Product Viewed', 8)]
    const bought = (id: string) => [...looked(id), order(id, `${id}-1`, 7, [{ price: 10 }])]
    await send(
      [
        ...some(0, 40, id => [track(id, 'Page Seen', 10)]),
        ...some(40, 70, looked),
        ...some(70, 90, bought),
        ...some(90, 100, id => [...bought(id), order(id, `${id}-2`, 6, [{ price: 10 }])]),
      ],
      other.apiKey,
    )
    const { items } = await callHandler(core, other.id, 'stages', reportRoutes.stages)
    expect(items).toEqual([
      { stage: 'awareness', people: 40, reached: 100, from: 100 },
      { stage: 'consideration', people: 30, reached: 60, from: 100 },
      { stage: 'conversion', people: 20, reached: 30, from: 60 },
      { stage: 'retention', people: 10, reached: 10, from: 30 },
      { stage: 'advocacy', people: 0, reached: 0, from: 10 },
    ])
  })

  const campaign = (source: string, medium: string, name: string) => ({ campaign: { source, medium, name } })
  test('R1-02 R4-38 first touch by source, link or QR and store, with later purchase rate', async () => {
    await send([
      view('Q1', 24 * 20, campaign('pack', 'qr', 'spring-tin')),
      order('Q1', 'Q1-1', 24 * 15, [{ price: 600 }]),
      view('Q2', 24 * 20, campaign('pack', 'qr', 'spring-tin')),
      // a later touch does not change the first
      view('Q2', 24 * 2, campaign('fb', 'ad', 'autumn')),
      // bought, but later than the window
      view('Q3', 24 * 25, campaign('pack', 'qr', 'gift-box')),
      order('Q3', 'Q3-1', 24, [{ price: 900 }]),
      view('Q4', 24 * 3, { store: 'TPE1' }),
    ])
    const report = async (query: Record<string, unknown>) =>
      (
        await callHandler(core, space.id, 'firstTouch', reportRoutes.firstTouch, {
          query: { ...range, days: 10, ...query },
        })
      ).items
    const bySource = await report({ by: 'source' })
    expect(bySource.find(r => r.key === 'pack')).toEqual({
      key: 'pack',
      people: 3,
      known: 3,
      buyers: 1,
      whole: 3,
      wholeBuyers: 1,
      revenue: 600,
    })
    expect(bySource.some(r => r.key === 'fb')).toBe(false)
    // with a longer window Q3 bought too, but nobody's window is over
    expect((await report({ by: 'source', days: 60 })).find(r => r.key === 'pack')).toMatchObject({
      buyers: 2,
      whole: 0,
      revenue: 1500,
    })
    const byLink = await report({ by: 'link' })
    expect(byLink.find(r => r.key === 'pack / qr / spring-tin')).toMatchObject({ people: 2, wholeBuyers: 1 })
    expect(byLink.find(r => r.key === 'pack / qr / gift-box')).toMatchObject({ people: 1, wholeBuyers: 0 })
    expect((await report({ by: 'kind' })).find(r => r.key === 'store_qr')).toMatchObject({
      people: 1,
      whole: 0,
    })
    expect((await report({ by: 'store' })).find(r => r.key === 'TPE1')!.people).toBeGreaterThanOrEqual(1)
    const found = await callHandler(core, space.id, 'firstTouchPeople', reportRoutes.firstTouchPeople, {
      query: { ...range, by: 'link', key: 'pack / qr / spring-tin' },
    })
    expect(found.items.map(i => i.customer.memberNo).sort()).toEqual(['Q1', 'Q2'])
  })
})
