// Files of every kind, from bytes to items. No engine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import * as samples from '../../test/import-samples.ts'
import type { EventBody } from '../inbox/model.ts'
import { presetMapping, presetOf, suggestMapping, targetOf } from './headers.ts'
import type { ImportContext } from './model.ts'
import { openFile } from './read.ts'
import { targetNamed } from './register.ts'
import { chunksOf, missingFields, type WrongRow } from './rows.ts'
import { detectShape, type FileShape } from './shape.ts'

const folder = mkdtempSync(join(tmpdir(), 'itinera-imports-'))
afterAll(() => rmSync(folder, { recursive: true }))

const context: ImportContext = {
  workspace: '00000000-0000-7000-8000-000000000000',
  timezone: 'Asia/Taipei',
  currency: 'TWD',
  source: 'test',
  now: Date.parse('2026-06-01T00:00:00Z'),
}

function put({ name, bytes }: samples.Sample): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

type Outcome = {
  target: string
  preset: string | null
  shape: FileShape
  rows: number
  events: EventBody[]
  wrong: WrongRow[]
}

/** As the wizard does when everything suggested is taken. */
async function run(sample: samples.Sample): Promise<Outcome> {
  const path = put(sample)
  const shape = await detectShape(path)
  const file = await openFile(path, shape)
  const preset = presetOf(file.columns)
  const target = preset ? targetNamed(preset.target)! : targetOf(file.columns)
  const mapping = preset ? presetMapping(target, preset, file.columns) : suggestMapping(target, file.columns)
  const constants = { ...preset?.constants }
  expect(missingFields(target, mapping, constants)).toEqual([])
  const out: Outcome = {
    target: target.name,
    preset: preset?.name ?? null,
    shape,
    rows: 0,
    events: [],
    wrong: [],
  }
  const settings = { target, mapping, constants, skipWithout: preset?.skipWithout }
  for await (const chunk of chunksOf(file, settings, context)) {
    out.rows += chunk.rows
    out.events.push(...chunk.ready.flatMap(r => r.items.map(i => i.event)))
    out.wrong.push(...chunk.wrong)
  }
  return out
}

