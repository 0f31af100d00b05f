// Message modules in journeys: where a graph names them, and what a published graph holds in their place. Pure.
import { isReference, type MessageContent, type ModuleReference } from '../channels/content.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { type Dict, isDict } from '../platform/values.ts'

export const PURPOSES = ['marketing', 'transactional'] as const

/** A published version, by the module's public id. */
export type Pinned = { version: number; content: MessageContent; name: string }

/** Replaces contents wherever nodes hold them, whatever the node's type; the rest is the same object. */
function mapContents(
  value: unknown,
  path: string,
  change: (content: Dict, path: string) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((v, i) => mapContents(v, `${path}/${i}`, change))
  if (!isDict(value)) return value
  if (typeof value.channel === 'string' && isDict(value.module)) return change(value, path)
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k, mapContents(v, `${path}/${k}`, change)]),
  )
}

function mapGraph(
  graph: JourneyGraph,
  change: (content: Dict, node: string, path: string) => unknown,
): JourneyGraph {
  const nodes = Object.entries(graph.nodes).map(([id, node]) => [
    id,
    { ...node, fields: mapContents(node?.fields, '/fields', (c, path) => change(c, id, path)) },
  ])
  return { ...graph, nodes: Object.fromEntries(nodes) as JourneyGraph['nodes'] }
}

export type Named = { node: string; path: string; channel: string; module: string; version: number | null }

/** Every module that a graph names, with the version a published one holds. */
export function modulesNamed(graph: JourneyGraph): Named[] {
  const found: Named[] = []
  mapGraph(graph, (content, node, path) => {
    const { id, version } = content.module as { id: string; version?: number }
    found.push({ node, path, channel: content.channel as string, module: id, version: version ?? null })
    return content
  })
  return found
}

const filled = (id: string, pin: Pinned, overrides: Dict | undefined): MessageContent =>
  ({
    ...pin.content,
    ...overrides,
    channel: pin.content.channel,
    module: { id, version: pin.version, ...(overrides === undefined ? {} : { overrides }) },
  }) as MessageContent

/** The graph with a copy of the given versions where modules are named. What is not given stays as it is. */
export const pinModules = (graph: JourneyGraph, pins: ReadonlyMap<string, Pinned>): JourneyGraph =>
  mapGraph(graph, content => {
    if (!isReference(content)) return content
    const { module, overrides } = content as ModuleReference
    const pin = pins.get(module.id)
    return pin ? filled(module.id, pin, overrides) : content
  })

/** A published graph with another version of one module. */
export const repin = (graph: JourneyGraph, id: string, pin: Pinned): JourneyGraph =>
  mapGraph(graph, content => {
    const module = content.module as { id: string; overrides?: Dict }
    return module.id === id ? filled(id, pin, module.overrides) : content
  })
