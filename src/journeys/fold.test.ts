// Journeys as a customer goes through them: entering, waiting, leaving, and what never may happen.
import { describe, expect, test } from 'vitest'
import {
  cancelled,
  cartJourney as cart,
  DAY,
  derivedOf,
  HOUR,
  intentsOf,
  journey,
  namesOf,
  node,
  Person,
  places,
  refusals,
  sendNode,
  uuid,
  world,
} from '../../test/reducer.ts'
import { planOf } from './plan.ts'

describe('entering', () => {
  test('a matching event enters once; a second while inside does not', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    p.event('Product Added')
    expect(places(p)).toEqual(['wait'])
    expect(refusals(p)).toEqual(['already_in'])
  })

  test('hard problem 4: a repeated trigger gives the same enrollment, never a second', () => {
    const p = new Person(world(cart))
    for (let i = 0; i < 100; i++) p.event('Product Added')
    expect(namesOf(p.effects).filter(n => n === 'journey.entered')).toHaveLength(1)
    const q = new Person(world(cart))
    q.event('Product Added')
    expect(q.state!.enr[0]!.id).toBe(p.state!.enr[0]!.id)
  })

  test('re-entry: never, after a cool-down, always', () => {
    const through = (reentry: Parameters<typeof journey>[0]['reentry'], waitMs: number) => {
      const p = new Person(world(journey({ reentry })))
      p.event('Start')
      p.wait(waitMs)
      p.event('Start')
      return [namesOf(p.effects).filter(n => n === 'journey.entered').length, refusals(p)]
    }
    expect(through({ kind: 'never' }, DAY)).toEqual([1, ['entered_before']])
    expect(through({ kind: 'after_exit', coolDownMs: DAY }, DAY - 1)).toEqual([1, ['cool_down']])
    expect(through({ kind: 'after_exit', coolDownMs: DAY }, DAY)).toEqual([2, []])
    expect(through({ kind: 'always' }, 0)).toEqual([2, []])
  })

  test('hard problem 9: a late event enters up to the lateness, and says why beyond it', () => {
    const enter = (agoMs: number) => {
      const p = new Person(world(cart))
      p.event('Product Added', { agoMs })
      return [places(p).length, refusals(p)]
    }
    expect(enter(DAY)).toEqual([1, []])
    expect(enter(DAY + 1)).toEqual([0, ['late']])
    expect(enter(300 * DAY)).toEqual([0, []]) // an import of the past
  })

  test('a purchase that arrives before its own cart event keeps the customer out', () => {
    const p = new Person(world(cart))
    p.event('Order Completed', { agoMs: 1000, props: { order_id: '1', total: 10 } })
    p.event('Product Added', { agoMs: 5000 })
    expect(places(p)).toEqual([])
    expect(refusals(p)).toEqual(['exit_rule'])
  })

  test('events of one batch count since the trigger, although all were received together', () => {
    const p = new Person(world(cart))
    p.event('Product Added', { agoMs: 60_000 })
    p.event('Order Completed', { agoMs: 30_000, props: { order_id: '1', total: 10 } })
    expect(places(p)).toEqual([])
    expect(derivedOf(p.effects).find(f => f.name === 'journey.exited')?.props).toMatchObject({
      how: 'exit_rule',
      exit: 'bought',
    })
  })

  test('one enrollment for each key', () => {
    const p = new Person(
      world(journey({ key: 'order', start: 'd', nodes: { d: node('delay', { ms: HOUR }, { next: null }) } })),
    )
    p.event('Start', { props: { order: 'a' } })
    p.event('Start', { props: { order: 7 } })
    p.event('Start', { props: { order: 'a' } })
    p.event('Start')
    expect(p.state!.enr.map(r => r.k)).toEqual(['a', '7'])
    expect(refusals(p)).toEqual(['already_in', 'no_key'])
  })

  test('a public key cannot forge what only the product says', () => {
    const w = world(journey({ trigger: { kind: 'event', event: 'contact.followed' } }))
    const p = new Person(w)
    p.event('contact.followed', { proof: 'public', props: { channel: 'line' } })
    expect([namesOf(p.effects), p.state!.line]).toEqual([['visit.started', 'stage.changed'], undefined])
    expect(p.state!.stage!.s).toBe(1) // a friend would be in consideration
    p.event('contact.followed', { proof: 'provider', type: 'system', props: { channel: 'line' } })
    expect(namesOf(p.effects)).toContain('journey.entered')
    expect(p.state!.line?.following).toBe(true)
  })
})

