// Receipts that come before we have recorded the answer, or for a message of which no answer came: nothing is lost, nothing goes
// back, nobody is written to twice. Real tables and deliverer, a provider that is told what to do.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startVictim } from '../../test/kill.ts'
import { lineText, openSendLab, type SendLab } from '../../test/send-lab.ts'
import type { Receipt } from '../channels/adapter.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Deliverer } from './deliver.ts'
import { recordReceipts } from './receipts.ts'

let lab: SendLab
let deliverer: Deliverer
/** what the provider does when a message has arrived, before it answers; and its answer */
let onArrival: (message: Uuid) => Promise<void> = async () => {}
let status = 200
let provider: Server
const arrived: Uuid[] = []

beforeAll(async () => {
  lab = await openSendLab()
  Object.assign(lab.core.config, { allowPrivateUrls: true })
  deliverer = await lab.deliverer()
  provider = createServer((request, response) => {
    request.resume()
    const id = request.headers['x-line-retry-key'] as Uuid | undefined
    request.on('end', async () => {
      // what is asked beside the sending (the breaker asks whether LINE is there again) is answered and is no message
      if (id !== undefined) {
        arrived.push(id)
        await onArrival(id)
      }
      response.statusCode = status
      response.setHeader('content-type', 'application/json')
      response.end('{"sentMessages":[{"id":"1"}]}')
    })
  })
  await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve))
  await lab.core.pool.query(
    `update channel_account set settings = jsonb_build_object('baseUrl', $2::text) where workspace_id = $1 and channel = 'line'`,
    [lab.workspace, `http://127.0.0.1:${(provider.address() as AddressInfo).port}`],
  )
})
afterAll(async () => {
  await new Promise(resolve => provider.close(resolve))
  await lab.close()
})

const receipt = (message: Uuid, state: Receipt['state']) =>
  recordReceipts(lab.core, lab.workspace, [{ message, state, at: Date.now() }])
const one = async () => lab.intend(await lab.person(), lineText('hi'))
const told = async (message: Uuid) =>
  (await lab.outcomes(message)).map(o => (o.outcome === null ? o.state : `${o.state}!`))
const state = async (message: Uuid) => (await lab.row(message)).state

test('a receipt while the message is at the socket: it is recorded as accepted, and stands as delivered', async () => {
  const m = await one()
  onArrival = id => receipt(id, 'delivered')
  await deliverer.tick()
  expect(await state(m.id)).toBe('delivered')
  expect((await told(m.id)).sort()).toEqual(['accepted!', 'delivered'])
})

test('an opening that comes before the delivery: the later state stays', async () => {
  const m = await one()
  onArrival = async id => {
    await receipt(id, 'opened')
    await receipt(id, 'delivered')
  }
  await deliverer.tick()
  expect(await state(m.id)).toBe('opened')
  await receipt(m.id, 'delivered')
  expect(await state(m.id)).toBe('opened')
})

test('the provider answers with an error, and its receipt says that it took the message: it is accepted and not sent again', async () => {
  const m = await one()
  status = 500
  onArrival = id => receipt(id, 'delivered')
  await deliverer.tick()
  status = 200
  expect(await state(m.id)).toBe('delivered')
  await lab.hurry()
  await deliverer.tick()
  expect(arrived.filter(id => id === m.id)).toHaveLength(1)
  expect((await told(m.id)).filter(t => t.endsWith('!'))).toEqual(['accepted!'])
})

test('the receipt comes while the message waits for another try: it is accepted and not sent again', async () => {
  const m = await one()
  status = 500
  onArrival = async () => {}
  await deliverer.tick()
  status = 200
  expect(await lab.row(m.id)).toMatchObject({ state: 'intended', reason: 'retry' })
  await receipt(m.id, 'delivered')
  await receipt(m.id, 'delivered')
  await lab.hurry()
  await deliverer.tick()
  expect(await state(m.id)).toBe('delivered')
  expect(arrived.filter(id => id === m.id)).toHaveLength(1)
  expect([...new Set(await told(m.id))]).toEqual(['accepted!', 'delivered'])
})

test('hard problem 1: the process dies at the socket after the receipt has come: accepted, not unknown', async () => {
  const m = await one()
  onArrival = id => receipt(id, 'delivered')
  const victim = await startVictim(lab.core, 'deliver', 'deliver.before_record:1', {
    PUBLIC_URL: lab.core.baseUrl,
    ALLOW_PRIVATE_URLS: '1',
  })
  expect((await victim.ended).point).toBe('deliver.before_record')
  expect(await state(m.id)).toBe('sending')
  await lab.expireAll()
  await deliverer.tick()
  expect(await state(m.id)).toBe('delivered')
  expect((await told(m.id)).sort()).toEqual(['accepted!', 'delivered'])
})

test('the process dies at the socket, and the receipt comes after that was found: the unknown is settled', async () => {
  const m = await one()
  onArrival = async () => {}
  const victim = await startVictim(lab.core, 'deliver', 'deliver.before_record:1', {
    PUBLIC_URL: lab.core.baseUrl,
    ALLOW_PRIVATE_URLS: '1',
  })
  await victim.ended
  await lab.core.pool.query(
    `update message set state = 'unknown', reason = 'crashed', claim_until = null, send_after = '9000-01-01' where bucket = $1 and id = $2`,
    [bucketOf(m.id), m.id],
  )
  await receipt(m.id, 'delivered')
  expect(await state(m.id)).toBe('delivered')
  await lab.hurry()
  await deliverer.tick()
  expect(arrived.filter(id => id === m.id)).toHaveLength(1)
})
