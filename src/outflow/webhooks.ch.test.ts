// Webhooks out, from an event at the intake to a receiver that checks its signature: at least once under one id, tried
// again, dead letters, pause, rotation, and never to an address of the inside.
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { openIntakeLab, type IntakeLab } from '../../test/intake-lab.ts'
import { EVENT_TYPES, fitsPattern, isPattern } from './event-types.ts'
import { webhookRoutes } from './routes.ts'
import { openOutflow, type Outflow, waitAfter, WAITS_S } from './worker.ts'

let lab: IntakeLab
let beside: TestCore
let outflow: Outflow
let receiver: ServerType
let url: string
type Got = {
  id: string
  headers: Record<string, string>
  body: string
  said: { type: string; data: Record<string, unknown> }
}
let got: Got[] = []
let answers: number[] = []
beforeAll(async () => {
  lab = await openIntakeLab()
  // the receiver is on this machine
  beside = await openTestCore({ beside: lab.core, env: { ALLOW_PRIVATE_URLS: '1' } })
  outflow = openOutflow(beside)
  const app = new Hono()
  app.post('/in', async c => {
    const body = await c.req.text()
    const headers = c.req.header()
    got.push({ id: headers['webhook-id']!, headers, body, said: JSON.parse(body) as Got['said'] })
    return c.body(null, (answers.shift() ?? 200) as 200)
  })
  receiver = await new Promise<ServerType>(resolve => {
    const s: ServerType = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(s))
  })
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`
})
afterAll(async () => {
  await outflow.stop()
  await new Promise(resolve => receiver.close(resolve))
  await beside.close()
  await lab.close()
})
afterEach(async () => {
  await lab.core.pool.query('delete from webhook')
  await lab.core.pool.query('delete from webhook_delivery')
  got = []
  answers = []
})

const run = async () => {
  while (await outflow.tick());
}
/** Events of a person at the intake, folded; what it tells is delivered. */
async function happens(names: string[], member = 'M-1'): Promise<void> {
  await postBatch(
    lab.server.url,
    lab.space.apiKey,
    names.map(event => ({ type: 'track', event, userId: member, properties: { size: 'L' } })),
  )
  await lab.stage.settle()
  await run()
}
const create = async (events: string[], to = url) =>
  callHandler(lab.core, lab.space.id, 'createWebhook', webhookRoutes.createWebhook, {
    body: { name: 'crm', url: to, events },
  })
const list = async () => (await callHandler(lab.core, lab.space.id, 'webhooks', webhookRoutes.webhooks)).items
const of = (webhook: string) => ({ params: { webhook } })
const hurry = () =>
  lab.core.pool.query(`update webhook_delivery set due = clock_timestamp() where state = 'waiting'`)

test('what is asked for is told, signed, and nothing else; the past is not', async () => {
  await happens(['Tea Brewed'])
  const { secret } = await create(['stage.*', 'Tea Drunk'])
  await happens(['Tea Brewed', 'Tea Drunk', 'Tea Spilt'], 'M-2')
  expect(got.map(g => g.said.type).sort()).toEqual(['Tea Drunk', 'stage.changed'])
  const drunk = got.find(g => g.said.type === 'Tea Drunk')!
  expect(drunk.said.data).toMatchObject({ customer: expect.stringMatching(/^cus_/), props: { size: 'L' } })
  expect(() => new Webhook(secret).verify(drunk.body, drunk.headers)).not.toThrow()
  expect(() => new Webhook(secret).verify(drunk.body + ' ', drunk.headers)).toThrow()
  expect((await list())[0]).toMatchObject({ state: 'on', waiting: 0, dead: 0, lastError: null })
})

test('a failure is tried again with the same id and bytes, later each time; then it is a dead letter that can be replayed', async () => {
  const { id } = await create(['Tea Brewed'])
  answers = [500, 503]
  await happens(['Tea Brewed'])
  expect(got).toHaveLength(1)
  await run()
  expect(got).toHaveLength(1) // not yet due
  await hurry()
  await run()
  await hurry()
  await run()
  expect(new Set(got.map(g => g.id)).size).toBe(1)
  expect(new Set(got.map(g => g.body)).size).toBe(1)
  expect(got).toHaveLength(3)

  got = []
  answers = Array.from({ length: WAITS_S.length + 1 }, () => 500)
  await happens(['Tea Brewed'])
  for (let i = 0; i <= WAITS_S.length; i++) {
    await hurry()
    await run()
  }
  expect(got).toHaveLength(WAITS_S.length + 1)
  expect((await list())[0]).toMatchObject({ dead: 1, waiting: 0, lastError: expect.stringContaining('500') })
  const replayed = await callHandler(lab.core, lab.space.id, 'replayWebhook', webhookRoutes.replayWebhook, {
    ...of(id),
    body: {},
  })
  expect(replayed).toEqual({ replayed: 1 })
  await run()
  expect(new Set(got.map(g => g.id)).size).toBe(1)
  expect((await list())[0]).toMatchObject({ dead: 0, lastError: null, failingSince: null })
})

test('tries go on for more than a day', () => {
  expect(WAITS_S.reduce((a, b) => a + b, 0)).toBeGreaterThan(86_400)
  expect([waitAfter(1, 0), waitAfter(1, 1), waitAfter(WAITS_S.length + 1, 0)]).toEqual([5, 6, null])
})

test('a reader that dies before its commit reads again: each once; a repeat is known by its id', async () => {
  await create(['Tea Brewed'])
  await happens(['Tea Brewed'])
  expect(got).toHaveLength(1)
  // as after a restore: the cursor is behind what was made
  await lab.core.pool.query('update outflow_cursor set seq = greatest(seq - 5, 0)')
  await run()
  expect(got).toHaveLength(1)
})

test('three days of failures pause it, what happens meanwhile waits; a 410 at once; turned on it goes out', async () => {
  const { id } = await create(['Tea Brewed'])
  answers = [500]
  await happens(['Tea Brewed'])
  await lab.core.pool.query(`update webhook set failing_since = now() - interval '73 hours'`)
  const fresh = openOutflow(beside) // keeps house at its first tick
  await fresh.tick()
  await fresh.stop()
  expect((await list())[0]).toMatchObject({ state: 'failing', waiting: 1 })
  got = []
  await happens(['Tea Brewed'])
  expect(got).toEqual([])
  const turnOn = async () => {
    const { version } = (await list())[0]!
    const body = { name: 'crm', url, events: ['Tea Brewed'], on: true, version }
    await callHandler(lab.core, lab.space.id, 'updateWebhook', webhookRoutes.updateWebhook, {
      ...of(id),
      body,
    })
    await hurry()
    await run()
  }
  await turnOn()
  expect(got).toHaveLength(2)
  answers = [410]
  await happens(['Tea Brewed'])
  expect((await list())[0]).toMatchObject({ state: 'failing' })
})

test('during a rotation both secrets sign, after it the new one alone', async () => {
  const { id, secret } = await create(['Tea Brewed'])
  const { secret: next } = await callHandler(
    lab.core,
    lab.space.id,
    'rotateWebhookSecret',
    webhookRoutes.rotateWebhookSecret,
    { ...of(id), body: {} },
  )
  await happens(['Tea Brewed'])
  for (const s of [secret, next])
    expect(() => new Webhook(s).verify(got[0]!.body, got[0]!.headers)).not.toThrow()
  await lab.core.pool.query(`update webhook set old_until = now() - interval '1 second'`)
  await happens(['Tea Brewed'])
  expect(() => new Webhook(secret).verify(got[1]!.body, got[1]!.headers)).toThrow()
  expect(() => new Webhook(next).verify(got[1]!.body, got[1]!.headers)).not.toThrow()
})

test('an inner address is not called unless the configuration lets it; another workspace hears nothing', async () => {
  const other = await createTestWorkspace(lab.core)
  await callHandler(lab.core, other.id, 'createWebhook', webhookRoutes.createWebhook, {
    body: { name: 'other', url, events: ['*'] },
  })
  await create(['Tea Brewed'])
  const strict = openOutflow(lab.core)
  await fetch(`${lab.server.url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${lab.space.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'Tea Brewed', userId: 'M-1' }),
  })
  await lab.stage.settle()
  while (await strict.tick());
  await strict.stop()
  expect(got).toEqual([])
  expect((await list())[0]).toMatchObject({ waiting: 1, lastError: expect.stringContaining('private') })
})

