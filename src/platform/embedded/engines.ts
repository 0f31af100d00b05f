// The two storage engines of this installation: given by URL, or embedded below DATA_DIR. Also the lock of that
// folder and the file by which commands on the same machine find a running server.
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openClickHouse } from '../clickhouse.ts'
import { type Config, ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { migrateClickHouse, migratePostgres } from '../migrate.ts'
import { startEmbeddedChdb } from './chdb.ts'
import { type Kept, keepRunning } from './keep.ts'
import { type Engine, startEmbeddedPostgres } from './postgres.ts'
import { readOrNull, startTimeOf } from './process.ts'

export type RunningEngines = {
  databaseUrl: string
  clickhouseUrl: string
  /** process ids of embedded engines, for tests and messages */
  pids(): { postgres?: number; clickhouse?: number }
  stop(): Promise<void>
}

/** Starts (unless given by URL) and migrates both engines, and keeps the embedded ones running on their ports.
 *  @param onMoved an engine could not get its port back after a restart: its URL is another now */
export async function startEngines(
  config: Config,
  log: Log,
  onMoved?: (e: RunningEngines) => void,
): Promise<RunningEngines> {
  const { dataDir } = config
  const keep = (name: string, start: (port: number | undefined) => Promise<Engine>): Promise<Kept<Engine>> =>
    keepRunning<Engine>({
      name,
      log,
      start: before => start(before?.port),
      onRestart: (now, before) => {
        if (now.url !== before.url) onMoved?.(engines)
      },
    })
  const started: Kept<Engine>[] = []
  const begin = async (name: string, start: (port: number | undefined) => Promise<Engine>) => {
    const kept = await keep(name, start)
    started.push(kept)
    return kept
  }
  const stop = async () => void (await Promise.all(started.map(k => k.stop())))
  const [postgres, clickhouse] = await settle(
    [
      config.databaseUrl
        ? null
        : begin('PostgreSQL', port => startEmbeddedPostgres({ dataDir, log, ...(port ? { port } : {}) })),
      config.clickhouseUrl
        ? null
        : begin('ClickHouse', port => startEmbeddedChdb({ dataDir, log, ...(port ? { port } : {}) })),
    ],
    stop,
  )
  const engines: RunningEngines = {
    get databaseUrl() {
      return config.databaseUrl ?? postgres!.current().url
    },
    get clickhouseUrl() {
      return config.clickhouseUrl ?? clickhouse!.current().url
    },
    pids: () => ({
      ...(postgres ? { postgres: postgres.current().pid } : {}),
      ...(clickhouse ? { clickhouse: clickhouse.current().pid } : {}),
    }),
    stop,
  }
  try {
    await Promise.all([migratePostgres(engines.databaseUrl, log), migrateHistory(engines.clickhouseUrl, log)])
  } catch (error) {
    await stop()
    throw error
  }
  return engines
}

/** Waits for both, also when one fails: what did start must be stopped. */
async function settle(
  promises: (Promise<Kept<Engine>> | null)[],
  stop: () => Promise<void>,
): Promise<(Kept<Engine> | null)[]> {
  const results = await Promise.allSettled(promises)
  const failed = results.find(r => r.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return results.map(r => (r.status === 'fulfilled' ? r.value : null))
}

async function migrateHistory(url: string, log: Log): Promise<void> {
  const database = new URL(url).pathname.slice(1)
  if (database) {
    const root = new URL(url)
    root.pathname = '/system'
    const admin = openClickHouse(root.href)
    await admin.command({
      query: 'create database if not exists {name:Identifier}',
      query_params: { name: database },
    })
    await admin.close()
  }
  const history = openClickHouse(url)
  try {
    await migrateClickHouse(history, log)
  } finally {
    await history.close()
  }
}

/** SECRET_KEY, or the one of DATA_DIR/secret.key, made at the first start. */
export function secretKeyOf(config: Config): string {
  if (config.secretKey) return config.secretKey
  const path = join(config.dataDir, 'secret.key')
  const old = readOrNull(path)?.trim()
  if (old) {
    if (!/^[0-9a-f]{64}$/.test(old))
      throw new ConfigError(
        `SECRET_KEY: ${path} does not hold 64 hexadecimal characters. Put back the key this installation was made with.`,
      )
    return old
  }
  const key = randomBytes(32).toString('hex')
  mkdirSync(config.dataDir, { recursive: true })
  writeFileSync(path, key + '\n', { mode: 0o600, flag: 'wx' })
  return key
}

export type Running = {
  pid: number
  startTime: string
  baseUrl: string
  databaseUrl: string
  clickhouseUrl: string
  ready: boolean
}

const runFile = (dataDir: string): string => join(dataDir, 'running.json')

/** The server that runs on this data folder; null when there is none. */
export function readRunning(dataDir: string): Running | null {
  const text = readOrNull(runFile(dataDir))
  if (!text) return null
  try {
    const r = JSON.parse(text) as Running
    return startTimeOf(r.pid) === r.startTime ? r : null
  } catch (error) {
    if (error instanceof SyntaxError) return null // a process was killed while it wrote: its lock is void
    throw error
  }
}

/** Takes the data folder for this process: two starts at the same moment cannot both have it.
 *  @throws ConfigError when another server runs on it */
export function holdDataDir(dataDir: string): { publish(more: Partial<Running>): void; release(): void } {
  mkdirSync(dataDir, { recursive: true })
  const file = runFile(dataDir)
  const mine = `${file}.${process.pid}`
  let now: Running = {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    baseUrl: '',
    databaseUrl: '',
    clickhouseUrl: '',
    ready: false,
  }
  writeFileSync(mine, JSON.stringify(now), { mode: 0o600 })
  try {
    while (!linkIfFree(mine, file)) {
      const other = readRunning(dataDir)
      if (other) {
        throw new ConfigError(
          `DATA_DIR: ${dataDir} is in use by process ${other.pid}${other.baseUrl && ` (${other.baseUrl})`}. Stop it, or choose another folder.`,
        )
      }
      rmSync(file, { force: true }) // left by a process that was killed
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return {
    publish(more) {
      now = { ...now, ...more }
      writeFileSync(mine, JSON.stringify(now), { mode: 0o600 })
      renameSync(mine, file)
    },
    release: () => rmSync(file, { force: true }),
  }
}

function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** For a command: the engines of the server that runs on this data folder, else started here for as long as it takes. */
export async function borrowEngines(config: Config, log: Log): Promise<RunningEngines> {
  const running = readRunning(config.dataDir)
  if (running?.ready) {
    return {
      databaseUrl: config.databaseUrl ?? running.databaseUrl,
      clickhouseUrl: config.clickhouseUrl ?? running.clickhouseUrl,
      pids: () => ({}),
      stop: async () => undefined,
    }
  }
  if (config.databaseUrl && config.clickhouseUrl) return startEngines(config, log)
  const hold = holdDataDir(config.dataDir)
  const engines = await startEngines(config, log)
  return {
    databaseUrl: engines.databaseUrl,
    clickhouseUrl: engines.clickhouseUrl,
    pids: engines.pids,
    async stop() {
      await engines.stop()
      hold.release()
    },
  }
}
