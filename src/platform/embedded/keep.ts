// Keeps something running: what ends unasked is started again, at once the first time, then with growing pauses.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'

export type Runs = { ended: Promise<string>; stop(): Promise<void> }
export type Kept<T extends Runs> = { current(): T; stop(): Promise<void> }

const STEADY_MS = 10_000
const LONGEST_PAUSE_MS = 5_000

/** @param start called first here (a failure is thrown) and after each end (a failure is logged and tried again);
 *  gets what ran before, so that it can take the same port
 *  @param onRestart called when something new runs */
export async function keepRunning<T extends Runs>(options: {
  name: string
  log: Log
  start(before: T | null): Promise<T>
  onRestart?(now: T, before: T): void
}): Promise<Kept<T>> {
  const { name, log } = options
  let current = await options.start(null)
  let stopping = false
  const stop = new AbortController()

  async function restart(reason: string, pauseMs: number): Promise<void> {
    for (let pause = pauseMs; !stopping; pause = nextPause(pause)) {
      log.warn({ what: name, reason, pauseMs: pause }, `${name} ended: starting it again`)
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined) // aborted: stopping is looked at next
      if (stopping) return
      try {
        const before = current
        current = await options.start(before)
        if (stopping) await current.stop()
        else options.onRestart?.(current, before)
        return
      } catch (error) {
        log.error({ what: name, error: (error as Error).message }, `${name} does not start`)
      }
    }
  }

  async function watch(): Promise<void> {
    for (let pause = 0; !stopping; ) {
      const since = Date.now()
      const reason = await current.ended
      if (stopping) return
      if (Date.now() - since > STEADY_MS) pause = 0
      await restart(reason, pause)
      pause = nextPause(pause)
    }
  }
  const watching = watch()
  return {
    current: () => current,
    async stop() {
      stopping = true
      stop.abort()
      await current.stop()
      await watching
    },
  }
}

const nextPause = (pauseMs: number): number => Math.min(LONGEST_PAUSE_MS, pauseMs ? pauseMs * 2 : 200)
