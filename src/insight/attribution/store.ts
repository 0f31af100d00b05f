// SQL of conversions, the touches before each, and what messages, points and coupons cost.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { type MessageScope, messagesSql } from '../engagement/sql.ts'
import { ORDER_ROWS, PERSON } from '../metrics/orders.ts'
import type { Conversion, Touch, TouchKind } from './model.ts'

const DAY_MS = 86_400_000
/** A message may be clicked long after it was sent. */
const CLICKED_LATE_MS = 30 * DAY_MS
/** A pause longer than this begins a new visit. */
const IDLE_MS = 30 * 60_000

export type AttributionScope = {
  workspace: Uuid
  currency: string
  /** when the conversions happened, workspace ms */
  from: number
  to: number
  windowMs: number
  touches: readonly TouchKind[]
  /** '': orders that stand; else the name of an event */
  conversion: string
  tells: readonly string[]
}

const MS = (column: string): string => `toUnixTimestamp64Milli(${column})`

/** One row for each touch: person, at, and the rest of Touch. */
function touchRows(p: AttributionScope, b: Bound): string {
  const since = b.moment(p.from - p.windowMs)
  const ofMessage = (kind: TouchKind) =>
    `'${kind}' as kind, m.channel as channel, toString(m.journey) as journey, m.node as node, m.ver as ver, '' as source, '' as campaign`
  const told = (kind: TouchKind, name: string) => `
   select m.person as person, f.occurred as at, ${ofMessage(kind)}
     from message_facts f join messages m on m.message = f.message where f.name = '${name}' and f.occurred >= ${since}`
  const parts: Record<TouchKind, string> = {
    click: told('click', 'message.clicked'),
    open: told('open', 'message.opened'),
    delivery: `
   select m.person as person, m.at as at, ${ofMessage('delivery')} from messages m where m.reached and m.at >= ${since}`,
    visit: `
   select v.person as person, v.at as at, 'visit' as kind, v.brought as channel, '' as journey, '' as node, toUInt32(0) as ver, v.source as source, v.campaign as campaign
     from visits v where v.at >= ${since}`,
  }
  return p.touches.map(k => parts[k]).join('\n   union all ')
}

/** Pages and screens with what brought the person there, where that is new or a visit begins. */
const visits = (p: AttributionScope, b: Bound): string => `
seen as (
  select ${PERSON} as person, e.occurred as at, JSONExtractString(e.props, 'campaign', 'source') as utm, JSONExtractString(e.props, 'campaign', 'name') as campaign,
         JSONExtractString(e.props, 'ad_id') as ad, domainWithoutWWW(JSONExtractString(e.props, 'referrer')) as site,
         site <> '' and site <> domainWithoutWWW(JSONExtractString(e.props, 'url')) as elsewhere,
         multiIf(utm <> '', utm, ad <> '', if(JSONExtractString(e.props, 'ad_platform') <> '', JSONExtractString(e.props, 'ad_platform'), 'ad'), elsewhere, site, '') as source,
         multiIf(ad <> '', 'ad', utm <> '', 'campaign', elsewhere and match(site, '(^|\\\\.)(google|bing|yahoo|duckduckgo|baidu|ecosia|naver|yandex)\\\\.'), 'search', elsewhere, 'referral', 'direct') as brought
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.channel in ('web', 'app') and e.name not like 'Order %'
     and e.occurred >= ${b.moment(p.from - p.windowMs - DAY_MS)} and e.occurred < ${b.moment(p.to)}),
visits as (
  select * from (
    select person, at, source, campaign, brought, lagInFrame(source, 1, '') over w as source_before,
           row_number() over w = 1 or dateDiff('millisecond', lagInFrame(at, 1, at) over w, at) > ${IDLE_MS} as begins
      from seen window w as (partition by person order by at rows between unbounded preceding and current row))
   where begins or (source <> '' and source <> source_before))`

