// Imports as people and programs meet them: over HTTP, on real engines, with the worker threads of the product.
import { unpackState } from '../customers/pack.ts'
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { type Answer, callApi } from '../../test/http-client.ts'
import * as samples from '../../test/import-samples.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { insertKey } from '../catalogue/keys.ts'
import { BULK_PRESSURE } from '../collect/pressure.ts'
import { collectApp } from '../collect/routes.ts'
import type { EndpointName, Out, Scope } from '../contract.ts'
import type { CustomerState } from '../customers/model.ts'
import { apiRouter, type HttpEnv } from '../platform/http/router.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { openAccess } from '../team/access.ts'
import { handlers } from '../web.ts'
import { errorPath, uploadPath } from './files.ts'
import { runImport } from './run.ts'
import { claimImport } from './store.ts'
import { importApp } from './transfer.ts'
import { openImports, type Imports } from './workers.ts'

type Space = Awaited<ReturnType<typeof createTestWorkspace>>
type Import = Out<'startImport'>
type Detail = Out<'import'>

let core: TestCore
let server: Awaited<ReturnType<typeof serveApp>>
let imports: Imports
let stage: Stage
let space: Space

beforeAll(async () => {
  core = await openTestCore()
  const app = new Hono<HttpEnv>()
  app.use((c, next) => {
    c.set('requestId', newId())
    return next()
  })
  const access = openAccess(core)
  app.route('/', importApp(core, access))
  app.route('/api', apiRouter(core, access, handlers))
  app.route('/', collectApp(core))
  server = await serveApp(app as unknown as Hono)
  imports = openImports(core)
  stage = openStage(core)
})
afterAll(async () => {
  await stage.close()
  await imports.stop()
  await server.close()
  await core.close()
})
beforeEach(async () => {
  space = await createTestWorkspace(core)
})

const ws = (of: Space = space): string => publicId('wsp', of.id)

