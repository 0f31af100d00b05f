// Journeys in words: what a node is called and does. Each type's own words are in say/.
import type { JourneyGraph, NodeData } from '../../src/journeys/model.ts'
import { word } from '../i18n.ts'
import type { Names } from '../rules/names.ts'
import type { Say } from '../use.ts'
import type { Detail } from './say/model.ts'
import { nodeSay } from './say/register.ts'

/** Only a graph of the format that this page draws; anything else is told as such. */
export function asGraph(value: unknown): JourneyGraph | null {
  if (typeof value !== 'object' || value === null) return null
  const g = value as Partial<JourneyGraph>
  return g.format === 1 &&
    typeof g.start === 'string' &&
    typeof g.nodes === 'object' &&
    g.nodes !== null &&
    typeof g.trigger === 'object'
    ? (value as JourneyGraph)
    : null
}

export const nodeTitle = (node: NodeData): string => node.title ?? word('node', node.type)

/** What a node does, in one line. */
export const sayNode = (node: NodeData, say: Say, names: Names): string =>
  nodeSay(node.type).line(node.fields, say, names)

/** All that a node's panel lists: label and words. */
export const nodeDetails = (node: NodeData, say: Say, names: Names): Detail[] =>
  nodeSay(node.type).details?.(node.fields, say, names) ?? [
    { label: word('node', node.type), value: sayNode(node, say, names) },
  ]
