// For long work on a thread that others need too: between its pieces it gives timers and sockets their turn.

/** Longest that such work holds the thread, ms: an event's way to its message crosses a process some ten times. */
const MOST_MS = 4

/** To be asked between pieces: undefined while the piece has been short, else what to wait for. */
export function openBreath(mostMs = MOST_MS): () => Promise<void> | undefined {
  let since = performance.now()
  return () =>
    performance.now() - since < mostMs
      ? undefined
      : new Promise(resolve =>
          setImmediate(() => {
            since = performance.now()
            resolve()
          }),
        )
}
