// Webhooks of other systems over real HTTP: signed bodies, replays, mapping, dead letters, Shopify; folded and asked back.
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import checkout from '../../test/fixtures/shopify/checkout.json' with { type: 'json' }
import customer from '../../test/fixtures/shopify/customer.json' with { type: 'json' }
import order from '../../test/fixtures/shopify/order.json' with { type: 'json' }
import product from '../../test/fixtures/shopify/product.json' with { type: 'json' }
import refund from '../../test/fixtures/shopify/refund.json' with { type: 'json' }
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import type { EndpointName } from '../contract.ts'
import { cutOld } from '../inbox/retention.ts'
import { newId, publicId } from '../platform/ids.ts'
import { startWeb, type Web } from '../web.ts'
import { HOOK_LIMITS, hooksApp } from './hooks.ts'
import type { Mapping } from './model.ts'

let core: TestCore
let web: Web
let stage: Stage
let space: Awaited<ReturnType<typeof createTestWorkspace>>

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  space = await createTestWorkspace(core)
  stage = openStage(core)
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await web.stop()
  await core.close()
})

type Body = Record<string, unknown> & { items: Record<string, unknown>[] }
async function api(
  name: EndpointName,
  given: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; body: Body }> {
  const params = { ws: publicId('wsp', space.id), ...given.params }
  const answer = await callApi(core.baseUrl, name, { key: space.apiKey }, { ...given, params })
  return { status: answer.status, body: answer.body as Body }
}

