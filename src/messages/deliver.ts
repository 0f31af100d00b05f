// The deliver role: looks for due intents, claims them and has them delivered. Any number of these may run.
import type pg from 'pg'
import { adapters } from '../channels/register.ts'
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { faultPoint } from '../platform/fault.ts'
import { IDLE_AFTER_MS } from '../platform/loop.ts'
import { openPipeline } from '../platform/postgres.ts'
import { forgetOldBatches } from './batch-store.ts'
import { deliverClaims } from './deliver-claims.ts'
import { DEFAULTS, type DeliverOptions, openWork } from './deliver-work.ts'
import { releaseTaken } from './limit-store.ts'
import * as store from './store.ts'
import { expireClaims, releaseHeld, type Waiting, whatWaits } from './sweep.ts'

export type { DeliverOptions }

/** A look at the whole ledger at least this often; sooner where an intent falls due sooner. */
const LOOK_MS = 1_000
/** While nothing has come for IDLE_AFTER_MS: intents announce themselves, and what is due later is looked for in time. */
const IDLE_LOOK_MS = 5_000
const FORGET_MS = 3_600_000

/** `tick`: one whole round (sweep, claims, sends, records); true when there was work. */
export type Deliverer = Role & { tick(): Promise<boolean> }

/** `wanted`: what is not said is as in DEFAULTS. Nothing happens before `start` or `tick`. */
export async function openDeliverer(core: Core, wanted: Partial<DeliverOptions> = {}): Promise<Deliverer> {
  const options = { ...DEFAULTS, ...wanted }
  const { pool, signals, log } = core
  const work = openWork(core, options)
  const { metrics } = work
  /** adapters that can say what became of an unknown, or take it again under its key */
  const settles = adapters()
    .filter(a => a.delivery === 'at_least_once' || a.query)
    .map(a => a.name)

  // Claims may be lost in a crash (the row is then still intended), so their commit need not wait for the disk;
  // the update to `sending` after them does, on another connection, and flushes them too.
  let claimer: pg.Client | null = null
  async function claimSql(): Promise<pg.Client> {
    if (claimer) return claimer
    const c = await openPipeline(core.databaseUrl, core.processId + ' deliver')
    c.on('error', () => {
      if (claimer === c) claimer = null
    })
    c.on('end', () => {
      if (claimer === c) claimer = null
    })
    await c.query('set synchronous_commit = off')
    await c.query('set enable_seqscan = off') // plans are kept that were made while the ledger was empty
    claimer = c
    return c
  }

  let underWay = 0
  let forgetAt = performance.now() + FORGET_MS
  const running = new Set<Promise<void>>()
  function start(claims: store.Claim[]): Promise<void> {
    underWay += claims.length
    const one: Promise<void> = deliverClaims(work, claims, () => stopped).finally(() => {
      underWay -= claims.length
      running.delete(one)
    })
    running.add(one)
    return one
  }

  /** Of the buckets named; null: of all. */
  async function claim(buckets: Set<number> | null): Promise<store.Claim[]> {
    const room = Math.min(options.batch, options.inFlight - underWay)
    if (room <= 0) return []
    const list = buckets && [...buckets]
    const claims = await store.claimDue(await claimSql(), list, core.processId, room, options.claimMs)
    if (claims.length > 0) faultPoint('deliver.claimed')
    return claims
  }

  /** Puts right what a crash or a pause left, and takes the unknowns to be settled. */
  async function sweep(waits: Waiting): Promise<store.Claim[]> {
    if (waits.late) await expireClaims(pool, signals, settles, 500)
    if (waits.held) await releaseHeld(pool, 1_000)
    if (waits.taken) await releaseTaken(pool, 500)
    if (performance.now() > forgetAt) {
      forgetAt = performance.now() + FORGET_MS
      await forgetOldBatches(pool)
    }
    // looked at again after the expiry: what it made unknown is settled at once
    return waits.unknown || waits.late
      ? store.claimUnknown(await claimSql(), core.processId, options.batch, options.claimMs)
      : []
  }

  async function tick(): Promise<boolean> {
    const unknown = await sweep(await whatWaits(pool))
    const claims = await claim(null)
    await Promise.all([unknown, claims].filter(c => c.length > 0).map(start))
    return unknown.length + claims.length > 0
  }

  let stopped = false
  let wake = () => {}
  /** buckets that were said to have intents since the last look; null: look at all, as at first and by the poll */
  let called: Set<number> | null = null
  let lookAt = 0
  let busyAt = performance.now()
  const lookMs = () => (performance.now() - busyAt > IDLE_AFTER_MS ? IDLE_LOOK_MS : LOOK_MS)
  const busy = () => {
    busyAt = performance.now()
    lookAt = Math.min(lookAt, busyAt + LOOK_MS)
  }
  const off = signals.on('message', detail => {
    busy()
    if (detail === '') called = null
    else called?.add(Number(detail))
    wake()
  })
  const pause = (ms: number) =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const complain = (error: unknown) => {
    metrics.errors.inc()
    log.warn(faultOf(error), 'deliver: will try again')
  }

  async function run(): Promise<void> {
    let byPoll = false
    while (!stopped) {
      try {
        while (underWay >= options.inFlight) await Promise.race(running).catch(() => undefined)
        if (performance.now() >= lookAt) {
          const waits = await whatWaits(pool)
          if (waits.late || waits.unknown || waits.held || waits.taken) busy()
          const dueMs = waits.dueAt === null ? Number.POSITIVE_INFINITY : waits.dueAt - waits.now
          lookAt = performance.now() + Math.min(lookMs(), Math.max(dueMs, 1))
          if (dueMs <= 0) {
            byPoll = called?.size === 0
            called = null
            lookAt = performance.now() + LOOK_MS
          }
          const unknown = await sweep(waits)
          if (unknown.length > 0) start(unknown).catch(complain)
        }
        const buckets: Set<number> | null = called
        called = new Set()
        const polled = byPoll
        byPoll = false
        const claims = buckets?.size === 0 ? [] : await claim(buckets)
        if (claims.length > 0) {
          if (claims.length >= Math.min(options.batch, options.inFlight - underWay)) called = null // some are left
          if (polled && claims.some(c => c.attempts === 0 && c.intent.notBefore <= c.intent.at))
            metrics.pollCaught.inc()
          start(claims).catch(complain)
          busy()
          continue
        }
        if (called?.size === 0) await pause(Math.max(1, lookAt - performance.now()))
      } catch (error) {
        complain(error)
        called = null
        await pause(1_000)
      }
    }
    await Promise.allSettled(running)
  }

  let loop: Promise<void> | null = null
  return {
    tick,
    start() {
      loop ??= run()
    },
    async stop() {
      stopped = true
      off()
      wake()
      await loop
      work.stop()
      await Promise.allSettled(running)
      await claimer?.end()
      claimer = null
      for (const adapter of adapters()) await adapter.close?.()
    },
  }
}

/** The role as main.ts starts it. */
export async function startDeliver(core: Core): Promise<Deliverer> {
  const deliverer = await openDeliverer(core)
  deliverer.start()
  return deliverer
}
