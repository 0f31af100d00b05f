// What holds for a whole journey, decided in the fold: entry cap, throttle, faults of a policy.
import { describe, expect, test } from 'vitest'
import {
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
  uuid,
  world,
} from '../../test/reducer.ts'
import type { Rule } from '../rules/model.ts'
import type { JourneyGraph } from './model.ts'
import { staggered } from './policy.ts'
import { validateGraph } from './validate.ts'

describe('places shared between people', () => {
  test('a throttle asks for a place and goes on when it has one', () => {
    const j = journey({
      start: 'gate',
      nodes: { gate: node('throttle', { max: 10, per: 'hour' }, { next: 'end' }), end: node('exit', {}, {}) },
    })
    const p = new Person(world(j))
    const [asked] = intentsOf(p.event('Start'))
    expect(asked).toMatchObject({
      channel: 'ticket',
      content: { channel: 'ticket' },
      limits: [{ key: `throttle:${j.id}:gate`, max: 10, per: 'hour', wait: true }],
    })
    expect(places(p)).toEqual(['gate'])
    expect(namesOf(p.outcome(asked!, 'accepted'))).toContain('journey.exited')
  })

  const capped = (graph: Partial<JourneyGraph> = {}) =>
    journey({
      entry: { cap: { max: 2, per: 'day' } },
      start: 'wait',
      nodes: { wait: node('delay', { ms: HOUR }, { next: 'end' }), end: node('exit', {}, {}) },
      ...graph,
    })

  test('an entry cap: in with a place, refused without, asked anew the next time', () => {
    const p = new Person(world(capped()))
    const [first] = intentsOf(p.event('Start'))
    expect(first).toMatchObject({
      channel: 'ticket',
      node: '',
      limits: [{ max: 2, per: 'day', wait: false }],
    })
    expect(namesOf(p.effects)).not.toContain('journey.entered')
    expect(intentsOf(p.event('Start'))).toEqual([]) // it waits already
    const refused = p.outcome(first!, 'skipped', 'cap')
    expect(derivedOf(refused)).toMatchObject(
      [{ name: 'journey.not_entered', props: { reason: 'cap' } }, { name: 'message.skipped' }].slice(0, 1),
    )
    expect(p.state!.enr).toEqual([])
    p.now += 1
    const [second] = intentsOf(p.event('Start'))
    expect(second!.id).not.toBe(first!.id)
    const entered = p.outcome(second!, 'accepted')
    expect(derivedOf(entered).map(f => f.name)).toEqual(['journey.entered', 'node.entered'])
    expect(places(p)).toEqual(['wait'])
  })

  test('a canary of people: a place for who comes the first time, none needed by who was in', () => {
    const p = new Person(world(capped({ entry: { canaryPeople: 2 }, reentry: { kind: 'always' } })))
    const [first] = intentsOf(p.event('Start'))
    expect(first!.limits).toEqual([
      { key: expect.stringMatching(/^canary:/), max: 2, per: 'ever', wait: false },
    ])
    expect(derivedOf(p.outcome(first!, 'skipped', 'canary'))[0]).toMatchObject({
      name: 'journey.not_entered',
      props: { reason: 'canary' },
    })
    p.now += 1
    const [second] = intentsOf(p.event('Start'))
    p.outcome(second!, 'accepted')
    expect(places(p)).toEqual(['wait'])
    p.wait(HOUR)
    expect(places(p)).toEqual([])
    expect(intentsOf(p.event('Start'))).toEqual([])
    expect(places(p)).toEqual(['wait'])
  })

  test('an exit or the goal ends whoever still waits for a place, without a run', () => {
    const p = new Person(
      world(
        capped({
          exits: [{ name: 'left', rule: { op: 'tags', is: 'any', tags: ['gone'] } }],
        }),
      ),
    )
    p.event('Start')
    const effects = p.event('tag.applied', { type: 'system', props: { tag: 'gone' } })
    expect(namesOf(effects)).toContain('journey.not_entered')
    expect(namesOf(effects)).not.toContain('journey.exited')
    expect(effects.filter(e => e.kind === 'cancel')).toHaveLength(1)
    expect(p.state!.past).toEqual({})
  })
})

