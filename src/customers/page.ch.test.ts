// The 360° page, the timeline with its filters and the list with its filters, from events that came through the real
// intake, fold and history.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor, openStage, type Stage } from '../../test/stage.ts'
import { collectApp } from '../collect/routes.ts'
import { append } from '../inbox/append.ts'
import { parseId } from '../platform/ids.ts'
import { customerRoutes } from './routes.ts'

let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>
const now = Date.now()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const track = (userId: string, event: string, ago: number, properties: Record<string, unknown> = {}) => ({
  type: 'track',
  userId,
  event,
  properties,
  timestamp: new Date(now - ago),
})
const identify = (userId: string, traits: Record<string, unknown>, ago = 0) => ({
  type: 'identify',
  userId,
  traits,
  timestamp: new Date(now - ago),
})

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  server = await serveApp(collectApp(core))
  stage = openStage(core)
  await stage.settle()
}, 180_000)
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

async function send(batch: Record<string, unknown>[]): Promise<void> {
  await postBatch(server.url, space.apiKey, batch)
  await stage.settle()
}
const list = async (query: Record<string, unknown>) => {
  const answer = await callHandler(core, space.id, 'customers', customerRoutes.customers, { query })
  return { ...answer, who: answer.items.map(i => i.memberNo) }
}
/** As an import applies it. */
async function tag(memberNo: string, props: Record<string, unknown>): Promise<void> {
  const customer = parseId('cus', await idOf(memberNo))!
  await append(core.pool, core.signals, [
    eventFor(space.id, customer, 'tag.applied', { type: 'system', props }),
  ])
  await stage.settle()
}
const idOf = async (memberNo: string) => (await list({ q: memberNo })).items[0]!.id
const timeline = async (customer: string, query: Record<string, unknown> = {}) =>
  (await callHandler(core, space.id, 'timeline', customerRoutes.timeline, { params: { customer }, query }))
    .items

describe('one customer on one page', () => {
  test('R4-35 R1-36 R0-05 one page: identities, tags, attributes, orders of both channels, consent, stage, completeness', async () => {
    await send([
      identify(
        'P-1',
        { name: '王小明', gender: '男', birthday: '1990-02-03', email: 'ming@example.com' },
        3 * DAY,
      ),
      track('P-1', 'Order Completed', 2 * DAY, {
        order_id: 'W1',
        total: 1200,
        products: [{ product_id: 'T1', name: '烏龍', price: 600, quantity: 2, cost: 250 }],
      }),
      track('P-1', 'Order Completed', DAY, {
        order_id: 'S1',
        total: 300,
        sales_channel: 'store',
        store: 'TPE1',
      }),
      track('P-1', 'consent.granted', HOUR, {
        channel: 'email',
        purpose: 'marketing',
        proof: { text: '同意收到優惠', version: '3', url: 'https://shop.example/join' },
      }),
    ])
    await tag('P-1', { tag: '常客', until: new Date(now + DAY).toISOString() })
    const id = await idOf('P-1')
    const get = (name: 'customer' | 'customerOrders' | 'consentProofs') =>
      callHandler(core, space.id, name, customerRoutes[name] as never, { params: { customer: id } })
    const page = (await get('customer')) as Awaited<ReturnType<typeof customerRoutes.customer>>
    expect(page.name).toBe('王小明')
    expect(page.identifiers.map(i => i.kind).sort()).toEqual(['email', 'member_no'])
    expect(page.traits.find(t => t.name === 'gender')).toMatchObject({ value: 'male', verified: true })
    expect(page.traits.every(t => t.source !== '' && t.at !== '')).toBe(true)
    expect(page.tags).toMatchObject([{ name: '常客', until: new Date(now + DAY).toISOString() }])
    expect(page.orders).toMatchObject({ count: 2, revenue: 1500, omnichannel: true, cost: 500, margin: 700 })
    expect(page.stage).toMatchObject({ stage: 'retention', cause: 'Order Completed' })
    expect(page.reachability.find(r => r.channel === 'email')).toMatchObject({ reachable: true })
    expect(page.completeness.missing).toEqual(['address.city', 'contact.phone', 'contact.line'])
    expect(page.completeness.percent).toBe(Math.round((4 / 7) * 100))
    const orders = (await get('customerOrders')) as Awaited<ReturnType<typeof customerRoutes.customerOrders>>
    expect(orders.items.map(o => [o.orderNo, o.salesChannel, o.store])).toEqual([
      ['S1', 'store', 'TPE1'],
      ['W1', 'online', null],
    ])
    const proofs = (await get('consentProofs')) as Awaited<ReturnType<typeof customerRoutes.consentProofs>>
    expect(proofs.items[0]).toMatchObject({ on: true, proof: { version: '3', text: '同意收到優惠' } })
  })
})

