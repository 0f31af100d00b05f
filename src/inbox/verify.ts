// The invariants, checked over everything: state equals replay of the journal; every intent has its message and every
// end its outcome; orders, identifiers and history agree. Deleting one row makes a check fail.
import { packState, unpackState } from '../customers/pack.ts'
import { checkRights } from './verify-rights.ts'
import type { Core } from '../platform/core.ts'
import { BUCKETS, bucketOfText, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { historyRows, type JournalRow } from './history-rows.ts'
import { replayBucket, type ReplayResult } from './replay.ts'

export type Check = { name: string; ok: boolean; counted: number; faults: string[] }
export type Verified = { ok: boolean; checks: Check[] }

const MAX_FAULTS = 20

type Collect = (check: string, counted: number, faults?: string[]) => void

/** Reads one consistent snapshot; may run while folds go on. */
export async function verifyAll(
  core: Core,
  options: { onProgress?: (done: number, total: number) => void } = {},
): Promise<Verified> {
  const checks = new Map<string, Check>()
  const collect: Collect = (name, counted, faults = []) => {
    const check = checks.get(name) ?? { name, ok: true, counted: 0, faults: [] }
    check.counted += counted
    if (faults.length > 0) check.ok = false
    check.faults.push(...faults.slice(0, MAX_FAULTS - check.faults.length))
    checks.set(name, check)
  }
  const client = await core.pool.connect()
  const sql = client as unknown as Sql
  try {
    await client.query('begin isolation level repeatable read read only')
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const replayed = await replayBucket(sql, bucket)
      collect('replay', replayed.entries, replayed.faults)
      await checkJournal(sql, bucket, replayed, collect)
      await checkState(sql, bucket, replayed, collect)
      await checkMessages(sql, bucket, replayed, collect)
      await checkOrders(sql, bucket, replayed, collect)
      await checkRights(sql, bucket, replayed, collect)
      options.onProgress?.(bucket + 1, BUCKETS)
    }
    await checkHistory(core, sql, collect)
    await client.query('commit')
  } finally {
    client.release()
  }
  return { ok: [...checks.values()].every(c => c.ok), checks: [...checks.values()] }
}

async function checkJournal(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  const { rows } = await sql.query<{ journal_seq: number; history: number }>(
    'select b.journal_seq, c.seq as history from bucket b join history_cursor c on c.bucket = b.bucket where b.bucket = $1',
    [bucket],
  )
  const row = rows[0]
  const faults: string[] = []
  if (!row) faults.push(`bucket ${bucket} has no row`)
  else {
    if (row.journal_seq !== replayed.seq)
      faults.push(`bucket ${bucket}: the journal ends at ${replayed.seq}, not ${row.journal_seq}`)
    if (row.history > row.journal_seq) faults.push(`bucket ${bucket}: history has passed the journal`)
  }
  collect('journal', 1, faults)
}

async function checkState(sql: Sql, bucket: number, replayed: ReplayResult, collect: Collect): Promise<void> {
  const { rows } = await sql.query<{ id: Uuid; workspace_id: Uuid; state: string; merged_into: Uuid | null }>(
    'select id, workspace_id, state, merged_into from customer where bucket = $1',
    [bucket],
  )
  const stored = new Map(rows.map(r => [r.id, r]))
  const faults: string[] = []
  const claims: { bucket: number; workspace: Uuid; kind: string; value: string; id: Uuid }[] = []
  for (const [id, again] of replayed.customers) {
    const row = stored.get(id)
    if (!row) {
      if (again.state !== null) faults.push(`customer ${id} is in the journal and has no row`)
      continue
    }
    const json = again.state === null ? '{}' : packState(again.state)
    if (json !== row.state)
      faults.push(
        `customer ${id}: state differs from replay at ${differenceAt(unpackState(row.state), again.state)}`,
      )
    if ((again.mergedInto ?? null) !== row.merged_into)
      faults.push(`customer ${id}: merged_into differs from replay`)
    if (!row.merged_into)
      for (const held of again.state?.ids ?? [])
        claims.push({
          bucket: bucketOfText(held.kind, held.value),
          workspace: row.workspace_id,
          kind: held.kind,
          value: held.value,
          id,
        })
  }
  for (const id of stored.keys())
    if (!replayed.customers.has(id)) faults.push(`customer ${id} has a row and is not in the journal`)
  collect('state', rows.length, faults)
  if (claims.length === 0) return
  const missing = await sql.query<{ kind: string; id: Uuid }>(
    `select u.kind, u.id from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[]) u(bucket, workspace_id, kind, value, id)
      where not exists (select from identifier i where i.bucket = u.bucket and i.workspace_id = u.workspace_id and i.kind = u.kind and i.value = u.value)`,
    [
      claims.map(c => c.bucket),
      claims.map(c => c.workspace),
      claims.map(c => c.kind),
      claims.map(c => c.value),
      claims.map(c => c.id),
    ],
  )
  collect(
    'identifiers',
    claims.length,
    missing.rows.map(r => `customer ${r.id}: its ${r.kind} leads nowhere`),
  )
}

