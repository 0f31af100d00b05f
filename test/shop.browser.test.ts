// The sandbox's shop in Chromium: what a shopper does arrives through the real intake, the order with the server's word.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { signUserToken } from '../src/collect/token.ts'
import type { EventBody } from '../src/inbox/model.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { sandboxRoutes } from '../src/sandbox/routes.ts'
import { type BareSite, buildPixel, openBareSite } from './bare-site.ts'
import { eventually, openBrowser } from './browser.ts'
import { callHandler } from './call.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { pictures } from './pictures.ts'

let core: TestCore
let site: BareSite
let browser: Awaited<ReturnType<typeof openBrowser>>
let workspace: Uuid
let base: string
const lineUid = 'U' + 'a1'.repeat(16)

beforeAll(async () => {
  core = await openTestCore()
  ;({ id: workspace } = await createTestWorkspace(core))
  site = await openBareSite(core, await buildPixel())
  base = `${site.url}/shop/${publicId('wsp', workspace)}`
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await site.close()
  await core.close()
})

const picture = pictures('shop')
type Stored = { customer: Uuid; body: EventBody }

async function stored(name: string, of = workspace): Promise<Stored[]> {
  const { rows } = await core.pool.query<{ customer_id: Uuid; body: string }>(
    `select customer_id, body from inbox where workspace_id = $1 and kind = 'event' order by received, request_id, ordinal`,
    [of],
  )
  const all = rows.map(r => ({ customer: r.customer_id, body: JSON.parse(r.body) as EventBody }))
  // the pixel sends at least once under one message id, which the owner folds once
  return [...new Map(all.map(s => [s.body.messageId, s])).values()].filter(s => s.body.name === name)
}

const tokenFor = (sub: string, name: string) =>
  signUserToken(core, workspace, { sub, name, line_uid: lineUid })

test('a shopper who is signed in looks, fills a cart, and orders; the order comes from the server', async () => {
  const page = await browser.context.newPage()
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  page.on('console', m => {
    if (m.type() === 'error') errors.push(m.text())
  })
  await page.setViewportSize({ width: 1100, height: 800 })
  await page.goto(`${base}/?as=${await tokenFor('WQ1', '林雅婷')}&lang=zh`)
  expect(page.url()).toBe(base + '/')
  await page.getByText('目前身分：林雅婷').waitFor()
  expect(await page.getByRole('list').getByRole('link').count()).toBe(8)
  await picture(page, 'front')
  await page.getByRole('link', { name: /高山烏龍/ }).click()
  await picture(page, 'product')
  await page.getByLabel('數量').selectOption('2')
  await page.getByRole('button', { name: '加入購物車' }).click()
  await page.getByRole('heading', { name: '購物車' }).waitFor()
  await picture(page, 'cart')
  await page.reload()
  await page.getByRole('link', { name: '前往結帳' }).click()
  await page.getByRole('button', { name: '確認購買' }).waitFor()
  await page.waitForFunction('typeof window.itinera?.track === "function"')
  await picture(page, 'checkout')
  await page.getByRole('button', { name: '確認購買' }).click()
  await page.getByRole('heading', { name: '謝謝你，訂單成立了' }).waitFor()
  expect(await page.getByText('NT$1,360').count()).toBe(1)
  expect(errors).toEqual([])

  const [order, ...more] = await eventually('the order', async () => {
    const all = await stored('Order Completed')
    return all.length > 0 && all
  })
  expect(more).toEqual([])
  expect(order!.body).toMatchObject({
    proof: 'server',
    props: { total: 1360, currency: 'TWD', products: [{ sku: 'OOLONG-150', quantity: 2, price: 680 }] },
  })
  expect(order!.body.ids).toContainEqual({ kind: 'member_no', value: 'WQ1' })
  const added = await stored('Product Added')
  expect(added).toHaveLength(1) // the reload said nothing again
  expect(added[0]!.body).toMatchObject({
    proof: 'token',
    props: { sku: 'OOLONG-150', quantity: 2, price: 680 },
  })
  expect(added[0]!.body.ids).toEqual(
    expect.arrayContaining([
      { kind: 'member_no', value: 'WQ1' },
      { kind: 'line_uid', value: lineUid },
    ]),
  )
  expect(added[0]!.customer).toBe(order!.customer)
  await eventually('what else the pixel saw', async () => {
    const names = ['Product Viewed', 'Cart Viewed', 'Checkout Started']
    return (await Promise.all(names.map(n => stored(n)))).every(found => found.length > 0)
  })
  await page.close()
})

