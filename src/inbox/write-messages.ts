// The part of a fold's writing that is about messages: intents are written, and open ones end. What is ended comes back to its
// customer as an outcome, like every outcome. The lock order is by key.
import { staggered } from '../journeys/policy.ts'
import type { Intent } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { instants, ints, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Shift, Work } from './fold-model.ts'
import type { FoldEffect } from './model.ts'
import type { Run } from '../platform/postgres.ts'

export type Outgoing = { bucket: number; work: Work; intent: Intent; offsetMs: number }
export type Cancel = { bucket: number; message: Uuid; reason: string }
export type Ended = { bucket: number; customer: Uuid }
/** A refusal, by which marketing of a purpose ends. */
export type Stop = Ended & { effect: Extract<FoldEffect, { kind: 'stop_sends' }> }

const iso = (ms: number) => new Date(ms).toISOString()

/** `nowReal`: time of the transaction, ms. */
export function writeIntents(run: Run, intents: Outgoing[], nowReal: number): void {
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
}

/** A workspace's clock was moved: what waits goes at the same moment of workspace time as before. */
export function rebaseMessages(run: Run, shifts: Shift[], nowReal: number): void {
  for (const s of shifts)
    if (s.deltaMs !== 0)
      run(
        'w_rebase_message',
        `update message set send_after = send_after - make_interval(secs => $3::float8 / 1000) where bucket = $1 and workspace_id = $2 and state in ('intended', 'claimed', 'sending') and created < $4`,
        [s.bucket, s.workspace, s.deltaMs, iso(nowReal + s.offsetMs)],
      )
}

/** Ends what is not yet at the socket. */
export function endMessages(
  run: Run,
  { cancels, stops, endAll }: { cancels: Cancel[]; stops: Stop[]; endAll: Ended[] },
  nowReal: number,
): void {
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
