// Questions about the send ledger: lists, one message, suppressions, and the invariant that every intent has an end
// or is pending.
import { askHistory, unlessDown } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Pool } from '../platform/postgres.ts'
import { unpackJournal } from '../inbox/journal.ts'
import type { HeldAs } from './frequency.ts'
import type { Intent, MessageState, Origin, Outcome, Rendered } from './model.ts'

export type LedgerRow = {
  id: Uuid
  customer: Uuid
  channel: string
  state: MessageState
  reason: string | null
  journey: Uuid | null
  version: number | null
  node: string | null
  created: Date
  changed: Date
  origin: Origin | null
  cost: number | null
  account: Uuid | null
  heldBy: { rule: Uuid; as: HeldAs } | null
}
export type LedgerFilter = {
  state?: string
  channel?: string
  journey?: Uuid
  customer?: Uuid[]
  ids?: Uuid[]
}
export type LedgerPosition = { created: string; id: Uuid }

type Row = {
  id: Uuid
  customer_id: Uuid
  channel: string
  state: MessageState
  reason: string | null
  journey_id: Uuid | null
  journey_version: number | null
  node: string | null
  created: Date
  changed: Date
  origin: Origin | null
  cost: number | null
  account_id: Uuid | null
  held_by: Uuid | null
  held_as: string | null
}

const toRow = (r: Row): LedgerRow => ({
  id: r.id,
  customer: r.customer_id,
  channel: r.channel,
  state: r.state,
  reason: r.reason,
  journey: r.journey_id,
  version: r.journey_version,
  node: r.node,
  created: r.created,
  changed: r.changed,
  origin: r.origin,
  cost: r.cost,
  account: r.account_id,
  heldBy:
    r.held_by === null || r.held_as === null
      ? null
      : { rule: r.held_by, as: JSON.parse(r.held_as) as HeldAs },
})

const PENDING: MessageState[] = ['intended', 'claimed', 'sending']

/** Newest first, below a position. The state `pending` stands for all that have no end yet. */
export async function listMessages(
  pool: Pool,
  workspace: Uuid,
  filter: LedgerFilter,
  after: LedgerPosition | null,
  limit: number,
): Promise<LedgerRow[]> {
  const values: unknown[] = [workspace, limit]
  const conditions = ['workspace_id = $1']
  const when = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  if (filter.state) when(p => `state = any(${p})`, filter.state === 'pending' ? PENDING : [filter.state])
  if (filter.channel) when(p => `channel = ${p}`, filter.channel)
  if (filter.journey) when(p => `journey_id = ${p}`, filter.journey)
  if (filter.customer) when(p => `customer_id = any(${p}::uuid[])`, filter.customer)
  if (filter.ids) {
    when(p => `bucket = any(${p}::smallint[])`, [...new Set(filter.ids.map(bucketOf))])
    when(p => `id = any(${p}::uuid[])`, filter.ids)
  }
  if (after) {
    values.push(after.created, after.id)
    conditions.push(`(created, id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`)
  }
  const { rows } = await pool.query<Row>(
    `select id, customer_id, channel, state, reason, journey_id, journey_version, node, created, changed, origin, cost, account_id, held_by, held_as
       from message where ${conditions.join(' and ')} order by created desc, id desc limit $2`,
    values,
  )
  return rows.map(toRow)
}

export type LedgerDetail = LedgerRow & {
  intent: Intent
  rendered: Rendered | null
  attempts: number
  providerId: string | null
}

/** null: this workspace has no such message. */
export async function findMessage(pool: Pool, workspace: Uuid, id: Uuid): Promise<LedgerDetail | null> {
  const { rows } = await pool.query<
    Row & { body: string; rendered: string | null; attempts: number; provider_id: string | null }
  >(
    `select id, customer_id, channel, state, reason, journey_id, journey_version, node, created, changed, origin, cost, account_id, held_by, held_as, body, rendered, attempts, provider_id
       from message where bucket = $1 and id = $2 and workspace_id = $3`,
    [bucketOf(id), id, workspace],
  )
  const row = rows[0]
  if (!row) return null
  return {
    ...toRow(row),
    intent: JSON.parse(row.body) as Intent,
    rendered: row.rendered === null ? null : (JSON.parse(row.rendered) as Rendered),
    attempts: row.attempts,
    providerId: row.provider_id,
  }
}

export type SuppressionRow = { channel: string; address: string; reason: string; source: string; at: Date }

