// Journeys and the send ledger as the API shows them: drafts, publishing, live counts, the invariant.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import type { Query } from '../contract.ts'
import { resolveBatch } from '../collect/resolve.ts'
import { append } from '../inbox/append.ts'
import { moveClock } from '../inbox/clock.ts'
import { customerRoutes } from '../customers/routes.ts'
import { openDeliverer } from '../messages/deliver.ts'
import { messageRoutes } from '../messages/routes.ts'
import { suppress } from '../messages/suppression.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { bucketOf, newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { JourneyGraph } from './model.ts'
import { publishingRoutes } from './publishing/routes.ts'
import { journeyRoutes } from './routes.ts'
import { happened } from '../rules/make.ts'

let core: TestCore
let stage: Stage
let workspace: Uuid
beforeAll(async () => {
  core = await openTestCore()
  workspace = (await createTestWorkspace(core)).id
  // sending is paused: the deliverer holds what is intended, for a person to release
  await core.pool.query(
    `update workspace set settings = settings || '{"sendingPaused": true}' where id = $1`,
    [workspace],
  )
  stage = openStage(core, [await openDeliverer(core)])
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await core.close()
})

const graph = (name: string): JourneyGraph => ({
  format: 1,
  name,
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'never' },
  exits: [{ name: '退出', rule: happened('Left') }],
  start: 'pause',
  nodes: {
    pause: { type: 'delay', title: '一小時', fields: { ms: 3_600_000 }, next: { next: 'hello' } },
    hello: {
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'transactional',
        content: { channel: 'line', messages: [{ type: 'text', text: '嗨' }] },
      },
      next: { accepted: null },
    },
  },
})
const create = (g: unknown) =>
  callHandler(core, workspace, 'createJourney', journeyRoutes.createJourney, { body: { graph: g } })
const get = (journey: string) =>
  callHandler(core, workspace, 'journey', journeyRoutes.journey, { params: { journey } })
const save = (journey: string, g: unknown, version: number) =>
  callHandler(core, workspace, 'saveJourney', journeyRoutes.saveJourney, {
    params: { journey },
    body: { graph: g, version },
  })
const publish = (journey: string, version: number) =>
  callHandler(core, workspace, 'publishJourney', publishingRoutes.publishJourney, {
    params: { journey },
    body: { version },
  })
const setStatus = (journey: string, status: string, version: number) =>
  callHandler(core, workspace, 'setJourneyStatus', journeyRoutes.setJourneyStatus, {
    params: { journey },
    body: { status, version },
  })
const counts = (journey: string, query: unknown = {}) =>
  callHandler(core, workspace, 'journeyCounts', journeyRoutes.journeyCounts, { params: { journey }, query })
const people = (journey: string, node: string, query: Partial<Query<'journeyPeople'>> = {}) =>
  callHandler(core, workspace, 'journeyPeople', journeyRoutes.journeyPeople, {
    params: { journey },
    query: { node, ...query },
  })
const ledger = (query: unknown = {}) =>
  callHandler(core, workspace, 'messages', messageRoutes.messages, { query })

async function happens(members: string[], name: string): Promise<void> {
  const ids = members.map(value => [{ kind: 'member_no' as const, value }])
  const found = await resolveBatch(
    core,
    ids.map(i => ({ workspace, ids: i, proof: 'server' as const })),
  )
  await append(
    core.pool,
    core.signals,
    found.map(({ customer }, i) => {
      const messageId = newId()
      return {
        workspace,
        customer,
        input: {
          kind: 'event' as const,
          messageId,
          body: {
            type: 'track' as const,
            name,
            messageId,
            ids: ids[i]!,
            proof: 'server' as const,
            src: 'test',
            agoMs: 0,
          },
        },
      }
    }),
  )
  await stage.settle()
}

