// What time and publishing do to runs: paused and stopped journeys, versions, dates, quiet hours.
import { describe, expect, test } from 'vitest'
import {
  cancelled,
  cartJourney as cart,
  DAY,
  HOUR,
  intentsOf,
  journey,
  node,
  Person,
  places,
  refusals,
  sendNode,
  START,
  world,
} from '../../test/reducer.ts'

describe('status of a journey', () => {
  test('paused: nobody enters, runs wait, an outcome is kept; then everybody goes on', () => {
    const two = journey({
      start: 'line',
      nodes: { line: sendNode({ accepted: 'd' }), d: node('delay', { ms: HOUR }, { next: null }) },
    })
    const p = new Person(world(two))
    const [intent] = intentsOf(p.event('Start'))
    p.world = world({ ...two, status: 'paused' })
    p.outcome(intent!, 'accepted')
    expect(places(p)).toEqual(['line'])
    expect(p.alarm()).toBeNull()
    p.event('Start')
    expect(refusals(p)).toEqual(['paused'])
    p.world = world(two)
    p.recheck()
    p.wait(0)
    expect(places(p)).toEqual(['d'])
  })

  test('stopped, or no longer published: runs end, their open message too', () => {
    for (const w of [world({ ...cart, status: 'stopped' }), world()]) {
      const p = new Person(world(cart))
      p.event('Product Added')
      const [intent] = intentsOf(p.wait(HOUR))
      p.world = w
      p.recheck()
      expect(places(p)).toEqual([])
      expect(cancelled(p.effects)).toEqual([intent!.id])
      expect(p.state!.past[`${cart.id}|`]?.how).toBe('stopped')
    }
  })

  test('a new version: those inside stay on theirs, the next enters the new one', () => {
    const v2 = {
      ...cart,
      version: 2,
      graph: {
        ...cart.graph,
        nodes: { ...cart.graph.nodes, wait: node('delay', { ms: 2 * HOUR }, { next: 'line' }) },
      },
    }
    const p = new Person(world(cart))
    p.event('Product Added')
    p.world = world({ ...cart, status: 'draining' }, v2)
    p.recheck()
    expect(p.alarm()).toBe(START + HOUR)
    const q = new Person(p.world, 2)
    q.event('Product Added')
    expect(q.alarm()).toBe(START + 2 * HOUR)
  })
})

describe('dates', () => {
  const birthday = (yearly: boolean) =>
    journey({
      trigger: { kind: 'date', trait: 'birthday', offsetDays: -3, time: '09:00', yearly },
      start: 'line',
      nodes: { line: sendNode({ accepted: null }) },
    })

  test('three days before, at nine in the zone, every year; an edit moves it', () => {
    const p = new Person(world(birthday(true)))
    p.event('Identified', { type: 'identify', traits: { birthday: '1990-03-20' } })
    expect(p.alarm()).toBe(Date.UTC(2026, 2, 17, 1))
    p.event('Identified', { type: 'identify', traits: { birthday: '1990-04-20' } })
    expect(p.alarm()).toBe(Date.UTC(2026, 3, 17, 1))
    const intents = intentsOf(p.wait(400 * DAY))
    expect(intents.map(i => i.at)).toEqual([Date.UTC(2026, 3, 17, 1)])
    p.outcome(intents[0]!, 'accepted')
    expect(p.alarm()).toBe(Date.UTC(2027, 3, 17, 1))
  })

  test('once, without years; no longer a date, no alarm', () => {
    const p = new Person(world(birthday(false)))
    p.event('Identified', { type: 'identify', traits: { birthday: '2026-03-20' } })
    expect(intentsOf(p.wait(30 * DAY))).toHaveLength(1)
    expect(p.alarm()).toBeNull()
    p.event('Identified', { type: 'identify', traits: { birthday: '2026-12-20' } })
    expect(p.alarm()).not.toBeNull()
    p.event('Identified', { type: 'identify', traits: { birthday: 'soon' } })
    expect(p.alarm()).not.toBeNull() // what is no date is refused, and the date stays
    p.event('Identified', { type: 'identify', traits: { birthday: null } })
    expect(p.alarm()).toBeNull()
  })
})

test('quiet hours: the message is put off to their end, and carries the window', () => {
  const p = new Person({
    ...world(journey({ start: 'line', nodes: { line: sendNode({ accepted: null }) } })),
    quietHours: { from: '21:00', to: '09:00' },
  })
  p.now = Date.UTC(2026, 2, 2, 15) // 23:00 in Taipei
  const [intent] = intentsOf(p.event('Start'))
  expect(intent).toMatchObject({
    notBefore: Date.UTC(2026, 2, 3, 1),
    quiet: { from: '21:00', to: '09:00', timezone: 'Asia/Taipei' },
  })
})
