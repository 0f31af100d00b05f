// Visits to the made-up shop, and what was bought in its stores. Orders are planned first; then as many visits without an order are added as the planted
// conversion rates ask for, and as many of those leave a cart as the planted share asks for: exact by construction.
import { PRODUCTS, type Product } from '../sandbox/brand.ts'
import { DAY, HOUR, type DemoPerson } from './people.ts'
import type { Random } from './random.ts'
import { CONVERSION_LINE, CONVERSION_OTHER, EVENING_HOURS, REPURCHASE_DAYS, TRUTHS } from './truths.ts'

/** store: bought at a till, with no visit to the site */
export type Source = 'line' | 'email' | 'search' | 'social' | 'direct' | 'store'
const OTHER_SOURCES: readonly Source[] = ['email', 'search', 'social', 'direct']
export const STEADY_SKU = 'OOLONG-150'

export type Line = { product: Product; quantity: number }
export type Session = {
  person: DemoPerson
  at: number
  source: Source
  end: 'viewed' | 'cart' | 'order'
  viewed: Product[]
  cart: Line[]
}

/** Taipei is UTC+8 the year round. */
const ZONE_MS = 8 * HOUR

/** A moment of the day of `at` at an hour people shop at; never later than `now`. */
function atShoppingHour(random: Random, at: number, now: number): number {
  const evening = random.chance(TRUTHS.eveningOrders.planted)
  const hour = evening
    ? random.pick(EVENING_HOURS)
    : [0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 23][
        random.weighted([2, 1, 2, 3, 4, 4, 7, 5, 4, 4, 4, 4, 5, 6, 5])
      ]!
  const midnight = Math.floor((at + ZONE_MS) / DAY) * DAY - ZONE_MS
  const moment = midnight + hour * HOUR + random.int(0, HOUR - 600_000)
  return moment > now - 20 * 60_000 ? moment - DAY : moment
}

const steady = PRODUCTS.find(p => p.sku === STEADY_SKU)!
const others = PRODUCTS.filter(p => p !== steady)
const gifts = others.filter(p => p.price >= 890)

const pickProduct = (random: Random, from: readonly Product[]): Product =>
  from[random.weighted(from.map(p => p.weight))]!

function basket(random: Random, generous: boolean): Line[] {
  const lines = new Map<string, Line>()
  for (let i = random.weighted(generous ? [0, 5, 3, 1] : [0, 7, 3]); i > 0; i--) {
    const product = pickProduct(random, generous && random.chance(0.25) ? gifts : others)
    lines.set(product.sku, { product, quantity: random.chance(generous ? 0.2 : 0.1) ? 2 : 1 })
  }
  return [...lines.values()]
}

export function makeSessions(random: Random, people: readonly DemoPerson[], now: number): Session[] {
  const sessions: Session[] = []
  for (const p of people) sessions.push(...orderSessions(random, p, now))
  const orders = { line: 0, other: 0 }
  const online = sessions.filter(s => s.source !== 'store')
  for (const s of online) orders[s.source === 'line' ? 'line' : 'other']++
  const carts = Math.round(
    (online.length * TRUTHS.cartsAbandoned.planted) / (1 - TRUTHS.cartsAbandoned.planted),
  )
  const extra = (n: number, rate: number) => Math.round((n * (1 - rate)) / rate)
  const plain: Session[] = []
  const anyone = people.filter(p => p.firstAt < now - DAY / 2)
  const friends = anyone.filter(p => p.line && p.line.at < now - DAY)
  const add = (n: number, pool: readonly DemoPerson[], source: () => Source) => {
    for (let i = 0; i < n; i++) {
      // who has been there longer has come more often
      let person = random.pick(pool)
      while (!random.chance((now - person.firstAt) / (365 * DAY))) person = random.pick(pool)
      plain.push(browse(random, person, source(), now))
    }
  }
  add(extra(orders.line, CONVERSION_LINE), friends, () => 'line')
  add(extra(orders.other, CONVERSION_OTHER), anyone, () => random.pick(OTHER_SOURCES))
  for (const s of random.shuffle(plain).slice(0, carts)) {
    s.end = 'cart'
    s.cart = basket(random, false)
    s.viewed = [...s.cart.map(l => l.product), ...s.viewed.slice(1)]
  }
  return [...sessions, ...plain]
}

/** Some only ever buy in a store, some now and then; most never. No dice: the others' sessions stay as they are. */
const boughtInStore = (p: DemoPerson, nth: number): boolean =>
  p.no % 10 === 0 || (p.no % 4 === 1 && nth % 2 === 1)

function orderSessions(random: Random, p: DemoPerson, now: number): Session[] {
  const out: Session[] = []
  if (p.joinedAt === null) return out
  const order = (at: number, cart: Line[]) => {
    const moment = Math.max(atShoppingHour(random, at, now), p.joinedAt! + 10 * 60_000)
    const reached = p.line && p.line.at < moment && (p.line.blockedAt ?? now) > moment
    const source: Source = reached && random.chance(0.6) ? 'line' : random.pick(OTHER_SOURCES)
    const viewed = [
      ...cart.map(l => l.product),
      ...Array.from({ length: random.int(0, 2) }, () => pickProduct(random, PRODUCTS)),
    ]
    const walked = boughtInStore(p, out.length)
    out.push({
      person: p,
      at: moment,
      source: walked ? 'store' : source,
      end: 'order',
      viewed: walked ? [] : viewed,
      cart,
    })
  }
  const span = now - p.joinedAt
  for (let i = 0; i < p.otherOrders; i++)
    order(p.joinedAt + ((i + random.next()) / p.otherOrders) * span, basket(random, p.loyal))
  let at = p.joinedAt + random.int(1, 8) * DAY
  for (let i = 0; i < p.steadyOrders && at < now - DAY; i++) {
    order(at, [{ product: steady, quantity: p.loyal ? 2 : 1 }])
    at += (REPURCHASE_DAYS + random.int(-6, 6)) * DAY
  }
  return out
}

function browse(random: Random, person: DemoPerson, source: Source, now: number): Session {
  const from = source === 'line' ? person.line!.at : person.firstAt
  const until = source === 'line' ? (person.line!.blockedAt ?? now) : now
  const day = from + random.next() * (until - from)
  const at = Math.max(atShoppingHour(random, day, now), from)
  const viewed = Array.from({ length: 1 + random.weighted([5, 3, 2]) }, () => pickProduct(random, PRODUCTS))
  return { person, at, source, end: 'viewed', viewed, cart: [] }
}
