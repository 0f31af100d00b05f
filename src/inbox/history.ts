// Copies the journal, row by row in order, into ClickHouse. The token of a batch makes a retry of the same rows a no-op.
// ClickHouse being down only makes the cursors wait: intake, folds and messages go on.
import { Counter, Gauge } from 'prom-client'
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { openBreath } from '../platform/breathe.ts'
import { faultPoint } from '../platform/fault.ts'
import type { Uuid } from '../platform/ids.ts'
import { openPipeline } from '../platform/postgres.ts'
import { HISTORY_AWAITED, tellEvents } from './announce.ts'
import { finishBatch, leasesWithWork, openBatch } from './history-batch.ts'
import type { OrderStateRow } from './history-orders.ts'
import { openPace } from './history-pace.ts'
import { HISTORY_COLUMNS, historyRows, historyTuple, type JournalRow } from './history-rows.ts'
import { openSnapshots } from './history-snapshots.ts'
import { HISTORY_LEASES, holdLeases, releaseLeases, type Lease } from './leases.ts'
import type pg from 'pg'

const FACTS_PER_INSERT = 20_000
const LEASE_ROUND_MS = 2_000
const FIRST_BACKOFF_MS = 200
const MOST_BACKOFF_MS = 5_000

/** What comes again under the same token changes nothing. */
const once = (token: string) => ({ insert_deduplicate: 1, insert_deduplication_token: token }) as const

export type HistoryWorker = Role & { tick(): Promise<boolean> }

/** What the rows of a batch tell: `inserts` of facts, what orders are worth, and who and whose it is of. */
async function tellRows(rows: readonly JournalRow[], incarnation: Uuid) {
  const inserts: unknown[][][] = []
  const orders: OrderStateRow[] = []
  const workspaces = new Set<Uuid>()
  const customers = new Set<Uuid>()
  let facts = 0
  const breath = openBreath()
  for (const row of rows) {
    const told = historyRows(row, incarnation)
    for (const fact of told.rows) {
      if (facts++ % FACTS_PER_INSERT === 0) inserts.push([])
      inserts.at(-1)!.push(historyTuple(fact))
      workspaces.add(fact.workspace_id)
    }
    orders.push(...told.orders)
    for (const c of told.customers) customers.add(c)
    const rest = breath()
    if (rest) await rest
  }
  return { inserts, facts, orders, workspaces, customers }
}

export function openHistoryWorker(core: Core): HistoryWorker {
  const registers = [core.metrics]
  const stored = new Counter({
    name: 'itinera_history_rows_total',
    help: 'Rows stored in history',
    registers,
  })
  const failures = new Counter({
    name: 'itinera_history_failures_total',
    help: 'Inserts into history that failed and are tried again',
    registers,
  })
  const lag = new Gauge({
    name: 'itinera_history_lag_seconds',
    help: 'Age of the oldest journal row not yet in history, at the last look',
    registers,
  })
  const snapshots = openSnapshots(core)
  const pace = openPace()
  let held: Lease[] = []
  let lastLeases = Number.NEGATIVE_INFINITY
  let incarnation: Uuid | null = null
  /** keeps this process visible as alive; see leases.ts */
  let presence: pg.Client | null = null
  /** rows stored by the last round */
  let roundRows = 0

  async function lease(): Promise<void> {
    if (!presence) {
      const client = await openPipeline(core.databaseUrl, core.processId)
      client.on('error', () => {
        presence = null
      })
      presence = client
    }
    held = await holdLeases(core, HISTORY_LEASES)
    lastLeases = performance.now()
  }

  async function readIncarnation(): Promise<Uuid> {
    const { rows } = await core.pool.query<{ value: Uuid }>(
      `with made as (insert into system (key, value) values ('incarnation', gen_random_uuid()::text) on conflict (key) do nothing returning value)
       select value from made union all select value from system where key = 'incarnation' limit 1`,
    )
    return rows[0]!.value
  }

  async function copyBatch(l: Lease): Promise<boolean> {
    const batch = await openBatch(core, l)
    if (!batch) return false
    const oldest = batch.rows.reduce((least, row) => Math.min(least, row.at.getTime()), Date.now())
    lag.set((Date.now() - oldest) / 1000)
    faultPoint('history.stored')
    incarnation ??= await readIncarnation()
    const told = await tellRows(batch.rows, incarnation)
    snapshots.touch(told.customers)
    const token = `${incarnation}:${l.key}:${batch.no}`
    for (const [part, values] of told.inserts.entries()) {
      await core.history.insert({
        table: 'event',
        columns: [...HISTORY_COLUMNS],
        values,
        format: 'JSONCompactEachRow',
        clickhouse_settings: once(`${token}:${part}`),
      })
      faultPoint('history.inserted')
    }
    if (told.orders.length > 0)
      await core.history.insert({
        table: 'order_state',
        values: told.orders,
        format: 'JSONEachRow',
        clickhouse_settings: once(token),
      })
    await finishBatch(core, l, batch)
    stored.inc(told.facts)
    roundRows += told.facts
    tellEvents(core.signals, told.workspaces)
    return batch.more
  }

  /** One round over the leases with work. `eager`: snapshots at once, else as often as their cost allows. */
  async function round(eager: boolean): Promise<boolean> {
    if (held.length === 0 || performance.now() - lastLeases > LEASE_ROUND_MS) await lease()
    let more = false
    roundRows = 0
    try {
      const waiting = await leasesWithWork(core.pool)
      if (waiting.size === 0) lag.set(0)
      for (const l of held) if (waiting.has(l.key)) more = (await copyBatch(l)) || more
      const worked = snapshots.areWaiting()
      if (worked && ((eager && !more) || snapshots.areDue())) await snapshots.write()
      return more || worked
    } catch (error) {
      failures.inc()
      throw error
    }
  }

  let stopping = false
  let ended: Promise<void> | null = null
  const offs: (() => void)[] = []

  async function run(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS
    while (!stopping) {
      let worked: boolean
      try {
        worked = await round(pace.begin())
        backoffMs = FIRST_BACKOFF_MS
      } catch (error) {
        core.log.warn(faultOf(error), 'history: will try again')
        await new Promise(resolve => setTimeout(resolve, backoffMs)) // whoever calls
        backoffMs = Math.min(backoffMs * 2, MOST_BACKOFF_MS)
        continue
      }
      if (!stopping) await pace.rest({ worked, rows: roundRows })
    }
  }

  return {
    tick: () => round(true),
    start() {
      if (ended) return
      offs.push(core.signals.on('journal', detail => pace.called(detail === HISTORY_AWAITED)))
      ended = run()
    },
    async stop() {
      stopping = true
      for (const off of offs) off()
      pace.end()
      await ended
      await releaseLeases(core, HISTORY_LEASES).catch((error: unknown) =>
        core.log.warn(faultOf(error), 'history: leases run out by themselves'),
      )
      await presence?.end().catch(() => undefined) // the server ends the session either way
    },
  }
}

export async function startHistory(core: Core): Promise<Role> {
  const worker = openHistoryWorker(core)
  worker.start()
  return worker
}
