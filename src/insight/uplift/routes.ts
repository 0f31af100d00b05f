// Handler of uplift.
import type { WorkspaceSettings } from '../../catalogue/workspace.ts'
import type { Query } from '../../contract.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { rangeOf } from '../range.ts'
import { UPLIFT_METRICS, upliftOf } from './model.ts'
import { upliftArms, type UpliftScope } from './store.ts'

const DAY_MS = 86_400_000
const NOBODY = {
  people: 0,
  engaged: 0,
  converted: 0,
  regulars: 0,
  repurchased: 0,
  revenue: 0,
  revenueSquares: 0,
  open: 0,
  converted_before: 0,
  revenue_before: 0,
}
type Arm = typeof NOBODY

const present = ({ people, engaged, converted, regulars, repurchased, revenue, open, ...before }: Arm) => ({
  people,
  engaged,
  converted,
  regulars,
  repurchased,
  revenue,
  open,
  before: { converted: before.converted_before, revenue: before.revenue_before },
})

export const upliftScope = (
  workspace: WorkspaceRow,
  query: NonNullable<Query<'uplift'>> & { window: number },
): UpliftScope => ({
  ...rangeOf(query, workspace),
  workspace: workspace.id,
  currency: workspace.currency,
  windowMs: query.window * DAY_MS,
  journey: query.journey === undefined ? null : idOr404('jrn', query.journey),
})

export const upliftRoutes = {
  async uplift({ core, workspace, query }) {
    const range = upliftScope(workspace, query)
    const { treated = NOBODY, control = NOBODY } = await upliftArms(core.history, range)
    return {
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      currency: workspace.currency,
      holdoutPercent: (workspace.settings as WorkspaceSettings).proof?.holdoutPercent ?? 0,
      treated: present(treated),
      control: present(control),
      lifts: UPLIFT_METRICS.map(metric => ({
        metric,
        method: metric === 'revenue' ? 'Welch' : 'Newcombe',
        lift: upliftOf(metric, treated, control),
      })),
    }
  },
} satisfies Handlers
