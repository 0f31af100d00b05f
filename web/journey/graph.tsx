// The read-only canvas: top to bottom, cards with live counts, edges as wide as their share of people.
import '@xyflow/react/dist/style.css'
import './graph.css'
import { ActionIcon, Group, Tooltip, useComputedColorScheme } from '@mantine/core'
import { IconAlertTriangle, IconBolt, IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react'
import {
  Background,
  BaseEdge,
  Handle,
  MarkerType,
  MiniMap,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
  Panel,
  Position,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { JourneyGraph, NodeData } from '../../src/journeys/model.ts'
import { word } from '../i18n.ts'
import { useSay } from '../use.ts'
import { nodeType } from '../../src/journeys/register.ts'
import { useVocabulary } from '../rules/vocabulary.tsx'
import { nodeTitle, sayNode } from './in-words.ts'
import { nodeSay } from './say/register.ts'
import { sayTrigger } from './say/triggers/register.ts'
import { pathOf, type Route, shapeOf } from './graph-shape.ts'

type Counts = Out<'journeyCounts'>
type Problems = Out<'journey'>['problems']
type CardData = {
  node: NodeData
  id: string
  counts: Counts['nodes'][number] | undefined
  problems: string[]
  chosen: boolean
  choose: (id: string) => void
}
type StartData = { graph: JourneyGraph; entered: number | undefined }

function Card({ data }: NodeProps<Node<CardData>>) {
  const { t } = useTranslation()
  const say = useSay()
  const { node, counts, id } = data
  const { names } = useVocabulary()
  const Icon = nodeSay(node.type).icon
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className={`node-card family-${nodeType(node.type)?.family ?? 'data'}`}
        aria-pressed={data.chosen}
        onClick={() => data.choose(id)}
      >
        <span className="node-title">
          <Icon size={16} aria-hidden /> {nodeTitle(node)}
          {data.problems.length > 0 ? (
            <IconAlertTriangle
              size={15}
              className="tone-bad"
              aria-label={data.problems.join('; ')}
              role="img"
            />
          ) : null}
        </span>
        <span className="node-words">{sayNode(node, say, names)}</span>
        <span className="node-counts">
          <span className={counts?.waiting ? 'tone-wait' : undefined}>
            {t('journeys.waiting')} <b>{counts ? say.people(counts.waiting) : '—'}</b>
          </span>
          <span>
            {t('journeys.passed')} <b>{counts ? say.people(counts.passed) : '—'}</b>
          </span>
          <span>
            {t('journeys.left')} <b>{counts ? say.people(counts.left) : '—'}</b>
          </span>
        </span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  )
}

function Start({ data }: NodeProps<Node<StartData>>) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  return (
    <>
      <div className="node-card family-start">
        <span className="node-title">
          <IconBolt size={16} aria-hidden /> {t('journeys.trigger')}
        </span>
        <span className="node-words">{sayTrigger(data.graph.trigger, say, names)}</span>
        <span className="node-counts">
          <span>
            {t('journeys.entered')} <b>{data.entered === undefined ? '—' : say.people(data.entered)}</b>
          </span>
        </span>
      </div>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  )
}

function End() {
  const { t } = useTranslation()
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className="node-end">{t('journeys.end')}</div>
    </>
  )
}

type WayData = { route: Route }

/** Drawn along the layout's own points, which keep clear of the boxes between. */
function Way({ data, label, style, markerEnd }: EdgeProps<Edge<WayData>>) {
  if (!data) return null
  const { route } = data
  return (
    <BaseEdge
      path={pathOf(route.points)}
      label={label}
      labelX={route.label.x}
      labelY={route.label.y}
      labelShowBg
      labelBgPadding={[5, 2]}
      labelBgBorderRadius={4}
      style={style}
      markerEnd={markerEnd}
    />
  )
}
const EDGE_KINDS = { way: Way }
const NODE_KINDS = { card: Card, start: Start, end: End }

