// Files below DATA_DIR that may hold a person: uploads and exports. The engines' own folders, keys and logs are not
// looked at (the engines are searched through their tables; logs hold no personal data). Files may be large: they are
// read in pieces.
import { createReadStream, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { readXlsx } from 'hucre/xlsx'
import { fragmentsOf, holdsAny, type Needles } from './model.ts'

const NOT_OURS =
  /^(postgres(\..*)?|clickhouse(\..*)?|history-backups|secret\.key|running\.json.*|.*\.(log|password|pid))$/
/** First bytes of files that are no text: zip and .xlsx, gzip, zstd. */
const MAGIC = { zip: '504b0304', gzip: '1f8b', zstd: '28b52ffd' }
type Magic = keyof typeof MAGIC
/** A larger .xlsx is not looked into: its rows are held in memory, in a process that folds. */
const MOST_SHEET_BYTES = 8 * 1024 * 1024
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

type Seen = 'holds' | 'packed' | 'clean'

const magicOf = (bytes: Uint8Array): Magic | undefined => {
  const hex = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  return (Object.keys(MAGIC) as Magic[]).find(name => hex.startsWith(MAGIC[name]))
}

async function look(path: string, fragments: string[]): Promise<Seen> {
  const file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close())
  const magic = magicOf(buffer.subarray(0, bytesRead))
  if (magic === undefined)
    return lookInText(createReadStream(path, { highWaterMark: 1024 * 1024 }), fragments)
  // what cannot be unpacked may hold anybody
  try {
    if (magic === 'gzip') return await lookInPacked(path, fragments)
    if (magic === 'zip' && statSync(path).size <= MOST_SHEET_BYTES) return await lookInSheets(path, fragments)
  } catch {
    return 'packed'
  }
  return 'packed'
}

async function lookInPacked(path: string, fragments: string[]): Promise<Seen> {
  let seen: Seen = 'clean'
  await pipeline(createReadStream(path), createGunzip({ chunkSize: 1024 * 1024 }), async pieces => {
    seen = await lookInText(pieces as AsyncIterable<Buffer>, fragments)
  })
  return seen
}

async function lookInText(pieces: AsyncIterable<Buffer | string>, fragments: string[]): Promise<Seen> {
  const readers = ENCODINGS.map(encoding => ({ decoder: new TextDecoder(encoding), tail: '' }))
  let first = true
  let seen: Seen = 'clean'
  for await (const piece of pieces) {
    const bytes = piece as Buffer
    if (first && magicOf(bytes) !== undefined) return 'packed' // packed twice
    first = false
    if (seen === 'holds') continue // read to its end, so that a file that is cut off is noticed
    for (const reader of readers) {
      // full-width digits and letters are the same ones
      const text = reader.tail + reader.decoder.decode(bytes, { stream: true }).normalize('NFKC')
      if (holdsAny(text, fragments)) seen = 'holds'
      reader.tail = text.slice(-OVERLAP)
    }
  }
  return seen
}

/** Every sheet, hidden ones too, with all that is said beside its cells. */
async function lookInSheets(path: string, fragments: string[]): Promise<Seen> {
  const { sheets, ...rest } = await readXlsx(readFileSync(path))
  const says = (value: unknown) => holdsAny(JSON.stringify(value, asData).normalize('NFKC'), fragments)
  for (const { rows, ...sheet } of sheets)
    if (says(sheet) || rows.some(row => says(row.map(cell => (cell === null ? '' : String(cell))))))
      return 'holds'
  return says(rest) ? 'holds' : 'clean'
}

const asData = (_key: string, value: unknown): unknown => (value instanceof Map ? [...value] : value)

/** Files that hold one of the values, and packed ones that cannot be looked into: anybody may be in them. */
export async function filesWith(
  dataDir: string,
  needles: Needles,
): Promise<{ searched: number; found: string[]; packed: string[] }> {
  // a spreadsheet drops the first 0 of 0912345678
  const bare = needles.within.flatMap(v => /^0(9\d{8})$/.exec(v)?.[1] ?? [])
  const fragments = [...fragmentsOf(needles), ...bare]
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
