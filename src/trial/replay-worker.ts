// Works off replays, one at a time in this process: claims one, gives it to a thread, waits for its end. A replay that is
// cancelled ends its thread; of a process that was killed the lease runs out, and another begins it anew.
import { Worker } from 'node:worker_threads'
import { newestWorld } from '../catalogue/publish.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { stillWorld } from '../journeys/replay-world.ts'
import { trialWorld } from '../journeys/simulate-start.ts'
import { versionGraphs } from '../journeys/store.ts'
import { wallDate } from '../platform/wall-time.ts'
import { usualCost } from '../channels/price.ts'
import { priceLists } from '../channels/price-store.ts'
import type { Core, Role } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import { openWorker } from '../platform/loop.ts'
import type { Uuid } from '../platform/ids.ts'
import type { ReplayJob } from './replay-run.ts'
import type { FromThread, ThreadJob } from './replay-thread.ts'
import {
  claimReplay,
  endReplay,
  MOST_ATTEMPTS,
  noteProgress,
  releaseReplay,
  type ReplayRow,
} from './replay-store.ts'

const POLL_MS = 5_000
const WATCH_MS = 1_000
const DAY_MS = 86_400_000
/** Old space of the thread; a replay that needs more fails instead of taking the process along. */
const MOST_MEMORY_MB = 768
/** A walk makes much that dies young; with less a fourth of the time is garbage collection. */
const NEW_SPACE_MB = 64

export type Replays = Role & {
  /** Works on the next replay that waits, to its end; false when none does. */
  tick(): Promise<boolean>
}

type Ended = { result: Extract<FromThread, { kind: 'done' }>['result'] } | { error: string } | 'left'

export function openReplays(core: Core): Replays {
  let stopping = false
  let running: Worker | null = null

  async function tick(): Promise<boolean> {
    const row = await claimReplay(core.pool, core.processId)
    if (!row) return false
    await work(row)
    core.signals.emit('live', `${row.workspace_id}:replays`)
    return true
  }

  async function work(row: ReplayRow): Promise<void> {
    const workspace = await findWorkspace(core.pool, row.workspace_id)
    must(workspace, 'a replay belongs to a workspace')
    const now = () => Date.now() + workspace.clockOffsetMs
    if (row.attempts > MOST_ATTEMPTS) {
      await endReplay(core, row.id, now(), { problem: BROKE })
      return
    }
    const ended = await inThread(row, await jobOf(core, row))
    if (ended === 'left') await releaseReplay(core, row.id)
    else if ('result' in ended) await endReplay(core, row.id, now(), ended)
    else {
      core.log.error({ replay: row.id, error: ended.error.slice(0, 2_000) }, 'a replay failed')
      await endReplay(core, row.id, now(), { problem: FAILED })
    }
  }

  function inThread(row: ReplayRow, job: ReplayJob): Promise<Ended> {
    const { databaseUrl, clickhouseUrl } = core
    const given: ThreadJob = { databaseUrl, clickhouseUrl, job }
    let done = 0
    let total: number | null = null
    let ended: Ended = 'left'
    return new Promise(resolve => {
      const worker = new Worker(new URL('./replay-thread.ts', import.meta.url), {
        workerData: given,
        resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: NEW_SPACE_MB },
      })
      running = worker
      const watch = setInterval(() => {
        noteProgress(core.pool, core.processId, row.id, done, total).then(
          ours => {
            if (!ours) void worker.terminate()
            else core.signals.emit('live', `${row.workspace_id}:replays`)
          },
          (error: unknown) => core.log.warn({ error: String(error).slice(0, 200) }, 'replays: progress'),
        )
      }, WATCH_MS)
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'progress') ({ done, total } = message)
        else ended = message.kind === 'done' ? { result: message.result } : { error: message.error }
      })
      worker.on('error', error => (ended = { error: (error as Error).message }))
      worker.on('exit', () => {
        clearInterval(watch)
        running = null
        resolve(stopping ? 'left' : ended)
      })
    })
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    failed: 'replays wait',
    wakes: [{ topic: 'replay' }],
    async ending() {
      stopping = true
      await running?.terminate()
    },
  })
}

const BROKE = {
  code: 'replay_broke',
  title: 'The replay broke off several times',
  action: 'Try fewer days; the log says more.',
}
const FAILED = {
  code: 'replay_failed',
  title: 'The replay failed',
  action: 'Try again, or fewer days; the log says more.',
}

async function jobOf(core: Core, row: ReplayRow): Promise<ReplayJob> {
  const { workspace_id: workspace, journey_id: journey, live_version } = row
  const published = await newestWorld(core.pool, workspace)
  const worldOf = (graph: JourneyGraph, version: number) =>
    stillWorld(trialWorld(published, { id: journey, version, graph }, false))
  const versions =
    live_version === null
      ? null
      : await versionGraphs(core.pool, workspace, [{ journey, version: live_version }])
  const live = versions?.get(`${journey}/${live_version}`)
  const to = row.created_at.getTime()
  return {
    workspace,
    journey,
    draft: worldOf(JSON.parse(row.graph) as JourneyGraph, (live_version ?? 0) + 1),
    live: live === undefined ? null : worldOf(live, live_version!),
    from: to - row.days * DAY_MS,
    to,
    costs: await costsOf(core, workspace, published.currency, wallDate(to, published.timezone)),
  }
}

/** What one message costs, of channels that have an account; of several the first. */
async function costsOf(
  core: Core,
  workspace: Uuid,
  currency: string,
  day: string,
): Promise<Record<string, number>> {
  const { rows } = await core.pool.query<{ id: Uuid; channel: string; settings: Record<string, string> }>(
    'select id, channel, settings from channel_account where workspace_id = $1 and archived_at is null order by created_at, id',
    [workspace],
  )
  const costs: Record<string, number> = {}
  const prices = (await priceLists(core.pool, [workspace])).get(workspace)
  for (const row of rows) costs[row.channel] ??= usualCost(prices, row, currency, day)
  return costs
}
