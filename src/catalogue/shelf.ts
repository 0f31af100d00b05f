// The tables of a catalogue that people keep by hand or by file: stores, staff, products. They share one way of being
// listed, changed and filled: a code that is theirs for ever, a version, archived instead of deleted. Table and column
// names come from the constants of this folder and from nowhere else; values are always bound.
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'

export type ShelfRow = {
  id: Uuid
  code: string
  archived: boolean
  version: number
  updated_at: Date
}
export type Shelf = {
  table: 'store' | 'staff' | 'product'
  prefix: 'sto' | 'stf' | 'prd'
  /** what callers write; `code` only when a row is made */
  columns: readonly string[]
  /** SQL that gives the text a search looks through */
  searched: string
}
/** Values by column. What is not named keeps its value, or gets the column's default in a new row. */
export type Values = { code?: string } & Record<string, unknown>

export type ShelfQuery = {
  q?: string
  archived: boolean
  /** equal to these, by column */
  where: Record<string, string | boolean | undefined>
  cursor?: string
  limit: number
}

const likeOf = (q: string): string => `%${q.replace(/[\\%_]/g, '\\$&')}%`

/** Newest first. */
export async function listShelf<R extends ShelfRow>(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  query: ShelfQuery,
): Promise<{ rows: R[]; next: string | null; total: number }> {
  const at = readCursor(query.cursor, isTexts(1))
  const conditions = ['workspace_id = $1', 'archived = $2']
  const values: unknown[] = [workspace, query.archived]
  const add = (condition: (n: string) => string, value: unknown) => {
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  const q = query.q?.trim()
  if (q) add(n => `(${shelf.searched}) ilike ${n}`, likeOf(q))
  for (const [column, value] of Object.entries(query.where))
    if (value !== undefined && value !== '') add(n => `${n} = ${column}`, value)
  const counted = await sql.query<{ n: number }>(
    `select count(*)::int as n from ${shelf.table} where ${conditions.join(' and ')}`,
    values,
  )
  if (at) add(n => `id < ${n}`, at[0])
  values.push(query.limit + 1)
  const { rows } = await sql.query<R>(
    `select * from ${shelf.table} where ${conditions.join(' and ')} order by id desc limit $${values.length}`,
    values,
  )
  const { shown, next } = cutPage(rows, query.limit, last => [last.id])
  return {
    rows: shown,
    next,
    total: counted.rows[0]?.n ?? 0,
  }
}

/** @throws Problem 404 */
export async function findOnShelf<R extends ShelfRow>(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  id: Uuid,
): Promise<R> {
  const { rows } = await sql.query<R>(`select * from ${shelf.table} where workspace_id = $1 and id = $2`, [
    workspace,
    id,
  ])
  if (!rows[0]) throw notFound(shelf.prefix)
  return rows[0]
}

/** Every row, by code, in pages: for exports. */
export async function* wholeShelf<R extends ShelfRow>(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
): AsyncGenerator<R> {
  for (let after = ''; ; ) {
    const { rows } = await sql.query<R>(
      `select * from ${shelf.table} where workspace_id = $1 and code > $2 and not archived order by code limit 1000`,
      [workspace, after],
    )
    yield* rows
    if (rows.length < 1000) return
    after = rows.at(-1)!.code
  }
}

/** Which of these codes there are. */
export async function codesOnShelf(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  codes: string[],
): Promise<Set<string>> {
  const { rows } = await sql.query<{ code: string }>(
    `select code from ${shelf.table} where workspace_id = $1 and code = any($2::text[])`,
    [workspace, codes],
  )
  return new Set(rows.map(r => r.code))
}

const given = (shelf: Shelf, values: Values): string[] =>
  shelf.columns.filter(c => values[c] !== undefined && c !== 'code')

/** @throws Problem 409 `code_taken` */
export async function insertOnShelf<R extends ShelfRow>(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  values: Values & { code: string },
): Promise<R> {
  const columns = ['code', ...given(shelf, values)]
  const { rows } = await sql.query<R>(
    `insert into ${shelf.table} (workspace_id, id, created_at, updated_at, ${columns.join(', ')})
     select $1, $2, $3, $3, ${columns.map(c => `r.${c}`).join(', ')} from jsonb_populate_record(null::${shelf.table}, $4::jsonb) r
     on conflict (workspace_id, code) do nothing returning *`,
    [workspace, newId(), new Date(), JSON.stringify(values)],
  )
  if (!rows[0])
    throw new Problem(409, 'code_taken', `The code ${values.code} is in use`, {
      path: 'code',
      action: 'Choose another code, or change the one there is (it may be archived).',
    })
  return rows[0]
}

/** @throws Problem 404, 409 `version_conflict` */
export async function updateOnShelf<R extends ShelfRow>(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  id: Uuid,
  version: number,
  values: Values,
): Promise<R> {
  const sets = given(shelf, values).map(c => `${c} = r.${c}`)
  const { rows } = await sql.query<R>(
    `update ${shelf.table} t set ${[...sets, 'version = t.version + 1', 'updated_at = $4'].join(', ')}
       from jsonb_populate_record(null::${shelf.table}, $5::jsonb) r
      where t.workspace_id = $1 and t.id = $2 and t.version = $3 returning t.*`,
    [workspace, id, version, new Date(), JSON.stringify(values)],
  )
  if (rows[0]) return rows[0]
  await findOnShelf(sql, shelf, workspace, id)
  throw new Problem(409, 'version_conflict', 'Somebody else changed this meanwhile', {
    path: 'version',
    action: 'Load it again and repeat your change.',
  })
}

export type Filled = 'new' | 'changed' | 'same'

/** Makes or changes rows by their code, in their order; one outcome for each. A row that is so already is left as it
 *  is, so that the same file again changes nothing. A new row needs every column that has no default. */
export async function fillShelf(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  rows: (Values & { code: string })[],
): Promise<Filled[]> {
  const outcomes: Filled[] = new Array(rows.length).fill('same')
  let wave: Map<string, number[]> = new Map()
  let codes = new Set<string>()
  const flush = async () => {
    for (const [columns, indexes] of wave)
      await fillAlike(sql, shelf, workspace, columns.split(','), rows, indexes, outcomes)
    wave = new Map()
    codes = new Set()
  }
  for (const [i, row] of rows.entries()) {
    if (codes.has(row.code)) await flush() // one statement takes a code once
    codes.add(row.code)
    const columns = ['code', ...given(shelf, row)].join(',')
    wave.set(columns, [...(wave.get(columns) ?? []), i])
  }
  await flush()
  return outcomes
}

/** Rows that name the same columns, no code twice. */
async function fillAlike(
  sql: Sql,
  shelf: Shelf,
  workspace: Uuid,
  columns: string[],
  rows: (Values & { code: string })[],
  indexes: number[],
  outcomes: Filled[],
): Promise<void> {
  const t = shelf.table
  const changing = columns.filter(c => c !== 'code')
  const { rows: written } = await sql.query<{ code: string; fresh: boolean }>(
    `insert into ${t} (workspace_id, id, created_at, updated_at, ${columns.join(', ')})
     select $1, ids.id, $2, $2, ${columns.map(c => `r.${c}`).join(', ')}
       from unnest($3::jsonb[], $4::uuid[]) ids (body, id)
       cross join lateral jsonb_populate_record(null::${t}, ids.body) r
     on conflict (workspace_id, code) do update
       set ${[...changing.map(c => `${c} = excluded.${c}`), `version = ${t}.version + 1`, 'updated_at = excluded.updated_at'].join(', ')}
       where (${columns.map(c => `${t}.${c}`).join(', ')}) is distinct from (${columns.map(c => `excluded.${c}`).join(', ')})
     returning code, xmax = 0 as fresh`,
    [workspace, new Date(), indexes.map(i => JSON.stringify(rows[i])), indexes.map(() => newId())],
  )
  const by = new Map(written.map(w => [w.code, w.fresh]))
  for (const i of indexes) {
    const fresh = by.get(rows[i]!.code)
    if (fresh !== undefined) outcomes[i] = fresh ? 'new' : 'changed'
  }
}
