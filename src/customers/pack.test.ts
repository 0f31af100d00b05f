// A state written down is read back the same, and written again the same; older texts are read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, id, journey, node, Person, sendNode, START, world } from '../../test/reducer.ts'
import type { CustomerState } from './model.ts'
import { packState, unpackState } from './pack.ts'
import { happened } from '../rules/make.ts'
import type { Memory } from '../rules/memory.ts'

/** Somebody with everything a state may hold. */
function everything(): CustomerState {
  const p = new Person(
    world(
      journey({
        trigger: { kind: 'event', event: 'Start' },
        start: 'a',
        nodes: { a: sendNode({ accepted: null }) },
      }),
      journey(
        {
          trigger: { kind: 'date', trait: 'birthday', offsetDays: 0, time: '09:00', yearly: true },
          exits: [{ name: 'left', rule: happened('Left') }],
          start: 'w',
          nodes: { w: node('delay', { ms: DAY }, { next: null }) },
        },
        { id: '00000000-0000-7000-8000-000000002000' },
      ),
    ),
  )
  const traits = { birthday: '1990-03-03', list: ['a', 'b'], yes: true, n: 1.5, 'address.city': '台北市' }
  p.event('Identified', {
    type: 'identify',
    traits,
    ids: [id('email', 'a@example.com'), id('member_no', 'M1')],
  })
  p.event('Identified', { type: 'identify', traits: { hint: 'x' }, proof: 'public', src: 'Website' })
  p.event('tag.applied', { type: 'system', props: { tag: 'a', actor: 'ann' }, src: 'crm' })
  p.event('tag.applied', {
    type: 'system',
    props: { tag: 'b', until: new Date(START + 9 * DAY).toISOString() },
  })
  p.event('tag.applied', { type: 'system', props: { tag: 'c' } })
  p.event('consent.granted', { type: 'system', props: { channel: 'email' } })
  p.event('consent.refused', { type: 'system', props: { channel: 'sms' } })
  p.event('contact.followed', { type: 'system', ids: [id('line_uid', 'U1')], props: { channel: 'line' } })
  p.event('Product Added', {
    props: { product_id: 'p', price: 3, category: '茶', campaign: { source: 'x' } },
  })
  p.event('Order Completed', { props: { order_id: '1', total: 10, cost: 4, sales_channel: 'store' } })
  p.event('Checkout Started')
  p.event('Left')
  p.event('Start')
  p.command({ do: 'remove_enrollment', enrollment: p.state!.enr[0]!.id })
  p.event('Start')
  p.event('Product Added', { props: { product_id: 'q' }, traits: { 'app.push_token': 't' } })
  const state = p.state!
  state.absorbed.push('00000000-0000-7000-8000-000000000098', '00000000-0000-7000-8000-000000000099')
  state.fill = 7
  state.fills = [['00000000-0000-7000-8000-000000000099', 3]]
  return state
}

test('what is written is read back the same, and written again the same', () => {
  const state = everything()
  for (const part of ['traits', 'tags', 'consent', 'past', 'dates'] as const)
    expect(Object.keys(state[part]).length, part).toBeGreaterThan(0)
  const text = packState(state)
  expect(unpackState(text)).toEqual(state)
  expect(packState(unpackState(text))).toBe(text)
  expect(text.length).toBeLessThan(JSON.stringify(state).length * 0.8)
})

test('a state of before is read; an identifier with more to it keeps that', () => {
  const state = everything()
  expect(unpackState(JSON.stringify(state))).toEqual(state)
  const odd = { ...state, ids: [{ ...state.ids[0]!, more: true }] }
  expect(unpackState(packState(odd))).toEqual(odd)
})

test('memories of every kind are read back the same; a thousand orders are short', () => {
  const at = fc.integer({ min: START - 400 * DAY, max: START + DAY })
  const times = fc.array(at, { maxLength: 5 }).map(list => list.sort((a, b) => b - a))
  const whole = fc.integer({ min: -1e9, max: 1e12 })
  const rows = (...row: fc.Arbitrary<number>[]) =>
    fc.array(fc.tuple(...row), { minLength: 1, maxLength: 4 }).map(all => all.flat())
  const memory: fc.Arbitrary<[kind: string, Memory]> = fc.oneof(
    fc.tuple(
      fc.constantFrom('t', 'r'),
      times.filter(t => t.length > 0),
    ),
    fc.tuple(
      fc.constant('o'),
      rows(at, fc.oneof(whole, fc.constant(1.5)), fc.constantFrom(1, 2, 0.5), fc.constantFrom(1, 2, -1)),
    ),
    fc.tuple(fc.constant('d'), rows(fc.integer({ min: 19_000, max: 21_000 }), whole)),
    fc.tuple(fc.constant('v'), rows(fc.nat(2 ** 41), at)),
    fc.tuple(fc.constant('q'), fc.tuple(times, times)),
    fc.tuple(fc.constant('i'), fc.tuple(fc.nat(9), at, at)),
    fc.tuple(
      fc.constant('l'),
      fc.tuple(
        at,
        fc.oneof(
          fc.string(),
          fc.double({ noNaN: true, noDefaultInfinity: true }).filter(n => !Object.is(n, -0)),
          fc.boolean(),
        ),
      ),
    ),
    fc.tuple(fc.constantFrom('c', 's', 'f'), fc.tuple(whole)),
  )
  fc.assert(
    fc.property(memory, at, ([kind, kept], last) => {
      const state = {
        ...everything(),
        last,
        mem: { [kind + '1234567']: [3, structuredClone(kept)] as [number, Memory] },
      }
      expect(unpackState(packState(state)).mem).toEqual({ [kind + '1234567']: [3, kept] })
    }),
    { numRuns: 300 },
  )
  const orders = Array.from({ length: 1000 }, (_, i) => [
    START - i * 3 * DAY - i * 977,
    1200 + i,
    1,
    1,
  ]).flat()
  const plain = everything()
  const more = packState({ ...plain, mem: { o1234567: [3, orders] } }).length - packState(plain).length
  expect(more).toBeLessThan(13_000)
})