async function upload(
  sample: samples.Sample,
  query: Record<string, string> = {},
  key = space.apiKey,
  of = space,
): Promise<Answer> {
  const response = await fetch(
    `${server.url}/api/w/${ws(of)}/import-files?${new URLSearchParams({ name: sample.name, ...query })}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: new Uint8Array(sample.bytes),
    },
  )
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  }
}

async function act<N extends EndpointName>(
  name: N,
  params: Record<string, string> = {},
  more: { body?: unknown; query?: Record<string, string>; key?: string } = {},
): Promise<Out<N>> {
  const { key = space.apiKey, ...given } = more
  const answer = await callApi(server.url, name, { key }, { params: { ws: ws(), ...params }, ...given })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Out<N>
}

/** Uploads, runs to the end, and folds what it brought. */
async function run(sample: samples.Sample, query: Record<string, string> = {}): Promise<Import> {
  const { status, body } = await upload(sample, { ...query, start: '1' })
  expect(status, JSON.stringify(body)).toBe(201)
  const id = body.id as string
  // a worker that lost its connection (a loaded machine) leaves the import to the next one
  do expect(await imports.tick()).toBe(true)
  while ((await act('import', { import: id })).status === 'running')
  await stage.settle()
  return act('import', { import: id })
}

const bulkRows = async (workspace: Uuid = space.id): Promise<number> =>
  (
    await core.pool.query<{ n: number }>('select count(*)::int n from bulk where workspace_id = $1', [
      workspace,
    ])
  ).rows[0]!.n

async function customers(workspace: Uuid = space.id): Promise<CustomerState[]> {
  const { rows } = await core.pool.query<{ state: string }>(
    "select state from customer where workspace_id = $1 and merged_into is null and state <> '{}'",
    [workspace],
  )
  return rows.map(r => unpackState(r.state))
}
const holder = async (kind: string, value: string): Promise<CustomerState> =>
  (await customers()).find(c => c.ids.some(i => i.kind === kind && i.value === value))!

async function download(
  path: string,
  key = space.apiKey,
  of = space,
): Promise<{ status: number; bytes: Buffer; headers: Headers }> {
  const response = await fetch(`${server.url}/api/w/${ws(of)}/${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return {
    status: response.status,
    bytes: Buffer.from(await response.arrayBuffer()),
    headers: response.headers,
  }
}

const csv = (name: string, text: string): samples.Sample => ({ name, bytes: Buffer.from(text), rows: 0 })

describe('from upload to customers', () => {
  test('R3-20 R0-36 a Big5 member list: mapping suggested, checked without a trace, imported, again nothing', async () => {
    const { body } = await upload(samples.bigFive())
    const id = body.id as string
    const draft: Detail = await act('import', { import: id })
    expect(draft).toMatchObject({
      status: 'draft',
      source: '會員資料',
      target: 'customers',
      format: 'csv',
      encoding: 'big5',
      missing: [],
      mapping: {
        會員編號: 'member_no',
        中文姓名: 'name',
        手機: 'phone',
        生日: 'birthday',
        鄉鎮市區: 'district',
      },
    })
    expect(draft.preview[0]!.slice(0, 2)).toEqual(['M-001', '王小明'])

    await act('checkImport', { import: id })
    expect(await imports.tick()).toBe(true)
    const checked = await act('import', { import: id })
    expect(checked).toMatchObject({ status: 'ready', rows: 3, counts: { new: 3, wrong: 0 } })
    expect(await bulkRows()).toBe(0)
    expect((await core.pool.query('select from imported where workspace_id = $1', [space.id])).rowCount).toBe(
      0,
    )

    await act('startImport', { import: id })
    expect(await imports.tick()).toBe(true)
    expect(await bulkRows()).toBe(8) // three people, three tags, two consents
    await stage.settle()
    expect(await act('import', { import: id })).toMatchObject({
      status: 'done',
      done: 1,
      counts: { new: 3, wrong: 0 },
    })

    const ming = await holder('member_no', 'M-001')
    expect(ming.ids).toContainEqual(
      expect.objectContaining({ kind: 'phone', value: '+886912345678', verified: true }),
    )
    expect(ming.traits['address.district']).toMatchObject({
      v: '大安區',
      src: '會員資料',
      at: expect.any(Number),
    })
    expect(ming.traits.birthday).toMatchObject({ v: '1996-03-02', src: '會員資料', at: expect.any(Number) })
    expect(Object.keys(ming.tags).sort()).toEqual(['VIP', '茶友'])
    expect(ming.consent['email/marketing']).toMatchObject({ on: true })

    const again = await run(samples.bigFive())
    expect(again.counts).toEqual({ new: 0, changed: 0, same: 3, wrong: 0, skipped: 0 })
    expect(await customers()).toHaveLength(3)
  })

  test('R3-20 0912-345-678, +886912345678 and full-width digits are one customer', async () => {
    await run(csv('a.csv', '姓名,手機\n王小明,0912-345-678\n'))
    await run(csv('b.csv', '姓名,手機\n王小明,+886912345678\n'))
    await run(csv('c.csv', '姓名,手機\n王小明,０９１２３４５６７８\n'))
    expect(await customers()).toHaveLength(1)
  })

  test('a row that changed, and changed back, is taken each time', async () => {
    const person = (city: string) => csv('list.csv', `會員編號,縣市\nM-1,${city}\n`)
    await run(person('台北市'))
    expect((await run(person('新北市'))).counts).toMatchObject({ new: 0, changed: 1 })
    expect((await run(person('台北市'))).counts).toMatchObject({ new: 0, changed: 1 })
    expect((await holder('member_no', 'M-1')).traits['address.city']).toMatchObject({ v: '台北市' })
  })

  test('the same person twice in a file: both rows are taken, and again nothing', async () => {
    const file = csv('twice.csv', '會員編號,縣市,鄉鎮市區\nM-1,台北市,\nM-1,,大安區\n')
    expect((await run(file)).counts).toMatchObject({ new: 2 })
    expect((await run(file)).counts).toMatchObject({ new: 0, changed: 0, same: 2 })
    const { traits } = await holder('member_no', 'M-1')
    expect([traits['address.city']?.v, traits['address.district']?.v]).toEqual(['台北市', '大安區'])
  })

  test('a mapping made by hand is remembered for its source', async () => {
    const file = csv('odd.csv', '代碼X,欄位Y\nM-1,金卡\n')
    const first = (await upload(file, { source: 'POS', target: 'customers' })).body.id as string
    await act(
      'updateImport',
      { import: first },
      { body: { mapping: { 代碼X: 'member_no', 欄位Y: 'extra:card' } } },
    )
    await act('startImport', { import: first })
    await imports.tick()
    await stage.settle()
    expect((await holder('member_no', 'M-1')).traits.card).toMatchObject({ v: '金卡' })
    const second = (await upload(file, { source: 'POS', target: 'customers' })).body.id as string
    expect((await act('import', { import: second })).mapping).toEqual({
      代碼X: 'member_no',
      欄位Y: 'extra:card',
    })
  })

  test('what lacks a field cannot start, and says which', async () => {
    const { body } = await upload(csv('x.csv', '甲,乙\n1,2\n'), { target: 'orders' })
    const answer = await callApi(
      server.url,
      'startImport',
      { key: space.apiKey },
      { params: { ws: ws(), import: body.id as string } },
    )
    expect(answer).toMatchObject({ status: 400, body: { code: 'fields_missing', path: 'mapping' } })
    expect(String(answer.body.title)).toContain('Order number')
  })
})

describe('orders', () => {
  test('R0-29 a till’s file and a webshop’s call make orders of the same fields; the file again adds none', async () => {
    const done = await run(samples.tillOrders(), { 'set.sales_channel': 'store' })
    expect(done.counts).toEqual({ new: 3, changed: 0, same: 0, wrong: 0, skipped: 1 })
    const sent = await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        event: 'Order Completed',
        userId: 'M-001',
        timestamp: '2026-05-02T10:30:00Z',
        properties: {
          order_id: 'W-1',
          total: 640,
          sales_channel: 'online',
          store: 'WEB',
          products: [{ sku: 'OOL-150', name: '高山烏龍 150g', category: '茶葉', price: 640, quantity: 1 }],
        },
      }),
    })
    expect(sent.status).toBe(200)
    await stage.settle()
    const rows = async () =>
      (
        await core.pool.query<{ order_no: string; amount: number; body: string }>(
          'select order_no, amount, body from order_entry where workspace_id = $1 order by order_no',
          [space.id],
        )
      ).rows
    const found = await rows()
    expect(found.map(r => [r.order_no, r.amount])).toEqual([
      ['P0001', 1580],
      ['P0003', 640],
      ['W-1', 640],
    ])
    const keys = (text: string) => Object.keys(JSON.parse(text) as object).sort()
    const lineKeys = (text: string) => {
      const body = JSON.parse(text) as { products?: object[]; lines?: object[] }
      return Object.keys((body.products ?? body.lines)![0]!).sort()
    }
    expect(keys(found[1]!.body).filter(k => k !== 'staff')).toEqual(keys(found[2]!.body))
    expect(lineKeys(found[1]!.body)).toEqual(lineKeys(found[2]!.body))

    const again = await run(samples.tillOrders(), { 'set.sales_channel': 'store' })
    expect(again.counts).toEqual({ new: 0, changed: 0, same: 3, wrong: 0, skipped: 1 })
    expect(await rows()).toEqual(found)
    expect((await holder('member_no', 'M-001')).orders).toMatchObject({ n: 2, revenue: 2220 })
  })

  test('an order that comes again with another amount, then shipped, then cancelled', async () => {
    const file = (total: number, status: string) =>
      csv(
        'shop.csv',
        `訂單編號,訂單時間,會員編號,總金額,訂單狀態\nS-1,2026/05/01 10:00,M-1,${total},${status}\n`,
      )
    const now = async () => {
      const { id } = await holder('member_no', 'M-1')
      const [order] = (await act('customerOrders', { customer: publicId('cus', id) })).items
      return [order!.total, order!.net, order!.status]
    }
    await run(file(1000, '已付款'))
    expect(await now()).toEqual([1000, 1000, 'paid'])
    expect((await run(file(900, '已出貨'))).counts).toMatchObject({ changed: 0, new: 1 })
    expect(await now()).toEqual([900, 900, 'shipped'])
    await run(file(900, '已取消'))
    expect(await now()).toEqual([900, 0, 'cancelled'])
  })

  test('R0-04 a late till file stands where it happened, with both times', async () => {
    await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'Product Viewed', userId: 'M-001', timestamp: '2026-05-01T12:00:00Z' }),
    })
    await stage.settle()
    await run(samples.tillOrders())
    const { id } = await holder('member_no', 'M-001')
    const { items } = await act('timeline', { customer: publicId('cus', id) }, { query: { kind: 'event' } })
    expect(items.map(i => [i.name, i.at])).toEqual([
      ['Product Viewed', '2026-05-01T12:00:00.000Z'],
      ['Order Completed', '2026-05-01T10:30:00.000Z'],
    ])
    const [viewed, order] = items
    expect(Date.parse(order!.receivedAt)).toBeGreaterThan(Date.parse(viewed!.receivedAt))
  })
})

