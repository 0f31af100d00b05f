// The publish planner's rules: what may be chosen for people who wait at a node of an earlier version, and what is wrong
// with a choice. Pure; server and web ask the same.
import type { JourneyGraph, Move, NodeData, NodeId } from '../model.ts'
import { nodeType } from '../register.ts'
import { same } from './diff.ts'

/** What a publication would mean for people who wait at one node of one version. */
export type Place = {
  version: number
  node: NodeId
  type: string
  title: string | null
  people: number
  /** changed: other fields, ways or kind in the new version */
  change: 'same' | 'changed' | 'removed'
  /** a node of the same id and kind is there: they can wait on in the new version */
  stays: boolean
  ports: string[]
  /** first new nodes that people here are past: they can be brought through them and back */
  catchUp: NodeId[]
}

const nodeAt = (graph: JourneyGraph, node: NodeId): NodeData | null =>
  Object.hasOwn(graph.nodes, node) ? graph.nodes[node]! : null

/** `from`: the graph of the version that people wait in, `to`: the one that is to be published. */
export function placeOf(
  from: JourneyGraph,
  to: JourneyGraph,
  at: { version: number; node: NodeId; people: number },
): Place {
  const was = nodeAt(from, at.node)
  const is = nodeAt(to, at.node)
  const stays = was !== null && is !== null && was.type === is.type
  const unchanged = stays && same(was.fields, is.fields) && same(was.next, is.next)
  return {
    ...at,
    type: was?.type ?? '',
    title: was?.title ?? null,
    change: is === null ? 'removed' : unchanged ? 'same' : 'changed',
    stays,
    ports: was === null ? [] : (nodeType(was.type)?.ports(was.fields) ?? []),
    catchUp: stays ? catchUpAt(from, to, at.node) : [],
  }
}

/** New nodes to which an old one leads (or the start), and from which a way leads to `node`: who waits there is past
 *  them. */
function catchUpAt(from: JourneyGraph, to: JourneyGraph, node: NodeId): NodeId[] {
  const isNew = (id: NodeId) => nodeAt(from, id) === null
  return Object.keys(to.nodes).filter(
    id => isNew(id) && (id === to.start || ledTo(to, id, isNew)) && leads(to, id, node),
  )
}

const ledTo = (graph: JourneyGraph, node: NodeId, isNew: (id: NodeId) => boolean): boolean =>
  Object.entries(graph.nodes).some(([id, data]) => !isNew(id) && Object.values(data.next).includes(node))

function leads(graph: JourneyGraph, from: NodeId, to: NodeId): boolean {
  const seen = new Set([from])
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const next of Object.values(graph.nodes[id]?.next ?? {})) {
      if (next === to) return true
      if (next === null || seen.has(next)) continue
      seen.add(next)
      open.push(next)
    }
  return false
}

export type MoveFault = { index: number; path: string; code: string; title: string; action: string }

/** The first thing that is wrong with what was chosen; null when all can be done. `versions`: graphs of earlier ones. */
export function faultOfMoves(
  moves: Move[],
  versions: ReadonlyMap<number, JourneyGraph>,
  to: JourneyGraph,
): MoveFault | null {
  const seen = new Set<string>()
  for (const [index, move] of moves.entries()) {
    const at = (path: string, code: string, title: string, action: string): MoveFault => ({
      index,
      path: `/moves/${index}/${path}`,
      code,
      title,
      action,
    })
    const from = versions.get(move.from)
    if (from === undefined)
      return at(
        'from',
        'no_such_version',
        `There is no earlier version ${move.from}`,
        'Take one of its versions.',
      )
    if (nodeAt(from, move.node) === null)
      return at(
        'node',
        'no_such_node',
        `Version ${move.from} has no node "${move.node}"`,
        'Ask for the publish plan again: it names the nodes at which people wait.',
      )
    const key = `${move.from} ${move.node}`
    if (seen.has(key))
      return at('node', 'chosen_twice', `"${move.node}" is chosen for twice`, 'Choose one for each node.')
    seen.add(key)
    const place = placeOf(from, to, { version: move.from, node: move.node, people: 0 })
    if (move.do === 'move' && nodeAt(to, move.to) === null)
      return at('to', 'no_such_node', `The new version has no node "${move.to}"`, 'Choose one of its nodes.')
    if (move.do === 'catch_up' && !place.catchUp.includes(move.to))
      return at(
        'to',
        'not_past',
        `People at "${move.node}" cannot catch up from "${move.to}"`,
        `Choose ${place.catchUp.length > 0 ? place.catchUp.join(', ') : 'to move them, or leave them where they are'}.`,
      )
    if (move.do === 'release' && !place.ports.includes(move.port))
      return at(
        'port',
        'no_such_port',
        `"${move.node}" has no port "${move.port}"`,
        `Use ${place.ports.join(', ')}.`,
      )
  }
  return null
}
