// SQL of reach: whom each channel could reach, what of its messages arrives, is looked at and leads to an order, at what cost.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { type MessageScope, messagesSql } from '../engagement/sql.ts'
import { campaignKey } from '../engagement/store.ts'
import { NOBODY, ORDER_ROWS, type OrderParams } from '../metrics/orders.ts'
import type { ReachFigure } from '../people/model.ts'
import type { PeopleSql } from '../people/page.ts'
import { reachRate } from './model.ts'

export type ChannelPeople = {
  channel: string
  bound: number
  consented: number
  reachable: number
  of: number
}

/** Of all living customers: with a verified address, those of them who agreed (or, where that is enough, did not refuse),
 *  and whom a marketing message could reach now, but for suppressions. */
export function peopleByChannel(
  history: History,
  workspace: Uuid,
  channels: { name: string; given: boolean }[],
): Promise<ChannelPeople[]> {
  return askHistory(
    history,
    `select ch.1 as channel, toUInt32(countIf(has(bound, ch.1))) as bound,
            toUInt32(countIf(has(c.bound, ch.1) and if(ch.2, has(c.consents, concat(ch.1, '/marketing')), not has(c.refusals, concat(ch.1, '/marketing'))))) as consented,
            toUInt32(countIf(has(c.reach, ch.1))) as reachable, toUInt32(count()) as of
       from (select bound, consents, refusals, reach from customer final
              where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')) c
       array join arrayZip({names:Array(String)}, {given:Array(Bool)}) as ch
      group by channel order by channel`,
    { workspace, names: channels.map(c => c.name), given: channels.map(c => c.given) },
  )
}

export type MessageFigures = {
  sent: number
  reached: number
  /** every of its channels tells what was delivered */
  tells: boolean
  opened: number
  clicked: number
  /** people */
  people: number
  buyers: number
  cost: number
}
export type ChannelMessages = MessageFigures & { channel: string }
/** campaign: empty for messages of none */
export type CampaignMessages = MessageFigures & { campaign: Uuid | ''; channels: string[] }

export type ReachScope = MessageScope & Pick<OrderParams, 'currency'>

/** Rows (part, …): each part's figures. buyers: people reached who placed an order that stands within the window after a
 *  message of the part that reached them. */
function askBy<T>(history: History, p: ReachScope, part: (b: Bound) => string, more: string): Promise<T[]> {
  const b = new Bound()
  const { workspace, from, to, windowMs, currency } = p
  return askHistory(
    history,
    `with ${messagesSql(p, b)}, ${ORDER_ROWS},
     parted as (select *, ${part(b)} as part from messages),
     buyers as (select part, count() as n from (${ledToOrders('parted', ['part', 'person'], windowMs, b)}) group by part)
     select m.part as part, toUInt32(count()) as sent, toUInt32(countIf(m.reached)) as reached,
            toBool(min(m.tells)) as tells, toUInt32(countIf(m.opened)) as opened, toUInt32(countIf(m.clicked)) as clicked,
            toUInt32(uniqExactIf(m.person, m.reached)) as people, toUInt32(any(bu.n)) as buyers, sum(m.cost) as cost,
            arraySort(groupUniqArray(m.channel)) as channels
       from parted m left join buyers bu on bu.part = m.part group by part order by ${more}`,
    { ...b.params, workspace, from, to: to + windowMs, currency },
  )
}

export async function messagesByChannel(history: History, p: ReachScope): Promise<ChannelMessages[]> {
  const rows = await askBy<MessageFigures & { part: string }>(history, p, () => 'channel', 'part')
  return rows.map(({ part, ...figures }) => ({ ...figures, channel: part }))
}

/** The one that sent most first. */
export async function messagesByCampaign(history: History, p: ReachScope): Promise<CampaignMessages[]> {
  const rows = await askBy<Omit<CampaignMessages, 'campaign'> & { part: string }>(
    history,
    p,
    b => campaignKey(p, b),
    'sent desc, part',
  )
  return rows.map(({ part, ...figures }) => ({ ...figures, campaign: part }))
}

/** Distinct rows of people reached who ordered within the window after a message that reached them. */
const ledToOrders = (
  messages: 'messages' | 'parted',
  columns: ('part' | 'person')[],
  windowMs: number,
  b: Bound,
): string =>
  `select distinct ${columns.map(c => `m.${c} as ${c}`).join(', ')} from ${messages} m join orders o on o.person = m.person
        where m.reached and o.counts and o.placed >= m.at and o.placed <= addMilliseconds(m.at, ${b.of(windowMs, 'Int64')})`

