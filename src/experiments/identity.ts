// Which experiment it is that a node holds: as long as it stays the same, versions of a journey continue it. Pure.
import type { NodeId, PublishedJourney } from '../journeys/model.ts'
import { hashId, type Uuid } from '../platform/ids.ts'

/** Hash of what is tried out on whom, and by what it is measured; a jsonb column gives the keys in one order. */
export const experimentOf = (node: NodeId, { variants, metric, windowMs }: Record<string, unknown>): Uuid =>
  hashId(node, JSON.stringify([variants, metric, windowMs]))

/** A journey with its decided experiments. */
export function withDecisions(
  journey: PublishedJourney,
  decisions: readonly { journey: Uuid; node: NodeId; experiment: Uuid; variant: string }[],
): PublishedJourney {
  const decided: Record<NodeId, string> = {}
  for (const d of decisions) {
    const node = d.journey === journey.id ? journey.graph.nodes[d.node] : undefined
    if (node?.type === 'experiment' && experimentOf(d.node, node.fields) === d.experiment)
      decided[d.node] = d.variant
  }
  return Object.keys(decided).length === 0 ? journey : { ...journey, decided }
}
