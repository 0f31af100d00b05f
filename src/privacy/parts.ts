// Parts of an access report: rows of one place in the order of its key, so that each is in one part whatever is written between
// two of them; and the mark that says where the next part begins.
import { askHistory, type History } from '../platform/clickhouse.ts'
import { must, Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { Person } from './model.ts'

/** Where a part ended: whose report, which part, and of each place that has more the key of its last row. */
export type Next = { of: Uuid; part: number; open: Record<string, string[]> }
export type Keyed<Row> = { row: Row; key: string[] }
type Page = { after: string[] | null; limit: number }
type Row = Record<string, unknown>
type Column = { name: string; type: string }

/** Keys may be contact data, and the mark travels in an address: sealed. */
export const writeNext = (secrets: Secrets, next: Next): string =>
  secrets.seal(JSON.stringify(next)).toString('base64url')

/** @throws Problem 400 `bad_cursor`: not of this person's report */
export function readNext(secrets: Secrets, text: string, person: Person): Next {
  let next: Next | null = null
  try {
    next = JSON.parse(secrets.open(Buffer.from(text, 'base64url'))) as Next
  } catch {
    next = null // answered below, like the mark of somebody else's report
  }
  if (next !== null && person.ids.includes(next.of)) return next
  throw new Problem(400, 'bad_cursor', 'This is not a part of this report', {
    path: 'next',
    action: 'Pass the `next` of the part before, or leave it out and begin with the first part.',
  })
}

/** The columns a page goes by are named `key_0`, `key_1` … beside those of the row. */
const keyed = (rows: Row[], size: number): Keyed<Row>[] =>
  rows.map(row => ({
    row: Object.fromEntries(Object.entries(row).filter(([name]) => !/^key_\d+$/.test(name))),
    key: Array.from({ length: size }, (_, i) => String(row[`key_${i}`])),
  }))

const tuple = (parts: string[]): string => `(${parts.join(', ')})`

async function primaryKey(sql: Sql, table: string): Promise<Column[]> {
  const { rows } = await sql.query<Column>(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
       from pg_index i cross join unnest(i.indkey::smallint[]) with ordinality as k(attnum, n)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = format('%I', $1::text)::regclass and i.indisprimary order by k.n`,
    [table],
  )
  must(rows.length > 0, `table ${table} has a primary key, by which its rows are told apart`)
  return rows
}

/** Rows of a table behind `after`, by its primary key: no update moves a row, no new row moves the others. */
export async function readTable(
  sql: Sql,
  of: { table: string; where: string; values: unknown[]; columns?: string | undefined },
  { after, limit }: Page,
): Promise<Keyed<Row>[]> {
  const key = await primaryKey(sql, of.table)
  const columns = tuple(key.map(k => `"${k.name}"`))
  const behind = after
    ? `and ${columns} > ${tuple(key.map((k, i) => `$${of.values.length + i + 1}::text::${k.type}`))}`
    : ''
  const { rows } = await sql.query<Row>(
    `select ${of.columns ?? '*'}, ${key.map((k, i) => `"${k.name}"::text as key_${i}`).join(', ')}
       from "${of.table}" where (${of.where}) ${behind} order by ${key.map(k => `"${k.name}"`).join(', ')} limit ${limit}`,
    [...of.values, ...(after ?? [])],
  )
  return keyed(rows, key.length)
}

/** What tells rows of one sorting key apart, where a table has it: the place in the journal. */
const JOURNAL_PLACE = ['bucket', 'seq', 'line', 'part']

/** The same of a table of history; of what is replaced there by its key the newest row. */
export async function readHistory(
  history: History,
  table: string,
  person: Person,
  { after, limit }: Page,
): Promise<Keyed<Row>[]> {
  const columns = await askHistory<Column & { sorted: number; replacing: number }>(
    history,
    `select c.name as name, c.type as type, c.is_in_sorting_key as sorted, t.engine like 'Replacing%' as replacing
       from system.columns c join system.tables t on t.database = c.database and t.name = c.table
      where c.database = currentDatabase() and c.table = {table:String} order by c.position`,
    { table },
  )
  const replacing = columns.some(c => c.replacing === 1)
  const key = columns.filter(c => c.sorted === 1 || (!replacing && JOURNAL_PLACE.includes(c.name)))
  const names = key.map(k => k.name)
  const behind = after
    ? `and ${tuple(names)} > ${tuple(key.map((k, i) => `cast({k${i}:String} as ${k.type})`))}`
    : ''
  const rows = await askHistory<Row>(
    history,
    `select *, ${names.map((name, i) => `toString(${name}) as key_${i}`).join(', ')}
       from ${table} ${replacing ? 'final' : ''}
      where workspace_id = {workspace:UUID} and customer_id in {ids:Array(UUID)} ${behind}
      order by ${names.join(', ')} limit ${limit}`,
    {
      workspace: person.workspace,
      ids: person.ids,
      ...Object.fromEntries((after ?? []).map((value, i) => [`k${i}`, value])),
    },
  )
  return keyed(rows, key.length)
}
