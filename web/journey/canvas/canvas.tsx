// The canvas: palette, graph, bar. What is done here is an operation of editor/; where things stand is shape.ts.
import '@xyflow/react/dist/style.css'
import './canvas.css'
import { useComputedColorScheme } from '@mantine/core'
import {
  Background,
  type Connection,
  type Edge,
  MiniMap,
  type Node,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
} from '@xyflow/react'
import { type DragEvent, type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import type { GraphProblem, JourneyGraph } from '../../../src/journeys/model.ts'
import { useSay } from '../../use.ts'
import {
  comment,
  connect,
  group,
  layOut,
  nameGroup,
  placeNodes,
  remove,
  uncomment,
  ungroup,
} from '../editor/ops.ts'
import { unbegun } from '../editor/empty.ts'
import type { Spot } from '../editor/ways.ts'
import { nodeTitle } from '../in-words.ts'
import type { PanelName } from '../slot.ts'
import { type Acts, ActsProvider, useActsOf } from './acts.ts'
import { Bar } from './bar.tsx'
import { Begin } from './begin.tsx'
import { NODE_KINDS } from './card.tsx'
import { edgesOf, keeper, type Look, nodesOf } from './drawing.ts'
import { commandOf, KeyHelp } from './keys.tsx'
import { newId, useClipboard, useInsert } from './insert.ts'
import { Outline } from './outline.tsx'
import { DRAGGED, PaletteDialog, PaletteList } from './palette.tsx'
import { useProblemTexts } from './problems.tsx'
import { type Box, boxBeside, layoutKey, lineNear, type Point, shapeOf, START } from './shape.ts'
import { bringIntoView, focusPanel, useFocus } from './view.ts'
import { EDGE_KINDS } from './way.tsx'

export type CanvasProps = {
  graph: JourneyGraph
  change: (graph: JourneyGraph, step?: string) => void
  undo: (() => void) | null
  redo: (() => void) | null
  readOnly: boolean
  /** undefined: not live */
  counts: Out<'journeyCounts'> | undefined
  problems: GraphProblem[]
  /** whose panel is open */
  node: string | undefined
  panel: string | undefined
  view: 'graph' | 'list'
  choose: (node: string | undefined) => void
  openPanel: (name: PanelName) => void
}

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  )
}

/** Below this zoom words cannot be read: they are not drawn. */
const FAR = 0.4
/** How near to an edge something must be dropped to go on it. */
const NEAR = 46

