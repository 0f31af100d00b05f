// One fold loop: a disjoint set of buckets on a connection of its own. One fold is one transaction: read (locks), load,
// reduce in memory, write, commit. A crash leaves all of it or none. Only buckets that have something are locked and
// read: with all 64 of a set in each fold, one event cost PostgreSQL 3 ms.
import type pg from 'pg'
import type { Core } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { faultPoint } from '../platform/fault.ts'
import type { Uuid } from '../platform/ids.ts'
import { isTransient, openPipeline } from '../platform/postgres.ts'
import { announce } from './announce.ts'
import { admitBulk, type BulkTurns, PER_BUCKET as BULK_PER_BUCKET } from './bulk.ts'
import type { FoldMetrics } from './fold-metrics.ts'
import { foldMail } from './fold.ts'
import type { Folded } from './fold-model.ts'
import { gather } from './gather.ts'
import type { Lease } from './leases.ts'
import { peekMail, readMail, type Mail, type Peek } from './read.ts'
import { StateMemory } from './state-memory.ts'
import type { Worlds } from './worlds.ts'
import { writeFold } from './write.ts'

/** Rows a bucket gives to one transaction: few while many buckets are busy, more where few are behind. */
const PER_BUCKET = 64
const PER_BUCKET_MAX = 2_048
const ROWS_AIM = 2_048
/** Buckets of one transaction: with all 64 of a set, thousands of rows were held until its commit, outlived the collection of
 *  short-lived garbage, and that took a quarter of the process. */
const BUCKETS_AT_ONCE = 16
const MAX_DUE_PER_BUCKET = 32
/** The scan's lower bound trails by more than the append's statement timeout (30 s pool, 10 s intake). */
const TRAIL_MS = 40_000
const SWEEP_MS = 60_000
/** Bulk work is let in while the inbox's lag and the rows of a fold are below these. */
const BULK_LAG_MS = 50
const BULK_ROWS = 1_000
/** Live events come while the last one came so lately. */
const LIVE_MS = 5_000
const CACHE_BYTES = 24 * 1024 * 1024

export class FoldLoop {
  readonly index: number
  private readonly core: Core
  private readonly metrics: FoldMetrics
  private readonly worlds: Worlds
  private sql: pg.Client | null = null
  private opening: Promise<pg.Client> | null = null
  leases: Lease[] = []
  private readonly cache = new StateMemory(CACHE_BYTES)
  /** real ms below which a bucket's rows are known to be gone */
  private since = new Map<number, number>()
  private lastSweep = 0
  private perBucket = PER_BUCKET
  /** earliest alarm known, real ms */
  nextDue: number | null = null
  lagMs = 0
  private bulkWaiting = true
  private readonly turns: BulkTurns
  /** rows let in from bulk that are not folded yet */
  private admitted = 0
  private liveAt = Number.NEGATIVE_INFINITY
  /** makes the owner look again */
  wake = (): void => {}
  /** tells the owner that buckets are not this process's any more: nobody may have them (an erasure takes them from all) */
  lost = (): void => {}
  /** buckets that somebody said have mail */
  private called = new Set<number>()
  /** look at all buckets: something may be anywhere */
  private calledAll = true

  constructor(core: Core, index: number, metrics: FoldMetrics, worlds: Worlds, turns: BulkTurns) {
    this.core = core
    this.index = index
    this.metrics = metrics
    this.worlds = worlds
    this.turns = turns
  }

  /** True when they are others than before. */
  setLeases(leases: Lease[]): boolean {
    const same =
      leases.length === this.leases.length &&
      leases.every((l, i) => l.key === this.leases[i]!.key && l.epoch === this.leases[i]!.epoch)
    if (same) return false
    this.leases = leases
    this.forget()
    this.calledAll = true
    return true
  }

  /** Says that a bucket, or (null) any of them, may have something. */
  call(bucket: number | null): void {
    if (bucket === null) this.calledAll = true
    else this.called.add(bucket)
  }

