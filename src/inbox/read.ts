// The reading half of a fold transaction: lock the leases, read inbox rows and due alarms, then the customers.
// All statements of a stage travel together on a pipelined connection.
import type pg from 'pg'
import type { Uuid } from '../platform/ids.ts'
import { instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Lease } from './leases.ts'
import type { InputKind } from './model.ts'

export type InboxRow = {
  bucket: number
  tid: string
  received: number
  workspace_id: Uuid
  customer_id: Uuid | null
  kind: Exclude<InputKind, 'alarm'> | 'clock' | 'publish'
  message_hash: Uuid | null
  body: string
  /** the body, once somebody asked for it */
  parsed?: unknown
}
export type CustomerRow = {
  id: Uuid
  workspace_id: Uuid
  state: string
  version: number
  due: number | null
  merged_into: Uuid | null
}
export type BucketRow = { bucket: number; journal_seq: number }
export type Standing = { bucket: number; workspace_id: Uuid; offset_ms: number; catalogue_no: number }

export type Mail = {
  /** transaction time, real ms */
  now: number
  buckets: BucketRow[]
  standings: Standing[]
  rows: InboxRow[]
  due: CustomerRow[]
  parked: Set<Uuid>
  /** buckets that may have more rows than were read */
  behind: Set<number>
}