async function checkMessages(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  const { rows } = await sql.query<{ id: Uuid; state: string; created: Date }>(
    'select id, state, created from message where bucket = $1',
    [bucket],
  )
  const edge = await sql.query<{ at: Date }>('select at from journal_edge where bucket = $1', [bucket])
  const waiting = await sql.query<{ id: Uuid }>(
    `select (body::jsonb ->> 'message')::uuid as id from inbox where bucket = $1 and kind = 'outcome'
      union all select (body::jsonb ->> 'message')::uuid from parked_input where bucket = $1 and kind = 'outcome'
      union all select (body::jsonb ->> 'message')::uuid from inbox where kind = 'outcome' and bucket <> $1`,
    [bucket],
  )
  const told = new Set([...replayed.ended, ...waiting.rows.map(r => r.id)])
  const stored = new Set(rows.map(r => r.id))
  const faults: string[] = []
  for (const id of replayed.intents.keys())
    if (!stored.has(id)) faults.push(`message ${id} was intended and is not in the ledger`)
  for (const row of rows) {
    if (!replayed.intents.has(row.id) && !edge.rows[0])
      faults.push(`message ${row.id} is in the ledger and was never intended`)
    if (!['intended', 'claimed', 'sending'].includes(row.state) && !told.has(row.id) && !edge.rows[0])
      faults.push(`message ${row.id} is ${row.state} and its customer was never told`)
  }
  collect('messages', rows.length, faults)
}

async function checkOrders(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  const { rows } = await sql.query<{ customer_id: Uuid; order_no: string; key: Uuid; amount: number }>(
    'select customer_id, order_no, key, amount from order_entry where bucket = $1',
    [bucket],
  )
  const stored = new Map(rows.map(r => [r.customer_id + r.order_no + r.key, r.amount]))
  const faults: string[] = []
  for (const [key, row] of replayed.orders) {
    if (!stored.has(key))
      faults.push(`order ${row.orderNo}: entry ${row.entry} is in the journal and not in the ledger`)
    else if (stored.get(key) !== row.amount)
      faults.push(`order ${row.orderNo}: amount differs from the journal`)
  }
  collect('orders', rows.length, faults)
}

/** Rows in ClickHouse equal the rows the journal makes, up to the cursors. Left out, and said so, when it is down. */
async function checkHistory(core: Core, sql: Sql, collect: Collect): Promise<void> {
  const inc = await sql.query<{ value: Uuid }>(`select value from system where key = 'incarnation'`)
  const incarnation = inc.rows[0]?.value
  if (!incarnation) return collect('history', 0)
  // raw events that were removed when their time was over (src/privacy/retention.ts)
  const purges = await sql.query<{ workspace_id: Uuid; before: Date }>(
    'select workspace_id, before from history_purge',
  )
  const purged = new Map(purges.rows.map(p => [p.workspace_id, p.before.getTime()]))
  const isKept = (r: { workspace_id: Uuid; kind: string; occurred: number }): boolean =>
    r.kind !== 'event' || r.occurred >= (purged.get(r.workspace_id) ?? Number.NEGATIVE_INFINITY)
  const expected = new Map<number, number>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (let seq = -1; ; ) {
      const { rows } = await sql.query<JournalRow>(
        `select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at, j.body from journal j join history_cursor c on c.bucket = j.bucket
          where j.bucket = $1 and j.seq > $2 and j.seq <= c.seq order by j.seq limit 500`,
        [bucket, seq],
      )
      if (rows.length === 0) break
      for (const row of rows) {
        seq = row.seq
        expected.set(
          bucket,
          (expected.get(bucket) ?? 0) + historyRows(row, incarnation).rows.filter(isKept).length,
        )
      }
    }
  }
  const edges = await sql.query<{ bucket: number; first: number; last: number }>(
    'select c.bucket, coalesce(e.seq, 0) as first, c.seq as last from history_cursor c left join journal_edge e on e.bucket = c.bucket',
  )
  // a restored database has an incarnation of its own: rows of the one before it, below the cursors, count too
  const answer = await core.history
    .query({
      query: `select bucket, toUInt32(count()) as n, toUInt32(uniqExact(seq, line, part)) as distinct_rows from event
               where seq > arrayElement({first: Array(UInt64)}, bucket + 1) and seq <= arrayElement({last: Array(UInt64)}, bucket + 1)
                and not (kind = 'event' and occurred < fromUnixTimestamp64Milli(transform(toString(workspace_id), {purged: Array(String)}, {before: Array(Int64)}, toInt64(-2000000000000)), 'UTC'))
              group by bucket`,
      query_params: {
        first: byBucket(edges.rows, 'first'),
        last: byBucket(edges.rows, 'last'),
        purged: ['', ...purged.keys()],
        before: [0, ...purged.values()],
      },
      format: 'JSONEachRow',
    })
    .catch((error: unknown) => {
      collect('history', 0, [`history does not answer: ${(error as Error).message.slice(0, 100)}`])
      return null
    })
  if (!answer) return
  const faults: string[] = []
  const found = new Map(
    (await answer.json<{ bucket: number; n: number; distinct_rows: number }>()).map(r => [r.bucket, r]),
  )
  let counted = 0
  for (const [bucket, n] of expected) {
    const f = found.get(bucket)
    counted += n
    if ((f?.n ?? 0) !== n) faults.push(`bucket ${bucket}: history has ${f?.n ?? 0} of ${n} rows`)
    if (f && f.n !== f.distinct_rows)
      faults.push(`bucket ${bucket}: history holds ${f.n - f.distinct_rows} rows twice`)
  }
  collect('history', counted, faults)
}

const byBucket = (
  rows: { bucket: number; first: number; last: number }[],
  side: 'first' | 'last',
): number[] => {
  const out = new Array<number>(BUCKETS).fill(0)
  for (const r of rows) out[r.bucket] = r[side]
  return out
}

/** JSON pointer of the first difference: where, never what (states hold personal data). */
function differenceAt(a: unknown, b: unknown, at = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return at || '/'
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
    if (JSON.stringify(left[key]) !== JSON.stringify(right[key]))
      return differenceAt(left[key], right[key], `${at}/${key}`)
  return `${at || '/'} (order of keys)`
}
