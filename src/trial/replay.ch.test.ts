// A replay over the past of a brand whose journeys really ran: asked for over HTTP, worked on by the thread, real engines.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lineText } from '../../test/send-lab.ts'
import { suppress } from '../messages/suppression.ts'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import type { Out } from '../contract.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { happened } from '../rules/make.ts'
import { openReplays } from './replay-worker.ts'

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

type Item = Record<string, unknown>
const HOUR = 3_600_000
const says = (who: string, event: string, properties: Item = {}): Item => ({
  type: 'track',
  event,
  userId: who,
  properties,
})
async function tell(...items: Item[]): Promise<void> {
  expect(await lab.batch(items)).toMatchObject({ status: 200, body: { success: true } })
  await lab.settle()
}
async function passes(ms: number): Promise<void> {
  await lab.call('setClock', { body: { byMs: ms } })
  await lab.settle()
}

const graph = (more: Partial<JourneyGraph> = {}): JourneyGraph => ({
  format: 1,
  name: 'Cart',
  trigger: { kind: 'event', event: 'Cart Filled', where: [{ path: 'amount', op: 'at_least', value: 100 }] },
  filter: {
    op: 'event',
    event: 'Seen',
    window: { in: 'last', span: { n: 3, unit: 'day' } },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  },
  reentry: { kind: 'after_exit', coolDownMs: HOUR / 2 },
  goal: { rule: happened('Paid It'), exitOnGoal: true },
  exits: [],
  start: 'wait',
  nodes: {
    wait: { type: 'delay', fields: { ms: 2 * HOUR }, next: { next: 'mail' } },
    mail: {
      type: 'send',
      fields: {
        channel: 'email',
        purpose: 'transactional',
        content: { channel: 'email', subject: 'hi', html: '<p>hi</p>' },
      },
      next: { accepted: 'line' },
    },
    line: {
      type: 'send',
      fields: { channel: 'line', purpose: 'marketing', content: lineText('hi') },
      next: { accepted: null },
    },
  },
  ...more,
})

/** Asks for it, lets the thread work, gives the result. */
async function replayed(
  journey: string,
  body: Item,
): Promise<{ id: string; result: NonNullable<Out<'replay'>['result']> }> {
  const asked = await lab.call('startReplay', { params: { journey }, body })
  expect(asked).toMatchObject({ status: 202, body: { status: 'queued' } })
  const { id } = asked.body as Out<'startReplay'>
  const replays = openReplays(lab.core)
  expect(await replays.tick()).toBe(true)
  await replays.stop()
  const done = (await lab.call('replay', { params: { journey, replay: id } })).body as Out<'replay'>
  expect(done).toMatchObject({ status: 'done', problem: null })
  return { id, result: done.result! }
}

test('what ran is replayed to what really happened; a draft differs where it differs; nothing is sent', async () => {
  const journey = await lab.publish(graph())
  await tell(
    { type: 'identify', userId: 'R-1', traits: { email: 'r1@example.com', name: '王一' } },
    { type: 'identify', userId: 'R-2', traits: { name: '王二' } },
    says('R-1', 'Seen'),
    says('R-2', 'Seen'),
    says('R-1', 'Cart Filled', { amount: 500 }),
    says('R-2', 'Cart Filled', { amount: 50 }),
    says('R-3', 'Cart Filled', { amount: 500 }),
  )
  await passes(3 * HOUR)
  await tell(says('R-2', 'Cart Filled', { amount: 500 }), says('R-1', 'Cart Filled', { amount: 700 }))
  await tell(says('R-1', 'Paid It'))
  await passes(3 * HOUR)
  const other = await lab.publish(graph({ name: 'Other', trigger: { kind: 'event', event: 'Hello' } }))
  await tell(says('R-1', 'Seen'), says('R-1', 'Hello'))
  const counts = (await lab.call('journeyCounts', { params: { journey } })).body as Out<'journeyCounts'>
  const before = await lab.core.pool.query('select count(*) from message')

  const draft = graph({ filter: undefined })
  const { version } = (await lab.call('journey', { params: { journey } })).body as Out<'journey'>
  expect(
    (await lab.call('saveJourney', { params: { journey }, body: { graph: draft, version } })).status,
  ).toBe(200)
  const { id, result } = await replayed(journey, { days: 7 })
  // the live side is what really happened
  expect(result.live).toMatchObject({
    entered: counts.entered,
    goals: counts.goals,
    exits: counts.exits,
    refused: { filter: 1 },
    sends: [
      { channel: 'email', accepted: 1, skipped: { no_address: 1 } },
      { channel: 'line', accepted: 0, skipped: { no_address: 2 } },
    ],
  })
  expect(result.live!.nodes).toEqual(
    Object.fromEntries(counts.nodes.map(n => [n.node, n.passed + n.left + n.waiting])),
  )
  expect(result.real).toEqual({ entered: 3, people: 2, sends: { email: 1 } })
  // without the filter the third enters, too
  expect(result.draft).toMatchObject({ entered: 4, people: 3, refused: {} })
  expect(result.difference).toEqual({ both: 2, draft: 1, live: 0 })
  expect(result.overlap).toEqual([{ journey: other, name: 'Other', people: 1 }])
  expect(result.draft.days.reduce((n, d) => n + d.entered, 0)).toBe(4)
  const people = await lab.call('replayPeople', {
    params: { journey, replay: id },
    query: { of: 'difference', figure: 'draft' },
  })
  expect((people.body as Out<'replayPeople'>).items.map(p => p.memberNo)).toEqual(['R-3'])
  expect((await lab.core.pool.query('select count(*) from message')).rows).toEqual(before.rows)
})

