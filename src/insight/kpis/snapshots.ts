// Weeks of the workspace's zone, and what every KPI was in each that is over. Kept in a table, as what only the present knows
// (members) is gone afterwards.
import { workspaceNow } from '../../catalogue/workspace.ts'
import { askHistory } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import type { Uuid } from '../../platform/ids.ts'
import { inTransaction, type Pool, type Sql } from '../../platform/postgres.ts'
import { instantOfWall, wallDate } from '../../platform/wall-time.ts'
import { tellingChannels } from '../engagement/store.ts'
import { KPI_KINDS, KPI_METRICS, type KpiMetric, type KpiPeriod, type KpiValue } from './model.ts'
import { kpiValue } from './store.ts'

const DAY_MS = 86_400_000
/** So many weeks are looked back at when the first one is taken, or after a standstill. */
const MOST_WEEKS = 12

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** Monday of a date's week. */
const mondayOf = (date: string): string =>
  plusDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7))

/** First day of the period in which a date lies. */
export function startOfPeriod(date: string, period: KpiPeriod): string {
  if (period === 'week') return mondayOf(date)
  const month = Number(date.slice(5, 7))
  const first = period === 'month' ? month : month - ((month - 1) % 3)
  return `${date.slice(0, 5)}${String(first).padStart(2, '0')}-01`
}

/** Weeks are taken, and forgotten, by one at a time. */
const lock = (sql: Sql, workspace: Uuid) =>
  sql.query('select pg_advisory_xact_lock(hashtextextended($1, 58))', [workspace])

const doneUntil = async (sql: Sql, workspace: Uuid): Promise<string | undefined> => {
  const { rows } = await sql.query<{ done: string }>(
    `select to_char(done, 'YYYY-MM-DD') as done from insight_done where workspace_id = $1 and job = 'kpis'`,
    [workspace],
  )
  return rows[0]?.done
}

/** Takes what is missing of the weeks that are over, all or none. True when there was any. */
export async function snapshotWeeks(core: Core, workspace: WorkspaceRow): Promise<boolean> {
  const { timezone, id } = workspace
  const last = plusDays(mondayOf(wallDate(workspaceNow(workspace), timezone)), -7)
  const isMissing = (done: string | undefined) => done === undefined || done < last
  if (!isMissing(await doneUntil(core.pool, id))) return false
  if (!(await hasHistory(core, id))) return false
  return inTransaction(core.pool, async sql => {
    await lock(sql, id)
    const done = await doneUntil(sql, id)
    if (!isMissing(done)) return false
    await takeWeeks(core, sql, workspace, done, last)
    return true
  })
}

async function takeWeeks(
  core: Core,
  sql: Sql,
  workspace: WorkspaceRow,
  done: string | undefined,
  last: string,
): Promise<void> {
  const { timezone, currency, id } = workspace
  const now = workspaceNow(workspace)
  const tells = await tellingChannels(core.pool, id)
  const oldest = plusDays(last, -7 * (MOST_WEEKS - 1))
  const first = done === undefined || done < oldest ? oldest : plusDays(done, 7)
  for (let week = first; week <= last; week = plusDays(week, 7)) {
    const p = {
      workspace: id,
      currency,
      from: instantOfWall(week, 0, timezone),
      to: instantOfWall(plusDays(week, 7), 0, timezone),
      tells,
    }
    for (const metric of KPI_METRICS) {
      if (KPI_KINDS[metric].now && week !== last) continue
      await keep(sql, id, metric, week, await kpiValue(core.history, metric, p), now)
    }
  }
  await sql.query(
    `insert into insight_done (workspace_id, job, done) values ($1, 'kpis', $2)
     on conflict (workspace_id, job) do update set done = excluded.done`,
    [id, last],
  )
}

/** A workspace in which nothing was bought or sent yet has no weeks to keep. */
async function hasHistory(core: Core, workspace: Uuid): Promise<boolean> {
  const rows = await askHistory(
    core.history,
    `select 1 from event where workspace_id = {workspace:UUID} and name in ('order.placed', 'order.paid', 'message.accepted') limit 1`,
    { workspace },
  )
  return rows.length > 0
}

/** Of a past that is being written anew: weeks are taken once it is whole. */
export const forgetSnapshots = (pool: Pool, workspace: Uuid): Promise<void> =>
  inTransaction(pool, async sql => {
    await sql.query(`set local statement_timeout = '10min'`) // twelve weeks may be under way
    await lock(sql, workspace)
    await sql.query('delete from kpi_snapshot where workspace_id = $1', [workspace])
    await sql.query('delete from insight_done where workspace_id = $1', [workspace])
  })

const keep = (
  sql: Sql,
  workspace: Uuid,
  metric: KpiMetric,
  week: string,
  { value, part, whole }: KpiValue,
  now: number,
) =>
  sql.query(
    `insert into kpi_snapshot (workspace_id, metric, week, value, part, whole, taken_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [workspace, metric, week, value, part, whole, new Date(now)],
  )

export type Snapshot = { metric: KpiMetric; week: string; value: number | null }

/** The newest weeks, the oldest first. */
export async function readSnapshots(
  sql: Sql,
  workspace: Uuid,
  metrics: readonly KpiMetric[],
  weeks: number,
): Promise<Snapshot[]> {
  const { rows } = await sql.query<Snapshot>(
    `select metric, to_char(week, 'YYYY-MM-DD') as week, value from kpi_snapshot
      where workspace_id = $1 and metric = any($2::text[])
        and week > (select max(week) from kpi_snapshot where workspace_id = $1) - 7 * $3::int
      order by week`,
    [workspace, metrics, weeks],
  )
  return rows
}
