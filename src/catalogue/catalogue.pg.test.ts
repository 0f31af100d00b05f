// Stores, staff and products over the real API, through files and in history; presets and what they add.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import type { EndpointName } from '../contract.ts'
import type { Cells, ImportContext, TableTarget } from '../imports/model.ts'
import { products } from '../imports/targets/products.ts'
import { staff } from '../imports/targets/staff.ts'
import { stores } from '../imports/targets/stores.ts'
import { publicId } from '../platform/ids.ts'
import { startWeb, type Web } from '../web.ts'
import { mirrorCatalogue } from './mirror.ts'

let core: TestCore
let web: Web
let space: Awaited<ReturnType<typeof createTestWorkspace>>

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  space = await createTestWorkspace(core)
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

type Given = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }
type Body = Record<string, unknown> & { items: Record<string, unknown>[] }
async function api(name: EndpointName, given: Given = {}): Promise<{ status: number; body: Body }> {
  const params = { ws: publicId('wsp', space.id), ...given.params }
  const answer = await callApi(core.baseUrl, name, { key: space.apiKey }, { ...given, params })
  return { status: answer.status, body: answer.body as Body }
}
const idOf = (answer: { body: Body }): string => String(answer.body.id)
const context = (): ImportContext => ({
  workspace: space.id,
  timezone: 'Asia/Taipei',
  currency: 'TWD',
  source: 'test',
  now: Date.now(),
})
const put = (target: TableTarget, rows: Cells[]) => target.put(core.pool, rows, context())
async function exported(target: TableTarget): Promise<Cells[]> {
  const out: Cells[] = []
  const from = { pool: core.pool, workspace: space.id, timezone: 'Asia/Taipei', currency: 'TWD' }
  for await (const cells of target.read!(from, {})) out.push(cells)
  return out
}

const store = {
  code: 'TPE01',
  name: '台北信義店',
  nameEn: 'Taipei Xinyi',
  region: '北區',
  address: '台北市信義區松壽路 12 號',
  phone: '02-2345-6789',
  latitude: 25.0358,
  longitude: 121.5672,
  hours: { mon: ['11:00-14:00', '17:00-21:30'], sat: ['10:00-22:00'] },
}

