// SQL of the metrics. Every figure and the people behind it come from the same rows, so that they cannot disagree.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { MetricKey } from './model.ts'
import { MERGED, NOBODY, ORDERS, type OrderParams, PERSON } from './orders.ts'

export type MetricParams = OrderParams & {
  channel?: string
  store?: string
  /** after the last addition, in ms */
  cartMs: number
  /** workspace time: carts that may still be ordered are not counted yet */
  now: number
}

const HOUR = 3_600_000
/** A cart that began this long before the range is no cart of the range, whatever was added since. */
const CART_LOOKBACK_MS = 30 * 24 * HOUR

const at = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`

const paramsOf = (p: MetricParams): Record<string, unknown> => ({
  workspace: p.workspace,
  from: p.from,
  to: p.to,
  currency: p.currency,
  channel: p.channel ?? '',
  store: p.store ?? '',
  cartMs: p.cartMs,
  cartFrom: p.from - CART_LOOKBACK_MS,
  cartTo: p.to + p.cartMs,
  now: p.now,
})

const CHOSEN = `({channel:String} = '' or channel = {channel:String}) and ({store:String} = '' or store = {store:String})`

// ── orders ───────────────────────────────────────────────────────────────────

export type OrderTotals = {
  /** orders that stand, and all placed */
  orders: number
  placed: number
  returned: number
  buyers: number
  customers: number
  revenue: number
  costedRevenue: number
  costedOrders: number
  costedBuyers: number
  cost: number
  channels: string[]
  stores: string[]
}

/** Over orders placed in [from, to); money in the currency's smallest unit. */
export async function orderTotals(history: History, p: MetricParams): Promise<OrderTotals> {
  const rows = await askHistory<OrderTotals>(
    history,
    `with ${ORDERS}
     select countIf(chosen and counts) as orders, countIf(chosen) as placed,
            countIf(chosen and orders.returned) as returned,
            uniqExactIf(person, chosen and counts) as buyers, uniqExactIf(person, chosen and orders.returned) as customers,
            sumIf(net, chosen) as revenue, sumIf(orders.costed, chosen) as costedRevenue,
            countIf(chosen and has_cost) as costedOrders, uniqExactIf(person, chosen and has_cost) as costedBuyers,
            sumIf(orders.cost, chosen) as cost,
            arraySort(groupUniqArray(channel)) as channels, arraySort(groupUniqArrayIf(store, store <> '')) as stores
       from (select *, ${CHOSEN} as chosen from orders) as orders`,
    paramsOf(p),
  )
  return rows[0]!
}

export type DayRow = { day: string; revenue: number; orders: number }

/** By day of the zone; days without an order are left out. */
export async function ordersPerDay(history: History, p: MetricParams, zone: string): Promise<DayRow[]> {
  return askHistory<DayRow>(
    history,
    `with ${ORDERS}
     select toString(toDate(placed, {zone:String})) as day, sum(net) as revenue, countIf(counts) as orders
       from orders where ${CHOSEN} group by day order by day`,
    { ...paramsOf(p), zone },
  )
}

// ── behaviour ────────────────────────────────────────────────────────────────

/** Coming to the brand: looking, choosing, walking in. */
const VISITS = `('Page Viewed', 'Screen Viewed', 'Product Viewed', 'Product List Viewed', 'Products Searched', 'Product Added',
  'Cart Viewed', 'Checkout Started', 'Store Visited')`
const BOUGHT = `('Order Completed', 'Order Paid')`

/** person, bought (the time of an order that stands; null when none): all who came or bought in the range. */
const VISITORS = `${ORDERS},
visitors as (
  select person, max(bought) as bought from (
    select ${PERSON} as person, 0 as bought, e.name = 'Store Visited' as walked,
           if(walked, 'store', 'online') as channel, JSONExtractString(e.props, 'store') as store
      from event e left join merged m on e.customer_id = m.loser
     where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.name in ${VISITS}
       and e.occurred >= ${at('from')} and e.occurred < ${at('to')} and ${CHOSEN}
    union all
    select person, 1 as bought, false as walked, channel, store from orders where counts and ${CHOSEN})
  group by person)`

/** person, opened, left: carts of the range that are ordered or whose time is over. */
const CARTS = `${MERGED},
steps as (
  select ${PERSON} as person, e.occurred as occurred, e.name = 'Product Added' as added
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'event' and (e.name = 'Product Added' or e.name in ${BOUGHT})
     and e.occurred >= ${at('cartFrom')} and e.occurred < ${at('cartTo')}),
marked as (
  select person, occurred, added,
         added and not (lagInFrame(added, 1, 0) over w
                        and lagInFrame(occurred, 1, occurred) over w >= addMilliseconds(occurred, -{cartMs:Int64})) as opens
    from steps window w as (partition by person order by occurred, added desc rows between unbounded preceding and current row)),
numbered as (
  select person, occurred, added, sum(opens) over (partition by person order by occurred, added desc
         rows between unbounded preceding and current row) as cart from marked),
