// Orders: append-only rows and the summary that the state keeps of them. An order's worth is worked out from all its
// rows (src/customers/order-worth.ts), so the order in which they arrive does not matter.
import type { EventBody } from '../inbox/model.ts'
import type { OrderDetail, OrderLine, OrderRow } from '../inbox/order-model.ts'
import { takeBackPoints } from '../membership/points.ts'
import { hashId } from '../platform/ids.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, OrderSummary } from './model.ts'
import { toSmallestUnit } from './money.ts'
import { told, worthOf, type Worth } from './order-worth.ts'
import { rememberOrder } from './remember.ts'

const ENTRIES: Readonly<Record<string, OrderRow['entry']>> = {
  'Order Completed': 'placed',
  'Order Paid': 'paid',
  'Order Updated': 'updated',
  'Order Shipped': 'shipped',
  'Order Ready For Pickup': 'ready',
  'Order Picked Up': 'picked_up',
  'Order Refunded': 'refunded',
  'Order Returned': 'returned',
  'Order Cancelled': 'cancelled',
}
/** What an update may say that the order has become. */
const BECAME: Readonly<Record<string, OrderRow['entry']>> = {
  paid: 'paid',
  shipped: 'shipped',
  fulfilled: 'shipped',
  ready: 'ready',
  picked_up: 'picked_up',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  refunded: 'refunded',
  returned: 'returned',
}
const UNPAID: ReadonlySet<unknown> = new Set(['unpaid', 'pending', 'authorized'])
const MOST_LINES = 100

export const isOrderEvent = (name: string): boolean => Object.hasOwn(ENTRIES, name)

/** The order number an event names; null when it is no order event or names none. */
export function orderNoOf(body: EventBody): string | null {
  if (!isOrderEvent(body.name)) return null
  const no = body.props?.order_id
  if (typeof no === 'number') return String(no)
  return typeof no === 'string' && no !== '' && no.length <= 200 ? no : null
}

export const orderFact = (orderNo: string): string => 'order:' + orderNo

/** What an event says of its order; an update with a known status says that the order has become so. */
function entryOf(body: EventBody): OrderRow['entry'] {
  const entry = ENTRIES[body.name]!
  const status = body.props?.status
  const became = entry === 'updated' && typeof status === 'string' && Object.hasOwn(BECAME, status)
  return became ? BECAME[status]! : entry
}

/** What changed by rows of one order: signed differences, in the summary's currency. */
export type OrderChange = {
  fresh: OrderRow[]
  before: Worth | null
  after: Worth | null
}

/** Adds rows of one order to the summary. `known` are the rows folded before. Gives the rows that are new.
 *  Revenue counts orders in the summary's currency; others count as orders only. */
export function addOrderRows(
  state: CustomerState,
  currency: string,
  known: OrderRow[],
  more: OrderRow[],
): OrderChange {
  const fresh = more.filter(
    (row, i) => !known.some(k => k.key === row.key) && more.findIndex(m => m.key === row.key) === i,
  )
  if (fresh.length === 0) return { fresh, before: null, after: null }
  const before = known.length === 0 ? null : worthOf(known)
  const after = worthOf(known.length === 0 ? fresh : [...known, ...fresh])
  if (after !== null) {
    const sum = (state.orders ??= { n: 0, revenue: 0, currency, firstAt: after.at, lastAt: after.at })
    if (before !== null) count(sum, before, -1)
    count(sum, after, 1)
    sum.firstAt = Math.min(sum.firstAt, after.at)
    sum.lastAt = Math.max(sum.lastAt, after.at)
  }
  return { fresh, before, after }
}

