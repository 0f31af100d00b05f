// ClickHouse of our own: starts the child program of chdb-child.ts on a data folder. Everything else knows its URL.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Log } from '../log.ts'
import type { ChildOptions } from './chdb-child.ts'
import type { Engine } from './postgres.ts'
import { compileCache, exitOf, freePort, mayWait, readOrNull, startTimeOf, stopPid } from './process.ts'

const USER = 'itinera'
const DATABASE = 'itinera'

/** `/history-backups` below the data folder: the only place where BACKUP may write and RESTORE may read. */
export const historyBackups = (dataDir: string): string => join(dataDir, 'history-backups')

// Caches and pools for a machine that does other things too: without them chDB takes what it likes of all memory.
// fsync_after_insert: history's cursor moves after the insert is acknowledged, so it must be on disk by then.
const configXml = (dataDir: string): string => `<clickhouse>
  <max_server_memory_usage>1500000000</max_server_memory_usage>
  <mark_cache_size>33554432</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
  <backups><allowed_path>${historyBackups(dataDir)}</allowed_path></backups>
</clickhouse>
`

export type ChdbOptions = { dataDir: string; log: Log; port?: number }

/** Starts it on `port` (a free one when left out), after ending a stray of an earlier run, and resolves once it answers.
 *  @throws when the child ends before that; clickhouse.log in `dataDir` says why */
export async function startEmbeddedChdb(options: ChdbOptions): Promise<Engine> {
  const { dataDir, log } = options
  const path = join(dataDir, 'clickhouse')
  mkdirSync(path, { recursive: true, mode: 0o700 })
  mkdirSync(historyBackups(dataDir), { recursive: true, mode: 0o700 })
  const pidFile = join(dataDir, 'clickhouse.pid')
  await stopStray(pidFile, log)
  const passwordFile = join(dataDir, 'clickhouse.password')
  const password = readOrNull(passwordFile)?.trim() || randomBytes(24).toString('base64url')
  writeFileSync(passwordFile, password + '\n', { mode: 0o600 })
  const configFile = join(dataDir, 'clickhouse.xml')
  writeFileSync(configFile, configXml(dataDir))

  const port = await freePort(options.port)
  const logFile = join(dataDir, 'clickhouse.log')
  const logFd = openSync(logFile, 'a', 0o600)
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=256', fileURLToPath(new URL('./chdb-child.ts', import.meta.url))],
    {
      cwd: path,
      detached: true, // Ctrl-C reaches only the supervisor, which stops its children in order
      // each running statement holds a thread of the pool: four lanes, and some left for zlib
      env: {
        PATH: process.env.PATH,
        TZ: 'UTC',
        UV_THREADPOOL_SIZE: '8',
        NODE_COMPILE_CACHE: compileCache(dataDir),
      },
      stdio: ['pipe', 'pipe', logFd],
    },
  )
  closeSync(logFd)
  const ended = exitOf(child)
  child.stdin!.on('error', e =>
    log.warn({ code: (e as NodeJS.ErrnoException).code }, 'the pipe to the ClickHouse process broke'),
  )
  const pid = child.pid
  if (pid === undefined) throw new Error(`The ClickHouse process did not start: ${await ended}`)
  mayWait(pid)
  const startTime = startTimeOf(pid)
  writeFileSync(pidFile, `${pid}\n${startTime}\n`)
  const line: ChildOptions = { path, configFile, port, user: USER, password, database: DATABASE }
  child.stdin!.write(JSON.stringify(line) + '\n')
  const ready = new Promise<true>(resolve =>
    createInterface({ input: child.stdout! }).on('line', l => l === 'ready' && resolve(true)),
  )
  const outcome = await Promise.race([ready, ended])
  if (outcome !== true) {
    const tail = (readOrNull(logFile) ?? '').split('\n').slice(-8).join('\n')
    throw new Error(`The ClickHouse process did not start (${outcome}). Its last words:\n${tail}`)
  }
  return {
    url: `http://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    pid,
    port,
    ended,
    async stop() {
      if (startTime === null) return
      await stopPid(pid, startTime, [
        { signal: 'SIGTERM', waitMs: 5_000 },
        { signal: 'SIGKILL', waitMs: 2_000 },
      ])
      await ended
    },
  }
}

async function stopStray(pidFile: string, log: Log): Promise<void> {
  const [pid, startTime] = (readOrNull(pidFile) ?? '').split('\n')
  if (!pid || !startTime || startTimeOf(Number(pid)) !== startTime) return
  log.warn({ pid: Number(pid) }, 'a ClickHouse process was left behind by an earlier start: stopping it')
  const stopped = await stopPid(Number(pid), startTime, [
    { signal: 'SIGTERM', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ])
  if (!stopped) throw new Error(`ClickHouse process ${pid} does not stop`)
}
