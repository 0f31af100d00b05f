// The real server clients, unchanged, through the intake, fold and history: the customer is right, and a retry whose
// first answer was lost is folded once.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { personOf } from '../../test/person.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { collectApp } from './routes.ts'

let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>
/** calls taken by the intake, and how many of the next answers are lost on their way back */
let calls: string[] = []
let losing = 0
let onCall: () => void = () => undefined

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  const app = new Hono()
  app.use('*', async (c, next) => {
    calls.push(c.req.path)
    await next()
    onCall()
    if (losing > 0) {
      losing--
      c.res = new Response('lost', { status: 503 })
    }
  })
  app.route('/', collectApp(core))
  server = await serveApp(app)
  stage = openStage(core)
  await stage.settle()
})
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

type Say = {
  identify(message: { userId: string; traits: Record<string, unknown> }): void
  track(message: Who & { event: string; properties?: Record<string, unknown> }): void
  page(message: Who & { name: string; properties: Record<string, unknown> }): void
  screen(message: Who & { name: string }): void
  group(message: { userId: string; groupId: string; traits: Record<string, unknown> }): void
  alias(message: { userId: string; previousId: string }): void
}
type Who = { userId?: string; anonymousId?: string }
type Client = { say: Say; flush(): Promise<unknown>; errors: unknown[] }

function segment(): Client {
  const analytics = new Analytics({ writeKey: space.apiKey, host: server.url, flushInterval: 10 })
  const errors: unknown[] = []
  analytics.on('error', e => errors.push(e))
  return { say: analytics as unknown as Say, flush: () => analytics.flush(), errors }
}
function rudder(): Client {
  const errors: unknown[] = []
  const analytics = new RudderAnalytics(space.apiKey, {
    dataPlaneUrl: server.url,
    flushInterval: 10,
    logLevel: 'error',
    errorHandler: e => void errors.push(e),
  })
  return { say: analytics as unknown as Say, flush: () => analytics.flush(), errors }
}

test.each([
  ['@segment/analytics-node', segment],
  ['@rudderstack/rudder-sdk-node', rudder],
])('%s: every call reaches one customer; a retry counts once', async (name, open) => {
  const { say, flush, errors } = open()
  const id = name.slice(1, 4).toUpperCase() + '-1'
  const visitor = `visitor-${id}`
  /** sends what was said, until the client is done, and folds it */
  const done = async () => {
    await flush()
    await stage.settle()
  }

  say.track({ anonymousId: visitor, event: 'Product Viewed', properties: { sku: 'TEA-1' } })
  await done()
  expect((await personOf(core, space.id, 'anonymous_id', visitor)).ids).toEqual([`anonymous_id:${visitor}`])

  say.identify({
    userId: id,
    traits: { name: '王小明', email: `${id}@Example.com`, address: { city: '台北' } },
  })
  say.track({
    userId: id,
    event: 'Order Completed',
    properties: {
      order_id: `o-${id}`,
      total: 1200,
      currency: 'TWD',
      products: [{ sku: 'TEA-1', price: 1200 }],
    },
  })
  say.page({ userId: id, name: 'Home', properties: { url: 'https://shop.example/?utm_source=line' } })
  say.screen({ userId: id, name: 'Card' })
  say.group({ userId: id, groupId: 'g-7', traits: { name: '綠茶公司', plan: 'gold' } })
  await done()
  say.alias({ userId: id, previousId: visitor })
  await done()
  losing = 1
  calls = []
  const again = new Promise<void>(resolve => {
    onCall = () => calls.length === 2 && resolve()
  })
  say.track({ userId: id, event: 'Retried' })
  await Promise.all([flush(), again])
  await done()
  expect(calls).toEqual(['/v1/batch', '/v1/batch'])
  expect(errors).toEqual([])

  const person = await personOf(core, space.id, 'member_no', id)
  expect(person.events.map(e => e.name).sort()).toEqual(
    [
      'Alias Linked',
      'Group Joined',
      'Identified',
      'Order Completed',
      'Page Viewed',
      'Product Viewed',
      'Retried',
      'Screen Viewed',
    ].sort(),
  )
  expect(person.ids).toEqual([
    `anonymous_id:${visitor}`,
    `email:${id.toLowerCase()}@example.com`,
    `member_no:${id}`,
  ])
  expect(person.profile.orders).toMatchObject({ count: 1, revenue: 1200, currency: 'TWD' })
  const traits = ['name', 'address.city', 'group.id', 'group.name', 'group.plan'].map(person.trait)
  expect(traits).toEqual(['王小明', '台北', 'g-7', '綠茶公司', 'gold'])
  expect(person.events.find(e => e.name === 'Page Viewed')).toMatchObject({
    channel: 'web',
    props: { name: 'Home', campaign: { source: 'line' } },
  })
  // the clients' clocks are ours: none of it may seem to lie in the past
  for (const e of person.events) expect(Date.parse(e.receivedAt) - Date.parse(e.at)).toBeLessThan(20_000)
})

