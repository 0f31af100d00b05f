// Hard problem 8: a live journey is edited while people wait in it. Each choice of the planner, at each kind of wait.
import { describe, expect, test } from 'vitest'
import {
  cancelled,
  DAY,
  derivedOf,
  HOUR,
  intentsOf,
  journey,
  namesOf,
  node,
  Person,
  places,
  sendNode,
  START,
  world,
} from '../../../test/reducer.ts'
import type { JourneyGraph, Move, PublishedJourney } from '../model.ts'

const graph: Partial<JourneyGraph> = {
  start: 'wait',
  nodes: {
    wait: node('delay', { ms: DAY }, { next: 'bought' }),
    bought: node(
      'wait_event',
      { event: 'Order Completed', timeoutMs: DAY },
      { event: null, timeout: 'line' },
    ),
    line: sendNode({ accepted: 'rest' }),
    rest: node('delay', { ms: DAY }, { next: null }),
  },
}
const v1 = journey(graph)
const edited = (
  change: (g: JourneyGraph) => void,
  moves: Move[],
  at = START,
  held = false,
): PublishedJourney[] => {
  const g = structuredClone(v1.graph)
  change(g)
  return [
    { ...v1, status: 'draining' },
    { ...v1, version: 2, graph: g, moves: { at, list: moves, ...(held ? { held: true as const } : {}) } },
  ]
}
/** Somebody who waits at `place` of version 1. */
function at(place: string): Person {
  const p = new Person(world(v1))
  p.event('Start')
  if (place !== 'wait') p.wait(DAY)
  if (place === 'line' || place === 'rest') p.wait(DAY)
  if (place === 'rest') p.outcome(intentsOf(p.effects)[0]!, 'accepted')
  expect(places(p)).toEqual([place])
  return p
}
/** The new version is published now; `later` ms after that the person is looked at. */
function publish(p: Person, change: (g: JourneyGraph) => void, moves: Move[], later = 1): void {
  p.world = { ...world(...edited(change, moves, p.now)), no: 2 }
  p.now += later
  p.recheck()
}
const none = () => undefined
const run = (p: Person) => p.state!.enr[0]!

describe('move', () => {
  test('to the same delay with another length: counted from when it was entered', () => {
    const p = at('wait')
    p.wait(HOUR)
    publish(p, g => void (g.nodes.wait!.fields.ms = 2 * HOUR), [
      { from: 1, node: 'wait', do: 'move', to: 'wait' },
    ])
    expect(run(p)).toMatchObject({ v: 2, node: 'wait', occ: { wait: 1 }, wait: { until: START + 2 * HOUR } })
    p.wait(HOUR)
    expect(places(p)).toEqual(['bought'])
    expect(run(p).v).toBe(2)
  })
  test('a delay that is over by the new length goes on at once', () => {
    const p = at('wait')
    p.wait(3 * HOUR)
    publish(p, g => void (g.nodes.wait!.fields.ms = HOUR), [
      { from: 1, node: 'wait', do: 'move', to: 'wait' },
    ])
    expect(places(p)).toEqual(['bought'])
    expect(run(p).nodeAt).toBeGreaterThan(START + 3 * HOUR - 1)
  })
  test('a wait for another event: one that comes from now on', () => {
    const p = at('bought')
    p.event('Paid')
    p.wait(HOUR)
    publish(p, g => void (g.nodes.bought!.fields.event = 'Paid'), [
      { from: 1, node: 'bought', do: 'move', to: 'bought' },
    ])
    expect(places(p)).toEqual(['bought']) // no memory was kept of it before the publication
    p.event('Paid')
    expect(places(p)).toEqual([])
    expect(derivedOf(p.effects).at(-1)).toMatchObject({ name: 'journey.exited', version: 2 })
  })
  test('a message on its way stays as it is, and its outcome goes the new way', () => {
    const p = at('line')
    const intent = intentsOf(p.effects)[0]!
    publish(p, g => void (g.nodes.line!.next = { accepted: null, failed: 'rest' }), [
      { from: 1, node: 'line', do: 'move', to: 'line' },
    ])
    expect(cancelled(p.effects)).toEqual([])
    p.outcome(intent, 'accepted')
    expect(places(p)).toEqual([])
    expect(intentsOf(p.effects)).toHaveLength(1)
  })
  test('to another node: what was waited for is put down, a message taken back', () => {
    const p = at('line')
    const intent = intentsOf(p.effects)[0]!
    publish(p, g => void delete g.nodes.line, [{ from: 1, node: 'line', do: 'move', to: 'rest' }])
    expect(places(p)).toEqual(['rest'])
    expect(cancelled(p.effects)).toEqual([intent.id])
    expect(p.effects.find(e => e.kind === 'cancel')).toMatchObject({ reason: 'moved' })
    p.outcome(intent, 'accepted') // it was at the socket
    expect(places(p)).toEqual(['rest'])
  })
  test('back to a node it has been at: another occurrence, another message', () => {
    const p = at('rest')
    publish(p, none, [{ from: 1, node: 'rest', do: 'move', to: 'line' }])
    const [one, two] = intentsOf(p.effects)
    expect([one!.occurrence, two!.occurrence]).toEqual([1, 2])
    expect(two!.id).not.toBe(one!.id)
    expect(two!.enrollment).toBe(one!.enrollment)
  })
})

