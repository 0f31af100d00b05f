// The pixel in Chromium against the real intake: what a page does arrives once, and a refusal is respected.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, openBrowser } from './browser.ts'
import { openPixelLab, type PixelLab } from './pixel.ts'

let lab: PixelLab
beforeAll(async () => {
  lab = await openPixelLab()
})
afterAll(() => lab.close())

const named: PixelLab['named'] = (...args) => lab.named(...args)
const visit: PixelLab['visit'] = (...args) => lab.visit(...args)

test('is under 6 KB gzipped', () => {
  expect(gzipSync(lab.pixel, { level: 9 }).length).toBeLessThan(6 * 1024)
})

describe('what a page does arrives', () => {
  test('page views, also of single-page routes, with where they came from', async () => {
    const { page } = await visit(lab.context, '/tea?utm_source=line&utm_campaign=spring')
    await page.evaluate(`history.pushState({}, '', '/tea/oolong'); document.title = 'Oolong'`)
    await eventually('two page views', async () => (await named('Page Viewed')).length === 2)
    const [first, second] = await named('Page Viewed')
    expect(first!.body).toMatchObject({
      type: 'page',
      proof: 'public',
      props: { path: '/tea', title: 'Tea' },
    })
    expect(second!.body.props).toMatchObject({
      path: '/tea/oolong',
      title: 'Oolong',
      referrer: expect.stringContaining('/tea?utm_source=line'),
    })
    expect(second!.customer).toBe(first!.customer)
    expect(first!.body.agoMs).toBeGreaterThanOrEqual(0)
    await page.close()
  })

  test('routes in the fragment are pages; anchors are not', async () => {
    const { page } = await visit(lab.context, '/tea?hash')
    await page.evaluate(`location.hash = '#reviews'`)
    await page.evaluate(`location.hash = '#/cart'`)
    await eventually('the route', async () =>
      (await named('Page Viewed')).some(v => String(v.body.props!.url).endsWith('?hash#/cart')),
    )
    const seen = (await named('Page Viewed')).filter(v => String(v.body.props!.url).includes('?hash'))
    expect(seen.map(v => v.body.props!.url)).toEqual([
      `${lab.site.url}/tea?hash`,
      `${lab.site.url}/tea?hash#/cart`,
    ])
    await page.close()
  })

  test('a call made before the pixel loaded, and one made after, by the same visitor', async () => {
    const { page, call } = await visit(lab.context, '/manual')
    await call('track', 'Product Added', { sku: 'LATE' })
    const late = await eventually(
      'the late event',
      async () => (await named('Product Added', { sku: 'LATE' }))[0],
    )
    const [early] = await named('Product Viewed', { sku: 'EARLY' })
    expect(early!.customer).toBe(late.customer)
    await page.close()
  })

  test('what happened just before the page closed', async () => {
    const { page, call } = await visit(lab.context, '/manual')
    await call('track', 'Left', { sku: 'CLOSE' })
    await page.close({ runBeforeUnload: false })
    expect(
      await eventually(
        'the event of the closed page',
        async () => (await named('Left', { sku: 'CLOSE' }))[0],
      ),
    ).toBeTruthy()
  })

  test('hard problem 9: an answer that was lost is asked for again under the same message id', async () => {
    const { page, call } = await visit(lab.context, '/manual')
    await call('flush')
    lab.site.fail(500, 429)
    const before = performance.now()
    await call('track', 'Retried', { sku: 'AGAIN' })
    const [only, ...more] = await eventually('the retried event', async () => {
      const found = await named('Retried')
      return found.length > 0 && found
    })
    expect(more).toEqual([])
    expect(performance.now() - before).toBeGreaterThan(500)
    expect(only!.body.messageId).toMatch(/^[0-9a-f-]{36}$/)
    await page.close()
  })

  test('what could not be sent is kept and sent by a later page, once', async () => {
    const { page, call } = await visit(lab.context, '/manual')
    await page.route('**/v1/batch', route => route.abort())
    await page.evaluate('navigator.sendBeacon = () => false')
    await call('track', 'Offline', { sku: 'KEPT' })
    await page.close()
    const later = await lab.context.newPage()
    // the leftovers are adopted once their page is surely gone: ten seconds later by the clock of the next page
    await later.clock.install({ time: Date.now() + 60_000 })
    await later.goto(lab.site.url + '/manual')
    await later.clock.runFor(1_000)
    const found = await eventually('the kept event', async () => {
      const all = await named('Offline', { sku: 'KEPT' })
      return all.length > 0 && all
    })
    expect(found).toHaveLength(1)
    await later.close()
  })
})

describe('who it was', () => {
  test('identify links the visitor; reset and another person start anew', async () => {
    const { page, call } = await visit(lab.context, '/manual')
    const anonymous = await call('anonymousId')
    await call('identify', 'M-1', { name: 'Ada' })
    await call('track', 'As One')
    await call('identify', 'M-2')
    await call('track', 'As Two')
    await call('reset')
    await call('track', 'As Nobody')
    await eventually('all three', async () => (await named('As Nobody')).length === 1)
    const ids = async (name: string) => (await named(name))[0]!.body.ids
    expect(await ids('As One')).toEqual(
      expect.arrayContaining([
        { kind: 'user_id', value: 'M-1' },
        { kind: 'anonymous_id', value: anonymous },
      ]),
    )
    const two = await ids('As Two')
    expect(two).toContainEqual({ kind: 'user_id', value: 'M-2' })
    expect(two).not.toContainEqual({ kind: 'anonymous_id', value: anonymous })
    expect((await ids('As Nobody')).map(i => i.kind)).toEqual(['anonymous_id'])
    await page.close()
  })
})

describe('a refusal', () => {
  test('R4-03 optOut: nothing more is sent or kept, optIn undoes it', async () => {
    const own = await openBrowser()
    const { page, call } = await visit(own.context, '/manual')
    await call('optOut')
    await call('track', 'After Refusal')
    await call('flush')
    expect(await call('anonymousId')).toBeNull()
    expect(await page.evaluate('Object.keys(localStorage).filter(k => !k.endsWith(".out"))')).toEqual([])
    await page.reload()
    await page.waitForFunction('typeof window.itinera?.track === "function"')
    await call('track', 'After Refusal')
    await call('optIn')
    await call('track', 'After Consent')
    await eventually('the event after consent', async () => (await named('After Consent')).length === 1)
    expect(await named('After Refusal')).toEqual([])
    await own.close()
  })

  test('R4-03 Global Privacy Control: nothing is sent or stored', async () => {
    const own = await openBrowser()
    await own.context.addInitScript(
      `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    )
    let requests = 0
    const page = await own.context.newPage()
    page.on('request', r => {
      if (r.url().includes('/v1/')) requests++
    })
    await page.goto(lab.site.url + '/tea')
    await page.waitForFunction('typeof window.itinera?.track === "function"')
    await page.evaluate(`itinera.track('Watched'); itinera.flush()`)
    expect(await page.evaluate('[Object.keys(localStorage).length, document.cookie]')).toEqual([0, ''])
    await page.close()
    await own.close()
    expect(requests).toBe(0)
    expect(await named('Watched')).toEqual([])
  })
})
