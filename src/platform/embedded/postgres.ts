// A PostgreSQL server of our own, in a data folder: made at the first start, tied to this process, reached by a socket of this
// machine (and on loopback). Everything else knows just its URL.
import { execFile } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Log } from '../log.ts'
import { chooseUser, findBinaries, reachableDir, type RunAs } from './postgres-binaries.ts'
import { exitOf, freePort, readOrNull, spawnTied, startTimeOf, stopPid } from './process.ts'

const run = promisify(execFile)

export type Engine = {
  url: string
  pid: number
  port: number
  /** resolves with the reason when the engine has ended, asked or not */
  ended: Promise<string>
  stop(): Promise<void>
}

export type PostgresOptions = {
  dataDir: string
  log: Log
  /** the port to listen on, where it is free; default: any */
  port?: number
  /** a folder with other programs (initdb, postgres), 15 or newer */
  binDir?: string
  /** settings beside the usual ones, for tests */
  settings?: Record<string, string>
}

/** The data folder was made by another major version. */
export class OtherMajorVersion extends Error {}

const USER = 'itinera'
export const DATABASE = 'itinera'

// For a laptop that does other things too. Checkpoints are far apart: with a small max_wal_size PostgreSQL writes
// whole pages again and again under load.
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // a thirty-second of the machine, 128 MB to 1 GB: only what was used counts as taken
  shared_buffers: `${Math.min(1_024, Math.max(128, Math.round(totalmem() / 2 ** 20 / 32)))}MB`,
  max_connections: '60',
  max_wal_size: '4GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  wal_buffers: '16MB',
  synchronous_commit: 'on',
  jit: 'off',
  max_parallel_workers_per_gather: '1',
  autovacuum_naptime: '15s',
  bgwriter_delay: '1000ms',
  wal_writer_delay: '200ms',
  effective_cache_size: '1GB',
  random_page_cost: '1.1', // no disk turns any more; with 4 a thousand keys were looked for by reading whole tables
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_destination: 'stderr',
  logging_collector: 'off',
  timezone: 'UTC',
}

/** Starts PostgreSQL on `dataDir`/postgres, making it first when it is not there; a server left over from a killed
 *  process is stopped.
 *  @throws OtherMajorVersion when the folder needs `itinera upgrade` */
