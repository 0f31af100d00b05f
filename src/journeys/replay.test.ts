// A replay against the reducer itself: the same people and events, folded live and replayed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  event,
  HOUR,
  intentsOf,
  journey,
  node,
  Person,
  sendNode,
  START,
  world,
} from '../../test/reducer.ts'
import { happened } from '../rules/make.ts'
import { judge } from './judge.ts'
import { stillWorld } from './replay-world.ts'
import { openReplay, type Recorded } from './replay.ts'
import type { JourneyGraph } from './model.ts'

const GRAPH: Partial<JourneyGraph> = {
  trigger: { kind: 'event', event: 'Added', where: [{ path: 'n', op: 'at_least', value: 1 }] },
  filter: {
    op: 'event',
    event: 'Seen',
    window: { in: 'last', span: { n: 2, unit: 'day' } },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  },
  reentry: { kind: 'after_exit', coolDownMs: 6 * HOUR },
  goal: { rule: happened('Bought'), exitOnGoal: true },
  exits: [{ name: 'left', rule: happened('Left') }],
  start: 'wait',
  nodes: {
    wait: node('wait_event', { event: 'Seen', timeoutMs: 3 * HOUR }, { event: 'line', timeout: 'mail' }),
    line: sendNode({ accepted: 'rest', skipped: 'mail' }),
    mail: sendNode({ accepted: 'rest' }, 'email'),
    rest: node('delay', { ms: DAY }, { next: null }),
  },
}

type Step = { name: string; after: number; n: number }
const steps = fc.array(
  fc.record({
    name: fc.constantFrom('Added', 'Seen', 'Seen', 'Bought', 'Left'),
    after: fc.constantFrom(0, 1, HOUR, 3 * HOUR, 5 * HOUR, DAY),
    n: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 30 },
)

/** Folds live, with messages that end as a replay lets them end. */
function live(friend: boolean, all: Step[]) {
  const p = new Person(world(journey(GRAPH)))
  p.event('Identified', { type: 'identify', ids: friend ? [{ kind: 'line_uid', value: 'Uone' }] : [] })
  if (friend) p.event('contact.followed', { type: 'system', props: { channel: 'line' } })
  const state = structuredClone(p.state!)
  const before = p.effects.length
  const told = new Set<string>()
  const answer = (): void => {
    for (let again = true; again; ) {
      again = false
      for (const intent of intentsOf(p.effects.slice(before))) {
        if (told.has(intent.id)) continue
        told.add(intent.id)
        again = true
        const judged = judge(intent, p.state!, p.now, true)
        if (judged.do === 'wait') throw new Error('nothing waits here')
        p.outcome(
          intent,
          judged.do === 'accept' ? 'accepted' : 'skipped',
          judged.do === 'skip' ? judged.reason : null,
        )
      }
    }
  }
  const passed = (ms: number): void => {
    // message by message, as their moments come
    const until = p.now + ms
    for (let due = p.alarm(); due !== null && due <= until; due = p.alarm()) {
      p.wait(Math.max(0, due - p.now))
      answer()
    }
    p.wait(until - p.now)
  }
  const facts: Recorded[] = []
  for (const { name, after, n } of all) {
    passed(after)
    p.fold({ kind: 'event', now: p.now, received: p.now, body: event(name, { props: { n } }) })
    answer()
    facts.push({ name, at: p.now, received: p.now, props: { n } })
  }
  passed(3 * DAY)
  const derived = derivedOf(p.effects.slice(before)).filter(f => f.journey !== undefined)
  const count = (name: string, of: (f: (typeof derived)[number]) => string): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const f of derived) if (f.name === name) counts[of(f)] = (counts[of(f)] ?? 0) + 1
    return counts
  }
  return {
    facts,
    state,
    to: p.now + 1,
    said: {
      entered: derived.filter(f => f.name === 'journey.entered').length,
      goals: derived.filter(f => f.name === 'journey.goal_reached').length,
      refused: count('journey.not_entered', f => String(f.props.reason)),
      exits: count('journey.exited', f => String(f.props.how)),
      nodes: count('node.entered', f => f.node!),
      ways: count('node.left', f => `${f.node}|${String(f.props.port)}`),
      open: p.state!.enr.length,
    },
  }
}

