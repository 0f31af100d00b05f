// What campaigns came to, and broadcasts beside journeys.
import type { Handlers } from '../../platform/http/handler.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { listJourneys } from '../../journeys/store.ts'
import { tellingChannels } from '../engagement/store.ts'
import { rangeOf } from '../range.ts'
import { campaignReport } from './campaign.ts'
import { type Compared, compareSending } from './store.ts'

const WINDOW_MS = 7 * 86_400_000
const figuresOf = ({ key: _, ...figures }: Compared) => figures

export const campaignReportRoutes = {
  campaignReport: ({ core, workspace, params }) =>
    campaignReport(core, workspace, idOr404('cmp', params.campaign)),

  async comparison({ core, workspace, query }) {
    const { from, to, now } = rangeOf(query, workspace)
    const [journeys, broadcasts, tells] = await Promise.all([
      listJourneys(core.pool, workspace.id),
      listJourneys(core.pool, workspace.id, 'broadcast'),
      tellingChannels(core.pool, workspace.id),
    ])
    const names = new Map<Uuid, string>([...journeys, ...broadcasts].map(j => [j.id, j.name]))
    const told = new Set(broadcasts.map(b => b.id))
    const scope = {
      workspace: workspace.id,
      from,
      to,
      now,
      windowMs: WINDOW_MS,
      participation: null,
      tells,
      currency: workspace.currency,
    }
    const [items, totals] = await Promise.all([
      compareSending(core.history, scope, [...told], 'journey'),
      compareSending(core.history, scope, [...told], 'kind'),
    ])
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      currency: workspace.currency,
      totals: totals.map(row => ({ kind: row.key as 'journey' | 'broadcast', ...figuresOf(row) })),
      items: items.map(row => ({
        journey: publicId('jrn', row.key),
        broadcast: told.has(row.key) ? publicId('brd', row.key) : null,
        name: names.get(row.key) ?? '—',
        kind: told.has(row.key) ? ('broadcast' as const) : ('journey' as const),
        ...figuresOf(row),
      })),
    }
  },
} satisfies Handlers
