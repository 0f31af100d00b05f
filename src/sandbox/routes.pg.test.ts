// The sandbox's endpoints over HTTP, with the web role alone: what is asked, what is refused, and that asking twice
// changes nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi, type Answer } from '../../test/http-client.ts'
import { startRoles } from '../compose.ts'
import type { EndpointName } from '../contract.ts'
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
  given: { query?: Record<string, string>; body?: unknown } = {},
  at = sandbox,
): Promise<Answer> => callApi(core.baseUrl, name, { key: at.key }, { ...given, params: { ws: at.ws } })

type Shop = {
  url: string
  shoppers: { customer: string; name: string; lineUid: string; email: string; token: string }[]
}

test('an empty sandbox has three people to be; asking again gives the same people and tokens', async () => {
  const first = (await ask('sandboxShop')).body as Shop
  expect(first.shoppers.map(s => s.name)).toEqual(['林雅婷', '陳家豪', '王怡君'])
  expect((await ask('sandboxShop')).body).toEqual(first)
  const { rows } = await core.pool.query<{ n: number }>(
    'select count(*)::int as n from inbox where workspace_id = $1 and customer_id is not null',
    [sandbox.id],
  )
  expect(rows[0]!.n).toBe(9)
})

describe('the phone and the inbox', () => {
  test('contacts by channel and name, in pages', async () => {
    const names = async (query: Record<string, string>) =>
      (await ask('sandboxContacts', { query })).body as {
        items: { name: string; address: string }[]
        next: string | null
      }
    const all = await names({ channel: 'line' })
    expect(all.items).toHaveLength(3)
    expect((await names({ channel: 'line', q: '家豪' })).items.map(c => c.name)).toEqual(['陳家豪'])
    expect((await names({ channel: 'email', q: 'wang.' })).items.map(c => c.address)).toEqual([
      'wang.yichun@example.com',
    ])
    expect((await names({ channel: 'line', q: '%' })).items).toEqual([])
    const page = await names({ channel: 'line', limit: '2' })
    const rest = await names({ channel: 'line', limit: '2', cursor: page.next! })
    expect([...page.items, ...rest.items]).toEqual(all.items)
    expect(rest.next).toBeNull()
    expect((await ask('sandboxContacts', { query: { channel: 'line', cursor: 'x' } })).body).toMatchObject({
      status: 400,
      path: 'cursor',
    })
  })

  test('what a person writes stands in the chat, oldest first', async () => {
    const { shoppers } = (await ask('sandboxShop')).body as Shop
    const address = shoppers[0]!.lineUid
    for (const text of ['你好', '在嗎'])
      expect(
        (await ask('sandboxAct', { body: { channel: 'line', address, act: 'text', text } })).status,
      ).toBe(200)
    const chat = (await ask('sandboxMessages', { query: { channel: 'line', address } })).body as {
      items: { direction: string; payload: unknown }[]
    }
    expect(chat.items.map(m => [m.direction, m.payload])).toMatchObject([
      ['from_customer', { type: 'text', text: '你好' }],
      ['from_customer', { type: 'text', text: '在嗎' }],
    ])
    const bad = await ask('sandboxAct', {
      body: { channel: 'email', address: 'a@example.com', act: 'unsubscribe', message: 'x' },
    })
    expect(bad.body).toMatchObject({ status: 400, path: 'message' })
  })
})

test('the clock: what is no time, what is past, and what is too far is refused and says what to do', async () => {
  const to = (time: string) => ask('setClock', { body: { to: time } })
  for (const time of [
    'soon',
    new Date(Date.now() - 60_000).toISOString(),
    new Date(Date.now() + 400 * 86_400_000).toISOString(),
  ]) {
    const answer = await to(time)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.body.action).toBeTruthy()
  }
  const target = new Date(Date.now() + 3_600_000).toISOString()
  expect((await to(target)).body).toMatchObject({ clockTarget: target })
})

test('a live workspace has no sandbox', async () => {
  const at = { ...sandbox, ...live }
  for (const [name, given] of [
    ['sandboxShop', {}],
    ['sandboxContacts', { query: { channel: 'line' } }],
    ['sandboxMessages', { query: { channel: 'line', address: 'x' } }],
    ['sandboxAct', { body: { channel: 'line', address: 'U' + '0'.repeat(32), act: 'follow' } }],
    ['setClock', { body: { to: new Date(Date.now() + 1_000).toISOString() } }],
  ] as const)
    expect([name, (await ask(name, given, at)).status]).toEqual([name, 409])
})
