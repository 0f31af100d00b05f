// The last step before the socket for messages that need places of shared limits, and the only step of a ticket, which has no
// socket. Places, state and (for a ticket) the outcome are one transaction.
import { bucketOf } from '../platform/ids.ts'
import { bigints, smallints, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import type { End } from './decide.ts'
import { type Take, type Taken, takePlaces } from './limit-store.ts'
import type { FrequencyRule } from './frequency.ts'
import type { SkipReason } from './model.ts'
import { finishIn } from './finish.ts'
import { type Claim, type Mark, markSending } from './store.ts'

export type MayGo =
  | 'go'
  | 'suppressed'
  | 'stopped'
  | 'lost'
  | { skip: SkipReason; rule?: FrequencyRule }
  | { wait: number }

/** `markSending` for messages with limits: only who gets all its places goes. What a suppressed one took is given back
 *  when it is skipped. */
export const markLimited = (pool: Pool, marks: (Mark & Take)[], sendingMs: number): Promise<MayGo[]> =>
  inTransaction(pool, sql => markLimitedIn(sql, marks, sendingMs))

/** The same inside a transaction of the caller. */
export async function markLimitedIn(sql: Sql, marks: (Mark & Take)[], sendingMs: number): Promise<MayGo[]> {
  const taken = await takePlaces(sql, marks)
  const free = marks.filter((_, i) => taken[i]!.to === 'go')
  const marked = free.length === 0 ? [] : await markSending(sql, free, sendingMs)
  const next = marked.values()
  return marks.map((_, i): MayGo => {
    const answer = taken[i]!
    if (answer.to === 'go') return next.next().value!
    if (answer.to === 'refused') return { skip: answer.reason, ...(answer.rule ? { rule: answer.rule } : {}) }
    return answer.to === 'wait' ? { wait: answer.ms } : 'lost'
  })
}

const PLAIN = { providerId: null, refund: false, suppress: false, attention: null }

function endOfTicket(taken: Exclude<Taken, { to: 'lost' }>): End {
  if (taken.to === 'go') return { ...PLAIN, to: 'accepted', outcome: 'accepted', reason: null, delayMs: null }
  if (taken.to === 'refused')
    return { ...PLAIN, to: 'skipped', outcome: 'skipped', reason: taken.reason, delayMs: null }
  return { ...PLAIN, to: 'intended', outcome: null, reason: null, delayMs: taken.ms }
}

/** Tickets that have all their places are accepted, others wait or are skipped. True for each that was still ours. */
export async function passTickets(pool: Pool, signals: Signals, takes: Take[]): Promise<boolean[]> {
  const ours = takes.map(() => false)
  const tell = await inTransaction(pool, async sql => {
    const taken = await takePlaces(sql, takes)
    const list = takes.flatMap((take, i) => {
      const answer = taken[i]!
      if (answer.to === 'lost') return []
      ours[i] = true
      const from = answer.to === 'go' ? ('sending' as const) : ('claimed' as const)
      return [{ claim: take.claim, from, end: endOfTicket(answer), address: null, now: take.now }]
    })
    await send(
      sql,
      list.filter(f => f.from === 'sending').map(f => f.claim),
    )
    return finishIn(sql, list)
  })
  tell(signals)
  return ours
}

async function send(sql: Sql, claims: Claim[]): Promise<void> {
  if (claims.length === 0) return
  await sql.query({
    name: 'ticket_sending',
    text: `update message m set state = 'sending', attempts = m.attempts + 1
       from unnest($1::smallint[], $2::uuid[], $3::bigint[]) u(bucket, id, epoch)
      where m.bucket = u.bucket and m.id = u.id and m.epoch = u.epoch and m.state = 'claimed'`,
    values: [
      smallints(claims.map(c => bucketOf(c.id))),
      uuids(claims.map(c => c.id)),
      bigints(claims.map(c => c.epoch)),
    ],
  })
}
