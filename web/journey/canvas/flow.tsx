// The drawing itself: cards and ways in React Flow, and what a pointer does on them.
import { useComputedColorScheme } from '@mantine/core'
import { Background, type Edge, MiniMap, type Node, ReactFlow, type ReactFlowInstance } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { connect } from '../editor/ops.ts'
import type { Spot } from '../editor/ways.ts'
import { NODE_KINDS } from './card.tsx'
import type { Insert, useDrags } from './drags.ts'
import { type Shape, START } from './shape.ts'
import { EDGE_KINDS } from './way.tsx'

const fromOf = (source: string) => (source === START ? null : source)

export function Flow({
  graph,
  shape,
  nodes,
  edges,
  editable,
  drags,
  map,
  ready,
  zoomed,
  change,
  pick,
  drop,
  chooseEdge,
}: {
  graph: JourneyGraph
  shape: Shape
  nodes: Node[]
  edges: Edge[]
  editable: boolean
  drags: ReturnType<typeof useDrags>
  map: boolean
  ready: (instance: ReactFlowInstance) => void
  zoomed: (zoom: number) => void
  change: (graph: JourneyGraph) => void
  /** asks what comes here */
  pick: (spot: Spot) => void
  drop: Insert
  /** null: the ground was clicked */
  chooseEdge: (id: string | null) => void
}) {
  const { t } = useTranslation()
  const scheme = useComputedColorScheme('light')
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_KINDS}
      edgeTypes={EDGE_KINDS}
      colorMode={scheme}
      onInit={ready}
      onMove={(_, { zoom }) => zoomed(zoom)}
      onNodesChange={drags.changes}
      onNodeDragStop={drags.dropped}
      onSelectionDragStop={drags.dropped}
      onConnect={({ source, sourceHandle, target }) =>
        change(connect(graph, { from: fromOf(source), port: sourceHandle ?? '' }, target))
      }
      onReconnect={(old, to) => {
        const line = shape.lines.find(l => l.id === old.id)
        if (line) change(line.spots.reduce((g, spot) => connect(g, spot, to.target), graph))
      }}
      onConnectEnd={(_, state) => {
        const from = state.fromNode?.id
        if (state.isValid || state.toNode || from === undefined || state.fromHandle?.type !== 'source') return
        pick({ from: fromOf(from), port: state.fromHandle.id ?? '' })
      }}
      isValidConnection={c => c.target in graph.nodes && c.source !== c.target}
      onEdgeClick={(_, e) => chooseEdge(e.id)}
      onPaneClick={() => chooseEdge(null)}
      onDragOver={drags.over}
      onDragLeave={drags.left}
      onDrop={event => drags.droppedType(event, drop)}
      minZoom={0.1}
      nodesConnectable={editable}
      nodesDraggable={editable}
      elementsSelectable={editable}
      nodesFocusable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      disableKeyboardA11y
      elevateNodesOnSelect={false}
      connectionRadius={34}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={22} size={1} />
      {map ? <MiniMap pannable zoomable ariaLabel={t('canvas.map')} /> : null}
    </ReactFlow>
  )
}
