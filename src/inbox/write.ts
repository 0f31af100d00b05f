// The writing half of a fold transaction. Everything the fold decided goes out in one pipelined stage, then commit.
// Lock order: lease rows (read stage), then identifier, message, each in key order; inserts into other buckets'
// inboxes take no lock.
import type pg from 'pg'
import type { Said } from '../conversations/model.ts'
import { REDUCER_VERSION } from '../customers/model.ts'
import { nobodyOf } from '../customers/shared.ts'
import type { CouponRow, PointsRow } from '../membership/model.ts'
import { type Intent, outcomeOfIntent } from '../messages/model.ts'
import { faultPoint, faultsAt } from '../platform/fault.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { bigints, byteas, instants, ints, smallints, texts, uuids } from '../platform/pg-array.ts'
import { append, type Append } from './append.ts'
import type { Folded, Work } from './fold.ts'
import { staggered } from '../journeys/policy.ts'
import { packJournal } from './journal.ts'
import { writeNotices, type Noticed } from './write-notices.ts'
import { writeIdentity, type Decided, type Repoint } from './write-identity.ts'
import { joinConversations, writeSaid } from './write-conversations.ts'
import { type Entry, writeRights } from './write-rights.ts'
import type { AbsorbBody, ConsentProof, FoldEffect, OrderRow } from './model.ts'
import { orderRowsOf } from './order-rows.ts'
import type { BucketRow } from './read.ts'

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

type Cancel = { bucket: number; message: Uuid; reason: string }
type Outgoing = { bucket: number; work: Work; intent: Intent; offsetMs: number }

const iso = (ms: number) => new Date(ms).toISOString()

/** What an absorbed customer takes along is read inside the transaction. */
async function absorbOf(
  sql: pg.Client,
  work: Work,
  effect: Extract<FoldEffect, { kind: 'merged' }>,
): Promise<Append> {
  const orders = await orderRowsOf(sql, work.workspace, work.id)
  const body: AbsorbBody = {
    loser: work.id,
    state: work.held.state,
    ids: effect.ids,
    orders: [...orders, ...work.effects.flatMap(x => (x.kind === 'order' ? [x.row] : []))],
    hops: effect.hops,
    ...(effect.actor === undefined ? {} : { actor: effect.actor }),
  }
  return {
    workspace: work.workspace,
    customer: effect.into,
    input: { kind: 'absorb', messageId: null, body },
  }
}

/** What the fold itself ended comes back as an outcome, like every outcome. */
const endedInFold = (work: Work, intent: Intent, reason: string): Append => ({
  workspace: work.workspace,
  customer: work.id,
  input: {
    kind: 'outcome',
    messageId: null,
    body: outcomeOfIntent(intent, {
      state: 'skipped',
      outcome: 'skipped',
      reason,
      at: intent.at,
      purpose: intent.purpose,
    }),
  },
})

