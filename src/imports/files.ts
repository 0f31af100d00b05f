// Files of imports in DATA_DIR/imports: the upload as it came (<id>.txt, .xlsx or .gz by its first bytes: an erasure tells
// by the ending what it can look into) and its wrong rows (<id>.errors.csv). Written through, never held in memory;
// removed after their time.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'

export const MOST_BYTES = 1024 * 1024 * 1024
/** The library holds an .xlsx's shared strings, so that its size is memory. */
export const MOST_EXCEL_BYTES = 64 * 1024 * 1024
const KEPT_MS = 30 * 86_400_000

const folder = (dataDir: string): string => join(dataDir, 'imports')
const ENDINGS = ['txt', 'xlsx', 'gz'] as const
export const errorPath = (dataDir: string, id: Uuid): string => join(folder(dataDir), `${id}.errors.csv`)

/** Where an upload lies; null: it is gone, or somewhere else. */
export async function uploadPath(dataDir: string, id: Uuid): Promise<string | null> {
  for (const ending of ENDINGS) {
    const path = join(folder(dataDir), `${id}.${ending}`)
    if (await hasFile(path)) return path
  }
  return null
}

function endingOf(first: Uint8Array): (typeof ENDINGS)[number] {
  if (first[0] === 0x50 && first[1] === 0x4b) return 'xlsx'
  return first[0] === 0x1f && first[1] === 0x8b ? 'gz' : 'txt'
}

/** Writes an upload through to its file. Gives where it is, its size and SHA-256.
 *  @throws Problem 413 `file_too_large`; nothing is left then */
export async function saveUpload(
  dataDir: string,
  id: Uuid,
  body: ReadableStream<Uint8Array>,
  most = MOST_BYTES,
): Promise<{ path: string; bytes: number; hash: Buffer }> {
  await mkdir(folder(dataDir), { recursive: true, mode: 0o700 })
  const part = join(folder(dataDir), `${id}.part`)
  let ending: (typeof ENDINGS)[number] = 'txt'
  let bytes = 0
  const hash = createHash('sha256')
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (bytes === 0) ending = endingOf(chunk)
      bytes += chunk.length
      hash.update(chunk)
      if (bytes <= most) done(null, chunk)
      else
        done(
          new Problem(413, 'file_too_large', `The file has more than ${Math.floor(most / 1024 / 1024)} MB`, {
            action: 'Cut it into several files, or pack it with gzip.',
          }),
        )
    },
  })
  try {
    // the two declarations of ReadableStream differ in what nobody uses here
    const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(source, limit, createWriteStream(part, { mode: 0o600 }))
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  const path = join(folder(dataDir), `${id}.${ending}`)
  await rename(part, path)
  return { path, bytes, hash: hash.digest() }
}

export async function removeFiles(dataDir: string, id: Uuid): Promise<void> {
  for (const ending of ENDINGS) await rm(join(folder(dataDir), `${id}.${ending}`), { force: true })
  await rm(errorPath(dataDir, id), { force: true })
}

/** Ids of the uploads that lie here. */
export async function uploadsHere(dataDir: string): Promise<Uuid[]> {
  try {
    return (await readdir(folder(dataDir))).flatMap(name => {
      const [id, ending, more] = name.split('.')
      return id && !more && (ENDINGS as readonly string[]).includes(ending ?? '') ? [id] : []
    })
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw error
  }
}

export async function hasFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return false
    throw error
  }
}

/** Removes files that nothing was written to for 30 days; `keep`: those that are still to be read. */
export async function removeOldFiles(dataDir: string, now: number, keep: ReadonlySet<Uuid>): Promise<number> {
  let removed = 0
  for (const id of await uploadsHere(dataDir)) {
    const path = await uploadPath(dataDir, id)
    if (path === null || keep.has(id) || now - (await stat(path)).mtimeMs < KEPT_MS) continue
    await removeFiles(dataDir, id)
    removed++
  }
  return removed
}
