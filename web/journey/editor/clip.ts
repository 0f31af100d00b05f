// Copying nodes within a journey and into another: what is copied is a text, so that it goes through any clipboard. Pure.
import { z } from 'zod'
import type { JourneyGraph, NodeData, NodeId } from '../../../src/journeys/model.ts'
import { nodeType } from '../../../src/journeys/register.ts'
import { connect, freshId, type Made, type NewId } from './ops.ts'
import { inOrder, mainSpot, portsOf, type Spot, targetOf } from './ways.ts'

const shape = z.strictObject({
  itinera: z.literal('nodes'),
  start: z.string(),
  nodes: z.record(
    z.string().refine(n => n !== '__proto__'),
    z.strictObject({
      type: z.string(),
      fields: z.record(z.string(), z.unknown()),
      next: z.record(z.string(), z.string().nullable()),
      title: z.string().optional(),
    }),
  ),
})
export type Clip = { start: NodeId; nodes: Record<NodeId, NodeData> }

/** The chosen nodes; ways that leave them end. */
export function copy(graph: JourneyGraph, ids: readonly NodeId[]): Clip | null {
  const chosen = new Set(ids)
  const order = inOrder(graph).filter(id => chosen.has(id))
  const [start] = order
  if (start === undefined) return null
  const nodes: Clip['nodes'] = {}
  for (const id of order) {
    const node = graph.nodes[id]!
    const next: NodeData['next'] = {}
    for (const [port, to] of Object.entries(node.next)) next[port] = to !== null && chosen.has(to) ? to : null
    nodes[id] = { ...node, next }
  }
  return { start, nodes }
}

export const clipText = (clip: Clip): string => JSON.stringify({ itinera: 'nodes', ...clip }, null, 1)

/** null: the text holds something else. */
export function readClip(text: string): Clip | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const parsed = shape.safeParse(value)
  return parsed.success && Object.hasOwn(parsed.data.nodes, parsed.data.start)
    ? { start: parsed.data.start, nodes: parsed.data.nodes as Clip['nodes'] }
    : null
}

/** Puts copies on a way (their main way leads on to where it led), or (null) beside the others. */
export function paste(
  graph: JourneyGraph,
  clip: Clip,
  spot: Spot | null,
  newId: NewId,
): Made & { all: NodeId[] } {
  const names = new Map<NodeId, NodeId>()
  let next = graph
  for (const id of Object.keys(clip.nodes)) {
    const fresh = freshId(next, newId)
    names.set(id, fresh)
    next = { ...next, nodes: { ...next.nodes, [fresh]: clip.nodes[id]! } }
  }
  for (const id of names.values())
    next = { ...next, nodes: { ...next.nodes, [id]: renamed(next.nodes[id]!, names) } }
  const start = names.get(clip.start)!
  const to = spot && targetOf(graph, spot)
  const tail = tailOf(next, start)
  if (tail && to !== null) next = connect(next, tail, to)
  if (spot) next = connect(next, spot, start)
  if (Object.keys(graph.nodes).length === 0) next = { ...next, start }
  return { graph: next, node: start, all: [...names.values()] }
}

function renamed(node: NodeData, names: Map<NodeId, NodeId>): NodeData {
  const ports = portsOf(node)
  const next: NodeData['next'] = {}
  for (const [port, to] of Object.entries(node.next))
    if (ports.includes(port)) next[port] = to === null ? null : (names.get(to) ?? null)
  const specs = nodeType(node.type)?.fields ?? {}
  const fields = { ...node.fields }
  for (const name of Object.keys(specs)) {
    const value = fields[name]
    if (specs[name]?.kind !== 'node' || typeof value !== 'string') continue
    if (names.has(value)) fields[name] = names.get(value)
  }
  return { ...node, fields, next }
}

/** Where the main way from `start` ends. */
function tailOf(graph: JourneyGraph, start: NodeId): Spot | null {
  const passed = new Set<NodeId>()
  for (let at: NodeId | null = start; at !== null && !passed.has(at); ) {
    passed.add(at)
    const spot: Spot | null = mainSpot(graph, at)
    if (!spot) return null
    const to = targetOf(graph, spot)
    if (to === null) return spot
    at = to
  }
  return null
}

/** Copies behind the last of what is copied. */
export function duplicate(
  graph: JourneyGraph,
  ids: readonly NodeId[],
  newId: NewId,
): (Made & { all: NodeId[] }) | null {
  const clip = copy(graph, ids)
  if (!clip) return null
  let last: Spot | null = null
  const passed = new Set<NodeId>()
  for (let at: NodeId | null = clip.start; at !== null && ids.includes(at) && !passed.has(at); ) {
    passed.add(at)
    last = mainSpot(graph, at)
    at = last && targetOf(graph, last)
  }
  return paste(graph, clip, last, newId)
}
