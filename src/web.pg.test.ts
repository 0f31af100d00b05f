// Every endpoint as its callers meet it: who may, what is refused and how, and that two workspaces never see each other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, request } from '../test/http-client.ts'
import { BODIES, filledIn, GRAPH, QUERIES } from '../test/endpoint-bodies.ts'
import { type Filled, makeFilled } from '../test/filled-workspace.ts'
import { openTestCore, type TestCore } from '../test/harness.ts'
import { insertKey } from './catalogue/keys.ts'
import { type EndpointName, endpoints, type Scope } from './contract.ts'
import { newId, publicId, type Uuid } from './platform/ids.ts'
import { handlers, startWeb, type Web } from './web.ts'

const NAMES = Object.keys(endpoints) as EndpointName[]
const inWorkspace = NAMES.filter(n => endpoints[n].path.includes('{ws}'))
/** Not those whose path holds a name: each workspace has its own under it. */
const withInnerId = inWorkspace.filter(
  n =>
    /\{(?!ws|name|channel|preset|metric|rule)\w+\}/.test(
      endpoints[n].path.replace('segment-library/{key}', ''),
    ) && n !== 'setImportFeed',
)

/** What takes something away is asked last, so that the others find it. */
const takesAway = (name: EndpointName) => /^(archive|delete|drop|remove|revoke|discard)/.test(name)
const byRemoval = [...withInnerId.filter(n => !takesAway(n)), ...withInnerId.filter(takesAway)]
const idsInPath = (name: EndpointName): string[] =>
  [...endpoints[name].path.matchAll(/\{(\w+)\}/g)].map(m => m[1]!).filter(p => p !== 'ws' && isId(p))
const isId = (param: string) =>
  !['version', 'node', 'channel', 'name', 'preset', 'metric', 'rule'].includes(param)
const withIds = withInnerId
  .filter(n => idsInPath(n).length > 1)
  .flatMap(n => idsInPath(n).map(p => [n, p] as const))
