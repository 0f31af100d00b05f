// A brand whose product really runs: web, owner, deliverer and history over HTTP, with stand-ins. For tests that need
// data everywhere: a person who came, bought, wrote, was written to.
import { startWeb, type Web } from '../src/web.ts'
import { openDeliverer } from '../src/messages/deliver.ts'
import type { MessageContent } from '../src/channels/content.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { insertUser, putRole } from '../src/team/store.ts'
import { openSession } from '../src/team/session.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { type Answer, callApi, type Caller } from './http-client.ts'
import { openStage } from './stage.ts'
import type { EndpointName, Role } from '../src/contract.ts'

export type ShopLab = {
  core: TestCore
  web: Web
  workspace: Uuid
  ws: string
  apiKey: string
  writeKey: string
  /** folds, sends and copies until nothing is left to do; owners begin anew */
  settle(): Promise<void>
  batch(items: Record<string, unknown>[], key?: string): Promise<{ status: number; body: unknown }>
  call(name: EndpointName, given?: Parameters<typeof callApi>[3], as?: Caller): Promise<Answer>
  /** a team member of this role, signed in */
  member(role: Role): Promise<Caller>
  publish(graph: JourneyGraph): Promise<string>
  close(): Promise<void>
}

export async function openShopLab(): Promise<ShopLab> {
  const core = await openTestCore({ env: { ALLOW_PRIVATE_URLS: '1' } })
  const web = await startWeb(core)
  const { id: workspace, apiKey, writeKey } = await createTestWorkspace(core)
  const ws = publicId('wsp', workspace)
  const deliverer = await openDeliverer(core)
  const members = new Map<Role, Caller>()
  const lab: ShopLab = {
    core,
    web,
    workspace,
    ws,
    apiKey,
    writeKey,
    async settle() {
      // a process of its own each time: it gives its leases back, as an erasure takes them in between
      const beside = await openTestCore({ beside: core, baseUrl: core.baseUrl })
      const stage = openStage(beside, [{ tick: () => deliverer.tick(), stop: async () => undefined }])
      await stage.settle()
      await stage.close()
      await beside.close()
    },
    async batch(batch, key = apiKey) {
      const answer = await fetch(`${core.baseUrl}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch }),
      })
      return { status: answer.status, body: await answer.json() }
    },
    call: (name, given = {}, as = { key: apiKey }) =>
      callApi(core.baseUrl, name, as, { ...given, params: { ws, ...given.params } }),
    async member(role) {
      const known = members.get(role)
      if (known) return known
      const email = `${role}@brand.example`
      const user = await insertUser(core.pool, { email, name: role, passwordHash: null })
      await putRole(core.pool, workspace, user.id, role)
      const caller = { cookie: `itinera_session=${await openSession(core.pool, user.id)}` }
      members.set(role, caller)
      return caller
    },
    async publish(graph) {
      const made = await lab.call('createJourney', { body: { graph } })
      const id = String(made.body.id)
      const done = await lab.call('publishJourney', {
        params: { journey: id },
        body: { version: made.body.version },
      })
      if (done.status !== 200) throw new Error(JSON.stringify(done.body))
      await lab.settle()
      return id
    },
    async close() {
      await deliverer.stop()
      await web.stop()
      await core.close()
    },
  }
  await lab.settle()
  return lab
}

/** A journey that sends at once what the event brings. */
export const sendOn = (
  event: string,
  content: MessageContent,
  more: Partial<JourneyGraph> = {},
): JourneyGraph => ({
  format: 1,
  name: `On ${event}`,
  trigger: { kind: 'event', event },
  reentry: { kind: 'always' },
  exits: [],
  start: 'send',
  nodes: {
    send: {
      type: 'send',
      fields: { channel: content.channel, purpose: 'transactional', content },
      next: { accepted: null },
    },
  },
  ...more,
})
