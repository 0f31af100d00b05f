// The owner: holds buckets, cuts them into disjoint sets, and folds each set in its own loop on its own connection.
// One fold is one transaction: read (locks), load, reduce in memory, write, commit. A crash leaves all of it or none.
import type pg from 'pg'
import { Gauge, Counter, Histogram } from 'prom-client'
import { LRUCache } from 'lru-cache'
import type { Core, Role } from '../platform/core.ts'
import { faultPoint } from '../platform/fault.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { isTransient, openPipeline } from '../platform/postgres.ts'
import { bodyOf, foldMail, orderNamed, rememberOrder, type Folded, type Held } from './fold.ts'
import { FOLD_LEASES, holdLeases, releaseLeases, type Lease } from './leases.ts'
import type { Facts, OrderRow } from './model.ts'
import { readCustomers, readMail, type CustomerRow, type InboxRow, type Mail } from './read.ts'
import { openWorlds, type Worlds } from './worlds.ts'
import { writeFold } from './write.ts'
import { admitBulk } from './bulk.ts'
import { startClock } from './clock.ts'
import { startRetention } from './retention.ts'
import type { CustomerState } from '../customers/model.ts'

/** Four folds at a time measured 17,000-19,000/s against 9,000 one at a time. */
const LOOPS = 4
/** Rows a bucket gives to one transaction: few while many buckets are busy, more where few are behind. */
const PER_BUCKET = 64
const PER_BUCKET_MAX = 2_048
const ROWS_AIM = 2_048
const MAX_DUE_PER_BUCKET = 32
/** The scan's lower bound trails by more than the append's statement timeout (30 s pool, 10 s intake). */
const TRAIL_MS = 40_000
const SWEEP_MS = 60_000
const POLL_MS = 1_000
const LEASE_ROUND_MS = 2_000
const CACHE_BYTES = 24 * 1024 * 1024

export type Owner = Role & {
  /** One fold of every set; true when there was work. Takes leases first when it holds none. */
  tick(): Promise<boolean>
  leases(): Lease[]
}

type FoldMetrics = {
  folded: Counter
  folds: Counter<'result'>
  duration: Histogram
  pollCaught: Counter
  sweepCaught: Counter
  stateBytes: Histogram
  lag: Gauge
  parked: Counter
}

