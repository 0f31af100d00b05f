// The ways of a graph as the editor sees them: which ports a node has, where each leads, and places on a way at which
// something can be put in. Pure.
import type { JourneyGraph, NodeData, NodeId } from '../../../src/journeys/model.ts'
import { nodeType } from '../../../src/journeys/register.ts'

/** One way out: a port of a node, or (null) the way in. */
export type Spot = { from: NodeId | null; port: string }

/** Ports in drawing order; of a type that is not known here, what is stored. */
export const portsOf = (node: NodeData): string[] =>
  nodeType(node.type)?.ports(node.fields) ?? Object.keys(node.next)

/** The port whose way this one takes when `next` leaves it out. */
export const fallbackOf = (node: NodeData, port: string): string | undefined =>
  nodeType(node.type)?.fallback?.[port]

/** A port that `next` leaves out may take another's way. */
export function portTarget(node: NodeData, port: string): NodeId | null | undefined {
  if (Object.hasOwn(node.next, port)) return node.next[port]
  const other = fallbackOf(node, port)
  return other === undefined ? undefined : node.next[other]
}

/** Must this port be said in `next`? */
export const mustLead = (node: NodeData, port: string): boolean => fallbackOf(node, port) === undefined

export const targetOf = (graph: JourneyGraph, spot: Spot): NodeId | null => {
  const node = spot.from === null ? undefined : graph.nodes[spot.from]
  const to = spot.from === null ? graph.start : node && portTarget(node, spot.port)
  return to !== undefined && to !== null && Object.hasOwn(graph.nodes, to) ? to : null
}

/** The way that goes on when nothing special happens: the first port. */
export const mainSpot = (graph: JourneyGraph, id: NodeId): Spot | null => {
  const node = graph.nodes[id]
  const port = node && portsOf(node)[0]
  return port === undefined ? null : { from: id, port }
}

/** Nodes in the order in which a reader meets them from the start, then the others. */
export function inOrder(graph: JourneyGraph): NodeId[] {
  const seen = new Set<NodeId>()
  const visit = (id: NodeId | null | undefined) => {
    const open = [id]
    while (open.length > 0) {
      const at = open.pop()
      const node = at === null || at === undefined ? undefined : graph.nodes[at]
      if (!node || !at || seen.has(at)) continue
      seen.add(at)
      for (const port of portsOf(node).toReversed()) open.push(portTarget(node, port))
    }
  }
  visit(graph.start)
  for (const id of Object.keys(graph.nodes)) visit(id)
  return [...seen]
}

/** Who leads to a node: spots, the way in included. */
export function spotsTo(graph: JourneyGraph, id: NodeId): Spot[] {
  const found: Spot[] = graph.start === id ? [{ from: null, port: '' }] : []
  for (const [from, node] of Object.entries(graph.nodes))
    for (const [port, to] of Object.entries(node.next)) if (to === id) found.push({ from, port })
  return found
}
