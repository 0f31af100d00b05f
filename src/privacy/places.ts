// Where a person may be: found by asking both engines for their tables and columns, so that a table added later is not
// forgotten. Counts, and the search that proves that nothing is left.
import { askHistory, type History } from '../platform/clickhouse.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { unpackJournalText } from '../inbox/journal.ts'
import { fragmentsOf, holdsAny, type Needles, type Person, type Place } from './model.ts'

/** Ids of a customer are called `customer_id`; in these tables `id`. */
const BY_ID = ['customer', 'customer_snapshot']
/** Other columns that name a customer: a row that names one of the two is about both. */
const BY_OTHER: Record<string, string[]> = { identity_conflict: ['one', 'two'] }

export type PersonTable = { table: string; columns: string[]; bucket: boolean; workspace: boolean }

/** Tables of PostgreSQL with rows of single customers. */
export async function personTables(sql: Sql): Promise<PersonTable[]> {
  const { rows } = await sql.query<{ table: string; columns: string[] }>(
    `select c.table_name::text as table, array_agg(c.column_name::text) as columns
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE' group by 1 order by 1`,
  )
  return rows.flatMap(({ table, columns }) => {
    const named = BY_ID.includes(table)
      ? ['id']
      : (BY_OTHER[table] ?? (columns.includes('customer_id') ? ['customer_id'] : []))
    return named.length === 0
      ? []
      : [
          {
            table,
            columns: named,
            bucket: columns.includes('bucket'),
            workspace: columns.includes('workspace_id'),
          },
        ]
  })
}

/** The rows of `t` that are the person's; its parameters are [ids, workspace, buckets], as `personValues` gives them. */
export const personWhere = (t: PersonTable): string =>
  [
    `(${t.columns.map(c => `"${c}" = any($1::uuid[])`).join(' or ')})`,
    t.workspace ? 'workspace_id = $2' : '$2::uuid is not null',
    t.bucket ? 'bucket = any($3::smallint[])' : '$3::smallint[] is not null',
  ].join(' and ')
export const personValues = (person: Person): unknown[] => [person.ids, person.workspace, ALL_BUCKETS]
/** A person's identifiers as two lists, for `unnest`. */
export const columnsOf = (person: Person): [kinds: string[], values: string[]] => [
  person.values.map(v => v.kind),
  person.values.map(v => v.value),
]

export async function countPerson(sql: Sql, history: History, person: Person): Promise<Place[]> {
  const places: Place[] = []
  for (const t of await personTables(sql)) {
    const { rows } = await sql.query<{ n: number }>(
      `select count(*) as n from "${t.table}" where ${personWhere(t)}`,
      personValues(person),
    )
    if (rows[0]!.n > 0) places.push({ place: `postgres.${t.table}`, rows: rows[0]!.n })
  }
  for (const { table } of (await historyTables(history)).filter(t => t.byCustomer)) {
    const [row] = await askHistory<{ n: number }>(
      history,
      `select toUInt32(count()) as n from ${table} where workspace_id = {workspace:UUID} and customer_id in {ids:Array(UUID)}`,
      { workspace: person.workspace, ids: person.ids },
    )
    if (row!.n > 0) places.push({ place: `clickhouse.${table}`, rows: row!.n })
  }
  return places
}

export type HistoryTable = {
  table: string
  byCustomer: boolean
  workspace: boolean
  texts: string[]
  lists: string[]
}