async function post(path: string, body: unknown, key = space.apiKey): Promise<number> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return response.status
}

test('an alias follows the identity policy: a server joins a user id to a member, two member numbers never', async () => {
  await post('/v1/track', { userId: 'old-user', anonymousId: 'b-old', event: 'Before' }, space.writeKey)
  for (const userId of ['NO-1', 'NO-2']) await post('/v1/track', { userId, event: 'Bought' })
  await stage.settle()
  expect(await post('/v1/alias', { userId: 'NO-1', previousId: 'old-user' })).toBe(200)
  expect(await post('/v1/alias', { userId: 'NO-1', previousId: 'NO-2' })).toBe(200)
  await stage.settle()
  const first = await personOf(core, space.id, 'member_no', 'NO-1')
  const second = await personOf(core, space.id, 'member_no', 'NO-2')
  expect(first.ids).toEqual(['anonymous_id:b-old', 'member_no:NO-1', 'user_id:old-user'])
  expect(first.events.map(e => e.name)).toContain('Before')
  expect(second.ids).toEqual(['member_no:NO-2'])
  expect(second.profile.id).not.toBe(first.profile.id)
  expect(first.profile.conflicts.length + second.profile.conflicts.length).toBeGreaterThan(0)
})

test('an alias of a public key links a visitor, and never somebody who is known', async () => {
  const say = (path: string, body: unknown) => post(path, body, space.writeKey)
  await say('/v1/track', { anonymousId: 'pub-visitor', event: 'Looked' })
  await say('/v1/track', { userId: 'pub-other', event: 'Looked' })
  await stage.settle()
  await say('/v1/alias', { userId: 'pub-1', previousId: 'pub-visitor' })
  await say('/v1/alias', { userId: 'pub-1', previousId: 'pub-other' })
  await stage.settle()
  const linked = await personOf(core, space.id, 'user_id', 'pub-1')
  expect(linked.events.map(e => e.name)).toContain('Looked')
  expect(linked.ids).toContain('anonymous_id:pub-visitor')
  const other = await personOf(core, space.id, 'user_id', 'pub-other')
  expect(other.profile.id).not.toBe(linked.profile.id)
  expect(other.ids).toEqual(['user_id:pub-other'])
})

test('an address named while the visitor is still being merged is kept with the member', async () => {
  await post('/v1/track', { anonymousId: 'soon-member', event: 'Looked' }, space.writeKey)
  await stage.settle()
  const who = { userId: 'SOON-1', anonymousId: 'soon-member' }
  const batch = [
    { type: 'track', ...who, event: 'Signed In' },
    { type: 'identify', ...who, traits: { email: 'soon@example.com' } },
  ]
  expect(await post('/v1/batch', { batch })).toBe(200)
  await stage.settle()
  const person = await personOf(core, space.id, 'member_no', 'SOON-1')
  expect(person.ids).toEqual(['anonymous_id:soon-member', 'email:soon@example.com', 'member_no:SOON-1'])
  expect(person.profile.identifiers.find(i => i.kind === 'email')!.verified).toBe(true)
})

test('import takes a history at its own times, behind what happens now, and again adds nothing', async () => {
  const batch = [1, 2, 3].map(i => ({
    type: 'track',
    userId: 'HIST-1',
    messageId: `hist-${i}`,
    event: 'Order Completed',
    timestamp: `2024-0${i}-01T04:00:00Z`,
    sentAt: '2030-01-01T00:00:00Z',
    properties: { order_id: `h-${i}`, total: 100, currency: 'TWD' },
  }))
  expect(await post('/v1/import', { batch })).toBe(200)
  const waiting = await core.pool.query('select 1 from bulk where workspace_id = $1', [space.id])
  expect(waiting.rowCount).toBe(3)
  await stage.settle()
  expect(await post('/v1/import', { batch })).toBe(200)
  await stage.settle()
  const person = await personOf(core, space.id, 'member_no', 'HIST-1')
  expect(person.events.map(e => e.at)).toEqual([
    '2024-01-01T04:00:00.000Z',
    '2024-02-01T04:00:00.000Z',
    '2024-03-01T04:00:00.000Z',
  ])
  expect(person.profile.orders).toMatchObject({ count: 3, revenue: 300 })
})
