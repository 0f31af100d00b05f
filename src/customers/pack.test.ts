// A state written down is read back the same, and written again the same; older texts are read.
import { expect, test } from 'vitest'
import { DAY, id, journey, node, Person, sendNode, START, world } from '../../test/reducer.ts'
import type { CustomerState } from './model.ts'
import { packState, unpackState } from './pack.ts'
import { happened } from '../rules/make.ts'

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
  state.absorbed.push('00000000-0000-7000-8000-000000000099')
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
