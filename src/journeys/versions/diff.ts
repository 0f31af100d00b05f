// What differs between two graphs of a journey: nodes, their fields and ways, and the parts around them. Pure; the web
// says it in words (web/journey/publishing/say-diff.ts).
import { GRAPH_KEYS, type GraphKey, type JourneyGraph, type NodeData, type NodeId } from '../model.ts'

export type NodeChange = {
  node: NodeId
  change: 'added' | 'removed' | 'changed'
  /** of the node as it is in the newer graph (removed: as it was) */
  type: string
  title: string | null
  /** changed: it is a node of another kind now */
  retyped: boolean
  retitled: boolean
  /** names of fields that differ */
  fields: string[]
  /** ports that lead elsewhere, came or went */
  ways: string[]
}

const isPart = (key: GraphKey): key is Exclude<GraphKey, 'format' | 'nodes'> =>
  key !== 'format' && key !== 'nodes'
/** Parts of a graph beside its nodes. */
export const GRAPH_PARTS = GRAPH_KEYS.filter(isPart)
export type GraphPart = (typeof GRAPH_PARTS)[number]

export type GraphDiff = { nodes: NodeChange[]; parts: GraphPart[] }

/** Equal as JSON, whatever the order of keys; what is undefined is not there. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const name of names) if (!same(part(a, name), part(b, name))) return false
  return true
}

const part = (of: object, name: string): unknown =>
  Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined

const differing = (a: object, b: object): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter(name => !same(part(a, name), part(b, name)))
    .sort()

/** Nodes in the order in which people come to them; those that nobody comes to last. */
function inOrder(graph: JourneyGraph): [NodeId, NodeData][] {
  const order = new Set([graph.start])
  for (const id of order) // grows while it is walked
    for (const next of Object.values(graph.nodes[id]?.next ?? {})) if (next !== null) order.add(next)
  for (const id of Object.keys(graph.nodes).sort()) order.add(id)
  return [...order].flatMap(id =>
    Object.hasOwn(graph.nodes, id) ? [[id, graph.nodes[id]!] as [NodeId, NodeData]] : [],
  )
}

const whole = (node: NodeId, data: NodeData, change: 'added' | 'removed'): NodeChange => ({
  node,
  change,
  type: data.type,
  title: data.title ?? null,
  retyped: false,
  retitled: false,
  fields: [],
  ways: [],
})

/** Nodes added, removed and changed, in the order in which people come to them; and the other parts that differ. */
export function diffGraphs(before: JourneyGraph, after: JourneyGraph): GraphDiff {
  const nodes: NodeChange[] = []
  for (const [id, data] of inOrder(after)) {
    const was = Object.hasOwn(before.nodes, id) ? before.nodes[id]! : null
    if (was === null) nodes.push(whole(id, data, 'added'))
    else {
      const change: NodeChange = {
        ...whole(id, data, 'added'),
        change: 'changed',
        retyped: was.type !== data.type,
        retitled: (was.title ?? '') !== (data.title ?? ''),
        fields: differing(was.fields, data.fields),
        ways: differing(was.next, data.next),
      }
      if (change.retyped || change.retitled || change.fields.length > 0 || change.ways.length > 0)
        nodes.push(change)
    }
  }
  for (const [id, data] of inOrder(before))
    if (!Object.hasOwn(after.nodes, id)) nodes.push(whole(id, data, 'removed'))
  return { nodes, parts: GRAPH_PARTS.filter(name => !same(before[name], after[name])) }
}

export const isSame = (diff: GraphDiff): boolean => diff.nodes.length === 0 && diff.parts.length === 0
