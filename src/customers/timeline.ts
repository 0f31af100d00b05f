// What happened to a person, from history: events, decisions, messages. Includes what merged customers did.
import type { z } from 'zod'
import type { timelineItem } from '../contract.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { publicId, type Uuid } from '../platform/ids.ts'

export type TimelineItem = z.output<typeof timelineItem>
export type TimelineFilter = {
  workspace: Uuid
  /** null: everybody */
  customers: Uuid[] | null
  kind?: string
  name?: string
  source?: string
  message?: Uuid
  phase?: string
  channel?: string
  /** ms, occurred: from then on; before then */
  from?: number
  to?: number
  q?: string
  names?: string[]
}

const NONE = '00000000-0000-0000-0000-000000000000'

type Row = {
  bucket: number
  seq: string
  line: number
  part: number
  at: string
  got: string
  kind: TimelineItem['kind']
  name: string
  source: string
  props: string
  customer_id: Uuid
  journey_id: Uuid
  node: string
  message: Uuid
  channel: string
  phase: NonNullable<TimelineItem['phase']> | ''
  stage: NonNullable<TimelineItem['stage']> | ''
  rules: string
}

/** What a row came through: the channel it names, else its source. */
const VIA = `if(channel <> '', channel, source)`
const MOST_CHANNELS = 50

/** Most used first; what the product derived itself came through nothing. */
export async function timelineChannels(
  history: History,
  workspace: Uuid,
  customers: Uuid[],
): Promise<string[]> {
  const rows = await askHistory<{ via: string }>(
    history,
    `select ${VIA} as via from event
      where workspace_id = {workspace:UUID} and customer_id in {customers:Array(UUID)} and via not in ('', 'itinera')
      group by via order by count() desc, via limit {most:UInt32}`,
    { workspace, customers, most: MOST_CHANNELS },
  )
  return rows.map(r => r.via)
}

/** Newest first. The order is (occurred, bucket, seq, line, part), which no two rows share.
 *  @throws Problem 503 `history_down`, 400 `bad_cursor` */
export async function readTimeline(
  history: History,
  filter: TimelineFilter,
  page: { cursor?: string; limit: number },
): Promise<{ items: (TimelineItem & { customer: string })[]; next: string | null }> {
  const after = readCursor(page.cursor, isTexts(5))
  const [occurred = '0', bucket = '0', seq = '0', line = '0', part = '0'] = after ?? []
  const conditions = ['workspace_id = {workspace:UUID}']
  if (filter.customers) conditions.push('customer_id in {customers:Array(UUID)}')
  if (filter.kind) conditions.push('kind = {kind:String}')
  if (filter.name) conditions.push('name = {name:String}')
  if (filter.source) conditions.push('source = {source:String}')
  if (filter.phase) conditions.push('phase = {phase:String}')
  if (filter.channel) conditions.push(`${VIA} = {via:String}`)
  if (filter.from !== undefined) conditions.push(`occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')`)
  if (filter.to !== undefined) conditions.push(`occurred < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`)
  if (filter.q)
    conditions.push(
      '(name in {names:Array(String)} or positionCaseInsensitiveUTF8(name, {q:String}) > 0 or positionCaseInsensitiveUTF8(props, {q:String}) > 0)',
    )
  if (filter.message) conditions.push('message = {message:UUID}')
  if (after)
    conditions.push(
      `(occurred, bucket, seq, line, part) < (fromUnixTimestamp64Milli({occurred:Int64}, 'UTC'), {bucket:UInt8}, {seq:UInt64}, {line:UInt32}, {part:UInt16})`,
    )
  const rows = await askHistory<Row>(
    history,
    `select bucket, seq, line, part, toUnixTimestamp64Milli(occurred) as at, toUnixTimestamp64Milli(received) as got,
            kind, name, source, props, customer_id, journey_id, node, message, channel, phase, stage, rules
       from event where ${conditions.join(' and ')}
      order by occurred desc, bucket desc, seq desc, line desc, part desc limit {limit:UInt32}`,
    {
      workspace: filter.workspace,
      customers: filter.customers ?? [],
      kind: filter.kind ?? '',
      name: filter.name ?? '',
      source: filter.source ?? '',
      phase: filter.phase ?? '',
      via: filter.channel ?? '',
      from: filter.from ?? 0,
      to: filter.to ?? 0,
      q: filter.q ?? '',
      names: filter.names ?? [],
      message: filter.message ?? NONE,
      occurred,
      bucket,
      seq,
      line,
      part,
      limit: page.limit + 1,
    },
  )
  const { shown, next } = cutPage(rows, page.limit, last =>
    [last.at, last.bucket, last.seq, last.line, last.part].map(String),
  )
  return {
    items: shown.map(itemOf),
    next,
  }
}

function itemOf(row: Row): TimelineItem & { customer: string } {
  return {
    id: `${row.bucket}.${row.seq}.${row.line}.${row.part}`,
    at: new Date(Number(row.at)).toISOString(),
    receivedAt: new Date(Number(row.got)).toISOString(),
    kind: row.kind,
    name: row.name,
    source: row.source,
    props: row.props ? (JSON.parse(row.props) as Record<string, unknown>) : {},
    customer: publicId('cus', row.customer_id),
    journey: row.journey_id === NONE ? null : publicId('jrn', row.journey_id),
    node: row.node || null,
    message: row.message === NONE ? null : publicId('msg', row.message),
    channel: row.channel || null,
    phase: row.phase || null,
    stage: row.stage || null,
    ruleVersion: row.stage === '' ? null : Number(row.rules),
  }
}
