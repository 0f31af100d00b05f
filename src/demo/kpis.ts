// The KPIs that the demo brand's team watches, with the weeks behind them, so that their page shows what it is for.
import { addPick } from '../insight/kpis/picks.ts'
import { snapshotSome } from '../insight/kpis/snapshots.ts'
import type { KpiMetric, KpiPeriod } from '../insight/kpis/model.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Core } from '../platform/core.ts'

const WEEKS = 8
export const DEMO_KPIS = [
  { metric: 'revenue', target: 1_000_000, period: 'quarter' },
  { metric: 'repurchase_rate', target: 0.35, period: 'quarter' },
  { metric: 'engagement_rate', target: 0.1, period: 'month' },
] as const satisfies { metric: KpiMetric; target: number; period: KpiPeriod }[]

/** Once its past is in history. */
export async function watchKpis(core: Core, workspace: WorkspaceRow): Promise<void> {
  for (const kpi of DEMO_KPIS) await addPick(core.pool, workspace.id, kpi)
  await snapshotSome(
    core,
    workspace,
    WEEKS,
    DEMO_KPIS.map(k => k.metric),
  )
}
