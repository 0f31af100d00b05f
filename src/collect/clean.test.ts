// Items as the clients send them, made into events: what each call says, and the touch it was. No engine.
import { describe, expect, test } from 'vitest'
import type { EventBody } from '../inbox/model.ts'
import { cleanItem, type CleanContext } from './clean.ts'
import { channelNamed, TOUCH_CHANNELS } from './touch.ts'

const BROWSER: CleanContext = {
  region: 'TW',
  proof: 'public',
  src: 'Website',
  demandToken: false,
  claims: null,
  sentAt: null,
  type: null,
}
const SERVER: CleanContext = { ...BROWSER, proof: 'server', src: 'Shop' }

function event(item: Record<string, unknown>, context = BROWSER): EventBody {
  const cleaned = cleanItem({ anonymousId: 'a-1', messageId: 'm-1', ...item }, context)
  if ('fault' in cleaned) throw new Error(cleaned.fault.code)
  return cleaned.event
}
const code = (item: Record<string, unknown>, context = BROWSER) => {
  const cleaned = cleanItem(item, context)
  return 'fault' in cleaned ? [cleaned.fault.code, cleaned.fault.path] : null
}
const track = (name: string, more: Record<string, unknown> = {}) => ({ type: 'track', event: name, ...more })

describe('group and alias', () => {
  test('a group is an event, and a fact about the customer under group.', () => {
    const joined = event({ type: 'group', groupId: 42, traits: { name: '綠茶公司', seats: 3, id: 'x' } })
    expect(joined).toMatchObject({
      type: 'group',
      name: 'Group Joined',
      props: { group_id: '42' },
      traits: { group: { id: '42', name: '綠茶公司', seats: 3 } },
    })
    expect(code({ type: 'group', userId: 'u' })).toEqual(['group_missing', 'groupId'])
    expect(code({ type: 'group', userId: 'u', groupId: 'x'.repeat(801) })).toEqual(['id_too_long', 'groupId'])
  })

  test('an alias of a public key links a visitor, whatever its previousId was', () => {
    const linked = event({ type: 'alias', userId: 'u-1', previousId: 'b-1' })
    expect(linked).toMatchObject({ type: 'alias', name: 'Alias Linked' })
    expect(linked.ids).toEqual([
      { kind: 'user_id', value: 'u-1' },
      { kind: 'anonymous_id', value: 'b-1' },
      { kind: 'anonymous_id', value: 'a-1' },
    ])
    expect(code({ type: 'alias', userId: 'u-1' })).toEqual(['previous_missing', 'previousId'])
    expect(code({ type: 'alias', previousId: 'b-1' })).toEqual(['no_identifier', 'userId'])
    expect(code({ type: 'alias', userId: 'u', previousId: 'x' }, { ...BROWSER, demandToken: true })).toEqual([
      'token_required',
      'userId',
    ])
  })

  test('an alias of a server names what its previousId is known as', () => {
    const previous = [{ kind: 'member_no' as const, value: 'M-9' }]
    expect(
      event({ type: 'alias', userId: 'M-1', previousId: 'M-9', anonymousId: null }, { ...SERVER, previous })
        .ids,
    ).toEqual([{ kind: 'member_no', value: 'M-1' }, previous[0]])
  })
})