carts as (
  select person, cart, minIf(occurred, added) as opened, addMilliseconds(maxIf(occurred, added), {cartMs:Int64}) as ends,
         minIf(occurred, not added) as ordered, countIf(not added) > 0 and ordered <= ends as bought
    from numbered where cart > 0 group by person, cart
   having opened >= ${at('from')} and opened < ${at('to')} and (bought or ends <= ${at('now')}))`

/** person, message, clicks: messages that were accepted in the range. */
const SENT = `${MERGED},
sent as (
  select any(${PERSON}) as person, e.message as message, minIf(e.occurred, e.name = 'message.accepted') as accepted,
         countIf(e.name = 'message.clicked') as clicks
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'message' and e.name in ('message.accepted', 'message.clicked')
     and e.occurred >= ${at('from')}
   group by e.message having countIf(e.name = 'message.accepted') > 0 and accepted < ${at('to')})`

/** person, seconds, viewed: engaged time that pixel, app or GA4 told of (src/customers/visits.ts), and views. */
const VIEWS = `${MERGED},
views as (
  select ${PERSON} as person, e.name <> 'Page Engaged' as viewed,
         multiIf(JSONHas(e.props, 'engaged_ms'), JSONExtractFloat(e.props, 'engaged_ms') / 1000,
                 JSONHas(e.props, 'engagement_time_msec'), JSONExtractFloat(e.props, 'engagement_time_msec') / 1000,
                 JSONExtractFloat(e.props, 'engaged_seconds')) as seconds
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.name in ('Page Engaged', 'Page Viewed', 'Screen Viewed')
     and e.occurred >= ${at('from')} and e.occurred < ${at('to')})`

/** What is divided, by what, and how many people are behind it: those that `peopleBehind` lists. */
export type Share = { part: number; whole: number; people: number }

const SHARES = {
  conversion_rate: `with ${VISITORS} select countIf(bought = 1) as part, count() as whole, part as people from visitors`,
  cart_abandon_rate: `with ${CARTS} select countIf(not bought) as part, count() as whole, uniqExactIf(person, not bought) as people from carts`,
  click_rate: `with ${SENT} select countIf(clicks > 0) as part, count() as whole, uniqExactIf(person, clicks > 0) as people from sent`,
  view_time: `with ${VIEWS} select round(sum(seconds), 1) as part, if(part = 0, 0, countIf(viewed)) as whole, uniqExactIf(person, seconds > 0) as people from views`,
} as const satisfies Partial<Record<MetricKey, string>>
export type ShareKey = keyof typeof SHARES
export const SHARE_KEYS = Object.keys(SHARES) as ShareKey[]

/** A figure that is part of a whole, and how many people are in the part. */
export async function shareOf(history: History, key: ShareKey, p: MetricParams): Promise<Share> {
  const rows = await askHistory<Share>(history, SHARES[key], paramsOf(p))
  return rows[0]!
}

// ── people ───────────────────────────────────────────────────────────────────

const spent = (value: string, which: string): string =>
  `with ${ORDERS} select person, ${value} as value from orders where ${CHOSEN} and ${which} group by person`

/** Who is behind each figure, with each person's share of it. */
const PEOPLE: Record<MetricKey, string> = {
  revenue: spent('sum(net)', 'counts'),
  orders: spent('count()', 'counts'),
  buyers: spent('count()', 'counts'),
  frequency: spent('count()', 'counts'),
  aov: spent('round(sum(net) / count())', 'counts'),
  cost: spent('sum(orders.cost)', 'has_cost'),
  gross_margin: spent('sum(orders.costed) - sum(orders.cost)', 'has_cost'),
  margin_rate: spent('if(sum(net) = 0, 0, round(1 - sum(orders.cost) / sum(net), 4))', 'counts and costed'),
  refund_rate: spent('count()', 'returned'),
  conversion_rate: `with ${VISITORS} select person, bought as value from visitors where bought = 1`,
  cart_abandon_rate: `with ${CARTS} select person, countIf(not bought) as value from carts group by person having value > 0`,
  click_rate: `with ${SENT} select person, countIf(clicks > 0) as value from sent group by person having value > 0`,
  view_time: `with ${VIEWS} select person, round(sum(seconds), 1) as value from views group by person having value > 0`,
}

export type PersonValue = { person: Uuid; value: number }

/** Largest value first, below a position. */
export async function peopleBehind(
  history: History,
  key: MetricKey,
  p: MetricParams,
  after: PersonValue | null,
  limit: number,
): Promise<PersonValue[]> {
  return askHistory<PersonValue>(
    history,
    `select person, toFloat64(value) as value from (${PEOPLE[key]})
      where not {after:Bool} or (toFloat64(value), person) < ({value:Float64}, {person:UUID})
      order by value desc, person desc limit {limit:UInt32}`,
    {
      ...paramsOf(p),
      after: after !== null,
      value: after?.value ?? 0,
      person: after?.person ?? NOBODY,
      limit,
    },
  )
}
