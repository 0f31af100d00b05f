// Places: how many requests of an account are under way at once.

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
