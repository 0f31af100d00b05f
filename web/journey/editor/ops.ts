// What the canvas does to a graph: each operation gives a new graph, and no way ever leads to a node that is not there.
// Pure: ids of new nodes come from outside.
import type { JourneyGraph, NodeData, NodeId } from '../../../src/journeys/model.ts'
import { nodeType } from '../../../src/journeys/register.ts'
import { mainSpot, mustLead, portsOf, portTarget, type Spot, targetOf } from './ways.ts'

export type NewId = () => NodeId
export type Made = { graph: JourneyGraph; node: NodeId }

const withNode = (graph: JourneyGraph, id: NodeId, node: NodeData): JourneyGraph => ({
  ...graph,
  nodes: { ...graph.nodes, [id]: node },
})

/** Lets a spot lead to `to`; null ends the journey there. */
export function connect(graph: JourneyGraph, spot: Spot, to: NodeId | null): JourneyGraph {
  if (to !== null && !Object.hasOwn(graph.nodes, to)) return graph
  if (spot.from === null) return { ...graph, start: to ?? '' }
  const node = graph.nodes[spot.from]
  if (!node || !portsOf(node).includes(spot.port)) return graph
  return withNode(graph, spot.from, { ...node, next: { ...node.next, [spot.port]: to } })
}

/** A node of the type, its ways open: the first leads to `to`, those that must lead somewhere end. */
export function makeNode(type: string, fields: Record<string, unknown>, to: NodeId | null): NodeData {
  const node: NodeData = { type, fields, next: {} }
  portsOf(node).forEach((port, i) => {
    if (i === 0) node.next[port] = to
    else if (mustLead(node, port)) node.next[port] = null
  })
  return node
}

/** Puts a new node on the ways of `spots` (which lead to the same place), or (no spots) beside the others. */
export function insert(
  graph: JourneyGraph,
  spots: Spot[],
  type: string,
  fields: Record<string, unknown>,
  newId: NewId,
  place?: { x: number; y: number },
): Made {
  const id = freshId(graph, newId)
  const to = spots[0] ? targetOf(graph, spots[0]) : null
  let next = withNode(graph, id, makeNode(type, fields, to))
  for (const spot of spots) next = connect(next, spot, id)
  // the first node of an empty journey is where it starts
  if (Object.keys(graph.nodes).length === 0) next = { ...next, start: id }
  return { graph: place ? placeNodes(next, { [id]: place }) : next, node: id }
}

export function freshId(graph: JourneyGraph, newId: NewId): NodeId {
  for (;;) {
    const id = newId()
    if (!Object.hasOwn(graph.nodes, id)) return id
  }
}

/** Takes nodes away; ways that led to them lead to where their main way went. What named them forgets them. */
export function remove(graph: JourneyGraph, ids: readonly NodeId[]): JourneyGraph {
  const gone = new Set(ids.filter(id => Object.hasOwn(graph.nodes, id)))
  if (gone.size === 0) return graph
  const behind = (id: NodeId): NodeId | null => {
    const passed = new Set<NodeId>()
    let at: NodeId | null = id
    while (at !== null && gone.has(at)) {
      if (passed.has(at)) return null
      passed.add(at)
      const spot = mainSpot(graph, at)
      at = spot && targetOf(graph, spot)
    }
    return at
  }
  const nodes: Record<NodeId, NodeData> = {}
  for (const [id, node] of Object.entries(graph.nodes)) {
    if (gone.has(id)) continue
    const next: NodeData['next'] = {}
    for (const [port, to] of Object.entries(node.next)) {
      const healed: NodeId | null = to !== null && gone.has(to) ? behind(to) : to
      // a way back to itself would be a loop that nobody drew
      next[port] = healed === id && to !== id ? null : healed
    }
    nodes[id] = { ...node, fields: forgetting(node, gone), next }
  }
  const start = gone.has(graph.start) ? (behind(graph.start) ?? '') : graph.start
  return forgetNotes({ ...graph, start, nodes }, gone)
}

/** Fields that name a node which is gone are emptied. */
function forgetting(node: NodeData, gone: Set<NodeId>): Record<string, unknown> {
  const specs = nodeType(node.type)?.fields ?? {}
  const lost = Object.keys(specs).filter(
    name => specs[name]?.kind === 'node' && gone.has(String(node.fields[name])),
  )
  return lost.length === 0
    ? node.fields
    : Object.fromEntries(Object.entries(node.fields).filter(([name]) => !lost.includes(name)))
}

