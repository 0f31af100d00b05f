// Questions about messages: what became of them, in all and by what they can be told apart, and the people behind it.
// A person counts once in every figure of people, however many messages there were: parts may add up to more than the whole.
import { adapterNamed } from '../../channels/register.ts'
import { askHistory, type History } from '../../platform/clickhouse.ts'
import { bucketOf, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { NOBODY } from '../metrics/orders.ts'
import type { PeopleSql } from '../people/page.ts'
import { type Counted, type Dimension, type Figure, FIGURES } from './model.ts'
import { type MessageScope, messagesSql } from './sql.ts'

/** Channels of the workspace of which every account tells what was delivered. */
export async function tellingChannels(sql: Sql, workspace: Uuid): Promise<string[]> {
  const { rows } = await sql.query<{ channel: string; adapters: string[] }>(
    'select channel, array_agg(distinct adapter) as adapters from channel_account where workspace_id = $1 group by channel',
    [workspace],
  )
  const tells = (name: string): boolean => adapterNamed(name)?.tellsDelivery === true
  return rows.filter(r => r.adapters.every(tells)).map(r => r.channel)
}

type CountedRow = Record<`${Figure}_m` | `${Figure}_p`, number>
const COUNTS = FIGURES.map(
  f => `toUInt32(countIf(${f})) as ${f}_m, toUInt32(uniqExactIf(person, ${f})) as ${f}_p`,
).join(', ')

const countedOf = (row: CountedRow): Counted =>
  Object.fromEntries(FIGURES.map(f => [f, { messages: row[`${f}_m`], people: row[`${f}_p`] }])) as Counted

const ask = <T>(history: History, p: MessageScope, b: Bound, select: string): Promise<T[]> =>
  askHistory<T>(history, `with ${messagesSql(p, b)} ${select}`, { ...b.params, workspace: p.workspace })

/** All messages of the scope: each person once. */
export async function engagementOf(
  history: History,
  p: MessageScope,
): Promise<{ figures: Counted; cost: number }> {
  const rows = await ask<CountedRow & { spent: number }>(
    history,
    p,
    new Bound(),
    `select ${COUNTS}, sum(cost) as spent from messages`,
  )
  const row = rows[0]!
  return { figures: countedOf(row), cost: row.spent }
}

/** Id of the campaign that a message's journey belongs to; empty: none. */
export function campaignKey(p: MessageScope, b: Bound): string {
  const of = [...(p.campaigns ?? [])]
  if (of.length === 0) return "''"
  const list = (ids: Uuid[]) => b.of(ids, 'Array(String)')
  return `transform(toString(journey), ${list(of.map(([j]) => j))}, ${list(of.map(([, c]) => c))}, '')`
}

const key = (dimension: Dimension, zone: string, p: MessageScope, b: Bound): string => {
  if (dimension === 'campaign') return campaignKey(p, b)
  return {
    channel: 'channel',
    journey: 'toString(journey)',
    message: `concat(toString(journey), '/', node, '/', toString(ver))`,
    cta: `arrayJoin(ctas)`,
    day: `toString(toDate(at, ${zone}))`,
    purpose: 'purpose',
    module: 'module',
  }[dimension]
}

export type Part = { key: string; figures: Counted; cost: number; tells: boolean; channels: string[] }
/** More are left out: the smallest ones. */
export const MOST_PARTS = 500

/** By one dimension, the largest first (days in order). CTAs: `sent` and `reached` are those of the messages in which
 *  somebody clicked it, by node and version. */
export async function engagementBy(
  history: History,
  p: MessageScope,
  dimension: Dimension,
  zone: string,
): Promise<Part[]> {
  const b = new Bound()
  const from =
    dimension === 'cta'
      ? `(select m.* except (clicked, participated), c.label as part, has(m.ctas, c.label) as clicked, m.participated and clicked as participated
            from messages m join (select distinct journey, node, ver, arrayJoin(ctas) as label from messages) c
              on c.journey = m.journey and c.node = m.node and c.ver = m.ver)`
      : `(select *, ${key(dimension, b.text(zone), p, b)} as part from messages)`
  const rows = await ask<CountedRow & { part: string; spent: number; told: boolean; via: string[] }>(
    history,
    p,
    b,
    `select part, ${COUNTS}, sum(cost) as spent, toBool(min(tells)) as told, arraySort(groupUniqArray(channel)) as via
       from ${from} group by part
      order by ${dimension === 'day' ? '' : `${dimension === 'cta' ? 'clicked' : 'sent'}_m desc, `}part limit ${MOST_PARTS}`,
  )
  return rows.map(r => ({
    key: r.part,
    figures: countedOf(r),
    cost: r.spent,
    tells: r.told,
    channels: r.via,
  }))
}

/** Journeys and broadcasts that belong to campaigns now, with their campaign. */
export async function journeysOfCampaigns(sql: Sql, workspace: Uuid): Promise<Map<Uuid, Uuid>> {
  const { rows } = await sql.query<{ id: Uuid; campaign: Uuid }>(
    'select id, campaign_id as campaign from journey where workspace_id = $1 and campaign_id is not null',
    [workspace],
  )
  return new Map(rows.map(r => [r.id, r.campaign]))
}

/** Of what is asked about a campaign: its journeys, also where none is left; none: messages of no campaign. */
export function journeysAsked(
  campaigns: ReadonlyMap<Uuid, Uuid>,
  campaign: Uuid | 'none' | null,
  journey: Uuid | null,
): Pick<MessageScope, 'journeys' | 'butJourneys'> {
  const one = journey === null ? {} : { journeys: [journey] }
  if (campaign === null) return one
  if (campaign === 'none') return { ...one, butJourneys: [...campaigns.keys()] }
  const own = [...campaigns].flatMap(([j, c]) => (c === campaign ? [j] : []))
  return { journeys: journey === null ? own : own.filter(j => j === journey) }
}

/** Who is behind a figure, with how many messages each. */
export function peopleOfFigure(p: MessageScope, figure: Figure): PeopleSql {
  const b = new Bound()
  const sql = `with ${messagesSql(p, b)} select person, 1 as value from messages where ${figure}`
  return { sql, params: { ...b.params, workspace: p.workspace } }
}

export type MessageRow = {
  message: Uuid
  person: Uuid
  channel: string
  journey: Uuid
  node: string
  version: number
  /** ms */
  at: number
} & Record<Figure, boolean>

/** One by one, the newest first, below a position. */
export function messagesBehindFigure(
  history: History,
  p: MessageScope,
  figure: Figure,
  after: { at: number; message: Uuid } | null,
  limit: number,
): Promise<MessageRow[]> {
  const b = new Bound()
  const below = after
    ? ` and (sent_at, message) < (${b.moment(after.at)}, ${b.of(after.message, 'UUID')})`
    : ''
  return ask(
    history,
    p,
    b,
    `select message, person, channel, journey, node, ver as version, toUnixTimestamp64Milli(sent_at) as at,
            ${FIGURES.map(f => `toBool(${f}) as ${f}`).join(', ')}
       from (select * except (at), at as sent_at from messages) where ${figure}${below}
      order by sent_at desc, message desc limit ${b.of(limit, 'UInt32')}`,
  )
}

/** Which of these messages the ledger has; old ones may be gone, and a made-up past never was there. */
export async function keptMessages(sql: Sql, workspace: Uuid, ids: Uuid[]): Promise<Set<Uuid>> {
  const { rows } = await sql.query<{ id: Uuid }>(
    'select id from message where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3',
    [[...new Set(ids.map(bucketOf))], ids, workspace],
  )
  return new Set(rows.map(r => r.id))
}

export const noJourney = (journey: Uuid): boolean => journey === NOBODY
