// What templates see of the world: customer, event, order, cart, coupon, products, recommendations, stores. What needs a
// question to a store is asked only when a template reads it (`ScopeSource`). Pure: who renders passes the source in.
import { Drop } from 'liquidjs'
import type { Rule } from '../rules/model.ts'
import { type CustomerState, nameOf } from '../customers/model.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Intent } from './model.ts'

/** Makes the addresses that a message carries. */
export type MessageLinks = {
  /** an address that is counted and leads to `url`; `short`: of few characters */
  track(url: string, label: string, how?: { cta?: string; short?: boolean }): string
  /** data of a button that is answered to us, with the message's id where it fits into `most` characters */
  tap(data: string, label: string, most: number): string
  /** our own addresses, without a slash at the end */
  own: readonly string[]
  unsubscribeUrl: string
  /** the page on which a customer chooses what they get */
  preferencesUrl(customer: Uuid): string
  /** fetched when the mail is opened */
  openUrl: string
}

export function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password
}

/** As templates see it. Prices in the smallest unit: `{{ p.price | money }}`. */
export type ShownProduct = {
  id: string
  name: string
  category: string
  brand: string
  price: number | null
  stock: number | null
  in_stock: boolean
  image: string
  url: string
}
export type ShownLine = { product_id: string; name: string; quantity: number; price: number | null }
export type ShownOrder = {
  no: string
  at: string
  status: string
  total: number
  store: string
  lines: ShownLine[]
}
export type ShownStore = { code: string; name: string; address: string; phone: string; region: string }

export const RECOMMENDED = ['top', 'bought_with', 'recent'] as const
export type Recommended = (typeof RECOMMENDED)[number]

/** Asked only for what a template reads; each answer is bounded. */
export type ScopeSource = {
  product(code: string): Promise<ShownProduct | null>
  inCategory(category: string): Promise<ShownProduct[]>
  recommended(kind: Recommended): Promise<ShownProduct[]>
  slot(name: string): Promise<ShownProduct | null>
  lastOrder(): Promise<ShownOrder | null>
  cartLines(): Promise<ShownLine[]>
  store(code: string): Promise<ShownStore | null>
  /** how long its answers took so far */
  waitedMs(): number
}

/** Roots whose values come from a source: a template that reads one is rendered asynchronously. */
export const LAZY: ReadonlySet<string> = new Set([
  'products',
  'recommendations',
  'stores',
  'slots',
  'order',
  'cart',
])

class Asked extends Drop {
  private readonly ask: (name: string) => unknown
  constructor(ask: (name: string) => unknown) {
    super()
    this.ask = ask
    // no template gets at the class behind it
    Object.defineProperty(this, 'constructor', { value: undefined })
  }
  override liquidMethodMissing(name: string | number): unknown {
    return this.ask(String(name))
  }
}

function lazyScope(source: ScopeSource, customer: CustomerState | null): Record<string, unknown> {
  const items = customer?.cart?.items ?? []
  const cart: Record<string, () => unknown> = {
    count: () => items.reduce((n, [, quantity]) => n + quantity, 0) + (customer?.cart?.more ?? 0),
    lines: () => source.cartLines(),
    total: async () => (await source.cartLines()).reduce((sum, l) => sum + (l.price ?? 0) * l.quantity, 0),
  }
  return {
    products: new Asked(name =>
      name === 'category' ? new Asked(c => source.inCategory(c)) : source.product(name),
    ),
    recommendations: new Asked(name => {
      const kind = RECOMMENDED.find(k => k === name)
      return kind ? source.recommended(kind) : undefined
    }),
    slots: new Asked(name => source.slot(name)),
    stores: new Asked(name => source.store(name)),
    order: new Asked(async name => {
      const order = await source.lastOrder()
      return order && Object.hasOwn(order, name) ? order[name as keyof ShownOrder] : undefined
    }),
    cart: new Asked(name => (Object.hasOwn(cart, name) ? cart[name]!() : undefined)),
  }
}

