// Work in the background: ticks while there is work, then a rest that ends by itself or when somebody calls. A call that
// comes while a tick runs is not lost: it is looked at again at once.

import type { Core, Role } from './core.ts'
import { faultOf } from './log.ts'
import type { Topic } from './signals.ts'

export type Loop = { start(): void; call(): void; stop(): Promise<void> }

/** `tick`: true when there may be more. `restMs`: how long to rest after a tick without work, or a failed one.
 *  `stepMs`: how long after one with work, whoever calls; 0 when left out. */
export function openLoop(options: {
  tick(): Promise<boolean>
  restMs(): number
  stepMs?: number
  failed(error: unknown): void
}): Loop {
  let stopped = false
  let called = false
  let wake = () => {}
  let endPause = () => {}
  let running: Promise<void> | null = null

  const pause = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function rest(): Promise<void> {
    const rested = pause(options.restMs())
    wake = endPause
    await rested
    wake = () => {}
  }

  async function run(): Promise<void> {
    while (!stopped) {
      called = false
      let worked = false
      try {
        worked = await options.tick()
      } catch (error) {
        options.failed(error)
      }
      if (stopped) break
      if (worked) {
        if (options.stepMs) await pause(options.stepMs)
      } else if (!called) await rest()
    }
  }

  return {
    start() {
      running ??= run()
    },
    call() {
      called = true
      wake()
    },
    async stop() {
      stopped = true
      endPause()
      await running
    },
  }
}

/** Without work for so long, a worker that has an `idleMs` rests that long. */
export const IDLE_AFTER_MS = 10_000

export type Worker = Role & { tick(): Promise<boolean> }

/** A loop as a role of a process: what fails is logged and tried again, signals wake it.
 *  `idleMs`: how long it rests once there has been nothing for IDLE_AFTER_MS, where what brings work announces itself, or may come
 *  so late. `failed`: the log's words. `wakes`: topics, with which of their details; left out: all. `ending`: before the loop ends. */
export function openWorker(
  core: Pick<Core, 'log' | 'signals'>,
  options: {
    tick(): Promise<boolean>
    restMs: number | (() => number)
    idleMs?: number
    stepMs?: number
    failed: string
    wakes?: { topic: Topic; when?(detail: string): boolean }[]
    ending?(): Promise<void> | void
  },
): Worker {
  const { restMs, idleMs } = options
  let worked = performance.now()
  const loop = openLoop({
    async tick() {
      const found = await options.tick()
      if (found) worked = performance.now()
      return found
    },
    restMs() {
      if (idleMs !== undefined && performance.now() - worked > IDLE_AFTER_MS) return idleMs
      return typeof restMs === 'number' ? restMs : restMs()
    },
    ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }),
    failed: error => core.log.warn(faultOf(error), options.failed),
  })
  const offs = (options.wakes ?? []).map(({ topic, when }) =>
    core.signals.on(topic, detail => {
      if (when === undefined || when(detail)) loop.call()
    }),
  )
  return {
    tick: options.tick,
    start: loop.start,
    async stop() {
      for (const off of offs) off()
      const ended = loop.stop()
      await options.ending?.()
      await ended
    },
  }
}