  /** Rows came into the waiting table: who knows that some wait need not look. */
  bulkCame(): void {
    if (this.bulkWaiting) return
    this.bulkWaiting = true
    this.calledAll = true
    this.wake()
  }

  /** Folds what was called for. False: there was nothing to do; look again at the next call or at `nextDue`. */
  async step(): Promise<boolean> {
    if (this.leases.length === 0) return false
    if (this.nextDue !== null && this.nextDue <= Date.now()) this.calledAll = true
    const wanted = await this.wanted()
    if (wanted.length === 0) return false
    const now = wanted === this.leases ? wanted : wanted.slice(0, BUCKETS_AT_ONCE)
    for (const later of wanted.slice(now.length)) this.called.add(later.key)
    if (await this.fold(now)) return true
    this.calledAll = true // called for nothing: perhaps it lies in bulk
    return true
  }

  /** Leases of these buckets, as far as they are held, in this order: whoever called first comes first. */
  private leasesOf(buckets: Set<number>): Lease[] {
    const held = new Map(this.leases.map(l => [l.key, l]))
    return [...buckets].flatMap(b => held.get(b) ?? [])
  }

  /** The leases whose buckets to fold now; all of them for a sweep. */
  private async wanted(): Promise<Lease[]> {
    const called = this.called
    this.called = new Set()
    if (!this.calledAll) return this.leasesOf(called)
    this.calledAll = false
    if (performance.now() - this.lastSweep > SWEEP_MS) return this.leases // all of them: the fold sweeps
    const seen = await peekMail(
      await this.connection(),
      this.leases.map(l => l.key),
      this.sinceOf(this.leases),
      true,
    )
    const busy = new Set(called)
    for (const bucket of this.note(seen.buckets, seen.now)) busy.add(bucket)
    const wanted = this.leasesOf(busy)
    if (wanted.length === 0 && this.bulkWaiting && (await this.admit())) this.calledAll = true
    return wanted.length === 0 && this.calledAll ? this.wanted() : wanted
  }

  /** Takes in what was seen of all its buckets: bulk work, the next alarm. Gives those that have something now. */
  private note(seen: Peek[], now: number): number[] {
    this.bulkWaiting = seen.some(b => b.bulk)
    if (!this.bulkWaiting) this.turns.leave(this)
    this.nextDue = null
    const busy: number[] = []
    for (const { bucket, mail, due } of seen) {
      const isDue = due !== null && due <= now
      if (mail || isDue) busy.push(bucket)
      if (due !== null && !isDue) this.nextDue = Math.min(this.nextDue ?? due, due)
    }
    return busy
  }

  /** While it rests: what a look at its buckets found. `wake`: there is something to do; `unannounced`: mail for which
   *  nobody had called. */
  heard(seen: Peek[], now: number): { wake: boolean; unannounced: boolean } {
    if (seen.length !== this.leases.length) return { wake: false, unannounced: false } // its leases have changed since
    const unannounced = seen.some(b => b.mail && !this.called.has(b.bucket)) && !this.calledAll
    for (const bucket of this.note(seen, now)) this.called.add(bucket)
    if (this.bulkWaiting || performance.now() - this.lastSweep > SWEEP_MS) this.calledAll = true
    return { wake: this.calledAll || this.called.size > 0, unannounced }
  }

  sinceOf(leases: Lease[]): number[] {
    return leases.map(l => this.since.get(l.key) ?? 0)
  }

  /** Empties the memory: on any error, lost epoch or unknown commit result. */
  private forget(): void {
    this.cache.clear()
    this.since.clear()
    this.nextDue = 0
    this.admitted = 0
    this.turns.leave(this)
  }

  async close(): Promise<void> {
    const sql = this.sql
    this.sql = null
    await sql?.end().catch(() => undefined) // the server ends the session either way
  }