/** Writes everything and commits. @throws without having changed anything, unless the commit's answer was lost */
export async function writeFold(
  sql: pg.Client,
  folded: Folded,
  buckets: BucketRow[],
  offsetOf: (bucket: number, workspace: Uuid) => number,
  nowReal: number,
  tids: { bucket: number; tid: string }[],
): Promise<Written> {
  const posts: Append[] = []
  const intents: Outgoing[] = []
  const cancels: Cancel[] = []
  const endAll: { bucket: number; customer: Uuid }[] = []
  const proofs: { work: Work; row: ConsentProof }[] = []
  const orders: { work: Work; row: OrderRow }[] = []
  const said: { work: Work; row: Said }[] = []
  const stops: { bucket: number; customer: Uuid; effect: Extract<FoldEffect, { kind: 'stop_sends' }> }[] = []
  const joins: { work: Work; from: Uuid }[] = []
  const notices: Noticed[] = []
  const coupons: Entry<CouponRow>[] = []
  const points: Entry<PointsRow>[] = []
  const answers: {
    bucket: number
    workspace: Uuid
    key: string
    hash: Uuid
    status: number
    body: string
  }[] = []
  const repoints: Repoint[] = []
  const movedFrom = new Set<Uuid>()
  const decided: Decided[] = []

  for (const work of folded.works) {
    const bucket = bucketOf(work.id)
    for (const e of work.effects) {
      if (e.kind === 'intent') {
        intents.push({ bucket, work, intent: e.intent, offsetMs: offsetOf(bucket, work.workspace) })
        if (e.intent.ended !== undefined) posts.push(endedInFold(work, e.intent, e.intent.ended))
      } else if (e.kind === 'cancel')
        // an adopted run's message stays in the bucket it was made in
        cancels.push({ bucket: bucketOf(e.message), message: e.message, reason: e.reason })
      else if (e.kind === 'notice') notices.push({ work, notice: e.notice })
      else if (e.kind === 'order') orders.push({ work, row: e.row })
      else if (e.kind === 'consent_proof') proofs.push({ work, row: e.row })
      else if (e.kind === 'stop_sends') stops.push({ bucket, customer: work.id, effect: e })
      else if (e.kind === 'said') said.push({ work, row: e.row })
      else if (e.kind === 'said_with') joins.push({ work, from: e.from })
      else if (e.kind === 'coupon_entry') coupons.push({ work, row: e.row })
      else if (e.kind === 'points_entry') points.push({ work, row: e.row })
      else if (e.kind === 'answer')
        answers.push({
          bucket,
          workspace: work.workspace,
          key: e.key,
          hash: e.bodyHash,
          status: e.status,
          body: JSON.stringify(e.body),
        })
      else if (e.kind === 'post') posts.push({ workspace: work.workspace, customer: e.to, input: e.input })
      else if (e.kind === 'repoint' || e.kind === 'unmerged') {
        if (e.kind === 'unmerged' || e.tell) movedFrom.add(e.from)
        for (const id of e.ids)
          repoints.push({
            workspace: work.workspace,
            kind: id.kind,
            value: id.value,
            from: e.from,
            to: work.id,
            shared: false,
          })
      } else if (e.kind === 'share') {
        movedFrom.add(work.id)
        for (const id of e.ids)
          repoints.push({
            workspace: work.workspace,
            kind: id.kind,
            value: id.value,
            from: work.id,
            to: nobodyOf(work.workspace, id),
            shared: true,
          })
      } else if (e.kind === 'conflict' || e.kind === 'settle') decided.push({ work, effect: e })
      else if (e.kind === 'merged') {
        endAll.push({ bucket, customer: work.id })
        posts.push(await absorbOf(sql, work, e))
      }
    }
  }
  for (const x of folded.expired)
    answers.push({
      bucket: x.bucket,
      workspace: x.workspace,
      key: x.body.key,
      hash: x.body.bodyHash,
      status: 503,
      body: JSON.stringify({
        code: 'expired',
        title: 'The command waited too long and was not carried out',
        action: 'Send it again with a new Idempotency-Key.',
      }),
    })
  for (const p of folded.parked)
    for (const row of p.rows)
      if (row.kind === 'command') {
        const body = JSON.parse(row.body) as { key: string; bodyHash: Uuid }
        answers.push({
          bucket: row.bucket,
          workspace: row.workspace_id,
          key: body.key,
          hash: body.bodyHash,
          status: 409,
          body: JSON.stringify({
            code: 'parked',
            title: 'This customer is set aside after an error',
            action: 'See Ops, Parked: release the customer, then send the command again.',
          }),
        })
      }
  const mergedInto = new Map(
    folded.works.flatMap(w => (w.held.mergedInto ? [[w.id, w.held.mergedInto] as const] : [])),
  )
  for (const f of folded.forwards) {
    posts.push({ workspace: f.row.workspace_id, customer: f.to, hash: null, input: f.as })
    // an intake that still knew the merged id may have claimed identifiers for it: they go to the survivor too
    const from = f.row.customer_id!
    if (mergedInto.get(from) === f.to && (f.as.kind === 'event' || f.as.kind === 'merge'))
      for (const id of f.as.body.ids)
        repoints.push({
          workspace: f.row.workspace_id,
          kind: id.kind,
          value: id.value,
          from,
          to: f.to,
          shared: false,
        })
  }

  const all: Promise<unknown>[] = []
  const run = (name: string, text: string, values: unknown[]) => all.push(sql.query({ name, text, values }))
  const day = iso(nowReal).slice(0, 10)

  for (const s of folded.shifts) {
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
  const changed = folded.works.filter(w => w.touched)
  const fresh = changed.filter(w => w.isNew)
  const old = changed.filter(w => !w.isNew)
  const columns = (list: Work[]) => [
    smallints(list.map(w => bucketOf(w.id))),
    uuids(list.map(w => w.id)),
    texts(list.map(w => w.json)),
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
  writeIdentity(run, repoints, decided)
  if (intents.length > 0)
    run(
      'w_message',
      `insert into message (bucket, id, workspace_id, customer_id, journey_id, journey_version, enrollment_id, node, occurrence, channel, state, send_after, not_after, body, created, changed, reason, origin)
      select bucket, id, workspace_id, customer_id, journey_id, journey_version, enrollment_id, node, occurrence, channel, case when ended is null then 'intended' else 'skipped' end, send_after, not_after, body, created, created, ended, origin
        from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::uuid[], $8::text[], $9::int[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::timestamptz[], $15::text[], $16::text[])
          u(bucket, id, workspace_id, customer_id, journey_id, journey_version, enrollment_id, node, occurrence, channel, send_after, not_after, body, created, ended, origin)
      on conflict (bucket, id) do nothing`,
      [
        smallints(intents.map(i => i.bucket)),
        uuids(intents.map(i => i.intent.id)),
        uuids(intents.map(i => i.work.workspace)),
        uuids(intents.map(i => i.intent.customer)),
        uuids(intents.map(i => i.intent.journey)),
        ints(intents.map(i => i.intent.journeyVersion)),
        uuids(intents.map(i => i.intent.enrollment)),
        texts(intents.map(i => i.intent.node)),
        ints(intents.map(i => i.intent.occurrence)),
        texts(intents.map(i => i.intent.channel)),
        instants(intents.map(i => staggered(i.intent, nowReal + i.offsetMs) - i.offsetMs)),
        instants(intents.map(i => i.intent.notAfter)),
        texts(intents.map(i => JSON.stringify(i.intent))),
        instants(intents.map(i => i.intent.at)),
        texts(intents.map(i => i.intent.ended ?? null)),
        texts(intents.map(i => i.intent.origin ?? null)),
      ],
    )
  for (const s of folded.shifts)
    if (s.deltaMs !== 0)
      run(
        'w_rebase_message',
        `update message set send_after = send_after - make_interval(secs => $3::float8 / 1000) where bucket = $1 and workspace_id = $2 and state in ('intended', 'claimed', 'sending') and created < $4`,
        [s.bucket, s.workspace, s.deltaMs, iso(nowReal + s.offsetMs)],
      )
  // An exit ends what is not yet at the socket; what it ended comes back as an outcome, like every outcome.
  if (cancels.length > 0) {
    cancels.sort((a, b) => a.bucket - b.bucket || (a.message < b.message ? -1 : 1))
    run('w_cancel', endStatement('u.id = m.id', 'id'), [
      cancels.map(c => c.bucket),
      cancels.map(c => c.message),
      cancels.map(c => c.reason),
      iso(nowReal),
    ])
  }
  if (stops.length > 0)
    run('w_refused', endStatement(REFUSED, 'id', REFUSED_MORE), [
      stops.map(s => s.bucket),
      stops.map(s => s.customer),
      stops.map(() => 'consent'),
      iso(nowReal),
      stops.map(s => s.effect.channel),
      stops.map(s => s.effect.topic),
      stops.map(s => JSON.stringify(s.effect.keep)),
    ])
  if (endAll.length > 0)
    run('w_end_all', endStatement('u.id = m.customer_id', 'id'), [
      endAll.map(c => c.bucket),
      endAll.map(c => c.customer),
      endAll.map(() => 'merged'),
      iso(nowReal),
    ])
  if (notices.length > 0) writeNotices(run, notices)
  if (orders.length > 0)
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
  if (proofs.length > 0)
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
  if (joins.length > 0) joinConversations(run, joins)
  if (said.length > 0) writeSaid(run, said)
  writeRights(run, coupons, points)
  if (answers.length > 0)
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
        day,
      ],
    )
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
  const seqs = new Map(buckets.map(b => [b.bucket, b.journal_seq]))
  if (folded.segments.length > 0) {
    const rows = folded.segments.map(s => {
      const seq = seqs.get(s.bucket)! + 1
      seqs.set(s.bucket, seq)
      const body = packJournal(s.entries)
      return { ...s, seq, body }
    })
    run(
      'w_journal',
      `insert into journal (bucket, seq, workspace_id, catalogue_no, reducer_version, at, body)
      select bucket, seq, workspace_id, catalogue_no, $6, $7, body from unnest($1::smallint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bytea[]) u(bucket, seq, workspace_id, catalogue_no, body)`,
      [
        smallints(rows.map(r => r.bucket)),
        bigints(rows.map(r => r.seq)),
        uuids(rows.map(r => r.workspace)),
        bigints(rows.map(r => r.catalogueNo)),
        byteas(rows.map(r => r.body)),
        REDUCER_VERSION,
        iso(nowReal),
      ],
    )
    const edges = rows.filter(r => r.begins)
    if (edges.length > 0)
      run(
        'w_edge',
        `insert into catalogue_edge (bucket, workspace_id, no, seq)
      select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[]) on conflict do nothing`,
        [
          smallints(edges.map(r => r.bucket)),
          uuids(edges.map(r => r.workspace)),
          bigints(edges.map(r => r.catalogueNo)),
          bigints(edges.map(r => r.seq)),
        ],
      )
    const moved = [...new Set(rows.map(r => r.bucket))]
    run(
      'w_seq',
      `update bucket b set journal_seq = u.seq from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) where b.bucket = any($1::smallint[]) and b.bucket = u.bucket`,
      [smallints(moved), bigints(moved.map(b => seqs.get(b)!))],
    )
  }
  if (faultsAt('fold.written')) await settle(all.splice(0))
  faultPoint('fold.written')
  all.push(sql.query('commit'))
  await settle(all)
  return {
    messages: new Set(intents.map(i => i.bucket)),
    answers: answers.map(a => a.key),
    noticed: new Set(notices.map(n => n.work.workspace)),
    talked: new Set([...said, ...joins].map(s => s.work.workspace)),
    posted: new Set(posts.flatMap(p => (p.customer ? [bucketOf(p.customer)] : []))),
    moved: movedFrom,
  }
}

