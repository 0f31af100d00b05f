// Orders: a row an order, or a row a line with the lines of an order one after the other. The same events as a webshop's
// webhook gives: an order of a till's file has the same fields.
import type { Cells, EventTarget, Item, Made } from '../model.ts'
import { rowFault } from '../model.ts'
import { fromSmallestUnit } from '../../customers/money.ts'
import { ordersOf, type ReadOrder } from '../people.ts'
import { whoOf } from './customers.ts'
import { FIELDS } from './order-fields.ts'
import { nobody, personOf } from './who.ts'

type Fate = 'placed' | 'cancelled' | 'refunded' | 'returned'
const FATES: Record<Exclude<Fate, 'placed'>, RegExp> = {
  cancelled: /取消|作廢|不成立|cancel|void/i,
  returned: /退貨|return/i,
  refunded: /退款|銷退|refund/i,
}
/** Words such as 部分退款 and partially_refunded: how much is said by the amount, or not known. */
const PARTLY = /部分|部份|partial/i

/** Steps of an order that a status tells, and the events of theirs. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  'Order Shipped': ['已出貨', '出貨中', '配送中', '已寄出', 'shipped', 'fulfilled', 'delivered', '已送達'],
  'Order Ready For Pickup': ['待取貨', '可取貨', '已到店', 'ready', 'ready for pickup'],
  'Order Picked Up': ['已取貨', '取貨完成', 'picked_up', 'picked up'],
}
const stepOf = (status: unknown): string | undefined =>
  typeof status === 'string'
    ? Object.keys(STEPS).find(event => STEPS[event]!.includes(status.trim().toLowerCase()))
    : undefined

const fateOf = (status: unknown): Fate => {
  if (typeof status !== 'string' || PARTLY.test(status)) return 'placed'
  return (['cancelled', 'returned', 'refunded'] as const).find(f => FATES[f].test(status)) ?? 'placed'
}

export const orders: EventTarget = {
  kind: 'events',
  name: 'orders',
  label: { zh: '訂單', en: 'Orders' },
  hint: {
    zh: '一列一張訂單，或一列一項商品（同一張訂單的各列要相連）。沒有會員資料的訂單會略過。',
    en: 'One row an order, or one row a line (the lines of an order one after the other). Orders of nobody known are left out.',
  },
  fields: FIELDS,
  open: 'properties',
  filters: ['from', 'to', 'store'],
  group: cells => (cells.order_id === undefined ? null : String(cells.order_id)),
  toItems: (rows, extra) => itemsOf(rows, extra),

  async *read(source, filter) {
    for await (const { state, order } of ordersOf(source)) {
      const at = Date.parse(order.placedAt)
      if (filter.from !== undefined && at < filter.from) continue
      if (filter.to !== undefined && at >= filter.to) continue
      if (filter.store !== undefined && order.store !== filter.store) continue
      yield* rowsOf(whoOf(state), order)
    }
  },
}

/** An order as rows that would make it again: one a line. */
function* rowsOf(who: Cells, order: ReadOrder): Generator<Cells> {
  const head: Cells = { ...who }
  const put = (cells: Cells, key: string, value: string | number | null): void => {
    if (value !== null) cells[key] = value
  }
  const money = (cells: Cells, key: string, value: number | null): void =>
    put(cells, key, value === null ? null : fromSmallestUnit(value, order.currency))
  put(head, 'order_id', order.orderNo)
  put(head, 'ordered_at', order.placedAt)
  const undone = order.returned === 'whole' ? 'returned' : order.refunded === 'whole' ? 'refunded' : null
  put(head, 'status', order.status === 'cancelled' ? 'cancelled' : (undone ?? order.status))
  put(head, 'currency', order.currency)
  money(head, 'total', order.total)
  for (const key of ['subtotal', 'tax', 'shipping', 'discount'] as const) money(head, key, order[key])
  if (order.refundedTotal > 0 && order.status !== 'cancelled') money(head, 'refunded', order.refundedTotal)
  put(head, 'sales_channel', order.salesChannel)
  put(head, 'store', order.store)
  put(head, 'staff', order.staff)
  put(head, 'pickup_store', order.pickupStore)
  put(head, 'coupon', order.coupon)
  if (order.lines.length === 0) yield head
  for (const line of order.lines) {
    const cells = { ...head }
    put(cells, 'product_id', line.productId)
    put(cells, 'sku', line.sku)
    put(cells, 'product_name', line.name)
    for (const key of ['category', 'brand', 'variant'] as const) put(cells, key, line[key])
    money(cells, 'price', line.price)
    put(cells, 'quantity', line.quantity)
    money(cells, 'cost', line.cost)
    yield cells
  }
}