/** Adds or takes away one order. What comes to nothing is left out, so that the state says one thing in one way. */
function count(sum: OrderSummary, worth: Worth, sign: 1 | -1): void {
  const n = worth.counts ? sign : 0
  const revenue = worth.currency === sum.currency ? sign * worth.net : 0
  sum.n += n
  sum.revenue += revenue
  if (worth.counts && !worth.paid) {
    sum.unpaid = (sum.unpaid ?? 0) + sign
    if (sum.unpaid === 0) delete sum.unpaid
  }
  if (worth.channel !== 'online' && (n !== 0 || revenue !== 0)) {
    const by = (sum.by ??= {})
    const held = Object.hasOwn(by, worth.channel) ? by[worth.channel]! : [0, 0]
    const next: [number, number] = [held[0]! + n, held[1]! + revenue]
    if (next[0] === 0 && next[1] === 0) delete by[worth.channel]
    else by[worth.channel] = next
    if (Object.keys(by).length === 0) delete sum.by
  }
  if (worth.cost !== null && worth.counts && worth.currency === sum.currency) {
    sum.cost = (sum.cost ?? 0) + sign * worth.cost
    sum.costed = (sum.costed ?? 0) + sign * worth.net
    if (sum.cost === 0 && sum.costed === 0) {
      delete sum.cost
      delete sum.costed
    }
  }
}

/** Folds an order event; `known` are the order's rows so far. What is wrong with it becomes an `order.refused` fact. */
export function foldOrder(fold: Fold, body: EventBody, occurred: number, known: OrderRow[]): void {
  if (!isOrderEvent(body.name)) return
  const orderNo = orderNoOf(body)
  if (orderNo === null) {
    derive(fold, 'order.refused', { reason: 'order_id', event: body.name })
    return
  }
  const row = rowOf(fold, body, orderNo, occurred)
  if (row === null) {
    derive(fold, 'order.refused', { reason: 'amount', order: orderNo, event: body.name })
    return
  }
  const { fresh, before, after } = addOrderRows(fold.state, fold.world.currency, known, [row])
  if (fresh.length === 0) return
  rememberOrder(fold, before, after)
  fold.effects.push({ kind: 'order', row }, { kind: 'worth', order: orderNo, worth: told(after) })
  fold.changed = true
  const worth = after ?? before
  tellOrder(fold, row, worth, before, after, occurred)
  takeBackPoints(fold, orderNo, known, { before: netOf(before), after: netOf(after) }, row.key)
}

function tellOrder(
  fold: Fold,
  row: OrderRow,
  worth: Worth | null,
  before: Worth | null,
  after: Worth | null,
  occurred: number,
): void {
  derive(
    fold,
    'order.' + row.entry,
    {
      order: row.orderNo,
      amount: row.amount,
      currency: row.currency,
      ...(worth && {
        sales_channel: worth.channel,
        ...(worth.store !== undefined && { store: worth.store }),
      }),
      // sums of these over time are the results: orders that stand, net revenue, cost and the revenue it belongs to
      orders_change: standing(after) - standing(before),
      revenue_change: netOf(after) - netOf(before),
      ...(costOf(after) !== costOf(before) || costedOf(after) !== costedOf(before)
        ? {
            cost_change: costOf(after) - costOf(before),
            costed_change: costedOf(after) - costedOf(before),
          }
        : {}),
    },
    {},
    occurred,
    { order: { before, after } },
  )
}

const standing = (worth: Worth | null): number => Number(worth?.counts ?? false)
const netOf = (worth: Worth | null): number => worth?.net ?? 0
const costOf = (worth: Worth | null): number => (worth?.counts ? (worth.cost ?? 0) : 0)
const costedOf = (worth: Worth | null): number => (worth?.counts && worth.cost !== null ? worth.net : 0)

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** The row that an event adds; null when its amount is none. */
function rowOf(fold: Fold, body: EventBody, orderNo: string, occurred: number): OrderRow | null {
  const props = body.props ?? {}
  const entry = entryOf(body)
  const currency =
    typeof props.currency === 'string' && /^[A-Za-z]{3}$/.test(props.currency)
      ? props.currency.toUpperCase()
      : fold.world.currency
  const detail = detailOf(body, props, currency)
  const given = entry === 'placed' || entry === 'paid' ? (props.total ?? props.revenue) : props.total
  let amount: number | null = 0
  if (entry === 'placed' || entry === 'paid') amount = toSmallestUnit(given, currency)
  else if (entry === 'updated' || entry === 'returned' || entry === 'refunded') {
    const said = entry === 'refunded' ? (given ?? props.revenue) : given
    if (!isEmpty(said)) amount = toSmallestUnit(said, currency)
    else if (entry === 'updated') detail.noTotal = true
    // a refund or return that names neither an amount nor lines undoes the whole order
    else if (detail.lines === undefined) detail.full = true
    else amount = priced(detail.lines)
  }
  if (amount === null) return null
  return {
    orderNo,
    entry,
    key: hashId(orderNo, entry, identityOf(entry, body, props, occurred, amount, currency, detail)),
    occurred,
    amount,
    currency,
    body: detail,
  }
}

