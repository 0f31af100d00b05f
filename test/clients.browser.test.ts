// The real browser clients of Segment and RudderStack, unchanged, in Chromium: they load their settings from us, every
// call reaches one customer, and what they send again counts once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Uuid } from '../src/platform/ids.ts'
import { type BareSite, openBareSite } from './bare-site.ts'
import { eventually, openBrowser } from './browser.ts'
import { serveApp } from './collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { personOf } from './person.ts'
import { openStage, type Stage } from './stage.ts'

const SEGMENT = fileURLToPath(import.meta.resolve('@segment/analytics-next/dist/umd/index.js'))
// the same build as a script: the package's exports name only its modules
const RUDDER = fileURLToPath(import.meta.resolve('@rudderstack/analytics-js/bundled')).replace(
  join('esm', 'index.mjs'),
  join('umd', 'index.js'),
)

let core: TestCore
let stage: Stage
let site: BareSite
let shop: Awaited<ReturnType<typeof serveApp>>
let browser: Awaited<ReturnType<typeof openBrowser>>
let workspace: Uuid
let writeKey: string

beforeAll(async () => {
  core = await openTestCore()
  ;({ id: workspace, writeKey } = await createTestWorkspace(core))
  site = await openBareSite(core, '')
  // the shop of a brand is another origin, so that calls need CORS
  const app = new Hono()
  app.get('/tea', c =>
    c.html(`<!doctype html><title>Tea</title><script src="/${c.req.query('client')}.js"></script>`),
  )
  for (const [name, path] of [
    ['segment', SEGMENT],
    ['rudder', RUDDER],
  ] as const)
    app.get(`/${name}.js`, c =>
      c.body(readFileSync(path, 'utf8'), 200, { 'content-type': 'text/javascript' }),
    )
  shop = await serveApp(app)
  stage = openStage(core)
  await stage.settle()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await shop.close()
  await site.close()
  await stage.close()
  await core.close()
})

/** A page of the shop with the client's script. */
async function open(script: string): Promise<{ page: Page; calls: string[] }> {
  const page = await browser.context.newPage()
  const calls: string[] = []
  page.on('request', r => {
    if (r.method() === 'POST') calls.push(new URL(r.url()).pathname)
  })
  await page.goto(`${shop.url}/tea?client=${script}&utm_source=line&utm_campaign=spring`)
  return { page, calls }
}

/** Folds what has come until the person has seen `event`. */
const seen = (userId: string, event: string) =>
  eventually(
    `${event} of ${userId}`,
    async () => {
      await stage.settle()
      const person = await personOf(core, workspace, 'user_id', userId).catch(() => null)
      return person?.events.some(e => e.name === event) ? person : null
    },
    20_000,
  )

const ORDER = { order_id: 'o-1', total: 1200, currency: 'TWD', products: [{ sku: 'TEA-1', price: 1200 }] }
const NAMES = [
  'Alias Linked',
  'Group Joined',
  'Identified',
  'Order Completed',
  'Page Viewed',
  'Product Viewed',
  'Retried',
]

test('@segment/analytics-next: settings, every call, retry after a lost answer', async () => {
  const { page, calls } = await open('segment')
  const options = { writeKey, cdnURL: site.url }
  await page.evaluate(
    `window.analytics = AnalyticsNext.AnalyticsBrowser.load(${JSON.stringify(options)}); analytics.ready()`,
  )
  await page.evaluate(`(async () => {
    await analytics.page('Shop', 'Home')
    await analytics.track('Product Viewed', { sku: 'TEA-1' })
    await analytics.identify('NEXT-1', { name: '王小明', address: { city: '台北' } })
    await analytics.track('Order Completed', ${JSON.stringify(ORDER)})
    await analytics.group('g-7', { name: '綠茶公司' })
  })()`)
  await seen('NEXT-1', 'Group Joined')
  await page.evaluate(`analytics.alias('NEXT-1', 'old-visitor')`)
  await seen('NEXT-1', 'Alias Linked')
  expect(calls.toSorted()).toEqual(['/v1/a', '/v1/g', '/v1/i', '/v1/p', '/v1/t', '/v1/t'])
  site.lose(500)
  await page.evaluate(`void analytics.track('Retried')`)
  await eventually('the same call again', async () => calls.length === 8, 20_000)
  const person = await seen('NEXT-1', 'Retried')
  expect(person.events.map(e => e.name).sort()).toEqual(NAMES)
  expect(person.profile.orders).toMatchObject({ count: 1, revenue: 1200 })
  expect(['name', 'address.city', 'group.id', 'group.name'].map(person.trait)).toEqual([
    '王小明',
    '台北',
    'g-7',
    '綠茶公司',
  ])
  expect(person.ids).toContain('anonymous_id:old-visitor')
  expect(person.profile.touches!.first).toMatchObject({ source: 'line', campaign: 'spring' })
  expect(person.events.every(e => e.channel === 'web')).toBe(true)
  expect(person.events.find(e => e.name === 'Page Viewed')!.props).toMatchObject({
    name: 'Home',
    category: 'Shop',
    path: '/tea',
    campaign: { source: 'line', name: 'spring' },
  })
  await page.close()
})

