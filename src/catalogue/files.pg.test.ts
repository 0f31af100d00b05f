// Stores, staff and products by file, as people bring and take them: upload over HTTP, the import's own worker thread,
// the error file, and what is exported comes in again as it is.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestWorkspace } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import {
  core,
  download,
  imports,
  server,
  setUpImportLab,
  space,
  upload,
  workIn,
  ws,
} from '../../test/import-lab.ts'
import type { EndpointName, Out } from '../contract.ts'

// what one test brings, the next ones take
let shop: typeof space
setUpImportLab()
beforeAll(async () => {
  shop = await createTestWorkspace(core)
})
beforeEach(() => workIn(shop))

async function act<N extends EndpointName>(
  name: N,
  given: { params?: Record<string, string>; body?: unknown; query?: Record<string, string> } = {},
): Promise<Out<N>> {
  const params = { ws: ws(), ...given.params }
  const answer = await callApi(server.url, name, { key: space.apiKey }, { ...given, params })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Out<N>
}
/** Uploads and runs a file to its end; what it holds is found out by its columns. */
async function bring(name: string, text: string, source: string): Promise<Out<'import'>> {
  const sample = { name, bytes: Buffer.from(text), rows: text.trim().split('\n').length - 1 }
  const { status, body } = await upload(sample, { source, start: '1' })
  expect(status, JSON.stringify(body)).toBe(201)
  expect(await imports.tick()).toBe(true)
  return act('import', { params: { import: String(body.id) } })
}
async function take(path: string): Promise<string> {
  const { status, bytes } = await download(path)
  expect(status).toBe(200)
  return bytes.toString()
}

test('R0-35 a product master: found out, money and words read, bad rows told; edited, exported, and in again as it is', async () => {
  const file = [
    '商品編號,商品名稱,商品分類,售價,成本,庫存,商品圖片,商品狀態',
    'TEA-1,高山烏龍 150g,茶葉 > 烏龍,"NT$1,280",５１２,40,https://example.com/1.jpg,上架',
    'TEA-2,柚香綠茶,茶包,420,,8,,下架',
    'TEA-3,壞列,茶包,免費,,,,',
    ',沒有編號,,,,,,',
  ].join('\n')
  const done = await bring('products.csv', file, '商品主檔')
  expect(done).toMatchObject({
    status: 'done',
    target: 'products',
    counts: { new: 2, changed: 0, same: 0, wrong: 2 },
  })
  expect(done.faults.map(f => [f.row, f.field])).toEqual([
    [3, 'price'],
    [4, 'code'],
  ])
  expect(await take(`imports/${done.id}/errors.csv`)).toContain('免費')
  const { items } = await act('products')
  expect(items).toMatchObject([
    { code: 'TEA-2', price: 420, cost: null, status: 'hidden' },
    {
      code: 'TEA-1',
      category: ['茶葉', '烏龍'],
      price: 1280,
      cost: 512,
      stock: 40,
      imageUrl: 'https://example.com/1.jpg',
      status: 'active',
    },
  ])
  expect((await bring('products.csv', file, '商品主檔')).counts).toMatchObject({
    new: 0,
    changed: 0,
    same: 2,
  })

  const { id, code: _, updatedAt: __, ...fields } = items[0]!
  await act('saveProduct', { params: { product: id }, body: { ...fields, cost: 190 } })
  const out = await take('exports/products.csv')
  expect(out).toContain('190')
  expect((await bring('again.csv', out, '匯出檔')).counts).toMatchObject({
    new: 0,
    changed: 0,
    same: 2,
    wrong: 0,
  })
  expect((await act('products')).items[0]).toMatchObject({ code: 'TEA-2', cost: 190 })
})