export function Graph(props: {
  graph: JourneyGraph
  counts: Counts | undefined
  problems: Problems
  node: string | undefined
  choose: (id: string) => void
}) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ graph, counts, problems, node, choose }: Parameters<typeof Graph>[0]) {
  const { t } = useTranslation()
  const say = useSay()
  const scheme = useComputedColorScheme('light')
  const shape = useMemo(() => shapeOf(graph), [graph])
  const section = useRef<HTMLElement>(null)
  const entered = counts?.entered
  const nodes: Node[] = shape.boxes.map(box => {
    const common = {
      id: box.id,
      position: { x: box.x, y: box.y },
      draggable: false,
      connectable: false,
      focusable: false,
    }
    if (box.kind === 'start')
      return { ...common, type: 'start', data: { graph, entered } satisfies StartData }
    if (box.kind === 'end') return { ...common, type: 'end', data: {} }
    return {
      ...common,
      type: 'card',
      data: {
        node: box.node,
        id: box.id,
        counts:
          counts?.nodes.find(c => c.node === box.id) ??
          (counts ? { node: box.id, waiting: 0, passed: 0, left: 0, ports: {} } : undefined),
        problems: problems
          .filter(p => p.node === box.id)
          .map(p => (say.locale === 'en' ? p.message.en : p.message.zh)),
        chosen: node === box.id,
        choose,
      } satisfies CardData,
    }
  })
  const edges: Edge[] = shape.lines.map(line => {
    const at = line.node === null ? undefined : counts?.nodes.find(c => c.node === line.node)
    const passed = line.node === null ? (entered ?? 0) : portPeople(at?.ports ?? {}, line.ports)
    const share = entered ? Math.min(1, passed / entered) : 0
    const name = line.ports
      .filter(p => p !== 'next')
      .map(p => word('port', p))
      .join(say.t('say.list'))
    return {
      id: line.id,
      source: line.from,
      target: line.to,
      type: 'way',
      data: { route: line } satisfies WayData,
      focusable: false,
      label: [name, passed > 0 ? say.count(passed) : ''].filter(Boolean).join(' · ') || undefined,
      markerEnd: {
        type: MarkerType.ArrowClosed,
        color: 'var(--app-edge)',
        width: 14,
        height: 14,
        markerUnits: 'userSpaceOnUse',
      },
      style: {
        strokeWidth: 1.5 + share * 5,
        stroke: passed > 0 ? 'var(--app-edge)' : 'var(--app-edge-idle)',
      },
    }
  })
  // from the top at a size that can be read, rather than all at once in letters too small
  const readable = (flow: ReactFlowInstance) => {
    const canvas = section.current?.clientWidth ?? shape.width
    const zoom = Math.min(1, Math.max(0.7, canvas / (shape.width + 40)))
    void flow.setViewport({ x: (canvas - shape.width * zoom) / 2, y: 8, zoom })
  }
  return (
    <section ref={section} className="canvas" aria-label={t('journeys.graph')}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_KINDS}
        edgeTypes={EDGE_KINDS}
        colorMode={scheme}
        onInit={readable}
        minZoom={0.15}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={22} size={1} />
        {Object.keys(graph.nodes).length > 12 ? (
          <MiniMap pannable zoomable ariaLabel={t('journeys.graph')} />
        ) : null}
        <Panel position="bottom-left">
          <Zoom />
        </Panel>
      </ReactFlow>
    </section>
  )
}

/** People who left by these ports; an edge without names carries all ports of its node. */
function portPeople(ports: Record<string, number>, names: string[]): number {
  return Object.entries(ports).reduce(
    (sum, [port, n]) => (names.length === 0 || names.includes(port) ? sum + n : sum),
    0,
  )
}

function Zoom() {
  const { t } = useTranslation()
  const flow = useReactFlow()
  const buttons = [
    { label: t('journeys.zoomIn'), icon: IconPlus, run: () => flow.zoomIn() },
    { label: t('journeys.zoomOut'), icon: IconMinus, run: () => flow.zoomOut() },
    { label: t('journeys.fit'), icon: IconMaximize, run: () => flow.fitView({ padding: 0.08, maxZoom: 1 }) },
  ]
  return (
    <Group gap={4}>
      {buttons.map(b => (
        <Tooltip key={b.label} label={b.label}>
          <ActionIcon variant="default" aria-label={b.label} onClick={() => void b.run()}>
            <b.icon size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Group>
  )
}
