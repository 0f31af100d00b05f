// The rows of a customer's orders: what each event of an order left, and what the order is worth by all of them.
import type { Proof } from '../customers/model.ts'
import type { Worth } from '../customers/order-worth.ts'
import type { Uuid } from '../platform/ids.ts'

export type OrderRow = {
  orderNo: string
  /** moved: the order went to another customer by an unmerge, or came back by a merge (`body.back`); points: earned for
   *  it, or taken back (negative) */
  entry:
    | 'placed'
    | 'paid'
    | 'updated'
    | 'shipped'
    | 'ready'
    | 'picked_up'
    | 'refunded'
    | 'returned'
    | 'cancelled'
    | 'moved'
    | 'points'
  key: Uuid
  occurred: number
  amount: number
  currency: string
  body: OrderDetail
}

/** One line of an order; price and cost of one, smallest unit. */
export type OrderLine = {
  id?: string
  sku?: string
  name?: string
  category?: string
  brand?: string
  variant?: string
  q: number
  price?: number
  cost?: number
}

/** What an entry keeps of its event. Amounts in the smallest unit. */
export type OrderDetail = {
  src: string
  proof: Proof
  /** undoes the whole order, whatever it was worth */
  full?: true
  /** placed and not yet paid */
  unpaid?: true
  /** says no amount */
  noTotal?: true
  /** moved: to whom, or back from there */
  to?: Uuid
  back?: true
  lines?: OrderLine[]
  channel?: string
  store?: string
  staff?: string
  pickup?: string
  coupon?: string
  subtotal?: number
  tax?: number
  shipping?: number
  discount?: number
  cost?: number
}

/** Of a worth, what is asked of orders later. */
export type ToldWorth = Omit<Worth, 'gross' | 'cost' | 'lines'> & {
  lines: (Pick<OrderLine, 'id' | 'sku' | 'category' | 'brand' | 'q' | 'price'> & { back: number })[]
}