/** Fields of a line, and what they are called among the products of an event. */
const LINE = [
  ['product_id', 'product_id'],
  ['sku', 'sku'],
  ['product_name', 'name'],
  ['category', 'category'],
  ['brand', 'brand'],
  ['variant', 'variant'],
  ['price', 'price'],
  ['quantity', 'quantity'],
  ['cost', 'cost'],
] as const

const PROPS = [
  'subtotal',
  'tax',
  'shipping',
  'currency',
  'coupon',
  'sales_channel',
  'store',
  'staff',
  'pickup_store',
  'payment_method',
  'status',
]

const cents = (n: number): number => Math.round(n * 10_000) / 10_000

function itemsOf(rows: Cells[], extra: Cells): Made {
  const head = rows[0]!
  const who = personOf(head)
  if (!who) return { fault: nobody(true) }
  const id = String(head.order_id)
  const lines = rows.filter(cells => LINE.some(([key]) => cells[key] !== undefined))
  const total = head.total ?? totalOf(head, lines)
  if (typeof total !== 'number')
    return {
      fault: rowFault(
        'total',
        'no_amount',
        'Neither a total nor prices of lines say what the order is worth',
      ),
    }
  const properties: Record<string, unknown> = { ...extra, order_id: id, total: Math.abs(total) }
  for (const key of PROPS) if (head[key] !== undefined) properties[key] = head[key]
  if (typeof head.discount === 'number') properties.discount = Math.abs(head.discount)
  if (lines.length > 0)
    properties.products = lines.map(cells => {
      const line: Record<string, unknown> = {}
      for (const [key, prop] of LINE) if (cells[key] !== undefined) line[prop] = cells[key]
      const price = priceOf(cells)
      if (price !== null) line.price = price
      line.quantity ??= 1
      return line
    })
  const items: Item[] = []
  const tell = (
    key: string,
    event: string,
    timestamp: unknown,
    props: Record<string, unknown>,
    more: Partial<Item> = {},
  ) =>
    items.push({
      key: `order:${id}:${key}`,
      item: { ...who.person, type: 'track', event, timestamp, properties: props },
      ...more,
    })
  if (total < 0) {
    // a till writes what it takes back as a sale below nothing
    tell('refunded', 'Order Refunded', head.ordered_at, { ...properties, refund_id: id })
    return { items }
  }
  if (head.customer_name !== undefined)
    items.push({
      key: `order:${id}:name`,
      item: {
        ...who.person,
        type: 'identify',
        timestamp: head.ordered_at,
        traits: { ...who.person.context.traits, name: head.customer_name },
      },
    })
  // told again with another content, it was changed since: at what time the file does not say
  tell('completed', 'Order Completed', head.ordered_at, properties, { changedAs: 'Order Updated' })
  const said = { order_id: id, ...(head.currency === undefined ? {} : { currency: head.currency }) }
  if (head.paid_at !== undefined)
    tell('paid', 'Order Paid', head.paid_at, { ...said, total: properties.total })
  const step = stepOf(head.status) ?? (head.shipped_at === undefined ? undefined : 'Order Shipped')
  if (step === 'Order Shipped') tell('shipped', step, head.shipped_at ?? head.ordered_at, said)
  else if (step !== undefined) tell('step', step, head.ordered_at, said)
  const fate = head.cancelled_at === undefined ? fateOf(head.status) : 'cancelled'
  const amount =
    typeof head.refunded === 'number' && head.refunded !== 0 ? { total: Math.abs(head.refunded) } : null
  if (fate === 'cancelled') tell('cancelled', 'Order Cancelled', head.cancelled_at ?? head.ordered_at, said)
  else if (fate !== 'placed' || amount)
    tell(
      'refunded',
      fate === 'returned' ? 'Order Returned' : 'Order Refunded',
      head.refunded_at ?? head.ordered_at,
      { ...said, refund_id: 'refund', ...(amount ?? {}) },
    )
  return { items }
}

/** The price of one: as given, else the line's total by its quantity. */
function priceOf(cells: Cells): number | null {
  if (typeof cells.price === 'number') return cells.price
  if (typeof cells.line_total !== 'number') return null
  const quantity = typeof cells.quantity === 'number' && cells.quantity !== 0 ? cells.quantity : 1
  return cents(cells.line_total / quantity)
}

function totalOf(head: Cells, lines: Cells[]): number | undefined {
  const amounts = lines.map(cells =>
    typeof cells.line_total === 'number'
      ? cells.line_total
      : typeof cells.price === 'number'
        ? cells.price * (typeof cells.quantity === 'number' ? cells.quantity : 1)
        : null,
  )
  if (amounts.length === 0 || amounts.includes(null)) return undefined
  const shipping = typeof head.shipping === 'number' ? head.shipping : 0
  const discount = typeof head.discount === 'number' ? Math.abs(head.discount) : 0
  return cents((amounts as number[]).reduce((a, b) => a + b, 0) + shipping - discount)
}
