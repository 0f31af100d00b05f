// The demo brand as events: 2,000 people, one year that ends now. Pure and seeded: the same seed and moment give the
// same events, down to the message ids. What is true of it by construction stands in truths.ts.
import type { EventBody } from '../inbox/model.ts'
import type { IdRef, Proof } from '../customers/model.ts'
import { CURRENCY, type Product, STORES } from '../sandbox/brand.ts'
import { type DemoMessage, type DemoOptOut, planMessages } from './messages.ts'
import { DAY, type DemoPerson, idsOf, makePeople } from './people.ts'
import { type Random, seededRandom } from './random.ts'
import { type Line, makeSessions, type Session } from './sessions.ts'
import { TRUTHS } from './truths.ts'

export type DemoModel = {
  people: DemoPerson[]
  /** one list per person, in the order things happened */
  events: EventBody[][]
  count: number
  /** what the brand wrote to them */
  messages: DemoMessage[]
}

/** the name of the write key that a brand in Chinese is given */
const SITE = '網站'
const TILL = 'POS'
/** On which channel what a source tells of happened. */
const CHANNELS: Record<string, string> = { [SITE]: 'web', [TILL]: 'store', LINE: 'line' }

/** @param now workspace time at which the year ends; @param shopUrl base of product links, without a trailing slash */
export function makeDemo(seed: string, now: number, shopUrl: string): DemoModel {
  const random = seededRandom(seed)
  const people = makePeople(random, now)
  const sessions = makeSessions(random, people, now).sort((a, b) => a.at - b.at || a.person.no - b.person.no)
  // dice of its own: what else is planted stays as it is
  const { messages, optOuts } = planMessages(seededRandom(`${seed} messages`), people, sessions, now)
  const events: EventBody[][] = people.map(p => memberEvents(p))
  for (const o of optOuts) events[o.person]!.push(optOutEvent(people[o.person]!, o))
  const refunded = chooseRefunds(sessions, now)
  let orders = 0
  for (const [i, s] of sessions.entries()) {
    const orderNo = s.end === 'order' ? `WQ-${String(++orders).padStart(6, '0')}` : null
    const list = events[s.person.no]!
    list.push(...sessionEvents(random, s, `s${i}`, orderNo, shopUrl))
    if (orderNo !== null && refunded.has(s)) list.push(refundEvent(random, s, orderNo))
  }
  let count = 0
  for (const [no, list] of events.entries()) {
    // a visitor who looked at nothing saw the first page
    if (list.length === 0) list.push(firstPageEvent(people[no]!, shopUrl))
    list.sort((a, b) => a.at! - b.at!)
    markFirstTouch(people[no]!, list)
    for (const [i, event] of list.entries()) event.messageId = `demo-${no}-${i}`
    count += list.length
  }
  return { people, events, count, messages }
}

/** The planted share of all orders, spread evenly over those old enough to have come back. */
function chooseRefunds(sessions: Session[], now: number): Set<Session> {
  const orders = sessions.filter(s => s.end === 'order')
  const old = orders.filter(s => s.at < now - 12 * DAY)
  const wanted = Math.round(orders.length * TRUTHS.refunds.planted)
  return new Set(
    Array.from({ length: wanted }, (_, i) => old[Math.floor(((i + 0.5) * old.length) / wanted)]!),
  )
}

function event(
  at: number,
  more: Partial<EventBody> & Pick<EventBody, 'name'>,
  ids: IdRef[],
  proof: Proof,
): EventBody {
  const src = more.src ?? SITE
  return { type: 'track', messageId: '', at: Math.round(at), ids, proof, src, ch: CHANNELS[src], ...more }
}

function memberEvents(p: DemoPerson): EventBody[] {
  if (p.joinedAt === null) return []
  const ids = idsOf(p).filter(id => id.kind !== 'line_uid')
  const traits: Record<string, unknown> = {
    name: p.name,
    gender: p.no % 5 < 3 ? 'female' : 'male',
    address: { city: p.city },
    birthday: p.birthday,
  }
  if (p.email) traits.email = p.email
  // typed wrongly at a counter: what the page on data quality is for
  else if (p.no % 4 === 0) traits.email = `member${p.no}@example`
  if (!p.phone && p.no % 5 === 0) traits.phone = `0900-${String(p.no).padStart(3, '0').slice(0, 3)}`
  const out = [
    event(p.joinedAt, { type: 'identify', name: 'Identified', traits }, ids, 'server'),
    event(
      p.joinedAt + 1_000,
      { name: 'Signed Up', props: { method: p.line ? 'line' : 'website' } },
      member(p),
      'server',
    ),
  ]
  const system = (
    at: number,
    name: string,
    props: Record<string, unknown>,
    by: IdRef[],
    src: string,
    proof: Proof,
  ) => out.push(event(at, { type: 'system', name, props, src }, by, proof))
  if (p.emailConsentAt !== null)
    system(
      p.emailConsentAt,
      'consent.granted',
      { channel: 'email', purpose: 'marketing' },
      member(p),
      SITE,
      'server',
    )
  if (p.line) {
    const uid: IdRef = { kind: 'line_uid', value: p.line.uid }
    system(
      p.line.at,
      'contact.followed',
      { channel: 'line', is_unblocked: false },
      [uid, ...member(p)],
      'LINE',
      'provider',
    )
    if (p.line.blockedAt !== null)
      system(p.line.blockedAt, 'contact.unfollowed', { channel: 'line' }, [uid], 'LINE', 'provider')
  }
  return out
}