test('who is on the never-send list is skipped from then on; what shared limits would be asked for is counted', async () => {
  const people = ['S-1', 'S-2', 'S-3', 'S-4']
  await tell(
    ...people.map(userId => ({ type: 'identify', userId, traits: { email: `${userId}@example.com` } })),
    ...people.map(who => says(who, 'Promo')),
  )
  const { rows } = await lab.core.pool.query<{ offset: number }>(
    'select clock_offset_ms::float8 as offset from workspace where id = $1',
    [lab.workspace],
  )
  const now = Date.now() + rows[0]!.offset
  const row = (who: string, reason: 'bounced' | 'opt_out', at: number) => ({
    workspace: lab.workspace,
    channel: 'email',
    address: `${who.toLowerCase()}@example.com`,
    reason,
    source: 'test',
    at,
  })
  await suppress(lab.core.pool, [
    row('S-1', 'bounced', now - 60_000),
    row('S-2', 'opt_out', now - 60_000), // lifted by a consent since
    row('S-3', 'bounced', now + HOUR), // only later
  ])
  await tell(says('S-2', 'consent.granted', { channel: 'email', purpose: 'marketing' }))
  const made = (
    await lab.call('createJourney', {
      body: {
        graph: {
          ...sendOn('Promo', { channel: 'email', subject: '嗨', html: '<p>嗨</p>' }),
          policy: { budget: { amount: 1, per: 'day' } },
          entry: { cap: { max: 1, per: 'day' } },
        },
      },
    })
  ).body as Out<'journey'>
  await passes(2 * HOUR)
  const { result } = await replayed(made.id, { days: 7 })
  expect(result.draft.sends).toEqual([{ channel: 'email', accepted: 3, skipped: { suppressed: 1 } }])
  expect(result.limited).toEqual({ quota: 0, budget: 3, entryCap: 4, throttle: 0, coupons: 0 })
})

test('it can be cancelled while it waits; a viewer may look, not start; a draft that cannot be walked is refused', async () => {
  const made = (await lab.call('createJourney', { body: { graph: graph({ name: 'Later' }) } }))
    .body as Out<'journey'>
  const params = { journey: made.id }
  const asked = (await lab.call('startReplay', { params, body: { days: 1 } })).body as Out<'startReplay'>
  expect((await lab.call('cancelReplay', { params: { ...params, replay: asked.id } })).status).toBe(200)
  const replays = openReplays(lab.core)
  expect(await replays.tick()).toBe(false)
  await replays.stop()
  const viewer = await lab.member('viewer')
  const listed = await lab.call('replays', { params }, viewer)
  expect((listed.body as Out<'replays'>).items).toMatchObject([{ id: asked.id, status: 'cancelled' }])
  expect((await lab.call('startReplay', { params, body: { days: 1 } }, viewer)).status).toBe(403)
  const broken = { days: 1, graph: { ...graph(), start: 'nowhere' } }
  expect((await lab.call('startReplay', { params, body: broken })).body).toMatchObject({
    code: 'graph_invalid',
  })
})

test('who was merged is one person, with what both did', async () => {
  await tell(says('K-1', 'Seen'))
  await tell({
    type: 'track',
    event: 'Cart Filled',
    anonymousId: 'k-anon',
    properties: { amount: 500 },
  })
  await tell({ type: 'identify', userId: 'K-1', anonymousId: 'k-anon', traits: {} })
  const made = (await lab.call('createJourney', { body: { graph: graph({ name: 'Merged' }) } }))
    .body as Out<'journey'>
  const { result } = await replayed(made.id, { days: 7 })
  expect(result.live).toBeNull()
  const { items } = (await lab.call('customers', { query: { q: 'K-1' } })).body as Out<'customers'>
  const { id } = ((await lab.call('replays', { params: { journey: made.id } })).body as Out<'replays'>)
    .items[0]!
  const people = (
    await lab.call('replayPeople', {
      params: { journey: made.id, replay: id },
      query: { of: 'draft', figure: 'entered' },
    })
  ).body as Out<'replayPeople'>
  expect(people.items.map(p => p.id)).toContain(items[0]!.id)
})