const NONE_MORE = { names: '', values: '' }
/** Marketing of one purpose by one channel; of marketing itself whatever was not agreed to by itself. */
const REFUSED_MORE = { names: ', channel, topic, keep', values: ', $5::text[], $6::text[], $7::text[]' }
const TOPIC = `coalesce(m.body::json->>'topic', 'marketing')`
const REFUSED = `u.id = m.customer_id and m.channel = u.channel and m.body::json->>'purpose' = 'marketing'
  and (${TOPIC} = u.topic or (u.topic = 'marketing' and not u.keep::jsonb ? ${TOPIC}))`

/** Ends open intents and posts each as an outcome to its customer's inbox, in one statement. */
const endStatement = (
  match: string,
  column: string,
  more: { names: string; values: string } = NONE_MORE,
) => `with t as (
    select m.bucket, m.id, u.reason from message m
      join unnest($1::smallint[], $2::uuid[], $3::text[]${more.values}) u(bucket, ${column}, reason${more.names}) on u.bucket = m.bucket and ${match}
     where m.bucket = any($1::smallint[]) and m.state in ('intended', 'claimed') order by m.bucket, m.id for update of m),
  ended as (
    update message m set state = 'skipped', reason = t.reason, claim_owner = null, claim_until = null, epoch = epoch + 1,
           changed = $4::timestamptz + make_interval(secs => coalesce((select s.offset_ms from bucket_workspace s where s.bucket = m.bucket and s.workspace_id = m.workspace_id), 0)::float8 / 1000)
      from t where m.bucket = t.bucket and m.id = t.id
    returning m.bucket, m.id, m.workspace_id, m.customer_id, m.enrollment_id, m.node, m.journey_id, m.channel, m.reason, m.changed, m.origin)
  insert into inbox (bucket, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
  select bucket, id, 0, workspace_id, customer_id, 'outcome', null,
         json_build_object('message', id, 'enrollment', enrollment_id, 'node', node, 'journey', journey_id, 'channel', channel, 'state', 'skipped',
                           'outcome', 'skipped', 'reason', reason, 'origin', origin, 'at', floor(extract(epoch from changed) * 1000))::text
    from ended`