test('R4-35 attributes of every type are set by a command: a list too; null takes one away', async () => {
  await send([identify('C-1', { name: '許多' })])
  const id = await idOf('C-1')
  const set = async (traits: Record<string, unknown>) => {
    let open = true
    const answer = callHandler(core, space.id, 'customerCommand', customerRoutes.customerCommand, {
      params: { customer: id },
      body: { do: 'set_traits', traits },
    }).finally(() => {
      open = false
    })
    const fold = async () => {
      while (open) await stage.settle()
    }
    const [{ status }] = await Promise.all([answer, fold()])
    const page = await callHandler(core, space.id, 'customer', customerRoutes.customer, {
      params: { customer: id },
    })
    return { status, traits: Object.fromEntries(page.traits.map(t => [t.name, t.value])) }
  }
  expect(await set({ drinks: ['烏龍', '紅茶'], cups: 3, vip: true })).toEqual({
    status: 200,
    traits: { name: '許多', drinks: ['烏龍', '紅茶'], cups: 3, vip: true },
  })
  expect((await set({ drinks: ['紅茶'], cups: null })).traits).toEqual({
    name: '許多',
    drinks: ['紅茶'],
    vip: true,
  })
})

describe('the timeline', () => {
  test('R0-04 a late file sorts by when it happened; both times are kept', async () => {
    await send([track('T-1', 'Product Viewed', HOUR, { name: '茶杯' })])
    await send([
      track('T-1', 'Store Visited', 3 * DAY, { store: 'TPE1' }),
      track('T-1', 'Cart Viewed', 2 * DAY),
    ])
    const events = await timeline(await idOf('T-1'), { kind: 'event' })
    expect(events.map(e => e.name)).toEqual(['Product Viewed', 'Cart Viewed', 'Store Visited'])
    const late = events.at(-1)!
    expect(Date.parse(late.at)).toBe(now - 3 * DAY)
    expect(Date.parse(late.receivedAt) - Date.parse(late.at)).toBeGreaterThanOrEqual(3 * DAY - 1000)
  })

  test('R0-01 browse, checkout, support ticket show before, during and after, and filter by phase', async () => {
    await send([
      track('T-2', 'Product Viewed', 5 * HOUR, { name: '茶壺' }),
      track('T-2', 'Checkout Started', 4 * HOUR),
      track('T-2', 'Order Completed', 4 * HOUR - 5 * MINUTE, { order_id: 'T2-1', total: 890 }),
      track('T-2', 'Support Contacted', HOUR, { topic: '破損' }),
    ])
    const id = await idOf('T-2')
    const phases = (await timeline(id, { kind: 'event' })).map(e => [e.name, e.phase])
    expect(phases).toEqual([
      ['Support Contacted', 'post'],
      ['Order Completed', 'during'],
      ['Checkout Started', 'during'],
      ['Product Viewed', 'pre'],
    ])
    const names = async (query: Record<string, unknown>) => (await timeline(id, query)).map(e => e.name)
    expect(await names({ phase: 'post' })).toEqual(['Support Contacted'])
    expect(await names({ phase: 'pre' })).toEqual(['Product Viewed'])
    expect((await timeline(id, { phase: 'during' }))[0]!.ruleVersion).toBeGreaterThanOrEqual(0)
  })

  test('R0-04 filters: kind, channel, days, words in properties or in the reader’s language', async () => {
    const id = await idOf('T-2')
    const names = async (query: Record<string, unknown>) => (await timeline(id, query)).map(e => e.name)
    expect(await names({ kind: 'order' })).toEqual(['order.placed'])
    expect(await names({ q: '破損' })).toEqual(['Support Contacted'])
    // what a page knows 開始結帳 to mean
    expect(await names({ q: '開始結帳', names: 'Checkout Started' })).toEqual(['Checkout Started'])
    expect(await names({ kind: 'event', from: new Date(now - 2 * HOUR).toISOString() })).toEqual([
      'Support Contacted',
    ])
    expect(await names({ kind: 'event', to: new Date(now - 4.5 * HOUR).toISOString() })).toEqual([
      'Product Viewed',
    ])
    const channels = await callHandler(core, space.id, 'timelineChannels', customerRoutes.timelineChannels, {
      params: { customer: id },
    })
    expect(channels.items.length).toBeGreaterThan(0)
    for (const channel of channels.items) expect((await timeline(id, { channel })).length).toBeGreaterThan(0)
    expect(await names({ channel: 'nowhere' })).toEqual([])
  })
})

