// What the pixel makes of a visit, in Chromium: attention, visits, search, cart, orders, and who came by a signed link.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signUserToken } from '../src/collect/token.ts'
import { eventually, openBrowser } from './browser.ts'
import { personOf } from './person.ts'
import { callsOf, openPixelLab, ready, type PixelLab } from './pixel.ts'
import { openStage, type Stage } from './stage.ts'

let lab: PixelLab
beforeAll(async () => {
  lab = await openPixelLab()
})
afterAll(() => lab.close())

const MINUTE = 60_000
/** One event of this name and these properties, once it has come. */
const came = (name: string, props: Record<string, unknown> = {}) =>
  eventually(name, async () => (await lab.named(name, props))[0])

/** A page in a browser of its own, with a clock that only moves when told. */
async function stopped(path: string): Promise<{ page: Page; close(): Promise<void> }> {
  const own = await openBrowser()
  const page = await own.context.newPage()
  const now = Date.now()
  await page.clock.install({ time: now })
  await page.clock.pauseAt(now + 1_000)
  await page.goto(lab.site.url + path)
  await ready(page)
  return { page, close: () => own.close() }
}

describe('R4-03 a visit', () => {
  test('R4-03 views are counted, and the time a page had somebody’s attention', async () => {
    const { page, close } = await stopped('/tea?n=1')
    await page.mouse.move(10, 10)
    const moved = () => page.mouse.move(Math.random() * 500, Math.random() * 500)
    await page.clock.fastForward(20_000)
    await moved()
    await page.clock.fastForward(5 * MINUTE) // nobody there: half a minute of it counts
    await moved()
    await page.evaluate(`history.pushState({}, '', '/tea/oolong')`)
    await page.clock.runFor(1_000)
    const engaged = await came('Page Engaged', { path: '/tea' })
    expect(engaged.body.props).toMatchObject({
      seconds: 50,
      title: 'Tea',
      url: expect.stringContaining('/tea?n=1'),
    })
    await page.evaluate(`history.pushState({}, '', '/tea')`)
    await page.clock.runFor(1_000)
    const views = await eventually('three views', async () => {
      const all = await lab.named('Page Viewed')
      return all.length === 3 && all
    })
    expect(views.map(v => [v.body.props!.path, v.body.props!.views])).toEqual([
      ['/tea', 1],
      ['/tea/oolong', 1],
      ['/tea', 2],
    ])
    await close()
  })

  test('R4-03 the time is told when the page closes', async () => {
    const { page, close } = await stopped('/tea?n=close')
    await page.clock.fastForward(12_000)
    await page.close({ runBeforeUnload: false })
    const told = await eventually('the time of the closed page', async () => {
      const all = await lab.named('Page Engaged')
      return all.find(e => String(e.body.props!.url).endsWith('n=close'))
    })
    expect(told.body.props!.seconds).toBe(12)
    await close()
  })

  test('ends after half an hour without an event; each event names its visit', async () => {
    const { page, close } = await stopped('/manual')
    const call = callsOf(page)
    for (const [name, after] of [
      ['One', 0],
      ['Two', 29 * MINUTE],
      ['Three', 31 * MINUTE],
    ] as const) {
      await page.clock.fastForward(after)
      await call('track', name, { visit: 1 })
      await page.clock.runFor(1_000)
    }
    const [one, two, three] = await Promise.all(
      ['One', 'Two', 'Three'].map(async name => (await came(name, { visit: 1 })).body.props!),
    )
    expect(two!.session_id).toBe(one!.session_id)
    expect(three!.session_id).not.toBe(one!.session_id)
    // the call that waited before the pixel loaded began the first visit
    expect([one, two, three].map(p => p!.session_start)).toEqual([undefined, undefined, true])
    const first = (await lab.named('Product Viewed', { sku: 'EARLY' })).find(
      e => e.body.props!.session_id === one!.session_id,
    )
    expect(first!.body.props!.session_start).toBe(true)
    await close()
  })

  test('R1-02 a search of the site, from its address and by call', async () => {
    const { page, call } = await lab.visit(
      lab.context,
      '/tea?q=%E7%83%8F%E9%BE%8D&utm_source=fb&itn_store=TPE01',
    )
    expect((await came('Products Searched', { query: '烏龍' })).body.props).toMatchObject({
      campaign: { source: 'fb' },
    })
    expect((await came('Page Viewed', { store: 'TPE01' })).body.ch).toBe('web')
    await call('search', 'green tea', { results: 3 })
    expect((await came('Products Searched', { query: 'green tea' })).body.props).toMatchObject({ results: 3 })
    await page.close()
  })

  test('cart and order calls; an order that is told twice is one', async () => {
    const { page, call } = await lab.visit(lab.context, '/manual')
    const product = { product_id: 'p-1', name: '烏龍', price: 300, quantity: 2, calls: 1 }
    for (const method of ['viewProduct', 'addToCart', 'removeFromCart', 'viewCart', 'startCheckout'])
      await call(method, product)
    for (let i = 0; i < 2; i++) await call('completeOrder', { order_id: 'o-9', total: 600, calls: 1 })
    const orders = await eventually('both tellings', async () => {
      const all = await lab.named('Order Completed', { calls: 1 })
      return all.length === 2 && all
    })
    expect(orders[0]!.hash).toBe(orders[1]!.hash)
    for (const name of [
      'Product Viewed',
      'Product Added',
      'Product Removed',
      'Cart Viewed',
      'Checkout Started',
    ])
      expect((await came(name, { calls: 1 })).body.props).toMatchObject(product)
    await page.close()
  })
})