function writeParked(
  run: (name: string, text: string, values: unknown[]) => void,
  folded: Folded,
  nowReal: number,
): void {
  const rows = [...folded.parked.flatMap(p => p.rows.filter(r => r.kind !== 'command')), ...folded.behind]
  if (rows.length > 0)
    run(
      'w_parked_rows',
      `insert into parked_input (bucket, customer_id, workspace_id, kind, message_hash, received, request_id, ordinal, body)
      select bucket, customer_id, workspace_id, kind, message_hash, received, request_id, ordinal, body
        from inbox where bucket = any($1::smallint[]) and ctid = any($2::tid[]) order by bucket, received, request_id, ordinal`,
      [smallints([...new Set(rows.map(r => r.bucket))]), rows.map(r => r.tid)],
    )
  for (const p of folded.parked) {
    const bucket = bucketOf(p.customer)
    run(
      'w_park',
      'insert into parked (bucket, customer_id, workspace_id, reason, error, at) values ($1, $2, $3, $4, $5, $6) on conflict (bucket, customer_id) do nothing',
      [bucket, p.customer, p.workspace, p.reason, p.error, iso(nowReal)],
    )
    run(
      'w_park_seen',
      'delete from seen where bucket = any($1::smallint[]) and workspace_id = $2 and hash = any($3::uuid[])',
      [p.hashes.map(bucketOf), p.workspace, p.hashes],
    )
  }
}

/** Waits for all and throws the first failure: in a pipelined transaction the later ones only repeat it. */
async function settle(all: Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(all)
  const failed = results.find(r => r.status === 'rejected')
  if (failed) throw failed.reason
}
