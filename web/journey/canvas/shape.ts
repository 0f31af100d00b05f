// From a journey to what is drawn: boxes, edges by port, and where they stand. Pure but for dagre's layout.
import dagre from '@dagrejs/dagre'
import type { JourneyGraph, NodeData, NodeId } from '../../../src/journeys/model.ts'
import { fallbackOf, portsOf, portTarget, type Spot } from '../editor/ways.ts'

export const CARD = { width: 250, height: 84, live: 108 }
const PILL = { width: 84, height: 32 }
/** Room that dagre keeps free for an edge's words. */
const LABEL = { width: 90, height: 22 }
export const START = '__start'

export type Point = { x: number; y: number }
export type Box = { id: string; width: number; height: number; x: number; y: number } & (
  | { kind: 'start' }
  | { kind: 'node'; node: NodeData; ports: string[]; placed: boolean }
  /** nothing follows: the run ends there, or (open) nobody has said what follows */
  | { kind: 'end'; open: boolean; owner: string }
)
/** All ports of a node that lead to the same place; `named`: those whose names stand on the edge. */
export type Line = { id: string; from: string; to: string; ports: string[]; named: string[]; spots: Spot[] }
/** `points` go around the boxes between; `label` is where its words stand. */
export type Route = Line & { points: Point[]; label: Point }
export type Shape = { boxes: Box[]; lines: Route[]; width: number }

/** Changes when something has to be laid out anew, and not when words of a node change. */
export const layoutKey = (graph: JourneyGraph): string =>
  JSON.stringify([
    graph.start,
    Object.entries(graph.nodes).map(([id, node]) => [id, portsOf(node), node.next]),
    graph.canvas?.places ?? {},
  ])

function linesOf(graph: JourneyGraph): Line[] {
  const has = (id: NodeId | null | undefined): id is NodeId =>
    id !== null && id !== undefined && Object.hasOwn(graph.nodes, id)
  const way: Spot = { from: null, port: '' }
  const lines: Line[] = [
    {
      id: START,
      from: START,
      to: has(graph.start) ? graph.start : `open:${START}`,
      ports: [''],
      named: [],
      spots: [way],
    },
  ]
  for (const [id, node] of Object.entries(graph.nodes)) {
    const targets = new Map<string, string[]>()
    for (const port of portsOf(node)) {
      const target = portTarget(node, port)
      // each way out ends by itself, so that something can be put on it alone; outcomes that nobody parted go together
      const own = Object.hasOwn(node.next, port) ? port : (fallbackOf(node, port) ?? port)
      const to = has(target) ? target : `${target === null ? 'end' : 'open'}:${id}:${own}`
      targets.set(to, [...(targets.get(to) ?? []), port])
    }
    const all = targets.size === 1
    for (const [to, ports] of targets)
      lines.push({
        id: `${id}>${to}`,
        from: id,
        to,
        ports,
        named: all && ports.length > 1 ? [] : ports.filter(p => p !== 'next'),
        spots: ports.map(port => ({ from: id, port })),
      })
  }
  return lines
}

