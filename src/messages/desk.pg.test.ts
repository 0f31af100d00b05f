// What a person does about sending, and what the deliverer does by itself when a provider fails: stop and release, circuit breaker,
// rates over several workers, what failed for good, test sends, cost. Real tables, folds and deliverers; LINE is a server here that
// is told what to answer.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { lineText, mail, openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { channelRoutes } from '../catalogue/channels.ts'
import { line as adapter } from '../channels/adapters/line.ts'
import { bucketOf, newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { MailToCustomer } from '../sandbox/stand-in.ts'
import type { Deliverer } from './deliver.ts'
import { deskRoutes } from './desk/routes.ts'
import { messageRoutes } from './routes.ts'
import { newCode, selfOf } from './test-send.ts'

let lab: SendLab
let deliverer: Deliverer
let stage: Stage
let provider: Server
let status = 200
/** what happens when a message has arrived, before it is answered */
let onArrival: () => Promise<void> = async () => {}
let arrived: { id: Uuid; at: number }[] = []
let line: Uuid
const signBody = (secret: string, body: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(body).digest()

beforeAll(async () => {
  lab = await openSendLab()
  Object.assign(lab.core.config, { allowPrivateUrls: true })
  deliverer = await lab.deliverer()
  stage = openStage(lab.core, [deliverer])
  await stage.settle()
  provider = createServer((request, response) => {
    request.resume()
    request.on('end', async () => {
      arrived.push({ id: request.headers['x-line-retry-key'] as Uuid, at: performance.now() })
      await onArrival()
      response.statusCode = status
      response.setHeader('content-type', 'application/json')
      response.end('{"sentMessages":[{"id":"1"}]}')
    })
  })
  await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve))
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    `select id from channel_account where workspace_id = $1 and channel = 'line'`,
    [lab.workspace],
  )
  line = rows[0]!.id
})
afterAll(async () => {
  await new Promise(resolve => provider.close(resolve))
  await stage.close()
  await lab.close()
})
beforeEach(async () => {
  status = 200
  onArrival = async () => {}
  arrived = []
  await settings({})
})