describe('the list', () => {
  test('filters by stage, tag, reach, identifier, purchases and completeness; sorts; searches within', async () => {
    await send([
      identify('F-1', { name: '陳一', email: 'f1@example.com', phone: '0933333331' }),
      track('F-1', 'consent.granted', HOUR, { channel: 'email', purpose: 'marketing' }),
      track('F-1', 'Order Completed', 3 * HOUR, { order_id: 'F1-1', total: 100 }),
      identify('F-2', { name: '陳二', gender: 'f', birthday: '1980-01-01', 'address.city': '臺北市' }),
      track('F-2', 'Order Completed', 2 * HOUR, { order_id: 'F2-1', total: 900, sales_channel: 'store' }),
    ])
    await tag('F-1', { tag: 'vip' })
    const chen = async (query: Record<string, unknown>) => (await list({ q: '陳', ...query })).who
    expect((await chen({})).sort()).toEqual(['F-1', 'F-2'])
    expect(await chen({ tag: 'vip' })).toEqual(['F-1'])
    expect(await chen({ reach: 'email' })).toEqual(['F-1'])
    expect(await chen({ has: 'phone' })).toEqual(['F-1'])
    expect(await chen({ bought: 'store' })).toEqual(['F-2'])
    expect(await chen({ bought: 'both' })).toEqual([])
    expect((await list({ bought: 'both' })).who).toEqual(['P-1'])
    expect(await chen({ stage: 'conversion' })).toHaveLength(2)
    expect(await chen({ sort: 'revenue' })).toEqual(['F-2', 'F-1'])
    // name, gender, birthday, city of seven; name, e-mail, phone of seven
    expect(await chen({ minComplete: 50 })).toEqual(['F-2'])
    expect(await chen({ maxComplete: 49 })).toEqual(['F-1'])
    // an identifier finds too, and the filter holds for it
    expect((await list({ q: 'F-1', tag: 'vip' })).who).toEqual(['F-1'])
    expect((await list({ q: 'F-2', tag: 'vip' })).who).toEqual([])
    expect(await list({ q: '陳', bought: 'any' })).toMatchObject({ total: 2, stale: false })
    const tags = await callHandler(core, space.id, 'customerTags', customerRoutes.customerTags)
    expect(tags.items).toContainEqual({ tag: 'vip', people: 1 })
  })

  test('pages through a sorted list without losing anybody', async () => {
    const whole = (await list({ sort: 'revenue' })).who
    const seen: (string | null)[] = []
    let cursor: string | undefined
    do {
      const answer = await list({ sort: 'revenue', limit: 2, cursor })
      seen.push(...answer.who)
      cursor = answer.next ?? undefined
    } while (cursor)
    expect(seen).toEqual(whole)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('a row says stage, completeness, reach, tags and last order', async () => {
    expect((await list({ q: 'F-1' })).items[0]).toMatchObject({
      stage: 'conversion',
      completeness: Math.round((3 / 7) * 100),
      reach: ['email'],
      tags: ['vip'],
      omnichannel: false,
      lastOrder: new Date(now - 3 * HOUR).toISOString(),
    })
  })
})

test('open pages are told again once the newest snapshots can be asked: what they asked before showed older ones', async () => {
  const order: string[] = []
  const watched = vi.spyOn(core.history, 'insert')
  const off = core.signals.on('live', detail => {
    if (detail !== `${space.id}:events`) return
    const tables = watched.mock.settledResults.flatMap((r, i) =>
      r.type === 'fulfilled' ? [watched.mock.calls[i]![0].table] : [],
    )
    order.push(tables.includes('customer') ? 'snapshots' : tables.includes('event') ? 'facts' : 'nothing')
  })
  await send([identify('M-LATE', { name: '最新的' })])
  off()
  watched.mockRestore()
  expect(order).toEqual(['facts', 'snapshots'])
})