test('offline events, consents with their proof, tags with an end', async () => {
  const events = csv(
    'visits.csv',
    '事件名稱,發生時間,手機,門市代號,心情\nStore Visited,2026/05/01 10:00,0912345678,TPE01,好\nStore Visited,2026/05/01 10:00,0912345678,TPE01,好\nStore Visited,2026/05/02 10:00,0912345678,TPE01,好\n',
  )
  const first = await upload(events, { source: '門市' })
  await act(
    'updateImport',
    { import: first.body.id as string },
    {
      body: {
        mapping: {
          事件名稱: 'event',
          發生時間: 'occurred_at',
          手機: 'phone',
          門市代號: 'store',
          心情: 'extra:mood',
        },
      },
    },
  )
  await act('startImport', { import: first.body.id as string })
  await imports.tick()
  const consents = await run(
    csv(
      'consents.csv',
      '手機,渠道,是否同意,同意時間,條款版本,同意頁面網址,IP 位址\n0912345678,簡訊,是,2026/04/01 09:00,2026-01,https://shop.example.com/join,203.0.113.7\n0912345678,電子報,否,2026/04/02 09:00,,,\n0912345678,傳真,是,2026/04/02 09:00,,,\n',
    ),
  )
  expect(consents).toMatchObject({ target: 'consents', counts: { new: 2, wrong: 1 } })
  const tags = csv(
    'tags.csv',
    '手機,標籤,動作,到期時間\n0912345678,茶友,貼標,2099/12/31\n0912345678,VIP,移除,\n',
  )
  expect(await run(tags)).toMatchObject({ target: 'tags', counts: { new: 2, wrong: 0 } })

  const person = await holder('phone', '+886912345678')
  expect(person.consent['sms/marketing']).toMatchObject({ on: true, at: Date.parse('2026-04-01T01:00:00Z') })
  expect(person.consent['email/marketing']).toMatchObject({ on: false })
  expect(Object.keys(person.tags)).toEqual(['茶友'])
  const { rows } = await core.pool.query<{ proof: string }>(
    "select proof from consent_proof where workspace_id = $1 and channel = 'sms'",
    [space.id],
  )
  expect(JSON.parse(rows[0]!.proof)).toMatchObject({
    version: '2026-01',
    url: 'https://shop.example.com/join',
    ip: '203.0.113.7',
  })
  const { items } = await act(
    'timeline',
    { customer: publicId('cus', person.id) },
    { query: { kind: 'event' } },
  )
  const visits = items.filter(i => i.name === 'Store Visited')
  expect(visits.map(v => v.at)).toEqual([
    '2026-05-02T02:00:00.000Z',
    '2026-05-01T02:00:00.000Z', // the same row twice is one visit
  ])
  expect(visits[0]!.props).toMatchObject({ store: 'TPE01', mood: '好' })
})