test('R0-35 variants and attributes of a product come in and go out, in the currency of the file', async () => {
  const cell = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`
  const variants = [
    { sku: 'CUP-L', name: '大', price: 12.5, cost: 4, stock: 3 },
    { sku: 'CUP-S', name: '小' },
  ]
  const attributes = { 產地: '鶯歌', 手工: true, 容量: 300 }
  const file = [
    'code,name,currency,variants,attributes',
    `CUP,茶杯,USD,${cell(variants)},${cell(attributes)}`,
    `BAD-1,壞,USD,${cell([{ sku: 'X', name: 'x', price: -1 }])},`,
    `BAD-2,壞,USD,${cell([{ name: '沒有編號' }])},`,
    'BAD-3,壞,USD,紅色,',
    `BAD-4,壞,USD,,${cell(['清單'])}`,
  ].join('\n')
  const done = await bring('cups.csv', file, '茶杯')
  expect(done).toMatchObject({ target: 'products', counts: { new: 1, wrong: 4 } })
  expect(done.faults.map(f => [f.row, f.field, f.code])).toEqual([
    [2, 'variants', 'bad_variants'],
    [3, 'variants', 'bad_variants'],
    [4, 'variants', 'bad_variants'],
    [5, 'attributes', 'bad_attributes'],
  ])
  const cup = async () => (await act('products', { query: { q: 'CUP' } })).items[0]!
  const here = await cup()
  expect(here).toMatchObject({
    variants: [
      { sku: 'CUP-L', name: '大', price: 1250, cost: 400, stock: 3 },
      { sku: 'CUP-S', name: '小' },
    ],
    attributes,
  })
  const out = await take('exports/products.csv?locale=en')
  expect((await bring('cups-again.csv', out, '茶杯匯出')).counts).toMatchObject({
    new: 0,
    changed: 0,
    wrong: 0,
  })
  // empty cells leave them as they are
  await bring(
    'cups-price.csv',
    'code,name,currency,price,variants,attributes\nCUP,茶杯,USD,10,,\n',
    '茶杯價格',
  )
  expect(await cup()).toMatchObject({ price: 1000, variants: here.variants, attributes })
})

test('R0-35 stores, then their staff: in, out, and in again as they are', async () => {
  const stores = [
    '門市代碼,門市名稱,區域,地址,電話,週一營業時間,週日營業時間,營業中',
    'TPE01,台北信義店,北區,台北市信義區 1 號,02-2345-6789,１０：００～２１：３０,公休,是',
    'TNN01,台南店,南區,台南市中西區 2 號,06-123-4567,"10:00-14:00, 17:00-21:00",,否',
  ].join('\n')
  expect(await bring('stores.csv', stores, '門市')).toMatchObject({
    target: 'stores',
    counts: { new: 2, wrong: 0 },
  })
  expect((await act('stores', { query: { q: 'TNN01' } })).items[0]).toMatchObject({
    hours: { mon: ['10:00-14:00', '17:00-21:00'] },
    active: false,
  })
  const staff = [
    '員工編號,姓名,所屬門市,職稱,PIN,在職',
    'S1,陳美玲,TPE01,店長,4711,是',
    'S2,林志豪,NOWHERE,店員,,是',
  ].join('\n')
  const people = await bring('staff.csv', staff, '人員')
  expect(people).toMatchObject({ target: 'staff', counts: { new: 1, wrong: 1 } })
  expect(people.faults[0]).toMatchObject({ field: 'store', code: 'unknown_store' })
  expect(await act('checkStaffPin', { body: { code: 'S1', pin: '4711' } })).toMatchObject({ ok: true })
  for (const target of ['stores', 'staff']) {
    const out = await take(`exports/${target}.csv`)
    expect(out).not.toContain('4711')
    const again = await bring(`${target}-again.csv`, out, target)
    expect(again).toMatchObject({ target, counts: { new: 0, changed: 0, wrong: 0 } })
    expect(again.counts.same).toBeGreaterThan(0)
  }
})

test('R0-21 the feed of a file is a connector with its last sync, rows, refused rows and their file', async () => {
  const { items } = await act('connectors')
  const feed = items.find(i => i.name === '人員')
  expect(feed).toMatchObject({ kind: 'file', rowsIn: 2, rejected: 1, lastAt: expect.any(String) })
  expect(await take(`imports/${feed!.id}/errors.csv`)).toContain('NOWHERE')
})
