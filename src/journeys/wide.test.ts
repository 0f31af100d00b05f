// What holds for a whole journey, decided in the fold: entry cap, throttle, faults of a policy.
import { describe, expect, test } from 'vitest'
import {
  derivedOf,
  HOUR,
  intentsOf,
  journey,
  namesOf,
  node,
  Person,
  places,
  world,
} from '../../test/reducer.ts'
import type { JourneyGraph } from './model.ts'
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
