// The two journeys the demo brand runs: the product's own examples, published the way a person publishes.
import type { JourneyGraph } from '../journeys/model.ts'
import { publishJourney } from '../journeys/publish.ts'
import { createJourney, findJourney } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'

export async function publishGraphs(
  core: Core,
  workspace: Uuid,
  graphs: readonly JourneyGraph[],
): Promise<Uuid[]> {
  const ids: Uuid[] = []
  for (const graph of graphs) {
    const id = await createJourney(core, workspace, graph)
    const { version } = await findJourney(core.pool, workspace, id)
    await publishJourney(core, workspace, id, version, 'demo')
    ids.push(id)
  }
  return ids
}
