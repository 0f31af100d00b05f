// Journeys as text: YAML in a readable form, for people, diffs and reviews. What is written is read back as exactly the
// same graph: each value takes the short form only where reading gives it again, else it stands as it is. Comments are
// allowed; the order of keys is fixed, nodes stand in the order of the walk. docs/JOURNEYS.md, "As code", shows it. Pure.
import { isDeepStrictEqual } from 'node:util'
import { LineCounter, parseDocument, stringify } from 'yaml'
import { parseId } from '../platform/ids.ts'
import { nodeType } from './register.ts'
import { ordered, readValue, writeValue } from './text-values.ts'
import { GRAPH_KEYS } from './model.ts'
import { type Dict, isDict } from '../platform/values.ts'

export type TextFault = { line: number; message: string }

// ── nodes ────────────────────────────────────────────────────────────────────

const NODE_KEYS = new Set(['type', 'fields', 'next', 'title'])

function readNode(value: unknown): unknown {
  if (!isDict(value)) return value
  if ('as_is' in value) return value.as_is
  if ('type' in value) return value
  const types = Object.keys(value).filter(k => !NODE_KEYS.has(k))
  if (types.length !== 1) return value
  const { title, next = {} } = value
  const fields = readValue(value[types[0]!] ?? {}, '')
  return { type: types[0]!, fields, next, ...(title === undefined ? {} : { title }) }
}

function writeNode(node: unknown): unknown {
  if (isDict(node) && typeof node.type === 'string' && isDict(node.fields)) {
    const { type, fields, next, title } = node
    const order = Object.keys(nodeType(type)?.fields ?? {})
    const short: Dict = {
      ...(title === undefined ? {} : { title }),
      [type]: ordered(writeValue(fields, '') as Dict, order),
    }
    const ports = nodeType(type)?.ports(fields) ?? []
    if (isDict(next) && Object.keys(next).length > 0) short.next = ordered(next, ports)
    if (isDeepStrictEqual(readNode(short), node)) return short
  }
  return isDeepStrictEqual(readNode(node), node) ? node : { as_is: node }
}

/** Ids in the order in which a walk meets them; those that no way leads to come last, by name. */
function walkOrder(nodes: Dict, start: unknown): string[] {
  const met = new Set<string>()
  const visit = (first: string): void => {
    const open = [first]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (met.has(id) || !Object.hasOwn(nodes, id)) continue
      met.add(id)
      const node = nodes[id]
      if (!isDict(node) || !isDict(node.next)) continue
      const fields = isDict(node.fields) ? node.fields : {}
      const ports = typeof node.type === 'string' ? (nodeType(node.type)?.ports(fields) ?? []) : []
      const next = Object.values(ordered(node.next, ports))
      for (const to of next.reverse()) if (typeof to === 'string') open.push(to)
    }
  }
  if (typeof start === 'string') visit(start)
  for (const id of Object.keys(nodes).sort()) visit(id)
  return [...met]
}

// ── the whole ────────────────────────────────────────────────────────────────

function readGraph(doc: unknown): unknown {
  if (!isDict(doc)) return doc
  if ('as_is' in doc) return doc.as_is
  return Object.fromEntries(
    Object.entries(doc).map(([key, value]) => {
      if (key !== 'nodes' || !isDict(value)) return [key, readValue(value, key)]
      return [key, Object.fromEntries(Object.entries(value).map(([id, node]) => [id, readNode(node)]))]
    }),
  )
}

function writeGraph(graph: unknown): unknown {
  if (!isDict(graph)) return { as_is: graph }
  const doc = Object.fromEntries(
    Object.entries(graph).map(([key, value]) => {
      if (key !== 'nodes' || !isDict(value)) return [key, writeValue(value, key)]
      return [key, Object.fromEntries(walkOrder(value, graph.start).map(id => [id, writeNode(value[id])]))]
    }),
  )
  const inOrder = ordered(doc, GRAPH_KEYS)
  // a graph's own `id` would be taken for the journey's
  return !isPublicId(graph.id) && isDeepStrictEqual(readGraph(inOrder), graph) ? inOrder : { as_is: graph }
}

const isPublicId = (value: unknown): boolean => typeof value === 'string' && parseId('jrn', value) !== null

/** A journey's text. Any JSON object is written, also a draft with problems. `id`: the journey that it is, for a push. */
export function journeyText(graph: unknown, id?: string): string {
  // what JSON does not hold (undefined) is not part of a graph
  const written = writeGraph(JSON.parse(JSON.stringify(graph)) as unknown)
  return stringify(id === undefined ? written : { id, ...(written as Dict) }, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    blockQuote: 'literal',
  })
}

/** The graph that a text says, unchecked (validateGraph is next), and the id that stands with it; or where it cannot be
 *  read. A JSON file is such a text. */
export function readJourneyText(text: string): { graph: unknown; id?: string } | { faults: TextFault[] } {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  if (doc.errors.length > 0)
    return { faults: doc.errors.map(e => ({ line: lines.linePos(e.pos[0]).line, message: e.message })) }
  try {
    const said = JSON.parse(JSON.stringify(doc.toJS({ maxAliasCount: 100 }) ?? null)) as unknown
    if (!isDict(said) || !isPublicId(said.id)) return { graph: readGraph(said) }
    const { id, ...graph } = said
    return { graph: readGraph(graph), id: id as string }
  } catch (error) {
    return { faults: [{ line: 1, message: (error as Error).message }] }
  }
}
