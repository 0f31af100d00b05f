// The canvas: palette, graph, bar. What is done here is an operation of editor/; where things stand is shape.ts.
import '@xyflow/react/dist/style.css'
import './canvas.css'
import { type Edge, type Node, type ReactFlowInstance, ReactFlowProvider } from '@xyflow/react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import type { GraphProblem, JourneyGraph } from '../../../src/journeys/model.ts'
import { useSay } from '../../use.ts'
import { comment, connect, group, layOut, nameGroup, remove, uncomment, ungroup } from '../editor/ops.ts'
import { unbegun } from '../editor/empty.ts'
import type { Spot } from '../editor/ways.ts'
import { nodeTitle } from '../in-words.ts'
import type { PanelName } from '../slot.ts'
import { type Acts, ActsProvider, useActsOf } from './acts.ts'
import { Bar } from './bar.tsx'
import { Begin } from './begin.tsx'
import { useDrags } from './drags.ts'
import { edgesOf, keeper, type Look, nodesOf } from './drawing.ts'
import { Flow } from './flow.tsx'
import { commandOf, KeyHelp } from './keys.tsx'
import { newId, useClipboard, useInsert } from './insert.ts'
import { Outline } from './outline.tsx'
import { PaletteDialog, PaletteList } from './palette.tsx'
import { useProblemTexts } from './problems.tsx'
import { type Box, boxBeside, layoutKey, shapeOf, START } from './shape.ts'
import { bringIntoView, focusPanel, showReadable, useFocus } from './view.ts'

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
function Drawing(props: CanvasProps) {
  const { graph, change, undo, redo, readOnly, counts, problems, node, panel, view, choose, openPanel } =
    props
  const { t } = useTranslation()
  const say = useSay()
  const editable = !readOnly
  const section = useRef<HTMLElement>(null)
  const flow = useRef<ReactFlowInstance | null>(null)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [edge, chooseEdge] = useState<string | null>(null)
  const [walked, walk] = useState<string>(node ?? START)
  const [picking, pick] = useState<{ spots: Spot[]; name: string }[] | null>(null)
  const [help, showHelp] = useState(false)
  const [map, showMap] = useState<boolean | null>(null)
  const [said, tell] = useState('')
  const texts = useProblemTexts(problems)
  const key = layoutKey(graph)
  const live = counts !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what a layout rests on
  const shape = useMemo(() => shapeOf(graph, live), [key, live])
  const drags = useDrags({ graph, change, shape, selected, select, editable, flow })
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
    dragged: drags.dragged,
    target: drags.target,
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

  const readable = (instance: ReactFlowInstance) => {
    flow.current = instance
    showReadable(instance, section.current, shape)
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
            <Flow
              graph={graph}
              shape={shape}
              nodes={nodes}
              edges={edges}
              editable={editable}
              drags={drags}
              map={map ?? many}
              ready={readable}
              zoomed={zoom => section.current?.classList.toggle('far', zoom < FAR)}
              change={change}
              pick={spot => pick([{ spots: [spot], name: '' }])}
              drop={insertType}
              chooseEdge={id => {
                chooseEdge(id)
                select(new Set())
                if (id === null) choose(undefined)
              }}
            />
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