test('@segment/analytics-next in batches', async () => {
  const { page, calls } = await open('segment')
  const options = { writeKey, cdnURL: site.url }
  const batching = {
    integrations: {
      'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 2, timeout: 60_000 } } },
    },
  }
  await page.evaluate(`(async () => {
    window.analytics = AnalyticsNext.AnalyticsBrowser.load(${JSON.stringify(options)}, ${JSON.stringify(batching)})
    await analytics.ready()
    void analytics.identify('NEXT-2')
    void analytics.track('Batched')
  })()`)
  const person = await seen('NEXT-2', 'Batched')
  expect(person.events.map(e => e.name)).toEqual(['Identified', 'Batched'])
  expect(calls).toEqual(['/v1/b'])
  await page.close()
})

test('@rudderstack/analytics-js: source config, every call, retry after a lost answer, beacons', async () => {
  const { page, calls } = await open('rudder')
  const load = (more: Record<string, unknown> = {}) =>
    page.evaluate(`new Promise(resolve => {
      window.rudder = new rudderanalytics.RudderAnalytics()
      rudder.load(${JSON.stringify(writeKey)}, ${JSON.stringify(site.url)},
        { configUrl: ${JSON.stringify(site.url)}, logLevel: 'ERROR', ...${JSON.stringify(more)} })
      rudder.ready(resolve)
    })`)
  await load()
  await page.evaluate(`
    rudder.page('Shop', 'Home')
    rudder.track('Product Viewed', { sku: 'TEA-1' })
    rudder.identify('RUD-1', { name: '王小明', address: { city: '台北' } })
    rudder.track('Order Completed', ${JSON.stringify({ ...ORDER, order_id: 'o-2' })})
    rudder.group('g-7', { name: '綠茶公司' })`)
  await seen('RUD-1', 'Group Joined')
  await page.evaluate(`rudder.alias('RUD-1', 'old-rudder-visitor')`)
  await seen('RUD-1', 'Alias Linked')
  expect([...new Set(calls)].sort()).toEqual([
    '/v1/alias',
    '/v1/group',
    '/v1/identify',
    '/v1/page',
    '/v1/track',
  ])
  const before = calls.length
  site.lose(500)
  await page.evaluate(`rudder.track('Retried')`)
  await eventually('the same call again', async () => calls.length >= before + 2, 20_000)
  const person = await seen('RUD-1', 'Retried')
  expect(person.events.map(e => e.name).sort()).toEqual(NAMES)
  expect(person.profile.orders).toMatchObject({ count: 1, revenue: 1200 })
  expect(['name', 'address.city', 'group.id', 'group.name'].map(person.trait)).toEqual([
    '王小明',
    '台北',
    'g-7',
    '綠茶公司',
  ])
  expect(person.ids).toContain('anonymous_id:old-rudder-visitor')
  const view = person.events.find(e => e.name === 'Page Viewed')!
  expect(view.channel).toBe('web')
  expect(view.props).toMatchObject({ campaign: { source: 'line', name: 'spring' } })
  expect(view.props.session_id).toEqual(expect.anything())
  expect(person.profile.touches!.first).toMatchObject({ source: 'line', campaign: 'spring' })

  // another load of the same page, by beacon
  await page.reload()
  await load({ useBeacon: true, beaconQueueOptions: { flushQueueInterval: 100 } })
  await page.evaluate(`rudder.track('By Beacon')`)
  await seen('RUD-1', 'By Beacon')
  expect(calls).toContain('/beacon/v1/batch')
  await page.close()
})