describe('catch up', () => {
  const insert = (g: JourneyGraph) => {
    g.nodes.wait!.next.next = 'news'
    g.nodes.news = node('delay', { ms: HOUR }, { next: 'extra' })
    g.nodes.extra = sendNode({ accepted: 'bought' })
  }
  test('past a new step: through it and back, without what lies between again', () => {
    const p = at('rest')
    const until = (run(p).wait as { until: number }).until
    publish(p, insert, [{ from: 1, node: 'rest', do: 'catch_up', to: 'news' }])
    expect(places(p)).toEqual(['news'])
    p.wait(HOUR)
    expect(places(p)).toEqual(['extra'])
    p.outcome(intentsOf(p.effects)[1]!, 'accepted')
    expect(run(p)).toMatchObject({ v: 2, node: 'rest', occ: { rest: 1, line: 1 }, wait: { until } })
    expect(run(p).back).toBeUndefined()
    expect(intentsOf(p.effects).map(i => i.node)).toEqual(['line', 'extra'])
    p.wait(DAY)
    expect(places(p)).toEqual([])
  })
  test('what it waited for came meanwhile: it goes on when it is back', () => {
    const p = at('bought')
    publish(p, insert, [{ from: 1, node: 'bought', do: 'catch_up', to: 'news' }])
    p.event('Order Completed')
    expect(places(p)).toEqual(['news'])
    p.wait(HOUR)
    p.outcome(intentsOf(p.effects)[0]!, 'accepted')
    expect(places(p)).toEqual([])
    expect(derivedOf(p.effects).findLast(f => f.name === 'node.left')?.props).toMatchObject({ port: 'event' })
  })
  test('who waits for a message catches up from where that leads', () => {
    const p = at('line')
    publish(p, insert, [
      { from: 1, node: 'line', do: 'catch_up', to: 'news' },
      { from: 1, node: 'rest', do: 'catch_up', to: 'news' },
    ])
    expect([places(p), run(p).v]).toEqual([['line'], 1])
    p.outcome(intentsOf(p.effects)[0]!, 'accepted')
    p.wait(0)
    p.now++
    p.recheck()
    expect([places(p), run(p).v, run(p).back?.node]).toEqual([['news'], 2, 'rest'])
  })
})

