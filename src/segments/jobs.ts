// Work over many customers of a workspace, as rows: queued in the transaction that asks for it, claimed by one worker at a
// time, moved along in steps (src/segments/worker.ts).
import { newId, type Uuid } from '../platform/ids.ts'
import type { Pool, Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'

export type JobKind = 'backfill' | 'snapshot' | 'tag' | 'untag'
export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
export type JobParams = {
  /** backfill: number of the world it belongs to */
  no?: number
  /** snapshot, tag, untag: only this group */
  group?: string
  /** snapshot: the list that is filled */
  into?: Uuid
  /** tag, untag */
  tag?: string
  until?: string
}
export type JobRow = {
  id: Uuid
  workspace_id: Uuid
  segment_id: Uuid | null
  kind: JobKind
  params: JobParams
  status: JobStatus
  bucket: number
  after: Uuid
  done: number
  total: number | null
  hits: number
  problem: { code: string; title: string; action: string } | null
  attempts: number
  created_by: string
  created_at: Date
  ended_at: Date | null
}

export const JOB_COLUMNS =
  'id, workspace_id, segment_id, kind, params, status, bucket, after, done, total, hits, problem, attempts, created_by, created_at, ended_at'

/** In the caller's transaction; after its commit emit `segment-job`. */
export async function queueJob(
  sql: Sql,
  job: { workspace: Uuid; segment: Uuid | null; kind: JobKind; params: JobParams; actor: string },
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into segment_job (id, workspace_id, segment_id, kind, params, status, created_by, created_at)
     values ($1, $2, $3, $4, $5, 'queued', $6, $7)`,
    [id, job.workspace, job.segment, job.kind, JSON.stringify(job.params), job.actor, new Date()],
  )
  return id
}

/** @throws Problem 404 `job_not_found` */
export async function findJob(sql: Sql, workspace: Uuid, segment: Uuid, id: Uuid): Promise<JobRow> {
  const { rows } = await sql.query<JobRow>(
    `select ${JOB_COLUMNS} from segment_job where workspace_id = $1 and segment_id = $2 and id = $3`,
    [workspace, segment, id],
  )
  if (!rows[0]) throw notFound('job')
  return rows[0]
}

export async function jobsOf(pool: Pool, workspace: Uuid, segment: Uuid): Promise<JobRow[]> {
  const { rows } = await pool.query<JobRow>(
    `select ${JOB_COLUMNS} from segment_job where workspace_id = $1 and segment_id = $2 order by id desc limit 50`,
    [workspace, segment],
  )
  return rows
}

/** Backfills that are not over, by segment: customers done and all. */
export async function computing(
  pool: Pool,
  workspace: Uuid,
): Promise<Map<Uuid, { done: number; total: number | null }>> {
  const { rows } = await pool.query<{ segment_id: Uuid; done: number; total: number | null }>(
    `select segment_id, done, total from segment_job
      where workspace_id = $1 and segment_id is not null and kind = 'backfill' and status in ('queued', 'running') order by id`,
    [workspace],
  )
  return new Map(rows.map(r => [r.segment_id, { done: r.done, total: r.total }]))
}

/** What has ended stays as it ended. */
export async function cancelJob(sql: Sql, workspace: Uuid, segment: Uuid, id: Uuid): Promise<void> {
  await sql.query(
    `update segment_job set status = 'cancelled', ended_at = clock_timestamp()
      where workspace_id = $1 and segment_id = $2 and id = $3 and kind <> 'backfill' and status in ('queued', 'running')`,
    [workspace, segment, id],
  )
}
