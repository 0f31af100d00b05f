// The draft on the page: changed here, undone here, saved by itself. What is not saved yet is kept in the browser; when
// somebody else saved meanwhile nothing is overwritten: a person chooses.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useReducer, useRef, useState } from 'react'
import type { Out } from '../../../src/contract.ts'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { ApiProblem, call } from '../../api/call.ts'
import { showProblem } from '../../api/queries.ts'
import { asGraph } from '../in-words.ts'
import { begun, drawn } from './history.ts'
import { forget, keep, readKept } from './kept.ts'
import { same } from '../../../src/journeys/versions/diff.ts'

type Detail = Out<'journey'>
export type SaveState = 'saved' | 'saving' | 'offline' | 'conflict' | 'refused'
/** What somebody else saved while this page had changes of its own. */
export type Conflict = { theirs: JourneyGraph; version: number; by: string | null; at: string | null }

export type Draft = {
  graph: JourneyGraph
  change: (graph: JourneyGraph, step?: string) => void
  undo: (() => void) | null
  redo: (() => void) | null
  state: SaveState
  conflict: Conflict | null
  /** ends a conflict: with what is here, or with theirs (undo brings back what was here) */
  settle: (whose: 'mine' | 'theirs') => void
  /** tries to save again at once */
  retry: () => void
}

const PAUSE_MS = 600
const RETRY_MS = 4_000

export function useDraft(ws: string, data: Detail, first: JourneyGraph, mayWrite: boolean): Draft {
  const client = useQueryClient()
  const id = data.id
  // what the browser kept stands above what the server has; whether both fit is seen below
  const [kept] = useState(() => (mayWrite ? readKept(id) : null))
  const [now, act] = useReducer(drawn, kept?.graph ?? first, begun)
  const [saved, setSaved] = useState({
    graph: kept && kept.version !== data.version ? null : first,
    version: kept?.version ?? data.version,
  })
  const [state, setState] = useState<SaveState>('saved')
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [tries, tryAgain] = useReducer((n: number) => n + 1, 0)
  const saving = useRef(false)
  const latest = useRef(now.graph)
  latest.current = now.graph

  // what the server says: a new version of the same draft (published, paused), or another's draft
  useEffect(() => {
    if (data.version <= saved.version && saved.graph !== null) return
    const theirs = asGraph(data.draft)
    if (theirs === null || saving.current) return
    if (same(theirs, now.graph) || (saved.graph !== null && same(theirs, saved.graph)))
      setSaved({ graph: theirs, version: data.version })
    else if (saved.graph !== null && same(now.graph, saved.graph)) {
      act({ do: 'take', graph: theirs })
      setSaved({ graph: theirs, version: data.version })
    } else {
      setConflict({ theirs, version: data.version, by: data.draftBy, at: data.draftAt })
      setState('conflict')
    }
  }, [data, saved, now.graph])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` is asked for again, not read
  useEffect(() => {
    if (!mayWrite || conflict !== null || saved.graph === null) return
    if (same(now.graph, saved.graph)) {
      forget(id)
      setState('saved')
      return
    }
    const graph = now.graph
    keep(id, { graph, version: saved.version, at: Date.now() })
    setState(before => (before === 'offline' ? before : 'saving'))
    const save = async () => {
      if (saving.current) return
      saving.current = true
      try {
        const out = await call('saveJourney', { ws, journey: id, body: { graph, version: saved.version } })
        client.setQueryData(['journey', { ws, journey: id }], out)
        setSaved({ graph, version: out.version })
      } catch (error) {
        if (error instanceof ApiProblem && error.code === 'version_conflict')
          void client.invalidateQueries({ queryKey: ['journey'] })
        else if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) {
          setState('refused')
          showProblem(error)
          // what was drawn while the answer was on its way is another try
          if (latest.current !== graph) tryAgain()
        } else {
          setState('offline')
          setTimeout(tryAgain, RETRY_MS)
        }
      } finally {
        saving.current = false
      }
    }
    // a draft without a name would be refused: it waits, kept here, until it has one
    if (graph.name.trim() === '') return setState('refused')
    const timer = setTimeout(() => void save(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [client, conflict, id, mayWrite, now.graph, saved, tries, ws])

  return {
    graph: now.graph,
    change: (graph, step) => act({ do: 'change', graph, step }),
    undo: now.past.length > 0 ? () => act({ do: 'undo' }) : null,
    redo: now.future.length > 0 ? () => act({ do: 'redo' }) : null,
    state,
    conflict,
    settle(whose) {
      if (!conflict) return
      if (whose === 'theirs') act({ do: 'take', graph: conflict.theirs })
      setSaved({ graph: conflict.theirs, version: conflict.version })
      setConflict(null)
    },
    retry: tryAgain,
  }
}