function forgetNotes(graph: JourneyGraph, gone: Set<NodeId>): JourneyGraph {
  let next = graph
  const kpis = graph.policy?.kpis
  if (kpis?.some(k => k.node !== null && gone.has(k.node)))
    next = {
      ...next,
      policy: { ...next.policy, kpis: kpis.filter(k => k.node === null || !gone.has(k.node)) },
    }
  const canvas = graph.canvas
  if (!canvas) return next
  const places = Object.fromEntries(Object.entries(canvas.places ?? {}).filter(([id]) => !gone.has(id)))
  const groups = (canvas.groups ?? [])
    .map(g => ({ ...g, nodes: g.nodes.filter(id => !gone.has(id)) }))
    .filter(g => g.nodes.length > 0)
  const comments = (canvas.comments ?? []).map(({ node, ...c }) =>
    node !== undefined && !gone.has(node) ? { ...c, node } : c,
  )
  return { ...next, canvas: { ...canvas, places, groups, comments } }
}

/** New fields of a node. Its ways follow: a port that was renamed keeps its way, a new one ends, one that is gone goes. */
export function setFields(graph: JourneyGraph, id: NodeId, fields: Record<string, unknown>): JourneyGraph {
  const node = graph.nodes[id]
  if (!node) return graph
  const before = portsOf(node)
  const changed: NodeData = { ...node, fields }
  const after = portsOf(changed)
  const next: NodeData['next'] = {}
  after.forEach((port, i) => {
    const old = before[i]
    const renamed = after.length === before.length && old !== undefined && !after.includes(old)
    const way = portTarget(node, port) ?? (renamed ? portTarget(node, old) : undefined)
    if (Object.hasOwn(node.next, port) || mustLead(changed, port)) next[port] = way ?? null
  })
  return withNode(graph, id, { ...changed, next })
}

/** One field; undefined takes it away. */
export function setField(graph: JourneyGraph, id: NodeId, name: string, value: unknown): JourneyGraph {
  const node = graph.nodes[id]
  if (!node) return graph
  const { [name]: _, ...rest } = node.fields
  return setFields(graph, id, value === undefined ? rest : { ...rest, [name]: value })
}

export function setTitle(graph: JourneyGraph, id: NodeId, title: string): JourneyGraph {
  const node = graph.nodes[id]
  if (!node) return graph
  const { title: _, ...rest } = node
  return withNode(graph, id, title.trim() === '' ? rest : { ...rest, title: title.slice(0, 200) })
}

// ── notes on the canvas ──────────────────────────────────────────────────────

export const placeNodes = (
  graph: JourneyGraph,
  places: Record<NodeId, { x: number; y: number }>,
): JourneyGraph => ({
  ...graph,
  canvas: { ...graph.canvas, places: { ...graph.canvas?.places, ...places } },
})

/** Forgets what was put by hand: everything is laid out. */
export function layOut(graph: JourneyGraph): JourneyGraph {
  if (Object.keys(graph.canvas?.places ?? {}).length === 0) return graph
  const { places: _, ...canvas } = graph.canvas ?? {}
  return { ...graph, canvas }
}

/** A node is in one group at most. */
export function group(graph: JourneyGraph, ids: readonly NodeId[], name: string, id: string): JourneyGraph {
  const nodes = ids.filter(n => Object.hasOwn(graph.nodes, n))
  if (nodes.length === 0) return graph
  const others = (graph.canvas?.groups ?? [])
    .map(g => ({ ...g, nodes: g.nodes.filter(n => !nodes.includes(n)) }))
    .filter(g => g.nodes.length > 0 && g.id !== id)
  return { ...graph, canvas: { ...graph.canvas, groups: [...others, { id, name, nodes }] } }
}

export const ungroup = (graph: JourneyGraph, id: string): JourneyGraph => ({
  ...graph,
  canvas: { ...graph.canvas, groups: (graph.canvas?.groups ?? []).filter(g => g.id !== id) },
})

export const nameGroup = (graph: JourneyGraph, id: string, name: string): JourneyGraph => ({
  ...graph,
  canvas: {
    ...graph.canvas,
    groups: (graph.canvas?.groups ?? []).map(g => (g.id === id ? { ...g, name } : g)),
  },
})

type Comment = { id: string; text: string; x: number; y: number; node?: string }

/** Writes a comment anew or changes it. */
export function comment(graph: JourneyGraph, written: Comment): JourneyGraph {
  const comments = graph.canvas?.comments ?? []
  const known = comments.some(c => c.id === written.id)
  return {
    ...graph,
    canvas: {
      ...graph.canvas,
      comments: known ? comments.map(c => (c.id === written.id ? written : c)) : [...comments, written],
    },
  }
}

export const uncomment = (graph: JourneyGraph, id: string): JourneyGraph => ({
  ...graph,
  canvas: { ...graph.canvas, comments: (graph.canvas?.comments ?? []).filter(c => c.id !== id) },
})
