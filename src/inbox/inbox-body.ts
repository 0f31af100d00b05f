// What an inbox row says, parsed when somebody asks.
import { ALL_ORDERS } from '../customers/order-worth.ts'
import { orderFact } from '../customers/orders.ts'
import type { EventBody, FillBody } from './model.ts'
import type { InboxRow } from './read.ts'

/** The row's body, parsed once. */
export const bodyOf = (row: InboxRow): unknown => (row.parsed ??= JSON.parse(row.body) as unknown)

/** The order an event names, or all of a customer's for their memories, to be read with the customer. */
export function orderNamed(row: InboxRow): string | null {
  if (row.kind === 'fill') return (bodyOf(row) as FillBody).orders ? ALL_ORDERS : null
  // most events name none; they are not parsed before their turn
  if (row.kind !== 'event' || !row.body.includes('"order_id"')) return null
  const no = (bodyOf(row) as EventBody).props?.order_id
  return typeof no === 'string' || typeof no === 'number' ? orderFact(String(no)) : null
}
