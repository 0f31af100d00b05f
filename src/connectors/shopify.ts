// Shopify's webhook bodies (REST Admin shapes, as its public documentation gives them) as items and catalogue rows.
// Orders come out in the same fields as those of a till's file. Pure.
import { type Dict, isDict } from '../platform/values.ts'
import type { Variant } from '../catalogue/model.ts'
import { fromSmallestUnit, toSmallestUnit } from '../customers/money.ts'
import type { Values } from '../catalogue/shelf.ts'
import type { Brought } from './model.ts'

export type ShopifyRead = {
  brought: Brought[]
  products: (Values & { code: string })[]
  /** codes of products that the shop no longer has */
  gone: string[]
  /** orders by the shop's own number, which a refund alone names, and by the one that people and exports know */
  orders: { outside: string; orderNo: string }[]
}

const NOTHING: ShopifyRead = { brought: [], products: [], gone: [], orders: [] }
const list = (value: unknown): Dict[] => (Array.isArray(value) ? value.filter(isDict) : [])
const text = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value.trim() || undefined
    : typeof value === 'number'
      ? String(value)
      : undefined
/** Shopify writes amounts as texts ('1280.00'). */
const amount = (value: unknown): number | undefined => {
  const given = text(value)
  return given === undefined || !Number.isFinite(Number(given)) ? undefined : Number(given)
}
const dict = (value: unknown): Dict => (isDict(value) ? value : {})
/** Without what is not there, so that two sources of one order agree. */
const tidy = (fields: Dict): Dict =>
  Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== null && v !== ''))

/** What a body says. `hash` is of the body: what has no revision of its own is known by it.
 *  Null: a topic that is not read here. */
export function readShopify(
  topic: string,
  body: Dict,
  hash: string,
  settings: { currency: string; locations: Record<string, string> },
): ShopifyRead | null {
  const [area] = topic.split('/')
  if (area === 'orders') return readOrder(topic, body, hash, settings)
  if (topic === 'refunds/create')
    return { ...NOTHING, brought: refundOf(body, { outside: text(body.order_id) }, settings.currency, {}) }
  if (topic === 'customers/create' || topic === 'customers/update')
    return { ...NOTHING, brought: customerOf(body, hash) }
  if (topic === 'checkouts/create' || topic === 'checkouts/update') return readCheckout(topic, body)
  if (topic === 'products/create' || topic === 'products/update')
    return { ...NOTHING, products: [productOf(body, settings.currency)] }
  if (topic === 'products/delete') return { ...NOTHING, gone: [String(body.id)] }
  return null
}

// ── who ──────────────────────────────────────────────────────────────────────

/** E-mail, phone and the shop's own number of a customer, from wherever a body holds them. */
function whoOf(body: Dict): Dict {
  const customer = dict(body.customer)
  const traits = tidy({
    email: text(body.email) ?? text(body.contact_email) ?? text(customer.email),
    phone: text(body.phone) ?? text(customer.phone), // not the parcel's: a present goes to somebody else
  })
  return { context: { traits, ...shopCustomer(customer.id) } }
}

const shopCustomer = (id: unknown): Dict => {
  const known = text(id)
  return known ? { externalIds: [{ id: `shopify:${known}`, type: 'shop_customer' }] } : {}
}

// ── orders ───────────────────────────────────────────────────────────────────

const EVENT: Record<string, string> = {
  'orders/create': 'Order Completed',
  'orders/updated': 'Order Updated',
  'orders/edited': 'Order Updated',
  'orders/paid': 'Order Paid',
  'orders/fulfilled': 'Order Shipped',
  'orders/cancelled': 'Order Cancelled',
}

function readOrder(
  topic: string,
  body: Dict,
  hash: string,
  settings: { currency: string; locations: Record<string, string> },
): ShopifyRead | null {
  const event = EVENT[topic]
  const id = text(body.id)
  if (!event || !id) return event ? NOTHING : null
  const orderNo = text(body.name) ?? id
  const who = whoOf(body)
  const order = {
    ...orderProps(body, orderNo, settings.locations),
    ...(event === 'Order Cancelled' ? { reason: text(body.cancel_reason) } : {}),
  }
  const once = event === 'Order Completed' || event === 'Order Cancelled'
  const brought: Brought[] = [
    {
      key: `order:${id}:${event}:${once ? '' : (text(body.updated_at) ?? hash)}`,
      item: {
        type: 'track',
        event,
        timestamp: timeOfOrder(event, body),
        ...(channelOf(body) === 'online' ? { channel: 'web' } : {}),
        properties: tidy(order),
        ...who,
      },
    },
  ]
  // refunds come with every later state of their order too, there with the customer they are missing alone
  const currency = text(body.currency) ?? settings.currency
  for (const refund of list(body.refunds)) brought.push(...refundOf(refund, { orderNo }, currency, who))
  return { ...NOTHING, brought, orders: [{ outside: id, orderNo }] }
}

