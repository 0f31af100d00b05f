// Three models of the library as SQL written by hand over the events of the demo brand, independent of the compiler, of
// the metrics and of what states say. Each gives (customer, group) of all who are in a group but the rest.

const NOW = `fromUnixTimestamp64Milli({at:Int64}, 'UTC')`

/** One row an order that stands: the demo refunds orders in whole or not at all. */
const ORDERS = `orders as (
  select customer_id, occurred, JSONExtractString(props, 'order_id') as order_no, JSONExtractInt(props, 'total') as total
    from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name = 'Order Completed' and occurred <= ${NOW}
     and order_no not in (
       select JSONExtractString(props, 'order_id') from event
        where workspace_id = {workspace:UUID} and kind = 'event' and name = 'Order Refunded' and occurred <= ${NOW}))`

export const NASLD = `with ${ORDERS},
people as (
  select customer_id, count() as n, toUnixTimestamp64Milli(min(occurred)) as first, toUnixTimestamp64Milli(max(occurred)) as newest,
         if(newest > first, (newest - first) / (n - 1), {onceDays:UInt32} * 86400000) as own,
         ({at:Int64} - newest) / own as cycles
    from orders group by customer_id)
select customer_id as customer,
       multiIf(cycles < 2, if(n = 1, 'new', 'active'), cycles < 2.5, 'sleeping', cycles < 3, 'lost', 'deep') as place
  from people`

/** Scores are 1 + how many of the four bounds somebody is better than. */
export const RFM = `with ${ORDERS},
people as (
  select customer_id, ({at:Int64} - toUnixTimestamp64Milli(max(occurred))) / 86400000 as days,
         1 + arrayCount(b -> days < b, {recency:Array(UInt32)}) as r,
         1 + arrayCount(b -> count() > b, {frequency:Array(UInt32)}) as f,
         1 + arrayCount(b -> sum(total) > b, {monetary:Array(UInt64)}) as m
    from orders group by customer_id)
select customer_id as customer,
       multiIf(r >= 4 and f >= 4 and m >= 4, 'champions',
               r >= 3 and f >= 3, 'loyal',
               r >= 3 and m = 5, 'big_spenders',
               r = 1 and (f >= 4 or m >= 4), 'cannot_lose',
               r <= 2 and f >= 3, 'at_risk',
               r = 5, 'recent', r = 4, 'promising', r = 3, 'needs_attention', r = 2, 'about_to_sleep', 'hibernating') as place
  from people`

/** What somebody likes most, by deeds that lose half of their weight in 30 days, and how far ahead it is of the second
 *  (a ratio). States keep scores in hundredths of a power of two, so what is closer than that may go either way. */
export const FAVOURITE = `with deeds as (
  select customer_id, occurred, name, JSONExtractString(props, 'category') as category from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name in ('Product Viewed', 'Product Added') and occurred <= ${NOW}
  union all
  select customer_id, occurred, name, JSONExtractString(arrayJoin(JSONExtractArrayRaw(props, 'products')), 'category') as category from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name = 'Order Completed' and occurred <= ${NOW}),
liked as (
  select customer_id, category,
         sum(multiIf(name = 'Product Viewed', 1, name = 'Product Added', 3, 5)
             * exp2((toUnixTimestamp64Milli(occurred) - {at:Int64}) / (30 * 86400000))) as score
    from deeds where category <> '' group by customer_id, category),
ranked as (
  select customer_id, arrayReverseSort(groupArray((score, category))) as best from liked group by customer_id)
select customer_id as customer, best[1].2 as place, if(length(best) = 1, 1e9, best[1].1 / best[2].1) as ahead from ranked`

/** R0-12: bought nothing for 30 days, and at least two of: three visits, five products viewed, something in the cart or on the
 *  wishlist, a message opened or clicked. A visit begins with the first activity after 30 minutes of none. */
export const HIGH_POTENTIAL = `with ${ORDERS},
recent as (
  select customer_id, name, occurred from event
   where workspace_id = {workspace:UUID} and occurred <= ${NOW} and toUnixTimestamp64Milli(occurred) > {at:Int64} - 30 * 86400000),
activity as (
  select customer_id, occurred,
         lagInFrame(toNullable(occurred)) over (partition by customer_id order by occurred rows between unbounded preceding and current row) as before
    from event
   where workspace_id = {workspace:UUID} and kind = 'event' and occurred <= ${NOW}
     and name in ('Page Viewed', 'Product Viewed', 'Product Added', 'Cart Viewed', 'Checkout Started')),
visits as (
  select customer_id, count() as n from activity
   where (before is null or occurred >= before + interval 30 minute) and toUnixTimestamp64Milli(occurred) > {at:Int64} - 30 * 86400000
   group by customer_id)
select customer_id as customer, 'in' as place
  from (
    select customer_id, countIf(name = 'Product Viewed') >= 5 as views,
           countIf(name in ('Product Added', 'Product Added to Wishlist')) > 0 as wants,
           countIf(name in ('message.opened', 'message.clicked')) > 0 as answers
      from recent group by customer_id) as r
  left join visits v on v.customer_id = r.customer_id
 where (r.views + r.wants + r.answers + (v.n >= 3)) >= 2
   and r.customer_id not in (select customer_id from orders where toUnixTimestamp64Milli(occurred) > {at:Int64} - 30 * 86400000)`
