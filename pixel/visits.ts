// Visits (sessions): a visit ends after half an hour without an event. And how often this browser saw each page.
import type { Store } from './storage.ts'

type Visit = { id: number; last: number }

export type Visits = {
  /** Context of an event at `now`: its visit, and whether it begins one. */
  touch(now: number): { sessionId: number; sessionStart?: true }
  /** Counts a page view: how often this browser has seen this path, this time included. */
  view(path: string): { views?: number }
}

const IDLE_MS = 30 * 60_000
const MAX_PATHS = 100

function read<T>(store: Store, key: string): T | null {
  try {
    return JSON.parse(store.get(key) ?? 'null') as T | null
  } catch (error) {
    console.debug('itinera: unreadable', key, error)
    return null
  }
}

export function openVisits(store: Store, visitKey: string, viewsKey: string): Visits {
  return {
    touch(now) {
      const held = read<Visit>(store, visitKey)
      const fresh = !held || !(now - held.last < IDLE_MS)
      const visit = fresh ? { id: now, last: now } : { ...held, last: now }
      store.set(visitKey, JSON.stringify(visit))
      return { sessionId: visit.id, ...(fresh ? { sessionStart: true as const } : {}) }
    },
    view(path) {
      if (!store.roomy) return {}
      const { [path]: seen = 0, ...others } = read<Record<string, number>>(store, viewsKey) ?? {}
      const kept = Object.entries(others).slice(1 - MAX_PATHS)
      store.set(viewsKey, JSON.stringify({ ...Object.fromEntries(kept), [path]: seen + 1 }))
      return { views: seen + 1 }
    },
  }
}