const EPOCH_MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`

/** Starts the transaction. `since`: for each lease the real ms below which rows are known to be gone (only saves
 *  scanning). */
export async function readMail(
  sql: pg.Client,
  processId: string,
  leases: Lease[],
  since: number[],
  perBucket: number,
  maxDue: number,
): Promise<Mail> {
  const set = leases.map(l => l.key)
  const answers = await Promise.all([
    sql.query('begin'),
    sql.query<BucketRow>({
      name: 'fold_lock',
      text: `select b.bucket, b.journal_seq from bucket b
              where b.bucket = any($1::smallint[]) and b.owner = $3
                and exists (select from unnest($1::smallint[], $2::bigint[]) l(bucket, epoch) where l.bucket = b.bucket and l.epoch = b.epoch)
              order by b.bucket for no key update`,
      values: [set, leases.map(l => l.epoch), processId],
    }),
    sql.query<{ now: number }>({ name: 'fold_now', text: `select ${EPOCH_MS('clock_timestamp()')} as now` }),
    sql.query<Standing>({
      name: 'fold_standing',
      text: 'select bucket, workspace_id, offset_ms, catalogue_no from bucket_workspace where bucket = any($1::smallint[])',
      values: [set],
    }),
    sql.query<InboxRow>({
      name: 'fold_inbox',
      text: `select x.bucket, x.ctid::text as tid, ${EPOCH_MS('x.received')} as received, x.workspace_id,
                    x.customer_id, x.kind, x.message_hash, x.body
               from unnest($1::smallint[], $2::timestamptz[]) b(bucket, since)
               cross join lateral (select i.*, i.ctid from inbox i where i.bucket = b.bucket and i.received >= b.since
                                    order by i.received, i.request_id, i.ordinal limit $3) x
              order by x.bucket, x.received, x.request_id, x.ordinal`,
      values: [smallints(set), instants(since), perBucket],
    }),
    sql.query<CustomerRow>({
      name: 'fold_due',
      text: `select x.id, x.workspace_id, x.state, x.version, ${EPOCH_MS('x.due_at')} as due, x.merged_into
               from unnest($1::smallint[]) b(bucket)
               cross join lateral (select * from customer c where c.bucket = b.bucket and c.due_at <= (select clock_timestamp())
                                    order by c.due_at limit $2) x`,
      values: [set, maxDue],
    }),
    sql.query<{ customer_id: Uuid }>({
      name: 'fold_parked',
      text: 'select customer_id from parked where bucket = any($1::smallint[])',
      values: [set],
    }),
  ])
  const held = new Set(answers[1].rows.map(r => r.bucket))
  const counts = new Map<number, number>()
  for (const r of answers[4].rows) counts.set(r.bucket, (counts.get(r.bucket) ?? 0) + 1)
  const bucketByte = (id: Uuid) => Number.parseInt(id.slice(-2), 16)
  return {
    now: answers[2].rows[0]!.now,
    buckets: answers[1].rows,
    standings: answers[3].rows,
    rows: answers[4].rows.filter(r => held.has(r.bucket)),
    due: answers[5].rows.filter(r => held.has(bucketByte(r.id))),
    parked: new Set(answers[6].rows.map(r => r.customer_id)),
    behind: new Set([...counts].flatMap(([bucket, n]) => (n >= perBucket ? [bucket] : []))),
  }
}

/** Where a bucket stands for somebody who only looks: earliest alarm (real ms), mail since `since`, bulk work. */
export type Peek = { bucket: number; due: number | null; mail: boolean; bulk: boolean }

// `limit 1`: as plain `exists` they may be answered by hashing a whole table
const PEEK = `select b.bucket, ${EPOCH_MS('d.due_at')} as due, i.found is not null as mail, k.found is not null as bulk, ${EPOCH_MS('clock_timestamp()')} as now
  from unnest($1::smallint[], $2::timestamptz[]) b(bucket, since)
  left join lateral (select true as found from inbox i where i.bucket = b.bucket and i.received >= b.since
                      order by i.received limit 1) i on true
  left join lateral (select true as found from bulk k where k.bucket = b.bucket order by k.seq limit 1) k on true
  left join lateral (select c.due_at from customer c where c.bucket = b.bucket and c.due_at is not null
                      order by c.due_at limit 1) d on true`

/** What these buckets have to do, without locking anything. `now`: database time, real ms. `prepared`: the connection is a fold's,
 *  which goes by index; elsewhere the plan must be of now, not of when the tables were empty. */
export async function peekMail(
  sql: Sql,
  buckets: number[],
  since: number[],
  prepared: boolean,
): Promise<{ now: number; buckets: Peek[] }> {
  const values = [smallints(buckets), instants(since)]
  const { rows } = await (prepared
    ? sql.query<Peek & { now: number }>({ name: 'fold_peek', text: PEEK, values })
    : sql.query<Peek & { now: number }>(PEEK, values))
  return { now: rows[0]?.now ?? 0, buckets: rows }
}

export type Loaded = {
  customers: CustomerRow[]
  /** message hashes that came for the first time */
  fresh: Set<Uuid>
  answered: Map<string, Uuid>
}

/** Loads the customers that are not in memory, writes the message hashes (what comes back is new), and looks up which
 *  commands were answered before. */
export async function readCustomers(
  sql: pg.Client,
  ask: {
    buckets: number[]
    customers: Uuid[]
    /** in key order, so that owners never wait for each other in a circle */
    hashes: { bucket: number; workspace: Uuid; hash: Uuid }[]
    commandKeys: { bucket: number; workspace: Uuid; key: string }[]
    day: string
  },
): Promise<Loaded> {
  const [customers, fresh, answered] = await Promise.all([
    ask.customers.length === 0
      ? null
      : sql.query<CustomerRow>({
          name: 'fold_customers',
          text: `select id, workspace_id, state, version, ${EPOCH_MS('due_at')} as due, merged_into from customer
                  where bucket = any($1::smallint[]) and id = any($2::uuid[])`,
          values: [smallints(ask.buckets), uuids(ask.customers)],
        }),
    ask.hashes.length === 0
      ? null
      : sql.query<{ hash: Uuid }>({
          name: 'fold_seen',
          text: `insert into seen (bucket, workspace_id, hash, day)
                 select bucket, workspace_id, hash, $4::date from unnest($1::smallint[], $2::uuid[], $3::uuid[]) s(bucket, workspace_id, hash)
                 on conflict do nothing returning hash`,
          values: [
            smallints(ask.hashes.map(h => h.bucket)),
            uuids(ask.hashes.map(h => h.workspace)),
            uuids(ask.hashes.map(h => h.hash)),
            ask.day,
          ],
        }),
    ask.commandKeys.length === 0
      ? null
      : sql.query<{ workspace_id: Uuid; key: string; body_hash: Uuid }>({
          name: 'fold_answered',
          text: `select x.* from unnest($1::smallint[], $2::uuid[], $3::text[]) c (bucket, workspace_id, key)
                  cross join lateral (select a.workspace_id, a.key, a.body_hash from answer a
                    where a.bucket = c.bucket and a.workspace_id = c.workspace_id and a.key = c.key offset 0) x`,
          values: [
            smallints(ask.commandKeys.map(c => c.bucket)),
            uuids(ask.commandKeys.map(c => c.workspace)),
            texts(ask.commandKeys.map(c => c.key)),
          ],
        }),
  ])
  return {
    customers: customers?.rows ?? [],
    fresh: new Set(fresh?.rows.map(r => r.hash) ?? []),
    answered: new Map(answered?.rows.map(r => [r.workspace_id + r.key, r.body_hash]) ?? []),
  }
}
