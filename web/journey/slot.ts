// The panels beside the canvas, by the name in the address (?panel=), and what each is given.
import type { Out } from '../../src/contract.ts'
import type { GraphProblem, JourneyGraph } from '../../src/journeys/model.ts'

/** In the order of the bar. Each lives in a file of this folder that exports `Panel` (slots.tsx). */
export const PANELS = {
  node: 'node-form',
  trigger: 'trigger-form',
  entry: 'entry-form',
  settings: 'settings-form',
  versions: 'versions',
  publish: 'publish',
  simulate: 'simulate',
  replay: 'replay',
  report: 'report',
  experiment: 'experiment',
  why: 'why',
} as const
export type PanelName = keyof typeof PANELS

export type PanelProps = {
  ws: string
  data: Out<'journey'>
  /** what is shown: the draft with all that was just changed, or the live version */
  graph: JourneyGraph
  /** the whole graph anew; changes of the same `step` in a row are undone together (typing) */
  change: (graph: JourneyGraph, step?: string) => void
  /** the live version, or a seat that may not write */
  readOnly: boolean
  /** what stands against publishing the graph as it is drawn; none for the live version */
  problems: GraphProblem[]
  /** the node that is chosen */
  node: string | undefined
  /** chooses a node, and with it the node's panel */
  choose: (node: string | undefined) => void
  close: () => void
}
