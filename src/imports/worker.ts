// The thread that works on one import, so that parsing never delays the process's answers. It has its own connections;
// signals go to the process that started it.
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { forgetHolders, rememberHolders } from '../collect/resolve.ts'
import { must } from '../platform/errors.ts'
import { openPool } from '../platform/postgres.ts'
import type { Topic } from '../platform/signals.ts'
import { runImport, type RunEnv } from './run.ts'
import type { ImportRow } from './store.ts'

export type Job = Omit<RunEnv, 'pool' | 'signals'> & { databaseUrl: string; row: ImportRow }
export type FromWorker = { kind: 'signal'; topic: Topic; detail: string } | { kind: 'failed'; error: string }

const port = parentPort
must(port, 'this file runs as a worker thread')
const { databaseUrl, row, ...env } = workerData as Job
const tell = (message: FromWorker) => port.postMessage(message)

/** A file names its people again soon, or seldom. */
const HOLDERS = 30_000

/** Beside live events an import may only have what they leave of the processor: on Linux the priority is the thread's own. */
const POLITE = 10
if (process.platform === 'linux') setPriority(POLITE)

const pool = openPool(databaseUrl, { max: 3, name: 'import', onError: () => undefined })
rememberHolders(pool, HOLDERS)
// somebody was forgotten, or gave something away: who holds an identifier is asked anew
port.on('message', (customer: string) => forgetHolders(pool, customer))
port.unref()
try {
  await runImport(
    { ...env, pool, signals: { emit: (topic, detail = '') => tell({ kind: 'signal', topic, detail }) } },
    row,
  )
} catch (error) {
  tell({ kind: 'failed', error: (error as Error).stack ?? String(error) })
} finally {
  await pool.end()
}
