// The KPIs that the demo brand's team watches, so that their page shows what it is for. Their weeks are taken by the insight
// worker, which is called once the brand's past is whole.
import type { KpiMetric, KpiPeriod } from '../insight/kpis/model.ts'
import { addPick } from '../insight/kpis/picks.ts'
import { forgetSnapshots } from '../insight/kpis/snapshots.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'

export const DEMO_KPIS = [
  { metric: 'revenue', target: 1_000_000, period: 'quarter' },
  { metric: 'repurchase_rate', target: 0.45, period: 'quarter' },
  { metric: 'engagement_rate', target: 0.1, period: 'month' },
] as const satisfies { metric: KpiMetric; target: number; period: KpiPeriod }[]

export async function watchKpis(core: Core, workspace: Uuid): Promise<void> {
  for (const kpi of DEMO_KPIS) await addPick(core.pool, workspace, kpi)
  await forgetSnapshots(core.pool, workspace)
  core.signals.emit('insight')
}
