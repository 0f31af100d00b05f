// Files below DATA_DIR that may hold a person: uploads and exports. The engines' own folders, keys and logs are not
// looked at (the engines are searched through their tables; logs hold no personal data). Files may be large: they are
// read in pieces.
import { createReadStream, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fragmentsOf, holdsAny, type Needles } from './model.ts'

const NOT_OURS =
  /^(postgres(\..*)?|clickhouse(\..*)?|history-backups|secret\.key|running\.json.*|.*\.(log|password|pid))$/
/** First bytes of zip and .xlsx, gzip, zstd: such a file cannot be looked into as text. */
const PACKED = ['504b0304', '1f8b', '28b52ffd']
/** What uploads come in. */
const ENCODINGS = ['utf-8', 'utf-16le', 'big5']
/** Longer than any value: a value that lies across two pieces is found in the second. */
const OVERLAP = 1_000

function* filesBelow(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

function* ourFiles(dataDir: string): Generator<string> {
  for (const entry of readdirSync(dataDir, { withFileTypes: true })) {
    if (NOT_OURS.test(entry.name)) continue
    const path = join(dataDir, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

async function look(path: string, fragments: string[]): Promise<'holds' | 'packed' | 'clean'> {
  const readers = ENCODINGS.map(encoding => ({ decoder: new TextDecoder(encoding), tail: '' }))
  let first = true
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes = piece as Buffer
    if (first && PACKED.some(magic => bytes.subarray(0, 4).toString('hex').startsWith(magic))) return 'packed'
    first = false
    for (const reader of readers) {
      // full-width digits and letters are the same ones
      const text = reader.tail + reader.decoder.decode(bytes, { stream: true }).normalize('NFKC')
      if (holdsAny(text, fragments)) return 'holds'
      reader.tail = text.slice(-OVERLAP)
    }
  }
  return 'clean'
}

/** Files that hold one of the values, and packed ones, in which anybody may be. */
export async function filesWith(
  dataDir: string,
  needles: Needles,
): Promise<{ searched: number; found: string[]; packed: string[] }> {
  const fragments = fragmentsOf(needles)
  const found: string[] = []
  const packed: string[] = []
  let searched = 0
  for (const path of ourFiles(dataDir)) {
    searched++
    const seen = await look(path, fragments)
    if (seen === 'holds') found.push(path)
    if (seen === 'packed') packed.push(path)
  }
  return { searched, found, packed }
}

/** Removes them; their uploads can be sent again by whoever has them, exports be made again. */
export function removeFiles(paths: string[]): number {
  for (const path of paths) rmSync(path, { force: true })
  return paths.length
}
