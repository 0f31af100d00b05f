// The orders of history as a table, worth what the reducer says (src/customers/orders.ts): one row an order of one
// person, net of all refunds known by now. Every question about revenue starts from it, so that all of them agree.
import { decimalsOf } from '../../customers/money.ts'
import type { Uuid } from '../../platform/ids.ts'

export const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Merged ids and who they are part of today. History keeps the id of the time. */
export const MERGED = `merged as (
  select arrayJoin(absorbed) as loser, customer_id as survivor from customer final
   where workspace_id = {workspace:UUID} and notEmpty(absorbed) and merged_into = toUUID('${NOBODY}'))`

/** `person` of a row of history `e` joined with `merged m`. */
export const PERSON = `if(m.survivor = toUUID('${NOBODY}'), e.customer_id, m.survivor)`

/** A property as text, whether it came as text or as a number; '' when there is none. */
export const propText = (name: string): string =>
  `if(JSONType(e.props, '${name}') = 'String', JSONExtractString(e.props, '${name}'), JSONExtractRaw(e.props, '${name}'))`

/** An amount in smallest units, null when it is none. */
const amount = (names: string[]): string =>
  `coalesce(${names.map(n => `toFloat64OrNull(nullIf(${propText(n)}, ''))`).join(', ')}) * {scale:Float64}`

const LINES = `JSONExtract(e.props, 'products', 'Array(Tuple(price Nullable(Float64), quantity Nullable(Float64), cost Nullable(Float64)))')`

/** Where it was sold: as it says; a store's code says store; else online. */
export const SALES_CHANNEL = `multiIf(JSONExtractString(e.props, 'sales_channel') <> '', JSONExtractString(e.props, 'sales_channel'),
        JSONExtractString(e.props, 'store') <> '', 'store', 'online')`

/** `orders`: person, order_id, placed, channel, store, counts (it stands), net, returned (something came back),
 *  costed (all its lines carry a cost), cost (of what was kept). Amounts in smallest units. Orders placed from
 *  {from} to before {to}; refunds and cancellations of these up to today. */
export const ORDERS = `${MERGED},
told as (
  select ${PERSON} as person, e.name as name, e.occurred as occurred, e.message_id as message_id,
         ${propText('order_id')} as order_id,
         round(${amount(['total', 'revenue'])}) as amount,
         if(match(JSONExtractString(e.props, 'currency'), '^[A-Za-z]{3}$'), upper(JSONExtractString(e.props, 'currency')), {currency:String}) as currency,
         coalesce(nullIf(${propText('refund_id')}, ''), e.message_id) as refund,
         ${SALES_CHANNEL} as channel, JSONExtractString(e.props, 'store') as store,
         ${LINES} as lines,
         notEmpty(lines) and arrayAll(l -> isNotNull(l.cost), lines) as costed,
         arraySum(l -> ifNull(l.cost, 0) * ifNull(l.quantity, 1), lines) * {scale:Float64} as cost
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'event'
     and e.name in ('Order Completed', 'Order Paid', 'Order Refunded', 'Order Cancelled')
     and e.occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')),
by_order as (
  select person, order_id,
         argMaxIf((occurred, ifNull(amount, 0), currency, channel, store, costed, cost),
                  (name = 'Order Completed', occurred, message_id),
                  name in ('Order Completed', 'Order Paid') and isNotNull(amount)) as p,
         arraySum(r -> r.2, groupUniqArrayIf((refund, ifNull(amount, 0)), name = 'Order Refunded' and isNotNull(amount))) as refunded,
         countIf(name = 'Order Cancelled' or (name = 'Order Refunded' and isNull(amount))) > 0 as gone
    from told where order_id <> '' group by person, order_id
   having countIf(name in ('Order Completed', 'Order Paid') and isNotNull(amount)) > 0),
orders as (
  select person, order_id, p.1 as placed, p.4 as channel, p.5 as store,
         if(p.3 <> {currency:String} or gone, 0, greatest(0, p.2 - refunded)) as net,
         not gone and (refunded = 0 or p.2 - refunded > 0) as counts,
         gone or refunded > 0 as returned,
         p.6 and p.3 = {currency:String} as costed,
         if(costed and p.2 > 0, p.7 * net / p.2, 0) as cost
    from by_order
   where placed < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))`

export type OrderParams = {
  workspace: Uuid
  from: number
  to: number
  currency: string
  channel?: string
  store?: string
}

/** What ORDERS is asked with. */
export const orderParams = (p: OrderParams): Record<string, unknown> => ({
  workspace: p.workspace,
  from: p.from,
  to: p.to,
  currency: p.currency,
  scale: 10 ** decimalsOf(p.currency),
  channel: p.channel ?? '',
  store: p.store ?? '',
})
