// What the canvas knows of a node type besides its rules (src/journeys/nodes): its icon, its line of words, and the
// fields with which a new one begins.
import type { Icon } from '@tabler/icons-react'
import type { Names } from '../../rules/names.ts'
import type { Say } from '../../use.ts'

export type NodeSay = {
  icon: Icon
  /** what the node does, in one line */
  line: (fields: Record<string, unknown>, say: Say, names: Names) => string
  /** what a list of its settings says, when that is more than the line */
  details?: (fields: Record<string, unknown>, say: Say, names: Names) => Detail[]
  /** fields of a new node: as much as can be guessed */
  begin: () => Record<string, unknown>
}
export type Detail = { label: string; value: string }