/** Ids that bodies and queries name. */
const inBodies = inWorkspace.flatMap(n =>
  [...new Set(JSON.stringify([BODIES[n], QUERIES[n]]).match(/(?<="\{)\w+(?=\}")/g))].map(
    p => [n, p] as const,
  ),
)
/** What is said of every id that is not among a few, or, of many at once, of those that are unknown. */
const SAID: Partial<Record<EndpointName, number>> = {
  decideConflict: 400,
  unmergePreview: 409,
  unmergeCustomer: 409,
  changeSegmentMembers: 200,
}
const lists = inWorkspace.filter(n => endpoints[n].method === 'get' && !/\{(?!ws)/.test(endpoints[n].path))
/** Lists that hold what stands in a filled workspace, and which. */
const OWN: Partial<Record<EndpointName, string>> = {
  identityConflicts: 'conflict',
  journeys: 'journey',
  messages: 'message',
  keys: 'key',
  team: 'user',
  channels: 'account',
  stores: 'store',
  staff: 'staff',
  products: 'product',
  sources: 'source',
  segments: 'segment',
  imports: 'import',
  coupons: 'coupon',
  campaigns: 'campaign',
  approvals: 'approval',
  erasures: 'erasure',
  modules: 'module',
  broadcasts: 'broadcast',
  conversations: 'customer',
  conversationTeam: 'user',
  quickReplies: 'reply',
  webhooks: 'webhook',
  audiences: 'audience',
  kpis: 'kpi',
  lineAccounts: 'account',
  lineMenus: 'menu',
}

let core: TestCore
let web: Web
let a: Filled
let b: Filled

/** Accounts of other channels than LINE's, for the endpoints that are theirs. */
const forEndpoint = (name: EndpointName, params: Record<string, string>): Record<string, string> => {
  if (name === 'mailDomain') return { ...params, account: params.mailAccount! }
  if (name === 'archiveChannel') return { ...params, channel: 'sms', account: params.smsAccount! }
  return params
}

const call = (
  name: EndpointName,
  caller: { key?: string; cookie?: string },
  given: Record<string, string>,
) => {
  const params = forEndpoint(name, given)
  return callApi(core.baseUrl, name, caller, {
    params,
    body: filledIn(BODIES[name], params),
    query: filledIn(QUERIES[name], params),
  })
}

const keyWith = async (workspace: Uuid, scopes: Scope[]) =>
  (await insertKey(core.pool, workspace, { kind: 'api', name: 'Narrow', scopes })).key

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  a = await makeFilled(core, 'A')
  b = await makeFilled(core, 'B')
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

test('every endpoint of the contract has a handler', () => {
  expect(NAMES.filter(n => !handlers[n])).toEqual([])
})

describe('401, 403, 404 of every endpoint', () => {
  test.each(NAMES.filter(n => endpoints[n].scope !== 'public'))('401: nobody calls %s', async name => {
    const answer = await call(name, {}, { ...a.params, ws: a.ws })
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({
      status: 401,
      code: 'not_signed_in',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })
  test.each(inWorkspace)('403: a key with every scope but its own calls %s', async name => {
    const needed = endpoints[name].scope as Scope
    const other: Scope[] = (['customers:read', 'journeys:read', 'events:write'] as const).filter(
      s => s !== needed,
    )
    const answer = await call(name, { key: await keyWith(a.id, other) }, { ...a.params, ws: a.ws })
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ code: 'scope_missing', title: `This needs the scope ${needed}` })
  })
  test.each(inWorkspace)(
    'two workspaces never see each other: 404 when a key of A calls %s of B',
    async name => {
      const answer = await call(name, { key: a.key }, { ...b.params, ws: b.ws })
      expect(answer.status).toBe(404)
      expect(answer.body.code).toBe('no_workspace')
    },
  )
  test.each(byRemoval)(
    'two workspaces never see each other: 404 when %s of A is given ids of B',
    async name => {
      const answer = await call(name, { key: a.key }, { ...b.params, ws: a.ws })
      expect([name, answer.status]).toEqual([name, 404])
      const own = await call(name, { key: b.key }, { ...b.params, ws: b.ws })
      expect([name, own.status, own.body]).not.toEqual([name, 404, expect.anything()])
    },
  )
  test.each(withIds)(
    'two workspaces never see each other: 404 when %s of A is given the %s of B among ids of its own',
    async (name, param) => {
      const answer = await call(name, { key: a.key }, { ...a.params, [param]: b.params[param]!, ws: a.ws })
      expect([name, answer.status]).toEqual([name, 404])
    },
  )
  test.each(inBodies)(
    'two workspaces never see each other: 404 when %s of A is given the %s of B in its body or query',
    async (name, param) => {
      const foreign = { ...a.params, [param]: b.params[param]! }
      const answer = await callApi(
        core.baseUrl,
        name,
        { key: a.key },
        {
          params: { ...a.params, ws: a.ws },
          body: filledIn(BODIES[name], foreign),
          query: filledIn(QUERIES[name], foreign),
        },
      )
      expect([name, answer.status, answer.body]).toEqual([name, SAID[name] ?? 404, expect.anything()])
      if (answer.status === 200)
        expect(answer.body).toEqual({ added: 0, removed: 0, unknown: [foreign[param]] })
    },
  )
  test.each(lists)('lists of A hold nothing of B: %s', async name => {
    const answer = await call(name, { key: a.key }, { ...a.params, ws: a.ws })
    expect([name, answer.status, answer.body]).toEqual([name, 200, expect.anything()])
    const text = JSON.stringify(answer.body)
    for (const id of [b.ws, ...Object.values(b.params).filter(p => p.includes('_'))])
      expect(text).not.toContain(id)
    if (OWN[name]) expect(text).toContain(a.params[OWN[name]])
  })
})

describe('401, 400, 403, 404, 200 in order', () => {
  const path = () => `/api/w/${a.ws}/keys`
  test('401: an unknown key, a write key, a revoked key', async () => {
    for (const key of ['ik_unknown', a.writeKey])
      expect((await request(core.baseUrl, 'GET', path(), { key })).status).toBe(401)
    const made = await callApi(
      core.baseUrl,
      'createKey',
      { key: a.key },
      { params: { ws: a.ws }, body: { kind: 'api', name: 'Short', scopes: ['sources:read'] } },
    )
    const key = String(made.body.key)
    expect((await request(core.baseUrl, 'GET', path(), { key })).status).toBe(200)
    await callApi(
      core.baseUrl,
      'revokeKey',
      { key: a.key },
      { params: { ws: a.ws, key: String(made.body.id) } },
    )
    expect((await request(core.baseUrl, 'GET', path(), { key })).status).toBe(401)
  })
  test('400: the path of the bad field and what to do', async () => {
    const answer = await callApi(
      core.baseUrl,
      'createKey',
      { key: a.key },
      { params: { ws: a.ws }, body: { kind: 'api', name: 'x', scopes: ['all'] } },
    )
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({
      code: 'invalid',
      path: 'scopes.0',
      action: expect.stringMatching(/./),
    })
    const query = await request(core.baseUrl, 'GET', `/api/w/${a.ws}/customers?limit=9999`, { key: a.key })
    expect([query.status, query.body.path]).toEqual([400, 'limit'])
  })
  test('400: not JSON; 415: another type; 413: too large', async () => {
    const send = (headers: Record<string, string>, body: string) =>
      fetch(core.baseUrl + path(), {
        method: 'POST',
        headers: { authorization: `Bearer ${a.key}`, ...headers },
        body,
      })
    expect((await send({ 'content-type': 'application/json' }, '{"kind":')).status).toBe(400)
    expect((await send({ 'content-type': 'text/plain' }, '{}')).status).toBe(415)
    expect(
      (await send({ 'content-type': 'application/json' }, JSON.stringify({ name: 'x'.repeat(3_000_000) })))
        .status,
    ).toBe(413)
  })
  test('403: nobody gives a key more scopes than they have', async () => {
    const key = await keyWith(a.id, ['sources:write'])
    const answer = await callApi(
      core.baseUrl,
      'createKey',
      { key },
      { params: { ws: a.ws }, body: { kind: 'api', name: 'More', scopes: ['team:write'] } },
    )
    expect([answer.status, answer.body.path]).toEqual([403, 'scopes'])
  })
  test('404: unknown workspace, id of another kind, unknown endpoint', async () => {
    for (const path of [`/api/w/${publicId('wsp', newId())}`, '/api/w/demo', '/api/w/undefined/keys'])
      expect((await request(core.baseUrl, 'GET', path, { key: a.key })).status).toBe(404)
    const none = await request(core.baseUrl, 'GET', '/api/nothing', { key: a.key })
    expect([none.status, none.body.code]).toEqual([404, 'no_endpoint'])
  })
  test('200: an API key is shown once, then only its hint', async () => {
    const made = await callApi(
      core.baseUrl,
      'createKey',
      { key: a.key },
      { params: { ws: a.ws }, body: { kind: 'api', name: 'Once', scopes: ['ops:read'] } },
    )
    expect(made.status).toBe(200)
    const listed = await callApi(core.baseUrl, 'keys', { key: a.key }, { params: { ws: a.ws } })
    expect(JSON.stringify(listed.body)).not.toContain(String(made.body.key))
    expect(JSON.stringify(listed.body)).toContain(String(made.body.key).slice(0, 8))
  })
  test('Idempotency-Key: the same request is done once, another body is 409, a refusal may be corrected', async () => {
    const headers = { 'idempotency-key': 'create-1' }
    const create = (body: unknown, caller = { key: a.key, headers }) =>
      callApi(core.baseUrl, 'createKey', caller, { params: { ws: a.ws }, body })
    const count = async () =>
      (
        await core.pool.query(
          `select count(*) as n from api_key where workspace_id = $1 and name = 'Twice'`,
          [a.id],
        )
      ).rows[0]
    expect((await create({ kind: 'api', name: 'Twice', scopes: [] })).status).toBe(400)
    const body = { kind: 'api', name: 'Twice', scopes: ['ops:read'] }
    const answers = await Promise.all([create(body), create(body), create(body)])
    expect(await count()).toEqual({ n: 1 })
    for (const x of answers) expect([200, 409]).toContain(x.status)
    const again = await create(body)
    expect([again.status, again.body.key]).toEqual([200, answers.find(x => x.status === 200)!.body.key])
    expect(await count()).toEqual({ n: 1 })
    const other = await create({ ...body, name: 'Other' })
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict'])
    const elsewhere = await create(body, { key: await keyWith(a.id, ['sources:write', 'ops:read']), headers })
    expect([elsewhere.status, elsewhere.body.key === again.body.key]).toEqual([200, false])
    const { rows } = await core.pool.query<{ answer: Buffer }>('select answer from http_answer')
    for (const row of rows) expect(row.answer.toString('latin1')).not.toContain(String(again.body.key))
  })
  test('secrets of channels never come back, and stay when not given again', async () => {
    const body = {
      name: 'LINE',
      settings: { baseUrl: 'stand-in' },
      secrets: { accessToken: 'very-secret-1', channelSecret: 'very-secret-2' },
    }
    const params = { ws: a.ws, channel: 'line' }
    expect((await callApi(core.baseUrl, 'saveChannel', { key: a.key }, { params, body })).status).toBe(200)
    const again = await callApi(
      core.baseUrl,
      'saveChannel',
      { key: a.key },
      { params, body: { name: 'LINE 2', settings: body.settings } },
    )
    expect(again.body).toMatchObject({ name: 'LINE 2', hasSecrets: ['accessToken', 'channelSecret'] })
    const listed = await callApi(core.baseUrl, 'channels', { key: a.key }, { params })
    expect(JSON.stringify(listed.body)).not.toContain('very-secret')
    const wrong = await callApi(
      core.baseUrl,
      'saveChannel',
      { key: a.key },
      { params, body: { name: 'LINE', settings: { speed: '9' } } },
    )
    expect([wrong.status, wrong.body.path]).toEqual([400, 'settings.speed'])
  })
  test('409: a change made on an older version', async () => {
    const now = await callApi(core.baseUrl, 'workspace', { key: a.key }, { params: { ws: a.ws } })
    const version = Number(now.body.version)
    const change = (v: number) =>
      callApi(
        core.baseUrl,
        'updateWorkspace',
        { key: a.key },
        { params: { ws: a.ws }, body: { quietHours: { from: '22:00', to: '08:00' }, version: v } },
      )
    const done = await change(version)
    expect(done.body).toMatchObject({ quietHours: { from: '22:00', to: '08:00' }, version: version + 1 })
    expect((await change(version)).status).toBe(409)
    const zone = await callApi(
      core.baseUrl,
      'updateWorkspace',
      { key: a.key },
      { params: { ws: a.ws }, body: { timezone: 'Asia/Nowhere', version: version + 1 } },
    )
    expect([zone.status, zone.body.path]).toEqual([400, 'timezone'])
  })
  test('400: a journey whose template Liquid cannot read is not published; the node is named', async () => {
    const text = '{% if customer.name %}嗨 {{ customer.name }}'
    const graph = {
      ...GRAPH,
      start: 'hello',
      nodes: {
        hello: {
          type: 'send',
          title: 'LINE 問候',
          fields: {
            channel: 'line',
            purpose: 'marketing',
            content: { channel: 'line', messages: [{ type: 'text', text }] },
          },
          next: { accepted: null },
        },
      },
    }
    const as = { key: a.key }
    const made = await callApi(core.baseUrl, 'createJourney', as, { params: { ws: a.ws }, body: { graph } })
    expect(made.body.problems).toMatchObject([{ node: 'hello', code: 'bad_template' }])
    const refused = await callApi(core.baseUrl, 'publishJourney', as, {
      params: { ws: a.ws, journey: String(made.body.id) },
      body: { version: made.body.version },
    })
    expect([refused.status, refused.body.code]).toEqual([400, 'graph_invalid'])
    expect(refused.body.title).toMatch(/LINE 問候.*if/)
    expect(refused.body.path).toBe('/nodes/hello/fields/content/messages/0/text')
  })
  test('what is done is in the audit list, what is refused is not', async () => {
    const before = await callApi(core.baseUrl, 'audit', { key: a.key }, { params: { ws: a.ws } })
    await callApi(
      core.baseUrl,
      'createKey',
      { key: a.key },
      { params: { ws: a.ws }, body: { kind: 'write', name: 'Audited' } },
    )
    await callApi(
      core.baseUrl,
      'createKey',
      { key: a.key },
      { params: { ws: a.ws }, body: { kind: 'other', name: 'Refused' } },
    )
    const after = await callApi(core.baseUrl, 'audit', { key: a.key }, { params: { ws: a.ws } })
    const items = (x: typeof after) => x.body.items as { action: string; actor: string }[]
    expect(items(after)[0]).toMatchObject({ action: 'createKey', actor: 'API' })
    expect(
      items(after).filter(i => i.action === 'createKey').length -
        items(before).filter(i => i.action === 'createKey').length,
    ).toBe(1)
  })
})

describe('the server', () => {
  test('health, readiness, metrics on this machine, OpenAPI and its page', async () => {
    expect((await request(core.baseUrl, 'GET', '/healthz', {})).status).toBe(200)
    expect((await request(core.baseUrl, 'GET', '/readyz', {})).body).toEqual({
      ready: true,
      postgres: 'up',
      clickhouse: 'up',
    })
    const metrics = await request(core.baseUrl, 'GET', '/metrics', {})
    expect(metrics.status).toBe(200)
    expect(metrics.body.text).toContain('itinera_http_request_seconds_count')
    expect(metrics.body.text).not.toContain(a.ws)
    const api = await request(core.baseUrl, 'GET', '/openapi.json', {})
    expect(Object.keys(api.body.paths as object)).toContain('/api/w/{ws}/customers/{customer}')
    const page = await request(core.baseUrl, 'GET', '/api-docs', {})
    expect(page.body.text).toContain('/api/w/{ws}/journeys')
  })
  test('metrics are not for others', async () => {
    const proxied = { 'x-forwarded-for': '203.0.113.9' }
    expect((await request(core.baseUrl, 'GET', '/metrics', { headers: proxied })).status).toBe(401)
    expect((await request(core.baseUrl, 'GET', '/metrics', { key: a.key, headers: proxied })).status).toBe(
      200,
    )
  })
  test('security headers on every answer', async () => {
    for (const path of ['/healthz', '/api/me', '/nothing.txt']) {
      const { headers } = await request(core.baseUrl, 'GET', path, {})
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
  test('open pages are told what changed in their own workspace only', async () => {
    const stop = new AbortController()
    const response = await fetch(`${core.baseUrl}/api/w/${a.ws}/live`, {
      headers: { authorization: `Bearer ${a.key}` },
      signal: stop.signal,
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toContain('event: ready')
    core.signals.emit('live', `${b.id}:customers`)
    for (let i = 0; i < 50; i++) core.signals.emit('live', `${a.id}:messages`)
    let text = ''
    while (!text.includes('event: messages')) text += (await reader.read()).value ?? ''
    core.signals.emit('live', `${a.id}:journeys`)
    while (!text.includes('event: journeys')) text += (await reader.read()).value ?? ''
    expect(text).not.toContain('customers')
    expect(text.match(/event: messages/g)).toHaveLength(1)
    stop.abort()
    expect((await request(core.baseUrl, 'GET', `/api/w/${b.ws}/live`, { key: a.key })).status).toBe(404)
    expect((await request(core.baseUrl, 'GET', `/api/w/${a.ws}/live`, {})).status).toBe(401)
  })
})
