// Replays as the API shows them.
import type { Out } from '../contract.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import type { Counted } from '../journeys/replay.ts'
import { channelCosts } from '../messages/channel-costs.ts'
import { journeyNames } from '../journeys/store.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'
import type { ReplayResult } from './replay-run.ts'
import type { ReplayRow } from './replay-store.ts'

const DAY_MS = 86_400_000

export const presentReplay = (row: ReplayRow): Out<'startReplay'> => ({
  id: publicId('rpl', row.id),
  days: row.days,
  status: row.status,
  done: row.done,
  total: row.total,
  liveVersion: row.live_version,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  endedAt: row.ended_at?.toISOString() ?? null,
  problem: row.problem,
})

type Shown = NonNullable<Out<'replay'>['result']>

function presentCounted({ samples: _some, sends, days, ...counted }: Counted): Shown['draft'] {
  return {
    ...counted,
    sends: Object.entries(sends)
      .map(([channel, s]) => ({ channel, ...s }))
      .sort((a, b) => b.accepted - a.accepted),
    days: Object.entries(days)
      .map(([day, d]) => ({ day: new Date(Number(day) * DAY_MS).toISOString().slice(0, 10), ...d }))
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
  }
}

const resultOf = (row: ReplayRow): ReplayResult | null =>
  row.result === null ? null : (JSON.parse(row.result) as ReplayResult)

/** What limits shared between people, which a replay does not take from, would have been asked for. */
async function limitedOf(pool: Pool, row: ReplayRow, workspace: WorkspaceRow, draft: Counted) {
  const graph = JSON.parse(row.graph) as JourneyGraph
  const [costs, { rows: pools }] = await Promise.all([
    channelCosts(pool, workspace, workspaceNow(workspace)),
    pool.query<{ key: string }>(
      `select key from coupon where workspace_id = $1 and terms ->> 'limit' is not null`,
      [workspace.id],
    ),
  ])
  const sent = Object.entries(draft.sends)
  const visits = (is: (node: JourneyGraph['nodes'][string]) => boolean): number =>
    Object.entries(graph.nodes).reduce((n, [id, node]) => n + (is(node) ? (draft.nodes[id] ?? 0) : 0), 0)
  const sum = (list: typeof sent): number => list.reduce((n, [, s]) => n + s.accepted, 0)
  return {
    quota: sum(sent.filter(([channel]) => costs.some(c => c.channel === channel && c.quota !== null))),
    budget: graph.policy?.budget === undefined ? 0 : sum(sent),
    entryCap: graph.entry?.cap === undefined && graph.entry?.canaryPeople === undefined ? 0 : draft.entered,
    throttle: visits(node => node.type === 'throttle'),
    coupons: visits(node => node.type === 'reward' && pools.some(p => p.key === node.fields.coupon)),
  }
}

export async function presentResult(
  pool: Pool,
  row: ReplayRow,
  workspace: WorkspaceRow,
): Promise<Shown | null> {
  const result = resultOf(row)
  if (result === null) return null
  const names = await journeyNames(
    pool,
    workspace.id,
    result.overlap.map(o => o.journey),
  )
  const { draft, live, difference, overlap, from, to, ...told } = result
  return {
    ...told,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    currency: workspace.currency,
    draft: presentCounted(draft),
    live: live && presentCounted(live),
    limited: await limitedOf(pool, row, workspace, draft),
    difference: difference && { both: difference.both, draft: difference.draft, live: difference.live },
    overlap: overlap.map(o => ({
      journey: publicId('jrn', o.journey),
      name: names.get(o.journey) ?? '',
      people: o.people,
    })),
    samples: Object.keys(draft.samples),
  }
}

/** Ids behind a figure; none where it has nobody. */
export function sampleOf(
  row: ReplayRow,
  of: 'draft' | 'live' | 'difference' | 'overlap',
  figure: string,
): Uuid[] {
  const result = resultOf(row)
  if (result === null) return []
  if (of === 'difference')
    return figure === 'draft' || figure === 'live' ? (result.difference?.samples[figure] ?? []) : []
  if (of === 'overlap') {
    const journey = parseId('jrn', figure)
    return result.overlap.find(o => o.journey === journey)?.samples ?? []
  }
  const samples = result[of]?.samples ?? {}
  return Object.hasOwn(samples, figure) ? samples[figure]! : []
}
