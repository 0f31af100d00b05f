// What is dragged on the canvas: cards and comments to another place, a type of the palette onto an edge or beside it.
import type { NodeChange, ReactFlowInstance } from '@xyflow/react'
import { type DragEvent, type RefObject, useState } from 'react'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { comment, placeNodes } from '../editor/ops.ts'
import type { useInsert } from './insert.ts'
import { DRAGGED } from './palette.tsx'
import { lineNear, type Point, type Shape } from './shape.ts'

/** How near to an edge something must be dropped to go on it. */
const NEAR = 46

export type Insert = ReturnType<typeof useInsert>['insertType']

export function useDrags({
  graph,
  change,
  shape,
  selected,
  select,
  editable,
  flow,
}: {
  graph: JourneyGraph
  change: (graph: JourneyGraph) => void
  shape: Shape
  selected: ReadonlySet<string>
  select: (ids: ReadonlySet<string>) => void
  editable: boolean
  flow: RefObject<ReactFlowInstance | null>
}) {
  const [dragged, drag] = useState<Record<string, Point>>({})
  const [target, aim] = useState<string | null>(null)
  const pointOf = (event: { clientX: number; clientY: number }): Point =>
    flow.current?.screenToFlowPosition({ x: event.clientX, y: event.clientY }) ?? { x: 0, y: 0 }
  return {
    dragged,
    /** the edge that would take it */
    target,
    changes: (list: NodeChange[]) => {
      let next: Set<string> | null = null
      for (const c of list) {
        if (c.type === 'select') {
          next ??= new Set(selected)
          if (c.selected) next.add(c.id)
          else next.delete(c.id)
        } else if (c.type === 'position' && c.position && c.dragging) {
          const { position } = c
          drag(now => ({ ...now, [c.id]: position }))
        }
      }
      if (next) select(next)
    },
    dropped: () => {
      const places = Object.fromEntries(Object.entries(dragged).filter(([id]) => id in graph.nodes))
      let next = Object.keys(places).length > 0 ? placeNodes(graph, places) : graph
      for (const c of graph.canvas?.comments ?? []) {
        const at = dragged[`note:${c.id}`]
        if (at) next = comment(next, { ...c, ...at })
      }
      change(next)
      drag({})
    },
    over: (event: DragEvent) => {
      if (!editable || !event.dataTransfer.types.includes(DRAGGED)) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
      aim(lineNear(shape, pointOf(event), NEAR)?.id ?? null)
    },
    left: () => aim(null),
    droppedType: (event: DragEvent, insert: Insert) => {
      const type = event.dataTransfer.getData(DRAGGED)
      aim(null)
      if (!type || !editable) return
      event.preventDefault()
      const point = pointOf(event)
      const line = lineNear(shape, point, NEAR)
      insert(type, line ? line.spots : [], line ? undefined : { x: point.x - 125, y: point.y - 42 })
    },
  }
}
