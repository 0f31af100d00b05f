// What binds a person to a channel: several LINE accounts in one workspace, each with its own friends, and journeys that
// part people by what identifies them. Real intake, webhooks, folds and sends.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { serveApp } from '../../test/collect-server.ts'
import { openSendLab, type SendLab } from '../../test/send-lab.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { channelRoutes } from '../catalogue/channels.ts'
import { anyAccount } from '../channels/accounts.ts'
import { collectApp } from '../collect/routes.ts'
import { customerRoutes } from '../customers/routes.ts'
import { verifyAll } from '../inbox/verify.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { publishingRoutes } from '../journeys/publishing/routes.ts'
import { journeyRoutes } from '../journeys/routes.ts'
import { newId, parseId } from '../platform/ids.ts'
import type { MailToCustomer } from '../sandbox/stand-in.ts'

let lab: SendLab
let stage: Stage
let intake: Awaited<ReturnType<typeof serveApp>>
/** LINE as the account of another provider sees it: what was pushed there, and under which token. */
let brandB: Server
const pushed: { token: string; to: string }[] = []
/** it takes what it is sent and does not answer */
let silent = false
/** ids of the two accounts */
let a: string
let b: string

beforeAll(async () => {
  lab = await openSendLab()
  Object.assign(lab.core.config, { allowPrivateUrls: true })
  intake = await serveApp(collectApp(lab.core))
  stage = openStage(lab.core, [await lab.deliverer()])
  await stage.settle()
  brandB = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { to } = JSON.parse(body) as { to: string }
      pushed.push({ token: request.headers.authorization ?? '', to })
      if (silent) return void response.destroy()
      response.setHeader('content-type', 'application/json')
      response.end('{"sentMessages":[{"id":"1"}]}')
    })
  })
  await new Promise<void>(resolve => brandB.listen(0, '127.0.0.1', resolve))
  const { items } = await callHandler(lab.core, lab.workspace, 'channels', channelRoutes.channels)
  a = items.find(i => i.channel === 'line')!.id
  b = (await save({ settings: { baseUrl: baseUrl(), provider: 'brand-b' } })).id
})
afterAll(async () => {
  await new Promise(resolve => brandB.close(resolve))
  await intake.close()
  await stage.close()
  await lab.close()
})

const baseUrl = () => `http://127.0.0.1:${(brandB.address() as AddressInfo).port}`
const save = (more: { account?: string; settings: Record<string, string> }) =>
  callHandler(lab.core, lab.workspace, 'saveChannel', channelRoutes.saveChannel, {
    params: { channel: 'line' },
    body: { name: 'Brand B', secrets: { accessToken: 'token-b', channelSecret: 'secret-b' }, ...more },
  })

let webhooks = 0
/** LINE tells an account of somebody. */
async function tell(account: string, type: 'follow' | 'unfollow', userId: string): Promise<void> {
  const { secrets } = (await anyAccount(lab.core, lab.core.pool, parseId('chn', account)!))!
  const timestamp = Date.now() + ++webhooks
  const body = JSON.stringify({
    events: [{ type, webhookEventId: `w${webhooks}`, timestamp, source: { type: 'user', userId } }],
  })
  const signature = createHmac('sha256', secrets.channelSecret!).update(body).digest('base64')
  const response = await fetch(`${lab.core.baseUrl}/hooks/line/${account}`, {
    method: 'POST',
    headers: { 'x-line-signature': signature },
    body,
  })
  expect(response.status).toBe(200)
  await stage.settle()
}

async function send(...batch: Record<string, unknown>[]): Promise<void> {
  await postBatch(intake.url, lab.apiKey, batch)
  await stage.settle()
}
const identify = (userId: string, traits: Record<string, unknown>) => ({ type: 'identify', userId, traits })
const track = (userId: string, event: string) => ({ type: 'track', userId, event })

