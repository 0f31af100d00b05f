// Editing a live journey as a team does it, over HTTP on real engines: people wait at every node, the planner says how
// many, a choice is made for each, and nobody vanishes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../../test/segment-lab.ts'
import { openDeliverer } from '../../messages/deliver.ts'
import { moveClock } from '../../inbox/clock.ts'
import { unpackState } from '../../customers/pack.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import type { JourneyGraph, Move } from '../model.ts'

let lab: SegmentLab
/** Nobody delivers, so that people wait for their messages; until the end. */
let delivering = false
beforeAll(async () => {
  lab = await openSegmentLab(core => {
    const deliverer = openDeliverer(core)
    return [
      {
        tick: async () => (delivering ? (await deliverer).tick() : false),
        stop: async () => (await deliverer).stop(),
      },
    ]
  })
})
afterAll(() => lab.close())

const DAY = 24 * 3_600_000
const NODES = ['wait', 'paid', 'hello', 'rest'] as const
type Node = (typeof NODES)[number]

/** People are put at the node that their tag names; `hello` is where a message waits, since nobody delivers here. */
const graphOf = (name: string): JourneyGraph => ({
  format: 1,
  name,
  trigger: { kind: 'event', event: name },
  reentry: { kind: 'never' },
  exits: [],
  start: 'where',
  nodes: {
    where: {
      type: 'split',
      fields: {
        branches: NODES.slice(1).map(n => ({ name: n, rule: { op: 'tags', is: 'any', tags: [`at:${n}`] } })),
      },
      next: { paid: 'paid', hello: 'hello', rest: 'rest', else: 'wait' },
    },
    wait: { type: 'delay', title: '等三天', fields: { ms: 3 * DAY }, next: { next: 'paid' } },
    paid: {
      type: 'wait_event',
      fields: { event: 'Order Completed', timeoutMs: 5 * DAY },
      next: { event: 'hello', timeout: 'rest' },
    },
    hello: {
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'transactional',
        content: { channel: 'line', messages: [{ type: 'text', text: '嗨' }] },
      },
      next: { accepted: 'rest' },
    },
    rest: { type: 'delay', fields: { ms: 9 * DAY }, next: { next: null } },
  },
})

type Crowd = { journey: string; people: Record<Node, Uuid> }
/** A live journey with one person at each node. */
async function crowd(name: string): Promise<Crowd> {
  const draft = await lab.ok('createJourney', { body: { graph: graphOf(name) } })
  await lab.ok('publishJourney', { params: { journey: draft.id }, body: { version: draft.version } })
  await lab.stage.settle()
  const people = { wait: newId(), paid: newId(), hello: newId(), rest: newId() }
  await lab.tell(
    ...NODES.flatMap(n => [
      { who: people[n], name: 'tag.applied', more: { props: { tag: `at:${n}` } } },
      { who: people[n], name },
    ]),
  )
  return { journey: draft.id, people }
}
async function save(journey: string, graph: JourneyGraph): Promise<number> {
  const { version } = await lab.ok('journey', { params: { journey } })
  return (await lab.ok('saveJourney', { params: { journey }, body: { graph, version } })).version
}
async function publish(journey: string, graph: JourneyGraph, moves: Move[]) {
  const version = await save(journey, graph)
  const answer = await lab.ask('publishJourney', { params: { journey }, body: { version, moves } })
  await lab.stage.settle()
  return answer
}
async function stateOf(customer: Uuid) {
  const { rows } = await lab.core.pool.query<{ state: string }>('select state from customer where id = $1', [
    customer,
  ])
  return unpackState(rows[0]!.state)
}
/** Where the people are: `version node`, or how they left. */
async function places({ people }: Crowd): Promise<Record<Node, string>> {
  const where = async (id: Uuid) => {
    const { enr, past } = await stateOf(id)
    return enr[0] ? `${enr[0].v} ${enr[0].node}` : String(Object.values(past)[0]?.how)
  }
  const all = await Promise.all(NODES.map(async n => [n, await where(people[n])] as const))
  return Object.fromEntries(all) as Record<Node, string>
}
/** Books of a journey: who came in is there or has left, for each node and in all. */
async function balanced(journey: string): Promise<{ waiting: number; left: number }> {
  const counts = await lab.ok('journeyCounts', { params: { journey } })
  const waiting = counts.nodes.reduce((sum, n) => sum + n.waiting, 0)
  const left = Object.values(counts.exits).reduce((sum, n) => sum + n, 0)
  expect(waiting + left).toBe(counts.entered)
  const plan = await lab.ok('publishPlan', { params: { journey } })
  expect(plan.places.reduce((sum, p) => sum + p.people, 0)).toBe(waiting)
  return { waiting, left }
}
const intents = async (customer: Uuid) =>
  (
    await lab.core.pool.query<{ node: string; occurrence: number; state: string; reason: string | null }>(
      'select node, occurrence, state, reason from message where customer_id = $1 order by node, occurrence',
      [customer],
    )
  ).rows.map(r => [r.node, r.occurrence, r.state, r.reason])