function timeOfOrder(event: string, body: Dict): string | undefined {
  const at = {
    'Order Completed': body.created_at,
    'Order Cancelled': body.cancelled_at,
    'Order Paid': body.processed_at,
  }[event]
  return text(at) ?? text(body.updated_at) ?? text(body.created_at)
}

/** Shopify's name of where an order came from, as a sales channel. */
function channelOf(body: Dict): string {
  const from = text(body.source_name) ?? 'web'
  return from === 'pos'
    ? 'store'
    : /^(web|iphone|android|shopify_draft_order|\d+)$/.test(from)
      ? 'online'
      : 'reseller'
}

function orderProps(body: Dict, orderNo: string, locations: Record<string, string>): Dict {
  const location = text(body.location_id)
  const shipping = dict(dict(body.total_shipping_price_set).shop_money)
  return {
    order_id: orderNo,
    shop_order_id: text(body.id),
    total: amount(body.total_price),
    subtotal: amount(body.subtotal_price),
    tax: amount(body.total_tax),
    shipping: amount(shipping.amount),
    discount: amount(body.total_discounts),
    currency: text(body.currency),
    coupon: text(list(body.discount_codes)[0]?.code),
    sales_channel: channelOf(body),
    store: location ? (locations[location] ?? location) : undefined,
    staff: channelOf(body) === 'store' ? text(body.user_id) : undefined,
    payment_status: text(body.financial_status),
    status: text(body.cancelled_at) ? 'cancelled' : text(body.fulfillment_status),
    products: list(body.line_items).map(lineOf),
  }
}

const lineOf = (line: Dict): Dict =>
  tidy({
    product_id: text(line.product_id) ?? text(line.sku),
    sku: text(line.sku),
    name: text(line.title) ?? text(line.name),
    variant: text(line.variant_title),
    brand: text(line.vendor),
    price: amount(line.price),
    quantity: typeof line.quantity === 'number' ? line.quantity : undefined,
  })

/** A refund, whole or in part: what was given back is the sum of its money, else of its lines. One that gave nothing
 *  back is none. */
function refundOf(
  refund: Dict,
  order: { orderNo?: string; outside?: string },
  shopCurrency: string,
  who: Dict,
): Brought[] {
  const id = text(refund.id)
  if (!id) return []
  const money = list(refund.transactions).filter(
    t => t.kind === 'refund' && (t.status === undefined || t.status === 'success'),
  )
  const currency = text(money[0]?.currency) ?? shopCurrency
  const lines = list(refund.refund_line_items)
  const given = money.length > 0 ? money.map(t => t.amount) : lines.flatMap(l => [l.subtotal, l.total_tax])
  const total = given.reduce<number>((sum, a) => sum + (toSmallestUnit(text(a), currency) ?? 0), 0)
  if (total === 0) return []
  const properties = tidy({
    order_id: order.orderNo,
    refund_id: id,
    total: fromSmallestUnit(total, currency),
    currency,
    reason: text(refund.note),
    products: lines.map(l => ({ ...lineOf(dict(l.line_item)), quantity: l.quantity })),
  })
  const timestamp = text(refund.processed_at) ?? text(refund.created_at)
  return [
    {
      key: `refund:${id}`,
      item: { type: 'track', event: 'Order Refunded', timestamp, properties, ...who },
      ...(order.outside ? { outsideOrder: order.outside } : {}),
    },
  ]
}

// ── customers ────────────────────────────────────────────────────────────────

const CONSENTS = [
  ['email_marketing_consent', 'email'],
  ['sms_marketing_consent', 'sms'],
] as const