/** Figures of messages open for any scope, those of customers for a channel only. */
export type MessageReachFigure = Exclude<ReachFigure, 'bound' | 'consented' | 'reachable'>

/** Whose messages are behind a figure, with how many each; of buyers 1. */
export function messagePeople(p: ReachScope, figure: MessageReachFigure): PeopleSql {
  const b = new Bound()
  const { workspace, from, to, windowMs, currency } = p
  const messages = messagesSql(p, b)
  const rows =
    figure === 'buyers'
      ? `, ${ORDER_ROWS} select person, 1 as value from (${ledToOrders('messages', ['person'], windowMs, b)})`
      : ` select person, 1 as value from messages where ${figure === 'people' ? 'reached' : figure}`
  return {
    sql: `with ${messages}${rows}`,
    params: { ...b.params, workspace, from, to: to + windowMs, currency },
  }
}

/** Whom a channel could reach. `given`: consent has to be given. */
export function channelPeople(
  workspace: Uuid,
  channel: string,
  given: boolean,
  figure: Exclude<ReachFigure, MessageReachFigure>,
): PeopleSql {
  const b = new Bound()
  const name = b.text(channel)
  const marketing = `concat(${name}, '/marketing')`
  const when = {
    bound: `has(bound, ${name})`,
    consented: `has(bound, ${name}) and ${given ? `has(consents, ${marketing})` : `not has(refusals, ${marketing})`}`,
    reachable: `has(reach, ${name})`,
  }[figure]
  return {
    sql: `select customer_id as person, 1 as value from customer final
             where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}') and ${when}`,
    params: { ...b.params, workspace },
  }
}

export type KeptRate = { channel: string; rate: number; sent: number; at: Date }

/** As the night before worked them out. */
export async function keptRates(sql: Sql, workspace: Uuid): Promise<KeptRate[]> {
  const { rows } = await sql.query<KeptRate & { sent: string | number }>(
    'select channel, rate, sent, at from channel_reach where workspace_id = $1 order by channel',
    [workspace],
  )
  return rows.map(r => ({ ...r, sent: Number(r.sent) }))
}

/** True when a rate is another now than before. */
export async function keepRates(
  sql: Sql,
  workspace: Uuid,
  channels: string[],
  found: Pick<ChannelMessages, 'channel' | 'sent' | 'reached'>[],
  at: number,
): Promise<boolean> {
  const before = new Map((await keptRates(sql, workspace)).map(r => [r.channel, r.rate]))
  const rows = channels.map(channel => {
    const { sent = 0, reached = 0 } = found.find(f => f.channel === channel) ?? {}
    return { channel, sent, reached, rate: reachRate(sent, reached) }
  })
  await sql.query(
    `insert into channel_reach (workspace_id, channel, sent, reached, rate, at)
     select $1, u.*, $6 from unnest($2::text[], $3::bigint[], $4::bigint[], $5::real[]) u
     on conflict (workspace_id, channel) do update set sent = excluded.sent, reached = excluded.reached, rate = excluded.rate, at = excluded.at`,
    [
      workspace,
      rows.map(r => r.channel),
      rows.map(r => r.sent),
      rows.map(r => r.reached),
      rows.map(r => r.rate),
      new Date(at),
    ],
  )
  return rows.some(r => Math.abs((before.get(r.channel) ?? -1) - r.rate) > 1e-6)
}

/** Accounts of each channel that has one. */
export async function connectedChannels(sql: Sql, workspace: Uuid): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ channel: string; n: number }>(
    'select channel, count(*)::int as n from channel_account where workspace_id = $1 group by channel order by channel',
    [workspace],
  )
  return new Map(rows.map(r => [r.channel, r.n]))
}

/** Whether a journey that may have people has a node that chooses by these rates. */
export async function choosesByReach(sql: Sql, workspace: Uuid): Promise<boolean> {
  const { rows } = await sql.query<{ uses: boolean }>(
    `select exists (select from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
        where j.workspace_id = $1 and j.status in ('live', 'paused', 'draining') and v.graph @? '$.nodes.*.fields.by ? (@ == "reach")') as uses`,
    [workspace],
  )
  return rows[0]!.uses
}
