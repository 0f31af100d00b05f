// Publications that wait for a moment: made, looked at, taken back, and published by whichever process comes first. The row
// goes in the transaction that publishes, so a crash leaves all of it or nothing.
import type { Core, Role } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { faultPoint } from '../../platform/fault.ts'
import type { Uuid } from '../../platform/ids.ts'
import { openWorker } from '../../platform/loop.ts'
import { inTransaction, type Sql } from '../../platform/postgres.ts'
import type { Move } from '../model.ts'
import { checkedDraft, publishIn, published, type Publication } from '../publish.ts'
import { changed, lockJourney } from '../store.ts'

const POLL_MS = 1_000
/** A moment that comes is seen so late at most. */
const IDLE_MS = 5_000
/** A publication further off would be forgotten by whoever made it. */
const MOST_DAYS = 366

export type Scheduled = {
  at: Date
  by: string
  askedAt: Date
  moves: Move[]
  /** the draft is another by now; it is not what will be published */
  changed: boolean
  fault: { code: string; title: string; action: string } | null
}

const workspaceTime = async (sql: Sql, workspace: Uuid): Promise<number> => {
  const { rows } = await sql.query<{ now: number }>(
    'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 + clock_offset_ms as now from workspace where id = $1',
    [workspace],
  )
  return rows[0]!.now
}

/** null: no publication is scheduled. */
export async function findScheduled(sql: Sql, workspace: Uuid, journey: Uuid): Promise<Scheduled | null> {
  const { rows } = await sql.query<Scheduled>(
    `select s.publish_at as at, s.asked_by as by, s.asked_at as "askedAt", s.moves, s.graph <> j.draft as changed, s.fault
       from journey_schedule s join journey j on j.workspace_id = s.workspace_id and j.id = s.journey_id
      where s.workspace_id = $1 and s.journey_id = $2`,
    [workspace, journey],
  )
  return rows[0] ?? null
}

/** In workspace time. */
export const isToCome = async (sql: Sql, workspace: Uuid, at: Date): Promise<boolean> =>
  at.getTime() > (await workspaceTime(sql, workspace))

/** @throws Problem 400 `moment_passed`, `moment_too_far` */
export async function demandMoment(sql: Sql, workspace: Uuid, at: Date): Promise<void> {
  const now = await workspaceTime(sql, workspace)
  if (at.getTime() > now && at.getTime() <= now + MOST_DAYS * 86_400_000) return
  throw new Problem(
    400,
    at.getTime() <= now ? 'moment_passed' : 'moment_too_far',
    at.getTime() <= now ? 'This moment is over' : 'This moment is more than a year away',
    { path: '/at', action: 'Choose a moment from now on, within a year; or publish at once.' },
  )
}

/** The draft as it is now, in the caller's transaction, which has locked the journey. One that waited goes. */
export async function writeSchedule(
  sql: Sql,
  workspace: Uuid,
  journey: Uuid,
  asked: { graph: unknown; moves: Move[]; at: Date; actor: string },
): Promise<void> {
  await sql.query(
    `insert into journey_schedule (workspace_id, journey_id, graph, moves, publish_at, asked_by, asked_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (workspace_id, journey_id) do update set graph = excluded.graph, moves = excluded.moves,
       publish_at = excluded.publish_at, asked_by = excluded.asked_by, asked_at = excluded.asked_at, fault = null`,
    [
      workspace,
      journey,
      JSON.stringify(asked.graph),
      JSON.stringify(asked.moves),
      asked.at,
      asked.actor,
      new Date(),
    ],
  )
}

/** @throws Problem as `publishJourney`, and of `demandMoment` */
export async function schedule(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  asked: Pick<Publication, 'version' | 'moves' | 'actor'> & { at: Date },
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    const found = await lockJourney(sql, workspace, journey, asked.version)
    await demandMoment(sql, workspace, asked.at)
    await checkedDraft(sql, workspace, found, asked.moves)
    await writeSchedule(sql, workspace, journey, { ...asked, graph: found.draft })
  })
  changed(core, workspace)
}

/** False when none waits (any more). */
export async function unschedule(core: Core, workspace: Uuid, journey: Uuid): Promise<boolean> {
  const { rowCount } = await core.pool.query(
    'delete from journey_schedule where workspace_id = $1 and journey_id = $2',
    [workspace, journey],
  )
  changed(core, workspace)
  return rowCount === 1
}

export type ScheduleWorker = Role & {
  /** One look at all that are due; true when something was published, or could not be. */
  tick(): Promise<boolean>
}

export function openScheduleWorker(core: Core): ScheduleWorker {
  async function publish(workspace: Uuid, journey: Uuid): Promise<boolean> {
    const done = await inTransaction(core.pool, async sql => {
      // the journey first, as whoever edits it does
      const { rows: held } = await sql.query<{ version: number }>(
        'select version from journey where workspace_id = $1 and id = $2 for no key update',
        [workspace, journey],
      )
      const { rows } = await sql.query<{ graph: unknown; moves: Move[]; by: string; asked: Date }>(
        `delete from journey_schedule where workspace_id = $1 and journey_id = $2 and fault is null and publish_at <= $3
         returning graph, moves, asked_by as by, asked_at as asked`,
        [workspace, journey, new Date(await workspaceTime(sql, workspace))],
      )
      const [waited] = rows
      if (waited === undefined || held[0] === undefined) return false
      await publishIn(sql, core, workspace, journey, {
        version: held[0].version,
        draft: waited.graph,
        moves: waited.moves,
        actor: waited.by,
        modulesAsOf: waited.asked,
      })
      faultPoint('schedule.before_commit')
      return true
    })
    if (done) {
      faultPoint('schedule.published')
      published(core, workspace)
    }
    return done
  }

  /** What stands against it is told on the journey's page, until somebody schedules or publishes anew. */
  async function refuse(workspace: Uuid, journey: Uuid, problem: Problem): Promise<true> {
    await core.pool.query(
      'update journey_schedule set fault = $3 where workspace_id = $1 and journey_id = $2',
      [
        workspace,
        journey,
        JSON.stringify({ code: problem.code, title: problem.message, action: problem.action }),
      ],
    )
    core.log.warn({ journey, code: problem.code }, 'a scheduled publication was refused')
    changed(core, workspace)
    return true
  }

  async function tick(): Promise<boolean> {
    const { rows } = await core.pool.query<{ workspace: Uuid; journey: Uuid }>(
      `select s.workspace_id as workspace, s.journey_id as journey from journey_schedule s join workspace w on w.id = s.workspace_id
        where s.fault is null and s.publish_at <= clock_timestamp() + make_interval(secs => w.clock_offset_ms::float8 / 1000)
        order by s.publish_at, s.journey_id`,
    )
    let worked = false
    for (const { workspace, journey } of rows)
      try {
        worked = (await publish(workspace, journey)) || worked
      } catch (error) {
        if (!(error instanceof Problem) || error.status >= 500) throw error
        worked = await refuse(workspace, journey, error)
      }
    return worked
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    idleMs: IDLE_MS,
    failed: 'scheduled publications: will look again',
    wakes: [],
  })
}