describe('what is said of the person', () => {
  test("RudderStack's browser client says traits only in the context", () => {
    expect(event({ type: 'identify', userId: 'u', context: { traits: { city: '台北' } } }).traits).toEqual({
      city: '台北',
    })
    expect(event(track('X', { context: { traits: { city: '台北' } } })).traits).toBeUndefined()
  })

  test('userId null and empty are nobody', () => {
    for (const userId of [null, ''])
      expect(event(track('X', { userId })).ids).toEqual([{ kind: 'anonymous_id', value: 'a-1' }])
  })

  test('cards and carriers are told by a server; an app’s installation goes along', () => {
    const traits = { card_no: '8888-1234', carrier: '/abc1234', email: 'a@example.com' }
    expect(event({ type: 'identify', userId: 'u', traits, anonymousId: null }, SERVER).ids).toEqual([
      { kind: 'member_no', value: 'u' },
      { kind: 'email', value: 'a@example.com' },
      { kind: 'card_no', value: '88881234' },
      { kind: 'carrier', value: '/ABC1234' },
    ])
    expect(event({ type: 'identify', userId: 'u', traits, anonymousId: null }).ids).toEqual([
      { kind: 'user_id', value: 'u' },
    ])
    const context = { device: { id: 'd-1' } }
    const kinds = (item: Record<string, unknown>) =>
      event(track('X', { context, ...item })).ids.map(i => i.kind)
    expect(kinds({ userId: 'u' })).toEqual(['user_id', 'anonymous_id', 'device_id'])
    expect(kinds({})).toEqual(['anonymous_id', 'device_id'])
    expect(kinds({ anonymousId: null })).toEqual(['device_id'])
  })

  test('a push token is a hint, on the events that report it', () => {
    const context = { device: { id: 'd-1', type: 'ios', token: 'tok-1' } }
    const hint = { 'app.push_token': 'tok-1', 'app.platform': 'ios' }
    expect(event(track('Application Opened', { context })).traits).toEqual(hint)
    expect(event(track('Push Notification Received', { context })).traits).toEqual(hint)
    expect(event({ type: 'identify', traits: { city: '台南' }, context }).traits).toEqual({
      city: '台南',
      ...hint,
    })
    expect(event(track('Product Viewed', { context })).traits).toBeUndefined()
    expect(
      event(track('Application Opened', { context: { device: { token: 'x'.repeat(801) } } })).traits,
    ).toBe(undefined)
  })

  test('tags are told by a server only, consent by a token too', () => {
    const tag = track('tag.applied', { userId: 'u', properties: { tag: 'vip' } })
    const consent = track('consent.granted', { properties: { channel: 'line', purpose: 'marketing' } })
    const token = { ...BROWSER, claims: { sub: 'M-1' } }
    expect(event(tag, SERVER).type).toBe('system')
    expect(code({ ...tag, userId: 'M-1' }, token)).toEqual(['reserved_name', 'event'])
    expect(event(consent, token)).toMatchObject({ type: 'system', proof: 'token', ch: 'line' })
    expect(code({ ...consent, anonymousId: 'a' })).toEqual(['reserved_name', 'event'])
  })

  test('membership, coupons and what the team answered are told by a server only', () => {
    const names = ['tier.changed', 'points.changed', 'coupon.issued', 'coupon.redeemed', 'coupon.expired']
    for (const name of [...names, 'conversation.received', 'conversation.replied']) {
      expect(event(track(name, { userId: 'u' }), SERVER).type).toBe('system')
      expect(code(track(name, { anonymousId: 'a' }))).toEqual(['reserved_name', 'event'])
    }
    const from = (name: string) =>
      event(track(name, { userId: 'u', properties: { from: 'x' } }), SERVER).props
    expect(from('conversation.received')).toEqual({ from: 'customer' })
    expect(from('conversation.replied')).toEqual({ from: 'team' })
    expect(code(track('tier.raised', { userId: 'u' }), SERVER)).toEqual(['reserved_name', 'event'])
  })
})

describe('R0-02 R0-03 the channel of a touch', () => {
  const page = { page: { url: 'https://shop.example/' } }
  const device = { device: { id: 'd' }, app: { name: 'Tea' } }
  test.each([
    ['said', track('Support Contacted', { properties: { channel: 'LINE' } }), 'line'],
    ['said in Chinese', track('Visited', { properties: { channel: '門市' } }), 'store'],
    [
      'said before all else',
      { ...track('X', { properties: { channel: 'IG' } }), channel: 'web' },
      'instagram',
    ],
    ['a name of their own', track('X', { properties: { channel: 'Kiosk' } }), 'kiosk'],
    ['page', { type: 'page' }, 'web'],
    ['screen', { type: 'screen' }, 'app'],
    ['a browser', track('Product Reviewed', { context: page }), 'web'],
    ['an app', track('Application Opened', { context: device }), 'app'],
    ['RudderStack mobile', { ...track('X'), channel: 'mobile' }, 'app'],
    [
      'RudderStack web, which also names an app',
      { ...track('X', { context: device }), channel: 'web' },
      'web',
    ],
    ['store service', track('Store Service Rated', { properties: { store: 'TPE01', rating: 5 } }), 'store'],
    ['an order at a till', track('Order Completed', { properties: { sales_channel: 'store' } }), 'store'],
    ['customer service', track('Support Contacted'), 'support'],
    ['a server that says nothing', { ...track('X'), channel: 'server' }, undefined],
    ['too long to be one', track('X', { properties: { channel: 'x'.repeat(33) } }), undefined],
  ])('%s', (_, item, channel) => {
    expect(event(item).ch).toBe(channel)
  })

  test('names that every object has are nothing special', () => {
    expect(event(track('X', { properties: { channel: 'constructor' } })).ch).toBe('constructor')
    expect(code({ type: 'constructor', userId: 'u' })).toEqual(['unsupported_type', 'type'])
    const context = { externalIds: [{ type: 'toString', id: 'x' }] }
    expect(event(track('X', { userId: 'u', anonymousId: null, context }), SERVER).ids).toEqual([
      { kind: 'member_no', value: 'u' },
    ])
  })

  test('every channel of the catalogue is named by itself', () => {
    for (const channel of TOUCH_CHANNELS) expect(channelNamed(channel.toUpperCase())).toBe(channel)
  })
})

