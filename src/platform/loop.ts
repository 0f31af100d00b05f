// Work in the background: ticks while there is work, then a rest that ends by itself or when somebody calls. A call that
// comes while a tick runs is not lost: it is looked at again at once.

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
