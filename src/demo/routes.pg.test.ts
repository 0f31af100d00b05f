// One click builds the demo: for a person, once at a time, with an end that is told whatever happens.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../test/browser.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi, cookieOf } from '../../test/http-client.ts'
import { startRoles } from '../compose.ts'
import { parseId, type Uuid } from '../platform/ids.ts'
import { createFirstLink } from '../team/links.ts'
import { claimDemo, type DemoRecord, readDemo, writeDemo } from './store.ts'

let core: TestCore
let roles: { stop(): Promise<void> }
let cookie: string
let user: Uuid

beforeAll(async () => {
  core = await openTestCore()
  roles = await startRoles(core, ['web', 'fold', 'history'])
  const token = (await createFirstLink(core))!.split('/').at(-1)!
  const signedIn = await callApi(core.baseUrl, 'useLink', {}, { body: { token } })
  cookie = cookieOf(signedIn)
  user = parseId('usr', (signedIn.body.user as { id: string }).id)!
})
afterAll(async () => {
  await roles.stop()
  await core.close()
})

const progress = async () => (await callApi(core.baseUrl, 'demoProgress', { cookie })).body
const record = (more: Partial<DemoRecord>): DemoRecord => ({
  state: 'running',
  done: 10,
  total: 100,
  step: 'fold',
  workspace: null,
  process: 'gone',
  at: Date.now(),
  ...more,
})

test('an API key is no person', async () => {
  const { apiKey } = await createTestWorkspace(core)
  expect((await callApi(core.baseUrl, 'startDemo', { key: apiKey })).status).toBeGreaterThanOrEqual(401)
})

test('a build that fell silent counts as failed and may be started again; one that lives may not', async () => {
  expect(await progress()).toMatchObject({ state: 'none', workspace: null })
  await writeDemo(core.pool, user, record({ at: Date.now() - 600_000 }))
  expect(await progress()).toMatchObject({ state: 'failed' })
  expect(await claimDemo(core.pool, user, record({}), Date.now() - 90_000)).toBe(true)
  expect(await claimDemo(core.pool, user, record({}), Date.now() - 90_000)).toBe(false)
  await writeDemo(core.pool, user, record({ state: 'failed' }))
})

test('one click: progress, then a sandbox workspace that says it is made up', {
  timeout: 200_000,
}, async () => {
  const [one, two] = await Promise.all([1, 2].map(() => callApi(core.baseUrl, 'startDemo', { cookie })))
  expect([one!.body.state, two!.body.state]).toEqual(['running', 'running'])
  const done = await eventually(
    'the demo',
    async () => {
      const now = await progress()
      expect(now.state).not.toBe('failed')
      return now.state === 'done' && now
    },
    180_000,
  )
  const me = (await callApi(core.baseUrl, 'me', { cookie })).body as {
    workspaces: { workspace: { id: string; name: string; madeUp: boolean; kind: string }; role: string }[]
  }
  const demos = me.workspaces.filter(w => w.workspace.madeUp)
  expect(demos).toHaveLength(1) // two clicks, one brand
  expect(demos[0]).toMatchObject({ role: 'owner', workspace: { id: done.workspace, kind: 'sandbox' } })
  expect(demos[0]!.workspace.name).toContain('虛構')
  expect((await readDemo(core.pool, user))?.state).toBe('done')
})