const converted = (p: AttributionScope, b: Bound): string =>
  p.conversion === ''
    ? `converted as (
  select order_id as id, person, placed as at, net, if(orders.has_cost, orders.costed, 0) as known, if(orders.has_cost, orders.cost, 0) as spent
    from orders where counts)`
    : `converted as (
  select concat(toString(e.bucket), '.', toString(e.seq), '.', toString(e.line), '.', toString(e.part)) as id, ${PERSON} as person, e.occurred as at,
         toInt64(0) as net, toInt64(0) as known, toInt64(0) as spent
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.name = ${b.text(p.conversion)} and e.occurred >= ${b.moment(p.from)} and e.occurred < ${b.moment(p.to)})`

type Row = Omit<Conversion, 'touches'> & {
  touches: [number, TouchKind, string, string, string, number, string, string][]
}

/** All conversions of the range, with the touches within the window before each; those without any, too. */
export async function conversionsWithTouches(history: History, p: AttributionScope): Promise<Conversion[]> {
  const b = new Bound()
  const scope: MessageScope = {
    workspace: p.workspace,
    from: p.from - p.windowMs - CLICKED_LATE_MS,
    to: p.to,
    windowMs: p.windowMs,
    participation: null,
    tells: p.tells,
  }
  const rows = await askHistory<Row>(
    history,
    `with ${messagesSql(scope, b)}, ${ORDER_ROWS},${visits(p, b)},
     ${converted(p, b)},
     touched as (${touchRows(p, b)}),
     before as (
       select c.id as conversion, c.person as who,
              groupArray((${MS('t.at')}, t.kind, t.channel, t.journey, t.node, t.ver, t.source, t.campaign)) as list
         from converted c join touched t on t.person = c.person
        where t.at <= c.at and t.at >= addMilliseconds(c.at, -${b.of(p.windowMs, 'Int64')})
        group by conversion, who)
     select c.id as id, c.person as person, ${MS('c.at')} as at, toInt64(c.net) as revenue, toInt64(c.known) as known, toInt64(c.spent) as cost, before.list as touches
       from converted c left join before on before.conversion = c.id and before.who = c.person order by c.at, c.id`,
    { ...b.params, workspace: p.workspace, currency: p.currency, from: p.from, to: p.to },
  )
  return rows.map(r => ({
    ...r,
    touches: r.touches.map(
      ([at, kind, channel, journey, node, version, source, campaign]): Touch => ({
        at,
        kind,
        channel,
        journey,
        node,
        version,
        source,
        campaign,
      }),
    ),
  }))
}

/** Points that journeys gave in the range, by journey. */
export async function pointsByJourney(
  history: History,
  p: Pick<AttributionScope, 'workspace' | 'from' | 'to'>,
): Promise<Map<Uuid, number>> {
  const b = new Bound()
  const rows = await askHistory<{ journey: Uuid; given: number }>(
    history,
    `select journey_id as journey, toInt64(sum(JSONExtractInt(props, 'change'))) as given from event
      where workspace_id = {workspace:UUID} and name = 'points.changed' and enrollment_id <> toUUID('00000000-0000-0000-0000-000000000000')
        and JSONExtractString(props, 'entry') = 'earned' and occurred >= ${b.moment(p.from)} and occurred < ${b.moment(p.to)}
      group by journey`,
    { ...b.params, workspace: p.workspace },
  )
  return new Map(rows.map(r => [r.journey, Number(r.given)]))
}

export type Redemption = { order: string; kind: string; value: number }

/** Coupons of ours that were used for an order, whenever that was. */
export async function redemptions(sql: Sql, workspace: Uuid, orders: string[]): Promise<Redemption[]> {
  if (orders.length === 0) return []
  const { rows } = await sql.query<Redemption>(
    `select i.ref as order, c.terms->>'kind' as kind, (c.terms->>'value')::float8 as value
       from coupon c join coupon_issue i on i.workspace_id = c.workspace_id and i.coupon_id = c.id and i.entry = 'redeemed'
      where c.workspace_id = $1 and i.ref = any($2::text[])`,
    [workspace, orders],
  )
  return rows
}
