// What a customer's file takes up: orders, traits, identifiers, consent; and what commands answer.
import { describe, expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  event,
  eventInput,
  HOUR,
  id,
  journey,
  namesOf,
  node,
  Person,
  START,
  uuid,
  world,
} from '../../test/reducer.ts'
import { nextAlarm, reduce } from './reduce.ts'

describe('facts', () => {
  test('an order event asks for the order first and changes nothing until it has it', () => {
    const p = new Person(world())
    p.event('Seen')
    const before = JSON.stringify(p.state)
    const input = eventInput(event('Order Completed', { props: { order_id: 7, total: 10 } }), p.now)
    expect(reduce(p.state, input, {}, p.world, p.self)).toEqual({ need: ['order:7'] })
    expect(JSON.stringify(p.state)).toBe(before)
  })

  test.each([
    ['Order Completed', {}, 'order_id'],
    ['Order Completed', { order_id: 'A' }, 'amount'],
    ['Order Completed', { order_id: 'A', total: -1 }, 'amount'],
    ['Order Refunded', { order_id: 'A', total: 'all' }, 'amount'],
  ])('%s %j is refused for its %s', (name, props, reason) => {
    const p = new Person(world())
    p.event(name, { props })
    expect(derivedOf(p.effects).find(f => f.name === 'order.refused')?.props.reason).toBe(reason)
    expect(p.state!.orders).toBeUndefined()
  })

  test('exact smallest units; partial refunds add up; other currencies count as orders only', () => {
    const p = new Person({ ...world(), currency: 'USD' })
    p.event('Order Completed', { props: { order_id: 'A', total: 19.99, currency: 'USD' } })
    p.event('Order Completed', { props: { order_id: 'B', revenue: '0.3', currency: 'usd' } })
    p.event('Order Completed', { props: { order_id: 'C', total: 5000, currency: 'TWD' } })
    expect(p.state!.orders).toMatchObject({ n: 3, revenue: 2029, currency: 'USD' })
    p.event('Order Refunded', { props: { order_id: 'A', total: 10 } })
    p.event('Order Refunded', { props: { order_id: 'A', total: 9.99 } })
    p.event('Order Refunded', { props: { order_id: 'B' } })
    expect(p.state!.orders).toMatchObject({ n: 1, revenue: 0 })
  })
})

describe('profile', () => {
  test('what a public key says never replaces what is verified, and says so once', () => {
    const p = new Person(world())
    p.event('Identified', { traits: { name: 'May' } })
    p.event('Identified', { traits: { name: 'Mallory', color: 'red' }, proof: 'public' })
    p.event('Identified', { traits: { color: 'blue' } })
    expect(p.state!.traits).toMatchObject({ name: { v: 'May' }, color: { v: 'blue' } })
    expect(
      derivedOf(p.effects)
        .filter(f => f.name === 'trait.refused')
        .map(f => f.props),
    ).toEqual([{ trait: 'name', reason: 'verified' }])
  })

  test('types and sizes are bounded; nested names are dotted; null removes', () => {
    const p = new Person(world())
    const traits = JSON.parse('{"__proto__":1}') as Record<string, unknown>
    Object.assign(traits, {
      ['x'.repeat(65)]: 1,
      long: 'é'.repeat(513),
      fits: 'é'.repeat(512),
      address: { city: 'Taipei' },
      list: ['a', 1],
      bad: [{}],
      gone: 1,
      nan: Number.NaN,
    })
    p.event('Identified', { traits })
    p.event('Identified', { traits: { gone: null } })
    expect(Object.keys(p.state!.traits)).toEqual(['fits', 'address.city', 'list'])
    expect(
      derivedOf(p.effects)
        .filter(f => f.name === 'trait.refused')
        .map(f => f.props.reason),
    ).toEqual(['name', 'name', 'too_long', 'type', 'type'])
    expect(Object.getPrototypeOf(p.state!.traits)).toBe(Object.prototype)
    for (let i = 0; i < 250; i++) p.event('Identified', { traits: { [`t${i}`]: i } })
    expect(Object.keys(p.state!.traits)).toHaveLength(200)
  })

  test('a public key brings in visitor and user ids only, and no consent', () => {
    const p = new Person(world())
    p.event('Seen', {
      proof: 'public',
      ids: [id('email', 'a@example.com'), id('anonymous_id', 'a'), id('member_no', '1')],
    })
    p.event('consent.granted', { proof: 'public', props: { channel: 'email' } })
    expect(p.state!.ids.map(i => [i.kind, i.verified])).toEqual([['anonymous_id', false]])
    expect(p.state!.consent).toEqual({})
    p.event('Seen', { ids: [id('anonymous_id', 'a')] })
    expect(p.state!.ids[0]!.verified).toBe(true)
  })

  test('occurred is never after received, and first and last follow it', () => {
    const p = new Person(world())
    p.event('Seen', { agoMs: undefined, at: START + DAY })
    p.event('Seen', { agoMs: undefined, at: START - DAY })
    expect([p.state!.first, p.state!.last]).toEqual([START - DAY, START])
  })
})

