// All SQL of batches: stored with the step to the socket, taken whole while unknown, forgotten once its end is known.
import type { LoadedAccount } from '../channels/accounts.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { smallints, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import { markLimitedIn, type MayGo } from './let-out.ts'
import type { Take } from './limit-store.ts'
import { type Claim, claimsById, type Mark, markSending } from './store.ts'

type Member = { claim: Claim; mark: Mark; take: Take | null }

/** Lets several to the socket as one; who is let, and in which order, is stored with it. */
export async function markBatch(
  pool: Pool,
  batch: Uuid,
  account: LoadedAccount,
  list: Member[],
  sendingMs: number,
): Promise<MayGo[]> {
  return inTransaction(pool, async sql => {
    const asking = list.flatMap(m => (m.take ? [{ ...m.mark, ...m.take }] : []))
    const free = list.flatMap(m => (m.take ? [] : [m.mark]))
    const asked = asking.length === 0 ? [] : await markLimitedIn(sql, asking, sendingMs)
    const freed = free.length === 0 ? [] : await markSending(sql, free, sendingMs)
    const may = list.map((m): MayGo => (m.take ? asked.shift()! : freed.shift()!))
    const members = list.flatMap((m, i) => (may[i] === 'go' ? [m.claim.id] : []))
    if (members.length > 0) await keep(sql, batch, account, members)
    return may
  })
}

async function keep(sql: Sql, batch: Uuid, account: LoadedAccount, members: Uuid[]): Promise<void> {
  await sql.query({
    name: 'batch_keep',
    text: 'insert into message_batch (id, workspace_id, account_id, members) values ($1, $2, $3, $4)',
    values: [batch, account.workspace, account.id, uuids(members)],
  })
  await sql.query({
    name: 'batch_mark',
    text: `update message m set batch_id = $1 from unnest($2::smallint[], $3::uuid[]) u(bucket, id)
      where m.bucket = any($2::smallint[]) and m.bucket = u.bucket and m.id = u.id`,
    values: [batch, smallints(members.map(bucketOf)), uuids(members)],
  })
}

/** Takes an unknown batch: all of its members in their order, and those whose end is not known. `whole`: none of them was
 *  erased, so that it can be asked again as it was. Null: somebody else has it, or it is gone. */
export async function claimBatch(
  pool: Pool,
  batch: Uuid,
  owner: string,
  claimMs: number,
): Promise<{ members: Claim[]; open: Claim[]; whole: boolean } | null> {
  return inTransaction(pool, async sql => {
    const { rows } = await sql.query<{ members: Uuid[] }>(
      `update message_batch set claim_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
        where id = $1 and (claim_until is null or claim_until < clock_timestamp()) returning members`,
      [batch, claimMs],
    )
    const members = rows[0]?.members
    if (!members) return null
    const values = [smallints(members.map(bucketOf)), uuids(members), batch, owner, claimMs]
    const taken = await sql.query<{ id: Uuid }>(
      `with due as (
         select m.bucket, m.id from message m join unnest($1::smallint[], $2::uuid[]) u(bucket, id) on m.bucket = u.bucket and m.id = u.id
          where m.state = 'unknown' and m.batch_id = $3 order by m.bucket, m.id for update of m)
       update message m set claim_owner = $4, epoch = m.epoch + 1, claim_until = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
         from due where m.bucket = due.bucket and m.id = due.id returning m.id`,
      values,
    )
    const open = new Set(taken.rows.map(r => r.id))
    const claims = await claimsById(sql, members)
    const list = members.flatMap(id => claims.get(id) ?? [])
    return {
      members: list,
      open: list.filter(c => open.has(c.id)),
      whole: list.length === members.length && list.every(c => c.rendered !== null),
    }
  })
}

/** Others may ask it again at once. */
export async function releaseBatch(sql: Sql, batch: Uuid): Promise<void> {
  await sql.query('update message_batch set claim_until = null where id = $1', [batch])
}

/** All of it is settled. */
export async function forgetBatch(sql: Sql, batch: Uuid): Promise<void> {
  await sql.query({ name: 'batch_forget', text: 'delete from message_batch where id = $1', values: [batch] })
}

/** What nobody asked again for so long is past its provider's key. */
export async function forgetOldBatches(sql: Sql): Promise<void> {
  await sql.query(`delete from message_batch where created < clock_timestamp() - interval '8 days'`)
}
