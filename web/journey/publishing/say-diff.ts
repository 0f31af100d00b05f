// The difference of two graphs in words, in the order in which people come to the nodes.
import { diffGraphs, type GraphPart, type NodeChange } from '../../../src/journeys/versions/diff.ts'
import type { JourneyGraph, NodeData, NodeId } from '../../../src/journeys/model.ts'
import { word } from '../../i18n.ts'
import { sayRule } from '../../rules/in-words.ts'
import type { Names } from '../../rules/names.ts'
import type { Say } from '../../use.ts'
import { nodeDetails, nodeTitle } from '../in-words.ts'
import { sayTrigger } from '../say/triggers/register.ts'

export type Told = {
  key: string
  change: 'added' | 'removed' | 'changed'
  title: string
  lines: string[]
}

export function sayDiff(before: JourneyGraph, after: JourneyGraph, say: Say, names: Names): Told[] {
  const { nodes, parts } = diffGraphs(before, after)
  return [
    ...parts.map(part => ({
      key: `part ${part}`,
      change: 'changed' as const,
      title: say.t(`diffPart.${part}`),
      lines: partLines(part, before, after, say, names),
    })),
    ...nodes.map(node => ({
      key: `node ${node.node}`,
      change: node.change,
      title: titleOf(node, before, after),
      lines:
        node.change === 'changed'
          ? nodeLines(node, before, after, say, names)
          : wholeLines(node, before, after, say, names),
    })),
  ]
}

const dataOf = (graph: JourneyGraph, node: NodeId): NodeData | null =>
  Object.hasOwn(graph.nodes, node) ? graph.nodes[node]! : null

function titleOf({ node }: NodeChange, before: JourneyGraph, after: JourneyGraph): string {
  const data = dataOf(after, node) ?? dataOf(before, node)
  return data ? nodeTitle(data) : node
}

function wholeLines(
  { node }: NodeChange,
  before: JourneyGraph,
  after: JourneyGraph,
  say: Say,
  names: Names,
): string[] {
  const data = dataOf(after, node) ?? dataOf(before, node)
  return data ? nodeDetails(data, say, names).map(d => d.value) : []
}

function nodeLines(
  change: NodeChange,
  before: JourneyGraph,
  after: JourneyGraph,
  say: Say,
  names: Names,
): string[] {
  const { t } = say
  const was = before.nodes[change.node]!
  const is = after.nodes[change.node]!
  const lines: string[] = []
  if (change.retitled) lines.push(t('diff.renamed', { before: nodeTitle(was), after: nodeTitle(is) }))
  if (change.retyped)
    lines.push(t('diff.retyped', { before: word('node', was.type), after: word('node', is.type) }))
  else if (change.fields.length > 0) {
    const old = new Map(nodeDetails(was, say, names).map(d => [d.label, d.value]))
    const told = nodeDetails(is, say, names).flatMap(({ label, value }) =>
      old.get(label) === value
        ? []
        : [t('diff.field', { label, before: old.get(label) ?? t('journeys.none'), after: value })],
    )
    lines.push(...(told.length > 0 ? told : [t('diff.inside', { fields: say.list(change.fields) })]))
  }
  const called = (graph: JourneyGraph, id: NodeId | null | undefined): string => {
    const data = typeof id === 'string' ? dataOf(graph, id) : null
    return data ? nodeTitle(data) : t('diff.nowhere')
  }
  if (!change.retyped)
    for (const port of change.ways)
      lines.push(
        t('diff.way', {
          port: word('port', port),
          from: called(before, was.next[port]),
          to: called(after, is.next[port]),
        }),
      )
  return lines
}

/** What a part says, where it has words of its own. */
function partText(part: GraphPart, graph: JourneyGraph, say: Say, names: Names): string | null {
  const none = say.t('journeys.none')
  switch (part) {
    case 'name':
      return graph.name
    case 'trigger':
      return sayTrigger(graph.trigger, say, names)
    case 'filter':
      return graph.filter ? sayRule(graph.filter, say, names) : none
    case 'goal':
      return graph.goal ? sayRule(graph.goal.rule, say, names) : none
    case 'exits':
      return graph.exits.length > 0
        ? say.list(graph.exits.map(e => `${e.name} (${sayRule(e.rule, say, names)})`))
        : none
    case 'start': {
      const data = dataOf(graph, graph.start)
      return data ? nodeTitle(data) : none
    }
    case 'key':
      return graph.key ?? none
    default:
      return null
  }
}

function partLines(
  part: GraphPart,
  before: JourneyGraph,
  after: JourneyGraph,
  say: Say,
  names: Names,
): string[] {
  const was = partText(part, before, say, names)
  const is = partText(part, after, say, names)
  return was === null || is === null || was === is
    ? [say.t('diff.partChanged')]
    : [say.t('diff.field', { label: say.t(`diffPart.${part}`), before: was, after: is })]
}