describe('R0-35 stores, staff and products are first-class', () => {
  test('R0-35 a store: made, found by any of its words, changed on its version, archived and brought back', async () => {
    const made = await api('createStore', { body: store })
    expect(made).toMatchObject({ status: 200, body: { ...store, active: true, archived: false, version: 1 } })
    expect((await api('createStore', { body: store })).body.code).toBe('code_taken')
    for (const q of ['tpe', '信義', 'xinyi', '北區', '松壽路'])
      expect((await api('stores', { query: { q } })).body.items.map(s => s.code)).toEqual(['TPE01'])
    expect((await api('stores', { query: { q: '%' } })).body.items).toEqual([])

    const params = { store: idOf(made) }
    const { code: _, ...fields } = store
    const saved = await api('saveStore', { params, body: { ...fields, name: '信義旗艦店', version: 1 } })
    expect(saved.body).toMatchObject({ name: '信義旗艦店', code: 'TPE01', version: 2, hours: store.hours })
    const late = await api('saveStore', { params, body: { ...fields, name: '別人改的', version: 1 } })
    expect([late.status, late.body.code]).toEqual([409, 'version_conflict'])

    const gone = await api('saveStore', { params, body: { ...fields, archived: true, version: 2 } })
    expect(gone.body.archived).toBe(true)
    expect((await api('stores')).body.items).toEqual([])
    expect((await api('stores', { query: { archived: 'true' } })).body.items).toHaveLength(1)
    await api('saveStore', { params, body: { ...fields, archived: false, version: 3 } })
    expect((await api('stores')).body).toMatchObject({ total: 1, regions: ['北區'] })
  })

  test('R0-35 hours, places and texts that cannot be are refused with their place', async () => {
    const refused = async (change: Record<string, unknown>) =>
      (await api('createStore', { body: { ...store, code: 'X', ...change } })).body
    expect(await refused({ hours: { mon: ['25:00-26:00'] } })).toMatchObject({ path: 'hours.mon.0' })
    expect(await refused({ latitude: 91 })).toMatchObject({ path: 'latitude' })
    expect(await refused({ name: 'a\u0000b' })).toMatchObject({ path: 'name' })
    expect(await refused({ name: ' ' })).toMatchObject({ path: 'name' })
  })

  test('R0-35 lists page by cursor, newest first, and say when there is more', async () => {
    for (let i = 0; i < 5; i++)
      await api('createProduct', { body: { code: `page-${i}`, name: `Paged ${i}`, brand: 'Paged' } })
    const first = await api('products', { query: { brand: 'Paged', limit: '2' } })
    expect(first.body).toMatchObject({ total: 5 })
    const second = await api('products', {
      query: { brand: 'Paged', limit: '2', cursor: String(first.body.next) },
    })
    const last = await api('products', {
      query: { brand: 'Paged', limit: '2', cursor: String(second.body.next) },
    })
    expect([first, second, last].flatMap(p => p.body.items.map(i => i.code))).toEqual(
      [4, 3, 2, 1, 0].map(i => `page-${i}`),
    )
    expect(last.body.next).toBeNull()
  })

  test('R0-35 staff: a PIN is kept as a hash and checked, five wrong ones close it, only known stores', async () => {
    const made = await api('createStaff', {
      body: { code: 'S1', name: '陳美玲', store: 'TPE01', pin: '4711' },
    })
    expect(made.body).toMatchObject({ hasPin: true, role: 'staff', store: 'TPE01' })
    expect(JSON.stringify(made.body)).not.toContain('4711')
    const { rows } = await core.pool.query<{ pin_hash: string }>(
      'select pin_hash from staff where code = $1',
      ['S1'],
    )
    expect(rows[0]!.pin_hash).toMatch(/^\$argon2id\$/)
    const check = (pin: string) => api('checkStaffPin', { body: { code: 'S1', pin } })
    expect((await check('4711')).body).toMatchObject({ ok: true, staff: { code: 'S1' } })
    expect((await check('4712')).body).toEqual({ ok: false, staff: null })

    const params = { staff: idOf(made) }
    const kept = await api('saveStaff', { params, body: { name: '陳美玲', store: 'TPE01', version: 1 } })
    expect(kept.body).toMatchObject({ hasPin: true, version: 2 })
    const away = await api('saveStaff', { params, body: { name: '陳美玲', active: false, version: 2 } })
    expect(away.body).toMatchObject({ active: false, store: null })
    expect((await check('4711')).body.ok).toBe(false)
    const none = await api('saveStaff', { params, body: { name: '陳美玲', pin: null, version: 3 } })
    expect(none.body).toMatchObject({ hasPin: false })

    for (let i = 0; i < 3; i++) await check('0000')
    expect((await check('4711')).status).toBe(429)
    const stray = await api('createStaff', { body: { code: 'S2', name: 'X', store: 'NOWHERE' } })
    expect([stray.status, stray.body.code, stray.body.path]).toEqual([400, 'unknown_store', 'store'])
  })

  test('R0-35 a product holds cost, price, stock, category, image, status, variants and attributes', async () => {
    const body = {
      code: 'TEA-001',
      sku: 'TEA-001-150',
      name: '阿里山高山茶',
      category: ['茶葉', '高山茶'],
      brand: '旅圖茶行',
      price: 680,
      cost: 310,
      stock: 120,
      imageUrl: 'https://example.com/tea.jpg',
      url: 'https://example.com/tea',
      status: 'active',
      variants: [{ sku: 'TEA-001-300', name: '300 g', price: 1280, cost: 590, stock: 12 }],
      attributes: { 產地: '阿里山', organic: true },
    }
    const made = await api('createProduct', { body })
    expect(made).toMatchObject({ status: 200, body })
    const queries: Record<string, string>[] = [
      { category: '茶葉' },
      { category: '高山茶' },
      { q: 'tea-001-150' },
      { brand: '旅圖茶行' },
    ]
    for (const query of queries)
      expect((await api('products', { query })).body.items.map(p => p.code)).toEqual(['TEA-001'])
    expect((await api('products', { query: { status: 'hidden' } })).body.items).toEqual([])
    const { code: _, ...fields } = body
    const bad = await api('saveProduct', {
      params: { product: idOf(made) },
      body: { ...fields, imageUrl: 'javascript:alert(1)', version: 1 },
    })
    expect([bad.status, bad.body.path]).toEqual([400, 'imageUrl'])
  })

  test('R0-35 history names stores and products: the newest version, once', async () => {
    await mirrorCatalogue(core)
    const made = await api('createProduct', { body: { code: 'M1', name: 'First', price: 100, cost: 40 } })
    expect(await mirrorCatalogue(core)).toBe(1)
    await api('saveProduct', {
      params: { product: idOf(made) },
      body: { name: 'Second', price: 120, category: ['A', 'B'], version: 1 },
    })
    expect(await mirrorCatalogue(core)).toBe(1)
    expect(await mirrorCatalogue(core)).toBe(0)
    const rows = async (table: string, code: string) =>
      (
        await core.history.query({
          query: `select name, workspace_id ${table === 'product' ? ', category, price, cost' : ''} from ${table} final where code = {code:String}`,
          query_params: { code },
          format: 'JSONEachRow',
        })
      ).json()
    expect(await rows('product', 'M1')).toEqual([
      { name: 'Second', workspace_id: space.id, category: ['A', 'B'], price: 120, cost: -1 },
    ])
    expect(await rows('store', 'TPE01')).toMatchObject([{ name: '台北信義店' }])
  })
})