describe('hard problem 5: an exit that was folded beats what has not been sent', () => {
  test('purchase before the timer: no intent', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    p.wait(HOUR - 1)
    p.event('Order Completed', { props: { order_id: '1', total: 10 } })
    p.wait(DAY)
    expect(intentsOf(p.effects)).toEqual([])
  })

  test('purchase received in the very millisecond the timer is due: the purchase is folded first', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    p.now += HOUR
    p.event('Order Completed', { props: { order_id: '1', total: 10 } })
    expect(intentsOf(p.effects)).toEqual([])
    expect(p.alarm()).toBeNull()
  })

  test('purchase after the timer fired but before the claim: the intent is cancelled', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    const [intent] = intentsOf(p.wait(HOUR))
    p.event('Order Completed', { props: { order_id: '1', total: 10 } })
    expect(cancelled(p.effects)).toEqual([intent!.id])
    expect(places(p)).toEqual([])
  })

  test('timer and purchase in one reduction, the timer first: the intent is made and ended in the same fold', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    p.now += HOUR + 1 // the owner never folded the alarm: the reducer does before the event
    const effects = p.event('Order Completed', { props: { order_id: '1', total: 10 } })
    expect(cancelled(effects)).toEqual(intentsOf(effects).map(i => i.id))
    expect(cancelled(effects)).toHaveLength(1)
  })

  test('an attribute set on the way ends the run before the next node speaks', () => {
    const p = new Person(
      world(
        journey({
          exits: [
            {
              name: 'stop',
              rule: { op: 'trait', trait: 'stop', type: 'boolean', test: { is: 'equal', value: true } },
            },
          ],
          start: 'set',
          nodes: {
            set: node('update', { traits: { stop: true } }, { next: 'line' }),
            line: sendNode({ accepted: null }),
          },
        }),
      ),
    )
    p.event('Start')
    expect(intentsOf(p.effects)).toEqual([])
    expect(derivedOf(p.effects).find(f => f.name === 'journey.exited')?.props.how).toBe('exit_rule')
  })
})

describe('hard problem 12: every outcome of a message moves the person on', () => {
  const placesAfter = (
    outcome: 'accepted' | 'failed' | 'skipped' | 'unknown',
    next: Record<string, string | null>,
  ) => {
    const d = () => node('delay', { ms: HOUR }, { next: null })
    const p = new Person(
      world(journey({ start: 'line', nodes: { line: sendNode(next), a: d(), f: d(), s: d(), u: d() } })),
    )
    const [intent] = intentsOf(p.event('Start'))
    p.outcome(intent!, outcome, 'because')
    return places(p)
  }
  const all = { accepted: 'a', failed: 'f', skipped: 's', unknown: 'u' }
  test.each(['accepted', 'failed', 'skipped', 'unknown'] as const)('%s', outcome => {
    expect(placesAfter(outcome, all)).toEqual([all[outcome]])
    expect(placesAfter(outcome, { accepted: 'a' })).toEqual(['a']) // left out: the way of accepted
    expect(placesAfter(outcome, { accepted: 'a', [outcome]: null })).toEqual([]) // drawn to an end: completed
  })

  test('the outcome of another message moves nobody', () => {
    const p = new Person(world(cart))
    p.event('Product Added')
    const [intent] = intentsOf(p.wait(HOUR))
    p.outcome({ ...intent!, id: uuid(77) }, 'accepted')
    expect(places(p)).toEqual(['line'])
  })

  test('a click can be waited for', () => {
    const p = new Person(
      world(
        journey({
          start: 'line',
          nodes: {
            line: sendNode({ accepted: 'wait' }),
            wait: node(
              'wait_event',
              { event: 'message.clicked', timeoutMs: DAY },
              { event: 'yes', timeout: null },
            ),
            yes: node('delay', { ms: HOUR }, { next: null }),
          },
        }),
      ),
    )
    const [intent] = intentsOf(p.event('Start'))
    p.outcome(intent!, 'accepted')
    p.now += 1000
    p.fold({
      kind: 'outcome',
      now: p.now,
      received: p.now,
      body: {
        message: intent!.id,
        enrollment: null,
        node: null,
        journey: null,
        channel: 'line',
        state: 'clicked',
        outcome: null,
        reason: null,
        at: p.now,
      },
    })
    expect(places(p)).toEqual(['yes'])
  })
})