/** `tall`: with room for live counts. */
export function shapeOf(graph: JourneyGraph, tall = false): Shape {
  const lines = linesOf(graph)
  const card = { width: CARD.width, height: tall ? CARD.live : CARD.height }
  const layout = new dagre.graphlib.Graph()
    .setGraph({ rankdir: 'TB', nodesep: 46, ranksep: 40, marginx: 20, marginy: 20 })
    .setDefaultEdgeLabel(() => ({}))
  // dagre writes the place into the very object it is given: each node needs its own
  layout.setNode(START, { ...card })
  for (const id of Object.keys(graph.nodes)) layout.setNode(id, { ...card })
  for (const line of lines) {
    if (!Object.hasOwn(graph.nodes, line.to)) layout.setNode(line.to, { ...PILL })
    layout.setEdge(line.from, line.to, { ...LABEL, labelpos: 'c' })
  }
  dagre.layout(layout)
  const places = graph.canvas?.places ?? {}
  const owners = new Map(lines.map(l => [l.to, l.from]))
  const laid = (id: string): Box => {
    const at = layout.node(id) as { x: number; y: number; width: number; height: number }
    const size = { id, width: at.width, height: at.height }
    const node = graph.nodes[id]
    const own = places[id]
    const place = { ...size, x: at.x - at.width / 2, y: at.y - at.height / 2 }
    if (id === START) return { ...place, kind: 'start' }
    if (!node) return { ...place, kind: 'end', open: id.startsWith('open:'), owner: owners.get(id) ?? START }
    return { ...place, ...own, kind: 'node', node, ports: portsOf(node), placed: own !== undefined }
  }
  const boxes = layout.nodes().map(laid)
  const moved = new Map(boxes.flatMap(b => (b.kind === 'node' && b.placed ? [[b.id, b] as const] : [])))
  // ends stand below their node, wherever that was put
  const ends = new Map<string, number>()
  for (const [i, box] of boxes.entries()) {
    const owner = box.kind === 'end' ? moved.get(box.owner) : undefined
    if (!owner) continue
    const n = ends.get(owner.id) ?? 0
    ends.set(owner.id, n + 1)
    boxes[i] = {
      ...box,
      x: owner.x + owner.width - box.width - n * (box.width + 20),
      y: owner.y + owner.height + 56,
    }
  }
  const at = new Map(boxes.map(b => [b.id, b]))
  const ofMoved = (id: string): boolean => moved.has(id) || moved.has(ownerOf(at.get(id)))
  const routes = lines.map(line => {
    const { points, x, y } = layout.edge(line.from, line.to) as { points: Point[]; x: number; y: number }
    if (!ofMoved(line.from) && !ofMoved(line.to)) return { ...line, points, label: { x, y } }
    const a = at.get(line.from)!
    const b = at.get(line.to)!
    const straight = [
      { x: a.x + a.width / 2, y: a.y + a.height },
      { x: b.x + b.width / 2, y: b.y },
    ]
    return {
      ...line,
      points: straight,
      label: { x: (straight[0]!.x + straight[1]!.x) / 2, y: (straight[0]!.y + straight[1]!.y) / 2 },
    }
  })
  // ports stand in the order of where they lead, so that ways do not cross at once
  const middle = new Map(boxes.map(b => [b.id, b.x + b.width / 2]))
  for (const box of boxes) {
    if (box.kind !== 'node' || box.ports.length < 2) continue
    const toward = new Map<string, number>()
    for (const line of routes)
      if (line.from === box.id) for (const port of line.ports) toward.set(port, middle.get(line.to) ?? 0)
    box.ports = box.ports.toSorted((a, b) => (toward.get(a) ?? 0) - (toward.get(b) ?? 0))
  }
  return { boxes, lines: routes, width: (layout.graph() as { width?: number }).width ?? CARD.width }
}

/** The node that a box belongs to: itself, or the one whose end it is. */
export const ownerOf = (box: Box | undefined): string =>
  box === undefined ? '' : box.kind === 'end' ? box.owner : box.id

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

/** Where a port leaves its card. */
export const portX = (index: number, of: number, width: number): number => ((index + 1) / (of + 1)) * width

/** How far a point is from a line through points. */
export function distance(point: Point, line: Point[]): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!
    const b = line[i]!
    const [dx, dy] = [b.x - a.x, b.y - a.y]
    const length = dx * dx + dy * dy
    const along = length === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length
    const t = Math.max(0, Math.min(1, along))
    best = Math.min(best, Math.hypot(point.x - (a.x + t * dx), point.y - (a.y + t * dy)))
  }
  return best
}

/** The edge on which something that is dropped at `point` goes. */
export function lineNear(shape: Shape, point: Point, within: number): Route | null {
  let best: Route | null = null
  let least = within
  for (const line of shape.lines) {
    const d = distance(point, line.points)
    if (d < least) {
      least = d
      best = line
    }
  }
  return best
}

/** The box that lies in the direction of an arrow key: along the ways up and down, beside it left and right. */
export function boxBeside(
  shape: Shape,
  from: string,
  key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight',
): string | null {
  const solid = new Map(shape.boxes.filter(b => b.kind !== 'end').map(b => [b.id, b]))
  const at = solid.get(from)
  if (!at) return null
  if (key === 'ArrowDown') return shape.lines.find(l => l.from === from && solid.has(l.to))?.to ?? null
  if (key === 'ArrowUp') {
    const above = shape.lines.filter(l => l.to === from && solid.has(l.from)).map(l => solid.get(l.from)!)
    return above.sort((a, b) => b.y - a.y).find(b => b.y < at.y)?.id ?? above[0]?.id ?? null
  }
  const right = key === 'ArrowRight'
  const beside = [...solid.values()].filter(
    b => b.id !== from && Math.abs(b.y - at.y) < at.height && (right ? b.x > at.x : b.x < at.x),
  )
  return beside.sort((a, b) => Math.abs(a.x - at.x) - Math.abs(b.x - at.x))[0]?.id ?? null
}