  /** Connects, so that this process is seen to be alive (leases.ts) before it owns anything. */
  async connection(): Promise<pg.Client> {
    if (this.sql) return this.sql
    this.opening ??= this.open().finally(() => {
      this.opening = null
    })
    return this.opening
  }

  private async open(): Promise<pg.Client> {
    const sql = await openPipeline(this.core.databaseUrl, this.core.processId)
    sql.on('error', () => {
      if (this.sql === sql) this.sql = null
      this.forget()
    })
    // Every statement here looks some rows up by key. A plan is kept that was made while a table was empty, when reading it
    // whole seemed as good: with 20,000 rows waiting in bulk each look took 25 ms.
    await sql.query('set enable_seqscan = off')
    return (this.sql = sql)
  }

  /** One fold of these leases' buckets; true when there was work.
   *  @throws only what is transient: the caller backs off and tries again */
  async fold(leases: Lease[] = this.leases): Promise<boolean> {
    if (leases.length === 0) return false
    const breaking = new Map<Uuid, string>()
    let only: Set<Uuid> | null = null
    const waiting: Uuid[][] = []
    let worked = false
    for (;;) {
      try {
        worked = (await this.transaction(leases, breaking, only)) || worked
        if (waiting.length === 0) return worked
        only = new Set(waiting.pop())
      } catch (error) {
        this.forget()
        this.metrics.folds.inc({ result: 'failed' })
        await this.close()
        if (isTransient(error)) throw error
        // A row breaks the transaction: halve until it is alone, then its customer is set aside.
        const tried: Uuid[] = only ? [...only] : ((error as { customers?: Uuid[] }).customers ?? [])
        this.core.log.error({ customers: tried.length, ...faultOf(error) }, 'fold: transaction failed')
        if (tried.length === 0) throw error
        if (tried.length === 1) {
          if (breaking.has(tried[0]!)) throw error
          breaking.set(tried[0]!, String((error as Error).message).slice(0, 300))
          waiting.push(tried)
        } else {
          const half = tried.length >> 1
          waiting.push(tried.slice(half), tried.slice(0, half))
        }
        only = new Set(waiting.pop())
      }
    }
  }

  private async transaction(
    leases: Lease[],
    breaking: Map<Uuid, string>,
    only: Set<Uuid> | null,
  ): Promise<boolean> {
    const started = performance.now()
    const sql = await this.connection()
    const sweeping = leases === this.leases && performance.now() - this.lastSweep > SWEEP_MS
    const mail = await readMail(
      sql,
      this.core.processId,
      leases,
      sweeping ? leases.map(() => 0) : this.sinceOf(leases),
      this.perBucket,
      MAX_DUE_PER_BUCKET,
    )
    const more = mail.behind.size > 0
    if (more && mail.rows.length < ROWS_AIM) this.perBucket = Math.min(this.perBucket * 2, PER_BUCKET_MAX)
    else if (!more || mail.rows.length > 2 * ROWS_AIM)
      this.perBucket = Math.max(this.perBucket >> 1, PER_BUCKET)
    if (mail.buckets.length < leases.length) {
      const held = new Set(mail.buckets.map(b => b.bucket))
      const lost = new Set(leases.flatMap(l => (held.has(l.key) ? [] : [l.key])))
      this.leases = this.leases.filter(l => !lost.has(l.key))
      this.forget()
      this.lost()
    }
    this.noteScan(mail, sweeping)
    if (only) keepOnly(mail, only)
    if (mail.rows.length === 0 && mail.due.length === 0) {
      await sql.query('rollback')
      return false
    }
    faultPoint('fold.read')
    const customers = [
      ...new Set([
        ...mail.rows.map(r => r.customer_id).filter(id => id !== null),
        ...mail.due.map(d => d.id),
      ]),
    ]
    try {
      const input = await gather(sql, mail, customers, breaking, this.cache, this.worlds)
      const folded = await foldMail(input)
      faultPoint('fold.reduced')
      await this.finish(sql, mail, folded)
    } catch (error) {
      throw Object.assign(error as Error, { customers })
    }
    this.metrics.duration.observe((performance.now() - started) / 1000)
    this.noteLive(mail.rows.length)
    if (this.bulkWaiting) {
      this.calledAll = true // what waits is looked for again
      if (!more && this.lagMs <= BULK_LAG_MS && mail.rows.length <= BULK_ROWS) await this.admit()
      else this.turns.leave(this)
    }
    return true
  }

