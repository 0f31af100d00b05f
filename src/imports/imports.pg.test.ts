// Imports of every kind of file, from upload to customers, and rows that are wrong.
import { describe, expect, test } from 'vitest'
import { callApi } from '../../test/http-client.ts'
import * as samples from '../../test/import-samples.ts'
import { publicId, type Uuid } from '../platform/ids.ts'

import {
  act,
  bulkRows,
  core,
  csv,
  customers,
  type Detail,
  download,
  holder,
  imports,
  run,
  server,
  space,
  stage,
  upload,
  setUpImportLab,
  ws,
} from '../../test/import-lab.ts'

setUpImportLab()

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