/** Tables of ClickHouse (views read them and hold nothing). */
export async function historyTables(history: History): Promise<HistoryTable[]> {
  const rows = await askHistory<{ table: string; name: string; type: string }>(
    history,
    `select c.table as table, c.name as name, c.type as type from system.columns c join system.tables t on t.database = c.database and t.name = c.table
      where c.database = currentDatabase() and t.engine like '%MergeTree' order by c.table, c.position`,
    {},
  )
  const tables = new Map<string, HistoryTable>()
  for (const { table, name, type } of rows) {
    const t = tables.get(table) ?? { table, byCustomer: false, workspace: false, texts: [], lists: [] }
    tables.set(table, t)
    if (name === 'customer_id' && type === 'UUID') t.byCustomer = true
    else if (name === 'workspace_id') t.workspace = true
    else if (/^Array\((LowCardinality\()?(Nullable\()?String/.test(type)) t.lists.push(name)
    else if (/^(LowCardinality\(|Nullable\()*String/.test(type)) t.texts.push(name)
  }
  return [...tables.values()].filter(t => t.byCustomer || t.texts.length > 0 || t.lists.length > 0)
}

/** Rows of a ClickHouse table, of this workspace, in which a text gives the person away. Its parameters are those of
 *  `historyNeedles`. */
export const historyHolds = (t: HistoryTable): string =>
  `${t.workspace ? 'workspace_id = {workspace:UUID}' : '1'} and (${
    [
      ...t.texts.map(c => `multiSearchAny(lowerUTF8(toString(${c})), {fragments:Array(String)})`),
      ...t.lists.map(c => `hasAny(arrayMap(x -> lowerUTF8(x), ${c}), {fragments:Array(String)})`),
    ].join(' or ') || '0'
  })`
/** multiSearchAny takes no empty list: a text that nothing holds stands for it. */
export const historyNeedles = (workspace: Uuid, needles: Needles): Record<string, string | string[]> => {
  const fragments = fragmentsOf(needles)
  return { workspace, fragments: fragments.length > 0 ? fragments : ['\u0001 nothing \u0001'] }
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, c => '\\' + c)

export type TextTable = { table: string; columns: string[]; workspace: boolean }

/** Text columns of every table, but those of the journal, whose bodies are packed, and those that say which member of the
 *  team did something: a colleague who is a customer, too, is forgotten as a customer. */
export async function textTables(sql: Sql): Promise<TextTable[]> {
  const { rows } = await sql.query<TextTable>(
    `select c.table_name::text as table, array_agg(c.column_name::text order by c.ordinal_position) as columns,
            exists (select from information_schema.columns w where w.table_schema = 'public' and w.table_name = c.table_name
                       and w.column_name = 'workspace_id') as workspace
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
        and c.column_name !~ '_by$|^actor$' and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY')
      group by c.table_name order by 1`,
  )
  return rows
}

/** Tables without a workspace of their own: whose rows are this workspace's. */
const WITHIN: Record<string, string> = {
  source_state: 'source_id in (select id from source where workspace_id = $2)',
}

/** Rows of this workspace in which a text column gives the person away. Its parameters are those of `textValues`. */
export const textWhere = (t: TextTable): string =>
  `${t.workspace ? 'workspace_id = $2' : (WITHIN[t.table] ?? '$2::uuid is not null')} and (${t.columns
    .map(c => `"${c}"::text ilike any($1::text[])`)
    .join(' or ')})`
export const textValues = (workspace: Uuid, needles: Needles): unknown[] => [
  fragmentsOf(needles).map(v => `%${escapeLike(v)}%`),
  workspace,
]

export type Searched = { tables: number; columns: number; journalRows: number; found: Place[] }

/** Looks for the values in every text column of both engines and in every journal body, and for the ids wherever a row
 *  belongs to a customer. `except`: tables whose hits are somebody else's right (a team member's own address). */
export async function searchEverywhere(
  sql: Sql,
  history: History,
  person: Person,
  needles: Needles,
  except: ReadonlySet<string>,
): Promise<Searched> {
  const out: Searched = {
    tables: 0,
    columns: 0,
    journalRows: 0,
    found: [...(await countPerson(sql, history, person))],
  }
  for (const t of await textTables(sql)) {
    if (except.has(t.table)) continue
    out.tables++
    out.columns += t.columns.length
    const { rows } = await sql.query<{ n: number }>(
      `select count(*) as n from "${t.table}" where ${textWhere(t)}`,
      textValues(person.workspace, needles),
    )
    if (rows[0]!.n > 0) out.found.push({ place: `postgres.${t.table}`, rows: rows[0]!.n })
  }
  for (const t of await historyTables(history)) {
    out.tables++
    out.columns += t.texts.length + t.lists.length
    const [row] = await askHistory<{ n: number }>(
      history,
      `select toUInt32(count()) as n from ${t.table} where ${historyHolds(t)}`,
      historyNeedles(person.workspace, needles),
    )
    if (row!.n > 0) out.found.push({ place: `clickhouse.${t.table}`, rows: row!.n })
  }
  let held = 0
  const fragments = fragmentsOf(needles)
  for (const bucket of ALL_BUCKETS)
    out.journalRows += await eachJournalRow(sql, person.workspace, bucket, 0, row => {
      const text = unpackJournalText(row.body)
      if (holdsAny(text, fragments) || needles.ids.some(id => text.includes(`{"c":"${id}"`))) held++
    })
  if (held > 0) out.found.push({ place: 'journal', rows: held })
  return out
}

export type StoredRow = { seq: number; body: Buffer }

/** Reads a workspace's journal rows of a bucket behind `after`, in order. Returns how many there were. */
export async function eachJournalRow(
  sql: Sql,
  workspace: Uuid,
  bucket: number,
  after: number,
  look: (row: StoredRow) => void,
): Promise<number> {
  let n = 0
  for (let seq = after; ; ) {
    const { rows } = await sql.query<StoredRow>(
      'select seq, body from journal where bucket = $1 and seq > $2 and workspace_id = $3 order by seq limit 200',
      [bucket, seq, workspace],
    )
    if (rows.length === 0) return n
    for (const row of rows) look(row)
    n += rows.length
    seq = rows.at(-1)!.seq
  }
}
