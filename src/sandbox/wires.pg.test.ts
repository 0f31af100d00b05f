// WhatsApp templates over the API, faults of stand-ins and the till: asked, refused, and what comes of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { type Answer, callApi } from '../../test/http-client.ts'
import { startRoles } from '../compose.ts'
import type { EndpointName, Out } from '../contract.ts'
import { publicId, type Uuid } from '../platform/ids.ts'

let core: TestCore
let roles: { stop(): Promise<void> }
let sandbox: { id: Uuid; ws: string; key: string }
let live: { ws: string; key: string }

beforeAll(async () => {
  core = await openTestCore()
  roles = await startRoles(core, ['web'])
  const s = await createTestWorkspace(core)
  sandbox = { id: s.id, ws: publicId('wsp', s.id), key: s.apiKey }
  const l = await createTestWorkspace(core, { kind: 'live' })
  live = { ws: publicId('wsp', l.id), key: l.apiKey }
})
afterAll(async () => {
  await roles.stop()
  await core.close()
})

const ask = (
  name: EndpointName,
  body?: unknown,
  at: { ws: string; key: string } = sandbox,
): Promise<Answer> => callApi(core.baseUrl, name, { key: at.key }, { body, params: { ws: at.ws } })

test('R4-04 templates are read from Meta when asked for, and are the account’s at that time', async () => {
  const read = async () => (await ask('whatsappTemplates')).body as Out<'whatsappTemplates'>
  expect(await read()).toEqual({ items: [], syncedAt: null })
  const synced = (await ask('syncWhatsappTemplates')).body as Out<'whatsappTemplates'>
  expect(synced.items.map(i => [i.name, i.language, i.category, i.status])).toEqual([
    ['double_points', 'zh_TW', 'MARKETING', 'REJECTED'],
    ['new_tea', 'zh_TW', 'MARKETING', 'APPROVED'],
    ['order_shipped', 'en', 'UTILITY', 'APPROVED'],
    ['order_shipped', 'zh_TW', 'UTILITY', 'APPROVED'],
  ])
  expect(await read()).toEqual(synced)
  // one that Meta has no more is gone after the next sync
  await core.pool.query(
    `insert into whatsapp_template select workspace_id, account_id, 'old', language, category, status, components, synced_at
       from whatsapp_template where workspace_id = $1 and name = 'new_tea'`,
    [sandbox.id],
  )
  expect((await read()).items).toHaveLength(5)
  await ask('syncWhatsappTemplates')
  expect((await read()).items).toHaveLength(4)
  expect((await ask('syncWhatsappTemplates', undefined, live)).body).toMatchObject({ code: 'no_account' })
})

test('a refused token says so, and what was known stays', async () => {
  await core.pool.query(
    `update channel_account set settings = settings || '{"baseUrl": "http://127.0.0.1:1"}' where workspace_id = $1 and channel = 'whatsapp'`,
    [sandbox.id],
  )
  expect(await ask('syncWhatsappTemplates')).toMatchObject({ status: 502, body: { code: 'provider' } })
  expect(((await ask('whatsappTemplates')).body as Out<'whatsappTemplates'>).items).toHaveLength(4)
})

test('faults: every stand-in says how it can fail; another way, another adapter or a live workspace is refused', async () => {
  const list = (await ask('sandboxFaults')).body as Out<'sandboxFaults'>
  expect(list.items.map(i => i.adapter)).toEqual(
    expect.arrayContaining([
      'line',
      'smtp',
      'twilio',
      'mitake',
      'every8d',
      'whatsapp',
      'messenger',
      'instagram',
    ]),
  )
  expect(list.items.every(i => i.set === null)).toBe(true)
  const set = (await ask('sandboxFault', { adapter: 'mitake', kind: 'hang', times: 2 })).body as typeof list
  expect(set.items.find(i => i.adapter === 'mitake')?.set).toEqual({ kind: 'hang', times: 2 })
  expect(await ask('sandboxFault', { adapter: 'line', kind: 'receipt_late' })).toMatchObject({
    status: 400,
    body: { path: 'kind' },
  })
  expect(await ask('sandboxFault', { adapter: 'x', kind: 'hang' })).toMatchObject({
    status: 400,
    body: { path: 'adapter' },
  })
  expect((await ask('sandboxFaults', undefined, live)).body).toMatchObject({ code: 'not_a_sandbox' })
})

test('the till tells what a store’s system tells, in the sandbox’s time', async () => {
  const till = (await ask('sandboxTill')).body as Out<'sandboxTill'>
  expect(till.stores.map(s => s.code)).toContain('TPE01')
  const sale = { order: 'T-1', store: 'TPE01', lines: [{ sku: 'OOLONG-150', quantity: 2 }], discount: 100 }
  expect(await ask('sandboxSell', { ...sale, coupon: 'TEA100', memberNo: 'SB1' })).toMatchObject({
    status: 200,
    body: { total: 1_260 },
  })
  expect(await ask('sandboxSell', { ...sale, lines: [{ sku: 'NOTHING', quantity: 1 }] })).toMatchObject({
    status: 400,
    body: { path: 'lines' },
  })
  expect(await ask('sandboxRefund', { order: 'T-1', store: 'TPE01', memberNo: 'SB1' })).toMatchObject({
    status: 200,
  })
  const { rows } = await core.pool.query<{ body: string }>(
    `select body from inbox where workspace_id = $1 and kind = 'event' order by received, ordinal`,
    [sandbox.id],
  )
  expect(rows.map(r => JSON.parse(r.body) as object)).toMatchObject([
    {
      name: 'Order Completed',
      ch: 'store',
      props: {
        order_id: 'T-1',
        subtotal: 1_360,
        discount: 100,
        total: 1_260,
        coupon: 'TEA100',
        store: 'TPE01',
        sales_channel: 'store',
      },
    },
    { name: 'Order Refunded', props: { order_id: 'T-1', refund_id: 'R-T-1' } },
  ])
})
