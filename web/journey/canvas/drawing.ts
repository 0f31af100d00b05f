// From boxes and routes to what the drawing library is given. Objects of before are kept where nothing changed, so that
// only what changed is drawn anew.
import { type Edge, MarkerType, type Node, type NodeHandle, Position } from '@xyflow/react'
import type { Out } from '../../../src/contract.ts'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import type { Say } from '../../use.ts'
import { word } from '../../i18n.ts'
import type { CardData, NoteData, StartData } from './card.tsx'
import { type Box, CARD, ownerOf, portX, type Shape, START } from './shape.ts'
import type { WayData } from './way.tsx'

type JourneyCounts = Out<'journeyCounts'>
export type Look = {
  graph: JourneyGraph
  shape: Shape
  editable: boolean
  /** undefined: not live */
  counts: JourneyCounts | undefined
  problems: Map<string, string>
  selected: ReadonlySet<string>
  /** the panel that is open: a node's id, START, or nothing */
  open: string | undefined
  entrance: string
  dragged: Record<string, { x: number; y: number }>
  /** the edge onto which something would be dropped now */
  target: string | null
}

/** Keeps what was made with the same parts. */
export function keeper<T>(): (id: string, parts: readonly unknown[], make: () => T) => T {
  const kept = new Map<string, { parts: readonly unknown[]; made: T }>()
  return (id, parts, make) => {
    const before = kept.get(id)
    if (before?.parts.every((p, i) => Object.is(p, parts[i]))) return before.made
    const made = make()
    kept.set(id, { parts, made })
    return made
  }
}

const NOTE = { width: 190, height: 92 }
const handle = (type: 'source' | 'target', x: number, y: number, id: string | null): NodeHandle => ({
  type,
  id,
  position: type === 'source' ? Position.Bottom : Position.Top,
  x,
  y,
  width: 1,
  height: 1,
})

const sized = (
  box: Pick<Box, 'id' | 'width' | 'height'>,
  position: { x: number; y: number },
  ports: string[],
) => ({
  id: box.id,
  position,
  width: box.width,
  height: box.height,
  measured: { width: box.width, height: box.height },
  handles: [
    handle('target', box.width / 2, 0, null),
    ...ports.map((port, i) => handle('source', portX(i, ports.length, box.width), box.height, port)),
  ],
})

export function nodesOf(look: Look, keep: ReturnType<typeof keeper<Node>>): Node[] {
  const { graph, shape, editable, counts, problems, selected, open, entrance, dragged } = look
  const byNode = new Map(counts?.nodes.map(c => [c.node, c]))
  const nodes: Node[] = []
  for (const box of shape.boxes) {
    const own = dragged[box.id]
    const x = own?.x ?? box.x
    const y = own?.y ?? box.y
    const place = [x, y, box.width, box.height]
    if (box.kind === 'start')
      nodes.push(
        keep(
          box.id,
          [...place, graph.trigger, counts?.entered, problems.has(START), entrance === START, open === START],
          () => ({
            ...sized(box, { x, y }, ['']),
            type: 'start',
            draggable: false,
            selectable: false,
            data: {
              trigger: graph.trigger,
              entered: counts?.entered,
              wrong: problems.has(START),
              entrance: entrance === START,
              open: open === START,
            } satisfies StartData,
          }),
        ),
      )
    else if (box.kind === 'end')
      nodes.push(
        keep(box.id, [...place, box.open], () => ({
          ...sized(box, { x, y }, []),
          type: 'end',
          draggable: false,
          selectable: false,
          data: { open: box.open },
        })),
      )
    else {
      const node = graph.nodes[box.id] ?? box.node
      const count = counts
        ? (byNode.get(box.id) ?? { node: box.id, waiting: 0, passed: 0, left: 0, ports: {} })
        : undefined
      const said = problems.get(box.id) ?? ''
      const is = selected.has(box.id)
      const parts = [
        node,
        box.ports.join('\n'),
        JSON.stringify(count),
        said,
        is,
        entrance === box.id,
        open === box.id,
        editable,
      ]
      nodes.push(
        keep(box.id, [...place, ...parts], () => ({
          ...sized(box, { x, y }, box.ports),
          type: 'card',
          selected: is,
          draggable: editable,
          data: {
            node,
            ports: box.ports,
            counts: count,
            problems: said,
            entrance: entrance === box.id,
            open: open === box.id,
          } satisfies CardData,
        })),
      )
    }
  }
  return [...framesOf(graph, nodes, keep), ...nodes, ...notesOf(look, keep)]
}

