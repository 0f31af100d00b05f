// A sandbox workspace's clock. A jump goes in steps: on to the workspace's next due time, then wait until its inbox, intents,
// stand-in receipts and work over segments are empty, and again. So everything happens as if that time had really passed.
import type { Core, Role } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import { openWorker } from '../platform/loop.ts'
import { inTransaction } from '../platform/postgres.ts'
import { appendToAll } from './append.ts'

const YEAR_MS = 366 * 24 * 3_600_000
const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`

/** Asks for a jump to `toMs` (workspace time). It is carried out by the fold role, step by step.
 *  @throws Problem for a live workspace, a jump back, or one of more than a year */
export async function moveClock(core: Core, workspace: Uuid, toMs: number): Promise<void> {
  const { rows } = await core.pool.query<{ kind: string; now: number }>(
    `select kind, ${MS('clock_timestamp()')} + clock_offset_ms as now from workspace where id = $1`,
    [workspace],
  )
  const row = rows[0]
  if (!row) throw new Problem(404, 'not_found', 'There is no such workspace')
  if (row.kind !== 'sandbox')
    throw new Problem(409, 'clock_is_real', 'Only a sandbox has a clock that can be moved', {
      action: 'Create a sandbox workspace to try journeys over time.',
    })
  if (!(toMs > row.now))
    throw new Problem(422, 'clock_back', 'The clock only moves forward', {
      path: '/to',
      action: `Choose a time after ${new Date(row.now).toISOString()}.`,
    })
  if (toMs - row.now > YEAR_MS)
    throw new Problem(422, 'clock_too_far', 'One jump is at most a year', {
      path: '/to',
      action: 'Move in several jumps.',
    })
  await core.pool.query('update workspace set clock_target = $2 where id = $1', [
    workspace,
    new Date(toMs).toISOString(),
  ])
  core.signals.emit('live', workspace + ':clock')
  core.signals.emit('inbox')
}

/** Workspace time `ms` from now, by the database's clock. */
export async function laterBy(core: Core, workspace: Uuid, ms: number): Promise<number> {
  const { rows } = await core.pool.query<{ at: number }>(
    `select ${MS('clock_timestamp()')} + clock_offset_ms + $2::float8 as at from workspace where id = $1`,
    [workspace, ms],
  )
  return rows[0]?.at ?? Number.NaN
}

/** One step of every running jump; true while one runs. Only one process at a time does this (advisory lock). */
export async function stepClocks(core: Core): Promise<boolean> {
  const { rows } = await core.pool.query<{ id: Uuid }>(
    'select id from workspace where clock_target is not null',
  )
  for (const { id } of rows) await stepClock(core, id)
  return rows.length > 0
}

async function stepClock(core: Core, workspace: Uuid): Promise<boolean> {
  const stepped = await inTransaction(core.pool, async sql => {
    const lock = await sql.query<{ ok: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('itinera clock'), hashtext($1)) as ok`,
      [workspace],
    )
    if (!lock.rows[0]!.ok) return false
    const { rows } = await sql.query<{
      real: number
      offset_ms: number
      target: number | null
      busy: boolean
      due: number | null
      send: number | null
      broadcast: number | null
      receipt: number | null
    }>(
      `select ${MS('clock_timestamp()')} as real, w.clock_offset_ms as offset_ms, ${MS('w.clock_target')} as target,
              exists (select from inbox where workspace_id = w.id) or exists (select from bulk where workspace_id = w.id)
                or exists (select from sandbox_receipt where workspace_id = w.id and due <= clock_timestamp() + interval '65 seconds')
                or exists (select from segment_job where workspace_id = w.id and status in ('queued', 'running')
                             and greatest(lease_until, created_at + interval '5 seconds') > clock_timestamp())
                or exists (select from broadcast b join journey j on j.id = b.journey_id and j.status = 'live'
                            where b.workspace_id = w.id and b.started_at is null
                              and coalesce(b.start_at, '-infinity') <= clock_timestamp() + make_interval(secs => w.clock_offset_ms / 1000.0))
                or exists (select from message where bucket between 0 and 255 and workspace_id = w.id and state in ('intended', 'claimed', 'sending') and send_after <= clock_timestamp()) as busy,
              (select ${MS('min(due_at)')} from customer where workspace_id = w.id and due_at is not null) as due,
              (select ${MS('min(send_after)')} from message where workspace_id = w.id and state in ('intended', 'claimed', 'sending') and send_after > clock_timestamp()) as send,
              (select ${MS('min(case when b.started_at is null then b.start_at else b.canary_until end)')} from broadcast b
                 join journey j on j.id = b.journey_id and j.status = 'live'
                where b.workspace_id = w.id and b.ended_at is null and (b.started_at is null or b.canary = 'open')
                  and case when b.started_at is null then b.start_at else b.canary_until end
                      > clock_timestamp() + make_interval(secs => w.clock_offset_ms / 1000.0)) as broadcast,
              (select ${MS('min(due)')} from sandbox_receipt where workspace_id = w.id) as receipt
         from workspace w where w.id = $1 for no key update of w`,
      [workspace],
    )
    const w = rows[0]
    if (!w || w.target === null || w.busy || (w.due !== null && w.due <= w.real)) return false
    const now = w.real + w.offset_ms
    const next = Math.min(...[w.due, w.send, w.receipt].map(at => at ?? Number.POSITIVE_INFINITY))
    const to = Math.min(w.target, next + w.offset_ms, w.broadcast ?? Number.POSITIVE_INFINITY)
    const offset = Math.max(w.offset_ms, w.offset_ms + (to - now))
    await sql.query(
      'update workspace set clock_offset_ms = $2, clock_target = case when $3 then null else clock_target end where id = $1',
      [workspace, offset, to >= w.target],
    )
    // what a provider will tell later comes by the sandbox's time
    if (offset > w.offset_ms && w.receipt !== null)
      await sql.query(
        'update sandbox_receipt set due = due - make_interval(secs => $2::float8 / 1000) where workspace_id = $1',
        [workspace, offset - w.offset_ms],
      )
    if (offset > w.offset_ms) await appendToAll(sql, workspace, { kind: 'clock', body: { offsetMs: offset } })
    return true
  })
  if (stepped) {
    core.signals.emit('inbox')
    core.signals.emit('live', workspace + ':clock')
  }
  return stepped
}

const IDLE_MS = 5_000
const STEP_MS = 15

/** Carries out jumps: quick while one runs; otherwise when one is announced, and a look now and then. */
export function startClock(core: Core): Role {
  const worker = openWorker(core, {
    tick: () => stepClocks(core),
    restMs: IDLE_MS,
    stepMs: STEP_MS,
    failed: 'clock: will try again',
    wakes: [{ topic: 'live', when: detail => detail.endsWith(':clock') }],
  })
  worker.start()
  return worker
}