describe('R0-36 files of Taiwan', () => {
  test('the words of the pages are known as headers', () => {
    expect(suggestMapping(targetNamed('orders')!, ['門市代碼', '取貨門市代碼', '店員代碼'])).toEqual({
      門市代碼: 'store',
      取貨門市代碼: 'pickup_store',
      店員代碼: 'staff',
    })
    expect(suggestMapping(targetNamed('customers')!, ['同意簡訊', '同意 Email', '同意 LINE'])).toEqual({
      同意簡訊: 'sms_consent',
      '同意 Email': 'email_consent',
      '同意 LINE': 'line_consent',
    })
  })

  test.each([
    ['Big5', async () => samples.bigFive(), { format: 'csv', encoding: 'big5', delimiter: ',' }],
    [
      'UTF-16 with tabs',
      async () => samples.utf16(),
      { format: 'csv', encoding: 'utf-16le', delimiter: '\t' },
    ],
    ['UTF-8 with BOM', async () => samples.utf8Bom(), { format: 'csv', encoding: 'utf8', delimiter: ',' }],
    ['titles above the header', async () => samples.titled(), { format: 'csv', skip: 2 }],
    ['.xlsx', samples.excel, { format: 'xlsx' }],
  ])('%s: the same people, 0 wrong rows', async (_, make, shape) => {
    const sample = await make()
    const got = await run(sample)
    expect(got.wrong).toEqual([])
    expect(got.rows).toBe(sample.rows)
    expect(got.shape).toMatchObject(shape)
    expect(got.target).toBe('customers')
    const people = got.events.filter(e => e.type === 'identify')
    expect(people.map(p => p.traits)).toEqual([
      {
        name: '王小明',
        last_name: '王',
        first_name: '小明',
        phone: '+886912345678',
        email: 'ming@example.com',
        gender: 'male',
        birthday: '1996-03-02',
        address: { postal_code: '106', city: '台北市', district: '大安區', street: '和平東路一段 1 號' },
      },
      {
        name: '歐陽美麗',
        last_name: '歐陽',
        first_name: '美麗',
        phone: '+886922333444',
        email: 'mei@example.com',
        gender: 'female',
        birthday: '1996-03-02',
        address: { postal_code: '220', city: '新北市', district: '板橋區', street: '文化路 2 號' },
      },
      {
        name: '陳大同',
        last_name: '陳',
        first_name: '大同',
        phone: '+886933444555',
        gender: 'male',
        birthday: '1985-03-15',
        address: { postal_code: '800', city: '高雄市', district: '新興區', street: '中山一路 3 號' },
      },
    ])
    expect(people[0]!.ids).toEqual([
      { kind: 'member_no', value: 'M-001' },
      { kind: 'email', value: 'ming@example.com' },
      { kind: 'phone', value: '+886912345678' },
    ])
    const said = got.events.filter(e => e.type === 'system').map(e => [e.name, e.props])
    expect(said).toEqual([
      ['tag.applied', { tag: 'VIP' }],
      ['tag.applied', { tag: '茶友' }],
      ['consent.granted', { channel: 'email', purpose: 'marketing' }],
      ['consent.refused', { channel: 'email', purpose: 'marketing' }],
      ['tag.applied', { tag: '茶友' }],
    ])
  })

  test.each([
    ['shopify-customers', samples.SHOPIFY_CUSTOMERS],
    ['shopify-orders', samples.SHOPIFY_ORDERS],
    ['shopify-products', samples.SHOPIFY_PRODUCTS],
    ['shopline-orders', samples.SHOPLINE_ORDERS],
    ['91app-orders', samples.NINETY_ONE_ORDERS],
    ['easystore-customers', samples.EASYSTORE_CUSTOMERS],
    ['ga4', samples.ga4],
  ])('the export %s is recognised and imports with 0 wrong rows', async (name, make) => {
    const sample = make()
    const got = await run(sample)
    expect(got.preset).toBe(name)
    expect(got.wrong.filter(w => !w.fault.skip)).toEqual([])
    expect(got.rows).toBe(sample.rows)
  })

  test('wrong rows are listed with their reasons, the others go on', async () => {
    const got = await run(samples.badRows())
    expect(got.events.filter(e => e.type === 'identify')).toHaveLength(2)
    expect(got.wrong.map(w => [w.raw.no, w.fault.field, w.fault.code])).toEqual([
      [2, 'phone', 'bad_phone'],
      [3, 'birthday', 'bad_date'],
      [4, null, 'no_identifier'],
      [5, 'email', 'bad_email'],
    ])
  })
})

describe('orders', () => {
  test('R0-29 a till’s lines make the order that a webshop would tell', async () => {
    const got = await run(samples.tillOrders())
    expect(got.wrong.map(w => [w.raw.no, w.fault.code, w.fault.skip])).toEqual([[3, 'no_identifier', true]])
    expect(got.events[0]).toMatchObject({
      type: 'track',
      name: 'Order Completed',
      proof: 'server',
      at: Date.parse('2026-05-01T10:30:00Z'),
      ids: [{ kind: 'member_no', value: 'M-001' }],
      props: {
        order_id: 'P0001',
        total: 1580,
        store: 'TPE01',
        staff: 'S07',
        products: [
          { sku: 'OOL-150', name: '高山烏龍 150g', category: '茶葉', price: 640, quantity: 2 },
          { sku: 'CUP-W', name: '茶杯', category: '茶具', price: 300, quantity: 1 },
        ],
      },
    })
  })

  test('Shopify: lines under one order, payment, shipping, cancellation', async () => {
    const got = await run(samples.SHOPIFY_ORDERS())
    const told = got.events.map(e => [e.name, e.props?.order_id ?? e.traits?.name])
    expect(told).toEqual([
      ['Identified', '林小華'],
      ['Order Completed', '#1001'],
      ['Order Paid', '#1001'],
      ['Order Shipped', '#1001'],
      ['Identified', 'Amy Lee'],
      ['Order Completed', '#1002'],
      ['Order Paid', '#1002'],
      ['Order Cancelled', '#1002'],
    ])
    expect(got.events[1]!.props).toMatchObject({
      total: 1260,
      discount: 100,
      coupon: 'TEA100',
      sales_channel: 'online',
    })
    expect(got.events[1]!.props!.products).toHaveLength(2)
  })

  test('91APP: totals from lines and discounts', async () => {
    const got = await run(samples.NINETY_ONE_ORDERS())
    expect(got.events[0]!.props).toMatchObject({ order_id: 'TM260401A1', total: 1500, discount: 80 })
  })

  test('one wrong line refuses its whole order; an order torn apart is refused', async () => {
    const text = [
      '訂單編號,訂單時間,會員編號,品名,單價,數量',
      'A1,2026-05-01,M-1,茶,100,1',
      'A1,2026-05-01,M-1,杯,一百,1',
      'A2,2026-05-01,M-2,茶,100,1',
      'A1,2026-05-01,M-1,壺,100,1',
      'A3,,M-3,茶,100,1',
    ].join('\n')
    const got = await run({ name: 'torn.csv', bytes: Buffer.from(text), rows: 5 })
    expect(got.rows).toBe(5)
    expect(got.events.map(e => e.props?.order_id)).toEqual(['A2'])
    expect(got.wrong.map(w => [w.raw.no, w.fault.code])).toEqual([
      [1, 'bad_money'],
      [2, 'bad_money'],
      [4, 'group_split'],
      [5, 'missing'],
    ])
  })
})