const settings = async (more: Record<string, string>) => {
  await lab.core.pool.query('delete from rate_line where account_id = $1', [line])
  await lab.core.pool.query('update channel_account set settings = $2 where id = $1', [
    line,
    { baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`, ...more },
  ])
}
const row = (m: { id: Uuid }) => lab.row(m.id)
const some = async (n: number, more: object = {}) => {
  const made = []
  for (let i = 0; i < n; i++)
    made.push(await lab.intend(await lab.person(), lineText(`x${i} ${newId()}`), more))
  return made
}
const statesOf = async (made: { id: Uuid }[]) => {
  const counted: Record<string, number> = {}
  for (const m of made) {
    const { state, reason } = await row(m)
    const key = reason ? `${state} ${reason}` : state
    counted[key] = (counted[key] ?? 0) + 1
  }
  return counted
}
const desk = {
  stop: (channel?: 'line' | 'email') =>
    callHandler(lab.core, lab.workspace, 'stopSending', deskRoutes.stopSending, { body: { channel } }),
  release: (channel?: 'line' | 'email') =>
    callHandler(lab.core, lab.workspace, 'releaseSending', deskRoutes.releaseSending, { body: { channel } }),
  now: () => callHandler(lab.core, lab.workspace, 'sending', deskRoutes.sending),
  dead: () => callHandler(lab.core, lab.workspace, 'deadMessages', deskRoutes.deadMessages),
  handle: (what: 'retry' | 'skip', reason: 'retries_exhausted' | 'unknown' | 'poison', channel = 'line') =>
    callHandler(lab.core, lab.workspace, 'handleDeadMessages', deskRoutes.handleDeadMessages, {
      body: { do: what, reason, channel },
    }),
}

test('emergency stop of a channel: what is at the socket ends, everything else of it is held, another channel goes on; released, it goes', async () => {
  const made = await some(adapter.concurrency + 8)
  // the first to arrive pulls the stop; the account has fewer slots than there are messages
  let pulled: Promise<unknown> | null = null
  onArrival = async () => {
    pulled ??= desk.stop('line')
    await pulled
  }
  await deliverer.tick()
  const atSocket = arrived.length
  expect(atSocket).toBeLessThan(made.length)
  expect(await statesOf(made)).toEqual({ accepted: atSocket, 'intended paused': made.length - atSocket })
  const other = await lab.intend(await lab.person(), mail('x', '<p>x</p>'))
  await deliverer.tick()
  expect(await row(other)).toMatchObject({ state: 'accepted' })
  expect(await desk.now()).toMatchObject({ stopped: false, channels: ['line'], held: made.length - atSocket })
  onArrival = async () => {}
  await desk.release('line')
  await deliverer.tick()
  expect(await statesOf(made)).toEqual({ accepted: made.length })
  expect(new Set(arrived.map(a => a.id)).size).toBe(made.length)
  await desk.stop()
  const held = await lab.intend(await lab.person(), mail('y', '<p>y</p>'))
  await deliverer.tick()
  expect(await row(held)).toMatchObject({ state: 'intended', reason: 'paused' })
  await desk.release()
  await deliverer.tick()
  expect(await row(held)).toMatchObject({ state: 'accepted' })
})

test('circuit breaker: after ten failures in a row the account rests, one message tries it, and all go when it got through', async () => {
  status = 503
  const made = await some(10)
  await deliverer.tick()
  const late = await some(5)
  await deliverer.tick()
  expect(arrived).toHaveLength(10)
  expect(await statesOf(late)).toEqual({ 'intended circuit_open': 5 })
  expect((await row(late[0]!)).attempts).toBe(0)
  const shown = async () =>
    (await callHandler(lab.core, lab.workspace, 'channels', channelRoutes.channels)).items.find(
      i => i.channel === 'line',
    )!.resting
  expect(await shown()).toMatchObject({ why: expect.stringContaining('503') })
  // the pause is over: one tries, and fails
  const over = async () => {
    await lab.core.pool.query(
      `update channel_account set open_until = now() - interval '1 ms' where id = $1`,
      [line],
    )
    await lab.hurry()
  }
  const another = await lab.deliverer() // it knows nothing but what the account's row says
  await over()
  await another.tick()
  expect(arrived).toHaveLength(11)
  status = 200
  await over()
  await (await lab.deliverer()).tick()
  expect(arrived).toHaveLength(12)
  expect(await shown()).toBeNull()
  await lab.hurry()
  const fresh = await lab.deliverer()
  await fresh.tick()
  expect(await statesOf([...made, ...late])).toEqual({ accepted: 15 })
})

test('the rate of an account holds over two workers', async () => {
  await settings({ ratePerSecond: '60' })
  const made = await some(90)
  const two = await Promise.all([lab.deliverer({ batch: 15 }), lab.deliverer({ batch: 15 })])
  while (arrived.length < made.length) {
    await Promise.all(two.map(d => d.tick()))
    await deliverer.tick()
  }
  const times = arrived.map(a => a.at).sort((x, y) => x - y)
  const most = Math.max(...times.map(t => times.filter(o => o >= t && o < t + 1_000).length))
  expect(most).toBeLessThanOrEqual(60 * 1.25)
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(1_100)
  expect(new Set(arrived.map(a => a.id)).size).toBe(made.length)
})

test('a place far off is booked: the message comes back for it, and somebody who waits for theirs goes at once', async () => {
  await settings({ ratePerSecond: '0.2' })
  const made = await some(3)
  await deliverer.tick()
  expect(await statesOf(made)).toEqual({ accepted: 1, 'intended rate': 2 })
  const waits = await Promise.all(made.map(row))
  const due = waits.filter(w => w.state === 'intended').map(w => w.send_after.getTime() - Date.now())
  due.sort((a, b) => a - b)
  expect(due[1]! - due[0]!).toBeGreaterThan(4_500)
  const urgent = await some(1, { purpose: 'transactional' })
  await deliverer.tick()
  expect(await statesOf(urgent)).toEqual({ accepted: 1 })
  // at its moment a booked one has its place
  await lab.core.pool.query(
    `update message set send_after = now(), slot_at = now() where workspace_id = $1 and reason = 'rate'`,
    [lab.workspace],
  )
  await deliverer.tick()
  expect(await statesOf(made)).toEqual({ accepted: 3 })
})

test('dead letters: all tries used up, shown by reason, tried again by a person though too late by now, and accepted', async () => {
  status = 503
  const made = await some(2, { notAfter: Date.now() + 60_000 })
  await lab.core.pool.query('update message set attempts = 11 where id = any($1::uuid[])', [
    made.map(m => m.id),
  ])
  await deliverer.tick()
  expect(await statesOf(made)).toEqual({ 'failed retries_exhausted': 2 })
  expect(await desk.dead()).toMatchObject({
    groups: [{ reason: 'retries_exhausted', channel: 'line', count: 2 }],
  })
  status = 200
  await lab.core.pool.query('update workspace set clock_offset_ms = 3600000 where id = $1', [lab.workspace])
  expect(await desk.handle('retry', 'retries_exhausted')).toEqual({ done: 2, left: 0 })
  await deliverer.tick()
  await lab.core.pool.query('update workspace set clock_offset_ms = 0 where id = $1', [lab.workspace])
  expect(await statesOf(made)).toEqual({ accepted: 2 })
  // the run went on by `failed` before: it is not told a second end
  const ends = (await lab.outcomes(made[0]!.id)).map(o => [o.state, o.outcome])
  expect(ends).toEqual([
    ['failed', 'failed'],
    ['accepted', null],
  ])
})

test('hard problem 15: one message that makes us fail holds up nobody, is set aside after five tries, and left by a person', async () => {
  const [poison] = await some(1, { limits: 7 as never })
  const others = await some(3)
  await deliverer.tick()
  expect(await statesOf(others)).toEqual({ accepted: 3 })
  expect(await row(poison!)).toMatchObject({ state: 'intended', reason: 'fault' })
  for (let i = 0; i < 4; i++) {
    await lab.hurry()
    await deliverer.tick()
  }
  expect(await row(poison!)).toMatchObject({ state: 'skipped', reason: 'poison' })
  expect((await lab.outcomes(poison!.id)).map(o => o.outcome)).toEqual(['skipped'])
  expect(await desk.handle('skip', 'poison')).toEqual({ done: 1, left: 0 })
  expect((await desk.dead()).groups).toEqual([])
})

test('an unknown that nobody can be asked about any more is shown, and left as failed', async () => {
  const [m] = await some(1)
  await lab.core.pool.query(
    `update message set state = 'unknown', reason = 'key_expired', send_after = '9000-01-01' where bucket = $1 and id = $2`,
    [bucketOf(m!.id), m!.id],
  )
  expect((await desk.dead()).groups).toMatchObject([{ reason: 'unknown', count: 1 }])
  await desk.handle('skip', 'unknown')
  expect(await row(m!)).toMatchObject({ state: 'failed', reason: 'resolved' })
})

const seed = (list: string, person: Person) =>
  callHandler(lab.core, lab.workspace, 'addTestRecipient', deskRoutes.addTestRecipient, {
    body: { list, customer: publicId('cus', person.id) },
  })
/** A command waits for its fold, which here goes by hand. */
async function testSend(body: object) {
  const sent = callHandler(lab.core, lab.workspace, 'testSend', deskRoutes.testSend, { body })
  let ended = false
  void sent.finally(() => (ended = true)).catch(() => undefined)
  while (!ended) await stage.settle()
  return sent
}

test('a test send: filled in as for the chosen customer, marked, to the seed list alone, and counted by no clock', async () => {
  const tester = await lab.person()
  const model = await lab.person(s => {
    s.traits.name = { v: '林小美', at: s.now, src: 'test' }
  })
  await expect(testSend({ content: mail('x', '<p>x</p>'), lists: ['門市主管'] })).rejects.toMatchObject({
    code: 'no_recipient',
  })
  await expect(
    testSend({ content: mail('x', '<p>x</p>'), customers: [publicId('cus', model.id)] }),
  ).rejects.toMatchObject({ code: 'no_recipient' })
  await seed('門市主管', tester)
  const before = tester.state.clk
  const { sent } = await testSend({
    content: mail('嗨 {{ customer.name }}', '<p>給 {{ customer.name }}</p>'),
    as: publicId('cus', model.id),
    lists: ['門市主管'],
  })
  await stage.settle()
  expect(sent).toHaveLength(1)
  expect(sent[0]!.customer).toBe(publicId('cus', tester.id))
  const [arrivedMail] = await lab.sink<MailToCustomer>('email', tester.email)
  expect(arrivedMail).toMatchObject({ subject: '[TEST] 嗨 林小美' })
  expect(arrivedMail!.html).toContain('給 林小美')
  expect(await lab.sink('email', model.email)).toEqual([])
  const { rows } = await lab.core.pool.query<{ origin: string; state: string; cost: number | null }>(
    'select origin, state, cost from message where bucket = $1 and id = $2',
    [bucketOf(parseId('msg', sent[0]!.message)!), parseId('msg', sent[0]!.message)],
  )
  expect(rows[0]).toMatchObject({ origin: 'test', state: 'accepted' })
  const state = await lab.core.pool.query<{ state: string }>('select state from customer where id = $1', [
    tester.id,
  ])
  expect(state.rows[0]!.state).not.toContain('"clk"')
  expect(before).toBeUndefined()
})

test('who sends the code to the brand is the team member who was given it, once', async () => {
  const user = newId()
  const person = await lab.person()
  const { code } = await newCode(lab.core.pool, lab.workspace, user)
  const { rows } = await lab.core.pool.query<{ secrets: Buffer }>(
    'select secrets from channel_account where id = $1',
    [line],
  )
  const { channelSecret } = JSON.parse(lab.core.secrets.open(rows[0]!.secrets)) as { channelSecret: string }
  const write = async (text: string, userId: string) => {
    const body = JSON.stringify({
      events: [
        {
          type: 'message',
          webhookEventId: newId(),
          timestamp: Date.now(),
          source: { type: 'user', userId },
          message: { type: 'text', id: newId(), text },
        },
      ],
    })
    const response = await fetch(`${lab.core.baseUrl}/hooks/line/${publicId('chn', line)}`, {
      method: 'POST',
      headers: { 'x-line-signature': signBody(channelSecret, Buffer.from(body)).toString('base64') },
      body,
    })
    expect(response.status).toBe(200)
    await stage.settle()
  }
  await write('TEST-AAAAAAAA', person.line)
  expect(await selfOf(lab.core.pool, lab.workspace, user)).toBeNull()
  await write(code.toLowerCase(), person.line)
  const bound = await selfOf(lab.core.pool, lab.workspace, user)
  expect(bound).not.toBeNull()
  await write(code, (await lab.person()).line)
  expect(await selfOf(lab.core.pool, lab.workspace, user)).toBe(bound)
})

test('R3-33 what a message costs: its account’s price for its purpose, kept with it and shown in the ledger', async () => {
  await settings({ costPerMessage: '0.3', costTransactional: '0.5' })
  const marketing = await some(1)
  const transactional = await some(1, { purpose: 'transactional' })
  await deliverer.tick()
  const { items, currency } = await callHandler(lab.core, lab.workspace, 'messages', messageRoutes.messages, {
    query: { limit: '50' },
  })
  const cost = (m: { id: Uuid }) => items.find(i => i.id === publicId('msg', m.id))!.cost
  expect([currency, cost(marketing[0]!), cost(transactional[0]!)]).toEqual(['TWD', 0.3, 0.5])
})

test('a further account of one LINE provider keeps its own friends: a block of one says nothing of the other', async () => {
  const save = (body: object) =>
    callHandler(lab.core, lab.workspace, 'saveChannel', channelRoutes.saveChannel, {
      params: { channel: 'line' },
      body: {
        adapter: 'line',
        secrets: { accessToken: 'b', channelSecret: 'secret-b' },
        settings: {},
        ...body,
      },
    })
  const second = await save({ account: 'new', name: '第二個官方帳號' })
  await lab.core.pool.query(
    'update channel_account set settings = (select settings from channel_account where id = $2) where id = $1',
    [parseId('chn', second.id), line],
  )
  const person = await lab.person()
  const tell = async (account: string, secret: string, type: 'follow' | 'unfollow') => {
    const body = JSON.stringify({
      events: [
        {
          type,
          webhookEventId: newId(),
          timestamp: Date.now(),
          source: { type: 'user', userId: person.line },
        },
      ],
    })
    await fetch(`${lab.core.baseUrl}/hooks/line/${account}`, {
      method: 'POST',
      headers: { 'x-line-signature': signBody(secret, Buffer.from(body)).toString('base64') },
      body,
    })
    await stage.settle()
  }
  const { rows } = await lab.core.pool.query<{ secrets: Buffer }>(
    'select secrets from channel_account where id = $1',
    [line],
  )
  const { channelSecret } = JSON.parse(lab.core.secrets.open(rows[0]!.secrets)) as { channelSecret: string }
  await tell(second.id, 'secret-b', 'follow')
  const { rows: found } = await lab.core.pool.query<{ customer_id: Uuid }>(
    `select customer_id from identifier where kind = 'line_uid' and value = $1`,
    [person.line],
  )
  const who = { ...person, id: found[0]!.customer_id }
  await tell(publicId('chn', line), channelSecret, 'follow')
  await tell(publicId('chn', line), channelSecret, 'unfollow')
  const by = async (account?: Uuid) => {
    const m = await lab.intend(who, lineText(newId()), account === undefined ? {} : { account })
    await deliverer.tick()
    return row(m)
  }
  expect(await by(line)).toMatchObject({ state: 'skipped', reason: 'blocked' })
  expect(await by(parseId('chn', second.id)!)).toMatchObject({ state: 'accepted' })
  // nothing said: by the account whose friend the person is
  const chosen = await by()
  expect(JSON.parse(chosen.rendered!)).toMatchObject({ account: parseId('chn', second.id) })
  // archived: what names it is not sent, the rest goes by what is left
  await callHandler(lab.core, lab.workspace, 'archiveChannel', channelRoutes.archiveChannel, {
    params: { channel: 'line', account: second.id },
  })
  expect(await by(parseId('chn', second.id)!)).toMatchObject({ state: 'skipped', reason: 'no_account' })
})