const sends = (more: Partial<JourneyGraph> = {}, n = 0x1000) =>
  journey(
    {
      start: 'send',
      nodes: {
        send: sendNode({ accepted: 'end', skipped: 'sorry' }),
        end: node('exit', {}, {}),
        sorry: node('update', { addTags: ['skipped'] }, { next: null }),
      },
      ...more,
    },
    { id: uuid(n), name: `J${n}` },
  )
const capped = (caps: { max: number; withinMs: number }[], ...js: ReturnType<typeof journey>[]) => ({
  ...world(...js),
  sending: { caps },
})
/** What came of each intent in the fold: its journey's name and how it ended. */
const wanted = (effects: ReturnType<Person['event']>, ...js: ReturnType<typeof journey>[]) =>
  intentsOf(effects).map(i => [js.find(j => j.id === i.journey)!.name, i.ended ?? 'goes'])

describe('caps and priority', () => {
  const day = [{ max: 1, withinMs: DAY }]

  test('two journeys at once under a cap of 1: one send, by priority; the other is skipped through its edge', () => {
    const low = sends({ policy: { priority: 7 } }, 1)
    const high = sends({ policy: { priority: 2 } }, 2)
    const p = new Person(capped(day, low, high))
    const effects = p.event('Start')
    expect(wanted(effects, low, high)).toEqual([
      ['J1', 'cap'],
      ['J2', 'goes'],
    ])
    // as the owner posts it
    p.outcome(intentsOf(effects)[0]!, 'skipped', 'cap')
    expect(Object.keys(p.state!.tags)).toEqual(['skipped'])
    expect(p.state!.sent).toHaveLength(1)
  })

  test('the same for timers of the same moment, not for those of different moments', () => {
    const later = (name: string, ms: number, priority: number, n: number) => {
      const j = sends({ policy: { priority }, start: 'wait' }, n)
      j.graph.nodes.wait = node('delay', { ms }, { next: 'send' })
      return { ...j, name }
    }
    const js = [later('second', HOUR, 5, 1), later('first', HOUR, 1, 2), later('earlier', HOUR - 1, 9, 3)]
    const p = new Person(capped([{ max: 2, withinMs: DAY }], ...js))
    p.event('Start')
    expect(wanted(p.wait(2 * HOUR), ...js)).toEqual([
      ['earlier', 'goes'],
      ['second', 'cap'],
      ['first', 'goes'],
    ])
    // also when one late alarm folds them all
    const late = new Person(capped([{ max: 2, withinMs: DAY }], ...js))
    late.event('Start')
    const due = late.now + HOUR
    const effects = late.fold({ kind: 'alarm', now: due + 5, received: due, body: { due } })
    expect(wanted(effects, ...js)).toEqual([
      ['earlier', 'goes'],
      ['second', 'cap'],
      ['first', 'goes'],
    ])
  })

  test('a cap rolls; what ended unsent does not count; acceptance moves the moment; a journey has caps of its own', () => {
    const own = sends({ policy: { caps: [{ max: 2, withinMs: 10 * DAY }] } }, 1)
    const p = new Person(capped(day, own))
    const [first] = intentsOf(p.event('Start'))
    p.outcome(first!, 'skipped', 'no_address')
    expect(p.state!.sent).toBeUndefined()
    const [second] = intentsOf(p.event('Start'))
    expect(second!.ended).toBeUndefined()
    p.now += HOUR
    p.outcome(second!, 'accepted')
    p.now = START + DAY // a day after it was decided, 23 hours after it went out
    const [third] = intentsOf(p.event('Start'))
    expect(third!.ended).toBe('cap')
    p.outcome(third!, 'skipped', 'cap')
    p.now += HOUR
    const [fourth] = intentsOf(p.event('Start'))
    expect(fourth!.ended).toBeUndefined()
    p.outcome(fourth!, 'accepted')
    p.now += 2 * DAY
    expect(intentsOf(p.event('Start')).map(i => i.ended)).toEqual(['cap']) // two of this journey in ten days
  })

  test('transactional messages are never held back, and count only where the workspace says so', () => {
    const notice = sends({}, 1)
    notice.graph.nodes.send!.fields.purpose = 'transactional'
    const promo = sends({ trigger: { kind: 'event', event: 'Promo' } }, 2)
    const p = new Person(capped(day, notice, promo))
    p.event('Start')
    expect(p.state!.sent).toBeUndefined()
    expect(wanted(p.event('Promo'), promo)).toEqual([['J2', 'goes']])
    const counting = new Person({
      ...capped(day, notice, promo),
      sending: { caps: day, countTransactional: true },
    })
    counting.event('Start')
    expect(wanted(counting.event('Promo'), promo)).toEqual([['J2', 'cap']])
    const [first] = intentsOf(counting.effects)
    counting.outcome(first!, 'accepted')
    expect(wanted(counting.event('Start'), notice)).toEqual([['J1', 'goes']])
  })

  test('a twin’s messages count for the person', () => {
    const promo = sends({}, 1)
    const p = new Person(capped(day, promo), 1)
    p.event('Start')
    const twin = new Person(capped(day, promo), 2)
    twin.event('Hello')
    const body = { loser: p.self.id, state: p.state, ids: [], orders: [], hops: 0 }
    twin.fold({ kind: 'absorb', now: twin.now, received: twin.now, body })
    expect(twin.state!.sent).toEqual(p.state!.sent)
  })
})

