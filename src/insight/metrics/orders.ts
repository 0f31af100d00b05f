// The orders of history as a table: one row an order of one person, worth what the reducer says of it now. Every fact
// about an order tells by how much it changed the order's worth (src/customers/orders.ts), so an order is the sum of its
// facts, in whatever order they came. Every question about revenue starts here, so that all of them agree.
import type { Uuid } from '../../platform/ids.ts'

export const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Merged ids and who they are part of today. History keeps the id of the time. */
export const MERGED = `merged as (
  select arrayJoin(absorbed) as loser, customer_id as survivor from customer final
   where workspace_id = {workspace:UUID} and notEmpty(absorbed) and merged_into = toUUID('${NOBODY}'))`

/** `person` of a row of history `e` joined with `merged m`. */
export const PERSON = `if(m.survivor = toUUID('${NOBODY}'), e.customer_id, m.survivor)`

const FACTS = [
  'placed',
  'paid',
  'updated',
  'shipped',
  'ready',
  'picked_up',
  'refunded',
  'returned',
  'cancelled',
]
  .map(name => `'order.${name}'`)
  .join(', ')

/** `orders`, over `merged`: person, order_id, placed, channel, store, counts (it stands), net, returned (something came back),
 *  has_cost, costed (revenue whose cost is known), cost. Amounts in smallest units; other currencies than the
 *  workspace's count as orders without revenue. Orders placed from {from} to before {to}, with all that is known of
 *  them by now. One whose placement is older than {from} opened then, and is left out with its later facts. */
export const ORDER_ROWS = `told as (
  select ${PERSON} as person, e.name as name, e.occurred as occurred, (e.folded, e.seq, e.line, e.part) as place,
         JSONExtractString(e.props, 'order') as order_id, JSONExtractString(e.props, 'currency') as currency,
         JSONExtractString(e.props, 'sales_channel') as channel, JSONExtractString(e.props, 'store') as store,
         JSONExtractInt(e.props, 'orders_change') as orders_change, JSONExtractInt(e.props, 'revenue_change') as revenue_change,
         JSONHas(e.props, 'costed_change') as has_cost, JSONExtractInt(e.props, 'costed_change') as costed_change,
         JSONExtractInt(e.props, 'cost_change') as cost_change
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'order' and e.name in (${FACTS})
     and e.occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')),
orders as (
  select person, order_id, minIf(occurred, name in ('order.placed', 'order.paid')) as placed,
         argMax(told.channel, place) as channel, argMax(told.store, place) as store,
         sum(orders_change) > 0 as counts, sumIf(revenue_change, currency = {currency:String}) as net,
         countIf(name in ('order.refunded', 'order.returned', 'order.cancelled')) > 0 as returned,
         max(told.has_cost) and counts as has_cost,
         sumIf(costed_change, currency = {currency:String}) as costed, sumIf(cost_change, currency = {currency:String}) as cost
    from told group by person, order_id
   having (max(orders_change) > 0 or (countIf(name = 'order.placed') > 0 and countIf(name = 'order.cancelled') > 0))
      and placed < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))`

export const ORDERS = `${MERGED},\n${ORDER_ROWS}`

export type OrderParams = {
  workspace: Uuid
  from: number
  to: number
  currency: string
}
