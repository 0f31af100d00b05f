// Browse online, collect in the store: the order names its pick-up store, the till says that it is ready, and the
// customer gets a message by a journey of the retail preset. Real roles, the sandbox's LINE.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import type { EndpointName } from '../contract.ts'
import { openDeliverer } from '../messages/deliver.ts'
import { publicId } from '../platform/ids.ts'
import { startWeb, type Web } from '../web.ts'

let core: TestCore
let web: Web
let stage: Stage
let space: Awaited<ReturnType<typeof createTestWorkspace>>

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  space = await createTestWorkspace(core)
  stage = openStage(core, [await openDeliverer(core)])
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await web.stop()
  await core.close()
})

async function api<T>(
  name: EndpointName,
  given: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
): Promise<T> {
  const params = { ws: publicId('wsp', space.id), ...given.params }
  const answer = await callApi(core.baseUrl, name, { key: space.apiKey }, { ...given, params })
  expect([name, answer.status]).toEqual([name, 200])
  return answer.body as T
}
async function track(lineUid: string, event: string, properties: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${core.baseUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event, properties, context: { traits: { line_uid: lineUid } } }),
  })
  expect(response.status).toBe(200)
  await stage.settle()
}

test('R3-25 an order with a pick-up store, ready: one message names order and store; picked up ends it', async () => {
  const { shoppers } = await api<{ shoppers: { lineUid: string }[] }>('sandboxShop')
  await stage.settle()
  const { lineUid } = shoppers[0]!
  const { journeys } = await api<{ journeys: string[] }>('installPreset', { params: { preset: 'retail' } })
  const pickup = { journey: journeys[0]! }
  await api('publishJourney', { params: pickup, body: { version: 1 } })
  await stage.settle()

  const order = { order_id: 'BOPIS-1', total: 680, currency: 'TWD', sales_channel: 'online' }
  await track(lineUid, 'Order Completed', { ...order, pickup_store: 'TPE01' })
  const texts = async () =>
    JSON.stringify(await api('sandboxMessages', { query: { channel: 'line', address: lineUid } }))
  expect(await texts()).not.toContain('BOPIS-1')

  await track(lineUid, 'Order Ready For Pickup', { order_id: 'BOPIS-1', pickup_store: 'TPE01' })
  expect(await texts()).toMatch(/訂單 BOPIS-1 已備妥，請到 TPE01 取貨/)
  const { waiting } = await api<{ waiting: number }>('journey', { params: pickup })
  expect(waiting).toBe(1)

  await track(lineUid, 'Order Picked Up', { order_id: 'BOPIS-1', pickup_store: 'TPE01', staff: 'S1' })
  expect(await api('journey', { params: pickup })).toMatchObject({ waiting: 0, goals: 1 })
})
