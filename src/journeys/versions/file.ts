// A journey as a file: the graph, what it uses of its workspace, and what ids in it are called there. A plain graph is a
// file, too. Pure.
import type { JourneyGraph } from '../model.ts'
import type { Uses } from './uses.ts'

export type JourneyFile = {
  itinera: 'journey'
  format: 1
  graph: JourneyGraph
  uses: Uses
  names: Record<string, string>
}

/** The graph and the names of a file; null when it is another kind of file, or of a newer format. */
export function readJourneyFile(file: unknown): { graph: unknown; names: Record<string, string> } | null {
  if (typeof file !== 'object' || file === null) return null
  if (!('itinera' in file)) return { graph: file, names: {} }
  const { itinera, format, graph, names } = file as Partial<JourneyFile>
  if (itinera !== 'journey' || format !== 1) return null
  return { graph, names: typeof names === 'object' && names !== null ? names : {} }
}