describe('late work', () => {
  const weekly = (policy: JourneyGraph['policy']) => {
    const j = sends({ policy, start: 'wait' })
    j.graph.nodes.wait = node('delay', { ms: HOUR }, { next: 'send' })
    return j
  }
  const lateBy = (ms: number, policy: JourneyGraph['policy']) => {
    const p = new Person(world(weekly(policy)))
    p.event('Start')
    const due = p.now + HOUR
    const [intent] = intentsOf(p.fold({ kind: 'alarm', now: due + ms, received: due, body: { due } }))
    return { intent: intent!, due }
  }

  test('hard problem 15: a policy passes over what is too late; its deadline counts from its time', () => {
    expect(lateBy(3 * DAY, { late: { afterMs: DAY, do: 'skip' } }).intent.ended).toBe('late')
    expect(lateBy(DAY, { late: { afterMs: DAY, do: 'skip' } }).intent.ended).toBeUndefined()
    expect(lateBy(3 * DAY, { late: { afterMs: DAY, do: 'send' } }).intent.ended).toBeUndefined()
    const { intent, due } = lateBy(3 * DAY, { usefulForMs: 2 * DAY })
    // decided for `due`, of use for two days from then: the claim finds it late
    expect(intent.notAfter).toBeLessThan(due + 3 * DAY)
  })

  test('hard problem 15: after a standstill messages are spread over half an hour, and within their usefulness', () => {
    const now = START + 3 * DAY
    const of = (n: number, at = START, notAfter: number | null = null) =>
      staggered({ id: uuid(n), at, notBefore: at, notAfter }, now) - now
    const starts = Array.from({ length: 200 }, (_, i) => of(i))
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...starts)).toBeGreaterThan(25 * 60_000)
    expect(Math.max(...starts)).toBeLessThanOrEqual(30 * 60_000)
    expect(Math.max(...starts.map((_, i) => of(i, START, now + 60_000)))).toBeLessThanOrEqual(60_000)
    expect(of(1, now - 60_000)).toBe(-60_000) // a minute is no standstill
  })
})

const order = (no: string, name = 'Order Completed') =>
  [name, { props: { order_id: no, total: 100, currency: 'TWD' } }] as const
const boughtSince = (since: 'entry' | 'node'): Rule => ({
  op: 'orders',
  window: { in: since },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
})