function metricsOf(core: Core): FoldMetrics {
  const registers = [core.metrics]
  return {
    folded: new Counter({ name: 'itinera_folded_total', help: 'Inputs and alarms folded', registers }),
    folds: new Counter({
      name: 'itinera_fold_transactions_total',
      help: 'Fold transactions by result',
      labelNames: ['result'],
      registers,
    }),
    duration: new Histogram({
      name: 'itinera_fold_seconds',
      help: 'Time of one fold transaction',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    pollCaught: new Counter({
      name: 'itinera_poll_caught_total',
      help: 'Rows or alarms that only the backstop poll found',
      registers,
    }),
    sweepCaught: new Counter({
      name: 'itinera_sweep_caught_total',
      help: 'Rows that only the scan of the whole inbox found',
      registers,
    }),
    stateBytes: new Histogram({
      name: 'itinera_state_bytes',
      help: 'Size of a customer state document',
      buckets: [256, 512, 1024, 1536, 2048, 4096, 8192, 32768],
      registers,
    }),
    lag: new Gauge({
      name: 'itinera_inbox_lag_seconds',
      help: 'Age of the oldest row at the last read',
      registers,
    }),
    parked: new Counter({ name: 'itinera_parked_total', help: 'Customers set aside', registers }),
  }
}

class FoldLoop {
  readonly index: number
  private readonly core: Core
  private readonly metrics: FoldMetrics
  private readonly worlds: Worlds
  private sql: pg.Client | null = null
  leases: Lease[] = []
  private cache = new LRUCache<Uuid, Held>({ maxSize: CACHE_BYTES, sizeCalculation: h => h.bytes + 200 })
  private since = '-infinity'
  private sinceMs = 0
  private lastSweep = 0
  private perBucket = PER_BUCKET
  /** earliest alarm known, real ms */
  nextDue: number | null = null
  lagMs = 0
  bulkWaiting = true

  constructor(core: Core, index: number, metrics: FoldMetrics, worlds: Worlds) {
    this.core = core
    this.index = index
    this.metrics = metrics
    this.worlds = worlds
  }

  setLeases(leases: Lease[]): void {
    const same =
      leases.length === this.leases.length &&
      leases.every((l, i) => l.key === this.leases[i]!.key && l.epoch === this.leases[i]!.epoch)
    if (same) return
    this.leases = leases
    this.forget()
    this.nextDue = 0
    this.bulkWaiting = true
  }

  /** Empties the memory: on any error, lost epoch or unknown commit result. */
  private forget(): void {
    this.cache.clear()
    this.since = '-infinity'
    this.sinceMs = 0
  }

  async close(): Promise<void> {
    const sql = this.sql
    this.sql = null
    await sql?.end().catch(() => undefined) // the server ends the session either way
  }

  /** Connects, so that this process is seen to be alive (leases.ts) before it owns anything. */
  async connection(): Promise<pg.Client> {
    if (this.sql) return this.sql
    const sql = await openPipeline(this.core.databaseUrl, this.core.processId)
    sql.on('error', () => {
      if (this.sql === sql) this.sql = null
      this.forget()
    })
    return (this.sql = sql)
  }

  /** One fold. @throws only what is transient: the caller backs off and tries again. */
  async fold(): Promise<boolean> {
    if (this.leases.length === 0) return false
    const breaking = new Map<Uuid, string>()
    let only: Set<Uuid> | null = null
    const waiting: Uuid[][] = []
    let worked = false
    for (;;) {
      try {
        const result = await this.transaction(breaking, only)
        worked ||= result.worked
        if (waiting.length === 0) return worked
        only = new Set(waiting.pop())
      } catch (error) {
        this.forget()
        this.metrics.folds.inc({ result: 'failed' })
        await this.close()
        if (isTransient(error)) throw error
        // A row breaks the transaction: halve until it is alone, then its customer is set aside.
        const tried: Uuid[] = only ? [...only] : ((error as { customers?: Uuid[] }).customers ?? [])
        this.core.log.error(
          {
            code: (error as { code?: string }).code,
            customers: tried.length,
            error: (error as Error).message.slice(0, 200),
          },
          'fold: transaction failed',
        )
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
    breaking: Map<Uuid, string>,
    only: Set<Uuid> | null,
  ): Promise<{ worked: boolean }> {
    const started = performance.now()
    const sql = await this.connection()
    const sweeping = performance.now() - this.lastSweep > SWEEP_MS
    const since = sweeping ? '-infinity' : this.since
    const mail = await readMail(
      sql,
      this.core.processId,
      this.leases,
      since,
      this.perBucket,
      MAX_DUE_PER_BUCKET,
    )
    if (mail.more && mail.rows.length < ROWS_AIM)
      this.perBucket = Math.min(this.perBucket * 2, PER_BUCKET_MAX)
    else if (!mail.more || mail.rows.length > 2 * ROWS_AIM)
      this.perBucket = Math.max(this.perBucket >> 1, PER_BUCKET)
    if (mail.buckets.length < this.leases.length) {
      const held = new Set(mail.buckets.map(b => b.bucket))
      this.leases = this.leases.filter(l => held.has(l.key))
      this.forget()
    }
    this.noteScan(mail, sweeping)
    if (only) keepOnly(mail, only)
    if (mail.rows.length === 0 && mail.due.length === 0) {
      await sql.query('rollback')
      await this.peekDue(sql)
      return { worked: await this.admit(sql, mail, 0) }
    }
    faultPoint('fold.read')
    const customers = [
      ...new Set([
        ...mail.rows.map(r => r.customer_id).filter(id => id !== null),
        ...mail.due.map(d => d.id),
      ]),
    ]
    try {
      const { held, folded } = await this.think(sql, mail, customers, breaking)
      faultPoint('fold.reduced')
      await this.finish(sql, mail, held, folded)
    } catch (error) {
      throw Object.assign(error as Error, { customers })
    }
    this.metrics.duration.observe((performance.now() - started) / 1000)
    return { worked: (await this.admit(sql, mail, mail.rows.length)) || true }
  }

  private noteScan(mail: Mail, sweeping: boolean): void {
    const oldest = mail.rows.reduce((m, r) => Math.min(m, r.received), mail.now)
    this.lagMs = mail.now - oldest
    this.metrics.lag.set(this.lagMs / 1000)
    if (sweeping) {
      const missed = this.sinceMs > 0 ? mail.rows.filter(r => r.received < this.sinceMs).length : 0
      if (missed > 0) this.metrics.sweepCaught.inc(missed)
      this.lastSweep = performance.now()
    }
    if (!mail.more) {
      // everything visible was read: what commits later was stamped at most a statement timeout ago
      this.sinceMs = Math.min(oldest, mail.now) - TRAIL_MS
      this.since = new Date(this.sinceMs).toISOString()
    }
  }

  private async think(
    sql: pg.Client,
    mail: Mail,
    customers: Uuid[],
    breaking: Map<Uuid, string>,
  ): Promise<{ held: Map<Uuid, Held>; folded: Folded }> {
    const held = new Map<Uuid, Held>()
    const missing: Uuid[] = []
    for (const id of customers) {
      const h = this.cache.get(id)
      if (h) held.set(id, h)
      else missing.push(id)
    }
    const live = mail.rows.filter(
      r => r.customer_id !== null && !mail.parked.has(r.customer_id) && !breaking.has(r.customer_id),
    )
    const unique = new Map<string, InboxRow>()
    for (const r of live) if (r.message_hash) unique.set(r.workspace_id + r.message_hash, r)
    const named = live.flatMap(r => {
      const key = orderNamed(r)
      return key ? [{ workspace: r.workspace_id, customer: r.customer_id!, key }] : []
    })
    const wanted = [
      ...mail.standings.map(s => ({ workspace: s.workspace_id, no: s.catalogue_no })),
      ...mail.rows
        .filter(r => r.kind === 'publish')
        .map(r => ({
          workspace: r.workspace_id,
          no: (bodyOf(r) as { catalogueNo: number }).catalogueNo,
        })),
    ]
    const [loaded, facts] = await Promise.all([
      readCustomers(sql, {
        buckets: [...new Set([...customers.map(bucketOf)])],
        customers: missing,
        hashes: [...unique.values()]
          .map(r => ({ bucket: bucketOf(r.message_hash!), workspace: r.workspace_id, hash: r.message_hash! }))
          .sort((a, b) => a.bucket - b.bucket || (a.workspace + a.hash < b.workspace + b.hash ? -1 : 1)),
        commandKeys: live
          .filter(r => r.kind === 'command')
          .map(r => ({ workspace: r.workspace_id, key: (bodyOf(r) as { key: string }).key })),
        day: new Date(mail.now).toISOString().slice(0, 10),
      }),
      this.loadFacts(sql, named),
      this.worlds.load(sql, wanted),
    ])
    for (const row of loaded.customers) held.set(row.id, heldOf(row))
    const folded = await foldMail({
      mail,
      held,
      fresh: loaded.fresh,
      answered: loaded.answered,
      facts,
      worlds: this.worlds,
      breaking,
      loadFacts: async (workspace, customer, keys) =>
        (
          await this.loadFacts(
            sql,
            keys.map(key => ({ workspace, customer, key })),
          )
        ).get(customer) ?? {},
    })
    return { held, folded }
  }

  private async loadFacts(
    sql: pg.Client,
    named: { workspace: Uuid; customer: Uuid; key: string }[],
  ): Promise<Map<Uuid, Facts>> {
    const facts = new Map<Uuid, Facts>()
    if (named.length === 0) return facts
    for (const n of named) {
      const f = facts.get(n.customer) ?? {}
      f[n.key] = []
      facts.set(n.customer, f)
    }
    const orders = named.filter(n => n.key.startsWith('order:'))
    const { rows } = await sql.query<{
      customer_id: Uuid
      order_no: string
      entry: OrderRow['entry']
      key: Uuid
      occurred: Date
      amount: number
      currency: string
      body: string
    }>({
      name: 'fold_orders',
      text: `select customer_id, order_no, entry, key, occurred, amount, currency, body from order_entry
              where bucket = any($1::smallint[]) and (workspace_id, customer_id, order_no) in (select * from unnest($2::uuid[], $3::uuid[], $4::text[]))
              order by occurred, key`,
      values: [
        [...new Set(orders.map(o => bucketOf(o.customer)))],
        orders.map(o => o.workspace),
        orders.map(o => o.customer),
        orders.map(o => o.key.slice(6)),
      ],
    })
    for (const r of rows)
      rememberOrder(facts.get(r.customer_id)!, {
        orderNo: r.order_no,
        entry: r.entry,
        key: r.key,
        occurred: r.occurred.getTime(),
        amount: r.amount,
        currency: r.currency,
        body: JSON.parse(r.body) as OrderRow['body'],
      })
    return facts
  }

  private async finish(sql: pg.Client, mail: Mail, held: Map<Uuid, Held>, folded: Folded): Promise<void> {
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
        ...work.held,
        version: work.held.version + 1,
        due: work.due,
        bytes: work.json.length,
      })
      this.metrics.stateBytes.observe(work.json.length)
      if (work.due !== null && (this.nextDue === null || work.due < this.nextDue)) this.nextDue = work.due
    }
    for (const p of folded.parked) {
      this.cache.delete(p.customer)
      held.delete(p.customer)
      this.metrics.parked.inc()
      this.core.log.error({ customer: p.customer, reason: p.reason, error: p.error }, 'fold: customer parked')
    }
    if (folded.shifts.some(s => s.deltaMs !== 0)) {
      this.cache.clear()
      this.nextDue = 0
    }
    if (mail.due.length > 0) this.nextDue = 0
    this.metrics.folded.inc(folded.count)
    this.metrics.folds.inc({ result: 'committed' })
    const { signals } = this.core
    if (written.messages > 0 || folded.shifts.length > 0) signals.emit('message')
    for (const key of written.answers) signals.emit('answer', key)
    if (written.posted) signals.emit('inbox')
    signals.emit('journal')
    for (const workspace of new Set(folded.segments.map(s => s.workspace)))
      signals.emit('live', workspace + ':customers')
    if (folded.works.some(w => w.effects.some(e => e.kind === 'cancel' || e.kind === 'merged')))
      signals.emit('inbox')
  }

  /** One cheap statement for the poll at rest: whether a fold would find anything. */
  async anything(): Promise<boolean> {
    if (this.leases.length === 0) return false
    return this.peekDue(await this.connection())
  }

  private async peekDue(sql: pg.Client): Promise<boolean> {
    const { rows } = await sql.query<{ due: number | null; bulk: boolean; mail: boolean; now: number }>({
      name: 'fold_peek',
      text: `select (select floor(extract(epoch from min(x.due_at)) * 1000)::float8 from unnest($1::smallint[]) b(bucket)
                      cross join lateral (select due_at from customer c where c.bucket = b.bucket and c.due_at is not null order by due_at limit 1) x) as due,
                    exists (select from unnest($1::smallint[]) b(bucket) cross join lateral (select 1 from bulk k where k.bucket = b.bucket limit 1) y) as bulk,
                    exists (select from unnest($1::smallint[]) b(bucket) cross join lateral (select 1 from inbox i where i.bucket = b.bucket and i.received >= $2::timestamptz limit 1) z) as mail,
                    floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
      values: [this.leases.map(l => l.key), this.since],
    })
    const seen = rows[0]!
    this.nextDue = seen.due
    this.bulkWaiting = seen.bulk
    const sweepDue = performance.now() - this.lastSweep > SWEEP_MS
    return seen.mail || seen.bulk || sweepDue || (seen.due !== null && seen.due <= seen.now)
  }

  /** Lets bulk work into the inbox of these buckets while its lag is under 50 ms. */
  private async admit(sql: pg.Client, mail: Mail, read: number): Promise<boolean> {
    if (!this.bulkWaiting || mail.more || this.lagMs > 50 || read > 1_000) return false
    const moved = await admitBulk(
      sql,
      this.leases.map(l => l.key),
    )
    if (moved === 0) this.bulkWaiting = false
    return moved > 0
  }
}

const heldOf = (row: CustomerRow): Held => ({
  state: row.state === '{}' ? null : (JSON.parse(row.state) as CustomerState),
  version: row.version,
  due: row.due,
  mergedInto: row.merged_into,
  bytes: row.state.length,
})

function keepOnly(mail: Mail, only: Set<Uuid>): void {
  mail.rows = mail.rows.filter(r => r.customer_id !== null && only.has(r.customer_id))
  mail.due = mail.due.filter(d => only.has(d.id))
}

export function openOwner(core: Core): Owner {
  const metrics = metricsOf(core)
  const worlds = openWorlds()
  const loops = Array.from({ length: LOOPS }, (_, i) => new FoldLoop(core, i, metrics, worlds))
  let held: Lease[] = []
  let lastLeases = Number.NEGATIVE_INFINITY
  let running = false
  let stopping = false
  const ended: Promise<void>[] = []
  const wakes = new Map<FoldLoop, () => void>()
  const offs: (() => void)[] = []

  async function lease(): Promise<void> {
    await loops[0]!.connection()
    held = await holdLeases(core, FOLD_LEASES, held)
    lastLeases = performance.now()
    for (const loop of loops) loop.setLeases(held.filter(l => l.key % LOOPS === loop.index))
  }

  async function run(loop: FoldLoop): Promise<void> {
    let backoffMs = 50
    while (!stopping) {
      let signalled = false
      wakes.set(loop, () => (signalled = true))
      try {
        const worked = polled.has(loop) && !(await loop.anything()) ? false : await loop.fold()
        backoffMs = 50
        if (worked) {
          if (!signalled && loop.leases.length > 0 && polled.has(loop)) metrics.pollCaught.inc()
          polled.delete(loop)
          continue
        }
        polled.delete(loop)
        if (signalled) continue
        const dueMs = loop.nextDue === null ? POLL_MS : Math.max(1, loop.nextDue - Date.now())
        const waitMs = Math.min(POLL_MS, dueMs)
        await new Promise<void>(resolve => {
          const timer = setTimeout(() => {
            if (waitMs === POLL_MS) polled.add(loop)
            resolve()
          }, waitMs)
          wakes.set(loop, () => {
            clearTimeout(timer)
            resolve()
          })
        })
      } catch (error) {
        core.log.warn(
          { code: (error as { code?: string }).code, error: (error as Error).message.slice(0, 200) },
          'fold: will try again',
        )
        await new Promise(resolve => setTimeout(resolve, backoffMs))
        backoffMs = Math.min(backoffMs * 2, 2_000)
      }
    }
  }
  const polled = new Set<FoldLoop>()

  async function keepLeases(): Promise<void> {
    while (!stopping) {
      await lease().catch((error: unknown) =>
        core.log.warn(
          { code: (error as { code?: string }).code, error: (error as Error).message.slice(0, 200) },
          'fold: leases',
        ),
      )
      for (const wake of wakes.values()) if (held.length === 0) wake()
      await new Promise(resolve => {
        const timer = setTimeout(resolve, LEASE_ROUND_MS)
        stopWaits.push(() => {
          clearTimeout(timer)
          resolve(undefined)
        })
      })
      stopWaits.length = 0
    }
  }
  const stopWaits: (() => void)[] = []

  return {
    leases: () => held,
    async tick() {
      if (held.length === 0 || performance.now() - lastLeases > LEASE_ROUND_MS) await lease()
      const results = await Promise.all(loops.map(l => l.fold()))
      return results.some(Boolean)
    },
    start() {
      if (running) return
      running = true
      offs.push(
        core.signals.on('inbox', detail => {
          const buckets = detail === '' ? null : Number(detail) % LOOPS
          for (const loop of loops) if (buckets === null || loop.index === buckets) wakes.get(loop)?.()
        }),
      )
      ended.push(keepLeases(), ...loops.map(run))
    },
    async stop() {
      stopping = true
      for (const off of offs) off()
      for (const wake of wakes.values()) wake()
      for (const wake of stopWaits) wake()
      await Promise.all(ended)
      for (const loop of loops) await loop.close()
      await releaseLeases(core, FOLD_LEASES).catch((error: unknown) =>
        core.log.warn(
          { error: (error as Error).message.slice(0, 200) },
          'fold: leases run out by themselves',
        ),
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
