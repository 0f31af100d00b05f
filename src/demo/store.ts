// How far the demo is, asked of PostgreSQL: rows not folded yet, history not copied yet, and the progress others read.
import { askHistory, type History } from '../platform/clickhouse.ts'
import { Problem } from '../platform/errors.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

/** Rows of the workspace that wait to be folded, seen at one moment: bulk moves into the inbox meanwhile. */
export async function countUnfolded(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select (select count(*) from bulk where bucket = any($1::smallint[]) and workspace_id = $2)
          + (select count(*) from inbox where bucket = any($1::smallint[]) and workspace_id = $2) as n`,
    [ALL_BUCKETS, workspace],
  )
  return Number(rows[0]!.n)
}

/** Where each bucket's journal ends now. */
export async function journalHeads(sql: Sql): Promise<number[]> {
  const { rows } = await sql.query<{ journal_seq: number }>(
    'select journal_seq from bucket where bucket = any($1::smallint[]) order by bucket',
    [ALL_BUCKETS],
  )
  return rows.map(r => Number(r.journal_seq))
}

/** Journal rows up to `heads` that history has not copied yet. */
export async function historyBehind(sql: Sql, heads: number[]): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select coalesce(sum(greatest(0, h.head - c.seq)), 0) as n
       from unnest($1::smallint[], $2::bigint[]) h(bucket, head) join history_cursor c using (bucket)`,
    [ALL_BUCKETS, heads],
  )
  return Number(rows[0]!.n)
}

/** How often the workspace's people changed, in all. */
export async function countChanges(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'select coalesce(sum(version), 0)::float8 as n from customer where bucket = any($1::smallint[]) and workspace_id = $2',
    [ALL_BUCKETS, workspace],
  )
  return rows[0]!.n
}

/** How many of `changes` history does not show of the people yet: their snapshots trail its rows. All while it does not answer. */
export async function snapshotsBehind(history: History, workspace: Uuid, changes: number): Promise<number> {
  try {
    const rows = await askHistory<{ n: number }>(
      history,
      'select sum(version) as n from customer final where workspace_id = {workspace:UUID}',
      { workspace },
    )
    return Math.max(0, changes - Number(rows[0]!.n))
  } catch (error) {
    if (error instanceof Problem) return changes
    throw error
  }
}

/** Segments whose past is still being looked at. */
export async function countComputing(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*) as n from segment_job
      where workspace_id = $1 and kind = 'backfill' and status in ('queued', 'running')`,
    [workspace],
  )
  return Number(rows[0]!.n)
}

/** Kept in table `system`, so that every process answers alike and a build that died is known as such. */
export type DemoRecord = {
  state: 'running' | 'done' | 'failed'
  done: number
  total: number
  step: string
  workspace: Uuid | null
  process: string
  at: number
}

const recordKey = (user: Uuid) => `demo:${user}`

export async function readDemo(sql: Sql, user: Uuid): Promise<DemoRecord | null> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [
    recordKey(user),
  ])
  return rows[0] ? (JSON.parse(rows[0].value) as DemoRecord) : null
}

export async function writeDemo(sql: Sql, user: Uuid, record: DemoRecord): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [recordKey(user), JSON.stringify(record)],
  )
}

/** Takes the start for this user; false when a build of theirs was heard of since `silentSince` (real ms). */
export async function claimDemo(
  sql: Sql,
  user: Uuid,
  record: DemoRecord,
  silentSince: number,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into system (key, value) values ($1, $2)
     on conflict (key) do update set value = excluded.value
       where system.value::jsonb->>'state' <> 'running' or (system.value::jsonb->>'at')::float8 < $3`,
    [recordKey(user), JSON.stringify(record), silentSince],
  )
  return rowCount === 1
}