function Drawing(props: CanvasProps) {
  const { graph, change, undo, redo, readOnly, counts, problems, node, panel, view, choose, openPanel } =
    props
  const { t } = useTranslation()
  const say = useSay()
  const scheme = useComputedColorScheme('light')
  const editable = !readOnly
  const section = useRef<HTMLElement>(null)
  const flow = useRef<ReactFlowInstance | null>(null)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [edge, chooseEdge] = useState<string | null>(null)
  const [walked, walk] = useState<string>(node ?? START)
  const [dragged, drag] = useState<Record<string, Point>>({})
  const [target, aim] = useState<string | null>(null)
  const [picking, pick] = useState<{ spots: Spot[]; name: string }[] | null>(null)
  const [help, showHelp] = useState(false)
  const [map, showMap] = useState<boolean | null>(null)
  const [said, tell] = useState('')
  const texts = useProblemTexts(problems)
  const key = layoutKey(graph)
  const live = counts !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what a layout rests on
  const shape = useMemo(() => shapeOf(graph, live), [key, live])
  const keepNode = useRef(keeper<Node>()).current
  const keepEdge = useRef(keeper<Edge>()).current
  const many = Object.keys(graph.nodes).length > 12
  const open = panel === 'trigger' ? START : panel === undefined || panel === 'node' ? node : undefined
  const entrance = walked === START || walked in graph.nodes ? walked : START

  const look: Look = {
    graph,
    shape,
    editable,
    counts,
    problems: texts,
    selected,
    open,
    entrance,
    dragged,
    target,
  }
  const nodes = nodesOf(look, keepNode)
  const edges = edgesOf(look, edge, say, keepEdge)

  const showBox = (box: Box) =>
    flow.current && section.current && bringIntoView(flow.current, section.current, box)
  const setFocus = useFocus(section, id => {
    const box = shape.boxes.find(b => b.id === id)
    if (box) showBox(box)
  })
  const step = (id: string) => {
    walk(id)
    setFocus(id)
    select(id === START ? new Set() : new Set([id]))
    chooseEdge(null)
    // an open panel goes along
    if (id !== START && node !== undefined && (panel === undefined || panel === 'node')) choose(id)
  }
  const made = (next: JourneyGraph, ids: string[], first: string) => {
    change(next)
    walk(first)
    setFocus(first)
    select(new Set(ids))
    chooseEdge(null)
    choose(first)
    tell(t('canvas.added'))
  }
  const openTrigger = () => {
    walk(START)
    openPanel('trigger')
  }
  const { insertType, waysAfter } = useInsert(graph, shape, made)
  const copied = useClipboard({
    section,
    graph,
    selected,
    editable,
    spotAfter: () => waysAfter(selected.size > 0 ? [...selected].at(-1)! : entrance)[0]?.spots[0] ?? null,
    paste: (next, ids) => made(next, ids, ids[0]!),
    cut: () => drop(),
  })

  const acts: Acts = useActsOf({
    editable,
    choose: (id, byKey) => {
      walk(id)
      chooseEdge(null)
      select(new Set([id]))
      choose(id)
      if (byKey) focusPanel()
    },
    pick: spots => pick([{ spots, name: '' }]),
    openTrigger,
    write: written => change(comment(graph, written), `comment ${written.id}`),
    erase: id => change(uncomment(graph, id)),
    nameGroup: (id, name) => change(nameGroup(graph, id, name), `group ${id}`),
    ungroup: id => change(ungroup(graph, id)),
  })

  const drop = () => {
    if (edge !== null) {
      const line = shape.lines.find(l => l.id === edge)
      if (line) change(line.spots.reduce((g, spot) => connect(g, spot, null), graph))
      return chooseEdge(null)
    }
    const ids = [...selected].filter(id => id in graph.nodes)
    const notes = [...selected].filter(id => id.startsWith('note:'))
    const next = notes.reduce((g, id) => uncomment(g, id.slice('note:'.length)), remove(graph, ids))
    if (next === graph) return
    const beside = ids[0] === undefined ? null : boxBeside(shape, ids[0], 'ArrowUp')
    change(next)
    select(new Set())
    choose(undefined)
    const then = beside !== null && (beside === START || beside in next.nodes) ? beside : START
    walk(then)
    setFocus(then)
    tell(t('canvas.removed', { n: ids.length + notes.length }))
  }
  const again = (act: (() => void) | null, what: 'undone' | 'redone') => {
    if (!act) return
    act()
    tell(t(`ruleEdit.${what}`))
  }
  const fitView = () => void flow.current?.fitView({ padding: 0.08, maxZoom: 1, duration: 120 })
  const lay = () => {
    change(layOut(graph))
    requestAnimationFrame(fitView)
  }
  const note = () => {
    const box = shape.boxes.find(b => b.id === entrance)
    const beside = { x: (box?.x ?? 0) + (box?.width ?? 0) + 30, y: box?.y ?? 0 }
    change(
      comment(graph, {
        id: newId('note'),
        text: '',
        ...beside,
        ...(entrance === START ? {} : { node: entrance }),
      }),
    )
  }

  const keys = (event: KeyboardEvent) => {
    // what is pressed in a dialog comes by here, too
    const from = event.target instanceof Element ? event.target : null
    const command = section.current?.contains(from) ? commandOf(event) : null
    if (command === null) return
    if (!editable && !['walk', 'open', 'fit', 'help', 'leave'].includes(command)) return
    switch (command) {
      case 'walk': {
        const to = boxBeside(shape, entrance, event.key as 'ArrowUp')
        if (to !== null) step(to)
        break
      }
      case 'open':
        // a button is pressed by it, a card's own as well
        if (from?.closest('button, a')) return
        if (entrance === START) openTrigger()
        else acts.choose(entrance, true)
        break
      case 'add':
      case 'search':
        pick(waysAfter(entrance))
        break
      case 'remove':
        drop()
        break
      case 'undo':
        again(undo, 'undone')
        break
      case 'redo':
        again(redo, 'redone')
        break
      case 'duplicate':
        copied.duplicate()
        break
      case 'all':
        select(new Set(Object.keys(graph.nodes)))
        break
      case 'group':
        change(group(graph, [...selected], t('canvas.groupDefault'), newId('group')))
        break
      case 'comment':
        note()
        break
      case 'fit':
        fitView()
        break
      case 'layout':
        lay()
        break
      case 'leave':
        if (selected.size === 0 && node === undefined) return
        select(new Set())
        chooseEdge(null)
        choose(undefined)
        break
      case 'help':
        showHelp(true)
    }
    event.preventDefault()
  }

  const changes = (list: NodeChange[]) => {
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
  }
  const dropped = () => {
    const places = Object.fromEntries(Object.entries(dragged).filter(([id]) => id in graph.nodes))
    let next = Object.keys(places).length > 0 ? placeNodes(graph, places) : graph
    for (const c of graph.canvas?.comments ?? []) {
      const at = dragged[`note:${c.id}`]
      if (at) next = comment(next, { ...c, ...at })
    }
    change(next)
    drag({})
  }
  const connected = ({ source, sourceHandle, target: to }: Connection) =>
    change(connect(graph, { from: source === START ? null : source, port: sourceHandle ?? '' }, to))
  const pointOf = (event: { clientX: number; clientY: number }): Point =>
    flow.current?.screenToFlowPosition({ x: event.clientX, y: event.clientY }) ?? { x: 0, y: 0 }
  const over = (event: DragEvent) => {
    if (!editable || !event.dataTransfer.types.includes(DRAGGED)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    aim(lineNear(shape, pointOf(event), NEAR)?.id ?? null)
  }
  const droppedType = (event: DragEvent) => {
    const type = event.dataTransfer.getData(DRAGGED)
    aim(null)
    if (!type || !editable) return
    event.preventDefault()
    const point = pointOf(event)
    const line = lineNear(shape, point, NEAR)
    insertType(type, line ? line.spots : [], line ? undefined : { x: point.x - 125, y: point.y - 42 })
  }
  // from the top at a size that can be read, rather than all at once in letters too small
  const readable = (instance: ReactFlowInstance) => {
    flow.current = instance
    const canvas = section.current?.querySelector('.react-flow')?.clientWidth ?? shape.width
    const zoom = Math.min(1, Math.max(0.7, canvas / (shape.width + 40)))
    void instance.setViewport({ x: (canvas - shape.width * zoom) / 2, y: 8, zoom })
  }
  const jump = (p: GraphProblem) => {
    if (p.node === null)
      return openPanel(
        p.path.startsWith('/trigger') ? 'trigger' : p.path.startsWith('/entry') ? 'entry' : 'settings',
      )
    walk(p.node)
    select(new Set([p.node]))
    choose(p.node)
    const box = shape.boxes.find(b => b.id === p.node)
    if (box) showBox(box)
  }

  return (
    <section ref={section} className="canvas" aria-label={t('journeys.graph')} onKeyDown={keys}>
      {editable ? (
        <PaletteList
          add={type => insertType(type, waysAfter(selected.size > 0 ? entrance : null)[0]?.spots ?? [])}
        />
      ) : null}
      <div className="canvas-main">
        <ActsProvider value={acts}>
          {view === 'list' ? (
            <Outline
              graph={graph}
              problems={texts}
              node={node}
              editable={editable}
              choose={choose}
              openTrigger={openTrigger}
              pick={spots => pick([{ spots, name: '' }])}
            />
          ) : (
            <ReactFlow
              nodes={nodes}
              edges={edges}
              nodeTypes={NODE_KINDS}
              edgeTypes={EDGE_KINDS}
              colorMode={scheme}
              onInit={readable}
              onMove={(_, { zoom }) => section.current?.classList.toggle('far', zoom < FAR)}
              onNodesChange={changes}
              onNodeDragStop={dropped}
              onSelectionDragStop={dropped}
              onConnect={connected}
              onReconnect={(old, to) => {
                const line = shape.lines.find(l => l.id === old.id)
                if (line) change(line.spots.reduce((g, spot) => connect(g, spot, to.target), graph))
              }}
              onConnectEnd={(_, state) => {
                const from = state.fromNode?.id
                if (
                  state.isValid ||
                  state.toNode ||
                  from === undefined ||
                  state.fromHandle?.type !== 'source'
                )
                  return
                pick([
                  {
                    spots: [{ from: from === START ? null : from, port: state.fromHandle.id ?? '' }],
                    name: '',
                  },
                ])
              }}
              isValidConnection={c => c.target in graph.nodes && c.source !== c.target}
              onEdgeClick={(_, e) => {
                chooseEdge(e.id)
                select(new Set())
              }}
              onPaneClick={() => {
                chooseEdge(null)
                select(new Set())
                choose(undefined)
              }}
              onDragOver={over}
              onDragLeave={() => aim(null)}
              onDrop={droppedType}
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
              {(map ?? many) ? <MiniMap pannable zoomable ariaLabel={t('canvas.map')} /> : null}
            </ReactFlow>
          )}
        </ActsProvider>
        {editable && unbegun(graph) && panel === undefined ? (
          <Begin
            take={example => {
              change({ ...example, name: graph.name === t('begin.untitled') ? example.name : graph.name })
              requestAnimationFrame(fitView)
            }}
            trigger={trigger => {
              change({ ...graph, trigger })
              walk(START)
              setFocus(START)
            }}
            other={openTrigger}
          />
        ) : null}
        <Bar
          graph={graph}
          problems={problems}
          go={jump}
          editable={editable}
          undo={undo && (() => again(undo, 'undone'))}
          redo={redo && (() => again(redo, 'redone'))}
          fit={fitView}
          lay={lay}
          note={note}
          map={map ?? many}
          showMap={() => showMap(!(map ?? many))}
          help={() => showHelp(true)}
          panel={panel}
          openPanel={openPanel}
          drawn={view === 'graph'}
        />
      </div>
      <PaletteDialog
        opened={picking !== null}
        close={() => pick(null)}
        ways={picking ?? []}
        take={(type, spots) => {
          pick(null)
          insertType(type, spots)
        }}
      />
      <KeyHelp opened={help} close={() => showHelp(false)} />
      <div className="visually-hidden" role="status">
        {said ||
          (entrance !== START && graph.nodes[entrance]
            ? `${nodeTitle(graph.nodes[entrance])} ${texts.get(entrance) ?? ''}`
            : t('journeys.trigger'))}
      </div>
    </section>
  )
}