function customerOf(body: Dict, hash: string): Brought[] {
  const id = text(body.id)
  if (!id) return []
  const address = dict(body.default_address)
  const traits = tidy({
    email: text(body.email),
    phone: text(body.phone) ?? text(address.phone),
    firstName: text(body.first_name),
    lastName: text(body.last_name),
    note: text(body.note),
    createdAt: text(body.created_at),
    address: tidy({
      country: text(address.country),
      postalCode: text(address.zip),
      city: text(address.province) ?? text(address.city),
      district: text(address.province) ? text(address.city) : undefined,
      street: text([text(address.address1), text(address.address2)].filter(Boolean).join(' ')),
    }),
  })
  const at = text(body.updated_at) ?? text(body.created_at)
  const revision = text(body.updated_at) ?? hash
  const { email, phone } = traits as { email?: string; phone?: string }
  const who = { context: { traits: tidy({ email, phone }), ...shopCustomer(id) } }
  const brought: Brought[] = [
    { key: `customer:${id}:${revision}`, item: { type: 'identify', timestamp: at, traits, ...who } },
  ]
  for (const [name, channel] of CONSENTS) {
    const consent = dict(body[name])
    const state = text(consent.state)
    // anything else says that nobody was asked yet, or has not confirmed
    if (state !== 'subscribed' && state !== 'unsubscribed') continue
    brought.push({
      key: `consent:${id}:${channel}:${state}:${text(consent.consent_updated_at) ?? revision}`,
      item: {
        type: 'track',
        event: state === 'subscribed' ? 'consent.granted' : 'consent.refused',
        timestamp: text(consent.consent_updated_at) ?? at,
        properties: { channel, purpose: 'marketing' },
        ...who,
      },
    })
  }
  for (const tag of (text(body.tags) ?? '')
    .split(',')
    .map(t => t.trim())
    .filter(Boolean))
    brought.push({
      key: `tag:${id}:${tag}`,
      item: { type: 'track', event: 'tag.applied', timestamp: at, properties: { tag }, ...who },
    })
  return brought
}

// ── checkouts ────────────────────────────────────────────────────────────────

/** A checkout starts once, when it first says whose it is; each later state is an update. */
function readCheckout(topic: string, body: Dict): ShopifyRead {
  const token = text(body.token) ?? text(body.id)
  if (!token || text(body.completed_at)) return NOTHING
  const who = whoOf(body)
  const { traits, externalIds } = (who.context ?? {}) as { traits?: Dict; externalIds?: unknown[] }
  if (Object.keys(traits ?? {}).length === 0 && !externalIds) return NOTHING
  const properties = tidy({
    checkout_id: token,
    cart_id: text(body.cart_token),
    cart_url: text(body.abandoned_checkout_url),
    value: amount(body.total_price),
    total: amount(body.total_price),
    currency: text(body.currency) ?? text(body.presentment_currency),
    products: list(body.line_items).map(lineOf),
  })
  const started: Brought = {
    key: `checkout:${token}:started`,
    item: {
      type: 'track',
      event: 'Checkout Started',
      channel: 'web',
      timestamp: text(body.created_at),
      properties,
      ...who,
    },
  }
  const updatedAt = text(body.updated_at)
  if (topic === 'checkouts/create' || !updatedAt) return { ...NOTHING, brought: [started] }
  return {
    ...NOTHING,
    brought: [
      started,
      {
        key: `checkout:${token}:${updatedAt}`,
        item: {
          type: 'track',
          event: 'Checkout Updated',
          channel: 'web',
          timestamp: updatedAt,
          properties,
          ...who,
        },
      },
    ],
  }
}

// ── products ─────────────────────────────────────────────────────────────────

const STATUS: Record<string, string> = { active: 'active', draft: 'hidden', archived: 'discontinued' }

function productOf(body: Dict, currency: string): Values & { code: string } {
  const variants = list(body.variants)
  const first = variants[0] ?? {}
  const stocks = variants.flatMap(v =>
    typeof v.inventory_quantity === 'number' ? [v.inventory_quantity] : [],
  )
  const type = text(body.product_type)
  return {
    code: String(body.id),
    name: text(body.title) ?? String(body.id),
    sku: text(first.sku) ?? null,
    ...(type ? { category: [type] } : {}),
    brand: text(body.vendor) ?? null,
    price: toSmallestUnit(first.price, currency),
    stock: stocks.length > 0 ? stocks.reduce((a, b) => a + b, 0) : null,
    image_url: text(dict(body.image).src) ?? null,
    status: STATUS[text(body.status) ?? 'active'] ?? 'active',
    variants: variants.flatMap((v): Variant[] => {
      const sku = text(v.sku)
      const price = toSmallestUnit(v.price, currency)
      const stock = typeof v.inventory_quantity === 'number' ? { stock: v.inventory_quantity } : {}
      return sku ? [{ sku, name: text(v.title) ?? '', ...(price === null ? {} : { price }), ...stock }] : []
    }),
    archived: false,
  }
}
