// The journal's bytes: JSON, by zstd, or by zlib where it is short. A row holds, in order, everything one fold transaction did
// in one bucket for one workspace under one published number.
import { constants, deflateSync, inflateSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { JournalBody, JournalEntry } from './model.ts'

const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** A row of few entries. Making a zstd context takes longer than such a row itself: with three entries zstd takes 22 us to write and
 *  18 to read, zlib 10 and 7, for the same bytes. */
const SHORT = 4_096
const SHORT_FORM = { level: 1, memLevel: 4, windowBits: 12, chunkSize: 4_096 }
/** A zstd frame begins with 28 B5 2F FD (RFC 8878, 3.1.1); zlib's first byte names deflate in its low half, 8 (RFC 1950, 2.2). */
const isZstd = (body: Uint8Array): boolean => body[0] === 0x28 && body[1] === 0xb5

/** One entry as JSON. `body` is the input's own text: reducing may reuse and change what was parsed of it. */
export const writeEntry = (entry: Omit<JournalEntry, 'b'>, body: string): string =>
  `${JSON.stringify(entry).slice(0, -1)},"b":${body}}`

/** `entries`: what `writeEntry` gave, in order. */
export function packJournal(entries: string[]): Buffer {
  const text = `{"v":1,"entries":[${entries.join(',')}]}`
  return text.length <= SHORT ? deflateSync(text, SHORT_FORM) : zstdCompressSync(text, FAST)
}

/** A row's JSON, unparsed: to be searched. */
export const unpackJournalText = (body: Uint8Array): string =>
  (isZstd(body) ? zstdDecompressSync(body) : inflateSync(body, { chunkSize: SHORT })).toString('utf8')

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