export const LINKS = Symbol('links')
export const JUDGE = Symbol('judge')
export const MONEY = Symbol('money')
export const WAITED = Symbol('waited')
/** What the scope holds that no template can name. */
export type Hidden = {
  [LINKS]?: MessageLinks
  /** whether a rule holds for the person now */
  [JUDGE]?: (rule: Rule) => boolean
  [MONEY]?: { currency: string; locale: string }
  /** ms that a rendering waited for what it asked */
  [WAITED]?: () => number
}

type Workspace = { name: string; timezone: string; locale: string; currency?: string }
export type ScopeExtras = {
  source?: ScopeSource
  judge?: (rule: Rule) => boolean
  /** of the run that the message is of */
  enrollment?: string
  /** language in which amounts are written */
  locale?: string
}

/** The newest coupon that was given in this run, or, outside of one, the newest that can be used. */
function couponOf(customer: CustomerState | null, enrollment: string | undefined) {
  const since = customer?.enr.find(e => e.id === enrollment)?.at ?? (enrollment === undefined ? 0 : Infinity)
  const held = Object.entries(customer?.coupons ?? {})
    .filter(([, c]) => !c.gone && c.at >= since)
    .sort(([, a], [, b]) => b.at - a.at)
  const [code, coupon] = held[0] ?? []
  return coupon
    ? { code, kind: coupon.kind, ends: coupon.ends ? new Date(coupon.ends).toISOString() : '' }
    : {}
}

/** What templates see: customer, event, journey (what was answered to its nodes), workspace, coupon, unsubscribe_url, preferences_url, and,
 *  with a source, products, recommendations, stores, slots, order, cart. Traits and properties are reached by name
 *  ({{ customer.name }}, {{ event.total }}) or in full ({{ customer.traits.name }}, {{ event.props.total }}). */
export function templateScope(
  customer: CustomerState | null,
  event: Intent['event'],
  workspace: Workspace,
  links: MessageLinks,
  vars: Record<string, unknown> = {},
  { source, judge, enrollment, locale }: ScopeExtras = {},
): object {
  const traits: Record<string, unknown> = {}
  for (const [name, trait] of Object.entries(customer?.traits ?? {})) traits[name] = trait.v
  const idOf = (kind: string) => customer?.ids.find(i => i.kind === kind)?.value ?? ''
  return {
    [LINKS]: links,
    ...(judge ? { [JUDGE]: judge } : {}),
    [MONEY]: { currency: workspace.currency ?? 'TWD', locale: locale ?? workspace.locale },
    customer: {
      ...traits,
      id: customer ? publicId('cus', customer.id) : '',
      name: (customer && nameOf(customer)) ?? '',
      member_no: idOf('member_no'),
      points: customer?.points?.v ?? 0,
      ...(customer?.tier ? { tier: customer.tier.v } : {}),
      coupons: Object.entries(customer?.coupons ?? {})
        .filter(([, c]) => !c.gone)
        .map(([code, c]) => ({ code, kind: c.kind, ends: c.ends ? new Date(c.ends).toISOString() : '' })),
      traits,
      tags: Object.keys(customer?.tags ?? {}),
      orders: customer?.orders
        ? { count: customer.orders.n, revenue: customer.orders.revenue }
        : { count: 0, revenue: 0 },
    },
    event: event
      ? { ...event.props, name: event.name, at: new Date(event.at).toISOString(), props: event.props }
      : {},
    journey: vars,
    workspace,
    coupon: couponOf(customer, enrollment),
    get unsubscribe_url() {
      return links.unsubscribeUrl
    },
    get preferences_url() {
      return customer ? links.preferencesUrl(customer.id) : links.unsubscribeUrl
    },
    ...(source ? { [WAITED]: source.waitedMs, ...lazyScope(source, customer) } : {}),
  }
}
