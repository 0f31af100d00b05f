// What the rules of a journey name, against what the workspace has: attributes by their types, segments and their groups.
import { namesFor } from '../segments/names.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { checkRule } from '../rules/check.ts'
import type { GraphProblem, JourneyGraph, NodeId } from './model.ts'

type Found = { node: NodeId | null; path: string; rule: unknown }

/** Every rule of a graph, wherever it stands: a filter, an exit, a branch, a block of a message. `path` is from the graph,
 *  or from its node. */
export function rulesOfGraph({ nodes, ...rest }: JourneyGraph): Found[] {
  const walk = (node: NodeId | null, path: string, value: unknown): Found[] => {
    if (typeof value !== 'object' || value === null) return []
    if ('op' in value && !('faults' in checkRule(value, '', { run: true })))
      return [{ node, path, rule: value }]
    return Object.entries(value).flatMap(([key, inner]) => walk(node, `${path}/${key}`, inner))
  }
  return [
    ...walk(null, '', rest),
    ...Object.entries(nodes).flatMap(([node, { fields }]) => walk(node, '/fields', fields)),
  ]
}

/** Names that are not there, and attributes that are compared as what they are not: such a rule would hold for nobody. */
export async function namingProblems(
  sql: Sql,
  workspace: Uuid,
  graph: JourneyGraph,
): Promise<GraphProblem[]> {
  const found = rulesOfGraph(graph)
  if (found.length === 0) return []
  const vocabulary = await namesFor(
    sql,
    workspace,
    found.map(f => f.rule),
  )
  return found.flatMap(({ node, path, rule }) => {
    const checked = checkRule(rule, path, { run: true, vocabulary })
    return 'faults' in checked ? checked.faults.map(f => ({ node, ...f })) : []
  })
}