test('R2-05 a GA4 export imports, again it adds 0 rows', async () => {
  expect((await run(samples.ga4())).counts).toMatchObject({ new: 3, wrong: 0 })
  const orders = () => core.pool.query('select from order_entry where workspace_id = $1', [space.id])
  expect((await orders()).rowCount).toBe(1)
  expect((await run(samples.ga4())).counts).toEqual({ new: 0, changed: 0, same: 3, wrong: 0, skipped: 0 })
  expect(await bulkRows()).toBe(0)
  expect((await orders()).rowCount).toBe(1)
  // user_pseudo_id and user_id are one person, who bought the items and came by the campaign
  const people = await customers()
  expect(people).toHaveLength(1)
  expect(people[0]!.ids.map(i => `${i.kind} ${i.value}`).sort()).toEqual([
    'anonymous_id ga:111.222',
    'member_no M-001',
  ])
  expect(people[0]!.orders).toMatchObject({ n: 1, revenue: 1280 })
  expect(people[0]!.touch?.f).toMatchObject({ s: 'fb' })
})

test('R2-05 another platform’s archive imports, again it adds 0 rows; a line of an unknown kind is listed', async () => {
  const lines = [
    { type: 'identify', userId: 'C-1', anonymousId: 'a-1', traits: { name: '林小姐' }, messageId: 'm1' },
    {
      type: 'track',
      anonymousId: 'a-1',
      event: 'Product Viewed',
      properties: { product_id: 'T1' },
      messageId: 'm2',
    },
    {
      type: 'track',
      userId: 'C-1',
      event: 'Order Completed',
      properties: {
        order_id: 'CDP-1',
        total: 700,
        products: [{ product_id: 'T1', quantity: 1, price: 700 }],
      },
      messageId: 'm3',
    },
    { type: 'receipt', userId: 'C-1', messageId: 'm4' },
  ].map((l, i) =>
    JSON.stringify({ ...l, timestamp: `2026-05-0${i + 1}T02:00:00Z`, receivedAt: '2026-06-01' }),
  )
  const archive = { name: 'archive.ndjson', bytes: Buffer.from(lines.join('\n')), rows: 4 }
  const done = await run(archive, { target: 'items' })
  expect(done.counts).toEqual({ new: 3, changed: 0, same: 0, wrong: 1, skipped: 0 })
  const [who, ...more] = await customers()
  expect(more).toEqual([])
  expect(who!.ids.map(i => i.kind).sort()).toEqual(['anonymous_id', 'member_no'])
  expect(who!.orders).toMatchObject({ n: 1, revenue: 700 })
  expect((await run(archive, { target: 'items' })).counts).toMatchObject({
    new: 0,
    changed: 0,
    same: 3,
    wrong: 1,
  })
  expect(await customers()).toEqual([who])
})

