// Work over many customers of a workspace, as rows: queued in the transaction that asks for it, claimed by one worker at a
// time, moved along in steps of one transaction each (src/segments/steps.ts).
import type { JobKind, JobParams, Stage } from '../catalogue/jobs.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Pool, Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'

export type JobRow = {
  id: Uuid
  workspace_id: Uuid
  segment_id: Uuid | null
  kind: JobKind
  params: JobParams
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  stage: Stage
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

const COLUMNS = (of = ''): string =>
  'id, workspace_id, segment_id, kind, params, status, stage, bucket, after, done, total, hits, problem, attempts, created_by, created_at, ended_at'.replaceAll(
    /\w+/g,
    name => of + name,
  )

export const NOBODY: Uuid = '00000000-0000-0000-0000-000000000000'

/** @throws Problem 404 `job_not_found` */
export async function findJob(sql: Sql, workspace: Uuid, segment: Uuid, id: Uuid): Promise<JobRow> {
  const { rows } = await sql.query<JobRow>(
    `select ${COLUMNS()} from segment_job where workspace_id = $1 and segment_id = $2 and id = $3`,
    [workspace, segment, id],
  )
  if (!rows[0]) throw notFound('job')
  return rows[0]
}

export async function jobsOf(pool: Pool, workspace: Uuid, segment: Uuid): Promise<JobRow[]> {
  const { rows } = await pool.query<JobRow>(
    `select ${COLUMNS()} from segment_job where workspace_id = $1 and segment_id = $2 order by id desc limit 50`,
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

// ── work ─────────────────────────────────────────────────────────────────────

const LEASE_S = 30
/** Starts of one job without any progress, after which it has failed. */
const MOST_ATTEMPTS = 20

/** Which backfill of a workspace comes first: one that is under way or waits too long, then those that tell of the past,
 *  then checks, so that one check serves all (`coverChecks`). */
const TURN = (of: string): string =>
  `case when ${of}.stage = 'end' or ${of}.bucket > 0 or ${of}.after <> '${NOBODY}' or ${of}.created_at < clock_timestamp() - interval '30 s' then 0
        when ${of}.stage = 'check' then 2 else 1 end`

/** Takes the oldest job that waits or whose worker is gone. Backfills of a workspace come one after the other. */
export async function claimJob(sql: Sql, owner: string): Promise<JobRow | null> {
  const { rows } = await sql.query<JobRow>(
    `with waiting as (
       select j.id from segment_job j
        where j.status in ('queued', 'running') and j.lease_until < clock_timestamp()
          and not (j.kind = 'backfill' and exists (
            select from segment_job e where e.workspace_id = j.workspace_id and e.kind = 'backfill' and e.status in ('queued', 'running')
               and (${TURN('e')}, e.id) < (${TURN('j')}, j.id)))
        order by j.id limit 1 for update skip locked)
     update segment_job j set owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S}), status = 'running', attempts = attempts + 1
       from waiting w where j.id = w.id
     returning ${COLUMNS('j.')}`,
    [owner],
  )
  return rows[0] ?? null
}

export const triedTooOften = (job: JobRow): boolean => job.attempts > MOST_ATTEMPTS

/** Notes how far the job is, in the transaction of the step, and renews the lease; false when it is somebody else's now,
 *  or was cancelled: then the step must not be. */
export async function noteStep(sql: Sql, owner: string, job: JobRow): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update segment_job set stage = $3, bucket = $4, after = $5, done = $6, total = $7, hits = $8, attempts = 0,
            lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S})
      where id = $1 and owner = $2 and status = 'running'`,
    [job.id, owner, job.stage, job.bucket, job.after, job.done, job.total, job.hits],
  )
  return rowCount === 1
}

/** A check looks at each customer with the whole world: it serves every publication up to that one whose past is told, and
 *  whose own check has not begun. They come after it (their ids are larger) and end at once. */
export async function coverChecks(sql: Sql, job: JobRow, no: number): Promise<void> {
  await sql.query(
    `update segment_job set stage = 'end'
      where workspace_id = $1 and id > $2 and kind = 'backfill' and status in ('queued', 'running') and stage = 'check'
        and bucket = 0 and after = '${NOBODY}' and (params->>'no')::bigint <= $3`,
    [job.workspace_id, job.id, no],
  )
}

/** Those that rested on a check that failed are checked themselves. */
export async function uncoverChecks(sql: Sql, job: JobRow): Promise<void> {
  await sql.query(
    `update segment_job set stage = 'check', bucket = 0, after = '${NOBODY}'
      where workspace_id = $1 and id > $2 and kind = 'backfill' and status in ('queued', 'running') and stage = 'end' and segment_id is not null`,
    [job.workspace_id, job.id],
  )
}

export async function endJob(
  sql: Sql,
  owner: string,
  job: JobRow,
  status: 'done' | 'failed',
  problem: JobRow['problem'] = null,
): Promise<void> {
  await sql.query(
    `update segment_job set status = $3, problem = $4, owner = null, lease_until = '-infinity', ended_at = clock_timestamp()
      where id = $1 and owner = $2 and status = 'running'`,
    [job.id, owner, status, problem && JSON.stringify(problem)],
  )
}

/** A job that its worker leaves before the end is free for others: at once, or, where the step failed, after a rest.
 *  Waiting is no failure. */
export async function releaseJob(core: Core, job: JobRow, how: 'waits' | 'failed'): Promise<void> {
  await core.pool.query(
    `update segment_job set owner = null, attempts = case when $3 then attempts else 0 end,
            lease_until = clock_timestamp() + make_interval(secs => case when $3 then 1.0 else -0.001 end)
      where id = $1 and owner = $2`,
    [job.id, core.processId, how === 'failed'],
  )
}
