// Works off what is to be asked of LINE or told to it beside messages: profiles, pictures, rich menus, sums. Runs with the
// deliver role; any number of them may run.
import type { Core } from '../platform/core.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { fetchDue } from './fetching.ts'
import { forgetUnsent } from './forget.ts'
import { pullFollowers, pullUnit } from './insight.ts'
import { clearOld, followChanges, linkWaiting, stepRounds } from './menus/assign.ts'
import { dropOldNonces } from './nonces.ts'

const POLL_MS = 2_000
const IDLE_MS = 10_000
const SELDOM_MS = 60_000

/** `tick`: one look at everything; true when there was something. */
export function openLineWorker(core: Core): Worker {
  let seldomAt = 0
  let lookedAt = 0

  async function tick(): Promise<boolean> {
    lookedAt = performance.now()
    let worked = false
    // each by itself: where LINE or history is down for one, the others go on
    const steps = [
      fetchDue,
      forgetUnsent,
      stepRounds,
      followChanges,
      linkWaiting,
      clearOld,
      pullFollowers,
      pullUnit,
    ]
    let failure: unknown = null
    for (const step of steps)
      try {
        if (await step(core)) worked = true
      } catch (error) {
        failure = error
      }
    if (performance.now() >= seldomAt) {
      await dropOldNonces(core.pool)
      seldomAt = performance.now() + SELDOM_MS
    }
    if (failure !== null) throw failure
    return worked
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    idleMs: IDLE_MS,
    failed: 'LINE: will try again',
    // after a rest a new friend need not wait for its end; while much happens the poll is enough
    wakes: [{ topic: 'live', when: of => of.endsWith(':events') && performance.now() - lookedAt > POLL_MS }],
  })
}
