// A backup of both engines, taken while everything runs: all PostgreSQL tables from one snapshot, then history up to
// that snapshot's cursors. SECRET_KEY is not in it.
import type { Readable } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { History } from './clickhouse.ts'
import { beginBackup, type Manifest, type Part, writePart } from './backup-files.ts'

export type BackupSource = {
  databaseUrl: string
  history: History
  onProgress?: (step: string, done: number, total: number) => void
}

export type BackedUp = {
  at: string
  tables: number
  rows: number
  bytes: number
  historyRows: number
  snapshotMs: number
}

/** Made anew by running processes: nothing to keep. */
const PASSING = new Set(['schema_migration', 'process', 'process_metrics'])
const ROWS_PER_PART = 100_000

/** Every table with its columns, those first that others refer to: the order in which they can be filled. */
export async function tablesInOrder(client: pg.Client): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[]; needs: string[] }>(
    `select c.relname as table,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
            (select coalesce(array_agg(distinct r.relname::text), '{}') from pg_constraint k join pg_class r on r.oid = k.confrelid
              where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
       from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1`,
  )
  const left = rows.filter(r => !PASSING.has(r.table))
  const done = new Set<string>(PASSING)
  const ordered: { table: string; columns: string[] }[] = []
  while (left.length) {
    const i = left.findIndex(r => r.needs.every(n => done.has(n)))
    if (i < 0) throw new Error(`tables refer to each other in a circle: ${left.map(r => r.table).join(', ')}`)
    const [next] = left.splice(i, 1)
    done.add(next!.table)
    ordered.push({ table: next!.table, columns: next!.columns })
  }
  return ordered
}

export const columnList = (columns: string[]): string => columns.map(c => `"${c}"`).join(', ')

/** Writes a backup to `target`: a folder, or one file when the name ends with .tar.
 *  @throws Problem when `target` exists; nothing is left of a backup that failed */
export async function backup(source: BackupSource, target: string): Promise<BackedUp> {
  const place = beginBackup(target)
  const client = new pg.Client({
    connectionString: source.databaseUrl,
    application_name: 'itinera backup',
    statement_timeout: 0,
  })
  try {
    await client.connect()
    const from = performance.now()
    await client.query('begin isolation level repeatable read read only')
    const postgres = await copyPostgres(client, place.dir, source)
    const { rows: cursorRows } = await client.query<{ bucket: number; seq: number }>(
      'select bucket, seq from history_cursor order by bucket',
    )
    const meta = await client.query<{ at: Date; incarnation: string | null }>(
      `select transaction_timestamp() as at, (select value from system where key = 'incarnation') as incarnation`,
    )
    const steps = await client.query<{ name: string; hash: string }>(
      'select name, hash from schema_migration order by name',
    )
    await client.query('commit')
    // from here on PostgreSQL may vacuum again; history only grows, so what the snapshot's cursors cover stays
    const snapshotMs = Math.round(performance.now() - from)
    const cursors = Object.fromEntries(cursorRows.map(r => [String(r.bucket), r.seq]))
    const history = await copyHistory(source, place.dir, cursors)
    const { at, incarnation } = meta.rows[0]!
    const manifest: Manifest = {
      format: 1,
      at: at.toISOString(),
      incarnation,
      postgres: { steps: steps.rows, parts: postgres },
      history: { parts: history },
      cursors,
    }
    await place.finish(manifest)
    await noteBackup(client, manifest.at)
    const sum = (parts: Part[], of: 'rows' | 'bytes') => parts.reduce((n, p) => n + p[of], 0)
    return {
      at: manifest.at,
      tables: postgres.length,
      rows: sum(postgres, 'rows'),
      bytes: sum(postgres, 'bytes') + sum(history, 'bytes'),
      historyRows: sum(history.filter(isEvents), 'rows'),
      snapshotMs,
    }
  } catch (error) {
    place.abandon()
    throw error
  } finally {
    await client.end()
  }
}

/** Lets retention cut journal rows that a backup holds. A minute earlier than the snapshot: no transaction of ours is
 *  longer, so what a fold stamped before then was committed by the snapshot. */