type Answer = { status: number; body: Record<string, unknown> }
async function post(url: string, raw: string, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: raw, headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const ORDERS: Mapping = {
  rules: [
    {
      when: { path: '$.type', is: 'order.created' },
      each: null,
      type: 'track',
      fields: [
        { to: 'event', value: 'Order Completed' },
        { to: 'email', path: '$.data.buyer.email' },
        { to: 'timestamp', path: '$.data.at' },
        { to: 'properties.order_id', path: '$.data.no' },
        { to: 'properties.total', path: '$.data.total' },
        { to: 'properties.currency', value: 'TWD' },
        { to: 'properties.sales_channel', value: 'online' },
        { to: 'properties.products', path: '$.data.items[*]' },
        { to: 'properties.products[].product_id', path: '@.id' },
        { to: 'properties.products[].quantity', path: '@.n' },
      ],
    },
  ],
}
const created = (no: string, email: string | null = 'hook@example.com') =>
  JSON.stringify({
    type: 'order.created',
    data: {
      no,
      total: 1280,
      at: '2026-05-01 12:00:00',
      buyer: { email },
      items: [{ id: '632910392', n: 2 }],
    },
  })

type Source = { id: string; url: string; secret: string }
async function makeSource(body: Record<string, unknown>, mapping?: Mapping): Promise<Source> {
  const made = await api('createSource', { body })
  expect(made.status).toBe(200)
  const { id, url, secret, name, signing } = made.body as unknown as Source & {
    name: string
    signing: unknown
  }
  if (mapping)
    expect(
      (
        await api('saveSource', {
          params: { source: id },
          body: { name, active: true, signing, mapping, version: 1 },
        })
      ).status,
    ).toBe(200)
  return { id, url, secret: secret ?? String(body.secret) }
}
/** As Standard Webhooks says. */
const signed = (source: Source, raw: string, id: string = newId(), at = new Date()) =>
  post(source.url, raw, {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(source.secret).sign(id, at, raw),
  })
const sourceNow = async (source: Source) => (await api('source', { params: { source: source.id } })).body
const letters = async (source: Source) =>
  (await api('deadLetters', { params: { source: source.id } })).body.items

type Event = { name: string; source: string; props: Record<string, unknown>; customer: string }
const events = async (name: string, source?: string): Promise<Event[]> =>
  (await api('lastEvents', { query: { name, ...(source ? { source } : {}) } })).body
    .items as unknown as Event[]
const orderRows = async (no: string) =>
  (
    await core.pool.query<{ entry: string; amount: number; currency: string; body: string; occurred: Date }>(
      'select entry, amount, currency, body, occurred from order_entry where workspace_id = $1 and order_no = $2 order by entry',
      [space.id, no],
    )
  ).rows

describe('R0-21 a generic source with Standard Webhooks', () => {
  let source: Source
  beforeAll(async () => {
    source = await makeSource({ kind: 'webhook', name: 'Web shop' }, ORDERS)
    expect(source.secret).toMatch(/^whsec_/)
  })

  test('R0-21 a signed body becomes the mapped event, folded into an order of its customer', async () => {
    expect(await signed(source, created('W-1'))).toEqual({
      status: 200,
      body: { success: true, stored: 1, rejected: 0, duplicate: false },
    })
    await stage.settle()
    expect(await orderRows('W-1')).toMatchObject([
      { entry: 'placed', amount: 1280, currency: 'TWD', occurred: new Date('2026-05-01T04:00:00Z') },
    ])
    const [event] = await events('Order Completed', 'Web shop')
    expect(event!.props).toMatchObject({
      sales_channel: 'online',
      products: [{ product_id: '632910392', quantity: 2 }],
    })
    const found = await api('customers', { query: { q: 'hook@example.com' } })
    expect(found.body.items).toHaveLength(1)
    expect(await sourceNow(source)).toMatchObject({ rowsIn: 1, rejected: 0, lastAt: expect.any(String) })
  })

  test('R0-21 what is not signed by the secret is turned away, whatever its body, and nothing of it is kept', async () => {
    const raw = created('W-forged')
    const at = new Date()
    const forged = new Webhook('whsec_' + Buffer.alloc(32, 7).toString('base64')).sign('msg_1', at, raw)
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': forged,
    }
    expect(await post(source.url, raw, headers)).toMatchObject({
      status: 401,
      body: { code: 'bad_signature' },
    })
    expect(await post(source.url, raw, {})).toMatchObject({ status: 401 })
    const good = new Webhook(source.secret).sign('msg_1', at, raw)
    const changed = raw.replace('1280', '9999')
    expect((await post(source.url, changed, { ...headers, 'webhook-signature': good })).status).toBe(401)
    expect(await letters(source)).toEqual([])
    const now = await sourceNow(source)
    expect(now).toMatchObject({ refusedWhy: expect.stringContaining('signature') })
    expect(JSON.stringify(now.last)).not.toContain('W-forged')
  })

  test('R0-21 the replay guard: the same delivery, an old one, and the same body under another id add nothing', async () => {
    const raw = created('W-2')
    const id = newId()
    expect((await signed(source, raw, id)).body).toMatchObject({ stored: 1, duplicate: false })
    expect((await signed(source, raw, id)).body).toMatchObject({ stored: 0, duplicate: true })
    const old = new Date(Date.now() - 6 * 60_000)
    expect(await signed(source, raw, newId(), old)).toMatchObject({
      status: 401,
      body: { code: 'clock_window' },
    })
    const ahead = new Date(Date.now() + 6 * 60_000)
    expect((await signed(source, raw, newId(), ahead)).body.code).toBe('clock_window')
    await signed(source, raw, newId())
    await stage.settle()
    expect(await orderRows('W-2')).toHaveLength(1)
    expect(
      (await events('Order Completed', 'Web shop')).filter(e => e.props.order_id === 'W-2'),
    ).toHaveLength(1)
  })

  test('R0-21 many at once: each delivery is taken once', async () => {
    const id = newId()
    const raw = created('W-3')
    const answers = await Promise.all(Array.from({ length: 10 }, () => signed(source, raw, id)))
    expect(answers.filter(a => a.body.duplicate === false)).toHaveLength(1)
    expect(answers.every(a => a.status === 200)).toBe(true)
  })

  test('R0-21 dead letters say why, and are replayed one by one or all once the mapping fits', async () => {
    const other = await makeSource({ kind: 'webhook', name: 'Late mapping' })
    for (const no of ['L-1', 'L-2', 'L-3'])
      expect((await signed(other, created(no, `${no}@example.com`))).body).toMatchObject({
        stored: 0,
        rejected: 1,
      })
    await signed(other, '{"type":')
    const waiting = await letters(other)
    expect(waiting.map(l => l.code)).toEqual(['bad_json', 'no_rule', 'no_rule', 'no_rule'])
    const replay = (body: unknown) => api('replayDeadLetters', { params: { source: other.id }, body })
    expect((await replay({})).body).toEqual({ used: 0, left: 4 })

    const preview = await api('previewMapping', {
      params: { source: other.id },
      body: { mapping: ORDERS, body: created('L-1', 'l-1@example.com') },
    })
    expect(preview.body).toMatchObject({
      matched: true,
      faults: [],
      items: [
        {
          name: 'Order Completed',
          at: '2026-05-01T04:00:00.000Z',
          ids: [{ kind: 'email', value: 'l-1@example.com' }],
          props: { order_id: 'L-1', total: 1280 },
        },
      ],
    })
    const signing = { scheme: 'standard' }
    const body = { name: 'Late mapping', active: true, signing, mapping: ORDERS, version: 1 }
    await api('saveSource', { params: { source: other.id }, body })
    expect((await replay({ ids: [waiting[3]!.id] })).body).toEqual({ used: 1, left: 3 })
    expect((await replay({})).body).toEqual({ used: 2, left: 1 })
    await stage.settle()
    for (const no of ['L-1', 'L-2', 'L-3']) expect(await orderRows(no)).toHaveLength(1)
    const gone = await api('discardDeadLetters', { params: { source: other.id }, body: {} })
    expect(gone.body).toEqual({ discarded: 1 })
    expect(await letters(other)).toEqual([])
  })

  test('R0-21 dead letters and bodies are kept seven days', async () => {
    const other = await makeSource({ kind: 'webhook', name: 'Old' })
    await signed(other, created('O-1'))
    await cutOld(core, Date.now() + 6.9 * 86_400_000)
    expect(await letters(other)).toHaveLength(1)
    await cutOld(core, Date.now() + 7.1 * 86_400_000)
    expect(await letters(other)).toEqual([])
    expect((await sourceNow(other)).last).toBeNull()
  })

  test('R3-25 an event that names only the order reaches its customer; an unknown order waits as a dead letter', async () => {
    const mapping: Mapping = {
      rules: [
        {
          when: null,
          each: null,
          type: 'track',
          fields: [
            { to: 'event', value: 'Order Ready For Pickup' },
            { to: 'properties.order_id', path: '$.order' },
            { to: 'properties.pickup_store', path: '$.store' },
          ],
        },
      ],
    }
    const courier = await makeSource({ kind: 'webhook', name: 'Courier' }, mapping)
    await signed(courier, '{"order":"W-1","store":"TPE01"}')
    await signed(courier, '{"order":"W-unknown","store":"TPE01"}')
    await stage.settle()
    const ready = await events('Order Ready For Pickup', 'Courier')
    const [placed] = (await events('Order Completed', 'Web shop')).filter(e => e.props.order_id === 'W-1')
    expect(ready.map(e => [e.customer, e.props.pickup_store])).toEqual([[placed!.customer, 'TPE01']])
    expect((await letters(courier)).map(l => l.code)).toEqual(['order_unknown'])
  })

  test('R0-21 one address may not flood a source: 429 with the time to wait', async () => {
    const narrow = await serveApp(hooksApp(core, { ...HOOK_LIMITS, deliveries: 3 }))
    const there = { ...source, url: source.url.replace(core.baseUrl, narrow.url) }
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await signed(there, created(`F-${i}`)))
    await narrow.close()
    expect(answers.map(a => a.status)).toEqual([200, 200, 200, 429])
    expect(answers[3]!.body).toMatchObject({ code: 'too_many_tries' })
  })

  test('limits: too large, switched off, no such address', async () => {
    expect(await signed(source, `"${'x'.repeat(HOOK_LIMITS.bytes)}"`)).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    })
    const nowhere = `${core.baseUrl}/webhooks/${publicId('src', newId())}`
    expect(await post(nowhere, '{}', {})).toMatchObject({ status: 404, body: { code: 'no_source' } })
    const off = await makeSource({ kind: 'webhook', name: 'Off' })
    const body = { name: 'Off', active: false, signing: { scheme: 'standard' }, mapping: ORDERS, version: 1 }
    await api('saveSource', { params: { source: off.id }, body })
    expect((await signed(off, created('X'))).body.code).toBe('source_off')
    await api('removeSource', { params: { source: off.id } })
    expect((await signed(off, created('X'))).body.code).toBe('no_source')
  })
})

