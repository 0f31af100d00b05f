// Touches of every channel as they reach the timeline, and the requests that mobile clients make.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type IntakeLab, openIntakeLab } from '../../test/intake-lab.ts'
import { personOf } from '../../test/person.ts'
import { newId } from '../platform/ids.ts'
import { TOUCH_CHANNELS } from './touch.ts'

let { core, stage, server, space, close } = {} as IntakeLab
beforeAll(async () => {
  ;({ core, stage, server, space, close } = await openIntakeLab())
})
afterAll(() => close())

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers,
    body: body instanceof Uint8Array ? (body as unknown as string) : JSON.stringify(body),
  })
  expect([response.status, await response.json()]).toEqual([200, { success: true }])
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

test('R0-02 one event from each channel of the catalogue lands on the same profile', async () => {
  await send(
    '/v1/batch',
    {
      batch: TOUCH_CHANNELS.map(channel => ({
        type: 'track',
        userId: 'ALL-1',
        messageId: newId(),
        event: 'Visited',
        properties: { channel },
      })),
    },
    bearer(space.apiKey),
  )
  await stage.settle()
  const { events } = await personOf(core, space.id, 'member_no', 'ALL-1')
  expect(events.map(e => e.channel).sort()).toEqual([...TOUCH_CHANNELS].sort())
})

test('hard problem 9: of two requests the slower one’s events keep their place', async () => {
  const began = Date.now()
  const view = (source: string, agoMs: number) => ({
    batch: [
      {
        type: 'page',
        anonymousId: 'SLOW-1',
        messageId: newId(),
        timestamp: began - agoMs,
        context: { campaign: { source } },
      },
    ],
    sentAt: new Date(began - agoMs),
    writeKey: space.writeKey,
  })
  await send('/v1/batch', view('second', 1_000), {})
  await send('/v1/batch', view('first', 3_000), {}) // a beacon of the page before, three seconds on its way
  await stage.settle()
  const { profile } = await personOf(core, space.id, 'anonymous_id', 'SLOW-1')
  expect(profile.touches).toMatchObject({ first: { source: 'first' }, last: { source: 'second' } })
})

test('R0-03 page view, review view, store service and customer-service contact each appear as a touchpoint with channel', async () => {
  const key = bearer(space.apiKey)
  const context = { page: { url: 'https://shop.example/tea' } }
  await send('/v1/page', { userId: 'TOUCH-1', messageId: newId(), properties: { path: '/tea' } }, key)
  const track = (event: string, properties: Record<string, unknown>, more = {}) =>
    send('/v1/track', { userId: 'TOUCH-1', messageId: newId(), event, properties, ...more }, key)
  await track('Product Review Viewed', { product_id: 'p-1' }, { context })
  await track('Store Service Rated', { store: 'TPE01', rating: 5 })
  await track('Support Contacted', { channel: 'line', topic: '退貨' })
  await stage.settle()
  const { events } = await personOf(core, space.id, 'member_no', 'TOUCH-1')
  expect(events.map(e => [e.name, e.channel])).toEqual([
    ['Page Viewed', 'web'],
    ['Product Review Viewed', 'web'],
    ['Store Service Rated', 'store'],
    ['Support Contacted', 'line'],
  ])
})

/** What Segment's mobile clients put into each event (fields and shapes as @segment/analytics-react-native 2.24 and
 *  the clients for Swift, Kotlin and Android make them). */
function mobileEvent(os: 'ios' | 'android', type: string, more: Record<string, unknown>) {
  return {
    type,
    messageId: newId(),
    timestamp: new Date().toISOString(),
    anonymousId: 'install-1',
    integrations: {},
    _metadata: { bundled: [], unbundled: [], bundledIds: [] },
    context: {
      app: { build: '42', name: 'Tea', namespace: 'tw.tea.app', version: '3.1.0' },
      device: {
        id: 'device-1',
        manufacturer: os === 'ios' ? 'Apple' : 'Google',
        model: 'x',
        name: 'x',
        type: os,
        token: 'push-token-1',
      },
      library: { name: '@segment/analytics-react-native', version: '2.24.1' },
      locale: 'zh-TW',
      network: { cellular: false, wifi: true },
      os: { name: os, version: '18' },
      screen: { width: 390, height: 844, density: 3 },
      timezone: 'Asia/Taipei',
      traits: {},
      instanceId: 'instance-1',
    },
    ...more,
  }
}