async function noteBackup(client: pg.Client, at: string): Promise<void> {
  const until = new Date(Date.parse(at) - 60_000).toISOString()
  await client.query(
    `insert into system (key, value) values ('backup_at', $1) on conflict (key) do update set value = greatest(system.value, excluded.value)`,
    [until],
  )
}

async function copyPostgres(client: pg.Client, dir: string, source: BackupSource): Promise<Part[]> {
  const tables = await tablesInOrder(client)
  const parts: Part[] = []
  for (const { table, columns } of tables) {
    const stream = client.query(copyTo(`copy "${table}" (${columnList(columns)}) to stdout`))
    parts.push(
      await writePart(
        dir,
        { table, file: `postgres/${table}.copy.zst`, columns },
        stream,
        () => stream.rowCount,
      ),
    )
    source.onProgress?.('postgres', parts.length, tables.length)
  }
  return parts
}

export const isEvents = (part: Part): boolean => part.table === 'event'

/** Which rows of history the snapshot has: those at or below its cursor in their bucket. */
const COVERED = 'seq <= arrayElement({cursors:Array(UInt64)}, bucket + 1)'

/** The event table, month by month, in parts of about 100,000 rows by a hash of the customer, and the sizes that segments
 *  had, which nothing else tells. The table of customer snapshots is not copied: restore makes it again from the customers,
 *  so that it cannot be ahead of them. */
async function copyHistory(
  source: BackupSource,
  dir: string,
  cursors: Record<string, number>,
): Promise<Part[]> {
  const query_params = { cursors: Array.from({ length: 256 }, (_, bucket) => cursors[String(bucket)] ?? 0) }
  const ask = async <T>(query: string): Promise<T[]> =>
    (await source.history.query({ query, query_params, format: 'JSONEachRow' })).json<T>()
  const columnsOf = async (table: string): Promise<string[]> =>
    (
      await ask<{ name: string }>(
        `select name from system.columns where database = currentDatabase() and table = '${table}' and default_kind not in ('MATERIALIZED', 'ALIAS') order by position`,
      )
    ).map(c => c.name)
  const copy = async (
    part: Pick<Part, 'table' | 'file' | 'columns'>,
    where: string,
    params: Record<string, unknown>,
  ): Promise<Part> => {
    const { stream } = await source.history.exec({
      query: `select ${columnList(part.columns)} from ${part.table} where ${where} format TabSeparated`,
      query_params: params,
    })
    let rows = 0
    const counted = stream as Readable
    counted.on('data', (chunk: Buffer) => (rows += countLines(chunk)))
    return writePart(dir, part, counted, () => rows)
  }
  const columns = await columnsOf('event')
  const months = await ask<{ month: number; n: number }>(
    `select toYYYYMM(occurred) as month, toUInt32(count()) as n from event where ${COVERED} group by month order by month`,
  )
  const parts: Part[] = []
  const total = months.reduce((n, m) => n + Math.ceil(m.n / ROWS_PER_PART), 1)
  for (const { month, n } of months) {
    const cuts = Math.ceil(n / ROWS_PER_PART)
    let found = 0
    for (let cut = 0; cut < cuts; cut++) {
      const part = await copy(
        { table: 'event', file: `history/event-${month}-${cut}.tsv.zst`, columns },
        `${COVERED} and toYYYYMM(occurred) = {month:UInt32} and cityHash64(customer_id) % {cuts:UInt32} = {cut:UInt32}`,
        { ...query_params, month, cuts, cut },
      )
      parts.push(part)
      found += part.rows
      source.onProgress?.('history', parts.length, total)
    }
    if (found !== n) throw new Error(`history: ${found} rows of ${month} were read, ${n} are there`)
  }
  const sizes = {
    table: 'segment_size',
    file: 'history/segment-size.tsv.zst',
    columns: await columnsOf('segment_size'),
  }
  parts.push(await copy(sizes, '1', {}))
  source.onProgress?.('history', parts.length, total)
  return parts
}

/** TabSeparated escapes a line break inside a value: each raw one ends a row. */
function countLines(chunk: Buffer): number {
  let n = 0
  for (let i = chunk.indexOf(10); i >= 0; i = chunk.indexOf(10, i + 1)) n++
  return n
}
