// Works off jobs over customers, and keeps a point an hour of every segment's size. Runs with the history role: what it
// does at a time is small, and it waits for history.
import { Gauge } from 'prom-client'
import type { Core, Role } from '../platform/core.ts'
import { openWorker } from '../platform/loop.ts'
import { claimJob, endJob, releaseJob, triedTooOften, uncoverChecks, type JobRow } from './jobs.ts'
import { keepSizes } from './sizes.ts'
import { openStepper } from './steps.ts'

const POLL_MS = 5_000
/** A job that waits for others is looked at again after so long, the first times sooner. */
const FIRST_REST_MS = 20
const REST_MS = 200

export type SegmentWorker = Role & {
  /** Some steps of the next job; false when there is nothing to do, or all that is waits for others. */
  tick(): Promise<boolean>
}

export function openSegmentWorker(core: Core): SegmentWorker {
  const running = new Gauge({
    name: 'itinera_segment_job',
    help: '1 while this process works on a segment job',
    registers: [core.metrics],
  })
  const stepper = openStepper(core)
  let stopped = false
  let waits = false
  let rested = 0

  async function tick(): Promise<boolean> {
    waits = false
    await keepSizes(core)
    const job = await claimJob(core.pool, core.processId)
    if (!job) {
      rested = 0
      return false
    }
    running.set(1)
    try {
      return await work(job)
    } finally {
      running.set(0)
    }
  }

  async function work(job: JobRow): Promise<boolean> {
    if (triedTooOften(job)) {
      core.log.error({ job: job.id, kind: job.kind }, 'a segment job broke off again and again')
      await endJob(core.pool, core.processId, job, 'failed', {
        code: 'job_broke',
        title: 'The work broke off several times at the same place',
        action: 'The log says more; publish the segment again to try once more.',
      })
      if (job.kind === 'backfill') await uncoverChecks(core.pool, job)
      return true
    }
    let worked = false
    try {
      while (!stopped) {
        const went = await stepper.step(job)
        if (went === 'over') return true
        if (went === 'waits' || went === 'yields') {
          waits = went === 'waits'
          await releaseJob(core, job, 'waits')
          return worked || !waits
        }
        worked = true
        rested = 0
      }
      await releaseJob(core, job, 'waits')
    } catch (error) {
      await releaseJob(core, job, 'failed').catch(() => undefined) // its lease runs out by itself
      throw error
    }
    return worked
  }

  return openWorker(core, {
    tick,
    restMs() {
      if (waits) return Math.min(REST_MS, FIRST_REST_MS * 2 ** rested++)
      return POLL_MS
    },
    failed: 'segment jobs: will try again',
    wakes: [{ topic: 'segment-job' }],
    ending() {
      stopped = true
    },
  })
}
