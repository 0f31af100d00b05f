// What one order puts into a memory of orders.
import type { Worth } from '../customers/order-worth.ts'
import type { OrderRef, OrderStatus } from './model.ts'

export type OrderPart = [at: number, amount: number, quantity: number]

const isIn = (worth: Worth, status: OrderStatus): boolean => {
  switch (status) {
    case 'unpaid':
      return worth.counts && !worth.paid
    case 'paid':
      return worth.counts && worth.paid
    case 'cancelled':
      return worth.status === 'cancelled'
    case 'returned':
      return worth.returned === 'whole'
    case 'refunded':
      return worth.refunded === 'whole'
    default:
      return worth.counts && worth.status === status
  }
}

type Line = Worth['lines'][number]

const nameOf = (line: Line, by: NonNullable<OrderRef['lines']>['by']): string | undefined =>
  by === 'sku' ? (line.sku ?? line.id) : by === 'product' ? line.id : line[by]

/** When it was placed, its net amount in `currency` (another currency: 0) and the quantity kept, of the lines asked for;
 *  null: it does not count. */
export function partOf(ref: OrderRef, worth: Worth | null, currency: string): OrderPart | null {
  if (worth === null) return null
  const { salesChannel, store, status, lines } = ref
  if (status === undefined ? !worth.counts : !status.some(s => isIn(worth, s))) return null
  if (salesChannel !== undefined && !salesChannel.includes(worth.channel)) return null
  if (store !== undefined && (worth.store === undefined || !store.includes(worth.store))) return null
  let goods = worth.lines
  if (lines !== undefined) {
    goods = goods.filter(line => {
      const name = nameOf(line, lines.by)
      return name !== undefined && lines.values.includes(name)
    })
    if (!goods.some(line => !worth.counts || line.q > line.back)) return null
  }
  const quantity = goods.reduce((sum, l) => sum + l.q - l.back, 0)
  if (worth.currency !== currency) return [worth.at, 0, quantity]
  const amount =
    lines === undefined ? worth.net : goods.reduce((sum, l) => sum + (l.q - l.back) * (l.price ?? 0), 0)
  return [worth.at, amount, quantity]
}
