// What a backup looks like on disk: a folder of compressed tables and a manifest written last, or the same packed
// with tar. A folder without a manifest is not a backup.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { Problem } from './errors.ts'

const run = promisify(execFile)
const MANIFEST = 'manifest.json'

/** A table or a part of one: `file` below the backup's folder, the hash is of the compressed bytes. */
export type Part = {
  table: string
  file: string
  rows: number
  bytes: number
  sha256: string
  columns: string[]
}

export type Manifest = {
  format: 1
  /** when the snapshot was taken (database time, ISO) */
  at: string
  incarnation: string | null
  postgres: { steps: { name: string; hash: string }[]; parts: Part[] }
  history: { parts: Part[] }
  /** history's cursor of each bucket in the snapshot: history holds nothing beyond it */
  cursors: Record<string, number>
}

const wrong = (title: string, action: string): Problem => new Problem(400, 'not_a_backup', title, { action })

/** Writes one part and says what it is. `rows` is asked when the source has ended. */
export async function writePart(
  dir: string,
  part: { table: string; file: string; columns: string[] },
  source: Readable,
  rows: () => number,
): Promise<Part> {
  const hash = createHash('sha256')
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const path = join(dir, part.file)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  await pipeline(source, createZstdCompress(), count, createWriteStream(path, { mode: 0o600 }))
  return { ...part, rows: rows(), bytes, sha256: hash.digest('hex') }
}

/** The bytes of a part as they were before compression. */
export const readPart = (dir: string, part: Part): Readable =>
  createReadStream(join(dir, part.file)).pipe(createZstdDecompress())

/** @throws Problem when a file is missing or is not what the manifest says */
export async function checkParts(dir: string, manifest: Manifest): Promise<void> {
  for (const part of [...manifest.postgres.parts, ...manifest.history.parts]) {
    const path = join(dir, part.file)
    const damaged = `The backup is damaged: ${part.file}`
    if (!existsSync(path))
      throw wrong(`${damaged} is missing`, 'Use another backup, or another copy of this one.')
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    if (hash.digest('hex') !== part.sha256) {
      throw wrong(
        `${damaged} has changed since it was written`,
        'Use another backup, or another copy of this one.',
      )
    }
  }
}

/** Where a backup is made: a folder beside the target, which becomes the target when it is whole.
 *  @throws Problem when the target is already there */
export function beginBackup(target: string): {
  dir: string
  finish(manifest: Manifest): Promise<void>
  abandon(): void
} {
  const path = resolve(target)
  if (existsSync(path))
    throw new Problem(409, 'exists', `${target} is already there`, {
      action: 'Name another file or folder: a backup never overwrites.',
    })
  mkdirSync(dirname(path), { recursive: true })
  const dir = `${path}.part-${process.pid}`
  mkdirSync(dir, { mode: 0o700 }) // personal data is in it
  return {
    dir,
    async finish(manifest) {
      writeFileSync(join(dir, MANIFEST), JSON.stringify(manifest, null, 1), { mode: 0o600 })
      if (isPacked(path)) {
        const packed = `${dir}.tar`
        writeFileSync(packed, '', { mode: 0o600 })
        await run('tar', ['-cf', packed, '-C', dir, '.'])
        renameSync(packed, path)
        rmSync(dir, { recursive: true })
      } else renameSync(dir, path)
    },
    abandon: () => rmSync(dir, { recursive: true, force: true }),
  }
}

const isPacked = (path: string): boolean => path.endsWith('.tar')

/** Opens a backup for reading; a packed one is unpacked beside it until `close`. */
export async function openBackup(
  source: string,
): Promise<{ dir: string; manifest: Manifest; close(): void }> {
  const path = resolve(source)
  if (!existsSync(path))
    throw wrong(`There is no ${source}`, 'Name a folder or .tar file made by `itinera backup`.')
  let dir = path
  let close = (): void => undefined
  if (statSync(path).isFile()) {
    dir = mkdtempSync(`${path}.open-`)
    close = () => rmSync(dir, { recursive: true, force: true })
    try {
      await run('tar', ['-xf', path, '-C', dir])
    } catch (error) {
      close()
      throw wrong(
        `${source} cannot be unpacked: ${(error as Error).message.split('\n')[0]}`,
        'Name a .tar file made by `itinera backup`.',
      )
    }
  }
  if (!existsSync(join(dir, MANIFEST))) {
    close()
    throw wrong(
      `${source} is not a whole backup: it has no ${MANIFEST}`,
      'Name a folder or .tar file that `itinera backup` finished.',
    )
  }
  const manifest = JSON.parse(readFileSync(join(dir, MANIFEST), 'utf8')) as Manifest
  if (manifest.format !== 1) {
    close()
    throw wrong(
      `${source} has format ${String(manifest.format)}, which this version does not know`,
      'Restore it with the version of Itinera that made it, or a newer one.',
    )
  }
  return { dir, manifest, close }
}
