// Every endpoint as its callers meet it: who may, what is refused and how, and that two workspaces never see each other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callApi, request } from '../test/http-client.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../test/harness.ts'
import { insertKey } from './catalogue/keys.ts'
import { insertSource } from './connectors/store.ts'
import { type EndpointName, endpoints, type Scope } from './contract.ts'
import { newId, publicId, type Uuid } from './platform/ids.ts'
import { createSegment } from './segments/store.ts'
import { insertUser, putRole } from './team/store.ts'
import { handlers, startWeb, type Web } from './web.ts'

type Made = { id: Uuid; ws: string; key: string; writeKey: string; params: Record<string, string> }

const NAMES = Object.keys(endpoints) as EndpointName[]
const inWorkspace = NAMES.filter(n => endpoints[n].path.includes('{ws}'))
/** Not those whose path holds a name: each workspace has its own under it. */
const withInnerId = inWorkspace.filter(
  n =>
    /\{(?!ws|name|channel|preset|metric|rule)\w+\}/.test(
      endpoints[n].path.replace('segment-library/{key}', ''),
    ) && n !== 'setImportFeed',
)

const GRAPH = {
  format: 1,
  name: 'Test',
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'never' },
  exits: [],
  start: 'wait',
  nodes: { wait: { type: 'delay', fields: { ms: 60_000 }, next: { next: null } } },
}
const COUPON = {
  name: 'New',
  kind: 'gift',
  value: 0,
  valid: null,
  limit: null,
  perPerson: 1,
  place: null,
  remindDays: [],
}
/** A body (or query) that passes the checks of each endpoint that takes one. */
const BODIES: Partial<Record<EndpointName, unknown>> = {
  updateWorkspace: { name: 'Renamed', version: 1 },
  invite: { email: 'new@example.com', role: 'viewer' },
  setRole: { role: 'viewer' },
  customerCommand: { do: 'add_tag', tag: 'vip' },
  decideConflict: { do: 'move', identifier: { kind: 'no kind', value: '1' }, to: '{customer}' },
  mergeCustomers: { with: '{customer}' },
  unmergeCustomer: { from: '{customer}' },
  createJourney: { graph: GRAPH },
  saveJourney: { graph: GRAPH, version: 1 },
  publishJourney: { version: 1 },
  setJourneyStatus: { status: 'paused', version: 1 },
  restoreJourney: { from: 1, version: 1 },
  askApproval: { version: 1 },
  approvePublication: {},
  rejectPublication: { reason: 'not yet' },
  simulateJourney: { person: { madeUp: {} }, actions: [] },
  startReplay: { days: 7 },
  resolveMessage: { as: 'failed' },
  enrollByApi: { userId: 'M-1' },
  createCampaign: {
    name: 'New',
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2026-02-01T00:00:00Z',
    event: 'Joined',
  },
  saveCampaign: { name: 'Campaign', version: 1 },
  decideExperiment: { variant: null },
  createCoupon: { key: 'NEW', ...COUPON },
  saveCoupon: { ...COUPON, archived: false, version: 1 },
  savePointsSettings: { settings: { validDays: null, remindDays: null }, version: 1 },
  giveCoupon: { coupon: 'ONE' },
  redeemCoupon: { code: 'AAAA-AAAA-AAAA' },
  movePoints: { amount: 1, reason: 'test' },
  createKey: { kind: 'write', name: 'Shop' },
  saveChannel: {
    name: 'LINE',
    settings: { baseUrl: 'stand-in' },
    secrets: { accessToken: 'a', channelSecret: 'b' },
  },
  createStore: { code: 'NEW', name: 'New' },
  saveStore: { name: 'Store', version: 1 },
  createStaff: { code: 'NEW', name: 'New' },
  saveStaff: { name: 'Member', version: 1 },
  checkStaffPin: { code: 'S1', pin: '0000' },
  createProduct: { code: 'NEW', name: 'New' },
  saveProduct: { name: 'Product', version: 1 },
  createSource: { kind: 'webhook', name: 'New' },
  saveSource: {
    name: 'Source',
    active: true,
    signing: { scheme: 'standard' },
    mapping: { rules: [] },
    version: 1,
  },
  previewMapping: { mapping: { rules: [] } },
  replayDeadLetters: {},
  discardDeadLetters: {},
  sandboxAct: { channel: 'line', address: 'U1', act: 'follow', name: 'A' },
  savePrivacy: {
    maskedRoles: ['viewer'],
    mask: { names: true, contacts: true },
    retention: { events: null, messages: null, rejected: 7, audit: null },
    version: 1,
  },
  requestErasure: { confirm: 'not this one', reason: 'asked' },
  saveSegment: { version: 1, name: 'Women' },
  publishSegment: { version: 1 },
  changeSegmentMembers: { add: ['{customer}'] },
  snapshotSegment: { name: 'Now' },
  tagSegment: { tag: 'vip' },
  liftErasureSuppression: { channel: 'email', proof: { text: 'I agree' } },
  updateImport: { source: 'Till' },
  setImportFeed: { everyHours: 24 },
  setClock: { to: new Date(Date.now() + 60_000).toISOString() },
}
const QUERIES: Partial<Record<EndpointName, Record<string, string>>> = {
  mergePreview: { with: '{customer}' },
  unmergePreview: { from: '{customer}' },
  search: { q: 'someone' },
  journeyPeople: { node: 'wait' },
  compareJourney: { from: '1', to: 'draft' },
  replayPeople: { of: 'draft', figure: 'entered' },
  compareSegmentVersions: { a: '1', b: '1' },
  sandboxMessages: { channel: 'line', address: 'U1' },
}

