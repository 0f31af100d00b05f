// Made-up shop traffic: people with a year behind them, then a stream of events with repeats and people who turn out
// to be one. Deterministic for a seed, cheap to make: it shares the cores with what is measured.
export type Random = () => number

/** mulberry32 */
export function random(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const NAMES = [
  'Product Viewed',
  'Product Added',
  'Cart Viewed',
  'Checkout Started',
  'Product List Viewed',
  'Products Searched',
  'Wishlist Product Added',
  'Coupon Entered',
  'Promotion Viewed',
  'Product Clicked',
]
const DAY_MS = 86_400_000

export const member = (i: number): string => `m${String(i).padStart(7, '0')}`
const visitor = (i: number): string => `a${String(i).padStart(7, '0')}`

/** Three items that give customer `i` identifiers, traits, consent and two orders over the last year. */
export function pastOf(i: number, run: string, now: number): string[] {
  const at = (days: number) => new Date(now - ((i * 7919 + days * 104_729) % 365) * DAY_MS).toISOString()
  const who = { userId: member(i), anonymousId: visitor(i) }
  return [
    JSON.stringify({
      type: 'identify',
      messageId: `${run}-p${i}`,
      timestamp: at(1),
      ...who,
      traits: {
        name: `顧客${i}`,
        email: `person${i}@shop.example`,
        city: ['台北市', '台中市', '高雄市', '台南市'][i % 4],
        gender: i % 2 ? 'f' : 'm',
        birthday: `19${60 + (i % 40)}-0${1 + (i % 9)}-1${i % 9}`,
        favourite_store: `store-${i % 60}`,
        skin: ['dry', 'oily', 'mixed'][i % 3],
        newsletter: i % 3 === 0,
        source: ['search', 'line', 'store', 'friend'][i % 4],
        last_category: `category-${i % 25}`,
        line_uid: `U${i.toString(16).padStart(32, '0')}`,
      },
    }),
    ...[2, 3].map(k =>
      JSON.stringify({
        type: 'track',
        event: 'Order Completed',
        messageId: `${run}-o${k}-${i}`,
        timestamp: at(k),
        ...who,
        properties: {
          order_id: `A${k}-${i}`,
          total: 500 + ((i * k) % 5000),
          currency: 'TWD',
          products: [{ product_id: `p${i % 900}`, quantity: 1, price: 500 + ((i * k) % 5000) }],
        },
      }),
    ),
  ]
}

export type Batch = { items: string[]; fresh: number }

/** An endless stream of batches over `people` customers: events of about 300 bytes, 1 % repeats of an event sent some
 *  batches before, 0.1 % visits of unknown people who sign in later and are merged. */
export function stream(people: number, run: string, size = 50): { next(): Batch; merges(): number } {
  const r = random(7)
  let n = 0
  let merges = 0
  const old: string[] = []
  const strangers: { anonymousId: string; due: number }[] = []
  const event = (who: string): string => {
    const k = n++
    const product = Math.floor(r() * 900)
    return `{"type":"track","event":"${NAMES[Math.floor(r() * NAMES.length)]}","messageId":"${run}-e${k}","anonymousId":"${who}","properties":{"product_id":"p${product}","name":"保濕精華液 ${product} 30ml","category":"category-${product % 25}","price":${300 + product},"currency":"TWD","url":"https://shop.example/products/${product}?utm_source=line&utm_medium=push"}}`
  }
  return {
    merges: () => merges,
    next() {
      const items: string[] = []
      let fresh = 0
      while (items.length < size) {
        const dice = r()
        if (dice < 0.01 && old.length > 200) {
          items.push(old[Math.floor(r() * old.length)]!)
          continue
        }
        fresh++
        if (strangers.length > 0 && strangers[0]!.due <= n) {
          const { anonymousId } = strangers.shift()!
          items.push(
            `{"type":"identify","messageId":"${run}-e${n++}","userId":"${member(Math.floor(r() * people))}","anonymousId":"${anonymousId}","traits":{"seen":"web"}}`,
          )
          merges++
        } else if (dice < 0.011) {
          const anonymousId = `x${run}${n}`
          items.push(event(anonymousId))
          strangers.push({ anonymousId, due: n + 5_000 })
        } else items.push(event(visitor(Math.floor(r() * people))))
      }
      const kept = items[0]!
      if (old.length < 2_000) old.push(kept)
      else old[Math.floor(r() * old.length)] = kept
      return { items, fresh }
    },
  }
}
