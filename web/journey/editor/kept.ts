// A draft that is not saved yet, kept in this browser: a reload, a crash or a dead line loses nothing.
import type { JourneyGraph } from '../../../src/journeys/model.ts'

export type Kept = { graph: JourneyGraph; version: number; at: number }

const key = (journey: string): string => `itinera.draft.${journey}`

export function readKept(journey: string): Kept | null {
  const text = localStorage.getItem(key(journey))
  if (text === null) return null
  try {
    const kept = JSON.parse(text) as Partial<Kept> | null
    return typeof kept?.graph === 'object' && typeof kept.version === 'number' ? (kept as Kept) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A browser without room left keeps nothing; the draft is saved all the same. */
export function keep(journey: string, kept: Kept): void {
  try {
    localStorage.setItem(key(journey), JSON.stringify(kept))
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

export const forget = (journey: string): void => localStorage.removeItem(key(journey))
