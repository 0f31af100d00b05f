// Which KPIs a team watches, with what they aim at: rows of `kpi`.
import { newId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { KpiMetric, KpiPeriod } from './model.ts'

type Fields = { metric: KpiMetric; target: number | null; period: KpiPeriod }
export type Pick = Fields & { id: Uuid; version: number }

/** In the order in which they were added; of one id: that one, or none. */
export async function listPicks(sql: Sql, workspace: Uuid, id: Uuid | null = null): Promise<Pick[]> {
  const { rows } = await sql.query<Pick>(
    `select id, metric, target, period, version from kpi where workspace_id = $1 and ($2::uuid is null or id = $2) order by position, id`,
    [workspace, id],
  )
  return rows
}

export async function addPick(sql: Sql, workspace: Uuid, { metric, target, period }: Fields): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into kpi (workspace_id, id, metric, target, period, position, created_at, updated_at)
     select $1, $2, $3, $4, $5, coalesce(max(position), 0) + 1, $6, $6 from kpi where workspace_id = $1`,
    [workspace, id, metric, target, period, new Date()],
  )
  return id
}

/** Its new version; null when it is not at `version`. */
export async function savePick(
  sql: Sql,
  workspace: Uuid,
  { id, target, period, version }: Omit<Pick, 'metric'>,
): Promise<number | null> {
  const { rows } = await sql.query<{ version: number }>(
    `update kpi set target = $3, period = $4, version = version + 1, updated_at = $6
      where workspace_id = $1 and id = $2 and version = $5 returning version`,
    [workspace, id, target, period, version, new Date()],
  )
  return rows[0]?.version ?? null
}

/** False when there is none. */
export async function dropPick(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query('delete from kpi where workspace_id = $1 and id = $2', [workspace, id])
  return rowCount === 1
}
