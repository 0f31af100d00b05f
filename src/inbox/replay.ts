// Replay: the journal alone determines the state. Folds a bucket's journal rows again with the production reducer,
// from the snapshots at the bucket's edge, and reports where the effects differ from those recorded.
import { unpackState } from '../customers/pack.ts'
import { reduce } from '../customers/reduce.ts'
import type { CustomerState } from '../customers/model.ts'
import { must } from '../platform/errors.ts'
import type { CouponRow, PointsRow } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { lackingFacts, noteRow } from '../customers/order-facts.ts'
import { unpackJournal } from './journal.ts'
import type { Facts, Input, JournalEntry } from './model.ts'
import type { OrderRow } from './order-model.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from './order-rows.ts'
import { openWorlds } from './worlds.ts'

export type Replayed = { state: CustomerState | null; mergedInto: Uuid | null; workspace: Uuid; facts: Facts }
export type ReplayResult = {
  customers: Map<Uuid, Replayed>
  /** last seq replayed */
  seq: number
  at: Date | null
  entries: number
  faults: string[]
  /** intents and outcomes met, for the ledger's checks */
  intents: Map<Uuid, { customer: Uuid }>
  ended: Set<Uuid>
  orders: Map<string, OrderRow>
  /** by customer and key */
  coupons: Map<string, CouponRow>
  points: Map<string, PointsRow>
}

type Row = { seq: number; workspace_id: Uuid; catalogue_no: number; at: Date; body: Buffer }

/** Reads in chunks; `upTo` (inclusive) or everything. Give it a repeatable-read transaction when folds go on. */
export async function replayBucket(
  sql: Sql,
  bucket: number,
  upTo: number | null = null,
): Promise<ReplayResult> {
  const worlds = openWorlds()
  const edge = await sql.query<{ seq: number }>('select seq from journal_edge where bucket = $1', [bucket])
  const result: ReplayResult = {
    customers: new Map(),
    seq: edge.rows[0]?.seq ?? 0,
    at: null,
    entries: 0,
    faults: [],
    intents: new Map(),
    ended: new Set(),
    orders: new Map(),
    coupons: new Map(),
    points: new Map(),
  }
  const start = await sql.query<{ id: Uuid; workspace_id: Uuid; state: string; merged_into: Uuid | null }>(
    'select id, workspace_id, state, merged_into from customer_snapshot where bucket = $1',
    [bucket],
  )
  for (const r of start.rows)
    result.customers.set(r.id, {
      state: r.state === '{}' ? null : unpackState(r.state),
      mergedInto: r.merged_into,
      workspace: r.workspace_id,
      facts: {},
    })
  if (start.rows.length > 0) await oldOrders(sql, bucket, result)
  for (;;) {
    const { rows } = await sql.query<Row>(
      'select seq, workspace_id, catalogue_no, at, body from journal where bucket = $1 and seq > $2 order by seq limit 500',
      [bucket, result.seq],
    )
    if (rows.length === 0) return result
    await worlds.load(
      sql,
      rows.map(r => ({ workspace: r.workspace_id, no: r.catalogue_no })),
    )
    for (const row of rows) {
      if (upTo !== null && row.seq > upTo) return result
      if (row.seq !== result.seq + 1)
        result.faults.push(`journal of bucket ${bucket}: after ${result.seq} comes ${row.seq}`)
      result.seq = row.seq
      result.at = row.at
      const world = worlds.get(row.workspace_id, row.catalogue_no)
      unpackJournal(row.body).entries.forEach((entry, line) => {
        replayEntry(result, row, entry, `${bucket}/${row.seq}/${line}`, world)
      })
    }
  }
}

function replayEntry(
  result: ReplayResult,
  row: Row,
  entry: JournalEntry,
  where: string,
  world: Parameters<typeof reduce>[3],
): void {
  result.entries++
  if (entry.c === null) return
  note(result, entry)
  let held = result.customers.get(entry.c)
  if (!held)
    result.customers.set(
      entry.c,
      (held = { state: null, mergedInto: null, workspace: row.workspace_id, facts: {} }),
    )
  // an entry with a body was given to the reducer, whatever the verdict
  if (entry.b !== null) {
    const input = { kind: entry.k, now: entry.n, received: entry.r, body: entry.b } as Input
    const self = { workspace: row.workspace_id, id: entry.c }
    let again = reduce(held.state, input, held.facts, world, self)
    for (let i = 0; 'need' in again; i++) {
      must(i < 8, 'the reducer asks for facts at most eight times for one input')
      lackingFacts(held.facts, again.need)
      again = reduce(held.state, input, held.facts, world, self)
    }
    const then = entry.x ?? 'folded'
    if (again.verdict !== then) result.faults.push(`${where}: ${then} then, ${again.verdict} now`)
    const before = JSON.stringify(entry.e ?? [])
    const now = JSON.stringify(again.effects)
    if (before !== now)
      result.faults.push(
        `${where}: ${entry.k} of ${entry.c} has other effects: ${firstDifference(before, now)}`,
      )
    if (again.verdict === 'folded' || held.state !== null) held.state = again.state
  }
  for (const effect of entry.e ?? []) {
    if (effect.kind === 'order') {
      noteRow(held.facts, effect.row)
      result.orders.set(entry.c + effect.row.orderNo + effect.row.key, effect.row)
    }
    if (effect.kind === 'coupon_entry') result.coupons.set(entry.c + effect.row.key, effect.row)
    if (effect.kind === 'points_entry') result.points.set(entry.c + effect.row.key, effect.row)
    if (effect.kind === 'merged') held.mergedInto = effect.into
    if (effect.kind === 'unmerged') held.mergedInto = null
  }
}

function note(result: ReplayResult, entry: JournalEntry): void {
  for (const effect of entry.e ?? [])
    if (effect.kind === 'intent') result.intents.set(effect.intent.id, { customer: entry.c! })
  if (entry.k === 'outcome' && entry.b) {
    const body = entry.b as { message: Uuid; outcome: string | null }
    if (body.outcome) result.ended.add(body.message)
  }
}

const firstDifference = (a: string, b: string): string => {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return `…${a.slice(Math.max(0, i - 30), i + 60)} | now …${b.slice(Math.max(0, i - 30), i + 60)}`
}

/** Orders whose journal rows are pruned: what the table has and the rest of the journal does not write. */
async function oldOrders(sql: Sql, bucket: number, result: ReplayResult): Promise<void> {
  const later = new Set<string>()
  for (let seq = result.seq; ; ) {
    const { rows } = await sql.query<Row>(
      'select seq, workspace_id, catalogue_no, at, body from journal where bucket = $1 and seq > $2 order by seq limit 500',
      [bucket, seq],
    )
    if (rows.length === 0) break
    for (const row of rows) {
      seq = row.seq
      for (const entry of unpackJournal(row.body).entries)
        for (const e of entry.e ?? []) if (e.kind === 'order') later.add(entry.c + e.row.key)
    }
  }
  const { rows } = await sql.query<OrderRecord>(
    `select ${ORDER_COLUMNS} from order_entry where bucket = $1 order by occurred, key`,
    [bucket],
  )
  for (const r of rows) {
    if (later.has(r.customer_id + r.key)) continue
    const held = result.customers.get(r.customer_id)
    if (held) noteRow(held.facts, orderRow(r))
  }
}