test("R3-21 a mobile client's application, screen, deep-link and push-token events reach the same customer as the web", async () => {
  const basic = (key: string) => ({ authorization: 'Basic ' + Buffer.from(key + ':').toString('base64') })
  // the web, before
  await send('/v1/i', { userId: 'APP-1', anonymousId: 'web-1', writeKey: space.writeKey, messageId: newId() })
  // React Native: the key in the body; userId null until somebody signs in
  await send(
    '/v1/b',
    {
      batch: [
        mobileEvent('ios', 'track', {
          userId: null,
          event: 'Application Installed',
          properties: { version: '3.1.0', build: '42' },
        }),
        mobileEvent('ios', 'track', {
          userId: '',
          event: 'Application Opened',
          properties: { from_background: false, version: '3.1.0', build: '42' },
        }),
        mobileEvent('ios', 'track', {
          event: 'Deep Link Opened',
          properties: { url: 'https://tea.example/card?utm_source=sms&utm_campaign=spring&itn_store=TPE01' },
        }),
        mobileEvent('ios', 'screen', { name: '會員卡', properties: { from: 'home' } }),
        mobileEvent('ios', 'identify', { userId: 'APP-1', traits: { name: '林美玲' } }),
      ],
      sentAt: new Date().toISOString(),
      writeKey: space.writeKey,
    },
    { 'content-type': 'application/json; charset=utf-8' },
  )
  // Swift and Kotlin: Basic; Android before Kotlin: gzip to /v1/import
  await send(
    '/v1/b',
    {
      batch: [
        mobileEvent('ios', 'track', {
          userId: 'APP-1',
          event: 'Push Notification Tapped',
          properties: { action: 'open', campaign: { name: 'spring', medium: 'push' } },
        }),
      ],
      sentAt: new Date().toISOString(),
      writeKey: space.writeKey,
    },
    basic(space.writeKey),
  )
  await send(
    '/v1/import',
    gzipSync(
      JSON.stringify({
        batch: [
          mobileEvent('ios', 'track', {
            userId: 'APP-1',
            event: 'Product Added',
            properties: { sku: 'TEA-1', price: 300, quantity: 2 },
          }),
        ],
        sentAt: new Date().toISOString(),
      }),
    ),
    { ...basic(space.writeKey), 'content-encoding': 'gzip', 'content-type': 'application/json' },
  )
  await stage.settle()

  const person = await personOf(core, space.id, 'user_id', 'APP-1')
  expect(person.ids).toEqual(
    expect.arrayContaining([
      'anonymous_id:install-1',
      'anonymous_id:web-1',
      'device_id:device-1',
      'user_id:APP-1',
    ]),
  )
  expect((await personOf(core, space.id, 'anonymous_id', 'install-1')).profile.id).toBe(person.profile.id)
  const seen = new Map(person.events.filter(e => e.channel === 'app').map(e => [e.name, e.props]))
  expect([...seen.keys()].sort()).toEqual([
    'Application Installed',
    'Application Opened',
    'Deep Link Opened',
    'Identified',
    'Product Added',
    'Push Notification Tapped',
    'Screen Viewed',
  ])
  expect(seen.get('Application Installed')).toMatchObject({ version: '3.1.0', build: '42' })
  expect(seen.get('Deep Link Opened')).toMatchObject({
    campaign: { source: 'sms', name: 'spring' },
    store: 'TPE01',
  })
  expect(seen.get('Screen Viewed')).toMatchObject({ name: '會員卡', from: 'home' })
  expect(seen.get('Push Notification Tapped')).toMatchObject({ campaign: { medium: 'push' } })
  expect(seen.get('Product Added')).toMatchObject({ sku: 'TEA-1', quantity: 2 })
  expect(person.trait('name')).toBe('林美玲')
  expect(person.profile.pushTokens).toMatchObject([{ platform: 'ios', token: '…-token-1' }])
})

test('settings that clients ask for: Segment and RudderStack, with a key that is known, and never an API key', async () => {
  const get = async (path: string, headers = {}) => {
    const response = await fetch(server.url + path, { headers })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const segment = await get(`/v1/projects/${space.writeKey}/settings`)
  expect(segment.body).toMatchObject({
    integrations: { 'Segment.io': { apiKey: space.writeKey, apiHost: new URL(core.baseUrl).host + '/v1' } },
  })
  const rudder = await get(`/sourceConfig/?p=npm&writeKey=${space.writeKey}`)
  expect(rudder.body).toMatchObject({ source: { enabled: true, destinations: [] } })
  expect((await fetch(`${server.url}/sourceConfig`, { method: 'HEAD' })).status).toBe(401)
  expect((await get('/v1/projects/wk_nobody/settings')).status).toBe(401)
  expect((await get(`/v1/projects/${space.apiKey}/settings`)).body).toMatchObject({ code: 'key_in_address' })
  expect((await get(`/sourceConfig?writeKey=${space.apiKey}`)).body).toMatchObject({ code: 'key_in_address' })
})
