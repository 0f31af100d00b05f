// When history's next round begins. Not the loop of platform/loop.ts, where a call ends a rest at once and none shortens the
// pause after work: here a rest after work is as long as its round was large, and only who waits for history shortens it;
// a call at rest still leaves LINGER_MS for more to come.
import { IDLE_AFTER_MS } from '../platform/loop.ts'

const LINGER_MS = 250
/** While rows keep coming, fewer and larger inserts: each costs ClickHouse about 4 ms whatever its size up to a hundred
 *  rows, and a round has one of each group. At 100 messages a second a round each 250 ms took a quarter of a core. */
const BUSY_LINGER_MS = 1_000
const BUSY_ROWS = 50
/** With thousands of rows a round ClickHouse merges more than it stores: half as many inserts, with
 *  snapshots half as often, took it a tenth less CPU an event. */
const FULL_LINGER_MS = 2_000
const FULL_ROWS = 5_000
/** After a round that took long it rests longer, so that more comes together: the orders of a file are of many months, and
 *  ClickHouse makes a part for each month in each insert (an import of 100,000 orders: 74 inserts, 700 parts, half of
 *  ClickHouse's time). */
const ROUND_SHARE = 4
const MOST_LINGER_MS = 8_000
const POLL_MS = 1_000
/** At rest it waits for the folds to say that there is work, and looks by itself only so often. */
const IDLE_POLL_MS = 5_000

export type Round = { worked: boolean; rows: number }

/** From the beginning of a round that stored so many rows to the next. */
function lingerMs(rows: number, tookMs: number): number {
  if (rows <= BUSY_ROWS) return LINGER_MS
  const least = rows > FULL_ROWS ? FULL_LINGER_MS : BUSY_LINGER_MS
  return Math.max(least, Math.min(MOST_LINGER_MS, ROUND_SHARE * tookMs))
}

export function openPace() {
  let began = performance.now()
  let workedAt = began
  /** somebody waits for what is new, snapshots too */
  let awaited = false
  /** called while a round ran, which may have looked before */
  let heard = false
  let resting: { worked: boolean; endWithin(ms: number): void } | null = null

  function restMs({ worked, rows }: Round): number {
    const tookMs = performance.now() - began
    if (worked) return Math.max(0, lingerMs(rows, tookMs) - tookMs)
    if (heard) return LINGER_MS
    return began - workedAt > IDLE_AFTER_MS ? IDLE_POLL_MS : POLL_MS
  }

  return {
    /** A round begins. True: somebody waits for what it brings. */
    begin(): boolean {
      const eager = awaited
      began = performance.now()
      awaited = false
      heard = false
      return eager
    },

    /** Resolves when the next round is to begin. */
    async rest(round: Round): Promise<void> {
      if (round.worked) workedAt = began
      await new Promise<void>(resolve => {
        const firstMs = restMs(round)
        let endsAt = performance.now() + firstMs
        let timer = setTimeout(resolve, firstMs)
        const endWithin = (ms: number) => {
          if (performance.now() + ms >= endsAt) return
          endsAt = performance.now() + ms
          clearTimeout(timer)
          timer = setTimeout(resolve, ms)
        }
        resting = { worked: round.worked, endWithin }
      })
      resting = null
    },

    /** What is new lingers for more; while somebody waits for it nothing does. */
    called(byWaiting: boolean): void {
      if (byWaiting) awaited = true
      if (resting === null) heard = true
      else if (byWaiting) resting.endWithin(Math.max(0, began + LINGER_MS - performance.now()))
      else if (!resting.worked) resting.endWithin(LINGER_MS)
    },

    /** Ends a rest at once. */
    end(): void {
      resting?.endWithin(0)
    },
  }
}
