// Copies the journal, row by row in order, into ClickHouse. A batch (group, number, ranges) is stored before the
// insert and finished before the group's next; its token makes a retry of the same rows a no-op. ClickHouse being
// down only makes the cursors wait: intake, folds and messages go on.
import { Counter, Gauge } from 'prom-client'
import type { Core, Role } from '../platform/core.ts'
import { openBreath } from '../platform/breathe.ts'
import { faultPoint } from '../platform/fault.ts'
import { IDLE_AFTER_MS } from '../platform/loop.ts'
import { ALL_BUCKETS, bucketOf, type Uuid } from '../platform/ids.ts'
import { bigints, smallints } from '../platform/pg-array.ts'
import { inTransaction, openPipeline } from '../platform/postgres.ts'
import { HISTORY_AWAITED } from './announce.ts'
import { HISTORY_LEASES, holdLeases, releaseLeases, type Lease } from './leases.ts'
import { HISTORY_COLUMNS, historyRows, historyTuple, snapshotRow, type JournalRow } from './history-rows.ts'
import type { OrderStateRow } from './history-orders.ts'
import type pg from 'pg'

/** Each insert makes a part of each month and table, and each part is merged again: with sixteen groups an import of 100,000
 *  orders took ClickHouse 7.9 s, with four 3.5 s, with one 2.9 s. Four processes can share them: of the sixteen leases
 *  every fourth has work (a process that takes over a fourth of the leases takes over one group). */
const GROUPS = 4
const LEASES_A_GROUP = 4
const ROWS_PER_BUCKET = 400
const ROWS_PER_BATCH = 8_000
const BYTES_PER_BATCH = 8_000_000
const FACTS_PER_BATCH = 20_000
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
const LEASE_ROUND_MS = 2_000
/** Snapshots take at most a twentieth of the time, so under load they come less often, but at least this often: a few cost the
 *  same as one, and pages ask for them. */
const SNAPSHOT_SHARE = 20
const SNAPSHOT_MOST_MS = 20_000
const FEW_SNAPSHOTS = 500
const FEW_MOST_MS = 1_000
const SNAPSHOTS_AT_ONCE = 5_000

export type HistoryWorker = Role & { tick(): Promise<boolean> }

type Ranges = Record<string, [number, number]>
type GroupRow = { history_group: number; batch_no: number; batch: Ranges | null }

/** Buckets of the group whose lease is this; none for a lease without work. */
const bucketsOf = (lease: number) =>
  lease % LEASES_A_GROUP === 0 ? ALL_BUCKETS.filter(bucket => bucket % GROUPS === lease / LEASES_A_GROUP) : []

