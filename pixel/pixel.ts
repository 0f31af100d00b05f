// The pixel: `<script async src="https://HOST/pixel.js" data-write-key="…"></script>`. Calls made before it loads wait
// in a plain array: `window.itinera = window.itinera || []; itinera.push(['track', 'Product Viewed', { … }])`.
// Honours Global Privacy Control and optOut(): then nothing is stored and nothing is sent. docs/EVENTS.md lists the
// calls, and what the script tag's attributes change.
import { openAttention, type Attention } from './attention.ts'
import { type PushOptions, subscribe } from './push.ts'
import { openQueue } from './queue.ts'
import { openVisits } from './visits.ts'
import { openStore } from './storage.ts'
import { isLive, takeToken } from './token.ts'

type Props = Record<string, unknown>
type Call = [method: string, ...args: unknown[]]
/** Fields of Segment's ecommerce specification: product_id, sku, name, category, price, quantity … */
type Product = Props
type Order = Props & { order_id: string; total?: number; currency?: string; products?: Product[] }

export type Pixel = {
  track(event: string, properties?: Props): void
  /** A page view; sent by itself on load and on each route of a single-page app unless `data-pages="off"`. */
  page(properties?: Props): void
  /** `userToken`: signed by your server; without it what is said here is unverified. */
  identify(userId: string, traits?: Props, options?: { userToken?: string }): void
  search(query: string, properties?: Props): void
  viewProduct(product: Product): void
  addToCart(product: Product): void
  removeFromCart(product: Product): void
  viewCart(cart?: Props): void
  startCheckout(checkout?: Props): void
  /** Told again for the same order_id (a thank-you page that is loaded twice) it counts once. */
  completeOrder(order: Order): void
  /** Asks the visitor for notifications, as the browser does; call it when they have shown that they want some. True: they
   *  are let in. Needs a file on your site, /itinera-sw.js, with importScripts('https://HOST/push-sw.js'). */
  subscribePush(options?: PushOptions): Promise<boolean>
  /** Signs out: a new anonymous visitor from here on. */
  reset(): void
  optOut(): void
  optIn(): void
  anonymousId(): string | null
  userId(): string | null
  flush(): Promise<void>
  push(...calls: Call[]): void
}

/** Names of a site's own search in its address, as analytics tools look for them. */
const SEARCH = 'q,s,search,query,keyword'

