// The sandbox's shop: a small real site, rendered on the server, with the pixel on every page. Its server side places
// orders as any shop would: over HTTP with an API key. Sandbox workspaces only.
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { decodeJwt, errors } from 'jose'
import { findWorkspace } from '../catalogue/workspace.ts'
import { type UserClaims, userTokenSecret, verifyUserToken } from '../collect/token.ts'
import { BRAND, findProduct, type Product } from './brand.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { parseId, type Uuid } from '../platform/ids.ts'
import {
  type CartLine,
  cartPage,
  checkoutPage,
  type Frame,
  type Language,
  listPage,
  missingPage,
  type Order,
  productPage,
  thanksPage,
  totalOf,
} from './shop-pages.ts'
import { trackAsServer } from './intake.ts'
import { shopWriteKey } from './store.ts'

const MAX_QUANTITY = 20
const DAY_S = 86_400

type Visit = {
  workspace: Uuid
  currency: string
  base: string
  language: Language
  shopper: UserClaims | null
  token: string | null
  cart: CartLine[]
}

/** Routes are relative: mounted at /shop. */
export function shopApp(core: Core): Hono {
  const app = new Hono()

  app.get('/:ws', c => c.redirect(`/shop/${c.req.param('ws')}/${new URL(c.req.url).search}`, 302))

  app.get('/:ws/', c => page(c, async (visit, frame) => listPage(await frame(visit))))

  app.get('/:ws/p/:sku', c =>
    page(c, async (visit, frame) => {
      const product = findProduct(c.req.param('sku'))
      if (!product) {
        c.status(404)
        return missingPage(await frame(visit))
      }
      return productPage(
        await frame(visit, ['track', 'Product Viewed', describe(core, visit, product)]),
        product,
      )
    }),
  )

  app.get('/:ws/cart', c =>
    page(c, async (visit, frame) => {
      const calls: unknown[][] = []
      const [sku, quantity] = (getCookie(c, 'shop_added') ?? '').split(':')
      const added = sku ? findProduct(sku) : undefined
      if (added) {
        keep(c, visit.base, 'shop_added', '', 0)
        calls.push([
          'track',
          'Product Added',
          { ...describe(core, visit, added), quantity: Number(quantity) || 1 },
        ])
      }
      if (visit.cart.length > 0)
        calls.push([
          'track',
          'Cart Viewed',
          { value: totalOf(visit.cart), currency: visit.currency, products: products(visit.cart) },
        ])
      return cartPage(await frame(visit, ...calls), visit.cart)
    }),
  )

  app.post('/:ws/cart', async c => {
    const visit = await arrive(c)
    if (visit instanceof Response) return visit
    const form = await c.req.formData()
    const product = findProduct(text(form, 'sku'))
    const quantity = Math.min(MAX_QUANTITY, Math.max(0, Math.trunc(Number(text(form, 'quantity')) || 0)))
    if (product) {
      const before = visit.cart.find(l => l.product === product)?.quantity ?? 0
      const cart = visit.cart.filter(l => l.product !== product)
      if (quantity > 0) cart.push({ product, quantity: Math.min(MAX_QUANTITY, before + quantity) })
      keepCart(c, visit.base, cart)
      if (quantity > 0) keep(c, visit.base, 'shop_added', `${product.sku}:${quantity}`, 600)
    }
    return c.redirect(visit.base + '/cart', 303)
  })

  app.get('/:ws/checkout', c =>
    page(c, async (visit, frame) => {
      if (visit.cart.length === 0) return c.redirect(visit.base + '/cart', 302)
      const call = [
        'track',
        'Checkout Started',
        { value: totalOf(visit.cart), currency: visit.currency, products: products(visit.cart) },
      ]
      return checkoutPage(await frame(visit, call), visit.cart, newOrderNo(), false)
    }),
  )

  app.post('/:ws/checkout', c =>
    page(c, async (visit, frame) => {
      const form = await c.req.formData()
      const orderNo = text(form, 'orderNo')
      const done = readOrder(c)
      // the form sent twice: the order is there already
      if (done && done.no === orderNo) return c.redirect(visit.base + '/thanks', 303)
      if (visit.cart.length === 0 || !/^S-[0-9A-Z]{10}$/.test(orderNo))
        return c.redirect(visit.base + '/cart', 303)
      const order: Order = { no: orderNo, total: totalOf(visit.cart) }
      if (
        !(await placeOrder(
          core,
          visit,
          order,
          text(form, 'anonymousId').slice(0, 100),
          text(form, 'delivery'),
        ))
      ) {
        c.status(502)
        return checkoutPage(await frame(visit), visit.cart, orderNo, true)
      }
      keepCart(c, visit.base, [])
      keep(c, visit.base, 'shop_order', `${order.no}:${order.total}`, DAY_S)
      return c.redirect(visit.base + '/thanks', 303)
    }),
  )

  app.get('/:ws/thanks', c =>
    page(c, async (visit, frame) => {
      const order = readOrder(c)
      return order ? thanksPage(await frame(visit), order) : c.redirect(visit.base + '/', 302)
    }),
  )

  /** The visit a request belongs to, or the answer that ends it: switching the shopper or the language redirects to
   *  the plain address, so that no token stays in it. */
  async function arrive(c: Context): Promise<Visit | Response> {
    const publicWs = c.req.param('ws') ?? ''
    const id = parseId('wsp', publicWs)
    const workspace = id ? await findWorkspace(core.pool, id) : null
    if (!id || workspace?.kind !== 'sandbox') return c.text('No such shop', 404)
    const base = `/shop/${publicWs}`
    const as = c.req.query('as')
    const lang = c.req.query('lang')
    if (c.req.method === 'GET' && (as !== undefined || lang !== undefined)) {
      const before = getCookie(c, 'shop_as') ?? ''
      if (as !== undefined && as !== before) {
        keep(c, base, 'shop_as', as, DAY_S)
        keep(c, base, 'shop_said', '', 0)
        // a cart and an order are one person's; a guest who signs in keeps the cart
        if (before !== '' && subjectOf(before) !== subjectOf(as)) {
          keepCart(c, base, [])
          keep(c, base, 'shop_order', '', 0)
        }
      }
      if (lang === 'zh' || lang === 'en') keep(c, base, 'shop_lang', lang, 365 * DAY_S)
      const url = new URL(c.req.url)
      url.searchParams.delete('as')
      url.searchParams.delete('lang')
      return c.redirect(url.pathname + url.search, 302)
    }
    const token = getCookie(c, 'shop_as') || null
    const shopper = token === null ? null : await readShopper(id, token)
    const chosen = getCookie(c, 'shop_lang')
    const language: Language =
      chosen === 'zh' || chosen === 'en'
        ? chosen
        : /^en\b/i.test(c.req.header('accept-language') ?? '')
          ? 'en'
          : 'zh'
    return {
      workspace: id,
      currency: workspace.currency,
      base,
      language,
      shopper,
      token: shopper ? token : null,
      cart: readCart(c),
    }
  }

  async function readShopper(workspace: Uuid, token: string): Promise<UserClaims | null> {
    try {
      return (await verifyUserToken(await userTokenSecret(core, workspace), token)).claims
    } catch (error) {
      if (error instanceof Problem) return null // expired or foreign: a guest
      throw error
    }
  }

  type MakeFrame = (visit: Visit, ...calls: unknown[][]) => Promise<Frame>

  async function page(
    c: Context,
    draw: (visit: Visit, frame: MakeFrame) => Promise<ReturnType<typeof listPage> | Response>,
  ): Promise<Response> {
    const visit = await arrive(c)
    if (visit instanceof Response) return visit
    const nonce = randomBytes(16).toString('base64')
    const frame: MakeFrame = async (v, ...calls) => ({
      language: v.language,
      currency: v.currency,
      base: v.base,
      writeKey: (await shopWriteKey(core.pool, v.workspace)) ?? '',
      nonce,
      shopper: v.shopper ? (v.shopper.name ?? v.shopper.sub) : null,
      bagCount: v.cart.reduce((n, l) => n + l.quantity, 0),
      calls: [...introduce(c, v), ...calls],
    })
    const body = await draw(visit, frame)
    if (body instanceof Response) return body
    c.header(
      'content-security-policy',
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'self'; base-uri 'none'`,
    )
    c.header('x-frame-options', 'SAMEORIGIN')
    c.header('referrer-policy', 'same-origin')
    c.header('x-content-type-options', 'nosniff')
    c.header('cache-control', 'no-store')
    return c.html(body)
  }

  return app
}

/** Whom a token names, unverified: only to tell whether the person changed. */
function subjectOf(token: string): string {
  try {
    return decodeJwt(token).sub ?? ''
  } catch (error) {
    if (error instanceof errors.JWTInvalid) return ''
    throw error
  }
}

/** Tells the pixel who shops, once per token; and that somebody left. */
function introduce(c: Context, v: Visit): unknown[][] {
  const said = getCookie(c, 'shop_said') ?? null
  const now = v.token === null ? 'guest' : v.token.slice(-16)
  if (said === now) return []
  keep(c, v.base, 'shop_said', now, DAY_S)
  if (v.shopper === null) return [['reset']]
  return [['identify', v.shopper.sub, v.shopper.name ? { name: v.shopper.name } : {}, { userToken: v.token }]]
}

const newOrderNo = (): string =>
  'S-' + Array.from(randomBytes(10), b => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[b & 31]).join('')

function describe(core: Core, v: Visit, p: Product) {
  return {
    product_id: p.sku,
    sku: p.sku,
    // the catalogue's own names, whatever language the page is read in
    name: p.name.zh,
    category: p.category.zh,
    brand: BRAND.zh,
    price: p.price,
    currency: v.currency,
    url: `${core.baseUrl}${v.base}/p/${p.sku}`,
    cart_url: `${core.baseUrl}${v.base}/cart`,
  }
}

const products = (cart: CartLine[]) =>
  cart.map(l => ({
    product_id: l.product.sku,
    sku: l.product.sku,
    name: l.product.name.zh,
    price: l.product.price,
    quantity: l.quantity,
  }))

/** Sends the order as a shop's server does. False: the intake did not acknowledge it, so there is no order. */
async function placeOrder(
  core: Core,
  v: Visit,
  order: Order,
  anonymousId: string,
  delivery: string,
): Promise<boolean> {
  const now = new Date().toISOString()
  return trackAsServer(core, v.workspace, {
    type: 'track',
    event: 'Order Completed',
    messageId: `shop-${order.no}`,
    timestamp: now,
    sentAt: now,
    ...(v.shopper ? { userId: v.shopper.sub } : {}),
    ...(anonymousId ? { anonymousId } : v.shopper ? {} : { anonymousId: `guest-${order.no}` }),
    properties: {
      order_id: order.no,
      total: order.total,
      revenue: order.total,
      currency: v.currency,
      delivery: delivery === 'store' ? 'store' : 'home',
      products: products(v.cart),
    },
    context: { library: { name: 'itinera-shop', version: '1' } },
  })
}

const text = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

function keep(c: Context, base: string, name: string, value: string, maxAgeS: number): void {
  setCookie(c, name, value, {
    path: base,
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: maxAgeS,
    secure: new URL(c.req.url).protocol === 'https:',
  })
}

const keepCart = (c: Context, base: string, cart: CartLine[]): void =>
  keep(
    c,
    base,
    'shop_cart',
    cart.map(l => `${l.product.sku}:${l.quantity}`).join('.'),
    cart.length ? 30 * DAY_S : 0,
  )

function readCart(c: Context): CartLine[] {
  const cart: CartLine[] = []
  for (const part of (getCookie(c, 'shop_cart') ?? '').split('.')) {
    const [sku, n] = part.split(':')
    const product = sku ? findProduct(sku) : undefined
    const quantity = Number(n)
    if (
      product &&
      Number.isInteger(quantity) &&
      quantity > 0 &&
      quantity <= MAX_QUANTITY &&
      !cart.some(l => l.product === product)
    )
      cart.push({ product, quantity })
  }
  return cart
}

function readOrder(c: Context): Order | null {
  const kept = getCookie(c, 'shop_order')
  if (!kept) return null
  const [no, total] = kept.split(':')
  return no && Number.isInteger(Number(total)) ? { no, total: Number(total) } : null
}
