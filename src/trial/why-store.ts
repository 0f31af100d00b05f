// What history and the catalogue say of one customer and one journey, for the question why.
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type PastFact = {
  name: string
  /** ms: occurred, received */
  at: number
  received: number
  node: string
  version: number
  enrollment: Uuid
  props: Record<string, unknown>
  /** number of the published rules under which an event was folded; 0: not known */
  rules: number
}

type Row = Omit<PastFact, 'at' | 'received' | 'props' | 'rules'> & {
  at: string
  received: string
  props: string
  rules: string
}

const COLUMNS = `name, toUnixTimestamp64Milli(occurred) as at, toUnixTimestamp64Milli(received) as received, node, version,
  enrollment_id as enrollment, props, rules`
const factOf = (row: Row): PastFact => ({
  ...row,
  at: Number(row.at),
  received: Number(row.received),
  rules: Number(row.rules),
  props: row.props === '' ? {} : (JSON.parse(row.props) as Record<string, unknown>),
})

const WALK = [
  'journey.entered',
  'journey.not_entered',
  'journey.goal_reached',
  'journey.exited',
  'node.entered',
  'node.left',
]
const MOST = 500

/** What became of these customers (one person, over merges) in a journey; newest first. */
export async function walkOf(
  history: History,
  workspace: Uuid,
  customers: Uuid[],
  journey: Uuid,
): Promise<PastFact[]> {
  const rows = await askHistory<Row>(
    history,
    `select ${COLUMNS} from event
      where workspace_id = {workspace:UUID} and name in {names:Array(String)} and customer_id in {customers:Array(UUID)}
        and journey_id = {journey:UUID}
      order by folded desc, seq desc, line desc, part desc limit {most:UInt32}`,
    { workspace, names: WALK, customers, journey, most: MOST },
  )
  return rows.map(factOf)
}

/** Events and facts of these names, newest first. */
export async function factsNamed(
  history: History,
  workspace: Uuid,
  customers: Uuid[],
  names: string[],
  most: number,
): Promise<PastFact[]> {
  if (names.length === 0) return []
  const rows = await askHistory<Row>(
    history,
    `select ${COLUMNS} from event
      where workspace_id = {workspace:UUID} and name in {names:Array(String)} and customer_id in {customers:Array(UUID)}
      order by occurred desc limit {most:UInt32}`,
    { workspace, names, customers, most },
  )
  return rows.map(factOf)
}

/** What was recorded of a message, newest first. */
export async function factsOfMessage(
  history: History,
  workspace: Uuid,
  customers: Uuid[],
  message: Uuid,
): Promise<PastFact[]> {
  const rows = await askHistory<Row>(
    history,
    `select ${COLUMNS} from event
      where workspace_id = {workspace:UUID} and customer_id in {customers:Array(UUID)} and message = {message:UUID}
      order by folded desc, seq desc, line desc, part desc limit 100`,
    { workspace, customers, message },
  )
  return rows.map(factOf)
}

/** The first published number whose world has the journey; null: it was never published. */
export async function publishedSince(sql: Sql, workspace: Uuid, journey: Uuid): Promise<number | null> {
  const { rows } = await sql.query<{ no: string | null }>(
    'select min(no) as no from catalogue where workspace_id = $1 and position($2 in body) > 0',
    [workspace, `"id":"${journey}"`],
  )
  return rows[0]?.no == null ? null : Number(rows[0].no)
}