function start(script: HTMLScriptElement, before: Call[]): Pixel {
  const { writeKey = '', pages, search: searchNames = SEARCH } = script.dataset
  if (!writeKey) console.warn('itinera: data-write-key is missing on the script tag; nothing will be sent')
  const store = openStore()
  const at = (name: string) => `itinera.${writeKey.slice(-12)}.${name}`
  const queue = openQueue(new URL('/v1/batch', script.src).href, writeKey, store, at('q.'))
  const visits = openVisits(store, at('visit'), at('views'))
  let lastUrl = document.referrer
  const attention: Attention = openAttention((seconds, on) =>
    send('track', 'Page Engaged', { ...on, seconds }),
  )

  const quiet = () =>
    !writeKey ||
    (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
    store.get(at('out')) === '1'

  function forget(): void {
    for (const name of ['anon', 'user', 'token', 'visit', 'views']) store.remove(at(name))
  }

  function anonymousId(): string {
    const known = store.get(at('anon'))
    if (known) return known
    const fresh = randomId()
    store.set(at('anon'), fresh)
    return fresh
  }

  function send(type: string, event?: string, properties?: Props, more?: Props, device?: Props): void {
    if (quiet()) return
    const now = new Date()
    const userToken = store.get(at('token'))
    // who was proven by a token that has run out is still known by the visitor id that it linked
    const named = userToken === null || isLive(userToken)
    const campaign: Props = {}
    for (const [k, v] of new URLSearchParams(location.search))
      if (k.startsWith('utm_')) campaign[k.slice(4) === 'campaign' ? 'name' : k.slice(4)] = v
    queue.add({
      type,
      event,
      properties,
      messageId: randomId(),
      timestamp: now.toISOString(),
      anonymousId: anonymousId(),
      userId: (named && store.get(at('user'))) || undefined,
      ...more,
      context: {
        library: { name: 'itinera-pixel', version: '1' },
        locale: navigator.language,
        page: where(),
        ...visits.touch(now.getTime()),
        ...(Object.keys(campaign).length ? { campaign } : {}),
        ...(userToken && named ? { userToken } : {}),
        ...(device ? { device } : {}),
      },
    })
  }

  const where = () => ({
    url: location.href,
    path: location.pathname,
    search: location.search,
    title: document.title,
    referrer: lastUrl,
  })
  const told = (event: string) => (properties?: Props) => send('track', event, properties)

  const pixel: Pixel = {
    track: (event, properties) => send('track', event, properties),
    page(properties) {
      attention.end()
      const here = where()
      if (quiet()) return
      send('page', undefined, { ...here, ...visits.view(here.path), ...properties })
      attention.begin({ url: here.url, path: here.path, title: here.title })
    },
    identify(userId, traits, options) {
      if (quiet()) return
      const known = store.get(at('user'))
      // another person on this browser: their anonymous histories are not one
      if (known !== null && known !== userId) pixel.reset()
      store.set(at('user'), userId)
      if (options?.userToken) store.set(at('token'), options.userToken)
      send('identify', undefined, undefined, { traits })
    },
    search: (query, properties) => send('track', 'Products Searched', { query, ...properties }),
    viewProduct: told('Product Viewed'),
    addToCart: told('Product Added'),
    removeFromCart: told('Product Removed'),
    viewCart: told('Cart Viewed'),
    startCheckout: told('Checkout Started'),
    completeOrder: order =>
      send('track', 'Order Completed', order, { messageId: `pixel-order-${order.order_id}` }),
    async subscribePush(options = {}) {
      if (quiet()) return false
      const token = await subscribe(new URL(`/v1/push-key?writeKey=${writeKey}`, script.src).href, options)
      if (token === null) return false
      // it is this browser's: somebody who is only said to be there, without proof, is not named with it
      const userToken = store.get(at('token'))
      const proven = userToken !== null && isLive(userToken)
      send('track', 'Push Subscribed', {}, proven ? {} : { userId: undefined }, { token, type: 'web' })
      return true
    },
    reset: forget,
    optOut() {
      queue.clear()
      forget()
      store.set(at('out'), '1')
    },
    optIn: () => store.remove(at('out')),
    anonymousId: () => (quiet() ? null : anonymousId()),
    userId: () => store.get(at('user')),
    flush: () => queue.flush(),
    push(...calls) {
      for (const [method, ...args] of calls) {
        const f = (pixel as unknown as Record<string, ((...a: unknown[]) => unknown) | undefined>)[method]
        if (f) f(...args)
        else console.warn(`itinera: no method "${method}"`)
      }
    },
  }

  if (quiet()) {
    queue.clear()
    forget()
  }
  const leave = () => {
    attention.end()
    queue.leave()
  }
  addEventListener('pagehide', leave)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave()
    else attention.resume()
  })
  const link = takeToken()
  if (link) pixel.identify(link.userId, {}, { userToken: link.token })
  pixel.push(...before) // an identify or reset that waited comes before the first page view
  if (pages !== 'off') followPages()
  return pixel

  function followPages(): void {
    let shown = ''
    const view = () => {
      const url = location.href.replace(/#(?![!/]).*/, '') // #/… and #!… are routes
      if (url === shown) return
      if (shown) lastUrl = shown
      shown = url
      pixel.page()
      const query = new URLSearchParams(location.search)
      const asked = searchNames.split(',').find(name => query.get(name))
      if (asked) pixel.search(query.get(asked)!)
    }
    for (const name of ['pushState', 'replaceState'] as const) {
      const original = history[name]
      history[name] = function (...args) {
        original.apply(this, args)
        setTimeout(view) // after the route has set its title
      }
    }
    for (const name of ['popstate', 'hashchange']) addEventListener(name, () => setTimeout(view))
    view()
  }
}

/** 128 random bits as a UUID; crypto.randomUUID exists only on secure origins. */
function randomId(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  b[6] = (b[6]! & 0x0f) | 0x40
  b[8] = (b[8]! & 0x3f) | 0x80
  return Array.from(
    b,
    (x, i) => ([4, 6, 8, 10].includes(i) ? '-' : '') + x.toString(16).padStart(2, '0'),
  ).join('')
}

const script = document.currentScript
const global = window as unknown as { itinera?: Pixel | Call[] }
if (script instanceof HTMLScriptElement && (!global.itinera || Array.isArray(global.itinera))) {
  const before = Array.isArray(global.itinera) ? global.itinera : []
  global.itinera = start(script, before)
}