test('what was recorded is replayed to what really happened', () => {
  fc.assert(
    fc.property(fc.boolean(), steps, (friend, all) => {
      const { facts, state, to, said } = live(friend, all)
      const w = stillWorld(world(journey(GRAPH)))
      const replay = openReplay({
        world: w,
        journey: w.journeys[0]!.id,
        from: START,
        to,
        costs: { line: 0.2, email: 0.1 },
      })
      replay.walk({ state, facts, orders: [] })
      const { entered, goals, refused, exits, nodes, ways, open } = replay.counted
      expect({ entered, goals, refused, exits, nodes, ways, open }).toEqual(said)
    }),
    { numRuns: 300 },
  )
})

test('before the time it is only remembered; days, sends, cost and samples are told', () => {
  const w = stillWorld(world(journey(GRAPH)))
  const p = new Person(w)
  p.event('Identified', { type: 'identify', ids: [{ kind: 'line_uid', value: 'Uone' }] })
  p.event('contact.followed', { type: 'system', props: { channel: 'line' } })
  const fact = (name: string, at: number): Recorded => ({ name, at, received: at, props: { n: 1 } })
  const from = START + DAY
  const replay = openReplay({
    world: w,
    journey: w.journeys[0]!.id,
    from,
    to: from + 3 * DAY,
    costs: { line: 0.2 },
  })
  const facts = [
    fact('Added', from - HOUR),
    fact('Seen', from - HOUR),
    fact('Added', from + 1),
    fact('Seen', from + 2),
  ]
  expect(replay.walk({ state: structuredClone(p.state!), facts, orders: [] })).toBe(true)
  const { counted } = replay
  expect(counted).toMatchObject({
    entered: 1,
    people: 1,
    cost: 0.2,
    open: 0,
    sends: { line: { accepted: 1, skipped: {} } },
  })
  expect(Object.values(counted.days)).toEqual([{ entered: 1, sends: { line: 1 } }])
  expect(counted.samples.entered).toEqual([p.state!.id])
  // without what was seen before it, nobody would have entered
  const other = openReplay({
    world: w,
    journey: w.journeys[0]!.id,
    from,
    to: from + 3 * DAY,
    costs: { line: 0.2 },
  })
  expect(other.walk({ state: structuredClone(p.state!), facts: facts.slice(2), orders: [] })).toBe(false)
  expect(other.counted.refused).toEqual({ filter: 1 })
})

test('a journey that never waits for long ends as a fault of that person', () => {
  const w = stillWorld(
    world(
      journey({
        trigger: { kind: 'event', event: 'Added' },
        start: 'a',
        nodes: { a: node('delay', { ms: 1000 }, { next: 'a' }) },
      }),
    ),
  )
  const p = new Person(w)
  p.event('Identified', {})
  const replay = openReplay({
    world: w,
    journey: w.journeys[0]!.id,
    from: START,
    to: START + 30 * DAY,
    costs: {},
  })
  replay.walk({
    state: p.state!,
    facts: [{ name: 'Added', at: START + 1, received: START + 1, props: {} }],
    orders: [],
  })
  expect(replay.counted).toMatchObject({ faults: 1, open: 1 })
})

test('caps are decided as the reducer does: the second message within a day is skipped', () => {
  const w = stillWorld(
    world(
      journey({
        trigger: { kind: 'event', event: 'Added' },
        reentry: { kind: 'always' },
        policy: { caps: [{ max: 1, withinMs: DAY }] },
        start: 'line',
        nodes: { line: sendNode({ accepted: null }) },
      }),
    ),
  )
  const p = new Person(w)
  p.event('Identified', { type: 'identify', ids: [{ kind: 'line_uid', value: 'Uone' }] })
  p.event('contact.followed', { type: 'system', props: { channel: 'line' } })
  const facts = [1, 2 * HOUR, DAY + 3 * HOUR].map(ms => ({
    name: 'Added',
    at: START + ms,
    received: START + ms,
    props: {},
  }))
  const replay = openReplay({
    world: w,
    journey: w.journeys[0]!.id,
    from: START,
    to: START + 3 * DAY,
    costs: { line: 0 },
  })
  replay.walk({ state: p.state!, facts, orders: [] })
  expect(replay.counted.sends).toEqual({ line: { accepted: 2, skipped: { cap: 1 } } })
})