let core: TestCore
let web: Web
let a: Made
let b: Made

const call = (
  name: EndpointName,
  caller: { key?: string; cookie?: string },
  params: Record<string, string>,
) =>
  callApi(core.baseUrl, name, caller, {
    params,
    body: filledIn(BODIES[name], params),
    query: filledIn(QUERIES[name], params),
  })

/** `{customer}` in a body or query is the customer of the path. */
const filledIn = <T>(given: T, params: Record<string, string>): T =>
  given === undefined
    ? given
    : (JSON.parse(JSON.stringify(given).replaceAll('{customer}', params.customer ?? '')) as T)

/** A workspace with one of everything that a path can name. */
async function makeFilled(name: string): Promise<Made> {
  const made = await createTestWorkspace(core, { name, kind: 'sandbox' })
  const customer = newId()
  const message = newId()
  const journey = newId()
  const at = new Date()
  const state = {
    v: 1,
    workspace: made.id,
    id: customer,
    now: at.getTime(),
    first: at.getTime(),
    last: at.getTime(),
    ids: [],
    traits: {},
    tags: {},
    consent: {},
    enr: [],
    past: {},
    dates: {},
    absorbed: [],
  }
  const bucket = (id: Uuid) => Number.parseInt(id.slice(-2), 16)
  await core.pool.query(
    'insert into customer (bucket, id, workspace_id, state, version) values ($1, $2, $3, $4, 1)',
    [bucket(customer), customer, made.id, JSON.stringify(state)],
  )
  const twin = newId()
  await core.pool.query(
    'insert into customer (bucket, id, workspace_id, state, version) values ($1, $2, $3, $4, 1)',
    [bucket(twin), twin, made.id, JSON.stringify({ ...state, id: twin })],
  )
  const conflict = newId()
  await core.pool.query(
    `insert into identity_conflict (bucket, workspace_id, id, one, two, reason, ids, at, status) values ($1, $2, $3, $4, $5, 'shared', '[]', $6, 'open')`,
    [bucket(conflict), made.id, conflict, customer, twin, at],
  )
  await core.pool.query(
    `insert into journey (id, workspace_id, name, status, draft, created_at, updated_at) values ($1, $2, 'Test', 'draft', $3, $4, $4)`,
    [journey, made.id, JSON.stringify(GRAPH), at],
  )
  await core.pool.query(
    `insert into journey_version (workspace_id, journey_id, version, graph, published_at, published_by) values ($1, $2, 1, $3, $4, 'test')`,
    [made.id, journey, JSON.stringify(GRAPH), at],
  )
  const approval = newId()
  await core.pool.query(
    `insert into journey_approval (id, workspace_id, journey_id, graph, moves, note, status, asked_by, asked_by_id, asked_at)
     values ($1, $2, $3, $4, '[]', '', 'open', 'test', $5, $6)`,
    [approval, made.id, journey, JSON.stringify(GRAPH), newId(), at],
  )
  const replay = newId()
  await core.pool.query(
    `insert into journey_replay (id, workspace_id, journey_id, days, graph, status, created_by, created_at) values ($1, $2, $3, 7, $4, 'queued', 'test', $5)`,
    [replay, made.id, journey, JSON.stringify(GRAPH), at],
  )
  await core.pool.query(
    `insert into message (bucket, id, workspace_id, customer_id, channel, state, send_after, body, created, changed)
     values ($1, $2, $3, $4, 'email', 'unknown', $5, $6, $5, $5)`,
    [
      bucket(message),
      message,
      made.id,
      customer,
      at,
      JSON.stringify({
        id: message,
        customer,
        channel: 'email',
        purpose: 'marketing',
        content: { channel: 'email', subject: 's', html: 'h' },
        journey,
        journeyVersion: 1,
        enrollment: newId(),
        node: 'n',
        occurrence: 1,
        notBefore: at.getTime(),
        notAfter: null,
        at: at.getTime(),
        event: null,
      }),
    ],
  )
  const erasure = newId()
  await core.pool.query(
    `insert into erasure (id, workspace_id, status, reason, requested_by, requested_at) values ($1, $2, 'failed', 'asked', 'usr_1', $3)`,
    [erasure, made.id, at],
  )
  const file = newId()
  await core.pool.query(
    `insert into import (id, workspace_id, source, target, file_name, bytes, shape, mapping, status, created_by, created_at)
     values ($1, $2, 'POS', 'customers', 'a.csv', 1, '{}', '{"A":"member_no"}', 'draft', 'test', $3)`,
    [file, made.id, at],
  )
  const segment = await createSegment(core, made.id, { name: 'List', kind: 'static' }, 'test')
  const job = newId()
  await core.pool.query(
    `insert into segment_job (id, workspace_id, segment_id, kind, status, stage, created_by, created_at)
     values ($1, $2, $3, 'tag', 'done', 'people', 'test', $4)`,
    [job, made.id, segment, at],
  )
  const user = await insertUser(core.pool, {
    email: `${name}@example.com`.toLowerCase(),
    name,
    passwordHash: null,
  })
  await putRole(core.pool, made.id, user.id, 'viewer')
  const { row } = await insertKey(core.pool, made.id, { kind: 'write', name: 'Second' })
  const shelved = async (table: 'store' | 'staff' | 'product') => {
    const id = newId()
    await core.pool.query(
      `insert into ${table} (workspace_id, id, code, name, created_at, updated_at) values ($1, $2, 'S1', 'One', $3, $3)`,
      [made.id, id, at],
    )
    return id
  }
  const campaign = newId()
  await core.pool.query(
    `insert into campaign (workspace_id, id, name, starts_at, ends_at, event, created_at, updated_at) values ($1, $2, 'One', $3, $4, 'Joined', $3, $3)`,
    [made.id, campaign, at, new Date(at.getTime() + 86_400_000)],
  )
  const coupon = newId()
  await core.pool.query(
    `insert into coupon (id, workspace_id, n, key, terms, created_at, updated_at) values ($1, $2, 1, 'ONE', $3, $4, $4)`,
    [coupon, made.id, JSON.stringify(COUPON), at],
  )
  const source = await insertSource(core.pool, {
    workspace_id: made.id,
    kind: 'webhook',
    name: 'Hook',
    settings: { signing: { scheme: 'standard' }, mapping: { rules: [] } },
    secret: null,
  })
  return {
    id: made.id,
    ws: publicId('wsp', made.id),
    key: made.apiKey,
    writeKey: made.writeKey,
    params: {
      customer: publicId('cus', customer),
      conflict: publicId('cfl', conflict),
      journey: publicId('jrn', journey),
      message: publicId('msg', message),
      erasure: publicId('era', erasure),
      user: publicId('usr', user.id),
      key: publicId('key', row.id),
      channel: 'line',
      preset: 'retail',
      store: publicId('sto', await shelved('store')),
      staff: publicId('stf', await shelved('staff')),
      product: publicId('prd', await shelved('product')),
      source: publicId('src', source),
      import: publicId('imp', file),
      segment: publicId('seg', segment),
      job: publicId('job', job),
      campaign: publicId('cmp', campaign),
      coupon: publicId('cpn', coupon),
      replay: publicId('rpl', replay),
      approval: publicId('apr', approval),
      version: '1',
      node: 'wait',
    },
  }
}

