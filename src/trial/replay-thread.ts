// The thread that works on one replay, so that it never delays the process's folds. It has its own connections; what it
// found goes to the process that started it.
import { parentPort, workerData } from 'node:worker_threads'
import { openClickHouse } from '../platform/clickhouse.ts'
import { must } from '../platform/errors.ts'
import { openPool } from '../platform/postgres.ts'
import { runReplay, type ReplayJob, type ReplayResult } from './replay-run.ts'

export type ThreadJob = { databaseUrl: string; clickhouseUrl: string; job: ReplayJob }
export type FromThread =
  | { kind: 'progress'; done: number; total: number | null }
  | { kind: 'done'; result: ReplayResult }
  | { kind: 'failed'; error: string }

const TELL_EVERY_MS = 500

must(parentPort, 'this file runs as a worker thread')
const { databaseUrl, clickhouseUrl, job } = workerData as ThreadJob
const port = parentPort
const say = (message: FromThread): void => port.postMessage(message)
const pool = openPool(databaseUrl, { max: 2, name: 'replay', onError: () => undefined })
const history = openClickHouse(clickhouseUrl)
let toldAt = 0
try {
  const result = await runReplay(history, pool, job, (done, total) => {
    if (Date.now() - toldAt < TELL_EVERY_MS) return
    toldAt = Date.now()
    say({ kind: 'progress', done, total })
  })
  say({ kind: 'done', result })
} catch (error) {
  say({ kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
} finally {
  await Promise.all([pool.end(), history.close()])
}
