// The owner: holds buckets and cuts them into disjoint sets, each folded by a loop of its own (fold-loop.ts).
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { IDLE_AFTER_MS } from '../platform/loop.ts'
import { BulkTurns } from './bulk.ts'
import { startClock } from './clock.ts'
import { openFoldMetrics } from './fold-metrics.ts'
import { FoldLoop } from './fold-loop.ts'
import { FOLD_LEASES, holdLeases, releaseLeases, type Lease } from './leases.ts'
import { peekMail } from './read.ts'
import { startRetention } from './retention.ts'
import { openWorlds } from './worlds.ts'

/** Four folds at a time measured 17,000-19,000/s against 9,000 one at a time. */
const LOOPS = 4
const POLL_MS = 1_000
/** While nothing has come for IDLE_AFTER_MS: what comes announces itself, and an alarm that is due before has a timer. */
const IDLE_POLL_MS = 5_000
const LEASE_ROUND_MS = 2_000

export type Owner = Role & {
  /** One look and fold of every set; true when there was work. Takes leases first when it holds none or has lost some. */
  tick(): Promise<boolean>
  leases(): Lease[]
}

export function openOwner(core: Core): Owner {
  const metrics = openFoldMetrics(core)
  const worlds = openWorlds()
  const turns = new BulkTurns()
  const loops = Array.from({ length: LOOPS }, (_, i) => new FoldLoop(core, i, metrics, worlds, turns))
  let held: Lease[] = []
  let lastLeases = Number.NEGATIVE_INFINITY
  let workedAt = performance.now()
  let running = false
  let stopping = false
  const ended: Promise<void>[] = []
  const wakes = new Map<FoldLoop, () => void>()
  const resting = new Map<FoldLoop, (byPoll: boolean) => void>()
  const stopWaits = new Set<() => void>()
  /** what it holds is less than it thinks */
  let hasLost = false
  let leaseNow = (): void => {}
  for (const loop of loops) {
    loop.wake = () => wakes.get(loop)?.()
    loop.lost = () => {
      hasLost = true
      leaseNow()
    }
  }
  const offs: (() => void)[] = []

  async function lease(): Promise<void> {
    await loops[0]!.connection()
    hasLost = false
    held = await holdLeases(core, FOLD_LEASES)
    lastLeases = performance.now()
    for (const loop of loops)
      if (loop.setLeases(held.filter(l => l.key % LOOPS === loop.index))) wakes.get(loop)?.()
  }

  async function run(loop: FoldLoop): Promise<void> {
    let backoffMs = 50
    let byPoll = false
    while (!stopping) {
      let woken = false
      wakes.set(loop, () => (woken = true))
      try {
        const worked = await loop.step()
        if (worked) workedAt = performance.now()
        if (worked && byPoll && !woken) metrics.pollCaught.inc()
        byPoll = false
        backoffMs = 50
        if (worked || woken) continue
        byPoll = await rest(loop)
      } catch (error) {
        core.log.warn(faultOf(error), 'fold: will try again')
        loop.call(null)
        await new Promise(resolve => setTimeout(resolve, backoffMs))
        backoffMs = Math.min(backoffMs * 2, 2_000)
      }
    }
  }

  /** Until it is called, its next alarm is due, or the poll finds something; true when that was mail nobody announced. */
  function rest(loop: FoldLoop): Promise<boolean> {
    return new Promise<boolean>(resolve => {
      const end = (byPoll: boolean) => {
        clearTimeout(timer)
        resting.delete(loop)
        resolve(byPoll)
      }
      const { nextDue, leases } = loop
      const dueMs = nextDue === null || leases.length === 0 ? IDLE_POLL_MS : Math.max(1, nextDue - Date.now())
      const timer = dueMs < IDLE_POLL_MS ? setTimeout(end, dueMs, false) : undefined
      wakes.set(loop, () => end(false))
      resting.set(loop, end)
    })
  }

  /** The backstop: one look at the buckets of all loops that rest. */
  async function poll(): Promise<void> {
    while (!stopping) {
      await pause(performance.now() - workedAt > IDLE_AFTER_MS ? IDLE_POLL_MS : POLL_MS)
      const asked = [...resting.keys()].map(loop => ({ loop, leases: loop.leases, end: resting.get(loop) }))
      const leases = asked.flatMap(a => a.leases)
      if (stopping || leases.length === 0) continue
      try {
        const seen = await peekMail(
          core.pool,
          leases.map(l => l.key),
          asked.flatMap(a => a.loop.sinceOf(a.leases)),
          false,
        )
        const of = new Map(seen.buckets.map(b => [b.bucket, b]))
        for (const { loop, leases, end } of asked) {
          if (end === undefined || resting.get(loop) !== end || loop.leases !== leases) continue // it was called meanwhile
          const { wake, unannounced } = loop.heard(
            leases.flatMap(l => of.get(l.key) ?? []),
            seen.now,
          )
          if (wake || (loop.nextDue !== null && loop.nextDue - Date.now() < IDLE_POLL_MS)) end(unannounced)
        }
      } catch (error) {
        core.log.warn(faultOf(error), 'fold: poll')
        for (const { loop } of asked) {
          loop.call(null)
          resting.get(loop)?.(false)
        }
      }
    }
  }

  async function keepLeases(): Promise<void> {
    while (!stopping) {
      try {
        await lease()
        if (hasLost) continue
      } catch (error) {
        core.log.warn(faultOf(error), 'fold: leases')
      }
      await pause(LEASE_ROUND_MS, end => (leaseNow = end))
    }
  }

  /** Ended early by `stop`, and by who is given its end. */
  function pause(ms: number, give?: (end: () => void) => void): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        stopWaits.delete(end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      stopWaits.add(end)
      give?.(end)
    })
  }

  return {
    leases: () => held,
    async tick() {
      if (hasLost || held.length === 0 || performance.now() - lastLeases > LEASE_ROUND_MS) await lease()
      for (const loop of loops) loop.call(null)
      const results = await Promise.all(loops.map(loop => loop.step()))
      return results.some(Boolean)
    },
    start() {
      if (running) return
      running = true
      offs.push(
        core.signals.on('inbox', detail => {
          const bucket = detail === '' ? null : Number(detail)
          for (const loop of loops) {
            if (bucket !== null && loop.index !== bucket % LOOPS) continue
            loop.call(bucket)
            wakes.get(loop)?.()
          }
        }),
        core.signals.on('bulk', () => {
          turns.came()
          for (const loop of loops) loop.bulkCame()
        }),
      )
      ended.push(keepLeases(), poll(), ...loops.map(run))
    },
    async stop() {
      stopping = true
      for (const off of offs) off()
      for (const wake of wakes.values()) wake()
      for (const end of stopWaits) end()
      await Promise.all(ended)
      for (const loop of loops) await loop.close()
      await releaseLeases(core, FOLD_LEASES).catch((error: unknown) =>
        core.log.warn(faultOf(error), 'fold: leases run out by themselves'),
      )
    },
  }
}

/** The fold role: owners of buckets, and what must happen once for all (clock steps, retention). */
export async function startFold(core: Core): Promise<Role> {
  const owner = openOwner(core)
  owner.start()
  const parts = [startClock(core), startRetention(core), owner]
  return {
    start() {},
    async stop() {
      for (const part of parts) await part.stop()
    },
  }
}
