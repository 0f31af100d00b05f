// The pixel: `<script async src="https://HOST/pixel.js" data-write-key="…"></script>`. Calls made before it loads wait
// in a plain array: `window.itinera = window.itinera || []; itinera.push(['track', 'Product Viewed', { … }])`.
// Honours Global Privacy Control and optOut(): then nothing is stored and nothing is sent.
import { openQueue } from './queue.ts'
import { openStore } from './storage.ts'

type Props = Record<string, unknown>
type Call = [method: string, ...args: unknown[]]

export type Pixel = {
  track(event: string, properties?: Props): void
  /** A page view; sent by itself on load and on each route of a single-page app unless `data-pages="off"`. */
  page(properties?: Props): void
  /** `userToken`: signed by your server; without it what is said here is unverified. */
  identify(userId: string, traits?: Props, options?: { userToken?: string }): void
  /** Signs out: a new anonymous visitor from here on. */
  reset(): void
  optOut(): void
  optIn(): void
  anonymousId(): string | null
  userId(): string | null
  flush(): Promise<void>
  push(...calls: Call[]): void
}

function start(script: HTMLScriptElement, before: Call[]): Pixel {
  const writeKey = script.dataset.writeKey ?? ''
  if (!writeKey) console.warn('itinera: data-write-key is missing on the script tag; nothing will be sent')
  const store = openStore()
  const at = (name: string) => `itinera.${writeKey.slice(-12)}.${name}`
  const endpoint = new URL('/v1/batch', script.src).href
  const queue = openQueue(endpoint, writeKey, store, at('q.'))
  let lastUrl = document.referrer

  const quiet = () =>
    !writeKey ||
    (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
    store.get(at('out')) === '1'

  function forget(): void {
    for (const name of ['anon', 'user', 'token']) store.remove(at(name))
  }

  function anonymousId(): string {
    const known = store.get(at('anon'))
    if (known) return known
    const fresh = randomId()
    store.set(at('anon'), fresh)
    return fresh
  }

  function send(type: string, more: Props): void {
    if (quiet()) return
    const now = new Date().toISOString()
    const userToken = store.get(at('token'))
    const search = new URLSearchParams(location.search)
    const campaign: Props = {}
    for (const [k, v] of search)
      if (k.startsWith('utm_')) campaign[k.slice(4) === 'campaign' ? 'name' : k.slice(4)] = v
    queue.add({
      type,
      messageId: randomId(),
      timestamp: now,
      anonymousId: anonymousId(),
      userId: store.get(at('user')) ?? undefined,
      ...more,
      context: {
        library: { name: 'itinera-pixel', version: '1' },
        locale: navigator.language,
        page: where(),
        ...(Object.keys(campaign).length ? { campaign } : {}),
        ...(userToken ? { userToken } : {}),
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

  const pixel: Pixel = {
    track: (event, properties = {}) => send('track', { event, properties }),
    page: (properties = {}) => send('page', { properties: { ...where(), ...properties } }),
    identify(userId, traits = {}, options = {}) {
      if (quiet()) return
      const before = store.get(at('user'))
      // another person on this browser: their anonymous histories are not one
      if (before !== null && before !== userId) pixel.reset()
      store.set(at('user'), userId)
      if (options.userToken) store.set(at('token'), options.userToken)
      send('identify', { traits })
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
  addEventListener('pagehide', () => queue.leave())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') queue.leave()
  })
  pixel.push(...before) // an identify or reset that waited comes before the first page view
  if (script.dataset.pages !== 'off') followPages()
  return pixel

  function followPages(): void {
    let shown = ''
    const view = () => {
      const url = location.href.split('#')[0]!
      if (url === shown) return
      if (shown) lastUrl = shown
      shown = url
      pixel.page()
    }
    for (const name of ['pushState', 'replaceState'] as const) {
      const original = history[name]
      history[name] = function (...args) {
        original.apply(this, args)
        setTimeout(view) // after the route has set its title
      }
    }
    addEventListener('popstate', () => setTimeout(view))
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
