// What is answered while an engine is away: nothing pretends, nothing hangs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi, request } from '../test/http-client.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../test/harness.ts'
import { openClickHouse } from './platform/clickhouse.ts'
import type { Core } from './platform/core.ts'
import { publicId } from './platform/ids.ts'
import { openPool } from './platform/postgres.ts'
import { startWeb, type Web } from './web.ts'

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:9'
let core: TestCore
let blind: Core
let web: Web
let ws: string
let key: string

beforeAll(async () => {
  core = await openTestCore()
  const made = await createTestWorkspace(core)
  ws = publicId('wsp', made.id)
  key = made.apiKey
  blind = { ...core, history: openClickHouse(`http://default:@${NOWHERE}/none`) }
  web = await startWeb(blind)
})
afterAll(async () => {
  await web.stop()
  await blind.history.close()
  await core.close()
})

test('ClickHouse down: ready, the first page says that it is stale, Ops says down, what needs the past is 503', async () => {
  expect((await request(blind.baseUrl, 'GET', '/readyz', {})).body).toEqual({
    ready: true,
    postgres: 'up',
    clickhouse: 'down',
  })
  const home = await callApi(blind.baseUrl, 'home', { key }, { params: { ws } })
  expect(home.body).toMatchObject({ stale: true, customers: 0, attention: [{ code: 'history_down' }] })
  expect((await callApi(blind.baseUrl, 'ops', { key }, { params: { ws } })).body.clickhouse).toBe('down')
  expect((await callApi(blind.baseUrl, 'customers', { key }, { params: { ws } })).body.stale).toBe(true)
  const events = await callApi(blind.baseUrl, 'lastEvents', { key }, { params: { ws } })
  expect([events.status, events.body.code]).toEqual([503, 'history_down'])
  expect(Number(events.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('PostgreSQL down: not ready, 503 with what to do and Retry-After', async () => {
  const dead = openPool(`postgresql://nobody:x@${NOWHERE}/none`, {
    max: 1,
    name: 'dead',
    onError: () => undefined,
  })
  const pool = blind.pool
  blind.pool = dead
  try {
    expect((await request(blind.baseUrl, 'GET', '/readyz', {})).status).toBe(503)
    expect((await request(blind.baseUrl, 'GET', '/healthz', {})).status).toBe(200)
    const refused = await callApi(blind.baseUrl, 'workspace', { key }, { params: { ws } })
    expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable'])
    expect(refused.headers.get('retry-after')).toBe('2')
    expect(JSON.stringify(refused.body)).not.toContain('127.0.0.1')
  } finally {
    blind.pool = pool
    await dead.end()
  }
})
