// A whole product in one test, driven by hand: owner, deliverer and history worker tick until nothing is left to do.
import type { Append } from '../src/inbox/append.ts'
import { stepClocks } from '../src/inbox/clock.ts'
import { openHistoryWorker } from '../src/inbox/history.ts'
import type { EventBody } from '../src/inbox/model.ts'
import { openOwner } from '../src/inbox/owner.ts'
import { openBroadcastWorker } from '../src/campaigns/worker.ts'
import { openSegmentWorker } from '../src/segments/worker.ts'
import { newId, type Uuid } from '../src/platform/ids.ts'
import type { TestCore } from './harness.ts'

export type Ticking = { tick(): Promise<boolean>; stop(): Promise<void> }

export type Stage = {
  /** Ticks everything, and steps clocks, until a whole round finds no work. */
  settle(): Promise<void>
  /** One look of the owner alone; false when it found nothing. */
  fold(): Promise<boolean>
  close(): Promise<void>
}

const MAX_ROUNDS = 20_000

/** `extra`: further workers, e.g. a deliverer. */
export function openStage(core: TestCore, extra: Ticking[] = []): Stage {
  const workers: Ticking[] = [
    openOwner(core),
    ...extra,
    openHistoryWorker(core),
    openSegmentWorker(core),
    openBroadcastWorker(core),
  ]
  return {
    async settle() {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        let worked = false
        for (const w of workers) worked = (await w.tick()) || worked
        worked = (await stepClocks(core)) || worked
        if (!worked) return
      }
      throw new Error('the stage does not come to rest')
    },
    fold: () => workers[0]!.tick(),
    async close() {
      for (const w of workers) await w.stop()
    },
  }
}

/** An event row for `append`, straight to a customer: what the intake would write. */
export function eventFor(
  workspace: Uuid,
  customer: Uuid,
  name: string,
  more: Partial<EventBody> = {},
): Append {
  const messageId = more.messageId ?? newId()
  return {
    workspace,
    customer,
    input: {
      kind: 'event',
      messageId,
      body: { type: 'track', name, messageId, ids: [], proof: 'server', src: 'test', ...more },
    },
  }
}