test('R2-05 GA4: pages with their campaign, products, an order with its items', async () => {
  const got = await run(samples.ga4())
  expect(got.events.map(e => [e.type, e.name, e.ids])).toEqual([
    ['page', 'Page Viewed', [{ kind: 'anonymous_id', value: 'ga:111.222' }]],
    ['track', 'Product Viewed', [{ kind: 'anonymous_id', value: 'ga:111.222' }]],
    [
      'track',
      'Order Completed',
      [
        { kind: 'member_no', value: 'M-001' },
        { kind: 'anonymous_id', value: 'ga:111.222' },
      ],
    ],
  ])
  expect(got.events[0]!.props).toMatchObject({
    url: 'https://shop.example.com/oolong?utm_source=fb',
    campaign: { source: 'fb', medium: 'cpc', name: 'spring' },
  })
  expect(got.events[1]!.props).toMatchObject({ product_id: 'OOL-150', price: 640 })
  expect(got.events[2]!.props).toMatchObject({
    order_id: 'W-77',
    total: 1280,
    products: [{ product_id: 'OOL-150', quantity: 2 }],
  })
})

describe('what is no table', () => {
  const detect = (name: string, bytes: Buffer) => detectShape(put({ name, bytes, rows: 0 }))

  test.each([
    ['empty.csv', Buffer.alloc(0), 'file_empty'],
    ['old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'old_excel'],
    ['broken.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'bad_gzip'],
  ])('%s is refused with what to do', async (name, bytes, code) => {
    await expect(detect(name, bytes)).rejects.toMatchObject({ code, action: expect.stringMatching(/./) })
  })

  test.each([
    [
      'cut.csv.gz',
      gzipSync(Buffer.from('姓名,手機\n' + '王小明,0912345678\n'.repeat(50_000))).subarray(0, 600),
    ],
    ['no.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3])],
    ['quote.csv', Buffer.from('姓名,手機\n"' + 'x'.repeat(1_200_000))],
  ])('%s breaks off with a problem, not by a crash', async (name, bytes) => {
    const path = put({ name, bytes, rows: 0 })
    const reading = async () => {
      const file = await openFile(path, await detectShape(path))
      for await (const _ of file.rows);
    }
    await expect(reading()).rejects.toMatchObject({
      code: expect.stringMatching(/file_broken|bad_gzip|no_rows/),
    })
  })

  test('a line that is no JSON is one wrong row', async () => {
    const lines =
      '{"type":"track","event":"A","userId":"1"}\nnot json\n{"type":"track","event":"B","userId":"1"}\n'
    const path = put({ name: 'lines.ndjson', bytes: Buffer.from(lines), rows: 3 })
    const target = targetNamed('items')!
    const file = await openFile(path, await detectShape(path))
    const wrong: WrongRow[] = []
    const names: string[] = []
    for await (const chunk of chunksOf(file, { target, mapping: {}, constants: {} }, context)) {
      wrong.push(...chunk.wrong)
      names.push(...chunk.ready.flatMap(r => r.items.map(i => i.event.name)))
    }
    expect(names).toEqual(['A', 'B'])
    expect(wrong.map(w => [w.raw.no, w.fault.code])).toEqual([[2, 'bad_json']])
  })
})