async function publish(graph: Omit<JourneyGraph, 'format' | 'reentry' | 'exits'>): Promise<void> {
  const { id, version } = await callHandler(
    lab.core,
    lab.workspace,
    'createJourney',
    journeyRoutes.createJourney,
    { body: { graph: { format: 1, reentry: { kind: 'always' }, exits: [], ...graph } } },
  )
  await callHandler(lab.core, lab.workspace, 'publishJourney', publishingRoutes.publishJourney, {
    params: { journey: id },
    body: { version },
  })
  await stage.settle()
}
const mail = (subject: string) => ({
  type: 'send',
  fields: {
    channel: 'email',
    purpose: 'transactional',
    content: { channel: 'email', subject, html: '<p>嗨</p>' },
  },
  next: { accepted: null },
})
const subjects = async (address: string) =>
  (await lab.sink<MailToCustomer>('email', address)).map(m => m.subject)
const page = async (q: string) => {
  const { items } = await callHandler(lab.core, lab.workspace, 'customers', customerRoutes.customers, {
    query: { q },
  })
  return callHandler(lab.core, lab.workspace, 'customer', customerRoutes.customer, {
    params: { customer: items[0]!.id },
  })
}
const uid = () => 'U' + newId().replaceAll('-', '')

test('R1-14 two LINE accounts: a message leaves by the one whose friend the person is, to the user id it knows', async () => {
  await publish({
    name: '嗨',
    trigger: { kind: 'event', event: 'Say Hello' },
    start: 'hello',
    nodes: {
      hello: {
        type: 'send',
        fields: {
          channel: 'line',
          purpose: 'marketing',
          content: { channel: 'line', messages: [{ type: 'text', text: '嗨' }] },
        },
        next: { accepted: null },
      },
    },
  })
  const [ofA, ofB, bothA, bothB] = [uid(), uid(), uid(), uid()]
  await send(
    identify('A', { line_uid: ofA }),
    identify('B', { line_uid: `brand-b/${ofB}` }),
    identify('AB', { line_uid: bothA }),
  )
  await send(identify('AB', { line_uid: `brand-b/${bothB}` }))
  await lab.core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created)
     select $1, 'line', a, 'Ming', true, now() from unnest($2::text[]) a`,
    [lab.workspace, [ofA, bothA]],
  )
  await tell(a, 'follow', ofA)
  await tell(b, 'follow', ofB)
  await tell(a, 'follow', bothA)
  await tell(b, 'follow', bothB)
  const hello = async (who: string) => {
    const [atA, atB] = [(await lab.sink('line')).length, pushed.length]
    await send(track(who, 'Say Hello'))
    return [(await lab.sink('line')).length - atA, pushed.slice(atB)]
  }
  expect(await hello('A')).toEqual([1, []])
  expect(await lab.sink('line', ofA)).toHaveLength(1)
  expect(await hello('B')).toEqual([0, [{ token: 'Bearer token-b', to: ofB }]])
  // a friend of both: by the newer friendship; when that ends, by the other
  expect(await hello('AB')).toEqual([0, [{ token: 'Bearer token-b', to: bothB }]])
  await tell(b, 'unfollow', bothB)
  expect(await hello('AB')).toEqual([1, []])
  expect(await lab.sink('line', bothA)).toHaveLength(1)
  const person = await page('AB')
  expect(person.reachability.find(r => r.channel === 'line')).toMatchObject({
    reachable: true,
    address: bothA,
  })
  // one of which it is not known whether it went out is tried again by the same account, whoever is a newer friend since
  await tell(b, 'follow', bothB)
  const before = pushed.length
  silent = true
  await send(track('AB', 'Say Hello'))
  silent = false
  await tell(a, 'follow', bothA)
  await lab.hurry()
  await stage.settle()
  const tries = pushed.slice(before)
  expect(tries.length).toBeGreaterThan(1)
  expect(new Set(tries.map(t => `${t.token} ${t.to}`))).toEqual(new Set([`Bearer token-b ${bothB}`]))
  expect(await lab.sink('line', bothA)).toHaveLength(1)
  // who blocked the only one they know is sent nothing
  await tell(b, 'unfollow', ofB)
  expect(await hello('B')).toEqual([0, []])
  expect((await page('B')).reachability.find(r => r.channel === 'line')).toMatchObject({
    reachable: false,
    reason: 'blocked',
  })
  expect((await verifyAll(lab.core)).checks.flatMap(c => c.faults)).toEqual([])
})

test('one account for each provider: saved again it changes; a provider has one', async () => {
  const settings = { baseUrl: baseUrl(), provider: 'brand-b' }
  expect((await save({ settings })).id).toBe(b)
  expect(await save({ account: b, settings })).toMatchObject({ id: b, name: 'Brand B' })
  await expect(save({ account: a, settings })).rejects.toMatchObject({ status: 409, code: 'provider_taken' })
  await expect(save({ account: 'chn_none', settings })).rejects.toMatchObject({
    status: 404,
    path: 'account',
  })
})

test('R4-14 split by the identifiers somebody has: present and absent branches', async () => {
  const branch = (kind: string) => ({ name: kind, rule: { op: 'identifier', kind } })
  await publish({
    name: '有什麼識別碼',
    trigger: { kind: 'event', event: 'Ask' },
    start: 'member',
    nodes: {
      member: {
        type: 'split',
        fields: { branches: [branch('member_no')] },
        next: { member_no: 'phone', else: 'no_member' },
      },
      phone: {
        type: 'split',
        fields: { branches: [branch('phone')] },
        next: { phone: 'all', else: 'no_phone' },
      },
      all: mail('會員，有手機'),
      no_phone: mail('會員，沒有手機'),
      no_member: mail('不是會員'),
    },
  })
  await send(
    identify('S1', { email: 's1@example.com', phone: '0912000001' }),
    identify('S2', { email: 's2@example.com' }),
    { type: 'identify', anonymousId: 's3', traits: { email: 's3@example.com' } },
  )
  await send(track('S1', 'Ask'), track('S2', 'Ask'), { type: 'track', anonymousId: 's3', event: 'Ask' })
  expect(await subjects('s1@example.com')).toEqual(['會員，有手機'])
  expect(await subjects('s2@example.com')).toEqual(['會員，沒有手機'])
  expect(await subjects('s3@example.com')).toEqual(['不是會員'])
})

test('R4-17 split by the binding of a channel: who is not bound to LINE gets the invitation, who is does not', async () => {
  await publish({
    name: '邀請綁定 LINE',
    trigger: { kind: 'event', event: 'Order Completed' },
    start: 'bound',
    nodes: {
      bound: {
        type: 'split',
        fields: { branches: [{ name: 'yes', rule: { op: 'channel', channel: 'line', is: 'bound' } }] },
        next: { yes: null, else: 'invite' },
      },
      invite: mail('綁定 LINE'),
    },
  })
  await send(identify('L1', { email: 'l1@example.com' }), identify('L2', { email: 'l2@example.com' }))
  const order = (userId: string, order_id: string) => ({
    ...track(userId, 'Order Completed'),
    properties: { order_id, total: 100, currency: 'TWD' },
  })
  const friend = uid()
  await tell(b, 'follow', friend)
  await send(identify('L2', { line_uid: `brand-b/${friend}` }))
  await send(order('L1', 'l-1'), order('L2', 'l-2'))
  expect(await subjects('l1@example.com')).toEqual(['綁定 LINE'])
  expect(await subjects('l2@example.com')).toEqual([])
  // bound since: not asked again
  await send(identify('L1', { line_uid: uid() }))
  await send(order('L1', 'l-3'))
  expect(await subjects('l1@example.com')).toEqual(['綁定 LINE'])
})
