// Imports as rows: what was uploaded, how it is read, how far a check or run has come. The lease says who works on it.
import { MAY, type Counts, type ImportStatus } from './status.ts'
import type { Mapping } from './headers.ts'
import type { FileShape } from './shape.ts'
import type { Uuid } from '../platform/ids.ts'
import { smallints, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'

export type ShownFault = {
  row: number
  field: string | null
  code: string
  detail: string
  value: string | null
}
export type ImportProblem = { code: string; title: string; action: string }

export type ImportRow = {
  id: Uuid
  workspace_id: Uuid
  source: string
  target: string | null
  preset: string | null
  file_name: string
  bytes: number
  shape: FileShape
  columns: string[]
  mapping: Mapping
  constants: Record<string, string>
  status: ImportStatus
  position: number
  read_bytes: number
  error_bytes: number
  counts: Counts
  faults: ShownFault[]
  problem: ImportProblem | null
  attempts: number
  created_by: string
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
}

const COLUMNS = `id, workspace_id, source, target, preset, file_name, bytes, shape, columns, mapping, constants, status,
  position, read_bytes, error_bytes, counts, faults, problem, attempts, created_by, created_at, started_at, ended_at`

export type NewImport = Pick<
  ImportRow,
  | 'source'
  | 'target'
  | 'preset'
  | 'file_name'
  | 'bytes'
  | 'shape'
  | 'columns'
  | 'mapping'
  | 'constants'
  | 'created_by'
> & { file_hash: Buffer }

export async function insertImport(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  given: NewImport,
  now: number,
): Promise<void> {
  await sql.query(
    `insert into import (id, workspace_id, source, target, preset, file_name, bytes, shape, columns, mapping, constants, status, created_by, created_at, file_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'draft', $12, $13, $14)`,
    [
      id,
      workspace,
      given.source,
      given.target,
      given.preset,
      given.file_name,
      given.bytes,
      JSON.stringify(given.shape),
      JSON.stringify(given.columns),
      JSON.stringify(given.mapping),
      JSON.stringify(given.constants),
      given.created_by,
      new Date(now),
      given.file_hash,
    ],
  )
}

/** The source under which this very file came before. */
export async function sourceOfFile(sql: Sql, workspace: Uuid, hash: Buffer): Promise<string | null> {
  const { rows } = await sql.query<{ source: string }>(
    'select source from import where workspace_id = $1 and file_hash = $2 order by id desc limit 1',
    [workspace, hash],
  )
  return rows[0]?.source ?? null
}

/** A file that could not be read at all, kept so that its feed shows as broken. */
export async function insertBroken(
  sql: Sql,
  workspace: Uuid,
  given: Pick<ImportRow, 'id' | 'source' | 'file_name' | 'bytes' | 'created_by'>,
  problem: ImportProblem,
  now: number,
): Promise<void> {
  await sql.query(
    `insert into import (id, workspace_id, source, file_name, bytes, shape, status, problem, created_by, created_at, ended_at)
     values ($1, $2, $3, $4, $5, '{}', 'failed', $6, $7, $8, $8)`,
    [
      given.id,
      workspace,
      given.source,
      given.file_name,
      given.bytes,
      JSON.stringify(problem),
      given.created_by,
      new Date(now),
    ],
  )
}

export async function findImport(sql: Sql, workspace: Uuid, id: Uuid): Promise<ImportRow | null> {
  const { rows } = await sql.query<ImportRow>(
    `select ${COLUMNS} from import where workspace_id = $1 and id = $2`,
    [workspace, id],
  )
  return rows[0] ?? null
}

/** Newest first, below the id `before`; of one source when named. */
export async function listImports(
  sql: Sql,
  workspace: Uuid,
  source: string | null,
  before: Uuid | null,
  limit: number,
): Promise<ImportRow[]> {
  const { rows } = await sql.query<ImportRow>(
    `select ${COLUMNS} from import
      where workspace_id = $1 and ($2::text is null or source = $2) and ($3::uuid is null or id < $3)
      order by id desc limit $4`,
    [workspace, source, before, limit],
  )
  return rows
}

/** The mapping that was last used for a source and target. */
export async function lastMapping(
  sql: Sql,
  workspace: Uuid,
  source: string,
  target: string,
): Promise<Mapping | null> {
  const { rows } = await sql.query<{ mapping: Mapping }>(
    `select mapping from import where workspace_id = $1 and source = $2 and target = $3 and status <> 'draft' order by id desc limit 1`,
    [workspace, source, target],
  )
  return rows[0]?.mapping ?? null
}

/** Settings of a file that nobody works on. False: somebody does, or it has run. */
export async function saveSettings(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  given: Pick<ImportRow, 'source' | 'target' | 'preset' | 'shape' | 'columns' | 'mapping' | 'constants'>,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update import set source = $3, target = $4, preset = $5, shape = $6, columns = $7, mapping = $8, constants = $9, status = 'draft',
            position = 0, read_bytes = 0, error_bytes = 0, counts = '{}', faults = '[]', problem = null
      where workspace_id = $1 and id = $2 and status = any($10::text[])`,
    [
      workspace,
      id,
      given.source,
      given.target,
      given.preset,
      JSON.stringify(given.shape),
      JSON.stringify(given.columns),
      JSON.stringify(given.mapping),
      JSON.stringify(given.constants),
      MAY.edit,
    ],
  )
  return rowCount === 1
}

/** Moves an import where its present status allows it; starts count from zero. */
export async function queueImport(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  to: 'checking' | 'queued',
  now: number,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update import set status = $3, position = 0, read_bytes = 0, error_bytes = 0, counts = '{}', faults = '[]', problem = null,
            attempts = 0, owner = null, lease_until = '-infinity', started_at = $5, ended_at = null
      where workspace_id = $1 and id = $2 and status = any($4::text[])`,
    [workspace, id, to, to === 'queued' ? MAY.start : MAY.check, new Date(now)],
  )
  return rowCount === 1
}