describe('R0-35 files', () => {
  const row: Cells = {
    code: 'TNN01',
    name: '台南店',
    region: '南區',
    address: '台南市中西區 1 號',
    latitude: 22.99,
    longitude: 120.2,
    hours_mon: '１０：００～２１：３０',
    hours_tue: '11:00-14:00、17:00-21:00',
    hours_sun: '公休',
    active: true,
  }

  test('R0-35 import, edit, export round-trip of stores: what is exported imports as no change', async () => {
    expect(await put(stores, [row, { ...row, code: 'BAD', hours_mon: 'all day' }])).toEqual([
      'new',
      { field: 'hours_mon', code: 'bad_hours', detail: expect.any(String) },
    ])
    const listed = await api('stores', { query: { q: 'TNN01' } })
    expect(listed.body.items[0]).toMatchObject({
      hours: { mon: ['10:00-21:30'], tue: ['11:00-14:00', '17:00-21:00'] },
    })
    const { code: _, id, version, archived: __, updatedAt: ___, ...fields } = listed.body.items[0]!
    await api('saveStore', {
      params: { store: String(id) },
      body: { ...fields, phone: '06-123-4567', version },
    })
    const out = await exported(stores)
    expect(out.find(c => c.code === 'TNN01')).toMatchObject({
      name: '台南店',
      phone: '06-123-4567',
      hours_mon: '10:00-21:30',
      hours_tue: '11:00-14:00, 17:00-21:00',
      hours_sun: '休',
    })
    expect(await put(stores, out)).toEqual(out.map(() => 'same'))
    expect(await put(stores, [{ code: 'TNN01', name: '台南旗艦店' }])).toEqual(['changed'])
    expect((await api('stores', { query: { q: 'TNN01' } })).body.items[0]).toMatchObject({
      name: '台南旗艦店',
      region: '南區',
      hours: { mon: ['10:00-21:30'] },
    })
  })

  test('R0-35 import, edit, export round-trip of products: money, category and status', async () => {
    const rows: Cells[] = [
      {
        code: 'P1',
        name: '杯子',
        category: '器具 > 杯',
        price: 350,
        cost: 120.5,
        stock: 8,
        status: 'active',
      },
      {
        code: 'P2',
        name: 'Cup',
        price: 9.99,
        currency: 'USD',
        status: 'hidden',
        url: 'https://e.example/p2',
      },
      { code: 'P3', name: 'No link', url: 'ftp://e.example' },
      { code: 'P1', name: '杯子', price: 360 },
    ]
    const outcome = await put(products, rows)
    expect(outcome).toEqual(['new', 'new', expect.objectContaining({ code: 'bad_url' }), 'changed'])
    const out = (await exported(products)).filter(c => /^P\d$/.test(String(c.code)))
    expect(out).toEqual([
      { code: 'P1', name: '杯子', category: '器具 > 杯', price: 360, cost: 121, stock: 8, status: 'active' },
      {
        code: 'P2',
        name: 'Cup',
        price: 9.99,
        currency: 'USD',
        status: 'hidden',
        url: 'https://e.example/p2',
      },
    ])
    expect(await put(products, out)).toEqual(['same', 'same'])
  })

  test('R0-35 import of staff: PINs go in as hashes and never out; unknown stores are told', async () => {
    const outcome = await put(staff, [
      { code: 'F1', name: '林店長', store: 'TNN01', role: 'manager', pin: '998877', active: true },
      { code: 'F2', name: '無店', store: 'NOPE' },
      { code: 'F3', name: '短碼', pin: '12' },
    ])
    expect(outcome).toEqual([
      'new',
      expect.objectContaining({ code: 'unknown_store' }),
      expect.objectContaining({ code: 'bad_pin' }),
    ])
    expect((await api('checkStaffPin', { body: { code: 'F1', pin: '998877' } })).body.ok).toBe(true)
    const out = (await exported(staff)).filter(c => c.code === 'F1')
    expect(out).toEqual([{ code: 'F1', name: '林店長', store: 'TNN01', role: 'manager', active: true }])
    expect(await put(staff, out)).toEqual(['same'])
  })
})

