// A graph as it is being drawn, with all that can be undone. Pure.
import type { JourneyGraph } from '../../../src/journeys/model.ts'

export type Drawn = {
  graph: JourneyGraph
  past: JourneyGraph[]
  future: JourneyGraph[]
  /** what the last change was a step of */
  step: string | null
}
export type Act =
  /** changes with the same `step` in a row are undone together: typing a word is one */
  | { do: 'change'; graph: JourneyGraph; step?: string | undefined }
  | { do: 'undo' }
  | { do: 'redo' }
  /** another's draft is taken: what was drawn can be had back by undo */
  | { do: 'take'; graph: JourneyGraph }

const MOST = 200

export const begun = (graph: JourneyGraph): Drawn => ({ graph, past: [], future: [], step: null })

export function drawn(now: Drawn, act: Act): Drawn {
  switch (act.do) {
    case 'change': {
      if (act.graph === now.graph) return now
      const step = act.step ?? null
      return step !== null && step === now.step
        ? { ...now, graph: act.graph, future: [] }
        : { graph: act.graph, past: [...now.past.slice(1 - MOST), now.graph], future: [], step }
    }
    case 'undo': {
      const graph = now.past.at(-1)
      return graph
        ? { graph, past: now.past.slice(0, -1), future: [now.graph, ...now.future], step: null }
        : now
    }
    case 'redo': {
      const [graph, ...future] = now.future
      return graph ? { graph, past: [...now.past, now.graph], future, step: null } : now
    }
    case 'take':
      return { graph: act.graph, past: [...now.past.slice(1 - MOST), now.graph], future: [], step: null }
  }
}
