// The journal's bytes: zstd of JSON. A row holds, in order, everything one fold transaction did in one bucket for one
// workspace under one published number.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { JournalBody, JournalEntry } from './model.ts'

const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export const packJournal = (entries: JournalEntry[]): Buffer =>
  zstdCompressSync(JSON.stringify({ v: 1, entries } satisfies JournalBody), FAST)

export const unpackJournal = (body: Uint8Array): JournalBody =>
  JSON.parse(zstdDecompressSync(body).toString('utf8')) as JournalBody