describe('wrong rows', () => {
  test('R0-36 R3-09 the error file holds row and reason; mended and uploaded it brings the rest', async () => {
    const done = await run(samples.badRows(), { source: '名單' })
    expect(done.counts).toMatchObject({ new: 2, wrong: 4 })
    const file = await download(`imports/${done.id}/errors.csv`)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-disposition')).toContain('bad-errors.csv')
    const text = file.bytes.toString('utf8')
    expect(text.startsWith('\ufeff#row,#reason,會員編號,姓名')).toBe(true)
    expect(text).toMatch(/^3,生日：.*\(民國85\/2\/30\) \[bad_date\],M-103/m)
    const mended = text
      .replaceAll('民國85/2/30', '民國85/2/28')
      .replace('電話錯,0912,', '電話錯,0912000102,')
      .replaceAll('no-at-sign', 'at@example.com')
    const second = await run(csv('bad-errors.csv', mended), { source: '名單' })
    expect(second.counts).toMatchObject({ new: 3, wrong: 1 })
    expect(await customers()).toHaveLength(5)
  })

  test('R3-09 a broken feed raises an alert, a good run clears it; replay is idempotent', async () => {
    const attention = async () => {
      await core.pool.query('update workspace set version = version + 1 where id = $1', [space.id]) // past the kept answer
      return (await act('home')).attention.find(a => a.code === 'feeds_broken')?.count ?? 0
    }
    const health = async () => (await act('importFeeds')).items.map(f => [f.source, f.health])
    expect(await attention()).toBe(0)
    expect(
      (
        await upload(
          { name: 'pos.xls', bytes: Buffer.from('\xd0\xcf\x11\xe0', 'latin1'), rows: 0 },
          { source: 'POS', start: '1' },
        )
      ).status,
    ).toBe(400)
    expect(await health()).toEqual([['POS', 'failed']])
    expect(await attention()).toBe(1)
    await run(samples.badRows(), { source: 'POS' })
    expect(await health()).toEqual([['POS', 'wrong']])
    await run(samples.bigFive(), { source: 'POS' })
    expect(await health()).toEqual([['POS', 'ok']])
    expect(await attention()).toBe(0)
    // the feed sends its file once more: nothing is new, nobody is there twice
    const before = await customers()
    expect((await run(samples.bigFive(), { source: 'POS' })).counts).toMatchObject({
      new: 0,
      changed: 0,
      same: 3,
    })
    expect(await customers()).toEqual(before)

    await act('setImportFeed', { source: 'POS' }, { body: { everyHours: 24 } })
    expect(await health()).toEqual([['POS', 'ok']])
    await core.pool.query(
      'update workspace set clock_offset_ms = clock_offset_ms + 25 * 3600000 where id = $1',
      [space.id],
    )
    expect(await health()).toEqual([['POS', 'late']])
    expect(await attention()).toBe(1)
  })

  test('a check that fails is no broken feed', async () => {
    const { body } = await upload(csv('cut.csv', `姓名,手機\n${'王小明,0912345678\n'.repeat(3)}`))
    await core.pool.query("update import set shape = jsonb_set(shape, '{gzip}', 'true') where id = $1", [
      (await core.pool.query<{ id: Uuid }>('select id from import where workspace_id = $1', [space.id]))
        .rows[0]!.id,
    ])
    await act('checkImport', { import: body.id as string })
    await imports.tick()
    const rows = (await act('imports')).items
    expect(rows[0]).toMatchObject({ status: 'draft', problem: { code: 'file_broken' } })
    expect((await act('importFeeds')).items).toEqual([])
  })
})