describe('R3-26 industry presets', () => {
  const names = async () =>
    (await api('vocabulary')).body as unknown as {
      events: { name: string; from: string }[]
      channels: { code: string }[]
      touchpoints: { code: string }[]
    }
  const journeys = async () =>
    (await api('journeys')).body.items.map(j => ({ name: j.name, status: j.status }))

  test('R3-26 installing one changes the pickers and makes two drafts, once; removing takes its names away', async () => {
    const before = await names()
    expect(before.events.map(e => e.name)).not.toContain('Table Reserved')
    const made = await api('installPreset', { params: { preset: 'restaurant' } })
    expect(made.body.journeys).toHaveLength(2)
    const after = await names()
    expect(after.events).toContainEqual(
      expect.objectContaining({
        name: 'Table Reserved',
        from: 'restaurant',
        label: { zh: '訂位成立', en: 'Table reserved' },
      }),
    )
    expect(after.channels.map(c => c.code)).toContain('kiosk')
    expect(after.touchpoints.map(c => c.code)).toContain('table_code')
    expect(await journeys()).toEqual(
      expect.arrayContaining([
        { name: '外帶備妥通知', status: 'draft' },
        { name: '用餐後評分與再訪', status: 'draft' },
      ]),
    )
    expect((await api('installPreset', { params: { preset: 'restaurant' } })).body).toEqual(made.body)
    expect(await journeys()).toHaveLength(2)

    await api('removePreset', { params: { preset: 'restaurant' } })
    expect((await names()).events.map(e => e.name)).not.toContain('Table Reserved')
    expect(await journeys()).toHaveLength(2)
  })

  test('R3-26 two people who install at once get the same drafts', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => api('installPreset', { params: { preset: 'booking' } })),
    )
    expect(new Set(answers.map(a => JSON.stringify(a.body.journeys))).size).toBe(1)
    expect((await api('presets')).body.items.find(p => p.key === 'booking')!.installedAt).not.toBeNull()
    expect((await api('installPreset', { params: { preset: 'nothing' } })).body.code).toBe('no_preset')
  })
})

test('R3-26 R3-46 a brand names an event of its own in both languages: pickers and rules call it so at once, until the name is taken away', async () => {
  const event = 'Tea/Class Booked'
  const called = async (endpoint: 'vocabulary' | 'ruleVocabulary') =>
    ((await api(endpoint)).body as unknown as { events: Record<string, unknown>[] }).events.find(
      e => e.name === event || e.name === 'Order Completed',
    )
  const before = await called('ruleVocabulary')
  expect(before).toMatchObject({ name: 'Order Completed', named: false })
  const label = { zh: '報名茶席', en: 'Booked a tea class' }
  const put = (params: { name: string }, given: unknown) =>
    api('nameEvent', { params, body: { label: given } })
  expect((await put({ name: event }, { zh: '報名茶席', en: '' })).status).toBe(400)
  expect((await put({ name: event }, label)).status).toBe(200)
  expect((await put({ name: 'Order Completed' }, { zh: '成交', en: 'Sale' })).status).toBe(200)
  for (const endpoint of ['vocabulary', 'ruleVocabulary'] as const)
    expect(await called(endpoint)).toMatchObject({
      name: 'Order Completed',
      label: { zh: '成交' },
      named: true,
    })
  expect(
    ((await api('vocabulary')).body as unknown as { events: unknown[] }).events.filter(
      e => (e as { name: string }).name === event,
    ),
  ).toEqual([{ name: event, label, from: 'seen', named: true, props: [] }])
  expect((await api('unnameEvent', { params: { name: 'Order Completed' } })).status).toBe(200)
  expect(await called('ruleVocabulary')).toEqual(before)
})
