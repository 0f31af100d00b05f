// Forgetting in the journal: a person's entries become empty places (so that the numbers of the lines after them stay),
// and their values in entries of other customers become words that say nothing. Pure.
import { packJournal, unpackJournalText } from '../inbox/journal.ts'
import type { JournalBody, JournalEntry } from '../inbox/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { fragmentsOf, holdsAny, type Needles, redact } from './model.ts'

export type Rewritten = {
  body: Buffer
  /** entries emptied */
  erased: number
  /** entries of other customers in which values were replaced, by customer */
  redacted: Map<Uuid, number>
}

/** The row without the person; null when it holds nothing of them. */
export function forgetInRow(body: Uint8Array, needles: Needles): Rewritten | null {
  const text = unpackJournalText(body)
  const fragments = fragmentsOf(needles)
  const named = needles.ids.some(id => text.includes(id))
  if (!named && !holdsAny(text, fragments)) return null
  const ids = new Set(needles.ids)
  const redacted = new Map<Uuid, number>()
  let erased = 0
  const entries = (JSON.parse(text) as JournalBody).entries.map((entry): string => {
    if (entry.c !== null && ids.has(entry.c)) {
      erased++
      return JSON.stringify({ c: null, k: 'erased', n: entry.n, r: entry.r, b: null } satisfies JournalEntry)
    }
    const json = JSON.stringify(entry)
    if (entry.c === null || !holdsAny(json, fragments)) return json
    redacted.set(entry.c, (redacted.get(entry.c) ?? 0) + 1)
    return JSON.stringify(redact(entry, needles))
  })
  if (erased === 0 && redacted.size === 0) return null
  return { body: packJournal(entries), erased, redacted }
}
