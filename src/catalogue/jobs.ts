// Queues work over many customers of a workspace, in the transaction that causes it. src/segments/worker.ts does it.
import type { Told } from '../inbox/model.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type JobKind = 'backfill' | 'snapshot' | 'tag' | 'untag' | 'tell'
/** wait: history has yet to come as far as the publication · fill, orders: what the past left is told to customers · settle: that
 *  is being folded · check: customers are compared with what the rules say · end: that is being folded */
export type Stage = 'wait' | 'fill' | 'orders' | 'settle' | 'check' | 'end' | 'walk'
export type JobParams = {
  /** backfill: number of the world it belongs to, and the journey whose publication began it */
  no?: number
  journey?: Uuid
  /** snapshot, tag, untag: only this group */
  group?: string
  /** snapshot: the list that is filled */
  into?: Uuid
  /** tag, untag */
  tag?: string
  until?: string
  /** tell: what is said to everybody whom it concerns */
  tell?: Told
}
/** In the caller's transaction; after its commit emit `segment-job`. */
export async function queueJob(
  sql: Sql,
  job: {
    workspace: Uuid
    segment: Uuid | null
    kind: JobKind
    stage: Stage
    params: JobParams
    actor: string
  },
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into segment_job (id, workspace_id, segment_id, kind, params, status, stage, created_by, created_at)
     values ($1, $2, $3, $4, $5, 'queued', $6, $7, $8)`,
    [id, job.workspace, job.segment, job.kind, JSON.stringify(job.params), job.stage, job.actor, new Date()],
  )
  return id
}

/** How far the past is looked at that this journey's rules ask for; null: it is known. */
export async function journeyComputing(
  sql: Sql,
  workspace: Uuid,
  journey: Uuid,
): Promise<{ done: number; total: number | null } | null> {
  const { rows } = await sql.query<{ done: number; total: number | null }>(
    `select done, total from segment_job
      where workspace_id = $1 and kind = 'backfill' and status in ('queued', 'running') and params->>'journey' = $2 order by id desc limit 1`,
    [workspace, journey],
  )
  return rows[0] ?? null
}

/** Publications whose past has not been told to everybody yet. */
export async function pendingPasts(sql: Sql, workspace: Uuid): Promise<number[]> {
  const { rows } = await sql.query<{ no: number }>(
    `select (params->>'no')::bigint as no from segment_job
      where workspace_id = $1 and kind = 'backfill' and status in ('queued', 'running') and stage in ('wait', 'fill', 'orders', 'settle')`,
    [workspace],
  )
  return rows.map(r => r.no)
}