/** By address, above a position. */
export async function listSuppressions(
  pool: Pool,
  workspace: Uuid,
  after: { channel: string; address: string } | null,
  limit: number,
): Promise<SuppressionRow[]> {
  const { rows } = await pool.query<SuppressionRow>(
    `select channel, address, reason, source, at from suppression
      where workspace_id = $1 and (not $2 or (channel, address) > ($3, $4))
      order by channel, address limit $5`,
    [workspace, after !== null, after?.channel ?? '', after?.address ?? '', limit],
  )
  return rows
}

// ── the invariant ────────────────────────────────────────────────────────────

/** Which of the four ends a state belongs to; null: pending. What a provider tells later refines accepted. */
export function endOf(state: MessageState): Outcome | null {
  if (PENDING.includes(state)) return null
  if (state === 'failed' || state === 'skipped' || state === 'unknown') return state
  return 'accepted'
}

export type Invariant = {
  intents: number
  ends: Record<Outcome, number>
  pending: number
  holds: boolean
  behind: boolean
  /** real ms */
  at: number
}

/** Beyond this many journal rows that history has not copied yet, the intents are only counted so far. */
const MOST_TAIL = 5_000

/** A ledger of fewer rows is counted anew whenever somebody asks: that it takes long says something of the machine only. */
const MANY = 10_000
const SLOW_MS = 200
/** A big ledger is counted at most a tenth of the time, however many pages are open. */
const slow = new WeakMap<Pool, Map<Uuid, { until: number; value: Invariant }>>()

/** The invariant, from up to ten times the time that counting it took ago (small ledgers: always now). */
export async function invariantOf(core: Core, workspace: Uuid): Promise<Invariant> {
  const kept = slow.get(core.pool) ?? new Map<Uuid, { until: number; value: Invariant }>()
  slow.set(core.pool, kept)
  const last = kept.get(workspace)
  if (last && last.until > Date.now()) return last.value
  kept.delete(workspace)
  const value = await checkInvariant(core, workspace)
  const tookMs = Date.now() - value.at
  const { accepted, failed, skipped, unknown } = value.ends
  const rows = value.pending + accepted + failed + skipped + unknown
  if (rows >= MANY && tookMs > SLOW_MS) kept.set(workspace, { until: Date.now() + 10 * tookMs, value })
  return value
}

/** Intents (what history has, and the journal rows it has not copied yet) against the ledger's rows, as of one moment:
 *  rows that history copies meanwhile are not counted twice. */
async function checkInvariant(core: Core, workspace: Uuid): Promise<Invariant> {
  const at = Date.now()
  const now = await inTransaction(core.pool, async sql => {
    await sql.query('set transaction isolation level repeatable read read only')
    const cursors = await sql.query<{ seq: number }>('select seq from history_cursor order by bucket')
    const tail = await sql.query<{ body: Buffer }>(
      `select j.body from unnest($3::smallint[]) b (bucket)
         join history_cursor c on c.bucket = b.bucket
         join lateral (select body, workspace_id from journal where bucket = b.bucket and seq > c.seq order by seq limit $2) j on j.workspace_id = $1
        limit $2`,
      [workspace, MOST_TAIL + 1, ALL_BUCKETS],
    )
    const states = await sql.query<{ state: MessageState; n: number }>(
      'select state, count(*)::int as n from message where workspace_id = $1 group by state',
      [workspace],
    )
    return { cursors: cursors.rows.map(r => r.seq), tail: tail.rows, states: states.rows }
  })
  const ends: Record<Outcome, number> = { accepted: 0, failed: 0, skipped: 0, unknown: 0 }
  let pending = 0
  for (const { state, n } of now.states) {
    const end = endOf(state)
    if (end) ends[end] += n
    else pending += n
  }
  const rows = pending + ends.accepted + ends.failed + ends.skipped + ends.unknown
  const known = await unlessDown(copiedIntents(core, workspace, now.cursors))
  const behind = known === null || now.tail.length > MOST_TAIL
  const intents = (known ?? 0) + (now.tail.length > MOST_TAIL ? 0 : intentsIn(now.tail))
  return { intents, ends, pending, holds: !behind && intents === rows, behind, at }
}

function intentsIn(tail: { body: Buffer }[]): number {
  let n = 0
  for (const { body } of tail)
    for (const entry of unpackJournal(body).entries)
      for (const effect of entry.e ?? [])
        if (effect.kind === 'derived' && effect.fact.name === 'message.intended') n++
  return n
}

/** What history holds up to these cursors. */
async function copiedIntents(core: Core, workspace: Uuid, cursors: number[]): Promise<number> {
  const rows = await askHistory<{ n: string }>(
    core.history,
    `select count() as n from event
        where workspace_id = {workspace:UUID} and name = 'message.intended' and seq <= arrayElement({cursors:Array(UInt64)}, bucket + 1)`,
    { workspace, cursors },
  )
  return Number(rows[0]?.n ?? 0)
}
