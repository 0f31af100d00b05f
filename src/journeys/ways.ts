// Where a node's ports lead. Pure.
import type { NodeData, NodeId } from './model.ts'
import { nodeType } from './register.ts'

/** Where a port leads: its own way, else that of its fallback. Null: the run completes. */
export function wayOf(data: NodeData, port: string): NodeId | null {
  if (Object.hasOwn(data.next, port)) return data.next[port]!
  const fallback = nodeType(data.type)?.fallback?.[port]
  return fallback === undefined ? null : (data.next[fallback] ?? null)
}