/** From the beginning of a round that stored so many rows to the next. */
function lingerMs(rows: number, tookMs: number): number {
  if (rows <= BUSY_ROWS) return LINGER_MS
  const least = rows > FULL_ROWS ? FULL_LINGER_MS : BUSY_LINGER_MS
  return Math.max(least, Math.min(MOST_LINGER_MS, ROUND_SHARE * tookMs))
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
  let held: Lease[] = []
  let lastLeases = Number.NEGATIVE_INFINITY
  let incarnation: Uuid | null = null
  /** keeps this process visible as alive; see leases.ts */
  let presence: pg.Client | null = null
  const touched = new Map<number, Set<Uuid>>()
  let nextSnapshot = 0
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

  async function readJournal(ranges: Ranges): Promise<JournalRow[]> {
    const keys = Object.keys(ranges)
    const { rows } = await core.pool.query<JournalRow>(
      `select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at, j.body from unnest($1::smallint[], $2::bigint[], $3::bigint[]) u(bucket, first, last)
        join journal j on j.bucket = u.bucket and j.seq between u.first and u.last order by j.bucket, j.seq`,
      [keys.map(Number), keys.map(k => ranges[k]![0]), keys.map(k => ranges[k]![1])],
    )
    return rows
  }

  /** Leases with an open batch, or whose group has journal rows beyond a cursor: one small statement, where asking each for
   *  its rows was two thirds of all statements at rest. Rows that are in an open batch of another lease (it was stored when
   *  the buckets were dealt out otherwise) wait until that is finished: under another token they would come twice. */
  async function groupsWithWork(): Promise<Set<number>> {
    const { rows } = await core.pool.query<{ g: number }>(
      `with open as materialized (select history_group::int as g, bucket::int from history_group cross join jsonb_object_keys(batch) bucket)
       select g from open
       union select x.g from history_cursor c join bucket b on b.bucket = c.bucket
         cross join lateral (select (c.bucket % $1) * $2 as g) x
        where b.journal_seq > c.seq
          and not exists (select from open where open.g <> x.g and open.bucket % $1 = c.bucket % $1)`,
      [GROUPS, LEASES_A_GROUP],
    )
    return new Set(rows.map(r => r.g))
  }

  /** The group's open batch, or a new one made of what the journal holds beyond the cursors. */
  async function openBatch(
    l: Lease,
  ): Promise<{ no: number; ranges: Ranges; rows: JournalRow[]; more: boolean } | null> {
    const { rows } = await core.pool.query<GroupRow>({
      name: 'history_group',
      text: 'select history_group, batch_no, batch from history_group where history_group = $1 and owner = $2 and epoch = $3',
      values: [l.key, core.processId, l.epoch],
    })
    const group = rows[0]
    if (!group) return null
    if (group.batch)
      return { no: group.batch_no, ranges: group.batch, rows: await readJournal(group.batch), more: true }
    const next = await core.pool.query<JournalRow>({
      name: 'history_next',
      text: `select x.* from history_cursor c
        cross join lateral (select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at, j.body from journal j where j.bucket = c.bucket and j.seq > c.seq order by j.seq limit $2) x
       where c.bucket = any($1::smallint[]) order by x.at, x.bucket, x.seq limit $3`,
      values: [bucketsOf(l.key), ROWS_PER_BUCKET, ROWS_PER_BATCH],
    })
    if (next.rows.length === 0) return null
    lag.set((Date.now() - next.rows[0]!.at.getTime()) / 1000)
    // rows of a bucket come in order of seq, because `at` never goes back within a bucket; take while the batch is small
    const ranges: Ranges = {}
    const taken: JournalRow[] = []
    let bytes = 0
    for (const row of next.rows) {
      const range = ranges[row.bucket]
      if (range && row.seq !== range[1] + 1) continue
      if (range) range[1] = row.seq
      else ranges[row.bucket] = [row.seq, row.seq]
      taken.push(row)
      bytes += row.body.length
      if (bytes > BYTES_PER_BATCH) break
    }
    const stamped = await core.pool.query<{ batch_no: number }>(
      'update history_group set batch = $4, batch_no = batch_no + 1 where history_group = $1 and owner = $2 and epoch = $3 and batch is null returning batch_no',
      [l.key, core.processId, l.epoch, JSON.stringify(ranges)],
    )
    if (!stamped.rows[0]) return null
    return {
      no: stamped.rows[0].batch_no,
      ranges,
      rows: taken.sort((a, b) => a.bucket - b.bucket || a.seq - b.seq),
      more: next.rows.length > taken.length,
    }
  }

  async function insertEvents(group: number, no: number, parts: unknown[][][]): Promise<void> {
    for (const [part, values] of parts.entries()) {
      await core.history.insert({
        table: 'event',
        columns: [...HISTORY_COLUMNS],
        values,
        format: 'JSONCompactEachRow',
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: `${incarnation}:${group}:${no}:${part}`,
        },
      })
      faultPoint('history.inserted')
    }
  }

  async function copyGroup(l: Lease): Promise<boolean> {
    const batch = await openBatch(l)
    if (!batch) return false
    faultPoint('history.stored')
    incarnation ??= await readIncarnation()
    const facts: unknown[][][] = []
    const orders: OrderStateRow[] = []
    const workspaces = new Set<Uuid>()
    const customers = touched.get(l.key) ?? new Set<Uuid>()
    touched.set(l.key, customers)
    const breath = openBreath()
    let made = 0
    for (const row of batch.rows) {
      const told = historyRows(row, incarnation)
      for (const fact of told.rows) {
        if (made++ % FACTS_PER_BATCH === 0) facts.push([])
        facts.at(-1)!.push(historyTuple(fact))
        workspaces.add(fact.workspace_id)
      }
      orders.push(...told.orders)
      for (const c of told.customers) customers.add(c)
      const rest = breath()
      if (rest) await rest
    }
    await insertEvents(l.key, batch.no, facts)
    if (orders.length > 0)
      await core.history.insert({
        table: 'order_state',
        values: orders,
        format: 'JSONEachRow',
        clickhouse_settings: {
          insert_deduplicate: 1,
          insert_deduplication_token: `${incarnation}:${l.key}:${batch.no}`,
        },
      })
    const keys = Object.keys(batch.ranges)
    await inTransaction(core.pool, async sql => {
      const done = await sql.query({
        name: 'history_done',
        text: 'update history_group set batch = null where history_group = $1 and owner = $2 and epoch = $3 and batch_no = $4',
        values: [l.key, core.processId, l.epoch, batch.no],
      })
      if (done.rowCount === 1)
        await sql.query({
          name: 'history_cursor',
          text: 'update history_cursor c set seq = u.seq from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) where c.bucket = u.bucket',
          values: [smallints(keys.map(Number)), bigints(keys.map(k => batch.ranges[k]![1]))],
        })
    })
    stored.inc(made)
    roundRows += made
    tellPages(workspaces)
    return batch.more
  }

  const tellPages = (workspaces: Iterable<Uuid>): void => {
    for (const workspace of new Set(workspaces)) core.signals.emit('live', workspace + ':events')
  }

  /** Writes the newest snapshots of the customers touched. A lost one is written with the next touch, or by `verify`. */
  async function snapshot(): Promise<void> {
    const began = performance.now()
    const breath = openBreath()
    let written = 0
    for (const customers of touched.values()) {
      while (customers.size > 0) {
        const ids = customers.values().take(SNAPSHOTS_AT_ONCE).toArray()
        const { rows } = await core.pool.query<{
          id: Uuid
          workspace_id: Uuid
          version: number
          state: string
          merged_into: Uuid | null
        }>(
          'select id, workspace_id, version, state, merged_into from customer where bucket = any($1::smallint[]) and id = any($2::uuid[])',
          [[...new Set(ids.map(bucketOf))], ids],
        )
        const values: ReturnType<typeof snapshotRow>[] = []
        for (const row of rows) {
          values.push(snapshotRow(row))
          const rest = breath()
          if (rest) await rest
        }
        if (values.length > 0) await core.history.insert({ table: 'customer', values, format: 'JSONEachRow' })
        for (const id of ids) customers.delete(id)
        written += values.length
        // what pages asked since the facts were told of was answered from older snapshots
        tellPages(values.map(v => v.workspace_id))
      }
    }
    const now = performance.now()
    const mostMs = written > FEW_SNAPSHOTS ? SNAPSHOT_MOST_MS : FEW_MOST_MS
    nextSnapshot = now + Math.min((now - began) * SNAPSHOT_SHARE, mostMs)
  }

  /** One round over the groups with work. `eager`: snapshots at once, else as often as their cost allows. */
  async function round(eager: boolean): Promise<boolean> {
    if (held.length === 0 || performance.now() - lastLeases > LEASE_ROUND_MS) await lease()
    let more = false
    let worked = false
    roundRows = 0
    try {
      const waiting = await groupsWithWork()
      for (const l of held) {
        if (waiting.has(l.key)) more = (await copyGroup(l)) || more
        worked ||= (touched.get(l.key)?.size ?? 0) > 0
      }
      if (worked && ((eager && !more) || performance.now() >= nextSnapshot)) await snapshot()
    } catch (error) {
      failures.inc()
      throw error
    }
    return more || worked
  }

  let stopping = false
  let running = false
  let rest: { started: number; worked: boolean; endWithin(ms: number): void } | null = null
  /** somebody waits for what is new, snapshots too */
  let awaited = false
  /** called while a round ran, which may have looked before */
  let heard = false
  let ended: Promise<void> = Promise.resolve()
  const offs: (() => void)[] = []

  /** Not the loop of platform/loop.ts, where a call ends a rest at once and none shortens the pause after work. Here a rest after
   *  work is as long as its round was large, and only who waits for history shortens it; a call at rest still leaves
   *  LINGER_MS for more to come; and after a failure no call counts until the back-off is over. */
  async function run(): Promise<void> {
    let backoffMs = 200
    let workedAt = performance.now()
    while (!stopping) {
      const started = performance.now()
      let worked = false
      try {
        const eager = awaited
        awaited = false
        heard = false
        worked = await round(eager)
        backoffMs = 200
      } catch (error) {
        core.log.warn(
          { code: (error as { code?: string }).code, error: (error as Error).message.slice(0, 200) },
          'history: will try again',
        )
        await new Promise(resolve => setTimeout(resolve, backoffMs))
        backoffMs = Math.min(backoffMs * 2, 5_000)
        continue
      }
      const tookMs = performance.now() - started
      if (worked) workedAt = started
      const pollMs = heard ? LINGER_MS : started - workedAt > IDLE_AFTER_MS ? IDLE_POLL_MS : POLL_MS
      const restMs = worked ? Math.max(0, lingerMs(roundRows, tookMs) - tookMs) : pollMs
      if (stopping) break
      await new Promise<void>(resolve => {
        let endsAt = performance.now() + restMs
        let timer = setTimeout(resolve, restMs)
        const endWithin = (ms: number) => {
          if (performance.now() + ms >= endsAt) return
          endsAt = performance.now() + ms
          clearTimeout(timer)
          timer = setTimeout(resolve, ms)
        }
        rest = { started, worked, endWithin }
      })
      rest = null
    }
  }

  /** What is new lingers for more; while somebody waits for it nothing does. */
  function called(detail: string): void {
    if (detail === HISTORY_AWAITED) awaited = true
    if (rest === null) {
      heard = true
      return
    }
    if (detail === HISTORY_AWAITED) rest.endWithin(Math.max(0, rest.started + LINGER_MS - performance.now()))
    else if (!rest.worked) rest.endWithin(LINGER_MS)
  }

  return {
    tick: () => round(true),
    start() {
      if (running) return
      running = true
      offs.push(core.signals.on('journal', called))
      ended = run()
    },
    async stop() {
      stopping = true
      for (const off of offs) off()
      rest?.endWithin(0)
      await ended
      await releaseLeases(core, HISTORY_LEASES).catch((error: unknown) =>
        core.log.warn(
          { error: (error as Error).message.slice(0, 200) },
          'history: leases run out by themselves',
        ),
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
