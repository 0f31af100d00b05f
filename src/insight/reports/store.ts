// SQL of the reports: shoppers by where they bought, spend by channels used.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { NOBODY, ORDERS, type OrderParams, PERSON } from '../metrics/orders.ts'
import type { FirstTouchBy } from './model.ts'

export type SpendGroup = {
  key: 'online' | 'store' | 'both' | 'other'
  people: number
  orders: number
  revenue: number
}

/** Shoppers of the range by where they bought. */
export async function spendBySalesChannel(history: History, p: OrderParams): Promise<SpendGroup[]> {
  return askHistory<SpendGroup>(
    history,
    `with ${ORDERS}
     select multiIf(online and in_store, 'both', online, 'online', in_store, 'store', 'other') as key,
            count() as people, sum(n) as orders, sum(spent) as revenue
       from (select countIf(channel = 'online') > 0 as online, countIf(channel = 'store') > 0 as in_store,
                    count() as n, sum(net) as spent from orders where counts group by person)
      group by key`,
    p,
  )
}

export type ChannelsUsed = { channels: number; people: number; visits: number; revenue: number }

/** A pause longer than this begins a new visit. */
const IDLE_MS = 30 * 60_000

/** Everybody who was active in the range by how many channels they used (4 stands for more): the visits they made and
 *  what they spent. A channel is where an event happened (src/collect/touch.ts), and that of a message opened or clicked;
 *  whose events name none used one. */
export async function spendByChannels(history: History, p: OrderParams): Promise<ChannelsUsed[]> {
  return askHistory<ChannelsUsed>(
    history,
    `with ${ORDERS},
     acts as (
       select ${PERSON} as person, e.occurred as occurred, e.kind = 'event' as came, e.channel as via
         from event e left join merged m on e.customer_id = m.loser
        where e.workspace_id = {workspace:UUID}
          and (e.kind = 'event' or (e.kind = 'message' and e.name in ('message.opened', 'message.clicked')))
          and e.occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and e.occurred < fromUnixTimestamp64Milli({to:Int64}, 'UTC')),
     active as (
       select person, least(4, greatest(1, uniqExactIf(via, via <> ''))) as channels, countIf(begins) as visits from (
         select person, via, came and (row_number() over w = 1
                or dateDiff('millisecond', lagInFrame(occurred, 1, occurred) over w, occurred) > {idle:Int64}) as begins
           from acts window w as (partition by person order by occurred rows between unbounded preceding and current row))
       group by person),
     spent as (select person, sum(net) as revenue from orders group by person)
     select channels, count() as people, sum(visits) as visits, sum(spent.revenue) as revenue
       from active left join spent on active.person = spent.person group by channels order by channels`,
    { ...p, idle: IDLE_MS },
  )
}

/** How many customers are in each stage now. */
export async function peopleByStage(history: History, workspace: Uuid): Promise<Map<string, number>> {
  const rows = await askHistory<{ stage: string; people: number }>(
    history,
    `select stage, count() as people from customer final
      where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}') group by stage`,
    { workspace },
  )
  return new Map(rows.map(r => [r.stage, r.people]))
}

// ── first touch ──────────────────────────────────────────────────────────────

/** Fields of a Touch (src/customers/model.ts). */
const part = (name: string): string => `JSONExtractString(first_touch, '${name}')`
const KEYS: Record<FirstTouchBy, string> = {
  kind: part('k'),
  source: `if(${part('s')} <> '', ${part('s')}, ${part('r')})`,
  campaign: part('c'),
  store: part('st'),
  link: `arrayStringConcat(arrayFilter(t -> t <> '', [${['s', 'm', 'c', 'ad', 'st'].map(part).join(', ')}]), ' / ')`,
}
/** Customers by when they first came: with their first touch, else when they were first seen. */
const ARRIVED = (by: FirstTouchBy): string => `arrived as (
  select customer_id as person, if(first_touch = '', first_seen, fromUnixTimestamp64Milli(JSONExtractInt(first_touch, 'at'), 'UTC')) as came, ${KEYS[by]} as key,
         hasAny(identifiers, ['member_no', 'email', 'phone', 'line_uid']) as known
    from customer final
   where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')
     and came >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') and came < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))`

export type FirstTouchRow = {
  key: string
  people: number
  known: number
  buyers: number
  whole: number
  wholeBuyers: number
  revenue: number
}
export type FirstTouchParams = { since: number; until: number; now: number; days: number; by: FirstTouchBy }

const DAY_MS = 86_400_000

/** Whom each source first brought in the range, and who of them bought within the days. Largest first, at most 500.
 *  `orders` are those from the start of the range to now. */
export async function firstTouches(
  history: History,
  p: OrderParams,
  f: FirstTouchParams,
): Promise<FirstTouchRow[]> {
  return askHistory<FirstTouchRow>(
    history,
    `with ${ORDERS}, ${ARRIVED(f.by)},
     bought as (
       select arrived.person as person, sum(net) as revenue from arrived join orders on arrived.person = orders.person
        where counts and placed >= came and placed < addMilliseconds(came, {window:Int64}) group by person)
     select key, count() as people, countIf(known) as known, countIf(b.person <> toUUID('${NOBODY}')) as buyers,
            countIf(done) as whole, countIf(done and b.person <> toUUID('${NOBODY}')) as wholeBuyers, sum(b.revenue) as revenue
       from (select *, addMilliseconds(came, {window:Int64}) <= fromUnixTimestamp64Milli({now:Int64}, 'UTC') as done from arrived) as f
       left join bought b on f.person = b.person
      group by key order by people desc, key limit 500`,
    { ...p, since: f.since, until: f.until, now: f.now, window: f.days * DAY_MS },
  )
}

export type Came = { person: Uuid; came: number }

/** Newest first, below a position. */
export async function firstTouchPeople(
  history: History,
  workspace: Uuid,
  f: Pick<FirstTouchParams, 'since' | 'until' | 'by'> & { key: string },
  after: Came | null,
  limit: number,
): Promise<Came[]> {
  return askHistory<Came>(
    history,
    `with ${ARRIVED(f.by)}
     select person, toUnixTimestamp64Milli(came) as came from arrived
      where key = {key:String}
        and (not {after:Bool} or (arrived.came, person) < (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {person:UUID}))
      order by arrived.came desc, person desc limit {limit:UInt32}`,
    {
      workspace,
      since: f.since,
      until: f.until,
      key: f.key,
      after: after !== null,
      at: after?.came ?? 0,
      person: after?.person ?? NOBODY,
      limit,
    },
  )
}