describe('a signed link', () => {
  const token = (sub: string, ttlS?: number) => signUserToken(lab.core, lab.workspace, { sub }, ttlS)

  test('says who came, by query or fragment, and is taken out of the address', async () => {
    for (const [sub, link] of [
      ['LINK-1', `/tea?a=1&itn_token=${await token('LINK-1')}`],
      ['LINK-2', `/tea?a=1#itn_token=${await token('LINK-2')}`],
    ] as const) {
      const own = await openBrowser()
      const { page } = await lab.visit(own.context, link)
      expect(page.url()).toBe(`${lab.site.url}/tea?a=1`)
      const view = await eventually('the view of the person', async () =>
        (await lab.named('Page Viewed')).find(e => e.body.ids.some(i => i.value === sub)),
      )
      expect(view.body.proof).toBe('token')
      expect(view.body.ids[0]).toEqual({ kind: 'member_no', value: sub })
      expect(JSON.stringify(view.body.props)).not.toContain('itn_token')
      await own.close()
    }
  })

  test('that has run out names nobody; one that runs out later leaves the visitor', async () => {
    const own = await openBrowser()
    const { page } = await lab.visit(own.context, `/tea?n=late&itn_token=${await token('LATE-1', -60)}`)
    expect(page.url()).toBe(`${lab.site.url}/tea?n=late`)
    const view = await eventually('the view', async () =>
      (await lab.named('Page Viewed')).find(e => String(e.body.props!.url).endsWith('n=late')),
    )
    expect(view.body.ids.map(i => i.kind)).toEqual(['anonymous_id'])
    await own.close()

    const { page: later, close } = await stopped(`/manual?itn_token=${await token('SOON-1', 120)}`)
    const call = callsOf(later)
    await call('track', 'While Proven', { soon: 1 })
    await later.clock.runFor(1_000)
    expect((await came('While Proven', { soon: 1 })).body.proof).toBe('token')
    await later.clock.fastForward(3 * MINUTE)
    await call('track', 'After', { soon: 1 })
    await later.clock.runFor(1_000)
    const after = await came('After', { soon: 1 })
    expect(after.body.proof).toBe('public')
    expect(after.body.ids.map(i => i.kind)).toEqual(['anonymous_id'])
    await close()
  })

  test('under Global Privacy Control it is taken out of the address, and nothing is kept', async () => {
    const own = await openBrowser()
    await own.context.addInitScript(
      `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    )
    const { page } = await lab.visit(own.context, `/tea?n=gpc&itn_token=${await token('GPC-1')}`)
    expect(page.url()).toBe(`${lab.site.url}/tea?n=gpc`)
    expect(await page.evaluate('[Object.keys(localStorage).length, document.cookie]')).toEqual([0, ''])
    await own.close()
  })
})

describe('in the profile', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = openStage(lab.core)
    await stage.settle() // what the tests before left
  })
  afterAll(() => stage.close())

  test('R2-05 R3-21 what a page does is in the profile', async () => {
    const own = await openBrowser()
    const { page, call } = await lab.visit(own.context, '/tea')
    const visitor = String(await call('anonymousId'))
    await call('identify', 'FAST-1', { name: '林美玲' })
    // two requests, of which the later may be there first
    const person = await eventually('the person', async () => {
      await stage.settle()
      const found = await personOf(lab.core, lab.workspace, 'anonymous_id', visitor).catch(() => null)
      return found?.trait('name') === '林美玲' && found.events.length > 1 ? found : null
    })
    expect(person.events.map(e => e.name)).toEqual(['Page Viewed', 'Identified'])
    expect(person.events.map(e => e.channel)).toEqual(['web', 'web'])
    await page.close()
    await own.close()
  })

  test('R1-02 R4-38 what led a visitor here is the first touch of the profile: campaign, ad, store QR', async () => {
    const { page, call } = await lab.visit(lab.context, '/manual')
    const seen: string[] = []
    for (const link of ['utm_source=line&utm_campaign=spring', 'gclid=G-1', 'itn_store=TPE01']) {
      await call('reset')
      await page.goto(`${lab.site.url}/tea?${link}`)
      await ready(page)
      await page.goto(`${lab.site.url}/tea?utm_source=later`) // which is only the last
      await ready(page)
      seen.push(String(await call('anonymousId')))
      await call('flush')
    }
    const firsts = []
    for (const visitor of seen) {
      const person = await eventually(`the last touch of ${visitor}`, async () => {
        await stage.settle()
        const found = await personOf(lab.core, lab.workspace, 'anonymous_id', visitor).catch(() => null)
        return found?.profile.touches?.last.source === 'later' ? found : null
      })
      firsts.push(person.profile.touches!.first)
    }
    expect(firsts).toMatchObject([
      { kind: 'campaign', source: 'line', campaign: 'spring' },
      { kind: 'ad', adId: 'G-1' },
      { kind: 'store_qr', store: 'TPE01' },
    ])
    await page.close()
  })
})