describe('export', () => {
  test('R3-20 R0-36 customers go out with every field and come in again the same', async () => {
    await run(samples.bigFive())
    const first = await download('exports/customers.csv?locale=zh-TW')
    expect(first.headers.get('content-type')).toContain('text/csv')
    const text = first.bytes.toString('utf8')
    expect(text.startsWith('\ufeff會員編號,姓名,姓,名,手機,電子信箱')).toBe(true)
    expect(text).toContain("'+886912345678")

    const template = (await download('import-templates/customers.csv')).bytes.toString('utf8')
    expect(template.split('\r\n')[0]).toBe(text.split('\r\n')[0])

    const other = await createTestWorkspace(core)
    const here = space
    space = other
    expect((await run({ name: 'back.csv', bytes: first.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    const back = (await download('exports/customers.csv?locale=zh-TW')).bytes.toString('utf8')
    const sorted = (t: string) => t.split('\r\n').sort()
    expect(sorted(back)).toEqual(sorted(text))
    space = here

    const book = await download('exports/customers.xlsx?locale=en')
    space = await createTestWorkspace(core)
    expect((await run({ name: 'book.xlsx', bytes: book.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    expect(await customers()).toHaveLength(3)
  })

  test('R3-20 what a person edits after an import goes out as it is by then, and comes in again with its source and time', async () => {
    await run(samples.bigFive())
    const edited = {
      last_name: '林',
      first_name: '小明',
      birthday: '1996-03-12',
      'address.postal_code': '813',
      'address.city': '高雄市',
      'address.district': '左營區',
      'address.street': '博愛二路 757 號',
    }
    const { items } = await act('customers', {}, { query: { q: 'M-001' } })
    const customer = items[0]!.id
    let open = true
    const command = act('customerCommand', { customer }, { body: { do: 'set_traits', traits: edited } })
    const folds = async () => {
      while (open) await stage.settle()
    }
    await Promise.all([command.finally(() => (open = false)), folds()])
    const fieldsOf = async (id: string) => {
      const { traits } = await act('customer', { customer: id })
      return new Map(traits.filter(t => t.name in edited).map(t => [t.name, t]))
    }
    const mine = await fieldsOf(customer)
    const imported = (await act('customer', { customer })).traits.find(t => t.name === 'gender')!
    for (const [name, value] of Object.entries(edited)) {
      expect(mine.get(name)).toMatchObject({ value, at: expect.any(String) })
      expect([name, mine.get(name)!.source]).not.toEqual([name, imported.source])
      expect(Date.parse(mine.get(name)!.at)).toBeGreaterThanOrEqual(Date.parse(imported.at))
    }
    expect(imported.source).toBe('會員資料')

    const file = await download('exports/customers.csv?locale=zh-TW')
    const row = file.bytes
      .toString('utf8')
      .split('\r\n')
      .find(l => l.includes('M-001'))!
    for (const value of Object.values(edited)) expect(row).toContain(value)
    expect(row).not.toContain('大安區')

    space = await createTestWorkspace(core)
    expect((await run({ name: '回來.csv', bytes: file.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    const there = (await act('customers', {}, { query: { q: 'M-001' } })).items[0]!.id
    for (const [name, field] of await fieldsOf(there))
      expect(field).toMatchObject({ value: edited[name as keyof typeof edited], source: '回來' })
    const again = await download('exports/customers.csv?locale=zh-TW')
    const sorted = (b: Buffer) => b.toString('utf8').split('\r\n').sort()
    expect(sorted(again.bytes)).toEqual(sorted(file.bytes))
  })

  test('orders go out line by line and come in again the same', async () => {
    await run(samples.tillOrders())
    const out = await download('exports/orders.csv?locale=zh-TW')
    expect(out.bytes.toString('utf8').split('\r\n')).toHaveLength(5)
    space = await createTestWorkspace(core)
    expect((await run({ name: 'orders.csv', bytes: out.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    expect((await holder('member_no', 'M-001')).orders).toMatchObject({ n: 1, revenue: 1580 })
  })

  test('no formula leaves; who exported what is in the audit trail; without the right nothing leaves', async () => {
    await run(csv('evil.csv', '會員編號,姓名\nM-1,"=HYPERLINK(""http://x"")"\n'))
    const text = (await download('exports/customers.csv')).bytes.toString('utf8')
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`)
    const { rows } = await core.pool.query<{ actor: string; kind: string; detail: unknown }>(
      "select actor, kind, detail from audit where workspace_id = $1 and action = 'export'",
      [space.id],
    )
    expect(rows).toEqual([
      { actor: expect.stringMatching(/^key_/), kind: 'exported', detail: { rows: 1, format: 'csv' } },
    ])

    const reader = await insertKey(core.pool, space.id, {
      kind: 'api',
      name: 'reader',
      scopes: ['customers:read', 'sources:read'] as Scope[],
    })
    expect((await download('exports/customers.csv', reader.key)).status).toBe(403)
    expect((await upload(samples.bigFive(), {}, reader.key)).status).toBe(403)
    const stranger = await createTestWorkspace(core)
    expect((await download('exports/customers.csv', stranger.apiKey)).status).toBe(404)
    expect((await download('exports/customers.csv', 'ik_wrong')).status).toBe(401)
    expect((await download('exports/customers.csv?q=1')).status).toBe(400)
    expect((await download('exports/events.csv')).status).toBe(404)
  })
})

describe('work', () => {
  const many = (n: number): samples.Sample =>
    csv(
      'many.csv',
      '會員編號,姓名\n' +
        Array.from({ length: n }, (_, i) => `B-${i},${i % 100 === 7 ? '' : '王小明'}\n`).join(''),
    )

  test('what waits is cancelled at once; what runs stops after its chunk and keeps what it has', async () => {
    const id = (await upload(many(3_000))).body.id as string
    await act('startImport', { import: id })
    expect(await act('cancelImport', { import: id })).toMatchObject({ status: 'cancelled' })
    expect(await imports.tick()).toBe(false)

    await act('startImport', { import: id })
    const stopped = new Promise<void>(resolve => {
      const off = core.signals.on('live', () => {
        off()
        void act('cancelImport', { import: id }).then(() => resolve())
      })
    })
    await imports.tick()
    await stopped
    const ended = await act('import', { import: id })
    expect(ended.status).toBe('cancelled')
    expect(ended.rows).toBeGreaterThan(0)
    expect(await bulkRows()).toBe(ended.rows)
    await act('startImport', { import: id })
    await imports.tick()
    expect((await act('import', { import: id })).counts).toMatchObject({
      new: 3_000 - ended.rows,
      same: ended.rows,
    })
  })

  test('a file waits while too many rows wait to be folded, hears a cancel, and goes on when there is room', async () => {
    const id = (await upload(many(4_000))).body.id as string
    await act('startImport', { import: id })
    const uuid = parseId('imp', id)!
    const row = (await claimImport(core.pool, 'test', [uuid]))!
    const runs = runImport(
      {
        pool: core.pool,
        signals: { emit: () => undefined },
        owner: 'test',
        file: (await uploadPath(core.config.dataDir, uuid))!,
        errorFile: errorPath(core.config.dataDir, uuid),
        workspace: { timezone: 'Asia/Taipei', currency: 'TWD', locale: 'zh-TW' },
        offsetMs: 0,
        bulkLimits: { ...BULK_PRESSURE, rows: 100, everyMs: 0 },
      },
      row,
    )
    const at = async () => (await act('import', { import: id })).rows
    const grown = async (from: number) => {
      await vi.waitFor(async () => expect(await at()).toBeGreaterThan(from), { timeout: 20_000 })
      return at()
    }
    const first = await grown(0)
    await new Promise(resolve => setTimeout(resolve, 1_200)) // a look or two: it stays where it is
    expect(await at()).toBe(first)
    await core.pool.query('delete from bulk')
    const second = await grown(first)
    expect(second).toBeLessThan(4_000)
    await act('cancelImport', { import: id })
    await runs
    expect(await act('import', { import: id })).toMatchObject({ status: 'cancelled', rows: second })
  })

  test('an import that has gone leaves no file, and is no one else’s', async () => {
    const id = (await upload(samples.badRows())).body.id as string
    const row = (
      await core.pool.query<{ id: Uuid }>('select id from import where workspace_id = $1', [space.id])
    ).rows[0]!
    await act('checkImport', { import: id })
    await imports.tick()
    expect(readFileSync(errorPath(core.config.dataDir, row.id), 'utf8')).toContain('M-102')
    const stranger = await createTestWorkspace(core)
    expect((await download(`imports/${id}/errors.csv`, stranger.apiKey, stranger)).status).toBe(404)
    await act('deleteImport', { import: id })
    expect((await download(`imports/${id}/errors.csv`)).status).toBe(404)
  })
})