/** What nobody works on ends at once; what runs ends after its present chunk. */
export async function cancelImport(sql: Sql, workspace: Uuid, id: Uuid, now: number): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update import i set status = case when free then 'cancelled' else 'cancelling' end,
            owner = case when not free then i.owner end, ended_at = case when free then $3::timestamptz end
       from (select id, lease_until < clock_timestamp() as free from import
              where workspace_id = $1 and id = $2 and status = any($4::text[]) for update) f
      where i.id = f.id`,
    [workspace, id, new Date(now), MAY.cancel],
  )
  return rowCount === 1
}

export async function deleteImport(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query(
    'delete from import where workspace_id = $1 and id = $2 and status = any($3::text[])',
    [workspace, id, MAY.delete],
  )
  return rowCount === 1
}

// ── work ─────────────────────────────────────────────────────────────────────

const LEASE_S = 30
/** Starts of one import without any progress, after which it has failed. */
const MOST_ATTEMPTS = 3

/** Takes the oldest import that waits or whose worker is gone, among those whose files are here. */
export async function claimImport(sql: Sql, owner: string, here: Uuid[]): Promise<ImportRow | null> {
  const { rows } = await sql.query<ImportRow>(
    `with waiting as (
       select id from import
        where status in ('checking', 'queued', 'running', 'cancelling') and lease_until < clock_timestamp() and id = any($2::uuid[])
        order by id limit 1 for update skip locked)
     update import i set owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S}),
            status = case when i.status = 'queued' then 'running' else i.status end, attempts = attempts + 1
       from waiting w where i.id = w.id
     returning ${COLUMNS.replace(/^id/, 'i.id')}`,
    [owner, here],
  )
  return rows[0] ?? null
}

/** Imports that wait for a worker or have one that may be gone. */
export async function waitingImports(sql: Sql): Promise<Uuid[]> {
  const { rows } = await sql.query<{ id: Uuid }>(
    `select id from import where status in ('checking', 'queued', 'running', 'cancelling') and lease_until < clock_timestamp() order by id`,
  )
  return rows.map(r => r.id)
}

export const triedTooOften = (row: ImportRow): boolean => row.attempts > MOST_ATTEMPTS

export type Progress = {
  position: number
  readBytes: number
  errorBytes: number
  counts: Counts
  faults: ShownFault[]
}

/** Notes how far it is and renews the lease; false when the lease is somebody else's. Gives whether to go on. */
export async function noteProgress(
  sql: Sql,
  id: Uuid,
  owner: string,
  p: Progress,
): Promise<'go' | 'cancel' | 'lost'> {
  const { rows } = await sql.query<{ status: ImportStatus }>(
    `update import set position = $3, read_bytes = $4, error_bytes = $5, counts = $6, faults = $7, attempts = 0,
            lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S})
      where id = $1 and owner = $2 returning status`,
    [id, owner, p.position, p.readBytes, p.errorBytes, JSON.stringify(p.counts), JSON.stringify(p.faults)],
  )
  const status = rows[0]?.status
  return status === undefined ? 'lost' : status === 'cancelling' ? 'cancel' : 'go'
}

export async function endImport(
  sql: Sql,
  id: Uuid,
  owner: string,
  status: ImportStatus,
  problem: ImportProblem | null,
  now: number,
): Promise<void> {
  await sql.query(
    `update import set status = $3, problem = $4, owner = null, lease_until = '-infinity', ended_at = $5
      where id = $1 and owner = $2`,
    [id, owner, status, problem && JSON.stringify(problem), new Date(now)],
  )
}

/** An import that its worker left before the end is free for others at once. */
export async function releaseImport(sql: Sql, id: Uuid, owner: string): Promise<void> {
  await sql.query(`update import set owner = null, lease_until = '-infinity' where id = $1 and owner = $2`, [
    id,
    owner,
  ])
}

// ── feeds ────────────────────────────────────────────────────────────────────

export type FeedHealth = 'ok' | 'failed' | 'wrong' | 'late'
export type FeedRow = { source: string; every_hours: number | null; last: Uuid | null; health: FeedHealth }

/** A run with a larger share of wrong rows than this is a broken feed. */
const MOST_WRONG = 0.05

/** Every source with its last run: failed; wrong: too many rows refused; late: longer ago than it is expected. */
export async function feedsOf(sql: Sql, workspace: Uuid, now: number): Promise<FeedRow[]> {
  const { rows } = await sql.query<FeedRow>(
    `with last as (
       select distinct on (source) source, id, status, counts, coalesce(ended_at, created_at) as at
         from import where workspace_id = $1 and status in ('done', 'failed') order by source, id desc)
     select coalesce(l.source, f.source) as source, f.every_hours, l.id as last,
            case when l.status = 'failed' then 'failed'
                 when f.every_hours is not null and (l.at is null or l.at < $2::timestamptz - make_interval(hours => f.every_hours)) then 'late'
                 when (l.counts->>'wrong')::bigint > $3 * (
                   select sum(value::bigint) from jsonb_each_text(l.counts) where key <> 'skipped') then 'wrong'
                 else 'ok' end as health
       from last l full join (select * from import_feed where workspace_id = $1) f using (source)
      order by 1`,
    [workspace, new Date(now), MOST_WRONG],
  )
  return rows
}

export async function countBrokenFeeds(sql: Sql, workspace: Uuid, now: number): Promise<number> {
  return (await feedsOf(sql, workspace, now)).filter(f => f.health !== 'ok').length
}

export async function saveFeed(
  sql: Sql,
  workspace: Uuid,
  source: string,
  everyHours: number | null,
): Promise<void> {
  await sql.query(
    `insert into import_feed (workspace_id, source, every_hours) values ($1, $2, $3)
     on conflict (workspace_id, source) do update set every_hours = excluded.every_hours`,
    [workspace, source, everyHours],
  )
}

// ── what was brought before ──────────────────────────────────────────────────

export type Brought = { bucket: number; key: Uuid; content: Uuid }
const arraysOf = (workspace: Uuid, items: Brought[]) => [
  workspace,
  smallints(items.map(i => i.bucket)),
  uuids(items.map(i => i.key)),
  uuids(items.map(i => i.content)),
]

export type Known = Map<Uuid, { n: number; fresh: boolean }>

/** Notes items by key and content; gives those that are new or changed, with the number of their content. Keys are
 *  distinct. Rows are written in key order, so that two imports of the same file cannot wait for each other. */
export async function noteBrought(sql: Sql, workspace: Uuid, items: Brought[]): Promise<Known> {
  const sorted = items.toSorted((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : 1))
  const { rows } = await sql.query<{ key: Uuid; n: number }>(
    `insert into imported as i (bucket, workspace_id, key, content)
     select b, $1, k, c from unnest($2::smallint[], $3::uuid[], $4::uuid[]) as given (b, k, c)
     on conflict (bucket, workspace_id, key) do update set content = excluded.content, n = i.n + 1
       where i.content <> excluded.content
     returning key, n`,
    arraysOf(workspace, sorted),
  )
  return new Map(rows.map(r => [r.key, { n: r.n, fresh: r.n === 1 }]))
}

/** The same answer, and nothing is noted. */
export async function lookBrought(sql: Sql, workspace: Uuid, items: Brought[]): Promise<Known> {
  const { rows } = await sql.query<{ key: Uuid; n: number | null }>(
    `select g.k as key, i.n from unnest($2::smallint[], $3::uuid[], $4::uuid[]) as g (b, k, c)
       left join lateral (select x.content, x.n from imported x where x.bucket = g.b and x.workspace_id = $1 and x.key = g.k offset 0) i on true
      where i.content is distinct from g.c`,
    arraysOf(workspace, items),
  )
  return new Map(rows.map(r => [r.key, { n: (r.n ?? 0) + 1, fresh: r.n === null }]))
}