const keyWith = async (workspace: Uuid, scopes: Scope[]) =>
  (await insertKey(core.pool, workspace, { kind: 'api', name: 'Narrow', scopes })).key

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  a = await makeFilled('A')
  b = await makeFilled('B')
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
  test.each(withInnerId)(
    'two workspaces never see each other: 404 when %s of A is given ids of B',
    async name => {
      const answer = await call(name, { key: a.key }, { ...b.params, ws: a.ws })
      expect([name, answer.status]).toEqual([name, 404])
      const own = await call(name, { key: b.key }, { ...b.params, ws: b.ws })
      expect([name, own.status, own.body]).not.toEqual([name, 404, expect.anything()])
    },
  )
  test('lists of A hold nothing of B', async () => {
    for (const name of [
      'customers',
      'identityConflicts',
      'journeys',
      'messages',
      'keys',
      'team',
      'channels',
      'parked',
      'stores',
      'staff',
      'products',
      'sources',
      'connectors',
    ] as const) {
      const answer = await call(name, { key: a.key }, { ws: a.ws })
      expect([name, answer.status]).toEqual([name, 200])
      const text = JSON.stringify(answer.body)
      for (const id of [b.ws, ...Object.values(b.params).filter(p => p.includes('_'))])
        expect(text).not.toContain(id)
    }
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
