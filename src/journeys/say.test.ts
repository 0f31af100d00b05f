// Messages that no journey decided, and channels that let us write only for a while after the customer has written.
import { expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  event,
  eventInput,
  HOUR,
  id,
  intentsOf,
  journey,
  node,
  Person,
  START,
  world,
} from '../../test/reducer.ts'
import type { EventBody } from '../inbox/model.ts'
import { CHANNELS } from '../channels/model.ts'
import { addressFor, reachOf } from '../customers/reach.ts'
import { packState, unpackState } from '../customers/pack.ts'
import { contentNeedsWindow } from '../channels/content.ts'
import { decide } from '../messages/decide.ts'
import type { Intent } from '../messages/model.ts'

const CHAT = { channel: 'messenger' as const, text: '您好' }
const TEMPLATE = {
  channel: 'whatsapp' as const,
  template: { name: 'order_ready', language: 'zh_TW', components: [] },
}
const wrote = (name: string, at: number, more = {}) =>
  event(name, {
    type: 'system',
    proof: 'provider',
    ids: [id('messenger_id', 'M1')],
    at,
    props: { type: 'text', id: '1', from: 'customer', text: 'hi', ...more },
  })

function someone(): Person {
  const p = new Person(world())
  at(p, wrote('messenger.message', START), START)
  return p
}
const say = (p: Person, origin: 'reply' | 'test', key = 'k1') =>
  p.fold({
    kind: 'command',
    now: p.now,
    received: p.now,
    body: {
      key,
      bodyHash: p.self.id,
      validUntil: p.now + HOUR,
      actor: 'ann@shop.example',
      command: { do: 'say', channel: 'messenger', content: CHAT, origin, by: 'ann@shop.example' },
    },
  })
const intentOf = (effects: ReturnType<typeof say>): Intent => intentsOf(effects)[0]!
const at = (p: Person, body: EventBody, now: number) => p.fold(eventInput(body, now))
const outcome = (p: Person, intent: Intent, state: 'accepted' | 'clicked', now: number) =>
  p.fold({
    kind: 'outcome',
    now,
    received: now,
    body: {
      message: intent.id,
      enrollment: null,
      node: null,
      journey: null,
      channel: intent.channel,
      state,
      outcome: state === 'accepted' ? 'accepted' : null,
      reason: null,
      at: now,
      purpose: intent.purpose,
      origin: intent.origin ?? null,
    },
  })
const decideAt = (p: Person, now: number, content: Intent['content'] = CHAT) =>
  decide(
    { purpose: 'transactional', notBefore: START, notAfter: null, quiet: null, content },
    CHANNELS[content.channel as 'messenger' | 'whatsapp'],
    { now, paused: false, account: { waitMs: 0, settings: {} }, customer: p.state },
  )

test('a reply is an intent of no journey, under an id that follows from the command; once accepted it moves the clock of the team', () => {
  const p = someone()
  const effects = say(p, 'reply')
  const intent = intentOf(effects)
  expect(intent).toMatchObject({
    journey: null,
    node: null,
    enrollment: null,
    origin: 'reply',
    content: CHAT,
  })
  expect(intentOf(say(someone(), 'reply')).id).toBe(intent.id)
  expect(intentOf(say(someone(), 'reply', 'k2')).id).not.toBe(intent.id)
  expect(derivedOf(effects)).toMatchObject([
    { name: 'message.intended', message: intent.id, props: { origin: 'reply', by: 'ann@shop.example' } },
  ])
  outcome(p, intent, 'accepted', START + HOUR)
  expect(p.state!.clk).toMatchObject({ t: START + HOUR })
  expect(p.state!.clk!.m).toBeUndefined()
})

test('a test send moves no clock and starts no journey', () => {
  const onTest = journey({
    trigger: { kind: 'event', event: 'message.accepted' },
    nodes: { end: node('exit', {}, {}) },
  })
  const p = new Person(world(onTest))
  at(p, wrote('messenger.message', START), START)
  const before = p.state!.clk
  const intent = intentOf(say(p, 'test'))
  outcome(p, intent, 'accepted', START + HOUR)
  outcome(p, intent, 'clicked', START + 2 * HOUR)
  expect(p.state!.clk).toEqual(before)
  expect(Object.keys(p.state!.past)).toEqual([])
  // a reply's outcome would have
  const reply = intentOf(say(p, 'reply', 'k2'))
  outcome(p, reply, 'accepted', START + 3 * HOUR)
  expect(Object.keys(p.state!.past)).toHaveLength(1)
})

test('a chat that the customer left a day ago is shut: 23:59:59.999 after the last message it is open, a millisecond later not', () => {
  const p = someone()
  expect(addressFor(p.state!, 'messenger')?.verified).toBe(true)
  expect(decideAt(p, START + DAY - 1)).toMatchObject({ do: 'send', address: 'M1' })
  expect(decideAt(p, START + DAY)).toEqual({ do: 'skip', reason: 'window' })
  expect(reachOf(p.state!, 'messenger', new Map(), START + DAY)).toMatchObject({ reason: 'window' })
  expect(reachOf(p.state!, 'messenger', new Map(), START + DAY - 1)).toMatchObject({ reachable: true })
  // an older message that is told later does not shut it, and a newer one opens it again
  at(p, wrote('messenger.message', START - HOUR), START + HOUR)
  expect(p.state!.inb).toEqual({ messenger: START })
  at(p, wrote('conversation.received', START + 2 * DAY, { channel: 'messenger' }), START + 2 * DAY)
  expect(decideAt(p, START + 2 * DAY + HOUR)).toMatchObject({ do: 'send' })
  expect(unpackState(packState(p.state!)).inb).toEqual(p.state!.inb)
})

test('what only a public key told opens no window', () => {
  const p = someone()
  at(
    p,
    { ...wrote('messenger.message', START + 2 * DAY), type: 'track' as const, proof: 'public' as const },
    START + 2 * DAY,
  )
  expect(p.state!.inb).toEqual({ messenger: START })
})

test('an approved template needs no window, any other text of WhatsApp does', () => {
  const p = new Person(world())
  at(p, event('Order Completed', { ids: [id('phone', '+886912345678')] }), START)
  expect(contentNeedsWindow(TEMPLATE)).toBe(false)
  expect(decideAt(p, START + 9 * DAY, TEMPLATE)).toMatchObject({ do: 'send' })
  expect(decideAt(p, START + 9 * DAY, { channel: 'whatsapp', text: 'hi' })).toEqual({
    do: 'skip',
    reason: 'window',
  })
  expect(contentNeedsWindow({ channel: 'line' })).toBe(false)
})

test('the reach node passes over a channel whose window has shut, and says so', () => {
  const sms = { channel: 'sms' as const, text: '您好' }
  const j = journey({
    start: 'r',
    nodes: {
      r: node(
        'reach',
        {
          purpose: 'transactional',
          options: [
            { channel: 'messenger', content: CHAT },
            { channel: 'sms', content: sms },
          ],
        },
        { accepted: 'end', unreachable: 'end' },
      ),
      end: node('exit', {}, {}),
    },
  })
  const p = new Person(world(j))
  at(
    p,
    { ...wrote('messenger.message', START), ids: [id('messenger_id', 'M1'), id('phone', '+886912345678')] },
    START,
  )
  const later = at(p, event('Start', { ids: [id('messenger_id', 'M1')] }), START + 2 * DAY)
  expect(intentOf(later)).toMatchObject({ channel: 'sms' })
  expect(derivedOf(later).find(d => JSON.stringify(d.props).includes('"seen":"window"'))).toBeDefined()
})
