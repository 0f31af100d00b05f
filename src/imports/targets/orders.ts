// Orders: a row an order, or a row a line with the lines of an order one after the other. The same events as a webshop's
// webhook gives: an order of a till's file has the same fields.
import type { Cells, EventTarget, ImportField, Item, Made } from '../model.ts'
import { rowFault } from '../model.ts'
import { fromSmallestUnit } from '../../customers/money.ts'
import { ordersOf, type ReadOrder } from '../people.ts'
import { whoOf } from './customers.ts'
import { nobody, personOf, WHO } from './who.ts'

const money = (key: string, zh: string, en: string, synonyms: string[], example?: string): ImportField => ({
  key,
  label: { zh, en },
  type: 'money',
  synonyms,
  ...(example === undefined ? {} : { example }),
})
const text = (key: string, zh: string, en: string, synonyms: string[], example?: string): ImportField => ({
  key,
  label: { zh, en },
  type: 'text',
  synonyms,
  ...(example === undefined ? {} : { example }),
})
const code = (key: string, zh: string, en: string, synonyms: string[], example?: string): ImportField => ({
  ...text(key, zh, en, synonyms, example),
  type: 'code',
})
const time = (key: string, zh: string, en: string, synonyms: string[]): ImportField => ({
  ...text(key, zh, en, synonyms),
  type: 'time',
})

const fields: readonly ImportField[] = [
  {
    ...code(
      'order_id',
      '訂單編號',
      'Order number',
      [
        '訂單號碼',
        '單號',
        '銷售單號',
        '交易序號',
        '交易編號',
        '結帳單號',
        '發票號碼',
        'order id',
        'order no',
        'order name',
      ],
      'A-1001',
    ),
    required: true,
  },
  {
    ...time('ordered_at', '訂單時間', 'Ordered at', [
      '訂單日期',
      '訂購日期',
      '訂購時間',
      '下單時間',
      '成立時間',
      '訂單成立日期',
      '交易時間',
      '交易日期',
      '銷售日期',
      '結帳時間',
      '建立時間',
      '日期',
      'order date',
      'created at',
      'date',
    ]),
    required: true,
    example: '2026-05-01 18:30',
  },
  text('status', '訂單狀態', 'Status', ['狀態', '交易狀態', 'order status'], '已完成'),
  ...WHO,
  {
    ...text('customer_name', '顧客姓名', 'Customer name', [
      '姓名',
      '會員姓名',
      '訂購人',
      '訂購人姓名',
      '購買人',
      'billing name',
      'name',
    ]),
    type: 'name',
  },
  money(
    'total',
    '總金額',
    'Total',
    [
      '訂單金額',
      '訂單總額',
      '總計',
      '合計',
      '應付金額',
      '實付金額',
      '付款總金額',
      '交易金額',
      '銷售金額',
      'order total',
      'amount',
    ],
    '1280',
  ),
  money('subtotal', '商品小計', 'Subtotal', ['小計', '商品金額']),
  money('tax', '稅額', 'Tax', ['稅金', '營業稅', 'taxes']),
  money('shipping', '運費', 'Shipping', ['shipping fee']),
  money('discount', '折扣', 'Discount', ['折扣金額', '優惠金額', '優惠折扣', '折抵金額', 'discount amount']),
  code('currency', '幣別', 'Currency', ['貨幣', 'currency code'], 'TWD'),
  text('coupon', '優惠碼', 'Coupon', ['優惠券', '折扣碼', '優惠代碼', 'discount code', 'coupon code']),
  {
    ...text('sales_channel', '銷售通路', 'Sales channel', ['通路', '訂單來源', '銷售渠道']),
    choices: {
      online: ['網路', '網站', '官網', '線上', '電商', 'web', 'ec', '網店'],
      store: ['門市', '實體', '實體門市', '店面', 'pos', 'retail', 'offline'],
      reseller: ['經銷', '經銷商', '代理'],
      app: ['手機app'],
      marketplace: ['商城', '平台', '蝦皮', 'momo', 'pchome'],
    },
    example: '門市',
  },
  code(
    'store',
    '門市代號',
    'Store code',
    ['門市', '門市編號', '分店', '分店編號', '店別', '店號', 'store', 'location'],
    'TPE01',
  ),
  code('staff', '店員代號', 'Staff code', [
    '店員',
    '銷售人員',
    '服務人員',
    '業務員',
    'staff',
    'employee',
    'cashier',
  ]),
  code('pickup_store', '取貨門市代號', 'Pick-up store', ['取貨門市', '取貨店', 'pickup location']),
  text('payment_method', '付款方式', 'Payment method', ['支付方式']),
  time('paid_at', '付款時間', 'Paid at', ['付款日期']),
  time('shipped_at', '出貨時間', 'Shipped at', ['出貨日期', 'fulfilled at']),
  time('cancelled_at', '取消時間', 'Cancelled at', ['取消日期', 'canceled at']),
  money('refunded', '退款金額', 'Refunded', ['已退款金額', 'refunded amount', 'refund amount']),
  time('refunded_at', '退款時間', 'Refunded at', ['退款日期']),
  code('product_id', '商品編號', 'Product id', ['商品id', '產品編號', 'item id']),
  code('sku', 'SKU', 'SKU', [
    '商品貨號',
    '貨號',
    '料號',
    '商品料號',
    '商品代碼',
    '品號',
    'item sku',
    'barcode',
    '條碼',
    '國際條碼',
  ]),
  text(
    'product_name',
    '商品名稱',
    'Product',
    ['品名', '商品', '產品名稱', 'item name', 'product name', 'lineitem name'],
    '高山烏龍 150g',
  ),
  text('category', '商品分類', 'Category', ['分類', '類別', '商品類別', '大分類', 'product category']),
  text('brand', '品牌', 'Brand', ['vendor']),
  text('variant', '規格', 'Variant', ['商品規格', '選項', '尺寸顏色', 'options']),
  money('price', '單價', 'Unit price', ['售價', '商品單價', 'item price', 'unit price'], '640'),
  {
    key: 'quantity',
    label: { zh: '數量', en: 'Quantity' },
    type: 'number',
    synonyms: ['商品數量', '件數', '銷售數量', 'qty'],
    example: '2',
  },
  money('cost', '成本', 'Unit cost', ['商品成本', '單位成本', 'cost per item']),
  money('line_total', '明細金額', 'Line total', [
    '商品總金額',
    '明細小計',
    '金額',
    '商品結帳價',
    'line total',
  ]),
]

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
  fields,
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
