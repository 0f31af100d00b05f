// A way on the canvas: drawn along the layout's points, which keep clear of the boxes between; its words, and a + that
// puts something in.
import { IconPlus } from '@tabler/icons-react'
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useActs } from './acts.ts'
import { pathOf, type Route } from './shape.ts'

export type WayData = {
  route: Route
  free: boolean
  /** how far beside its first port the way begins */
  shift: number
  words: string
  wide: number
  idle: boolean
  target: boolean
}

const Way = memo(function Way(props: EdgeProps<Edge<WayData>>) {
  const { data, sourceX, sourceY, targetX, targetY, markerEnd, selected, id } = props
  const { t } = useTranslation()
  const { editable, pick } = useActs()
  if (!data) return null
  const { route, free, words } = data
  const from = { x: sourceX + data.shift, y: sourceY }
  const to = { x: targetX, y: targetY }
  const [curve, middleX, middleY] = free ? getBezierPath({ ...props, sourceX: from.x }) : ['', 0, 0]
  const path = free ? curve : pathOf([from, ...route.points.slice(1, -1), to])
  const label = free ? { x: middleX, y: middleY } : route.label
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        interactionWidth={24}
        style={{
          strokeWidth: data.wide + (selected || data.target ? 1.5 : 0),
          stroke:
            selected || data.target
              ? 'var(--app-accent)'
              : data.idle
                ? 'var(--app-edge-idle)'
                : 'var(--app-edge)',
        }}
      />
      {words || editable ? (
        <EdgeLabelRenderer>
          <div
            className={`way-label nopan${data.target ? ' target' : ''}`}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {words ? <span className="way-words">{words}</span> : null}
            {editable ? (
              <button
                type="button"
                className="way-add"
                tabIndex={-1}
                aria-label={words ? t('canvas.insertOn', { way: words }) : t('canvas.insert')}
                onClick={() => pick(route.spots)}
              >
                <IconPlus size={13} aria-hidden />
              </button>
            ) : null}
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </>
  )
})

export const EDGE_KINDS = { way: Way }