describe('commands', () => {
  const p = new Person(
    world(journey({ start: 'd', nodes: { d: node('delay', { ms: HOUR }, { next: null }) } })),
  )
  test('a customer who is not there', () => {
    expect(p.command({ do: 'add_tag', tag: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'no_such_customer' },
    })
  })
  test('each does what it says, or says what to do', () => {
    p.event('Seen')
    expect(p.command({ do: 'set_traits', traits: { a: 1, b: 'x' } }).status).toBe(200)
    expect(p.command({ do: 'set_traits', traits: { c: 1, ['y'.repeat(65)]: 1 } })).toMatchObject({
      status: 400,
      body: { code: 'bad_trait' },
    })
    expect(Object.keys(p.state!.traits)).toEqual(['a', 'b'])
    expect(p.command({ do: 'add_tag', tag: 'vip' }).status).toBe(200)
    expect(p.command({ do: 'add_tag', tag: '' }).status).toBe(400)
    expect(p.command({ do: 'remove_tag', tag: 'vip' }).status).toBe(200)
    expect(p.command({ do: 'set_consent', channel: 'email', on: true }).status).toBe(200)
    expect(p.state!.consent['email/marketing']).toMatchObject({ on: true, src: 'ann' })
    expect(p.command({ do: 'set_consent', channel: 'E mail', on: true }).status).toBe(400)
    expect(p.command({ do: 'enroll', journey: uuid(1) })).toMatchObject({
      status: 404,
      body: { code: 'journey_not_live' },
    })
    expect(p.command({ do: 'enroll', journey: uuid(0x1000) }).status).toBe(200)
    expect(p.command({ do: 'enroll', journey: uuid(0x1000) })).toMatchObject({
      status: 409,
      body: { code: 'already_in' },
    })
    const enrollment = p.state!.enr[0]!.id
    expect(p.command({ do: 'remove_enrollment', enrollment }).status).toBe(200)
    expect(p.command({ do: 'remove_enrollment', enrollment }).status).toBe(404)
    expect(namesOf(p.effects)).toContain('journey.exited')
  })
  test('a tombstone says where to go', () => {
    p.command({ do: 'enroll', journey: uuid(0x1000) })
    expect(p.alarm()).not.toBeNull()
    p.fold({
      kind: 'merge',
      now: p.now,
      received: p.now,
      body: {
        survivor: uuid(0),
        memberNo: null,
        known: false,
        proof: 'server',
        ids: [],
        alone: false,
        hops: 1,
      },
    })
    expect(p.command({ do: 'add_tag', tag: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'customer_merged' },
    })
    expect(nextAlarm(p.state!, p.world)).toBeNull()
    const seen = reduce(p.state, eventInput(event('Seen', { agoMs: 500 }), p.now), {}, p.world, p.self)
    expect(seen).toMatchObject({
      verdict: 'forwarded',
      forwardTo: uuid(0),
      forwardAs: { body: { at: p.now - 500 } },
      effects: [],
    })
  })
})