/** Another wait, and a step that nobody has seen yet. */
const edited = (name: string): JourneyGraph => {
  const g = graphOf(name)
  g.nodes.wait!.fields = { ms: 2 * DAY }
  g.nodes.where!.next.else = 'news'
  g.nodes.news = {
    type: 'update',
    title: '新的一步',
    fields: { addTags: [`news:${name}`] },
    next: { next: 'wait' },
  }
  return g
}

describe('hard problem 8: every choice with people waiting at every node', () => {
  test('the planner says who waits where, what changed, and what may be chosen', async () => {
    const c = await crowd('Plan')
    const g = edited('Plan')
    g.nodes.hello = { ...g.nodes.hello!, type: 'delay', fields: { ms: DAY }, next: { next: 'rest' } }
    delete g.nodes.rest
    for (const n of ['paid', 'hello'])
      for (const [port, to] of Object.entries(g.nodes[n]!.next))
        if (to === 'rest') g.nodes[n]!.next[port] = null
    await save(c.journey, g)
    const plan = await lab.ok('publishPlan', { params: { journey: c.journey } })
    expect(plan).toMatchObject({ liveVersion: 1, nextVersion: 2, stale: false })
    expect(plan.diff?.nodes.map(n => [n.node, n.change, n.fields, n.ways, n.retyped])).toEqual(
      expect.arrayContaining([
        ['where', 'changed', [], ['else'], false],
        ['wait', 'changed', ['ms'], [], false],
        ['paid', 'changed', [], ['timeout'], false],
        ['hello', 'changed', ['channel', 'content', 'ms', 'purpose'], ['accepted', 'next'], true],
        ['news', 'added', [], [], false],
        ['rest', 'removed', [], [], false],
      ]),
    )
    expect(plan.diff?.nodes).toHaveLength(6)
    expect(plan.diff?.nodes[0]?.node).toBe('where')
    const by = Object.fromEntries(plan.places.map(p => [p.node, p]))
    expect(NODES.map(n => [by[n]!.version, by[n]!.people, by[n]!.change, by[n]!.stays])).toEqual([
      [1, 1, 'changed', true],
      [1, 1, 'changed', true],
      [1, 1, 'changed', false],
      [1, 1, 'removed', false],
    ])
    expect(by.hello!.ports).toEqual(['accepted', 'failed', 'skipped', 'unknown'])
    expect(NODES.map(n => by[n]!.catchUp)).toEqual([['news'], ['news'], [], []])
  })

  test('pin: they stay on their version, and go on there to the end', async () => {
    const c = await crowd('Pin')
    const g = edited('Pin')
    delete g.nodes.paid
    g.nodes.wait!.next.next = 'rest'
    g.nodes.where!.next.paid = 'rest'
    expect((await publish(c.journey, g, [])).status).toBe(200)
    expect(await places(c)).toEqual({ wait: '1 wait', paid: '1 paid', hello: '1 hello', rest: '1 rest' })
    expect(await balanced(c.journey)).toEqual({ waiting: 4, left: 0 })
    const newcomer = newId()
    await lab.tell({ who: newcomer, name: 'Pin' })
    expect((await stateOf(newcomer)).enr[0]).toMatchObject({ v: 2, node: 'wait' })
  })

  test('move to the same node: they wait on in the new version, nothing is sent anew', async () => {
    const c = await crowd('Same')
    const runs = await Promise.all(NODES.map(async n => (await stateOf(c.people[n])).enr[0]!.id))
    const moves = NODES.map(n => ({ from: 1, node: n, do: 'move' as const, to: n }))
    expect((await publish(c.journey, edited('Same'), moves)).status).toBe(200)
    expect(await places(c)).toEqual({ wait: '2 wait', paid: '2 paid', hello: '2 hello', rest: '2 rest' })
    const { enr } = await stateOf(c.people.wait)
    expect(enr[0]).toMatchObject({ occ: { wait: 1 }, wait: { until: enr[0]!.nodeAt + 2 * DAY } })
    expect(await Promise.all(NODES.map(async n => (await stateOf(c.people[n])).enr[0]!.id))).toEqual(runs)
    expect(await intents(c.people.hello)).toEqual([['hello', 1, 'intended', null]])
    expect(await balanced(c.journey)).toEqual({ waiting: 4, left: 0 })
    const version = await lab.ok('journeyVersion', { params: { journey: c.journey, version: '2' } })
    expect(version).toMatchObject({ version: 2, publishedBy: expect.any(String), moves })
  })

  test('move to another node: messages that were not sent are taken back', async () => {
    const c = await crowd('Other')
    const moves = NODES.map(n => ({
      from: 1,
      node: n,
      do: 'move' as const,
      to: n === 'hello' ? 'rest' : 'hello',
    }))
    expect((await publish(c.journey, edited('Other'), moves)).status).toBe(200)
    expect(await places(c)).toEqual({ wait: '2 hello', paid: '2 hello', hello: '2 rest', rest: '2 hello' })
    expect(await intents(c.people.hello)).toEqual([['hello', 1, 'skipped', 'moved']])
    expect(await intents(c.people.rest)).toEqual([['hello', 1, 'intended', null]])
    expect(await balanced(c.journey)).toEqual({ waiting: 4, left: 0 })
  })

  test('release goes on through a port, exit ends: at every node', async () => {
    const c = await crowd('Release')
    const ports = { wait: 'next', paid: 'timeout', hello: 'failed', rest: 'next' }
    const g = edited('Release')
    delete g.nodes.paid
    g.nodes.wait!.next.next = 'rest'
    g.nodes.where!.next.paid = 'rest'
    const moves = NODES.map(n => ({ from: 1, node: n, do: 'release' as const, port: ports[n] }))
    expect((await publish(c.journey, g, moves)).status).toBe(200)
    // `paid` is not in the new version: who goes on to it does so on the old one
    expect(await places(c)).toEqual({ wait: '1 paid', paid: '2 rest', hello: '2 rest', rest: 'completed' })
    expect(await balanced(c.journey)).toEqual({ waiting: 3, left: 1 })

    const out = await crowd('Exit')
    const exits = NODES.map(n => ({ from: 1, node: n, do: 'exit' as const }))
    expect((await publish(out.journey, graphOf('Exit'), exits)).status).toBe(200)
    expect(Object.values(await places(out))).toEqual(Array(4).fill('removed'))
    expect(await intents(out.people.hello)).toEqual([['hello', 1, 'skipped', 'exited']])
    expect(await balanced(out.journey)).toEqual({ waiting: 0, left: 4 })
  })

  test('a step added to a live journey: those already past it get it too, and wait on where they were', async () => {
    const c = await crowd('Add')
    const until = ((await stateOf(c.people.rest)).enr[0]!.wait as { until: number }).until
    const moves = NODES.map(n => ({ from: 1, node: n, do: 'catch_up' as const, to: 'news' }))
    expect((await publish(c.journey, edited('Add'), moves)).status).toBe(200)
    for (const n of ['wait', 'paid', 'rest'] as const)
      expect(Object.keys((await stateOf(c.people[n])).tags)).toContain('news:Add')
    // whose message is on its way gets it when that has come to its end
    expect(await places(c)).toEqual({ wait: '2 wait', paid: '2 paid', hello: '1 hello', rest: '2 rest' })
    expect((await stateOf(c.people.rest)).enr[0]!.wait).toEqual({ kind: 'time', until })
    expect(await balanced(c.journey)).toEqual({ waiting: 4, left: 0 })
  })

  test('what cannot be is refused, with the choice it is about', async () => {
    const c = await crowd('Wrong')
    const g = edited('Wrong')
    const tries: [Move, string][] = [
      [{ from: 9, node: 'wait', do: 'exit' }, 'no_such_version'],
      [{ from: 1, node: 'nowhere', do: 'exit' }, 'no_such_node'],
      [{ from: 1, node: 'wait', do: 'move', to: 'nowhere' }, 'no_such_node'],
      [{ from: 1, node: 'wait', do: 'release', port: 'timeout' }, 'no_such_port'],
      [{ from: 1, node: 'wait', do: 'catch_up', to: 'rest' }, 'not_past'],
    ]
    for (const [move, code] of tries) {
      const answer = await publish(c.journey, g, [move])
      expect([answer.status, answer.body.code]).toEqual([400, code])
      expect(answer.body.path).toMatch(/^\/moves\/0\//)
    }
    const twice = await publish(c.journey, g, [
      { from: 1, node: 'wait', do: 'exit' },
      { from: 1, node: 'wait', do: 'exit' },
    ])
    expect([twice.status, twice.body.code]).toEqual([400, 'chosen_twice'])
    expect(await places(c)).toEqual({ wait: '1 wait', paid: '1 paid', hello: '1 hello', rest: '1 rest' })
  })

  test('and in the end all are out, each journey’s books balanced', async () => {
    const { items } = await lab.ok('journeys')
    let inside = 0
    for (const j of items) inside += (await balanced(j.id)).waiting
    expect(inside).toBeGreaterThan(10)
    delivering = true // without an account: skipped, and they go on
    await lab.stage.settle()
    await moveClock(lab.core, lab.space.id, Date.now() + 40 * DAY)
    await lab.stage.settle()
    for (const j of items) expect(await balanced(j.id)).toMatchObject({ waiting: 0 })
    delivering = false
  }, 120_000)
})

describe('states', () => {
  test('draining admits nobody, and those inside go on to their end', async () => {
    const c = await crowd('Drain')
    const turn = async (status: string) => {
      const { version } = await lab.ok('journey', { params: { journey: c.journey } })
      const answer = await lab.ask('setJourneyStatus', {
        params: { journey: c.journey },
        body: { status, version },
      })
      await lab.stage.settle()
      return answer
    }
    expect((await turn('draining')).body).toMatchObject({ status: 'draining' })
    const late = newId()
    await lab.tell({ who: late, name: 'Drain' })
    expect((await stateOf(late)).enr).toEqual([])
    await lab.tell({ who: c.people.paid, name: 'Order Completed' })
    expect(await places(c)).toEqual({ wait: '1 wait', paid: '1 hello', hello: '1 hello', rest: '1 rest' })
    expect((await turn('archived')).body).toMatchObject({ status: 409, code: 'status_not_allowed' })
    expect((await turn('live')).body).toMatchObject({ status: 'live' })
    await lab.tell({ who: late, name: 'Drain' })
    expect((await stateOf(late)).enr).toHaveLength(1)
    await turn('draining')
    expect((await turn('stopped')).body).toMatchObject({ status: 'stopped' })
    expect((await stateOf(late)).enr).toEqual([])
    expect((await turn('archived')).body).toMatchObject({ status: 'archived' })
    const { version } = await lab.ok('journey', { params: { journey: c.journey } })
    const refused = await lab.ask('publishJourney', { params: { journey: c.journey }, body: { version } })
    expect(refused.body).toMatchObject({ status: 409, code: 'journey_archived' })
    expect((await turn('stopped')).body).toMatchObject({ status: 'stopped' })
    expect((await turn('live')).body).toMatchObject({ status: 'live' })
  }, 120_000)
})