export async function startEmbeddedPostgres(options: PostgresOptions): Promise<Engine> {
  const { dataDir, log } = options
  const user = chooseUser()
  const place = reachableDir(dataDir, user)
  mkdirSync(dataDir, { recursive: true, mode: place === dataDir && user ? 0o755 : 0o700 })
  mkdirSync(place, { recursive: true, mode: 0o755 })
  if (user)
    log.info(
      { user: user.name, folder: place },
      `PostgreSQL does not run as root: it runs as ${user.name}, with its data in ${place}`,
    )
  const binDir = options.binDir ?? findBinaries(place, user)
  const major = await majorOf(binDir)
  const data = join(place, 'postgres')
  const password = ensurePassword(join(dataDir, 'postgres.password'))

  if (existsSync(data)) refuseOtherMajor(data, major)
  else await makeCluster({ data, place, binDir, major, password, user })
  await stopStray(data, log)

  const port = await freePort(options.port)
  const sockets = socketFolder(place, user)
  const logFile = join(place, 'postgres.log')
  const logFd = openSync(logFile, 'a', 0o600)
  const settings = {
    ...SETTINGS,
    wal_compression: await walCompression(binDir),
    ...options.settings,
    unix_socket_directories: sockets ?? '',
    port: String(port),
  }
  const child = spawnTied(
    join(binDir, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    // without LC_ALL macOS starts threads in the postmaster, which it refuses
    {
      signal: 'INT',
      cwd: place,
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      uid: user?.uid,
      gid: user?.gid,
      logFd,
    },
  )
  closeSync(logFd)
  let end: string | null = null
  const ended = exitOf(child).then(reason => (end = reason))
  const url = `postgres://${USER}:${password}@${sockets ? encodeURIComponent(sockets) : '127.0.0.1'}:${port}/${DATABASE}`
  await waitReady(url, () => end, logFile)
  const pid = Number(readOrNull(join(data, 'postmaster.pid'))?.split('\n')[0])
  const startTime = startTimeOf(pid)
  return {
    url,
    pid,
    port,
    ended,
    async stop() {
      if (startTime === null) return
      // SIGINT: fast shutdown, rolls back what runs and writes a checkpoint; SIGQUIT: at once, recovery at next start
      await stopPid(pid, startTime, [
        { signal: 'SIGINT', waitMs: 8_000 },
        { signal: 'SIGQUIT', waitMs: 2_000 },
      ])
      await ended
      if (sockets !== null) rmSync(sockets, { recursive: true, force: true })
    },
  }
}

/** A folder for the server's socket that only its user and we may enter, always the same one for a data folder; null: loopback
 *  has to do. A statement by it costs PostgreSQL a quarter less CPU than by loopback. Not in the data folder: a socket's path has
 *  some 100 bytes, and a mounted folder may hold none. */
function socketFolder(place: string, user: RunAs): string | null {
  if (process.platform === 'win32') return null
  const folder = join(tmpdir(), `itinera-${hash('sha256', place, 'hex').slice(0, 12)}`)
  try {
    rmSync(folder, { recursive: true, force: true }) // of an earlier start
    mkdirSync(folder, { mode: 0o700 }) // fails where somebody else has it
    if (user) chownSync(folder, user.uid, user.gid)
    return folder
  } catch {
    return null
  }
}

/** Where the data of `dataDir` is, which major version made it (null: none yet) and which one is installed. */
export async function postgresFolder(
  dataDir: string,
): Promise<{ path: string; made: number | null; major: number }> {
  const user = chooseUser()
  const place = reachableDir(dataDir, user)
  const path = join(place, 'postgres')
  const made = readOrNull(join(path, 'PG_VERSION'))
  return { path, made: made === null ? null : Number(made), major: await majorOf(findBinaries(place, user)) }
}

async function majorOf(binDir: string): Promise<number> {
  const { stdout } = await run(join(binDir, 'postgres'), ['--version'])
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
}

let compression: string | undefined
async function walCompression(binDir: string): Promise<string> {
  if (compression) return compression
  // builds differ: ask the program (it prints its settings without starting)
  const { stdout } = await run(join(binDir, 'postgres'), ['--describe-config'], {
    maxBuffer: 4_000_000,
  }).catch(() => ({ stdout: '' }))
  const line = stdout.split('\n').find(l => l.startsWith('wal_compression')) ?? ''
  return (compression = /lz4/.test(line) ? 'lz4' : 'pglz')
}

function refuseOtherMajor(data: string, major: number): void {
  const made = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'))
  if (made !== major) {
    throw new OtherMajorVersion(
      `The data folder ${data} was made by PostgreSQL ${made}; this is PostgreSQL ${major}. ` +
        'Start the version of Itinera that made it and run `itinera backup FILE`, then `itinera upgrade FILE` with this one.',
    )
  }
}

function ensurePassword(path: string): string {
  const old = readOrNull(path)?.trim()
  if (old) return old
  const password = randomBytes(24).toString('base64url')
  writeFileSync(path, password + '\n', { mode: 0o600 })
  return password
}

/** initdb into a folder of another name, renamed when it is whole: a half-made one is thrown away, never started. */
async function makeCluster(c: {
  data: string
  place: string
  binDir: string
  major: number
  password: string
  user: RunAs
}): Promise<void> {
  for (const name of readdirSync(c.place)) {
    if (name.startsWith('postgres.part-')) rmSync(join(c.place, name), { recursive: true, force: true })
  }
  const half = join(c.place, `postgres.part-${process.pid}`)
  const passwordFile = `${half}.password`
  mkdirSync(half, { mode: 0o700 })
  try {
    writeFileSync(passwordFile, c.password, { mode: 0o600 })
    if (c.user) for (const p of [half, passwordFile]) chownSync(p, c.user.uid, c.user.gid)
    // the builtin provider exists since 17: the same order on every machine, whatever its C library
    const locale =
      c.major >= 17
        ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
        : ['--locale=C.UTF-8']
    await run(
      join(c.binDir, 'initdb'),
      [
        '-D',
        half,
        '-U',
        USER,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...locale,
      ],
      {
        cwd: c.place,
        env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
        uid: c.user?.uid,
        gid: c.user?.gid,
      },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  chmodSync(half, 0o700)
  renameSync(half, c.data)
}

/** A server that a killed process left behind. postmaster.pid says its pid and its start in whole seconds; the pid
 *  may by now be someone else's, who is left alone. */
async function stopStray(data: string, log: Log): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const lines = readOrNull(file)?.split('\n')
  if (!lines) return
  const pid = Number(lines[0])
  const startTime = startTimeOf(pid)
  if (startTime === null) return // PostgreSQL itself clears the file after checking that no backend is left
  if (isPostmasterOf(pid, data)) {
    log.warn({ pid }, 'a PostgreSQL server was left behind by an earlier start: stopping it')
    const stopped = await stopPid(pid, startTime, [
      { signal: 'SIGINT', waitMs: 15_000 },
      { signal: 'SIGQUIT', waitMs: 10_000 },
    ])
    if (!stopped) throw new Error(`PostgreSQL process ${pid} of ${data} does not stop`)
    return
  }
  // Recycled pid: PostgreSQL would refuse to start while that process lives. Only the pid is replaced, by one that
  // cannot exist: the rest lets PostgreSQL check for backends that still hold the shared memory.
  log.warn({ pid }, 'stale postmaster.pid: its number now belongs to another program')
  writeFileSync(file, ['999999999', ...lines.slice(1)].join('\n'))
}

function isPostmasterOf(pid: number, data: string): boolean {
  const line = process.platform === 'linux' ? readOrNull(`/proc/${pid}/cmdline`)?.split('\0').join(' ') : null
  if (line !== null && line !== undefined) return line.includes('postgres') && line.includes(data)
  return readOrNull(join(data, 'postmaster.pid'))?.split('\n')[0] === String(pid)
}

async function waitReady(url: string, ended: () => string | null, logFile: string): Promise<void> {
  const admin = url.replace(/\/[^/]*$/, '/postgres')
  const until = Date.now() + 60_000 // recovery after a crash under load replays up to 4 GB of log
  for (;;) {
    const client = new pg.Client({ connectionString: admin, connectionTimeoutMillis: 5_000 })
    client.on('error', () => undefined) // the failed connect below reports it
    try {
      await client.connect()
      const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
      if (!found.rowCount) await client.query(`create database ${DATABASE}`)
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => undefined)
      const reason = ended()
      if (reason !== null || Date.now() > until) {
        const tail = (readOrNull(logFile) ?? '').split('\n').slice(-8).join('\n')
        throw new Error(
          `PostgreSQL did not start (${reason ?? (error as Error).message}). Its last words:\n${tail}`,
        )
      }
      await new Promise(r => setTimeout(r, 25))
    }
  }
}