describe('drafts', () => {
  test('a draft with problems is kept and says them; it is not published', async () => {
    const broken = { ...graph('半成品'), start: 'nowhere' }
    const draft = await create(broken)
    expect(draft).toMatchObject({
      name: '半成品',
      status: 'draft',
      liveVersion: null,
      version: 1,
      live: null,
      draft: broken,
    })
    expect(draft.problems.map(p => p.code)).toContain('no_start')
    await expect(publish(draft.id, 1)).rejects.toMatchObject({
      status: 400,
      code: 'graph_invalid',
      path: '/start',
    })
    expect(await get(draft.id)).toEqual(draft)
    for (const bad of [null, [], 'x', {}, { name: '' }])
      await expect(create(bad)).rejects.toMatchObject({ status: 400 })
  })

  test('two people editing: the second is told, and nothing of the first is lost', async () => {
    const { id } = await create(graph('A'))
    const first = await save(id, graph('B'), 1)
    expect(first).toMatchObject({ name: 'B', version: 2 })
    await expect(save(id, graph('C'), 1)).rejects.toMatchObject({
      status: 409,
      code: 'version_conflict',
      path: 'version',
    })
    await expect(publish(id, 1)).rejects.toMatchObject({ status: 409 })
    const both = await Promise.allSettled([save(id, graph('D'), 2), save(id, graph('E'), 2)])
    expect(both.map(b => b.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('404 for journeys of another workspace', async () => {
    const { id } = await create(graph('mine'))
    const other = await createTestWorkspace(core)
    await expect(
      callHandler(core, other.id, 'journey', journeyRoutes.journey, { params: { journey: id } }),
    ).rejects.toMatchObject({ status: 404, code: 'journey_not_found' })
    await expect(
      callHandler(core, other.id, 'saveJourney', journeyRoutes.saveJourney, {
        params: { journey: id },
        body: { graph: graph('x'), version: 1 },
      }),
    ).rejects.toMatchObject({ status: 404 })
    await expect(setStatus(id, 'paused', 1)).rejects.toMatchObject({ status: 409, code: 'not_published' })
  })
})

describe('a live journey', () => {
  test('publishing makes an immutable version; counts, people and the ledger follow what happens', async () => {
    const draft = await create(graph('歡迎'))
    const live = await publish(draft.id, 1)
    expect(live).toMatchObject({
      status: 'live',
      liveVersion: 1,
      version: 2,
      versions: [{ version: 1, publishedBy: 'key test' }],
    })
    await stage.settle()
    await happens(['m1', 'm2', 'm3'], 'Signed Up')
    await happens(['m3'], 'Left')

    expect(await counts(draft.id)).toMatchObject({
      entered: 3,
      goals: 0,
      exits: { exit_rule: 1 },
      nodes: [{ node: 'pause', waiting: 2, passed: 0, left: 1, ports: {} }],
    })
    const list = await callHandler(core, workspace, 'journeys', journeyRoutes.journeys)
    expect(list.stale).toBe(false)
    expect(list.items.find(j => j.id === draft.id)).toMatchObject({
      trigger: 'Signed Up',
      entered: 3,
      waiting: 2,
    })

    const waiting = [await people(draft.id, 'pause', { limit: 1 })]
    while (waiting.at(-1)!.next)
      waiting.push(await people(draft.id, 'pause', { limit: 1, cursor: waiting.at(-1)!.next! }))
    expect(waiting.flatMap(p => p.items.map(i => i.customer.memberNo)).sort()).toEqual(['m1', 'm2'])
    expect((await people(draft.id, 'hello')).items).toEqual([])

    const id = waiting[0]!.items[0]!.customer.id
    const shown = await callHandler(core, workspace, 'customer', customerRoutes.customer, {
      params: { customer: id },
    })
    expect(shown.enrollments).toMatchObject([
      { journeyName: '歡迎', version: 1, node: 'pause', nodeName: { title: '一小時' }, endedAt: null },
    ])
    expect(shown.enrollments[0]!.waitingUntil).not.toBeNull()
    const left = (
      await callHandler(core, workspace, 'customers', customerRoutes.customers, { query: { q: 'm3' } })
    ).items[0]!
    const gone = await callHandler(core, workspace, 'customer', customerRoutes.customer, {
      params: { customer: left.id },
    })
    expect(gone.enrollments).toMatchObject([{ journeyName: '歡迎', node: null, how: 'exit_rule' }])

    // a new version: those inside stay on theirs
    const changed = { ...graph('歡迎 2'), trigger: { kind: 'event' as const, event: 'Joined' } }
    const saved = await save(draft.id, changed, 2)
    expect(saved).toMatchObject({ name: '歡迎', version: 3, live: { name: '歡迎' } })
    expect(await publish(draft.id, 3)).toMatchObject({
      name: '歡迎 2',
      liveVersion: 2,
      versions: [{ version: 2 }, { version: 1 }],
    })
    await stage.settle()
    await happens(['m4'], 'Joined')
    expect((await counts(draft.id, { version: 2 })).entered).toBe(1)
    expect((await counts(draft.id, { version: 1 })).entered).toBe(3)
    expect((await counts(draft.id)).entered).toBe(4)

    await moveClock(core, workspace, Date.now() + 2 * 3_600_000)
    await stage.settle()
    const after = await counts(draft.id)
    expect(after.nodes.find(n => n.node === 'pause')).toEqual({
      node: 'pause',
      waiting: 0,
      passed: 3,
      left: 1,
      ports: { next: 3 },
    })
    expect(after.nodes.find(n => n.node === 'hello')).toMatchObject({ waiting: 3 })
    const sent = await ledger()
    expect(sent.items).toHaveLength(3)
    expect(sent.invariant).toMatchObject({
      intents: 3,
      pending: 3,
      holds: true,
      behind: false,
      ends: { accepted: 0, failed: 0, skipped: 0, unknown: 0 },
    })
    expect(sent.items[0]).toMatchObject({
      channel: 'line',
      state: 'intended',
      journey: draft.id,
      node: 'hello',
    })
  })

  test('paused and stopped are a new version of the record; stopping ends the runs', async () => {
    const draft = await create(graph('停'))
    await publish(draft.id, 1)
    await stage.settle()
    await happens(['s1', 's2'], 'Signed Up')
    expect(await setStatus(draft.id, 'paused', 2)).toMatchObject({ status: 'paused', version: 3 })
    await expect(setStatus(draft.id, 'live', 2)).rejects.toMatchObject({ status: 409 })
    expect(await setStatus(draft.id, 'stopped', 3)).toMatchObject({ status: 'stopped', version: 4 })
    await stage.settle()
    expect((await counts(draft.id)).exits).toEqual({ stopped: 2 })
  })

  test('without ClickHouse the list still answers and says that counts are not known', async () => {
    const blind = { ...core, history: openClickHouse('http://127.0.0.1:9/x') }
    const list = await callHandler(blind, workspace, 'journeys', journeyRoutes.journeys)
    expect(list.stale).toBe(true)
    expect(list.items.length).toBeGreaterThan(0)
    const sent = await callHandler(blind, workspace, 'messages', messageRoutes.messages, { query: {} })
    expect(sent.items.length).toBeGreaterThan(0)
    expect(sent.invariant).toMatchObject({ behind: true, holds: false })
    await expect(
      callHandler(blind, workspace, 'journeyCounts', journeyRoutes.journeyCounts, {
        params: { journey: list.items[0]!.id },
        query: {},
      }),
    ).rejects.toMatchObject({ status: 503, code: 'history_down' })
    await blind.history.close()
  })
})

describe('the send ledger', () => {
  const detail = (message: string) =>
    callHandler(core, workspace, 'message', messageRoutes.message, { params: { message } })
  const settle = (message: string, as: string) =>
    callHandler(core, workspace, 'resolveMessage', messageRoutes.resolveMessage, {
      params: { message },
      body: { as },
    })
  const force = (message: string, state: string) =>
    core.pool.query('update message set state = $2 where id = $1', [parseId('msg', message), state])

  test('narrows by state, channel, journey and customer, and pages', async () => {
    const all = (await ledger()).items
    expect((await ledger({ state: 'pending', channel: 'line' })).items).toEqual(all)
    expect((await ledger({ channel: 'email' })).items).toEqual([])
    expect((await ledger({ journey: all[0]!.journey, customer: all[0]!.customer })).items).toEqual([all[0]])
    await expect(ledger({ customer: publicId('cus', newId()) })).rejects.toMatchObject({ status: 404 })
    const pages = [await ledger({ limit: 2 })]
    while (pages.at(-1)!.next) pages.push(await ledger({ limit: 2, cursor: pages.at(-1)!.next }))
    expect(pages.flatMap(p => p.items)).toEqual(all)
  })

  test('a small ledger is counted anew each time, however long the machine took for it before', async () => {
    const holder = await core.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('lock table message in access exclusive mode')
      const from = performance.now()
      const slow = ledger()
      await expect.poll(() => performance.now() - from).toBeGreaterThan(400)
      await holder.query('commit')
      expect((await slow).invariant).toMatchObject({ pending: 3 })
    } finally {
      holder.release(true)
    }
    const { id } = (await ledger()).items[0]!
    await force(id, 'unknown')
    expect((await ledger()).invariant).toMatchObject({ pending: 2, ends: { unknown: 1 } })
    await force(id, 'intended')
  })

  test('a person resolves an unknown, or releases or skips one that waits; the outcome is folded and the invariant holds', async () => {
    const [a, b, c] = (await ledger()).items.map(m => m.id) as [string, string, string]
    await force(a, 'unknown')
    await expect(settle(a, 'skip')).rejects.toMatchObject({ status: 409, code: 'message_moved_on' })
    await settle(a, 'accepted')
    await expect(settle(a, 'failed')).rejects.toMatchObject({ status: 409 })
    await settle(b, 'skip')
    await settle(c, 'release')
    await expect(settle(publicId('msg', newId()), 'skip')).rejects.toMatchObject({
      status: 404,
      code: 'message_not_found',
    })
    await stage.settle()
    expect((await ledger()).invariant).toMatchObject({
      intents: 3,
      pending: 1,
      holds: true,
      ends: { accepted: 1, skipped: 1 },
    })
    const shown = await detail(b)
    expect(shown).toMatchObject({ state: 'skipped', reason: 'restored', content: { channel: 'line' } })
    expect(shown.timeline.map(t => t.name)).toEqual(['message.skipped', 'message.intended'])
  })

  test('the invariant counts what history has not copied yet, and fails when a row is gone', async () => {
    const { rows } = await core.pool.query<{ bucket: number; seq: number }>(
      'select bucket, seq from history_cursor',
    )
    // as if history had stopped long ago: what it has beyond the cursors is not counted twice
    const buckets = (await ledger()).items.map(m => bucketOf(parseId('cus', m.customer)!))
    await core.pool.query('update history_cursor set seq = 0 where bucket = any($1::smallint[])', [buckets])
    expect((await ledger()).invariant).toMatchObject({ intents: 3, holds: true, behind: false })
    await core.pool.query(
      'update history_cursor c set seq = r.seq from unnest($1::smallint[], $2::bigint[]) r (bucket, seq) where c.bucket = r.bucket',
      [rows.map(r => r.bucket), rows.map(r => r.seq)],
    )
    const lost = (await ledger()).items[0]!
    const kept = (
      await core.pool.query('delete from message where id = $1 returning *', [parseId('msg', lost.id)])
    ).rows
    expect(kept).toHaveLength(1)
    expect((await ledger()).invariant).toMatchObject({ intents: 3, holds: false })
  })

  test('suppressions, by address, page by page', async () => {
    const addresses = ['a@example.com', 'b@example.com', 'c@example.com']
    await suppress(
      core.pool,
      addresses.map(address => ({
        workspace,
        channel: 'email',
        address,
        reason: 'manual',
        source: 'test',
        at: Date.now(),
      })),
    )
    const read = (query: unknown) =>
      callHandler(core, workspace, 'suppressions', messageRoutes.suppressions, { query })
    const pages = [await read({ limit: 2 })]
    while (pages.at(-1)!.next) pages.push(await read({ limit: 2, cursor: pages.at(-1)!.next }))
    expect(pages.flatMap(p => p.items.map(s => s.address))).toEqual(addresses)
  })
})
