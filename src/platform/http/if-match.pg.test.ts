// If-Match and ETag beside the version in the body, over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../../test/harness.ts'
import { callApi, request } from '../../../test/http-client.ts'
import { cartNotPaid } from '../../journeys/examples.ts'
import { startWeb, type Web } from '../../web.ts'
import { publicId } from '../ids.ts'

let core: TestCore
let web: Web
let key: string
let ws: string
beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  const space = await createTestWorkspace(core)
  key = space.apiKey
  ws = publicId('wsp', space.id)
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

test('what is edited answers with its version as ETag; a write names it in If-Match, and who is late gets 412', async () => {
  const made = await callApi(
    core.baseUrl,
    'createJourney',
    { key },
    { params: { ws }, body: { graph: cartNotPaid } },
  )
  const path = `/api/w/${ws}/journeys/${String(made.body.id)}`
  const read = await request(core.baseUrl, 'GET', path, { key })
  const etag = read.headers.get('etag')!
  expect(etag).toBe(`"${String(read.body.version)}"`)
  const save = (ifMatch: string | null, more: object = {}) =>
    request(
      core.baseUrl,
      'PUT',
      path,
      { key, headers: ifMatch === null ? {} : { 'if-match': ifMatch } },
      { graph: { ...cartNotPaid, name: 'Changed' }, ...more },
    )
  const saved = await save(etag)
  expect(saved.status).toBe(200)
  expect(saved.headers.get('etag')).toBe(`"${Number(read.body.version) + 1}"`)

  const late = await save(`W/${etag}`)
  expect([late.status, late.body.code]).toEqual([412, 'version_conflict'])
  // by the body it stays 409
  const byBody = await save(null, { version: read.body.version })
  expect([byBody.status, byBody.body.code]).toEqual([409, 'version_conflict'])
  for (const [header, more] of [
    ['*', {}],
    ['"abc"', {}],
    [etag, { version: 99 }],
  ] as const) {
    const refused = await save(header, more)
    expect([refused.status, refused.body.code, refused.body.path]).toEqual([400, 'if_match', 'If-Match'])
  }
  const neither = await save(null)
  expect([neither.status, neither.body.path]).toEqual([400, 'version'])
  const meaningless = await callApi(
    core.baseUrl,
    'createKey',
    { key, headers: { 'if-match': '"1"' } },
    { params: { ws }, body: { kind: 'write', name: 'Site' } },
  )
  expect([meaningless.status, meaningless.body.code]).toEqual([400, 'if_match'])
  const list = await callApi(core.baseUrl, 'journeys', { key }, { params: { ws } })
  expect(list.headers.get('etag')).toBeNull()
})