test('another shopper on the same browser is another person, with an empty cart', async () => {
  const page = await browser.context.newPage()
  await page.goto(`${base}/p/RUBY-15?as=${await tokenFor('WQ1', '林雅婷')}`)
  await page.getByRole('button', { name: '加入購物車' }).click()
  await page.goto(
    `${base}/p/YUZU-15?as=${await signUserToken(core, workspace, { sub: 'WQ2', name: '陳家豪' })}`,
  )
  await page.getByText('陳家豪').waitFor()
  expect(await page.getByRole('link', { name: '購物車 0' }).count()).toBe(1)
  const second = await eventually('the second person', async () =>
    (await stored('Product Viewed')).find(s => s.body.ids.some(i => i.value === 'WQ2')),
  )
  const first = (await stored('Product Viewed')).find(s => s.body.ids.some(i => i.value === 'WQ1'))
  const anonymous = (s: Stored) => s.body.ids.find(i => i.kind === 'anonymous_id')?.value
  expect(anonymous(second)).toBeTruthy()
  expect(anonymous(second)).not.toBe(anonymous(first!))
  await page.close()
})

test('a brand of Hong Kong sells in its own currency, in the shop and at the till', async () => {
  const { id } = await createWorkspace(core, { name: '香港', kind: 'sandbox', country: 'HK' })
  const page = await (await fetch(`${site.url}/shop/${publicId('wsp', id)}/p/RUBY-15`)).text()
  expect(page).toContain('HK$420')
  expect(page).toContain('"currency":"HKD"')
  const till = await callHandler(core, id, 'sandboxTill', sandboxRoutes.sandboxTill)
  expect(till.products.find(p => p.sku === 'RUBY-15')?.price).toBe(42_000) // cents
  const sale = { order: 'T-HK1', store: 'TPE01', lines: [{ sku: 'RUBY-15', quantity: 2 }], discount: 1_050 }
  const sold = await callHandler(core, id, 'sandboxSell', sandboxRoutes.sandboxSell, { body: sale })
  expect(sold).toEqual({ total: 82_950 })
  const [order] = await stored('Order Completed', id)
  expect(order?.body.props).toMatchObject({ total: 829.5, subtotal: 840, discount: 10.5, currency: 'HKD' })
})

test('a forged token shops as a guest', async () => {
  const forged = (await tokenFor('WQ1', '林雅婷')).slice(0, -6) + 'AAAAAA'
  const answer = await get(`/?as=${forged}`)
  const page = await fetch(base + '/', { headers: { cookie: cookiesOf(answer), 'accept-language': 'en' } })
  expect(await page.text()).toContain('Shopping as Guest')
})

const get = (path: string) => fetch(base + path, { redirect: 'manual' })
const cookiesOf = (r: Response) =>
  r.headers
    .getSetCookie()
    .map(c => c.split(';')[0])
    .join('; ')

async function order(cookie: string, orderNo: string): Promise<Response> {
  return fetch(base + '/checkout', {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ orderNo, anonymousId: 'browser-1', name: 'A', delivery: 'home' }),
  })
}

test('the intake refuses: there is no order and the cart is kept; sent again it is one order', async () => {
  const cookie = 'shop_cart=GIFT-4:1'
  site.fail(503)
  const refused = await order(cookie, 'S-ABCDEFGHJK')
  expect(refused.status).toBe(502)
  expect(await refused.text()).toContain('role="alert"')
  expect(refused.headers.getSetCookie().filter(c => c.startsWith('shop_cart='))).toEqual([])
  const placed = await order(cookie, 'S-ABCDEFGHJK')
  expect([placed.status, placed.headers.get('location')]).toEqual([303, new URL(base).pathname + '/thanks'])
  await order(cookie, 'S-ABCDEFGHJK') // a second click: the same message id, which the owner folds once
  const ids = (await stored('Order Completed'))
    .filter(s => s.body.props?.order_id === 'S-ABCDEFGHJK')
    .map(s => s.body.messageId)
  expect(new Set(ids)).toEqual(new Set(['shop-S-ABCDEFGHJK']))
})

test("the shop's key is kept sealed, and made anew when the intake knows it no more", async () => {
  const keys = async () =>
    (
      await core.pool.query<{ scopes: string[] }>(
        `select scopes from api_key where workspace_id = $1 and name = 'Sandbox shop'`,
        [workspace],
      )
    ).rows
  expect(await keys()).toEqual([{ scopes: ['events:write'] }])
  site.fail(401)
  expect((await order('shop_cart=GIFT-4:1', 'S-KEYKEYKEY0')).status).toBe(303)
  expect(await keys()).toHaveLength(2)
  const { rows } = await core.pool.query<{ value: string }>('select value from system where key = $1', [
    `shop_key:${workspace}`,
  ])
  const bytes = Buffer.from(rows[0]!.value, 'base64')
  expect(bytes.toString('latin1')).not.toContain('ik_')
  expect(core.secrets.open(bytes)).toMatch(/^ik_/)
})

test('only our own pages may frame it, only sandboxes have it, an unknown product is 404', async () => {
  const csp = (await get('/')).headers.get('content-security-policy')
  expect(csp).toContain("frame-ancestors 'self'")
  expect(csp).not.toContain('unsafe')
  expect((await get('/p/NONE')).status).toBe(404)
  const live = await createTestWorkspace(core, { kind: 'live' })
  expect((await fetch(`${site.url}/shop/${publicId('wsp', live.id)}/`)).status).toBe(404)
})
