// Files below DATA_DIR that may hold a person: uploads and exports. The engines' own folders, keys and logs are not
// looked at (the engines are searched through their tables; logs hold no personal data).
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fragmentsOf, type Needles } from './model.ts'

const NOT_OURS =
  /^(postgres(\..*)?|clickhouse(\..*)?|history-backups|secret\.key|running\.json.*|.*\.(log|password|pid))$/
/** Cannot be looked into as text: which people are inside is not known, so it goes. */
const PACKED = new Set(['.xlsx', '.zip', '.gz', '.zst', '.br'])

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

/** A file's text in the encodings that uploads come in. */
const texts = (bytes: Buffer): string[] =>
  ['utf-8', 'utf-16le', 'big5'].map(encoding => new TextDecoder(encoding).decode(bytes))

const holds = (path: string, needles: Needles): boolean => {
  const values = fragmentsOf(needles)
  return texts(readFileSync(path)).some(text => values.some(v => text.includes(v)))
}

/** Files that hold one of the values, and packed ones. */
export function filesWith(dataDir: string, needles: Needles): { searched: number; found: string[] } {
  const found: string[] = []
  let searched = 0
  for (const path of ourFiles(dataDir)) {
    searched++
    if (PACKED.has(extname(path)) || holds(path, needles)) found.push(path)
  }
  return { searched, found }
}

/** Removes them; their uploads can be sent again by whoever has them, exports be made again. */
export function removeFiles(paths: string[]): number {
  for (const path of paths) rmSync(path, { force: true })
  return paths.length
}