/** As the page behind an unsubscribe link tells it. */
const optOutEvent = (p: DemoPerson, { at, message }: DemoOptOut): EventBody =>
  event(
    at,
    {
      type: 'system',
      name: 'consent.refused',
      src: 'page',
      ch: 'email',
      props: { channel: 'email', purpose: 'marketing', how: 'page', message },
    },
    member(p),
    'server',
  )

const member = (p: DemoPerson): IdRef[] => [{ kind: 'member_no', value: p.memberNo! }]

const describe = (product: Product, shopUrl: string) => ({
  product_id: product.sku,
  sku: product.sku,
  name: product.name.zh,
  category: product.category.zh,
  price: product.price,
  currency: CURRENCY,
  url: `${shopUrl}/p/${product.sku}`,
})

const totalOf = (cart: Line[]): number => cart.reduce((sum, l) => sum + l.product.price * l.quantity, 0)

/** How each source shows itself in what the pixel sends. */
const TOUCHES: Record<Session['source'], Record<string, unknown> | null> = {
  line: { campaign: { source: 'line', medium: 'message' } },
  email: { campaign: { source: 'newsletter', medium: 'email', name: 'monthly' } },
  search: { referrer: 'https://www.google.com/' },
  social: { campaign: { source: 'facebook', medium: 'social', name: 'tea-stories' } },
  direct: null,
  store: null,
}
/** QR codes: on the tin, on the counter, at the tea fair. */
const QR_CODES = [
  { every: 7, campaign: { source: 'pack', medium: 'qr', name: 'tin' } },
  { every: 11, campaign: { source: 'counter', medium: 'qr', name: 'checkout' } },
  { every: 13, campaign: { source: 'event', medium: 'qr', name: 'tea-fair' } },
]

/** Some first came by a QR code: it stands on the first thing they did on the site. */
function markFirstTouch(p: DemoPerson, list: EventBody[]): void {
  const code = QR_CODES.find(c => p.no % c.every === 0)
  const first = list.find(e => e.type !== 'system' && e.type !== 'identify')
  if (code && first && first.src === SITE) first.props = { ...first.props, campaign: code.campaign }
}

function sessionEvents(
  random: Random,
  s: Session,
  session: string,
  orderNo: string | null,
  shopUrl: string,
): EventBody[] {
  const p = s.person
  const known = p.joinedAt !== null && s.at > p.joinedAt
  const ids: IdRef[] = known ? member(p) : [{ kind: 'anonymous_id', value: p.anonymousId }]
  const proof: Proof = known ? 'server' : 'public'
  const visit = { session, source: s.source }
  if (s.source === 'store') return [tillEvent(s, orderNo!)]
  let at = s.at
  const next = (name: string, props: Record<string, unknown>) => {
    at += random.int(8_000, 70_000)
    return event(at, { name, props: { ...props, ...visit } }, ids, proof)
  }
  const touch = TOUCHES[s.source]
  const out = s.viewed.map((product, i) =>
    next('Product Viewed', { ...describe(product, shopUrl), ...(i === 0 ? touch : null) }),
  )
  /** What the pixel says when the last page is left: the time before it that they were really there. */
  const left = (): EventBody =>
    event(
      at + 4_000,
      { name: 'Page Engaged', props: { seconds: Math.round((at - s.at) / 2_500), ...visit } },
      ids,
      proof,
    )
  if (s.end === 'viewed') return [...out, left()]
  for (const l of s.cart)
    out.push(
      next('Product Added', {
        ...describe(l.product, shopUrl),
        quantity: l.quantity,
        cart_url: `${shopUrl}/cart`,
      }),
    )
  const value = totalOf(s.cart)
  if (s.end === 'order' || random.chance(0.6)) out.push(next('Cart Viewed', { value, currency: CURRENCY }))
  if (s.end === 'order' || random.chance(0.3))
    out.push(next('Checkout Started', { value, currency: CURRENCY }))
  if (orderNo === null) out.push(left())
  else {
    out.push(
      next('Order Completed', {
        order_id: orderNo,
        total: value,
        revenue: value,
        currency: CURRENCY,
        sales_channel: 'online',
        products: linesOf(s.cart),
      }),
    )
  }
  return out
}

const linesOf = (cart: Line[]) =>
  cart.map(l => ({
    product_id: l.product.sku,
    sku: l.product.sku,
    name: l.product.name.zh,
    category: l.product.category.zh,
    price: l.product.price,
    quantity: l.quantity,
    cost: l.product.cost,
  }))

/** Bought at a till, by member number. */
function tillEvent(s: Session, orderNo: string): EventBody {
  const total = totalOf(s.cart)
  const props = {
    order_id: orderNo,
    total,
    revenue: total,
    currency: CURRENCY,
    products: linesOf(s.cart),
    sales_channel: 'store',
    store: STORES[s.person.no % STORES.length],
  }
  return event(s.at, { name: 'Order Completed', props, src: TILL }, member(s.person), 'server')
}

function firstPageEvent(p: DemoPerson, shopUrl: string): EventBody {
  const ids: IdRef[] = [{ kind: 'anonymous_id', value: p.anonymousId }]
  return event(
    p.firstAt,
    { type: 'page', name: 'Page Viewed', props: { url: `${shopUrl}/`, path: '/' } },
    ids,
    'public',
  )
}

function refundEvent(random: Random, s: Session, orderNo: string): EventBody {
  const value = totalOf(s.cart)
  const at = s.at + random.int(3, 10) * DAY
  return event(
    at,
    { name: 'Order Refunded', props: { order_id: orderNo, total: value, currency: CURRENCY } },
    member(s.person),
    'server',
  )
}
