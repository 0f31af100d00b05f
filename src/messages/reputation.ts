// What receipts say of an address and of an account: several soft bounces in a row make an address dead, and complaints per
// delivery are an account's standing with mailbox providers. Times are workspace time.
import type { Receipt } from '../channels/adapter.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { addressBucket } from './suppression.ts'

/** So many soft bounces in a row are a dead address. */
const SOFT_MOST = 3

type Address = { workspace: Uuid; channel: string; address: string }

/** Counts a soft bounce of a message that had none before; true when that makes the address a dead one. */
export async function countSoftBounce(sql: Sql, of: Address & { at: number }): Promise<boolean> {
  const { rows } = await sql.query<{ times: number }>(
    `insert into soft_bounce (bucket, workspace_id, channel, address, times, at) values ($1, $2, $3, $4, 1, $5)
     on conflict (bucket, workspace_id, channel, address) do update
        set times = least(soft_bounce.times + 1, 100), at = greatest(soft_bounce.at, excluded.at)
     returning times`,
    [addressBucket(of.channel, of.address), of.workspace, of.channel, of.address, new Date(of.at)],
  )
  return rows[0]!.times >= SOFT_MOST
}

/** It arrived: what was before is forgotten. */
export async function clearSoftBounces(sql: Sql, of: Address): Promise<void> {
  await sql.query(
    'delete from soft_bounce where bucket = $1 and workspace_id = $2 and channel = $3 and address = $4',
    [addressBucket(of.channel, of.address), of.workspace, of.channel, of.address],
  )
}

export type Told = { account: Uuid; at: number; state: Receipt['state'] }

/** Adds what a webhook told, in key order; once a message and state, which the caller sees to. */
export async function countStanding(sql: Sql, workspace: Uuid, told: Told[]): Promise<void> {
  const sums = new Map<
    string,
    { account: Uuid; day: string; delivered: number; bounced: number; complained: number }
  >()
  for (const { account, at, state } of told) {
    if (state !== 'delivered' && state !== 'bounced' && state !== 'complained') continue
    const day = new Date(at).toISOString().slice(0, 10)
    const key = `${account} ${day}`
    const sum = sums.get(key) ?? { account, day, delivered: 0, bounced: 0, complained: 0 }
    sum[state]++
    sums.set(key, sum)
  }
  const list = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
  if (list.length === 0) return
  await sql.query(
    `insert into account_reputation as r (workspace_id, account_id, day, delivered, bounced, complained)
     select $1, * from unnest($2::uuid[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[])
     on conflict (workspace_id, account_id, day) do update set delivered = r.delivered + excluded.delivered,
       bounced = r.bounced + excluded.bounced, complained = r.complained + excluded.complained`,
    [
      workspace,
      list.map(s => s.account),
      list.map(s => s.day),
      list.map(s => s.delivered),
      list.map(s => s.bounced),
      list.map(s => s.complained),
    ],
  )
}

export type Standing = { account: Uuid; delivered: number; bounced: number; complained: number }

const DAYS = 7

/** What was told of each account in the last seven days (UTC days of workspace time, today among them). */
export async function standings(sql: Sql, workspace: Uuid, now: number): Promise<Standing[]> {
  const { rows } = await sql.query<{
    account_id: Uuid
    delivered: number
    bounced: number
    complained: number
  }>(
    `select account_id, sum(delivered)::float8 as delivered, sum(bounced)::float8 as bounced,
            sum(complained)::float8 as complained
       from account_reputation where workspace_id = $1 and day > $2::date - ${DAYS} and day <= $2::date
      group by account_id order by account_id`,
    [workspace, new Date(now).toISOString().slice(0, 10)],
  )
  return rows.map(({ account_id, ...sums }) => ({ account: account_id, ...sums }))
}
