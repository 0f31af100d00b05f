// Handlers of KPIs.
import { workspaceNow } from '../../catalogue/workspace.ts'
import { rowsById } from '../../customers/list.ts'
import type { Core } from '../../platform/core.ts'
import { isTexts, readCursor, writeCursor } from '../../platform/cursor.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { idOr404, notFound } from '../../platform/public-id.ts'
import { instantOfWall, wallDate } from '../../platform/wall-time.ts'
import { tellingChannels } from '../engagement/store.ts'
import { isMet, KPI_KINDS, type KpiMetric, type KpiPeriod } from './model.ts'
import { readSnapshots, startOfPeriod } from './snapshots.ts'
import { kpiPeople, type KpiScope, kpiValue } from './store.ts'

const WEEKS = 26
const MOST = 24

type Row = { id: Uuid; metric: KpiMetric; target: number | null; period: KpiPeriod; version: number }

async function listed(sql: Sql, workspace: Uuid, id: Uuid | null = null): Promise<Row[]> {
  const { rows } = await sql.query<Row>(
    `select id, metric, target, period, version from kpi where workspace_id = $1 and ($2::uuid is null or id = $2) order by position, id`,
    [workspace, id],
  )
  return rows
}

async function scopeOf(core: Core, workspace: WorkspaceRow, period: KpiPeriod): Promise<KpiScope> {
  const now = workspaceNow(workspace)
  const day = startOfPeriod(wallDate(now, workspace.timezone), period)
  return {
    workspace: workspace.id,
    currency: workspace.currency,
    from: instantOfWall(day, 0, workspace.timezone),
    to: now + 1,
    tells: await tellingChannels(core.pool, workspace.id),
  }
}

export const kpiRoutes = {
  async kpis({ core, workspace }) {
    const rows = await listed(core.pool, workspace.id)
    const weeks = await readSnapshots(
      core.pool,
      workspace.id,
      rows.map(r => r.metric),
      WEEKS,
    )
    const items = await Promise.all(
      rows.map(async ({ id, metric, target, period, version }) => {
        const p = await scopeOf(core, workspace, period)
        const found = await kpiValue(core.history, metric, p)
        const { unit, down = false } = KPI_KINDS[metric]
        return {
          id: publicId('kpi', id),
          metric,
          target,
          period,
          version,
          unit,
          down,
          from: new Date(p.from).toISOString(),
          ...found,
          met: target === null ? null : isMet(metric, found.value, target),
          weeks: weeks.filter(w => w.metric === metric).map(({ week, value }) => ({ week, value })),
        }
      }),
    )
    return { currency: workspace.currency, items }
  },

  async addKpi({ core, workspace, body }) {
    const held = await listed(core.pool, workspace.id)
    if (held.some(k => k.metric === body.metric && k.period === body.period))
      throw new Problem(409, 'kpi_exists', 'The team watches this KPI for this period already', {
        path: 'metric',
        action: 'Change its target instead, or choose another period.',
      })
    if (held.length >= MOST)
      throw new Problem(409, 'too_many_kpis', `The team watches ${MOST} KPIs already`, {
        path: 'metric',
        action: 'Remove one first.',
      })
    const id = newId()
    await core.pool.query(
      `insert into kpi (workspace_id, id, metric, target, period, position, created_at, updated_at)
       select $1, $2, $3, $4, $5, coalesce(max(position), 0) + 1, $6, $6 from kpi where workspace_id = $1`,
      [workspace.id, id, body.metric, body.target, body.period, new Date()],
    )
    return { id: publicId('kpi', id) }
  },

  async saveKpi({ core, workspace, params, body }) {
    const id = idOr404('kpi', params.kpi)
    const { rows } = await core.pool.query<{ version: number }>(
      `update kpi set target = $3, period = $4, version = version + 1, updated_at = $6
        where workspace_id = $1 and id = $2 and version = $5 returning version`,
      [workspace.id, id, body.target, body.period, body.version, new Date()],
    )
    if (rows[0]) return { version: rows[0].version }
    if ((await listed(core.pool, workspace.id, id)).length === 0) throw notFound('kpi')
    throw new Problem(409, 'version_conflict', 'Somebody else changed this KPI meanwhile', {
      path: 'version',
      action: 'Load it again and repeat your change.',
    })
  },

  async dropKpi({ core, workspace, params }) {
    const { rowCount } = await core.pool.query('delete from kpi where workspace_id = $1 and id = $2', [
      workspace.id,
      idOr404('kpi', params.kpi),
    ])
    if (rowCount === 0) throw notFound('kpi')
    return { ok: true as const }
  },

  async kpiPeople({ core, workspace, params, query }) {
    const [row] = await listed(core.pool, workspace.id, idOr404('kpi', params.kpi))
    if (!row) throw notFound('kpi')
    const skip = Number(readCursor(query.cursor, isTexts(1))?.[0] ?? 0)
    const p = await scopeOf(core, workspace, row.period)
    const found = await kpiPeople(core.history, row.metric, p, skip, query.limit + 1)
    const shown = found.slice(0, query.limit)
    const rows = await rowsById(
      core.pool,
      workspace,
      shown.map(f => f.person),
    )
    return {
      items: shown.flatMap(f => {
        const customer = rows.get(f.person)
        return customer ? [{ customer, value: f.value }] : []
      }),
      next: found.length > query.limit ? writeCursor([String(skip + query.limit)]) : null,
    }
  },
} satisfies Handlers