describe('release, exit, pin', () => {
  test('release goes on through a port, in the new version where that has the next node', () => {
    const p = at('wait')
    publish(p, g => void delete g.nodes.wait, [{ from: 1, node: 'wait', do: 'release', port: 'next' }])
    expect([places(p), run(p).v]).toEqual([['bought'], 2])
    const q = at('wait')
    publish(q, g => void delete g.nodes.bought, [{ from: 1, node: 'wait', do: 'release', port: 'next' }])
    expect([places(q), run(q).v]).toEqual([['bought'], 1])
    const end = at('bought')
    publish(end, none, [{ from: 1, node: 'bought', do: 'release', port: 'event' }])
    expect(end.state!.past[`${v1.id}|`]).toMatchObject({ how: 'completed' })
  })
  test('exit ends the run, and takes back its message', () => {
    const p = at('line')
    publish(p, none, [{ from: 1, node: 'line', do: 'exit' }])
    expect(p.state!.past[`${v1.id}|`]).toMatchObject({ how: 'removed' })
    expect(cancelled(p.effects)).toHaveLength(1)
  })
  test('who is not named stays, also when coming later to a node that is', () => {
    const p = at('wait')
    publish(p, none, [{ from: 1, node: 'bought', do: 'exit' }])
    expect(run(p)).toMatchObject({ v: 1, mv: 2 })
    p.wait(DAY)
    expect([places(p), run(p).v]).toEqual([['bought'], 1])
  })
})

describe('when', () => {
  const exits: Move[] = ['wait', 'bought'].map(n => ({ from: 1, node: n, do: 'exit' }))
  test('where somebody was at the publication decides, however late they are looked at', () => {
    const p = at('wait') // its delay ends a day after START
    p.world = {
      ...world(...edited(none, [{ from: 1, node: 'wait', do: 'exit' }], START + DAY + HOUR)),
      no: 2,
    }
    p.now = START + 3 * DAY
    p.recheck()
    expect(namesOf(p.effects)).not.toContain('journey.moved')
    // it was at `bought` by then, where nobody chose anything
    expect(
      derivedOf(p.effects)
        .filter(f => f.name === 'node.entered')
        .map(f => f.node),
    ).toEqual(['wait', 'bought', 'line'])
    const q = at('wait')
    q.world = { ...world(...edited(none, exits, START + HOUR)), no: 2 }
    q.now = START + 3 * DAY
    q.recheck()
    expect(derivedOf(q.effects).findLast(f => f.name === 'journey.exited')).toMatchObject({
      node: 'wait',
      at: START + HOUR,
    })
  })
  test('paused: nobody is moved until it goes on, and then before any timer', () => {
    const p = at('wait')
    const [old, next] = edited(none, [{ from: 1, node: 'wait', do: 'exit' }], START + 2 * DAY, true)
    p.world = { ...world(old!, { ...next!, status: 'paused' }), no: 2 }
    p.now = START + 3 * DAY
    p.recheck()
    expect(places(p)).toEqual(['wait'])
    p.world = { ...world(old!, next!), no: 3 }
    p.now++
    p.recheck()
    expect(p.state!.past[`${v1.id}|`]).toMatchObject({ how: 'removed' })
  })
  test('two publications meet a run one after the other', () => {
    const p = at('wait')
    const [old, second] = edited(none, [{ from: 1, node: 'wait', do: 'move', to: 'wait' }], p.now)
    const third = {
      ...second!,
      version: 3,
      moves: { at: p.now + 1, list: [{ from: 2, node: 'wait', do: 'exit' as const }] },
    }
    p.world = { ...world(old!, { ...second!, status: 'draining' }, third), no: 3 }
    p.now += HOUR
    p.recheck()
    expect(p.state!.enr).toEqual([])
    expect(
      derivedOf(p.effects).flatMap(f => (f.name === 'journey.exited' ? [f.version, f.props.published] : [])),
    ).toEqual([2, 3])
  })
  test('an alarm is set for the publication of whom nothing else wakes', () => {
    const p = at('line')
    p.world = { ...world(...edited(none, [{ from: 1, node: 'line', do: 'exit' }], p.now + 5)), no: 2 }
    expect(p.alarm()).toBe(p.now + 5)
  })
})
