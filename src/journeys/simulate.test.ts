import { describe, expect, test } from 'vitest'
import { HOUR, DAY, START, uuid, world, journey } from '../../test/reducer.ts'
import { cartNotPaid, welcome } from './examples.ts'
import { asNewcomer, madeUp, trialWorld, type MadeUp } from './simulate-start.ts'
import { simulate } from './simulate.ts'
import type { SimAction, SimStart, Walk } from './walk.ts'
import type { JourneyGraph } from './model.ts'

const JOURNEY = uuid(0x77)
const PERSON: MadeUp = {
  traits: { name: '王小明' },
  email: 'ming@example.com',
  line: true,
  consent: { email: true },
}

function startOf(graph: JourneyGraph, person: MadeUp = PERSON, more: Partial<SimStart> = {}): SimStart {
  const w = trialWorld(world(journey({})), { id: JOURNEY, version: 1, graph }, false)
  const { state, facts } = madeUp(person, w, START)
  return {
    world: w,
    journey: JOURNEY,
    person: state,
    facts,
    at: START,
    workspace: { name: '好日子', locale: 'zh-TW' },
    ...more,
  }
}
const names = (walk: Walk): string[] =>
  walk.lines.filter(l => l.journey === JOURNEY).map(l => `${l.name} ${l.node ?? ''}`.trim())
const added: SimAction = { do: 'event', name: 'Product Added', props: { name: '燕麥奶' } }

describe('simulate', () => {
  test('walks to the first wait, and by time alone to the message, which is rendered', () => {
    const walk = simulate(startOf(cartNotPaid), [added])
    expect(walk.here).toEqual(['wait'])
    expect(walk.next).toBe(START + HOUR)
    const later = simulate(startOf(cartNotPaid), [added, { do: 'next' }])
    expect(later.here).toEqual(['window'])
    expect(later.ways).toEqual({ 'wait|timeout': 1, 'line|accepted': 1 })
    expect(later.messages).toMatchObject([{ node: 'line', state: 'accepted', channel: 'line' }])
    expect(JSON.stringify(later.messages[0]!.content)).toContain('王小明，「燕麥奶」還在購物車裡等您')
    expect(simulate(startOf(cartNotPaid), [added, { do: 'wait', ms: 4 * DAY }]).here).toEqual([])
  })

  test('the same start and actions give the same walk, and a start is not changed', () => {
    const start = startOf(welcome)
    const before = JSON.stringify(start)
    const actions: SimAction[] = [
      { do: 'event', name: 'Signed Up' },
      { do: 'wait', ms: 2 * DAY },
    ]
    expect(simulate(start, actions)).toEqual(simulate(start, actions))
    expect(JSON.stringify(start)).toBe(before)
  })

  test('messages are judged as the deliverer would: no friend, no consent', () => {
    const nobody = simulate(startOf(cartNotPaid, { traits: {} }), [added, { do: 'next' }])
    expect(nobody.messages.map(m => [m.node, m.state, m.reason])).toEqual([
      ['line', 'skipped', 'no_address'],
      ['email', 'skipped', 'no_address'],
    ])
    const refused = simulate(startOf(cartNotPaid, { ...PERSON, consent: { line: false } }), [
      added,
      { do: 'next' },
    ])
    expect(refused.messages.map(m => [m.node, m.state, m.reason])).toEqual([
      ['line', 'skipped', 'consent'],
      ['email', 'skipped', 'consent'],
    ])
  })

  test('how a message ends can be chosen, before or by hand', () => {
    const failed = simulate(
      startOf(cartNotPaid, PERSON, { endings: { line: { outcome: 'failed', reason: 'rejected' } } }),
      [added, { do: 'next' }],
    )
    expect(failed.messages.map(m => [m.node, m.state])).toEqual([
      ['line', 'failed'],
      ['email', 'accepted'],
    ])
    const held = startOf(cartNotPaid, PERSON, { endings: { line: 'hold' } })
    expect(simulate(held, [added, { do: 'next' }]).here).toEqual(['line'])
    const clicked = simulate(held, [added, { do: 'next' }, { do: 'message', node: 'line', state: 'clicked' }])
    expect(clicked.here).toEqual(['window'])
    expect(clicked.lines.filter(l => l.by === 'message').map(l => l.name)).toEqual([
      'message.accepted',
      'message.clicked',
    ])
    const again = simulate(held, [
      added,
      { do: 'next' },
      { do: 'message', node: 'line', state: 'failed' },
      { do: 'message', node: 'line', state: 'clicked' },
    ])
    expect(again.fault).toMatchObject({ code: 'refused', action: 3 })
  })

  test('buying in time ends it, with the reason', () => {
    const walk = simulate(startOf(cartNotPaid), [
      added,
      { do: 'wait', ms: 60_000 },
      { do: 'event', name: 'Order Completed', props: { order_id: 'A1', total: 100, currency: 'TWD' } },
    ])
    expect(names(walk).at(-1)).toMatch(/^journey.exited/)
    expect(walk.lines.find(l => l.name === 'journey.goal_reached')?.props.why).toBeTruthy()
    expect(walk.messages).toEqual([])
  })

  test('the past of a made-up person is known to rules and starts nothing', () => {
    const graph: JourneyGraph = {
      ...welcome,
      filter: {
        op: 'event',
        event: 'Visited',
        window: { in: 'last', span: { n: 7, unit: 'day' } },
        measure: { of: 'count', test: { is: 'at_least', value: 2 } },
      },
    }
    const past = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ event: 'Visited', agoMs: (i + 1) * DAY }))
    const signed: SimAction = { do: 'event', name: 'Signed Up' }
    const two = simulate(
      startOf(graph, { ...PERSON, past: [...past(2), { event: 'Signed Up', agoMs: 3 * DAY }] }),
      [],
    )
    expect(two.here).toEqual([])
    expect(simulate(startOf(graph, { ...PERSON, past: past(2) }), [signed]).here).toEqual(['day'])
    const one = simulate(startOf(graph, { ...PERSON, past: past(1) }), [signed])
    expect(one.lines.findLast(l => l.name === 'journey.not_entered')?.props.reason).toBe('filter')
  })

  test('somebody real enters as if never in it before', () => {
    const start = startOf(welcome)
    const signed: SimAction[] = [
      { do: 'event', name: 'Signed Up' },
      { do: 'wait', ms: 9 * DAY },
    ]
    const { state } = simulate(start, signed)
    expect(
      simulate({ ...start, person: state, at: state.now }, signed).lines.some(
        l => l.name === 'journey.entered',
      ),
    ).toBe(false)
    const again = simulate({ ...start, person: asNewcomer(state, JOURNEY), at: state.now }, signed)
    expect(again.lines.some(l => l.name === 'journey.entered')).toBe(true)
  })

  test('a journey that goes round for ever ends as too long', () => {
    const graph: JourneyGraph = {
      ...welcome,
      exits: [],
      start: 'a',
      nodes: { a: { type: 'delay', fields: { ms: 1000 }, next: { next: 'a' } } },
    }
    const walk = simulate(startOf(graph), [
      { do: 'event', name: 'Signed Up' },
      { do: 'wait', ms: 300 * DAY },
    ])
    expect(walk.fault?.code).toBe('too_long')
    expect(walk.fault?.action).toBe(1)
  })
})
