// The writing half of a fold transaction. Everything the fold decided goes out in one pipelined stage, then commit.
// Lock order: lease rows (read stage), then identifier, message, each in key order; inserts into other buckets'
// inboxes take no lock.
import type pg from 'pg'
import { faultPoint, faultsAt } from '../platform/fault.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { bigints, instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Run } from '../platform/postgres.ts'
import { append } from './append.ts'
import type { Folded, Shift, Work } from './fold-model.ts'
import type { ConsentProof } from './model.ts'
import type { OrderRow } from './order-model.ts'
import type { BucketRow } from './read.ts'
import { type Answered, sortEffects } from './sort-effects.ts'
import { joinConversations, writeSaid } from './write-conversations.ts'
import { writeIdentity } from './write-identity.ts'
import { writeJournal } from './write-journal.ts'
import { endMessages, rebaseMessages, writeIntents } from './write-messages.ts'
import { writeNotices } from './write-notices.ts'
import { writeParked } from './write-parked.ts'
import { type Entry, writeRights } from './write-rights.ts'
import { allSettled } from '../platform/settled.ts'

/** What others are to be told of after the commit: buckets with new intents, answered keys, buckets posted to. */
export type Written = {
  messages: Set<number>
  answers: string[]
  posted: Set<number>
  /** workspaces whose team was told something */
  noticed: Set<Uuid>
  /** workspaces where somebody said something */
  talked: Set<Uuid>
  /** customers who live on without some of the identifiers that intakes may remember of them */
  moved: Set<Uuid>
}

const iso = (ms: number) => new Date(ms).toISOString()

/** Writes everything and commits. `offsetOf`: a workspace's offset as this fold leaves it; `nowReal`: time of the transaction,
 *  ms; `tids`: the inbox rows that it takes.
 *  @throws without having changed anything, unless the commit's answer was lost */
export async function writeFold(
  sql: pg.Client,
  folded: Folded,
  buckets: BucketRow[],
  offsetOf: (bucket: number, workspace: Uuid) => number,
  nowReal: number,
  tids: { bucket: number; tid: string }[],
): Promise<Written> {
  const sorted = await sortEffects(sql, folded, offsetOf)
  const { intents, notices, said, joins, answers, posts } = sorted
  const all: Promise<unknown>[] = []
  const run: Run = (name, text, values) => all.push(sql.query({ name, text, values }))

  writeShifts(run, folded.shifts)
  writeCustomers(run, folded.works)
  writeIdentity(run, sorted.repoints, sorted.decided)
  if (intents.length > 0) writeIntents(run, intents, nowReal)
  rebaseMessages(run, folded.shifts, nowReal)
  endMessages(run, sorted, nowReal)
  if (notices.length > 0) writeNotices(run, notices)
  if (sorted.orders.length > 0) writeOrders(run, sorted.orders)
  if (sorted.proofs.length > 0) writeProofs(run, sorted.proofs)
  if (joins.length > 0) joinConversations(run, joins)
  if (said.length > 0) writeSaid(run, said)
  writeRights(run, sorted.coupons, sorted.points)
  if (answers.length > 0) writeAnswers(run, answers, nowReal)
  if (folded.parked.length > 0 || folded.behind.length > 0) writeParked(run, folded, nowReal)
  if (folded.silent.length > 0)
    run(
      'w_silent',
      'update customer set due_at = null where bucket = any($1::smallint[]) and id = any($2::uuid[])',
      [folded.silent.map(bucketOf), folded.silent],
    )
  if (posts.length > 0) all.push(append(sql, null, posts))
  if (tids.length > 0)
    run('w_delete', 'delete from inbox where bucket = any($1::smallint[]) and ctid = any($2::tid[])', [
      [...new Set(tids.map(t => t.bucket))],
      tids.map(t => t.tid),
    ])
  if (folded.segments.length > 0) writeJournal(run, folded.segments, buckets, nowReal)
  if (faultsAt('fold.written')) await allSettled(all.splice(0))
  faultPoint('fold.written')
  all.push(sql.query('commit'))
  await allSettled(all)
  return {
    messages: new Set(intents.map(i => i.bucket)),
    answers: answers.map(a => a.key),
    noticed: new Set(notices.map(n => n.work.workspace)),
    talked: new Set([...said, ...joins].map(s => s.work.workspace)),
    posted: new Set(posts.flatMap(p => (p.customer ? [bucketOf(p.customer)] : []))),
    moved: sorted.movedFrom,
  }
}

