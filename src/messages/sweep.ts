// Looks over the whole ledger for claims that ran out, intents held for a pause, and faults of ours. Claims and deadlines are in
// database time, `changed` is workspace time.
import { append } from '../inbox/append.ts'
import { ALL_BUCKETS, bucketOf } from '../platform/ids.ts'
import { bigints, smallints, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import type { MessageState } from './model.ts'
import { OUTCOME_COLUMNS, outcomeRow, type OutcomeOf, tell } from './outcome-rows.ts'
import { type Claim, HELD_FROM, isStopped, NEVER } from './store.ts'

type ExpiredRow = OutcomeOf & { changed: Date; state: MessageState; again: number }

/** What a crashed or stuck process left: claims that ran out return to intended; only what was at the socket becomes
 *  unknown, to be settled at once where the channel has a key for that. */
export async function expireClaims(
  pool: Pool,
  signals: Signals,
  settles: string[],
  limit: number,
): Promise<{ returned: number; unknown: number }> {
  const held = (states: string) => `
    select m.bucket, m.id from message m
     where m.bucket = any($1::smallint[]) and ${states} and m.claim_until < (select clock_timestamp())
     limit $2 for update skip locked`
  // a call has a key by which the other side knows a repeat: it is made again
  const returned = await pool.query(
    `with late as (${held(`(m.state = 'claimed' or (m.state = 'sending' and m.channel = 'http'))`)})
     update message m set state = 'intended', claim_owner = null, claim_until = null from late where m.bucket = late.bucket and m.id = late.id`,
    [ALL_BUCKETS, limit],
  )
  const unknown = await inTransaction(pool, async sql => {
    const { rows } = await sql.query<ExpiredRow>(
      `with late as (${held(`m.state = 'sending' and m.channel <> 'http'`)})
       update message m set state = coalesce(m.receipt, 'unknown'), reason = case when m.receipt is null then 'crashed' end, claim_owner = null, claim_until = null,
              send_after = case when exists (select from channel_account a where a.id = m.account_id and a.adapter = any($3::text[])) then clock_timestamp() else '${NEVER}' end,
              changed = clock_timestamp() + make_interval(secs => (select w.clock_offset_ms from workspace w where w.id = m.workspace_id)::float8 / 1000)
         from late where m.bucket = late.bucket and m.id = late.id
       returning ${OUTCOME_COLUMNS}, m.changed, m.state, m.again`,
      [ALL_BUCKETS, limit, settles],
    )
    await append(
      sql,
      null,
      rows.map(r => {
        // its receipt was here already: it was taken
        const state = r.state === 'unknown' ? ('unknown' as const) : ('accepted' as const)
        return outcomeRow(r, {
          state,
          outcome: r.again > 0 ? null : state,
          reason: state === 'unknown' ? 'crashed' : null,
          at: r.changed.getTime(),
        })
      }),
    )
    return rows
  })
  if (unknown.length > 0)
    tell(
      signals,
      unknown,
      unknown.map(r => r.workspace_id),
    )
  return { returned: returned.rowCount ?? 0, unknown: unknown.length }
}

/** What a look at the whole ledger found: claims that ran out, unknowns to settle, intents held for a pause, and the
 *  earliest intent (real ms; null: none but held ones). One cheap statement, so that a resting system stays at rest. */
export type Waiting = {
  late: boolean
  unknown: boolean
  held: boolean
  /** what was taken of limits is to be given back */
  taken: boolean
  dueAt: number | null
  now: number
}

export async function whatWaits(sql: Sql): Promise<Waiting> {
  const { rows } = await sql.query<Waiting>({
    name: 'ledger_waits',
    text: `select exists (select from message where bucket = any($1::smallint[]) and state in ('claimed', 'sending')
                       and claim_until < (select clock_timestamp())) as late,
            exists (select from message where bucket = any($1::smallint[]) and state = 'unknown'
                       and send_after <= (select clock_timestamp())) as unknown,
            exists (select from message where bucket = any($1::smallint[]) and state = 'intended' and send_after >= $2) as held,
            exists (select from message where bucket = any($1::smallint[]) and taken is not null and state in ('skipped', 'failed')) as taken,
            floor(extract(epoch from (
              select min(x.send_after) from unnest($1::smallint[]) b(bucket) cross join lateral (
                select m.send_after from message m where m.bucket = b.bucket and m.state = 'intended' and m.send_after < $2
                 order by m.send_after limit 1) x)) * 1000)::float8 as "dueAt",
            floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
    values: [smallints(ALL_BUCKETS), HELD_FROM],
  })
  return rows[0]!
}

/** Intents held while sending was paused are due again once it is not. */
export async function releaseHeld(sql: Sql, limit: number): Promise<number> {
  const { rowCount } = await sql.query(
    `with free as (
       select m.bucket, m.id from message m
        where m.bucket = any($1::smallint[]) and m.state = 'intended' and m.send_after >= $2
          and not exists (select from workspace w where w.id = m.workspace_id and ${isStopped('m.channel')})
          and not exists (select from journey j where j.id = m.journey_id and j.kind = 'broadcast' and j.status = 'paused')
        limit $3 for update skip locked)
     update message m set send_after = clock_timestamp() from free where m.bucket = free.bucket and m.id = free.id`,
    [ALL_BUCKETS, HELD_FROM, limit],
  )
  return rowCount ?? 0
}

/** So often a fault of ours may come up before a message is set aside. */
const MOST_FAULTS = 5

/** Claims at which working failed by a fault of ours: looked at again later, at the last set aside as skipped(poison). What is at the
 *  socket stays there until it is known. */
export async function countFaults(pool: Pool, signals: Signals, claims: Claim[]): Promise<void> {
  if (claims.length === 0) return
  const ended = await inTransaction(pool, async sql => {
    const { rows } = await sql.query<ExpiredRow>(
      `with held as (
         select m.bucket, m.id from message m join unnest($1::smallint[], $2::uuid[], $3::bigint[]) u(bucket, id, epoch) on m.bucket = u.bucket and m.id = u.id
          where m.bucket = any($1::smallint[]) and m.epoch = u.epoch and m.state = 'claimed' order by m.bucket, m.id for update of m)
       update message m set faults = m.faults + 1, claim_owner = null, claim_until = null,
              state = case when m.faults + 1 >= $4 then 'skipped' else 'intended' end,
              reason = case when m.faults + 1 >= $4 then 'poison' else 'fault' end,
              send_after = clock_timestamp() + make_interval(secs => 2 ^ m.faults),
              changed = clock_timestamp() + make_interval(secs => (select w.clock_offset_ms from workspace w where w.id = m.workspace_id)::float8 / 1000)
         from held h where m.bucket = h.bucket and m.id = h.id
       returning ${OUTCOME_COLUMNS}, m.changed, m.state, m.again`,
      [
        smallints(claims.map(c => bucketOf(c.id))),
        uuids(claims.map(c => c.id)),
        bigints(claims.map(c => c.epoch)),
        MOST_FAULTS,
      ],
    )
    const poison = rows.filter(r => r.state === 'skipped')
    await append(
      sql,
      null,
      poison.map(r =>
        outcomeRow(r, {
          state: 'skipped',
          outcome: r.again > 0 ? null : 'skipped',
          reason: 'poison',
          at: r.changed.getTime(),
        }),
      ),
    )
    return poison
  })
  if (ended.length > 0)
    tell(
      signals,
      ended,
      ended.map(r => r.workspace_id),
    )
}
