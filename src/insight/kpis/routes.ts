// Handlers of KPIs.
import { workspaceNow } from '../../catalogue/workspace.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId } from '../../platform/ids.ts'
import { idOr404, notFound } from '../../platform/public-id.ts'
import { instantOfWall, wallDate } from '../../platform/wall-time.ts'
import { tellingChannels } from '../engagement/store.ts'
import { peoplePage } from '../people/page.ts'
import { isMet, KPI_KINDS, type KpiPeriod } from './model.ts'
import { addPick, dropPick, listPicks, savePick } from './picks.ts'
import { readSnapshots, startOfPeriod } from './snapshots.ts'
import { kpiPeople, type KpiScope, kpiValue } from './store.ts'

const WEEKS = 26
const MOST = 24

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

export async function peopleOfKpi(core: Core, workspace: WorkspaceRow, kpi: string | undefined) {
  const [row] = await listPicks(core.pool, workspace.id, idOr404('kpi', kpi))
  if (!row) throw notFound('kpi')
  return kpiPeople(core.history, row.metric, await scopeOf(core, workspace, row.period))
}

export const kpiRoutes = {
  async kpis({ core, workspace }) {
    const rows = await listPicks(core.pool, workspace.id)
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
    const held = await listPicks(core.pool, workspace.id)
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
    const id = await addPick(core.pool, workspace.id, body)
    return { id: publicId('kpi', id) }
  },

  async saveKpi({ core, workspace, params, body }) {
    const id = idOr404('kpi', params.kpi)
    const version = await savePick(core.pool, workspace.id, { id, ...body })
    if (version !== null) return { version }
    if ((await listPicks(core.pool, workspace.id, id)).length === 0) throw notFound('kpi')
    throw new Problem(409, 'version_conflict', 'Somebody else changed this KPI meanwhile', {
      path: 'version',
      action: 'Load it again and repeat your change.',
    })
  },

  async dropKpi({ core, workspace, params }) {
    if (!(await dropPick(core.pool, workspace.id, idOr404('kpi', params.kpi)))) throw notFound('kpi')
    return { ok: true as const }
  },

  kpiPeople: async ({ core, workspace, params, query }) =>
    peoplePage(core, workspace, query, await peopleOfKpi(core, workspace, params.kpi)),
} satisfies Handlers
