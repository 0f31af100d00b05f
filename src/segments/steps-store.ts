// What a job asks the database as it walks over a workspace's customers: who comes next, what is still to be folded, and
// how far each bucket and history have come.
import type { Core } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import { bucketOf, BUCKETS, type Uuid } from '../platform/ids.ts'
import { smallints, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import { NOBODY, type JobRow } from './jobs.ts'

/** Customers of a step, and rows that may wait in bulk before a step waits, too. */
const STEP_ROWS = 1_000
const MOST_WAITING = 20_000

/** A customer as stored; `state`: packed (src/customers/pack.ts). */
export type Seen = { bucket: number; id: Uuid; state: string; merged: boolean }
/** Behind which the next step begins. */
export type Place = { bucket: number; after: Uuid }

/** The next customers of a workspace, merged ones too, in the order of bucket and id. */
export async function customersAfter(core: Core, workspace: Uuid, { bucket, after }: Place): Promise<Seen[]> {
  const { rows } = await core.pool.query<Seen>(
    `select bucket, id, state, merged_into is not null as merged from customer
      where bucket between $1 and 255 and (bucket, id) > ($1, $3) and workspace_id = $2 order by bucket, id limit ${STEP_ROWS}`,
    [bucket, workspace, after],
  )
  return rows
}

/** Where a step ends: behind the last bucket when it was not full. */
export function placeBehind(seen: Seen[]): Place {
  const last = seen.length < STEP_ROWS ? undefined : seen.at(-1)
  return last ? { bucket: last.bucket, after: last.id } : { bucket: BUCKETS, after: NOBODY }
}

export async function countRows(core: Core, workspace: Uuid): Promise<number> {
  const { rows } = await core.pool.query<{ n: number }>(
    'select count(*) as n from customer where workspace_id = $1',
    [workspace],
  )
  return rows[0]!.n
}

/** So much waits in bulk that more would only wait longer. */
export async function isFull(core: Core, workspace: Uuid): Promise<boolean> {
  const { rows } = await core.pool.query<{ n: number }>(
    `select count(*) as n from (select from bulk where workspace_id = $1 limit ${MOST_WAITING}) b`,
    [workspace],
  )
  return rows[0]!.n >= MOST_WAITING
}

/** Something that a job said has not been folded yet. */
export async function isWaiting(core: Core, workspace: Uuid): Promise<boolean> {
  const { rows } = await core.pool.query<{ waits: boolean }>(
    `select exists (select from bulk where workspace_id = $1 and kind in ('recheck', 'fill'))
         or exists (select from inbox where workspace_id = $1 and kind in ('recheck', 'fill')) as waits`,
    [workspace],
  )
  return rows[0]!.waits
}

/** The number of the world that is published now, and the workspace's clock, ms before or behind. */
export async function newest(sql: Sql, workspace: Uuid): Promise<{ no: number; offsetMs: number }> {
  const { rows } = await sql.query<{ no: number; offset: number }>(
    'select catalogue_no as no, clock_offset_ms as offset from workspace where id = $1',
    [workspace],
  )
  must(rows[0], 'a job belongs to a workspace')
  return { no: rows[0].no, offsetMs: rows[0].offset }
}

/** Every bucket has come to this world. */
export async function isFolded(core: Core, workspace: Uuid, no: number): Promise<boolean> {
  const { rows } = await core.pool.query<{ n: number }>(
    'select count(*) as n from bucket_workspace where workspace_id = $1 and catalogue_no >= $2',
    [workspace, no],
  )
  return rows[0]!.n === BUCKETS
}

type Edge = {
  /** the journal row with which the publication begins in this bucket */
  seq: number
  /** how far history has copied the bucket's journal */
  copied: number
}

/** By bucket; null: the publication has not been folded everywhere. */
export async function edgesOf(core: Core, job: JobRow): Promise<Edge[] | null> {
  const { rows } = await core.pool.query<Edge>(
    `select e.seq, c.seq as copied from catalogue_edge e join history_cursor c on c.bucket = e.bucket
      where e.bucket between 0 and 255 and e.workspace_id = $1 and e.no = $2 order by e.bucket`,
    [job.workspace_id, job.params.no],
  )
  return rows.length === BUCKETS ? rows : null
}

/** Beginnings up to this publication's that no other job needs. */
export async function forgetEdges(sql: Sql, job: JobRow): Promise<void> {
  await sql.query(
    `delete from catalogue_edge where bucket between 0 and 255 and workspace_id = $1 and no <= $2
        and not exists (select from segment_job j where j.workspace_id = $1 and j.id <> $3 and j.kind = 'backfill'
                           and j.status in ('queued', 'running') and (j.params->>'no')::bigint = catalogue_edge.no)`,
    [job.workspace_id, job.params.no, job.id],
  )
}

/** Those of `ids` who have an order. */
export async function havingOrders(core: Core, job: JobRow, ids: Uuid[]): Promise<Uuid[]> {
  if (ids.length === 0) return []
  const { rows } = await core.pool.query<{ id: Uuid }>(
    `select u.id from unnest($1::smallint[], $3::uuid[]) u (bucket, id)
      cross join lateral (select from order_entry o where o.bucket = u.bucket and o.workspace_id = $2 and o.customer_id = u.id limit 1) x`,
    [smallints(ids.map(bucketOf)), job.workspace_id, uuids(ids)],
  )
  return rows.map(r => r.id)
}

/** The version's past is known from now on. */
export async function noteFilled(sql: Sql, job: JobRow): Promise<void> {
  await sql.query(
    `update segment_version set filled_at = clock_timestamp()
      where workspace_id = $1 and segment_id = $2 and since <= $3 and filled_at is null`,
    [job.workspace_id, job.segment_id, job.params.no],
  )
}
