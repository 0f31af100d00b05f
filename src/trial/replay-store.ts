// Replays as rows: asked for, worked off by one thread at a time, kept with their results.
import type { JourneyGraph } from '../journeys/model.ts'
import type { Core } from '../platform/core.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Pool, Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { ReplayResult } from './replay-run.ts'

export type ReplayStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
type ReplayProblem = { code: string; title: string; action: string }

export type ReplayRow = {
  id: Uuid
  workspace_id: Uuid
  journey_id: Uuid
  days: number
  graph: string
  live_version: number | null
  status: ReplayStatus
  done: number
  total: number | null
  result: string | null
  problem: ReplayProblem | null
  attempts: number
  created_by: string
  created_at: Date
  ended_at: Date | null
}

const COLUMNS = [
  'id',
  'workspace_id',
  'journey_id',
  'days',
  'graph',
  'live_version',
  'status',
  'done',
  'total',
  'result',
  'problem',
  'attempts',
  'created_by',
  'created_at',
  'ended_at',
]
const columns = (of = ''): string => COLUMNS.map(c => of + c).join(', ')

/** Results kept for one journey. */
const MOST_KEPT = 20

export async function queueReplay(
  sql: Sql,
  wanted: {
    workspace: Uuid
    journey: Uuid
    days: number
    graph: JourneyGraph
    liveVersion: number | null
    by: string
    at: number
  },
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into journey_replay (id, workspace_id, journey_id, days, graph, live_version, status, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8)`,
    [
      id,
      wanted.workspace,
      wanted.journey,
      wanted.days,
      JSON.stringify(wanted.graph),
      wanted.liveVersion,
      wanted.by,
      new Date(wanted.at),
    ],
  )
  await sql.query(
    `delete from journey_replay where workspace_id = $1 and journey_id = $2 and status not in ('queued', 'running') and id in (
       select id from journey_replay where workspace_id = $1 and journey_id = $2 order by created_at desc, id desc offset $3)`,
    [wanted.workspace, wanted.journey, MOST_KEPT],
  )
  return id
}

export async function replaysOf(pool: Pool, workspace: Uuid, journey: Uuid): Promise<ReplayRow[]> {
  const { rows } = await pool.query<ReplayRow>(
    `select ${columns()} from journey_replay where workspace_id = $1 and journey_id = $2 order by created_at desc, id desc limit $3`,
    [workspace, journey, MOST_KEPT],
  )
  return rows
}

/** @throws Problem 404 `replay_not_found` */
export async function findReplay(sql: Sql, workspace: Uuid, journey: Uuid, id: Uuid): Promise<ReplayRow> {
  const { rows } = await sql.query<ReplayRow>(
    `select ${columns()} from journey_replay where workspace_id = $1 and journey_id = $2 and id = $3`,
    [workspace, journey, id],
  )
  if (!rows[0]) throw notFound('rpl')
  return rows[0]
}

/** What has ended stays as it ended. */
export async function cancelReplay(sql: Sql, workspace: Uuid, id: Uuid, at: number): Promise<void> {
  await sql.query(
    `update journey_replay set status = 'cancelled', ended_at = $3
      where workspace_id = $1 and id = $2 and status in ('queued', 'running')`,
    [workspace, id, new Date(at)],
  )
}

// ── work ─────────────────────────────────────────────────────────────────────

const LEASE_S = 30
/** Starts without an end, after which a replay has failed. */
export const MOST_ATTEMPTS = 3

/** Takes the oldest that waits, or whose process is gone. */
export async function claimReplay(sql: Sql, owner: string): Promise<ReplayRow | null> {
  const { rows } = await sql.query<ReplayRow>(
    `with waiting as (
       select id from journey_replay where status in ('queued', 'running') and lease_until < clock_timestamp()
        order by created_at, id limit 1 for update skip locked)
     update journey_replay r set owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S}),
            status = 'running', attempts = attempts + 1, done = 0, total = null
       from waiting w where r.id = w.id returning ${columns('r.')}`,
    [owner],
  )
  return rows[0] ?? null
}

/** Notes how far it is and renews the lease; false when it was cancelled, or is somebody else's. */
export async function noteProgress(
  sql: Sql,
  owner: string,
  id: Uuid,
  done: number,
  total: number | null,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update journey_replay set done = $3, total = $4, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_S})
      where id = $1 and owner = $2 and status = 'running'`,
    [id, owner, done, total],
  )
  return rowCount === 1
}

export async function endReplay(
  core: Core,
  id: Uuid,
  at: number,
  end: { result: ReplayResult } | { problem: ReplayProblem },
): Promise<void> {
  const result = 'result' in end ? end.result : null
  await core.pool.query(
    `update journey_replay set status = $3, result = $4, problem = $5, done = coalesce($6, done), total = coalesce($6, total),
            owner = null, lease_until = '-infinity', ended_at = $7
      where id = $1 and owner = $2 and status = 'running'`,
    [
      id,
      core.processId,
      result ? 'done' : 'failed',
      result && JSON.stringify(result),
      'problem' in end ? JSON.stringify(end.problem) : null,
      result?.customers ?? null,
      new Date(at),
    ],
  )
}

/** Left before its end, with its process: free for another at once. */
export async function releaseReplay(core: Core, id: Uuid): Promise<void> {
  await core.pool.query(
    `update journey_replay set owner = null, lease_until = '-infinity', attempts = attempts - 1
      where id = $1 and owner = $2 and status = 'running'`,
    [id, core.processId],
  )
}
