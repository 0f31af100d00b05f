// SQL of what came of a message: its end or its next try, with the outcome's row in its customer's inbox, in one transaction.
import { CHANNELS, isChannel } from '../channels/model.ts'
import { PUSH_TOKEN, TOKEN_LOST } from '../customers/cart.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import { must } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import { bucketOf } from '../platform/ids.ts'
import { bigints, booleans, instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import type { End } from './decide.ts'
import { heldAs } from './frequency.ts'
import { canMove, type MessageState } from './model.ts'
import { OUTCOME_COLUMNS, outcomeRow, type OutcomeOf, tell } from './outcome-rows.ts'
import { type Claim, NEVER } from './store.ts'
import { suppress } from './suppression.ts'

export type Finish = {
  claim: Claim
  from: 'claimed' | 'sending' | 'unknown'
  end: End
  /** the address, where it is known */
  address: string | null
  /** workspace ms */
  now: number
  /** what the account asks for it, smallest unit; of what was accepted */
  cost?: number
  detail?: Record<string, string>
}

/** Records ends and retries, with the outcomes' inbox rows, in one transaction. True for each that was still ours.
 *  An answer that came after its deadline settles the unknown that the message became. */
export async function finish(pool: Pool, signals: Signals, list: Finish[]): Promise<boolean[]> {
  const moved = await inTransaction(pool, sql => finishIn(sql, list))
  return moved(signals)
}

/** The same inside a transaction of the caller, who calls what it returns after the commit. */
export async function finishIn(sql: Sql, list: Finish[]): Promise<(signals: Signals) => boolean[]> {
  for (const f of list)
    must(f.from === f.end.to || canMove(f.from, f.end.to), `a message moves from ${f.from} to ${f.end.to}`)
  const { rows } = await sql.query<OutcomeOf & { was: MessageState; state: MessageState; again: number }>({
    name: 'finish',
    text: `with want as (
       select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::boolean[], $10::timestamptz[], $11::float8[], $12::boolean[], $13::uuid[], $14::text[])
         w(bucket, id, epoch, source, target, reason, provider_id, delay_ms, refund, changed, cost, booked, held_by, held_as)),
     held as (
       select m.bucket, m.id, m.state as was from message m join want w on w.bucket = m.bucket and w.id = m.id
        where m.bucket = any($1::smallint[]) and m.epoch = w.epoch
          and (m.state = w.source or (m.state = 'unknown' and w.target in ('accepted', 'failed')))
        order by m.bucket, m.id for update of m)
     update message m set state = case when w.source <> 'claimed' and w.target <> 'skipped' then coalesce(m.receipt, w.target) else w.target end,
            reason = case when w.source <> 'claimed' and m.receipt is not null then null else w.reason end,
            cost = case when w.target = 'accepted' or (w.source <> 'claimed' and m.receipt is not null) then w.cost end,
            slot_at = case when w.booked then clock_timestamp() + make_interval(secs => w.delay_ms / 1000) end,
            batch_id = case when w.target = 'intended' then null else m.batch_id end, held_by = w.held_by, held_as = w.held_as,
            provider_id = coalesce(w.provider_id, m.provider_id),
            attempts = m.attempts + case when w.refund then -1 when w.source = 'unknown' then 1 else 0 end,
            claim_owner = null, claim_until = null, changed = w.changed,
            send_after = case when w.delay_ms is null then m.send_after when w.delay_ms < 0 then '${NEVER}'
                              else clock_timestamp() + make_interval(secs => w.delay_ms / 1000) end
       from held h join want w on w.bucket = h.bucket and w.id = h.id
      where m.bucket = h.bucket and m.id = h.id
     returning h.was, m.state, m.again, ${OUTCOME_COLUMNS}`,
    values: [
      smallints(list.map(f => bucketOf(f.claim.id))),
      uuids(list.map(f => f.claim.id)),
      bigints(list.map(f => f.claim.epoch)),
      texts(list.map(f => f.from)),
      texts(list.map(f => f.end.to)),
      texts(list.map(f => f.end.reason)),
      texts(list.map(f => f.end.providerId)),
      list.map(f => (f.end.delayMs === 'never' ? -1 : f.end.delayMs)),
      booleans(list.map(f => f.end.refund && f.from === 'sending')),
      instants(list.map(f => f.now)),
      list.map(f => f.cost ?? null),
      booleans(list.map(f => f.end.booked ?? false)),
      uuids(list.map(f => f.end.rule?.id ?? null)),
      texts(list.map(f => (f.end.rule ? JSON.stringify(heldAs(f.end.rule)) : null))),
    ],
  })
  const done = new Map(rows.map(r => [r.id, r]))
  // the provider told of it before its answer was here: it was taken, whatever the answer says
  const toldOf = (f: Finish): boolean => done.get(f.claim.id)!.state !== f.end.to
  const ended = list.filter(
    f => done.has(f.claim.id) && (toldOf(f) || (f.end.to !== f.from && f.end.to !== 'intended')),
  )
  await append(
    sql,
    null,
    ended.map(f => {
      const row = done.get(f.claim.id)!
      const state = toldOf(f) ? 'accepted' : f.end.to
      const hadEnd = row.was === 'unknown' || row.again > 0
      return outcomeRow(row, {
        state,
        outcome: hadEnd ? null : toldOf(f) ? 'accepted' : f.end.outcome,
        reason: toldOf(f) ? null : f.end.reason,
        at: f.now,
        purpose: f.claim.intent.purpose,
        ...(f.cost && state === 'accepted' ? { cost: f.cost } : {}),
        ...(f.detail ? { detail: f.detail } : {}),
      })
    }),
  )
  await suppress(
    sql,
    ended
      .filter(f => f.end.suppress && f.address !== null)
      .map(f => ({
        workspace: f.claim.workspace,
        channel: f.claim.channel,
        address: f.address!,
        reason: 'bounced' as const,
        source: 'provider',
        at: f.now,
      })),
  )
  await append(sql, null, ended.filter(f => f.end.suppress && f.address !== null).flatMap(lostToken))
  faultPoint('deliver.before_commit')
  return signals => {
    tell(
      signals,
      ended.map(f => done.get(f.claim.id)!),
      [...done.values()].map(row => row.workspace_id),
    )
    return list.map(f => done.has(f.claim.id))
  }
}

/** The provider says that a device's token, or a browser's, reaches nothing any more: its customer has it no longer. */
function lostToken({ claim, address, now }: Finish) {
  if (!isChannel(claim.channel) || CHANNELS[claim.channel].addressKind !== null) return []
  const messageId = `token_lost:${claim.id}`
  const body: EventBody = {
    type: 'system',
    name: TOKEN_LOST,
    messageId,
    at: now,
    ids: [],
    proof: 'server',
    src: 'provider',
    ch: claim.channel,
    props: { channel: claim.channel, message: claim.id },
    traits: { [PUSH_TOKEN]: address! },
  }
  const { workspace, customer } = claim
  return [{ workspace, customer, input: { kind: 'event' as const, messageId, body } }]
}
