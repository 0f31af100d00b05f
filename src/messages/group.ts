// Group commit: items that come while a run is under way go together in the next one, so that batches grow under load
// by themselves and a lone item waits for nobody.

/** `run` answers each item in order; when it throws, every item of that run fails with its error. */
export function openGroup<I, O>(run: (items: I[]) => Promise<O[]>, max: number): (item: I) => Promise<O> {
  let waiting: { item: I; resolve(o: O): void; reject(e: unknown): void }[] = []
  let running = false
  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const now = waiting.slice(0, max)
      waiting = waiting.slice(max)
      try {
        const answers = await run(now.map(w => w.item))
        now.forEach((w, i) => {
          w.resolve(answers[i]!)
        })
      } catch (error) {
        for (const w of now) w.reject(error)
      }
    }
    running = false
  }
  return item =>
    new Promise<O>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (running) return
      running = true
      setImmediate(() => void drain())
    })
}

/** At most `size` at once; further callers wait in order. */
export function openSlots(size: number): { take(): Promise<() => void> } {
  let free = size
  const queue: (() => void)[] = []
  const give = () => {
    const next = queue.shift()
    if (next) next()
    else free++
  }
  return {
    async take() {
      if (free > 0) free--
      else await new Promise<void>(resolve => queue.push(resolve))
      let given = false
      return () => {
        if (given) return
        given = true
        give()
      }
    },
  }
}
