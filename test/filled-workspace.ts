// A workspace with one of everything that a path of the contract can name.
import { insertKey } from '../src/catalogue/keys.ts'
import { insertSource } from '../src/connectors/store.ts'
import type { EndpointName } from '../src/contract.ts'
import { newId, publicId, type Uuid } from '../src/platform/ids.ts'
import { createSegment } from '../src/segments/store.ts'
import { insertUser, putRole } from '../src/team/store.ts'
import { AUDIENCE, BODIES, BROADCAST, CONTENT, COUPON, filledIn, GRAPH, MENU } from './endpoint-bodies.ts'
import { createTestWorkspace, type TestCore } from './harness.ts'
import { callApi } from './http-client.ts'

export type Filled = {
  id: Uuid
  ws: string
  key: string
  writeKey: string
  params: Record<string, string>
}

/** The server must be there: what has no row of its own is made by its endpoint. */
export async function makeFilled(core: TestCore, name: string): Promise<Filled> {
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
  const conversation = [bucket(customer), made.id, customer, at]
  await core.pool.query(
    `insert into conversation (bucket, workspace_id, customer_id, channel, status, opened_at, last_at, last_side, last_kind)
     values ($1, $2, $3, 'line', 'open', $4, $4, 'customer', 'text')`,
    conversation,
  )
  const request = newId()
  await core.pool.query(
    `insert into consent_request (bucket, workspace_id, customer_id, id, channel, purpose, text_version, code_hash, asked_by, created, expires)
     values ($1, $2, $3, $4, 'sms', 'marketing', 1, 'none', 'test', $5, $6)`,
    [bucket(request), made.id, customer, request, at, new Date(at.getTime() + 86_400_000)],
  )
  const accounts = await core.pool.query<{ id: Uuid; channel: string }>(
    `select id, channel from channel_account where workspace_id = $1 order by created_at, id`,
    [made.id],
  )
  const accountOf = (channel: string) => publicId('chn', accounts.rows.find(r => r.channel === channel)!.id)
  const ids = {
    customer: publicId('cus', customer),
    segment: publicId('seg', segment),
    campaign: publicId('cmp', campaign),
    account: accountOf('line'),
  }
  /** Made as anybody makes it; the id of the answer. */
  const one = async (endpoint: EndpointName, body: unknown, params: Record<string, string> = {}) => {
    const answer = await callApi(
      core.baseUrl,
      endpoint,
      { key: made.apiKey },
      { params: { ws: publicId('wsp', made.id), ...params }, body: filledIn(body, ids) },
    )
    if (answer.status !== 200) throw new Error(`${endpoint}: ${JSON.stringify(answer.body)}`)
    return String(answer.body.id)
  }
  const module = await one('createModule', {
    name: 'One',
    channel: 'sms',
    purpose: 'marketing',
    content: CONTENT,
  })
  await one('publishModule', { version: 1 }, { module })
  await one('addTestRecipient', BODIES.addTestRecipient)
  return {
    id: made.id,
    ws: publicId('wsp', made.id),
    key: made.apiKey,
    writeKey: made.writeKey,
    params: {
      ...ids,
      module,
      kpi: await one('addKpi', { metric: 'revenue', target: null, period: 'month' }),
      webhook: await one('createWebhook', { name: 'Hook', url: 'https://example.com/hook', events: ['*'] }),
      audience: await one('saveAudience', AUDIENCE, { audience: 'new' }),
      price: await one('addPrice', {
        account: '{account}',
        purpose: null,
        category: null,
        prefix: '',
        price: '0.2',
        currency: 'TWD',
        from: '2026-01-01',
      }),
      broadcast: await one('createBroadcast', { spec: BROADCAST }),
      reply: await one('saveQuickReply', { name: 'One', text: 'Hello' }, { reply: 'new' }),
      menu: await one('createLineMenu', { account: '{account}', ...MENU }),
      mailAccount: accountOf('email'),
      smsAccount: accountOf('sms'),
      request: publicId('crq', request),
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
      job: publicId('job', job),
      coupon: publicId('cpn', coupon),
      replay: publicId('rpl', replay),
      approval: publicId('apr', approval),
      version: '1',
      node: 'wait',
    },
  }
}
