// The intake over real HTTP, with the real Segment library, on a real database.
import { Analytics } from '@segment/analytics-node'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { createWorkspace } from '../catalogue/workspace.ts'
import type { EventBody } from '../inbox/model.ts'
import { openCore } from '../compose.ts'
import { openLog } from '../platform/log.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { openAppendGroup } from './append-group.ts'
import { BULK_PRESSURE, openGauge, PRESSURE } from './pressure.ts'
import { KEPT_ROWS, recordRejected, trimRejected } from './rejected.ts'
import { collectApp } from './routes.ts'
import { signUserToken } from './token.ts'

type Space = Awaited<ReturnType<typeof createTestWorkspace>>
type Answer = { status: number; body: Record<string, unknown>; headers: Headers }

let core: TestCore
let server: Awaited<ReturnType<typeof serveApp>>
let space: Space
beforeAll(async () => {
  core = await openTestCore()
  server = await serveApp(collectApp(core))
  space = await createTestWorkspace(core)
})
afterAll(async () => {
  await server.close()
  await core.close()
})
afterEach(() => core.pool.query('delete from inbox'))

async function post(
  path: string,
  body: unknown,
  options: { key?: string | null; headers?: Record<string, string>; url?: string } = {},
): Promise<Answer> {
  const { key = space.writeKey } = options
  const response = await fetch((options.url ?? server.url) + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: 'Basic ' + Buffer.from(key + ':').toString('base64') }),
      ...options.headers,
    },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  }
}

async function inbox(workspace = space.id): Promise<(EventBody & { customer: string })[]> {
  const { rows } = await core.pool.query<{ body: string; customer_id: string }>(
    "select body, customer_id from inbox where workspace_id = $1 and kind = 'event' order by received, ordinal",
    [workspace],
  )
  return rows.map(r => ({ ...(JSON.parse(r.body) as EventBody), customer: r.customer_id }))
}
const rejected = async () =>
  (
    await core.pool.query<{ code: string; path: string | null; body: string; detail: string }>(
      'select code, path, body, detail from rejected_event where workspace_id = $1 order by id desc',
      [space.id],
    )
  ).rows

const track = (more: Record<string, unknown> = {}) => ({
  type: 'track',
  event: 'Product Viewed',
  anonymousId: 'anon-1',
  messageId: newId(),
  ...more,
})