describe('R1-02 R4-38 what led there reaches the event', () => {
  const land = (query: string, more: Record<string, unknown> = {}) =>
    event({ type: 'page', properties: { url: 'https://shop.example/tea' + query, ...more } }).props

  test('UTM from the client, else from the address', () => {
    const campaign = { source: 'line', name: 'spring' }
    expect(event(track('X', { context: { campaign } })).props).toEqual({ campaign })
    expect(land('?utm_source=fb&utm_medium=cpc&utm_campaign=%E6%98%A5&utm_term=tea#top')).toMatchObject({
      campaign: { source: 'fb', medium: 'cpc', name: '春', term: 'tea' },
    })
    expect(
      event({
        type: 'page',
        properties: { url: 'https://x.example/?utm_source=other', campaign },
      }).props!.campaign,
    ).toEqual(campaign)
  })

  test('ad id, click ids of platforms, store QR, referrer', () => {
    expect(land('?gclid=G1&x=1')).toMatchObject({ ad_id: 'G1', ad_platform: 'google' })
    expect(land('?ad_id=77&ttclid=T1')).toMatchObject({ ad_id: '77', ad_platform: 'tiktok' })
    expect(land('?itn_store=TPE01')).toMatchObject({ store: 'TPE01' })
    expect(land('?itn_store=TPE01', { store: 'KHH02' })).toMatchObject({ store: 'KHH02' })
    expect(land('?q=1')).toEqual({ url: 'https://shop.example/tea?q=1' })
    expect(event({ type: 'page', context: { page: { referrer: 'https://google.com/' } } }).props).toEqual({
      referrer: 'https://google.com/',
    })
    expect(
      event(track('Deep Link Opened', { properties: { url: 'tea://card?utm_source=sms' } })).props,
    ).toMatchObject({ campaign: { source: 'sms' } })
  })

  test('fbclid says where somebody came from, and is no advertisement', () => {
    const props = land('?fbclid=F1')
    expect(props).toMatchObject({ campaign: { source: 'meta' } })
    expect(props).not.toHaveProperty('ad_id')
    expect(land('?fbclid=F1&utm_source=ig')).toMatchObject({ campaign: { source: 'ig' } })
  })

  test('the session, by the names that the pixel and RudderStack give it', () => {
    expect(event(track('X', { context: { sessionId: 17, sessionStart: true } })).props).toEqual({
      session_id: 17,
      session_start: true,
    })
  })
})

test('a history is taken over with the times it tells; a live batch is corrected by its clock', () => {
  const item = track('X', { timestamp: '2024-01-01T00:00:00Z', sentAt: '2026-01-01T00:00:00Z' })
  expect(event(item, { ...BROWSER, past: true })).toMatchObject({ at: Date.UTC(2024, 0, 1) })
  expect(event(item).agoMs).toBe(731 * 86_400_000)
})

test('hard problem 9: a request that was long on its way keeps its place; a clock that is wrong moves nothing', () => {
  const at = Date.UTC(2026, 0, 1)
  const agoOf = (sentAfterMs: number, receivedAfterMs: number) =>
    event(track('X', { timestamp: at }), {
      ...BROWSER,
      sentAt: at + sentAfterMs,
      receivedAt: at + receivedAfterMs,
    }).agoMs
  expect(agoOf(200, 230)).toBe(230)
  expect(agoOf(200, 30_200)).toBe(30_200)
  expect(agoOf(200, 30_201)).toBe(200) // slow by more than a way takes
  expect(agoOf(200, 199)).toBe(200) // fast
  expect(agoOf(-200, 50)).toBe(50)
})