const priced = (lines: OrderLine[]): number => lines.reduce((sum, l) => sum + l.q * (l.price ?? 0), 0)

/** What tells one row from another of its kind. Each refund is its own; the same placement told twice (browser and
 *  server) differs at most in its time and amount; a cancellation is one, whoever tells of it. */
function identityOf(
  entry: OrderRow['entry'],
  body: EventBody,
  props: Record<string, unknown>,
  occurred: number,
  amount: number,
  currency: string,
  detail: OrderDetail,
): string {
  switch (entry) {
    case 'placed':
    case 'paid':
      return `${occurred}/${amount}/${currency}`
    case 'updated':
      return `${occurred}/${detail.noTotal ? '' : amount}/${currency}`
    case 'refunded':
    case 'returned': {
      if (detail.full) return `${occurred}/${amount}/${currency}`
      const no = props.refund_id ?? props.return_id
      return String(typeof no === 'string' || typeof no === 'number' ? no : body.messageId)
    }
    default:
      return ''
  }
}

const text = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, most)
    : typeof value === 'number'
      ? String(value)
      : undefined

/** What is kept of the event for later questions. */
function detailOf(body: EventBody, props: Record<string, unknown>, currency: string): OrderDetail {
  const detail: OrderDetail = { src: body.src, proof: body.proof }
  const put = <K extends keyof OrderDetail>(name: K, value: OrderDetail[K] | undefined | null) => {
    if (value !== undefined && value !== null) detail[name] = value
  }
  const money = (value: unknown) => (isEmpty(value) ? null : toSmallestUnit(value, currency))
  if (UNPAID.has(props.payment_status) || UNPAID.has(props.status)) detail.unpaid = true
  put('lines', linesOf(props.products, currency))
  put('channel', text(props.sales_channel, 32))
  put('store', text(props.store, 64))
  put('staff', text(props.staff, 64))
  put('pickup', text(props.pickup_store, 64))
  put('coupon', text(props.coupon, 100))
  for (const name of ['subtotal', 'tax', 'shipping', 'discount', 'cost'] as const)
    put(name, money(props[name]))
  return detail
}

function linesOf(products: unknown, currency: string): OrderLine[] | undefined {
  if (!Array.isArray(products) || products.length === 0) return undefined
  const lines: OrderLine[] = []
  for (const product of products.slice(0, MOST_LINES)) {
    if (typeof product !== 'object' || product === null) continue
    const p = product as Record<string, unknown>
    const line: OrderLine = { q: quantityOf(p.quantity) }
    const put = <K extends keyof OrderLine>(name: K, value: OrderLine[K] | undefined | null) => {
      if (value !== undefined && value !== null) line[name] = value
    }
    put('id', text(p.product_id ?? p.productId, 100))
    put('sku', text(p.sku, 100))
    put('name', text(p.name, 120))
    put('category', text(p.category, 60))
    put('brand', text(p.brand, 60))
    put('variant', text(p.variant, 60))
    put('price', isEmpty(p.price) ? null : toSmallestUnit(p.price, currency))
    put('cost', isEmpty(p.cost) ? null : toSmallestUnit(p.cost, currency))
    if (line.sku === line.id) delete line.sku
    lines.push(line)
  }
  return lines
}

export function quantityOf(value: unknown): number {
  const n = typeof value === 'string' ? Number(value) : value
  return typeof n === 'number' && Number.isFinite(n) && n > 0 ? Math.min(n, 1_000_000) : 1
}