describe('who may send', () => {
  test('401 without a key, and with one that is not known or revoked', async () => {
    expect(await post('/v1/track', track(), { key: null })).toMatchObject({
      status: 401,
      body: { code: 'no_key' },
    })
    expect(await post('/v1/track', track(), { key: 'wk_nobody' })).toMatchObject({
      status: 401,
      body: { code: 'bad_key' },
    })
    const gone = await createTestWorkspace(core)
    await core.pool.query('update api_key set revoked_at = $2 where workspace_id = $1', [gone.id, new Date()])
    expect((await post('/v1/track', track(), { key: gone.writeKey })).status).toBe(401)
    expect(await inbox()).toEqual([])
  })

  test('403 for an API key without the scope events:write', async () => {
    const other = await createTestWorkspace(core)
    await core.pool.query(
      "update api_key set scopes = '{customers:read}' where workspace_id = $1 and kind = 'api'",
      [other.id],
    )
    expect(await post('/v1/track', track(), { key: other.apiKey })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    })
  })

  test('200 with the key as Basic user, as Bearer, and in the body of a text/plain beacon', async () => {
    const bearer = { authorization: 'Bearer ' + space.apiKey }
    const plain = { 'content-type': 'text/plain' }
    expect((await post('/v1/track', track())).body).toEqual({ success: true })
    expect((await post('/v1/track', track(), { key: null, headers: bearer })).status).toBe(200)
    expect(
      (await post('/v1/track', { ...track(), writeKey: space.writeKey }, { key: null, headers: plain }))
        .status,
    ).toBe(200)
    expect((await inbox()).map(e => e.proof)).toEqual(['public', 'server', 'public'])
  })

  test('any site may send: preflight and answers carry CORS headers, also refusals', async () => {
    const preflight = await fetch(server.url + '/v1/batch', {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    expect((await post('/v1/track', track())).headers.get('access-control-allow-origin')).toBe('*')
    expect((await post('/v1/track', track(), { key: 'x' })).headers.get('access-control-allow-origin')).toBe(
      '*',
    )
  })
})

describe('what is taken', () => {
  test('the real @segment/analytics-node: track, identify, page, screen', async () => {
    const analytics = new Analytics({ writeKey: space.apiKey, host: server.url, flushInterval: 10 })
    const errors: unknown[] = []
    analytics.on('error', e => errors.push(e))
    analytics.identify({
      userId: 'SDK-1',
      traits: { name: '王小明', email: ' Ming@Example.com ', phone: '0912-345-678' },
    })
    analytics.track({
      userId: 'SDK-1',
      event: 'Order Completed',
      properties: { order_id: 'o1', total: 1200 },
    })
    analytics.page({
      userId: 'SDK-1',
      name: 'Home',
      category: 'Shop',
      properties: { url: 'https://shop.example/' },
    })
    analytics.screen({ anonymousId: 'phone-1', name: 'Card' })
    await analytics.closeAndFlush()
    expect(errors).toEqual([])
    const events = await inbox()
    expect(events.map(e => [e.type, e.name])).toEqual([
      ['identify', 'Identified'],
      ['track', 'Order Completed'],
      ['page', 'Page Viewed'],
      ['screen', 'Screen Viewed'],
    ])
    expect(events[0]!.ids).toEqual([
      { kind: 'member_no', value: 'SDK-1' },
      { kind: 'email', value: 'ming@example.com' },
      { kind: 'phone', value: '+886912345678' },
    ])
    expect(events[1]!.props).toEqual({ order_id: 'o1', total: 1200 })
    expect(events[2]!.props).toEqual({ url: 'https://shop.example/', name: 'Home', category: 'Shop' })
    expect(new Set(events.slice(0, 3).map(e => e.customer)).size).toBe(1)
  })

  test('gzip bodies, up to the limit when unpacked', async () => {
    const gzip = { 'content-encoding': 'gzip' }
    expect(
      (await post('/v1/batch', gzipSync(JSON.stringify({ batch: [track(), track()] })), { headers: gzip }))
        .status,
    ).toBe(200)
    expect(await inbox()).toHaveLength(2)
    const bomb = gzipSync(JSON.stringify({ batch: ['x'.repeat(50_000_000)] }))
    expect(await post('/v1/batch', bomb, { headers: gzip })).toMatchObject({
      status: 413,
      body: { code: 'batch_too_large' },
    })
    expect(await post('/v1/batch', 'not gzip', { headers: gzip })).toMatchObject({
      status: 400,
      body: { code: 'bad_gzip' },
    })
  })

  test('what a public key says of e-mail and phone stays a trait; a server key makes them identifiers', async () => {
    const traits = { email: 'hint@example.com', phone: '0987654321' }
    await post('/v1/identify', { userId: 'u9', traits })
    await post('/v1/identify', { userId: 'u9', traits }, { key: space.apiKey })
    const [hinted, proven] = await inbox()
    expect(hinted!.ids).toEqual([{ kind: 'user_id', value: 'u9' }])
    expect(hinted!.traits).toEqual(traits)
    expect(proven!.ids.map(i => i.kind)).toEqual(['member_no', 'email', 'phone'])
    expect(proven!.customer).toBe(hinted!.customer)
  })

  test('R1-14 a number without a country is of where the brand is: Hong Kong’s of a brand there', async () => {
    const there = await createWorkspace(core, { name: '港島茶', kind: 'live', country: 'HK' })
    const traits = { phone: '6123 4567' }
    const idsOf = async (workspace: Uuid) =>
      (
        await core.pool.query<{ value: string }>(
          `select value from identifier where workspace_id = $1 and kind = 'phone'`,
          [workspace],
        )
      ).rows.map(r => r.value)
    await post('/v1/identify', { userId: 'hk-1', traits }, { key: there.apiKey })
    await post('/v1/identify', { userId: 'hk-2', traits: { phone: '+85261234567' } }, { key: there.apiKey })
    expect(await idsOf(there.id)).toEqual(['+85261234567'])
    await post('/v1/identify', { userId: 'tw-1', traits: { phone: '0912-345-678' } }, { key: space.apiKey })
    expect(await idsOf(space.id)).toContain('+886912345678')
  })

  test('Segment externalIds and context.traits of a server key identify too', async () => {
    const context = {
      externalIds: [
        { type: 'line_uid', id: 'Uabc', collection: 'users', encoding: 'none' },
        { type: 'braze', id: '1' },
      ],
      traits: { email: 'c@example.com' },
    }
    await post('/v1/track', { event: 'Visited', context }, { key: space.apiKey })
    expect((await inbox())[0]!.ids).toEqual([
      { kind: 'email', value: 'c@example.com' },
      { kind: 'line_uid', value: 'Uabc' },
    ])
  })

  test('hard problem 9: a client clock that is wrong by a day does not move the event; without sentAt the time is kept as said', async () => {
    const day = 86_400_000
    const skewed = { timestamp: new Date(Date.now() - day - 5_000), sentAt: new Date(Date.now() - day) }
    await post('/v1/track', track(skewed))
    await post('/v1/batch', {
      batch: [track({ timestamp: '2026-01-01T00:00:00Z' })],
      sentAt: '2026-01-01T00:01:00Z',
    })
    await post('/v1/track', track({ timestamp: '2026-01-01T00:00:00Z' }))
    await post('/v1/track', track({ timestamp: '2026-01-02T00:00:00Z', sentAt: '2026-01-01T00:00:00Z' }))
    await post('/v1/track', track())
    const times = (await inbox()).map(e => [e.agoMs, e.at])
    expect(times).toEqual([
      [5_000, undefined],
      [60_000, undefined],
      [undefined, Date.parse('2026-01-01T00:00:00Z')],
      [0, undefined],
      [0, undefined],
    ])
  })

  test('hard problem 9: a retried request keeps its messageIds, so that the fold sees each once', async () => {
    const again = track({ userId: 'retry' })
    await post('/v1/track', again)
    await post('/v1/track', again)
    const { rows } = await core.pool.query(
      'select message_hash, customer_id from inbox where workspace_id = $1 and customer_id is not null',
      [space.id],
    )
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual(rows[1])
  })
})

describe('user tokens', () => {
  const claims = { sub: 'T-1', email: 'T1@example.com', name: 'Tina' }

  test('a valid token verifies its claims', async () => {
    const token = await signUserToken(core, space.id, claims)
    const body = {
      anonymousId: 'anon-t',
      userId: 'T-1',
      traits: { city: 'Taipei' },
      context: { userToken: token },
    }
    expect((await post('/v1/identify', body)).status).toBe(200)
    const [event] = await inbox()
    expect(event).toMatchObject({ proof: 'token', traits: { city: 'Taipei', name: 'Tina' } })
    expect(event!.ids).toEqual([
      { kind: 'member_no', value: 'T-1' },
      { kind: 'email', value: 't1@example.com' },
      { kind: 'anonymous_id', value: 'anon-t' },
    ])
  })

  test('expired, foreign, forged and mismatching tokens are refused, and never recorded', async () => {
    const stranger = await createTestWorkspace(core)
    const good = await signUserToken(core, space.id, claims)
    const cases: [string, Record<string, unknown>][] = [
      ['token_expired', { userToken: await signUserToken(core, space.id, claims, -60) }],
      ['bad_token', { userToken: await signUserToken(core, stranger.id, claims) }],
      ['bad_token', { userToken: good.slice(0, -2) + 'xx' }],
      ['bad_token', { userToken: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJULTEifQ.' }],
      ['bad_token', { userToken: 7 }],
      ['token_mismatch', { userToken: good, userId: 'T-2' }],
    ]
    for (const [code, more] of cases)
      expect((await post('/v1/track', track(more))).body).toMatchObject({ code })
    expect(await inbox()).toEqual([])
    for (const row of (await rejected()).slice(0, cases.length))
      expect(row.body).toContain('"userToken":"[hidden]"')
  })

  test('a source that demands a token takes no bare userId, and still takes visitors', async () => {
    const strict = await createTestWorkspace(core)
    await core.pool.query('update api_key set demand_token = true where workspace_id = $1', [strict.id])
    const send = (more: Record<string, unknown>) => post('/v1/track', track(more), { key: strict.writeKey })
    expect((await send({ userId: 'x' })).body).toMatchObject({ code: 'token_required', path: 'userId' })
    expect((await send({})).status).toBe(200)
    expect(
      (await send({ userToken: await signUserToken(core, strict.id, claims), userId: 'T-1' })).status,
    ).toBe(200)
  })
})

describe('bad input', () => {
  const deep = (n: number): unknown => (n === 0 ? 1 : { d: deep(n - 1) })
  const cases: [string, unknown, string | null][] = [
    ['not_an_object', 'text', null],
    ['not_an_object', null, null],
    ['unsupported_type', { type: 'delete', userId: 'x' }, 'type'],
    ['previous_missing', { type: 'alias', userId: 'x' }, 'previousId'],
    ['group_missing', { type: 'group', userId: 'x' }, 'groupId'],
    ['unsupported_type', { userId: 'x' }, 'type'],
    ['name_missing', track({ event: ' ' }), 'event'],
    ['name_missing', track({ event: 5 }), 'event'],
    ['name_too_long', track({ event: 'x'.repeat(201) }), 'event'],
    ['reserved_name', track({ event: 'message.intended' }), 'event'],
    ['reserved_name', track({ event: 'consent.granted' }), 'event'],
    ['no_identifier', track({ anonymousId: '' }), 'userId'],
    ['no_identifier', track({ anonymousId: {} }), 'userId'],
    ['id_too_long', track({ anonymousId: 'x'.repeat(513) }), 'anonymousId'],
    ['id_too_long', track({ userId: '蛋'.repeat(171) }), 'userId'],
    ['id_too_long', track({ messageId: 'x'.repeat(513) }), 'messageId'],
    ['not_an_object', track({ properties: [1] }), 'properties'],
    ['not_an_object', { type: 'identify', userId: 'x', traits: 'y' }, 'traits'],
    ['too_deep', track({ properties: deep(12) }), null],
    [
      'too_wide',
      track({ properties: Object.fromEntries(Array.from({ length: 301 }, (_, i) => ['k' + i, 1])) }),
      'properties',
    ],
    ['too_wide', track({ properties: { list: Array.from({ length: 1001 }, () => 1) } }), 'properties.list'],
    ['key_too_long', track({ properties: { ['k'.repeat(201)]: 1 } }), 'properties'],
    ['event_too_large', track({ properties: { text: 'x'.repeat(33_000) } }), null],
  ]

  test('each bad item of a batch is refused by itself; the good ones are stored; the answer and the record tell', async () => {
    const batch = cases.flatMap(([, bad]) => [bad, track({ messageId: newId() })])
    const answer = await post('/v1/batch', { batch })
    expect(answer).toMatchObject({ status: 200, body: { success: true, accepted: cases.length } })
    const told = answer.body.rejected as {
      index: number
      code: string
      path: string | null
      title: string
      action: string
    }[]
    expect(told.map(t => [t.index, t.code])).toEqual(cases.map(([code], i) => [i * 2, code]))
    for (const [i, [, , path]] of cases.entries()) if (path) expect(told[i]!.path).toBe(path)
    for (const t of told) expect(t.title.length * t.action.length).toBeGreaterThan(0)
    expect(await inbox()).toHaveLength(cases.length)
    const recorded = (await rejected()).slice(0, cases.length)
    expect(recorded.map(r => r.code).sort()).toEqual(cases.map(([code]) => code).sort())
    for (const r of recorded) expect(r.body.length).toBeLessThanOrEqual(4_000)
  })

  test('a single bad event, or a batch of none but bad ones, is a 400 that names the field', async () => {
    expect(await post('/v1/track', track({ event: '' }))).toMatchObject({
      status: 400,
      body: { code: 'name_missing', path: 'event' },
    })
    const answer = await post('/v1/batch', { batch: [track({ event: '' })] })
    expect(answer).toMatchObject({ status: 400, body: { code: 'name_missing', path: 'batch.0.event' } })
  })

  test('requests that are not ours to read', async () => {
    expect((await post('/v1/track', '{"broken')).body).toMatchObject({ status: 400, code: 'bad_json' })
    expect((await post('/v1/track', '[]')).body).toMatchObject({ status: 400, code: 'not_an_object' })
    expect((await post('/v1/batch', {})).body).toMatchObject({ status: 400, code: 'batch_missing' })
    expect((await post('/v1/nothing', {})).body).toMatchObject({ status: 404, code: 'unknown_endpoint' })
    expect((await post('/v1/batch', { batch: ['x'.repeat(512_001)] })).status).toBe(413)
    expect((await post('/v1/track', '{}', { headers: { 'content-encoding': 'br' } })).status).toBe(415)
  })

  test('NUL, half surrogate pairs and __proto__ are removed and recorded; the event is stored', async () => {
    const raw = `{"event":"Odd\\u0000 name","anonymousId":"a\\ud800b","messageId":"m\\u0000-${newId()}","properties":{"a\\udfff":"x\\ud83dy","ok":"\\ud83d\\ude00","__proto__":{"x":1}}}`
    expect((await post('/v1/track', raw)).status).toBe(200)
    const [event] = await inbox()
    expect(event).toMatchObject({ name: 'Odd name', ids: [{ kind: 'anonymous_id', value: 'ab' }] })
    expect(event!.props).toEqual({ a: 'xy', ok: '😀' })
    expect((await rejected())[0]).toMatchObject({ code: 'text_cleaned', path: 'event' })
  })

  test('a bad address or time is recorded; the event is stored without it', async () => {
    const body = { userId: 'x1', timestamp: 'yesterday', traits: { email: 'no at sign', phone: '12' } }
    expect((await post('/v1/identify', body, { key: space.apiKey })).status).toBe(200)
    expect((await inbox())[0]).toMatchObject({ agoMs: 0, ids: [{ kind: 'member_no', value: 'x1' }] })
    expect(
      (await rejected())
        .slice(0, 3)
        .map(r => r.code)
        .sort(),
    ).toEqual(['bad_email', 'bad_phone', 'bad_time'])
  })

  test('one odd byte in a group never fails the others: the group is halved until that item is alone', async () => {
    const group = openAppendGroup(core)
    const event = (value: string): EventBody => ({
      type: 'track',
      name: 'x',
      messageId: newId(),
      ids: [{ kind: 'anonymous_id', value }],
      proof: 'public',
      src: 't',
    })
    const intakes = ['g1', 'g2', 'bad\u0000', 'g3', 'g4'].map(v => ({ workspace: space.id, event: event(v) }))
    const [first, second] = await Promise.all([
      group.submit(intakes.slice(0, 2)),
      group.submit(intakes.slice(2)),
    ])
    expect(first).toEqual([null, null])
    expect(second.map(f => f?.code)).toEqual(['not_storable', undefined, undefined])
    expect((await inbox()).map(e => e.ids[0]!.value)).toEqual(['g1', 'g2', 'g3', 'g4'])
  })

  test('the record is bounded in rows and days', async () => {
    const bounded = await createTestWorkspace(core)
    const count = async () =>
      (
        await core.pool.query<{ n: number }>(
          'select count(*)::int n from rejected_event where workspace_id = $1',
          [bounded.id],
        )
      ).rows[0]!.n
    await core.pool.query(
      `insert into rejected_event select $1, gen_random_uuid(), $2::timestamptz - (i || ' minutes')::interval, 's', 'c', null, 'd', 'b'
         from generate_series(1, $3) i`,
      [bounded.id, new Date(), KEPT_ROWS + 3_000],
    )
    await trimRejected(core.pool, bounded.id, Date.now())
    expect(await count()).toBeLessThanOrEqual(KEPT_ROWS)
    await trimRejected(core.pool, bounded.id, Date.now() + 8 * 86_400_000)
    expect(await count()).toBe(0)
    await recordRejected(
      core.pool,
      bounded.id,
      's',
      Array.from({ length: 500 }, () => ({
        fault: { code: 'c', path: null, detail: 'd', action: 'a' },
        item: 1,
      })),
    )
    expect(await count()).toBe(100)
  })
})

describe('back-pressure and outages', () => {
  test('429 with Retry-After while the inbox is too far behind; nothing is taken', async () => {
    const few = { rows: 3, lagMs: 1e9, lagRows: 1e9, everyMs: 0 }
    const tight = await serveApp(collectApp(core, { inbox: few, bulk: BULK_PRESSURE }))
    try {
      await post(
        '/v1/batch',
        { batch: [1, 2, 3, 4, 5].map(i => track({ anonymousId: 'p' + i })) },
        { url: tight.url },
      )
      let answer = await post('/v1/track', track(), { url: tight.url })
      for (const until = Date.now() + 5_000; answer.status !== 429 && Date.now() < until; )
        answer = await post('/v1/track', track(), { url: tight.url })
      expect(answer).toMatchObject({ status: 429, body: { code: 'behind' } })
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      // every sixteenth has been looked at by then: the estimate is exact, and stays above three rows
      for (let i = 0; i < 48; i++) await post('/v1/track', track(), { url: tight.url })
      const before = await inbox()
      expect((await post('/v1/track', track(), { url: tight.url })).status).toBe(429)
      expect(await inbox()).toHaveLength(before.length)
    } finally {
      await tight.close()
    }
  })

  test('429 with Retry-After for a history while the waiting table is full, and what happens now is still taken', async () => {
    const few = { rows: 3, lagMs: 1e9, lagRows: 1e9, everyMs: 0 }
    const tight = await serveApp(collectApp(core, { inbox: PRESSURE, bulk: few }))
    const history = (n: number) => ({
      batch: Array.from({ length: n }, (_, i) => ({ ...track({ anonymousId: 'h' + i }), type: 'track' })),
    })
    const waiting = async () =>
      (await core.pool.query<{ n: number }>('select count(*)::int as n from bulk')).rows[0]!.n
    try {
      // in every bucket: of a few rows the first samples may guess too many, and the next too few
      expect((await post('/v1/import', history(1_000), { url: tight.url })).status).toBe(200)
      let answer = await post('/v1/import', history(0), { url: tight.url })
      for (const until = Date.now() + 5_000; answer.status !== 429 && Date.now() < until; )
        answer = await post('/v1/import', history(0), { url: tight.url })
      expect(answer).toMatchObject({ status: 429, body: { code: 'behind' } })
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await post('/v1/import', history(1), { url: tight.url })).status).toBe(429)
      expect(await waiting()).toBe(1_000)
      expect((await post('/v1/track', track(), { url: tight.url })).status).toBe(200)
      // when it is folded, the next tries are taken by themselves
      await core.pool.query('delete from bulk')
      for (const until = Date.now() + 5_000; answer.status !== 200 && Date.now() < until; )
        answer = await post('/v1/import', history(1), { url: tight.url })
      expect(answer.status).toBe(200)
      expect(await waiting()).toBe(1)
    } finally {
      await core.pool.query('delete from bulk')
      await tight.close()
    }
  })

  test('the estimate sees a flood on one bucket and one on all, and forgets them when they are folded', async () => {
    const limits = { rows: 2_000, lagMs: 1e9, lagRows: 1e9, everyMs: 1e9 }
    const row = `insert into inbox (bucket, request_id, ordinal, workspace_id, kind, body) select `
    const fill = (bucket: string, n: number) =>
      core.pool.query(
        row + `${bucket}, gen_random_uuid(), i, $1, 'clock', '{}' from generate_series(1, $2) i`,
        [space.id, n],
      )
    const pressure = openGauge(core.pool, limits)
    const everySample = async () => {
      for (let i = 0; i < 16; i++) await pressure.refresh()
    }
    await fill('7', 2_500)
    await everySample()
    expect(pressure.behind()).toBe(true)
    await core.pool.query('delete from inbox')
    await everySample()
    expect(pressure.behind()).toBe(false)
    await fill('i % 256', 5_000)
    await pressure.refresh() // one sample is enough
    expect(pressure.behind()).toBe(true)
    await core.pool.query('delete from inbox')
    await everySample()
    await fill('i % 256', 1_500)
    await everySample()
    expect(pressure.behind()).toBe(false)
    // few rows are taken however old they are; many old ones are not
    const old = openGauge(core.pool, { rows: 1e9, lagMs: 1_000, lagRows: 1_000, everyMs: 1e9 })
    await core.pool.query("update inbox set received = received - interval '1 minute' where bucket = 3")
    for (let i = 0; i < 16; i++) await old.refresh()
    expect([old.behind(), Math.ceil(old.lagMs() / 5_000)]).toEqual([true, 13])
    await core.pool.query('delete from inbox where bucket <> 3')
    for (let i = 0; i < 16; i++) await old.refresh()
    expect(old.behind()).toBe(false)
  })

  test('503 with Retry-After when PostgreSQL cannot be reached; what was answered with 200 is there', async () => {
    const lost = await openCore(
      core.config,
      {
        databaseUrl: core.databaseUrl,
        clickhouseUrl: core.clickhouseUrl,
        secretKey: core.secretKey,
        baseUrl: core.baseUrl,
      },
      { name: 'lost', log: openLog('silent', 'lost'), poolMax: 4 },
    )
    const app = await serveApp(collectApp(lost))
    expect((await post('/v1/track', track(), { url: app.url })).status).toBe(200)
    // its connections die and new ones are refused, as when the server is gone
    await core.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      ['itinera lost'],
    )
    lost.pool.options.port = 1
    lost.pool.options.connectionString = undefined
    const answer = await post('/v1/track', track(), { url: app.url })
    expect(answer).toMatchObject({ status: 503, body: { code: 'database_unavailable' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await inbox()).toHaveLength(1)
    await app.close()
    await lost.close()
  })
})
