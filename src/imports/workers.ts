// Works off imports, one at a time in this process: claims one, gives it to a worker thread, waits for its end. Of a
// process that was killed the lease runs out, and whoever has the file goes on.
import { Worker } from 'node:worker_threads'
import { findWorkspace } from '../catalogue/workspace.ts'
import type { Core, Role } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import { openWorker } from '../platform/loop.ts'
import { errorPath, removeOldFiles, uploadPath, uploadsHere } from './files.ts'
import {
  claimImport,
  endImport,
  type ImportRow,
  releaseImport,
  triedTooOften,
  waitingImports,
} from './store.ts'
import type { FromWorker, Job } from './worker.ts'

const POLL_MS = 2_000
const TIDY_MS = 3_600_000
/** Old space of the thread; a file that needs more fails instead of taking the process along. */
const MOST_MEMORY_MB = 256
/** What an import may take of the web process at its peak, thread and all: the bench's aim and the test's bound. */
export const MOST_MORE_MB = 200
/** V8's 48 MB would be a fourth of it. */
const NEW_SPACE_MB = 24

export type Imports = Role & {
  /** Works on the next import that waits, to its end; false when none does. */
  tick(): Promise<boolean>
}

export function openImports(core: Core): Imports {
  let running: Worker | null = null
  let tidied = 0

  async function tick(): Promise<boolean> {
    if (Date.now() - tidied > TIDY_MS) {
      tidied = Date.now()
      await removeOldFiles(core.config.dataDir, tidied, new Set(await waitingImports(core.pool)))
    }
    const row = await claimImport(core.pool, core.processId, await uploadsHere(core.config.dataDir))
    if (!row) return false
    await work(row)
    return true
  }

  async function work(row: ImportRow): Promise<void> {
    const workspace = await findWorkspace(core.pool, row.workspace_id)
    must(workspace, 'an import belongs to a workspace')
    if (triedTooOften(row)) {
      const problem = {
        code: 'import_broke',
        title: 'The import broke off several times at the same place',
        action: 'Cut the file into smaller ones; if it is .xlsx, save it as CSV UTF-8. The log says more.',
      }
      await endImport(
        core.pool,
        row.id,
        core.processId,
        'failed',
        problem,
        Date.now() + workspace.clockOffsetMs,
      )
      core.signals.emit('live', `${row.workspace_id}:imports`)
      return
    }
    const file = await uploadPath(core.config.dataDir, row.id)
    must(file, 'only imports whose files are here are claimed')
    const job: Job = {
      databaseUrl: core.databaseUrl,
      owner: core.processId,
      file,
      errorFile: errorPath(core.config.dataDir, row.id),
      workspace: { timezone: workspace.timezone, currency: workspace.currency, locale: workspace.locale },
      offsetMs: workspace.clockOffsetMs,
      row,
    }
    await new Promise<void>(resolve => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: job,
        resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: NEW_SPACE_MB },
      })
      running = worker
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'signal') core.signals.emit(message.topic, message.detail)
        if (message.kind === 'failed')
          core.log.error({ import: row.id, error: message.error.slice(0, 2_000) }, 'an import broke off')
      })
      worker.on('error', error =>
        core.log.error({ import: row.id, error: (error as Error).message }, 'the thread of an import ended'),
      )
      worker.on('exit', () => {
        running = null
        resolve()
      })
    })
    await releaseImport(core.pool, row.id, core.processId)
  }

  const worker = openWorker(core, {
    tick,
    restMs: POLL_MS,
    failed: 'imports wait',
    wakes: [{ topic: 'import' }],
    async ending() {
      for (const off of offs) off()
      await running?.terminate()
    },
  })
  const offs = [
    core.signals.on('identifiers', () => running?.postMessage('')),
    core.signals.on('holder', customer => running?.postMessage(customer)),
  ]
  return worker
}

export async function startImports(core: Core): Promise<Role> {
  const imports = openImports(core)
  imports.start()
  return imports
}