/** A frame goes around its nodes, wherever they stand. */
function framesOf(graph: JourneyGraph, nodes: Node[], keep: ReturnType<typeof keeper<Node>>): Node[] {
  const at = new Map(nodes.map(n => [n.id, n]))
  return (graph.canvas?.groups ?? []).flatMap(group => {
    const inside = group.nodes.map(id => at.get(id)).filter(n => n !== undefined)
    if (inside.length === 0) return []
    const x = Math.min(...inside.map(n => n.position.x)) - 20
    const y = Math.min(...inside.map(n => n.position.y)) - 40
    const width = Math.max(...inside.map(n => n.position.x + (n.width ?? 0))) + 20 - x
    const height = Math.max(...inside.map(n => n.position.y + (n.height ?? 0))) + 20 - y
    const id = `group:${group.id}`
    return [
      keep(id, [x, y, width, height, group.name], () => ({
        ...sized({ id, width, height }, { x, y }, []),
        type: 'frame',
        draggable: false,
        selectable: false,
        zIndex: -1,
        data: { name: group.name },
      })),
    ]
  })
}

function notesOf({ graph, dragged, selected }: Look, keep: ReturnType<typeof keeper<Node>>): Node[] {
  return (graph.canvas?.comments ?? []).map(c => {
    const id = `note:${c.id}`
    const { x, y } = dragged[id] ?? c
    return keep(id, [x, y, c.text, c.node, selected.has(id)], () => ({
      ...sized({ id, ...NOTE }, { x, y }, []),
      type: 'note',
      selected: selected.has(id),
      data: { text: c.text, node: c.node } satisfies NoteData,
    }))
  })
}

export function edgesOf(
  look: Look,
  chosen: string | null,
  say: Say,
  keep: ReturnType<typeof keeper<Edge>>,
): Edge[] {
  const { shape, counts, dragged, target, graph } = look
  const entered = counts?.entered
  const byNode = new Map(counts?.nodes.map(c => [c.node, c]))
  const placed = graph.canvas?.places ?? {}
  const owners = new Map(shape.boxes.map(b => [b.id, ownerOf(b)]))
  const moved = (id: string) => {
    const owner = owners.get(id) ?? id
    return owner in placed || owner in dragged
  }
  const portsOf = new Map(shape.boxes.map(b => [b.id, b.kind === 'node' ? b.ports : ['']]))
  return shape.lines.map(line => {
    const ports = byNode.get(line.from)?.ports ?? {}
    const passed = line.from === START ? (entered ?? 0) : line.ports.reduce((n, p) => n + (ports[p] ?? 0), 0)
    const share = entered ? Math.min(1, passed / entered) : 0
    const words = [
      line.named.map(p => word('port', p)).join(say.t('say.list')),
      passed > 0 ? say.count(passed) : '',
      passed > 0 && entered && line.from !== START ? say.share(passed, entered) : '',
    ]
      // of few people the share is told as their number, which stands there already
      .filter((words, i, all) => words !== '' && words !== all[i - 1])
      .join(' · ')
    // a way that several ports share leaves between them
    const own = portsOf.get(line.from) ?? ['']
    const dots = line.ports.map(p => portX(own.indexOf(p), own.length, CARD.width))
    const shift = dots.reduce((a, b) => a + b, 0) / dots.length - (dots[0] ?? 0)
    const free = moved(line.from) || moved(line.to)
    const idle = passed === 0 && counts !== undefined
    return keep(
      line.id,
      [line, words, share, shift, free, idle, target === line.id, chosen === line.id, look.editable],
      () => ({
        id: line.id,
        source: line.from,
        sourceHandle: line.ports[0] ?? null,
        target: line.to,
        type: 'way',
        selected: chosen === line.id,
        selectable: look.editable,
        reconnectable: look.editable ? ('target' as const) : false,
        data: {
          route: line,
          free,
          shift,
          words,
          wide: 1.5 + share * 5,
          idle,
          target: target === line.id,
        } satisfies WayData,
        markerEnd: {
          type: MarkerType.ArrowClosed,
          color: 'var(--app-edge)',
          // wider ways have larger heads, else the way hides its own
          width: 14 + share * 12,
          height: 14 + share * 12,
          markerUnits: 'userSpaceOnUse',
        },
      }),
    )
  })
}
