// From a journey to what is drawn: boxes, edges by port, and where they stand. Pure but for dagre's layout.
import dagre from '@dagrejs/dagre'
import type { JourneyGraph, NodeData } from '../../src/journeys/model.ts'

export const BOX = { width: 250, height: 104 }
/** Room that dagre keeps free for an edge's words. */
const LABEL = { width: 90, height: 18 }
const END = { width: 84, height: 32 }

export type Box =
  | { id: string; kind: 'start'; x: number; y: number }
  | { id: string; kind: 'node'; x: number; y: number; node: NodeData }
  | { id: string; kind: 'end'; x: number; y: number }
export type Point = { x: number; y: number }
export type Line = { id: string; from: string; to: string; ports: string[]; node: string | null }
/** `points` go around the boxes between; `label` is where its words stand. */
export type Route = Line & { points: Point[]; label: Point }

export const START = '__start'

/** Outcomes of a send that `next` leaves out take the way of accepted. */
const OUTCOMES = ['accepted', 'failed', 'skipped', 'unknown']

function linesOf(graph: JourneyGraph): Line[] {
  const lines: Line[] = [{ id: START, from: START, to: graph.start, ports: [], node: null }]
  for (const [id, node] of Object.entries(graph.nodes)) {
    const targets = new Map<string, string[]>()
    const next = { ...node.next }
    if (node.type === 'send' && 'accepted' in next)
      for (const port of OUTCOMES) if (!(port in next)) next[port] = next.accepted ?? null
    for (const [port, target] of Object.entries(next)) {
      const to = target !== null && target in graph.nodes ? target : `end:${id}`
      targets.set(to, [...(targets.get(to) ?? []), port])
    }
    const all = [...targets.values()].length === 1
    for (const [to, ports] of targets)
      lines.push({ id: `${id}>${to}`, from: id, to, ports: all && ports.length > 1 ? [] : ports, node: id })
  }
  return lines
}

export function shapeOf(graph: JourneyGraph): { boxes: Box[]; lines: Route[]; width: number } {
  const lines = linesOf(graph)
  const layout = new dagre.graphlib.Graph()
    .setGraph({ rankdir: 'TB', nodesep: 46, ranksep: 40, marginx: 20, marginy: 20 })
    .setDefaultEdgeLabel(() => ({}))
  // dagre writes the place into the very object it is given: each node needs its own
  layout.setNode(START, { ...BOX })
  for (const id of Object.keys(graph.nodes)) layout.setNode(id, { ...BOX })
  for (const line of lines) {
    if (line.to.startsWith('end:')) layout.setNode(line.to, { ...END })
    layout.setEdge(line.from, line.to, { ...LABEL, labelpos: 'c' })
  }
  dagre.layout(layout)
  const boxes = layout.nodes().map((id: string): Box => {
    const at = layout.node(id) as { x: number; y: number; width: number; height: number }
    const place = { id, x: at.x - at.width / 2, y: at.y - at.height / 2 }
    if (id === START) return { ...place, kind: 'start' }
    const node = graph.nodes[id]
    return node ? { ...place, kind: 'node', node } : { ...place, kind: 'end' }
  })
  const routes = lines.map(line => {
    const { points, x, y } = layout.edge(line.from, line.to) as { points: Point[]; x: number; y: number }
    return { ...line, points, label: { x, y } }
  })
  return { boxes, lines: routes, width: (layout.graph() as { width?: number }).width ?? BOX.width }
}

/** An SVG path through the points, its corners rounded. */
export function pathOf(points: Point[]): string {
  const [first, ...rest] = points
  const last = rest.pop()
  if (!first || !last) return ''
  const bends = rest.map((p, i) => {
    const next = rest[i + 1] ?? last
    return `Q ${p.x} ${p.y} ${(p.x + next.x) / 2} ${(p.y + next.y) / 2}`
  })
  return `M ${first.x} ${first.y} ${bends.join(' ')} L ${last.x} ${last.y}`
}
