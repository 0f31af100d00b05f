// What campaigns came to, and broadcasts beside journeys.
import type { Query } from '../../contract.ts'
import type { Core } from '../../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { listJourneys } from '../../journeys/store.ts'
import { tellingChannels } from '../engagement/store.ts'
import type { PeopleSql } from '../people/page.ts'
import { type Range, rangeOf } from '../range.ts'
import { campaignReport } from './campaign.ts'
import { comparedPeople } from './people.ts'
import { type Compared, type CompareScope, compareSending } from './store.ts'

const WINDOW_MS = 7 * 86_400_000
const figuresOf = ({ key: _, ...figures }: Compared) => figures

const compareScope = (workspace: WorkspaceRow, time: Range, tells: string[]): CompareScope => ({
  ...time,
  workspace: workspace.id,
  windowMs: WINDOW_MS,
  participation: null,
  tells,
  currency: workspace.currency,
})

/** Who is behind a figure of the comparison. */
export async function comparisonPeopleSql(
  core: Core,
  workspace: WorkspaceRow,
  q: NonNullable<Query<'comparisonPeople'>>,
): Promise<PeopleSql> {
  const [broadcasts, tells] = await Promise.all([
    listJourneys(core.pool, workspace.id, 'broadcast'),
    tellingChannels(core.pool, workspace.id),
  ])
  return comparedPeople(
    compareScope(workspace, rangeOf(q, workspace), tells),
    broadcasts.map(b => b.id),
    q.figure,
    {
      ...(q.journey === undefined ? {} : { journey: idOr404('jrn', q.journey) }),
      ...(q.kind === undefined ? {} : { kind: q.kind }),
    },
  )
}

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
    const scope = compareScope(workspace, { from, to, now }, tells)
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
