// Orders: append-only rows (placed, paid, refunded, cancelled) and the summary that the state keeps of them. An order's
// worth is worked out from all its rows, so the order in which they arrive does not matter.
import type { EventBody, OrderRow } from '../inbox/model.ts'
import { hashId } from '../platform/ids.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState } from './model.ts'
import { toSmallestUnit } from './money.ts'

const ENTRIES: Record<string, OrderRow['entry']> = {
  'Order Completed': 'placed',
  'Order Paid': 'paid',
  'Order Refunded': 'refunded',
  'Order Cancelled': 'cancelled',
}

/** The order number an event names; null when it is no order event or names none. */
export function orderNoOf(body: EventBody): string | null {
  if (!Object.hasOwn(ENTRIES, body.name)) return null
  const no = body.props?.order_id
  if (typeof no === 'number') return String(no)
  return typeof no === 'string' && no !== '' && no.length <= 200 ? no : null
}

export const orderFact = (orderNo: string): string => 'order:' + orderNo

/** What one order counts for: whether it stands, and its net worth. Placed more than once: the newest says the
 *  amount; paid only: what was paid. Refunds are taken off, at most to nothing; a cancelled order counts for nothing. */
function worthOf(
  rows: OrderRow[],
): { counts: boolean; revenue: number; currency: string; at: number } | null {
  if (isElsewhere(rows)) return null
  let placed: OrderRow | null = null
  let refunded = 0
  let none = false
  for (const row of rows) {
    if (row.entry === 'moved') continue
    if (row.entry === 'placed' || row.entry === 'paid') {
      const better =
        placed === null || (placed.entry === row.entry ? newer(row, placed) : row.entry === 'placed')
      if (better) placed = row
    } else if (row.entry === 'cancelled' || row.body.full === true) none = true
    else refunded += row.amount
  }
  if (placed === null) return null
  const net = none ? 0 : Math.max(0, placed.amount - refunded)
  return {
    counts: !none && (refunded === 0 || net > 0),
    revenue: net,
    currency: placed.currency,
    at: placed.occurred,
  }
}

/** True when these rows are of an order that an unmerge gave to another customer. */
export function isElsewhere(rows: OrderRow[]): boolean {
  let away = 0
  for (const row of rows) if (row.entry === 'moved') away += row.body.back === true ? -1 : 1
  return away > 0
}

/** The row by which an order that had gone to another customer comes back with it; null when it had not. */
export function backRow(rows: OrderRow[], at: number): OrderRow | null {
  const last = rows.findLast(r => r.entry === 'moved' && r.body.back !== true)
  if (last === undefined || !isElsewhere(rows)) return null
  return { ...last, key: hashId('back', last.key), occurred: at, body: { back: true } }
}

const newer = (a: OrderRow, b: OrderRow): boolean =>
  a.occurred > b.occurred || (a.occurred === b.occurred && a.key > b.key)

/** Adds rows of one order to the summary. `known` are the rows folded before. Gives the rows that are new.
 *  Revenue counts orders in the summary's currency; others count as orders only. */
export function addOrderRows(
  state: CustomerState,
  currency: string,
  known: OrderRow[],
  more: OrderRow[],
): OrderRow[] {
  const fresh = more.filter(
    (row, i) => !known.some(k => k.key === row.key) && more.findIndex(m => m.key === row.key) === i,
  )
  if (fresh.length === 0) return fresh
  const before = worthOf(known)
  const after = worthOf([...known, ...fresh])
  if (after === null) return fresh
  const sum = (state.orders ??= { n: 0, revenue: 0, currency, firstAt: after.at, lastAt: after.at })
  sum.n += Number(after.counts) - Number(before?.counts ?? false)
  if (after.currency === sum.currency) sum.revenue += after.revenue
  if (before?.currency === sum.currency) sum.revenue -= before.revenue
  sum.firstAt = Math.min(sum.firstAt, after.at)
  sum.lastAt = Math.max(sum.lastAt, after.at)
  return fresh
}

/** Folds an order event; `known` are the order's rows so far. What is wrong with it becomes an `order.refused` fact. */
export function foldOrder(fold: Fold, body: EventBody, occurred: number, known: OrderRow[]): void {
  const entry = Object.hasOwn(ENTRIES, body.name) ? ENTRIES[body.name] : undefined
  if (entry === undefined) return
  const orderNo = orderNoOf(body)
  if (orderNo === null) {
    derive(fold, 'order.refused', { reason: 'order_id', event: body.name })
    return
  }
  const props = body.props ?? {}
  const currency =
    typeof props.currency === 'string' && /^[A-Za-z]{3}$/.test(props.currency)
      ? props.currency.toUpperCase()
      : fold.world.currency
  const given = props.total ?? props.revenue
  // A refund or cancellation that names no amount undoes the whole order.
  const whole = entry === 'cancelled' || (entry === 'refunded' && given === undefined)
  const amount = whole ? 0 : toSmallestUnit(given, currency)
  if (amount === null) {
    derive(fold, 'order.refused', { reason: 'amount', order: orderNo, event: body.name })
    return
  }
  // Each refund is its own; the same placement told twice (browser and server) differs at most in its time and amount.
  const identity =
    entry === 'refunded' && !whole
      ? (props.refund_id ?? body.messageId)
      : entry === 'cancelled'
        ? ''
        : `${occurred}/${amount}/${currency}`
  const row: OrderRow = {
    orderNo,
    entry,
    key: hashId(orderNo, entry, String(identity)),
    occurred,
    amount,
    currency,
    body: {
      src: body.src,
      proof: body.proof,
      ...(whole && entry === 'refunded' ? { full: true } : {}),
      ...detail(props),
    },
  }
  const fresh = addOrderRows(fold.state, fold.world.currency, known, [row])
  if (fresh.length === 0) return
  fold.effects.push({ kind: 'order', row })
  derive(fold, 'order.' + entry, { order: orderNo, amount, currency })
}

/** What is kept of the event for later questions: lines and where it was sold. */
function detail(props: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const name of ['products', 'sales_channel', 'store', 'coupon'])
    if (props[name] !== undefined) kept[name] = props[name]
  return kept
}