describe('goal and control group', () => {
  const goal = { rule: boughtSince('entry'), exitOnGoal: true, windowMs: 7 * DAY }

  test('a tenth is kept unsent, the same people each time, and measured for as long', () => {
    const j = sends({ goal, policy: { controlPercent: 10 } })
    const people = Array.from({ length: 400 }, (_, i) => {
      const p = new Person(world(j), i + 1)
      p.event('Start')
      return p
    })
    const kept = people.filter(p => p.state!.enr[0]?.ctl)
    expect(kept.length).toBeGreaterThan(25)
    expect(kept.length).toBeLessThan(60)
    for (const p of kept) {
      expect(intentsOf(p.effects)).toEqual([])
      expect(derivedOf(p.effects).find(f => f.name === 'journey.entered')!.props).toMatchObject({
        control: true,
      })
      expect(namesOf(p.effects)).not.toContain('node.entered')
    }
    const [buys, waits] = kept
    buys!.now += HOUR
    expect(namesOf(buys!.event(...order('A1')))).toEqual(
      expect.arrayContaining(['journey.goal_reached', 'journey.exited']),
    )
    buys!.event('Start')
    expect(buys!.state!.enr[0]!.ctl).toBe(true)
    const over = waits!.wait(8 * DAY)
    expect(namesOf(over)).toEqual(['journey.exited'])
    expect(derivedOf(over)[0]).toMatchObject({
      at: START + 7 * DAY,
      props: { how: 'completed', control: true },
    })
  })

  test('the goal counts within its window, also when the run has ended by then, and no longer', () => {
    const p = new Person(world(sends({ goal })))
    const [intent] = intentsOf(p.event('Start'))
    p.outcome(intent!, 'accepted')
    expect(p.state!.enr).toEqual([])
    p.wait(6 * DAY)
    const reached = derivedOf(p.event(...order('B1'))).find(f => f.name === 'journey.goal_reached')
    expect(reached).toMatchObject({ enrollment: intent!.enrollment, props: { after: true } })
    const undone = derivedOf(p.event(...order('B1', 'Order Cancelled'))).find(
      f => f.name === 'journey.goal_undone',
    )
    expect(undone).toMatchObject({ enrollment: intent!.enrollment })
    expect(p.alarm()).toBe(START + 7 * DAY)
    p.wait(2 * DAY)
    expect(p.state!.watch).toBeUndefined()
    expect(namesOf(p.event(...order('B2')))).not.toContain('journey.goal_reached')
  })

  test('R3-30 a figure of a node asks its rule of whoever passed, within its window', () => {
    const measure = { kind: 'rule', rule: boughtSince('node'), windowMs: 30 * DAY } as const
    const p = new Person(
      world(sends({ policy: { kpis: [{ id: 'again', name: 'Buys', node: 'send', measure, target: 20 }] } })),
    )
    const [intent] = intentsOf(p.event('Start'))
    p.event(...order('C1')) // before it was passed
    expect(namesOf(p.effects)).not.toContain('journey.kpi_reached')
    p.outcome(intent!, 'accepted')
    p.wait(29 * DAY)
    expect(derivedOf(p.event(...order('C2'))).find(f => f.name === 'journey.kpi_reached')).toMatchObject({
      node: 'send',
      props: { kpi: 'again' },
    })
    expect(p.state!.watch).toBeUndefined()
  })
})

describe('faults of a policy', () => {
  const faults = (more: Partial<JourneyGraph>) =>
    validateGraph({ ...journey({}).graph, ...more }).problems.map(p => `${p.path} ${p.code}`)
  const goal: NonNullable<JourneyGraph['goal']> = {
    rule: { op: 'tags', is: 'any', tags: ['x'] },
    exitOnGoal: false,
  }

  test('each says where it is', () => {
    expect(faults({ policy: { quietHours: { from: '09:00', to: '09:00' } } })).toEqual([
      '/policy/quietHours/to quiet_empty',
    ])
    expect(faults({ policy: { controlPercent: 10 } })).toEqual([
      '/policy/controlPercent control_without_goal',
    ])
    expect(faults({ policy: { controlPercent: 10 }, goal })).toEqual([
      '/policy/controlPercent control_without_goal',
    ])
    expect(faults({ policy: { controlPercent: 10 }, goal: { ...goal, windowMs: HOUR } })).toEqual([])
    const kpi = { id: 'a', name: 'A', node: 'nowhere', measure: { kind: 'goal' } as const, target: 1 }
    const rule = { op: 'nonsense' } as never
    expect(
      faults({
        policy: { kpis: [kpi, { ...kpi, node: null, measure: { kind: 'rule', rule, windowMs: HOUR } }] },
      }),
    ).toEqual([
      '/policy/kpis/0/node kpi_node',
      '/policy/kpis/0/measure kpi_goal',
      '/policy/kpis/1/id kpi_twice',
      expect.stringMatching(/^\/policy\/kpis\/1\/measure\/rule/),
    ])
  })
})
