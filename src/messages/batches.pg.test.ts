// Messages of one content in one request: who goes together, what becomes of each, and that an unknown request is asked again
// exactly as it was, or not at all. Real deliverers and tables; the provider is a server that keeps retry keys.
import { unpackState } from '../customers/pack.ts'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { lineText, openSendLab, type SendLab } from '../../test/send-lab.ts'
import { line } from '../channels/adapters/line.ts'
import type { BatchSender, SendResult } from '../channels/adapter.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Deliverer } from './deliver.ts'

let lab: SendLab
let deliverer: Deliverer
let provider: Server
const requests: { key: string; to: string[] }[] = []
/** who the provider let have it, by retry key */
const taken = new Map<string, string[]>()
/** take it and do not answer */
let silent = false
/** whoever is not there */
let missing = new Set<string>()

const own = line.batch
/** The contract as a provider with several recipients a request speaks it. */
const sender: BatchSender = {
  max: 50,
  key: content => JSON.stringify(content),
  async send(account, messages, batch, signal): Promise<SendResult[]> {
    try {
      const response = await fetch(`${account.settings.baseUrl}/multicast`, {
        method: 'POST',
        headers: { 'x-line-retry-key': batch },
        body: JSON.stringify(messages.map(m => m.address)),
        signal,
      })
      const refused = new Set(response.status === 200 ? ((await response.json()) as string[]) : [])
      return messages.map(m =>
        refused.has(m.address)
          ? { kind: 'bad_recipient', detail: 'nobody' }
          : { kind: 'accepted', providerId: batch },
      )
    } catch (error) {
      return messages.map(() => ({ kind: 'unknown', detail: (error as Error).message }))
    }
  },
}

beforeAll(async () => {
  lab = await openSendLab()
  Object.assign(lab.core.config, { allowPrivateUrls: true })
  Object.assign(line, { batch: sender })
  deliverer = await lab.deliverer()
  provider = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const key = String(request.headers['x-line-retry-key'])
      const parsed = JSON.parse(body) as string[] | { to: string }
      const to = Array.isArray(parsed) ? parsed : [parsed.to]
      requests.push({ key, to })
      if (!taken.has(key))
        taken.set(
          key,
          to.filter(a => !missing.has(a)),
        )
      if (silent) return void response.destroy()
      response.setHeader('content-type', 'application/json')
      response.end(Array.isArray(parsed) ? JSON.stringify(to.filter(a => missing.has(a))) : '{}')
    })
  })
  await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve))
  await lab.core.pool.query(
    `update channel_account set settings = jsonb_build_object('baseUrl', $2::text) where workspace_id = $1 and channel = 'line'`,
    [lab.workspace, `http://127.0.0.1:${(provider.address() as AddressInfo).port}`],
  )
})
afterAll(async () => {
  Object.assign(line, { batch: own })
  await new Promise(resolve => provider.close(resolve))
  await lab.close()
})
beforeEach(() => {
  requests.length = 0
  taken.clear()
  missing = new Set()
  silent = false
})

async function many(n: number, text: string, more: object = {}) {
  const made: { id: Uuid; to: string; customer: Uuid }[] = []
  for (let i = 0; i < n; i++) {
    const p = await lab.person()
    made.push({ id: (await lab.intend(p, lineText(text), more)).id, to: p.line, customer: p.id })
  }
  return made
}
const states = async (made: { id: Uuid }[]) => {
  const all: Record<string, number> = {}
  for (const m of made) {
    const { state, reason } = await lab.row(m.id)
    const key = reason ? `${state} ${reason}` : state
    all[key] = (all[key] ?? 0) + 1
  }
  return all
}
const kept = async () => (await lab.core.pool.query('select id from message_batch')).rows.length

test('the same content goes in one request, at most as many as it takes; another content and a lone one go by themselves', async () => {
  const same = await many(60, 'same')
  const lone = await many(1, 'other')
  await deliverer.tick()
  expect(await states([...same, ...lone])).toEqual({ accepted: 61 })
  expect(requests.map(r => r.to.length).sort((a, b) => b - a)).toEqual([50, 10, 1])
  expect(new Set(requests.flatMap(r => r.to)).size).toBe(61)
  expect(await kept()).toBe(0)
})

test('whoever cannot be reached is told by themself, and never written to again', async () => {
  const made = await many(5, 'hello')
  missing = new Set([made[2]!.to])
  await deliverer.tick()
  expect(await states(made)).toEqual({ accepted: 4, 'failed bad_recipient': 1 })
  expect(await lab.row(made[2]!.id)).toMatchObject({ state: 'failed' })
  expect((await lab.outcomes(made[2]!.id)).map(o => o.outcome)).toEqual(['failed'])
})

test('hard problem 1: an unknown batch is asked again with the same members in the same order under the same key: nobody gets it twice', async () => {
  const made = await many(20, 'again')
  silent = true
  await deliverer.tick()
  silent = false
  expect(await states(made)).toEqual({ 'unknown no_answer': 20 })
  expect(await kept()).toBe(1)
  // a new one of the same content does not join them
  const late = await many(2, 'again')
  await lab.hurry()
  // two workers look at once: one of them asks
  await Promise.all([deliverer.tick(), (await lab.deliverer()).tick()])
  expect(await states([...made, ...late])).toEqual({ accepted: 22 })
  const asked = requests.filter(r => r.to.length === 20)
  expect(asked.length).toBeGreaterThanOrEqual(2)
  expect(new Set(asked.map(r => JSON.stringify([r.key, r.to]))).size).toBe(1)
  const got = [...taken.values()].flat()
  expect(got.length).toBe(new Set(got).size)
  expect(await kept()).toBe(0)
})

test('hard problem 11: somebody of an unknown batch said stop meanwhile: it is not asked again, and stays for a person', async () => {
  const made = await many(3, 'stop')
  silent = true
  await deliverer.tick()
  silent = false
  const before = requests.length
  await lab.core.pool.query('update customer set state = $3 where bucket = $1 and id = $2', [
    bucketOf(made[1]!.customer),
    made[1]!.customer,
    JSON.stringify({ ...(await stateOf(made[1]!.customer)), line: { following: false, at: Date.now() } }),
  ])
  await lab.hurry()
  await deliverer.tick()
  expect(requests).toHaveLength(before)
  expect(await states(made)).toEqual({ 'unknown not_retried': 3 })
})

const stateOf = async (id: Uuid): Promise<object> => {
  const { rows } = await lab.core.pool.query<{ state: string }>('select state from customer where id = $1', [
    id,
  ])
  return unpackState(rows[0]!.state)
}

test('hard problem 11: who opted out just before the claim is left out of the request, the others get it', async () => {
  const made = await many(4, 'out')
  await lab.core.pool.query(
    `insert into suppression (bucket, workspace_id, channel, address, reason, source, at)
     select b, $1, 'line', $2, 'opt_out', 'test', now() + interval '1 hour' from generate_series(0, 255) b`,
    [lab.workspace, made[0]!.to],
  )
  await deliverer.tick()
  expect(await states(made)).toEqual({ accepted: 3, 'skipped suppressed': 1 })
  expect(requests.flatMap(r => r.to)).not.toContain(made[0]!.to)
})

test('hard problem 14: a quota of 10 over a batch of 15: ten go, five are refused', async () => {
  const limits = [{ key: 'cap:batch', max: 10, per: 'ever' as const, wait: false }]
  const made = await many(15, 'quota', { limits })
  await deliverer.tick()
  expect(await states(made)).toEqual({ accepted: 10, 'skipped cap': 5 })
  expect(requests.flatMap(r => r.to)).toHaveLength(10)
})