test('of two workspaces whose people act at the same moment each hears of its own alone', async () => {
  const other = await createTestWorkspace(lab.core)
  const theirs = await callHandler(lab.core, other.id, 'createWebhook', webhookRoutes.createWebhook, {
    body: { name: 'other', url, events: ['Tea Brewed', 'Tea Poured'] },
  })
  const ours = await create(['Tea Brewed', 'Tea Poured'])
  const acts = async (key: string, event: string) => {
    const answer = await fetch(`${lab.server.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event, userId: 'M-7' }),
    })
    expect(answer.status).toBe(200)
  }
  await lab.stage.settle()
  await run() // nothing else is to be read: both are in one round
  await acts(lab.space.apiKey, 'Tea Brewed')
  await acts(other.apiKey, 'Tea Poured')
  await lab.stage.settle()
  await run()
  const heardBy = (secret: string) =>
    got
      .filter(g => {
        try {
          new Webhook(secret).verify(g.body, g.headers)
          return true
        } catch {
          return false
        }
      })
      .map(g => g.said.type)
  expect(heardBy(ours.secret)).toEqual(['Tea Brewed'])
  expect(heardBy(theirs.secret)).toEqual(['Tea Poured'])
})

test('names and patterns', () => {
  expect(['*', 'order.*', 'Order Completed', 'Tea *', '', '**'].map(isPattern)).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ])
  expect(fitsPattern('order.*', 'order.paid')).toBe(true)
  expect(fitsPattern('order.*', 'orders.paid')).toBe(false)
  expect(new Set(EVENT_TYPES.map(t => t.name)).size).toBe(EVENT_TYPES.length)
})
