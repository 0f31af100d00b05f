// The journal's bytes: zstd of JSON. A row holds, in order, everything one fold transaction did in one bucket for one
// workspace under one published number.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { JournalBody, JournalEntry } from './model.ts'

const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** One entry as JSON. `body` is the input's own text: reducing may reuse and change what was parsed of it. */
export const writeEntry = (entry: Omit<JournalEntry, 'b'>, body: string): string =>
  `${JSON.stringify(entry).slice(0, -1)},"b":${body}}`

/** `entries`: what `writeEntry` gave, in order. */
export const packJournal = (entries: string[]): Buffer =>
  zstdCompressSync(`{"v":1,"entries":[${entries.join(',')}]}`, FAST)

/** A row's JSON, unparsed: to be searched. */
export const unpackJournalText = (body: Uint8Array): string => zstdDecompressSync(body).toString('utf8')

/** The same, parsed. */
export const unpackJournal = (body: Uint8Array): JournalBody =>
  JSON.parse(unpackJournalText(body)) as JournalBody

/** The entries of one customer; a row that does not name it is not parsed. */
export function unpackEntriesOf(body: Uint8Array, customer: string): JournalEntry[] {
  const text = unpackJournalText(body)
  return text.includes(customer)
    ? (JSON.parse(text) as JournalBody).entries.filter(entry => entry.c === customer)
    : []
}