describe('waiting for an event', () => {
  const waiting = (since?: 'entry' | 'node') =>
    journey({
      start: 'd',
      nodes: {
        d: node('delay', { ms: HOUR }, { next: 'w' }),
        w: node(
          'wait_event',
          { event: 'Paid', where: [{ path: 'sum', op: 'at_least', value: 10 }], since, timeoutMs: HOUR },
          { event: 'yes', timeout: 'no' },
        ),
        yes: node('delay', { ms: DAY }, { next: null }),
        no: node('delay', { ms: DAY }, { next: null }),
      },
    })

  test.each([
    ['node', 'w'],
    ['entry', 'yes'],
  ] as const)('since %s: an event before the node was entered', (since, place) => {
    const p = new Person(world(waiting(since)))
    p.event('Start')
    p.now += 1
    p.event('Paid', { props: { sum: 10 } })
    p.wait(HOUR)
    expect(places(p)).toEqual([place])
  })

  test('filter, then event, then timeout; an event after the timeout changes nothing', () => {
    const p = new Person(world(waiting()))
    p.event('Start')
    p.wait(HOUR + 1)
    p.event('Paid', { props: { sum: 9 } })
    expect(places(p)).toEqual(['w'])
    p.wait(HOUR)
    expect(places(p)).toEqual(['no'])
    p.event('Paid', { props: { sum: 10 } })
    expect(places(p)).toEqual(['no'])
  })

  test('one event passes one waiting node, not two in a row', () => {
    const w = (next: string | null) =>
      node('wait_event', { event: 'Ping', timeoutMs: DAY }, { event: next, timeout: null })
    const p = new Person(world(journey({ start: 'w1', nodes: { w1: w('w2'), w2: w('w3'), w3: w(null) } })))
    p.event('Start')
    p.event('Ping')
    expect(places(p)).toEqual(['w2'])
    p.event('Ping') // the same millisecond: still another event
    expect(places(p)).toEqual(['w3'])
  })
})

test('what a journey derives can start another in the same fold; R4-13 tags that start one another in a circle stop at the eighth journey', () => {
  const onTag = (n: number, event: string, tag: string, fields: Record<string, unknown>) =>
    journey(
      {
        trigger: { kind: 'event', event, where: [{ path: 'tag', op: 'is', value: tag }] },
        start: 't',
        nodes: { t: node('update', fields, { next: null }) },
      },
      { id: uuid(0x2000 + n) },
    )
  const p = new Person(
    world(onTag(1, 'tag.added', 'a', { addTags: ['b'] }), onTag(2, 'tag.added', 'b', { addTags: ['c'] })),
  )
  p.event('Seen')
  p.command({ do: 'add_tag', tag: 'a' })
  expect(Object.keys(p.state!.tags)).toEqual(['a', 'b', 'c'])
  const endless = new Person(
    world(
      onTag(1, 'tag.added', 'p', { removeTags: ['p'] }),
      onTag(2, 'tag.removed', 'p', { addTags: ['p'] }),
    ),
  )
  endless.event('Seen')
  endless.command({ do: 'add_tag', tag: 'p' })
  expect(namesOf(endless.effects).filter(n => n === 'journey.entered')).toHaveLength(8)
  expect(refusals(endless)).toEqual(['loop'])
  expect(endless.state!.enr).toEqual([])
})

test('entered minus left is who waits, whatever ends a run', () => {
  const p = new Person(world(cart, journey({}, { id: uuid(0x1001) })))
  p.event('Product Added')
  p.event('Start')
  p.command({ do: 'remove_enrollment', enrollment: p.state!.enr[0]!.id })
  p.wait(2 * DAY)
  p.event('Product Added')
  const [intent] = intentsOf(p.wait(HOUR))
  p.outcome(intent!, 'accepted')
  const count = (name: string) => namesOf(p.effects).filter(n => n === name).length
  expect(count('node.entered')).toBe(count('node.left'))
  expect(count('journey.entered')).toBe(count('journey.exited'))
})

test('a world is compiled once', () => {
  const w = world(cart)
  expect(planOf(w)).toBe(planOf(w))
})
