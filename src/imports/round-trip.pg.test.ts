// Files in and out through the whole product: another platform's archive, and master data with a person's edit between.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestWorkspace } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import * as samples from '../../test/import-samples.ts'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'
import type { EndpointName, Out } from '../contract.ts'
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import { publicId } from '../platform/ids.ts'
import { type Imports, openImports } from './workers.ts'

let lab: ShopLab
let imports: Imports
let space: Awaited<ReturnType<typeof createTestWorkspace>>
beforeAll(async () => {
  lab = await openShopLab()
  imports = openImports(lab.core)
})
afterAll(async () => {
  await imports.stop()
  await lab.close()
})
beforeEach(async () => {
  space = await createTestWorkspace(lab.core)
})

const at = (path: string) => `${lab.core.baseUrl}/api/w/${publicId('wsp', space.id)}/${path}`
const auth = () => ({ authorization: `Bearer ${space.apiKey}` })
async function act<N extends EndpointName>(
  name: N,
  params: Record<string, string> = {},
  more: { body?: unknown; query?: Record<string, string> } = {},
): Promise<Out<N>> {
  const own = { ws: publicId('wsp', space.id), ...params }
  const answer = await callApi(lab.core.baseUrl, name, { key: space.apiKey }, { params: own, ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Out<N>
}
/** Uploads, runs to the end, and folds what it brought. */
async function run(sample: samples.Sample, query: Record<string, string> = {}): Promise<Out<'import'>> {
  const response = await fetch(
    at(`import-files?${new URLSearchParams({ name: sample.name, ...query, start: '1' })}`),
    {
      method: 'POST',
      headers: auth(),
      body: new Uint8Array(sample.bytes),
    },
  )
  expect(response.status).toBe(201)
  const { id } = (await response.json()) as { id: string }
  const goesOn = async () => !['done', 'failed'].includes((await act('import', { import: id })).status)
  while (await goesOn()) await imports.tick()
  await lab.settle()
  return act('import', { import: id })
}
const download = async (path: string) => ({
  bytes: Buffer.from(await (await fetch(at(path), { headers: auth() })).arrayBuffer()),
})
async function customers(): Promise<CustomerState[]> {
  const { rows } = await lab.core.pool.query<{ state: string }>(
    "select state from customer where workspace_id = $1 and merged_into is null and state <> '{}'",
    [space.id],
  )
  return rows.map(r => unpackState(r.state))
}

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
    while (open) await lab.settle()
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

  space = await createTestWorkspace(lab.core)
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
