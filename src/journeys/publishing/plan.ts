// What publishing the draft would change, and who waits where: counts from history, graphs from PostgreSQL.
import { askHistory, type History, unlessDown } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { JourneyGraph, NodeId } from '../model.ts'
import { findJourney } from '../store.ts'
import { validateGraph } from '../validate.ts'
import { diffGraphs, type GraphDiff } from '../versions/diff.ts'
import { placeOf, type Place } from '../versions/planner.ts'

/** People by version and node, from what they entered and left. */
export async function waitingPlaces(
  history: History,
  workspace: Uuid,
  journey: Uuid,
): Promise<{ version: number; node: NodeId; people: number }[]> {
  const rows = await askHistory<{ version: number; node: string; n: string }>(
    history,
    `select version, node, countIf(name = 'node.entered') - countIf(name = 'node.left') as n
       from event
      where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and name in ('node.entered', 'node.left')
      group by version, node having n > 0 order by version desc, n desc, node`,
    { workspace, journey },
  )
  return rows.map(r => ({ version: Number(r.version), node: r.node, people: Number(r.n) }))
}

/** All graphs of a journey by version. */
export async function graphsOf(sql: Sql, workspace: Uuid, journey: Uuid): Promise<Map<number, JourneyGraph>> {
  const { rows } = await sql.query<{ version: number; graph: JourneyGraph }>(
    'select version, graph from journey_version where workspace_id = $1 and journey_id = $2',
    [workspace, journey],
  )
  return new Map(rows.map(r => [r.version, r.graph]))
}

export type PublishPlan = {
  liveVersion: number | null
  nextVersion: number
  diff: GraphDiff | null
  places: Place[]
  stale: boolean
}

/** @throws Problem 404; 400 `graph_invalid` when the draft is no graph at all */
export async function publishPlan(core: Core, workspace: Uuid, id: Uuid): Promise<PublishPlan> {
  const journey = await findJourney(core.pool, workspace, id)
  const { graph } = validateGraph(journey.draft)
  if (graph === null)
    throw new Problem(400, 'graph_invalid', 'The draft is not a journey graph', {
      path: '/draft',
      action: 'Mend the problems that are listed with it.',
    })
  const [graphs, waiting] = await Promise.all([
    graphsOf(core.pool, workspace, id),
    unlessDown(waitingPlaces(core.history, workspace, id)),
  ])
  const places = (waiting ?? []).flatMap(at => {
    const from = graphs.get(at.version)
    return from === undefined ? [] : [placeOf(from, graph, at)]
  })
  return {
    liveVersion: journey.liveVersion,
    nextVersion: Math.max(0, ...graphs.keys()) + 1,
    diff: journey.live === null ? null : diffGraphs(journey.live, graph),
    places,
    stale: waiting === null,
  }
}