/** Clocks and published numbers of workspaces, by bucket; alarms move with the clock. */
function writeShifts(run: Run, shifts: Shift[]): void {
  for (const s of shifts) {
    run(
      'w_stand',
      `insert into bucket_workspace (bucket, workspace_id, offset_ms, catalogue_no) values ($1, $2, $3, $4)
      on conflict (bucket, workspace_id) do update set offset_ms = excluded.offset_ms, catalogue_no = excluded.catalogue_no`,
      [s.bucket, s.workspace, s.offsetMs, s.catalogueNo],
    )
    if (s.deltaMs !== 0)
      run(
        'w_rebase',
        `update customer set due_at = due_at - make_interval(secs => $3::float8 / 1000) where bucket = $1 and workspace_id = $2 and due_at is not null`,
        [s.bucket, s.workspace, s.deltaMs],
      )
  }
}

function writeCustomers(run: Run, works: Work[]): void {
  const changed = works.filter(w => w.touched)
  const fresh = changed.filter(w => w.isNew)
  const old = changed.filter(w => !w.isNew)
  const columns = (list: Work[]) => [
    smallints(list.map(w => bucketOf(w.id))),
    uuids(list.map(w => w.id)),
    texts(list.map(w => w.bytes)),
    bigints(list.map(w => w.held.version + 1)),
    instants(list.map(w => w.due)),
    uuids(list.map(w => w.held.mergedInto)),
  ]
  if (old.length > 0)
    run(
      'w_customer',
      `update customer c set state = u.state, version = u.version, due_at = u.due, merged_into = u.merged
      from unnest($1::smallint[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[], $6::uuid[]) u(bucket, id, state, version, due, merged)
      where c.bucket = any($7::smallint[]) and c.bucket = u.bucket and c.id = u.id`,
      [...columns(old), smallints([...new Set(old.map(w => bucketOf(w.id)))])],
    )
  if (fresh.length > 0)
    run(
      'w_new_customer',
      `insert into customer (bucket, id, state, version, due_at, merged_into, workspace_id)
      select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[], $6::uuid[], $7::uuid[])`,
      [...columns(fresh), uuids(fresh.map(w => w.workspace))],
    )
}

function writeOrders(run: Run, orders: Entry<OrderRow>[]): void {
  run(
    'w_order',
    `insert into order_entry (bucket, workspace_id, customer_id, order_no, entry, key, occurred, amount, currency, body)
    select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::timestamptz[], $8::bigint[], $9::text[], $10::text[]) on conflict do nothing`,
    [
      smallints(orders.map(o => bucketOf(o.work.id))),
      uuids(orders.map(o => o.work.workspace)),
      uuids(orders.map(o => o.work.id)),
      texts(orders.map(o => o.row.orderNo)),
      texts(orders.map(o => o.row.entry)),
      uuids(orders.map(o => o.row.key)),
      instants(orders.map(o => o.row.occurred)),
      bigints(orders.map(o => o.row.amount)),
      texts(orders.map(o => o.row.currency)),
      texts(orders.map(o => JSON.stringify(o.row.body))),
    ],
  )
}

function writeProofs(run: Run, proofs: Entry<ConsentProof>[]): void {
  run(
    'w_consent_proof',
    `insert into consent_proof (bucket, workspace_id, customer_id, key, channel, purpose, granted, at, source, proof)
    select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bool[], $8::timestamptz[], $9::text[], $10::text[]) on conflict do nothing`,
    [
      proofs.map(p => bucketOf(p.work.id)),
      proofs.map(p => p.work.workspace),
      proofs.map(p => p.work.id),
      proofs.map(p => p.row.key),
      proofs.map(p => p.row.channel),
      proofs.map(p => p.row.purpose),
      proofs.map(p => p.row.on),
      proofs.map(p => iso(p.row.at)),
      proofs.map(p => p.row.src),
      proofs.map(p => p.row.proof && JSON.stringify(p.row.proof)),
    ],
  )
}

function writeAnswers(run: Run, answers: Answered[], nowReal: number): void {
  run(
    'w_answer',
    `insert into answer (bucket, workspace_id, key, body_hash, status, body, day) select u.*, $7::date from unnest($1::smallint[], $2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::text[]) u on conflict do nothing`,
    [
      answers.map(a => a.bucket),
      answers.map(a => a.workspace),
      answers.map(a => a.key),
      answers.map(a => a.hash),
      answers.map(a => a.status),
      answers.map(a => a.body),
      iso(nowReal).slice(0, 10),
    ],
  )
}