test('R0-21 a plain HMAC header, with prefix and a signed time', async () => {
  const signing = {
    scheme: 'hmac',
    header: 'X-Shop-Signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'sha256=',
    idHeader: 'X-Delivery',
    timestampHeader: 'X-Time',
  }
  const source = await makeSource({ kind: 'webhook', name: 'Till', secret: 'till-secret-1', signing }, ORDERS)
  const send = (raw: string, at: number, secret = source.secret) =>
    post(source.url, raw, {
      'x-delivery': newId(),
      'x-time': String(at),
      'x-shop-signature': 'sha256=' + createHmac('sha256', secret).update(`${at}.${raw}`).digest('hex'),
    })
  const now = Math.floor(Date.now() / 1000)
  expect((await send(created('H-1'), now)).body).toMatchObject({ stored: 1 })
  expect((await send(created('H-1'), now, 'another-one')).body.code).toBe('bad_signature')
  expect((await send(created('H-1'), now - 400)).body.code).toBe('clock_window')
  const short = await api('createSource', { body: { kind: 'webhook', name: 'X', secret: 'short', signing } })
  expect([short.status, short.body.path]).toEqual([400, 'secret'])
})

test('R0-35 an order at a till with only a carrier code finds the customer', async () => {
  const send = (item: Record<string, unknown>) =>
    fetch(`${core.baseUrl}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: [item] }),
    })
  const externalIds = [{ id: '/ABC1234', type: 'carrier' }]
  const traits = { email: 'carrier@example.com' }
  const known = { type: 'identify', userId: 'M-7', traits, context: { externalIds } }
  expect((await send(known)).status).toBe(200)
  const mapping: Mapping = {
    rules: [
      {
        when: null,
        each: '$.sales[*]',
        type: 'track',
        fields: [
          { to: 'event', value: 'Order Completed' },
          { to: 'carrier', path: '@.carrier' },
          { to: 'properties.order_id', path: '@.no' },
          { to: 'properties.total', path: '@.sum' },
          { to: 'properties.sales_channel', value: 'store' },
          { to: 'properties.store', path: '$.store' },
          { to: 'properties.staff', path: '@.clerk' },
        ],
      },
    ],
  }
  const till = await makeSource({ kind: 'webhook', name: 'Till with carriers' }, mapping)
  const sales = [{ no: 'T-1', sum: 350, carrier: '/ABC1234', clerk: 'S1' }]
  expect((await signed(till, JSON.stringify({ store: 'TPE01', sales }))).body).toMatchObject({ stored: 1 })
  await stage.settle()
  const { items } = (await api('customers', { query: { q: 'carrier@example.com' } })).body
  expect(items).toMatchObject([{ memberNo: 'M-7', orders: 1, revenue: 350 }])
  const orders = await api('customerOrders', { params: { customer: String(items[0]!.id) } })
  expect(orders.body.items).toMatchObject([
    { orderNo: 'T-1', salesChannel: 'store', store: 'TPE01', staff: 'S1' },
  ])
})

test('R0-21 a mapping that cannot hold is refused at its line', async () => {
  const source = await makeSource({ kind: 'webhook', name: 'Wrong' })
  const mapping = { rules: [{ ...ORDERS.rules[0], fields: [{ to: 'event', path: '$.a[' }] }] }
  const body = { name: 'Wrong', active: true, signing: { scheme: 'standard' }, mapping, version: 1 }
  const answer = await api('saveSource', { params: { source: source.id }, body })
  expect([answer.status, answer.body.path]).toEqual([400, 'mapping.rules.0.fields.0.path'])
})

describe('R0-21 Shopify', () => {
  let source: Source
  beforeAll(async () => {
    source = await makeSource({ kind: 'shopify', name: 'Shopify', secret: 'shpss_0123456789' })
  })
  /** As Shopify signs. */
  const shopify = (
    topic: string,
    body: unknown,
    more: Record<string, string> = {},
    secret = source.secret,
  ) => {
    const raw = JSON.stringify(body)
    return post(source.url, raw, {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-webhook-id': newId(),
      'x-shopify-shop-domain': 'tea.myshopify.com',
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(raw).digest('base64'),
      ...more,
    })
  }

  test('R0-21 products come first: rows of the catalogue, changed and taken away', async () => {
    expect((await shopify('products/create', product)).body).toMatchObject({ stored: 1 })
    const listed = await api('products', { query: { q: '632910392' } })
    expect(listed.body.items).toMatchObject([
      {
        name: 'Alishan Oolong',
        price: 680,
        stock: 52,
        category: ['Tea'],
        imageUrl: 'https://cdn.example/alishan.jpg',
      },
    ])
    const { id, version, code: _, updatedAt: __, ...fields } = listed.body.items[0]!
    await api('saveProduct', { params: { product: String(id) }, body: { ...fields, cost: 300, version } })
    await shopify('products/update', { ...product, title: 'Alishan Oolong Tea', updated_at: '2026-05-02' })
    const after = await api('products', { query: { q: '632910392' } })
    expect(after.body.items).toMatchObject([{ name: 'Alishan Oolong Tea', cost: 300 }])
  })

  test('R0-29 a webshop order and a POS order have identical fields, and the same again adds nothing', async () => {
    expect((await shopify('orders/create', order)).body).toMatchObject({ stored: 1, rejected: 0 })
    await shopify('orders/create', order)
    await shopify('orders/updated', order)
    const till = await fetch(`${core.baseUrl}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        event: 'Order Completed',
        messageId: 'pos-1',
        timestamp: order.created_at,
        context: { traits: { email: 'till@example.com' } },
        properties: {
          order_id: 'POS-1',
          coupon: 'MAY60',
          payment_status: 'paid',
          total: 1360,
          subtotal: 1300,
          tax: 0,
          shipping: 60,
          discount: 60,
          currency: 'TWD',
          sales_channel: 'store',
          store: 'TPE01',
          staff: 'S1',
          products: [
            {
              product_id: '632910392',
              sku: 'TEA-001-150',
              name: 'Alishan Oolong',
              variant: '150 g',
              category: 'Tea',
              brand: 'Itinera Tea',
              price: 680,
              quantity: 2,
              cost: 300,
            },
          ],
        },
      }),
    })
    expect(till.status).toBe(200)
    await stage.settle()
    const ofWhom = async (email: string) => {
      const found = await api('customers', { query: { q: email } })
      const params = { customer: String(found.body.items[0]!.id) }
      return (await api('customerOrders', { params })).body.items
    }
    const shop = await ofWhom('mei.lin@example.com')
    const pos = await ofWhom('till@example.com')
    expect([shop.length, pos.length]).toEqual([1, 1])
    expect(shop[0]).toMatchObject({ orderNo: order.name, salesChannel: 'online', store: null })
    expect(pos[0]).toMatchObject({ orderNo: 'POS-1', salesChannel: 'store', store: 'TPE01', staff: 'S1' })
    const placed = (shop[0]!.history as { entry: string }[]).filter(h => h.entry === 'placed')
    expect(placed).toHaveLength(1)
    /** But for where it was sold and who told. */
    const same = ({ orderNo, salesChannel, store, staff, source, history, updatedAt, ...rest }: Body) => rest
    expect(same(shop[0] as Body)).toEqual(same(pos[0] as Body))
    // what the shop did not say of its line, the catalogue did
    expect((shop[0]!.lines as unknown[])[0]).toMatchObject({ category: 'Tea', cost: 300 })
  })

  test('R0-21 the customer is one person with e-mail and phone; the parcel’s phone is nobody', async () => {
    await shopify('customers/update', customer)
    await stage.settle()
    const found = await api('customers', { query: { q: 'mei.lin@example.com' } })
    expect(found.body.items).toMatchObject([
      { email: 'mei.lin@example.com', phone: '+886912345678', orders: 1, revenue: 1360 },
    ])
    expect((await api('customers', { query: { q: '+886987654321' } })).body.items).toEqual([])
    const page = await api('customer', { params: { customer: String(found.body.items[0]!.id) } })
    expect(page.body.consent).toEqual([
      expect.objectContaining({ channel: 'email', purpose: 'marketing', on: true }),
    ])
    expect(page.body.identifiers).toContainEqual(
      expect.objectContaining({ kind: 'user_id', value: 'shopify:7123456789012' }),
    )
  })

  test('R0-29 the shop’s own export of the same order, imported beside the webhook, adds nothing', async () => {
    const file = [
      'Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Vendor',
      '#1001,mei.lin@example.com,paid,2026-05-01 12:00:03 +0800,TWD,1300.00,60.00,0.00,1360.00,MAY60,60.00,2026-05-01 12:00:00 +0800,2,Alishan Oolong - 150 g,680.00,TEA-001-150,Itinera Tea',
    ].join('\n')
    const workspace = `${core.baseUrl}/api/w/${publicId('wsp', space.id)}`
    const query = new URLSearchParams({ name: 'orders_export.csv', source: 'Shopify export', start: '1' })
    const uploaded = await fetch(`${workspace}/import-files?${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${space.apiKey}` },
      body: file,
    })
    const { id } = (await uploaded.json()) as { id: string }
    let done: Body
    do done = (await api('import', { params: { import: id } })).body
    while (!['done', 'failed'].includes(String(done.status)))
    expect(done).toMatchObject({ status: 'done', preset: 'shopify-orders', counts: { wrong: 0 } })
    await stage.settle()
    const found = await api('customers', { query: { q: 'mei.lin@example.com' } })
    expect(found.body.items).toMatchObject([{ orders: 1, revenue: 1360 }])
    const rows = await orderRows(order.name)
    expect(rows.filter(r => r.entry === 'placed')).toHaveLength(1)
  })

  test('R0-21 a refund that names only the order takes its money off, once, however it is told', async () => {
    await shopify('refunds/create', refund)
    await shopify('orders/updated', { ...order, updated_at: '2026-05-03T10:00:01+08:00', refunds: [refund] })
    await stage.settle()
    expect((await orderRows(order.name)).filter(r => r.entry === 'refunded')).toMatchObject([{ amount: 680 }])
    const found = await api('customers', { query: { q: 'mei.lin@example.com' } })
    expect(found.body.items).toMatchObject([{ orders: 1, revenue: 680 }])
  })

  test('R0-21 a checkout starts once', async () => {
    await shopify('checkouts/create', checkout)
    await shopify('checkouts/update', checkout)
    await stage.settle()
    expect(await events('Checkout Started', 'Shopify')).toHaveLength(1)
    expect((await events('Checkout Updated', 'Shopify'))[0]!.props).toMatchObject({
      cart_url: checkout.abandoned_checkout_url,
    })
  })

  test('R0-21 forged, repeated, of another topic, and Shopify’s own test', async () => {
    expect((await shopify('orders/create', order, {}, 'wrong-secret')).body.code).toBe('bad_signature')
    expect((await shopify('orders/create', order, { 'x-shopify-hmac-sha256': '' })).status).toBe(401)
    const id = { 'x-shopify-webhook-id': 'w-1' }
    const fresh = { ...customer, updated_at: '2026-05-05T00:00:00+08:00' }
    expect((await shopify('customers/update', fresh, id)).body.duplicate).toBe(false)
    expect((await shopify('customers/update', fresh, id)).body.duplicate).toBe(true)
    await shopify('app/uninstalled', {})
    expect((await letters(source)).map(l => [l.topic, l.code])).toEqual([
      ['app/uninstalled', 'unknown_topic'],
    ])
    const sample = { ...order, id: 1, email: 'jon@example.com', customer: null }
    const tested = await shopify('orders/create', sample, { 'x-shopify-test': 'true' })
    expect(tested.body).toMatchObject({ stored: 0, rejected: 0 })
    expect((await sourceNow(source)).last).toMatchObject({ topic: 'orders/create' })
    await stage.settle()
    expect((await api('customers', { query: { q: 'jon@example.com' } })).body.items).toEqual([])
  })

  test('R0-21 each connector shows last sync, rows in, rejected, and what needs a person', async () => {
    const { items } = (await api('connectors')).body
    const of = (name: string) => items.find(i => i.name === name)
    expect(of('Shopify')).toMatchObject({
      kind: 'shopify',
      status: 'attention',
      why: 'dead_letters',
      rejected: 1,
      lastAt: expect.any(String),
    })
    expect(Number(of('Shopify')!.rowsIn)).toBeGreaterThanOrEqual(7)
    expect(of('Web shop')).toMatchObject({ kind: 'webhook', rejected: 0 })
    expect(of('API')).toMatchObject({ kind: 'api', status: 'ok', rowsIn: 2 })
    expect(of('網站')).toMatchObject({ kind: 'web', status: 'waiting', lastAt: null, rowsIn: 0 })
    expect(of('LINE（沙盒）')).toMatchObject({ kind: 'line' })
    const home = (await api('home')).body as unknown as { attention: unknown[] }
    expect(home.attention).toContainEqual({
      code: 'dead_letters',
      count: expect.any(Number),
      link: 'sources?tab=connectors',
    })
  })
})
