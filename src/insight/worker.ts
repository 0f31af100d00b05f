// What is worked out again and again in workspace time: each night how well channels reach, each week the KPIs. Runs with the
// history role, as it asks history. Several processes may do the same at once: the outcome is the same.
import { everyWorkspace, workspaceNow } from '../catalogue/workspace.ts'
import type { Core } from '../platform/core.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { wallDate, wallHour } from '../platform/wall-time.ts'
import { snapshotWeeks } from './kpis/snapshots.ts'
import { renewReach } from './reach/renew.ts'

const POLL_MS = 60_000
/** The hour of the workspace's day at which rates are worked out: before anybody works. */
const NIGHT_HOUR = 3

/** `tick`: looks at all workspaces once; true when something was due. */
export function openInsightWorker(core: Core): Worker {
  async function tick(): Promise<boolean> {
    let worked = false
    for (const workspace of await everyWorkspace(core.pool)) {
      worked = (await reachIfDue(core, workspace)) || worked
      worked = (await snapshotWeeks(core, workspace)) || worked
    }
    return worked
  }
  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    failed: 'insight: will try again',
    wakes: [{ topic: 'insight' }],
  })
}

async function reachIfDue(core: Core, workspace: WorkspaceRow): Promise<boolean> {
  const now = workspaceNow(workspace)
  const today = wallDate(now, workspace.timezone)
  const { rows } = await core.pool.query<{ done: string }>(
    `select to_char(done, 'YYYY-MM-DD') as done from insight_done where workspace_id = $1 and job = 'reach'`,
    [workspace.id],
  )
  const done = rows[0]?.done
  if (done !== undefined && (done >= today || wallHour(now, workspace.timezone) < NIGHT_HOUR)) return false
  await renewReach(core, workspace)
  await core.pool.query(
    `insert into insight_done (workspace_id, job, done) values ($1, 'reach', $2)
     on conflict (workspace_id, job) do update set done = excluded.done`,
    [workspace.id, today],
  )
  return true
}