  private noteScan(mail: Mail, sweeping: boolean): void {
    const oldest = mail.rows.reduce((m, r) => Math.min(m, r.received), mail.now)
    this.lagMs = mail.now - oldest
    this.metrics.lag.set(this.lagMs / 1000)
    if (sweeping) {
      const missed = mail.rows.filter(r => r.received < (this.since.get(r.bucket) ?? 0)).length
      if (missed > 0) this.metrics.sweepCaught.inc(missed)
      this.lastSweep = performance.now()
    }
    // all that was visible was read: what commits later was stamped at most a statement timeout ago
    for (const { bucket } of mail.buckets)
      if (mail.behind.has(bucket)) this.called.add(bucket)
      else this.since.set(bucket, Math.min(oldest, mail.now) - TRAIL_MS)
  }

  private async finish(sql: pg.Client, mail: Mail, folded: Folded): Promise<void> {
    const offsets = new Map(mail.standings.map(s => [s.bucket + s.workspace_id, s.offset_ms]))
    for (const s of folded.shifts) offsets.set(s.bucket + s.workspace, s.offsetMs)
    const written = await writeFold(
      sql,
      folded,
      mail.buckets,
      (bucket, workspace) => offsets.get(bucket + workspace) ?? 0,
      mail.now,
      mail.rows,
    )
    faultPoint('fold.committed')
    // What is in memory now equals what is stored.
    for (const work of folded.works) {
      if (!work.touched) continue
      this.cache.set(work.id, {
        state: work.bytes,
        version: work.held.version + 1,
        due: work.due,
        merged_into: work.held.mergedInto,
      })
      this.metrics.stateBytes.observe(work.bytes.length)
      if (work.due !== null && (this.nextDue === null || work.due < this.nextDue)) this.nextDue = work.due
    }
    for (const p of folded.parked) {
      this.cache.delete(p.customer)
      this.metrics.parked.inc()
      this.core.log.error({ customer: p.customer, reason: p.reason, error: p.error }, 'fold: customer parked')
    }
    if (folded.shifts.some(s => s.deltaMs !== 0)) this.cache.clear()
    if (mail.due.length > 0 || folded.shifts.length > 0) this.nextDue = 0
    this.metrics.folded.inc(folded.count)
    this.metrics.stayed.inc(folded.stayed)
    this.metrics.folds.inc({ result: 'committed' })
    announce(this.core.signals, folded, written)
  }

  /** Of the rows folded, those that were not let in from bulk are live. */
  private noteLive(rows: number): void {
    if (rows > this.admitted) this.liveAt = performance.now()
    this.admitted = Math.max(0, this.admitted - rows)
  }

  /** Lets bulk work into the inbox of these buckets, when it is this loop's turn. */
  private async admit(): Promise<boolean> {
    if (
      !this.turns.take(this, () => {
        this.calledAll = true
        this.wake()
      })
    )
      return false
    const moved = await admitBulk(
      await this.connection(),
      this.leases.map(l => l.key),
      performance.now() - this.liveAt < LIVE_MS ? BULK_PER_BUCKET.live : BULK_PER_BUCKET.idle,
    )
    this.admitted += moved
    if (moved === 0) {
      this.bulkWaiting = false
      this.turns.leave(this)
    }
    return moved > 0
  }
}

function keepOnly(mail: Mail, only: Set<Uuid>): void {
  mail.rows = mail.rows.filter(r => r.customer_id !== null && only.has(r.customer_id))
  mail.due = mail.due.filter(d => only.has(d.id))
}
