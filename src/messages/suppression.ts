// Never-send rows, by address. Written before an opt-out or a block is acknowledged, read in the statement that lets
// a message to the socket. A later consent lifts an opt-out and a later follow lifts a block; nothing else is lifted
// by itself. Times are workspace time.
import { bucketOfText, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Secrets } from '../platform/secrets.ts'

export type SuppressionReason = 'opt_out' | 'bounced' | 'complained' | 'blocked' | 'manual'
export type Suppression = {
  workspace: Uuid
  channel: string
  address: string
  reason: SuppressionReason
  source: string
  at: number
}

/** What stands for the address of somebody who was forgotten: it can be recognised, not read. */
export const hiddenAddress = (secrets: Secrets, workspace: Uuid, channel: string, address: string): string =>
  `hash:${secrets.sign('suppression', `${workspace} ${channel} ${address}`)}`

/** Where rows of an address are: the bucket of its hash, not of a customer. */
export const addressBucket = (channel: string, address: string): number => bucketOfText(channel, address)

/** True for a row `s` that forbids sending, given when consent was given and the friend followed (workspace time;
 *  null: not). `elsewhere`: the account has friends of its own, and a block was told to another. All are SQL expressions. */
export const forbids = (consentAt: string, followAt: string, elsewhere = 'false'): string =>
  `not (${elsewhere} and s.reason = 'blocked') and s.at >= coalesce(case s.reason when 'opt_out' then ${consentAt} when 'blocked' then ${followAt} end, '-infinity'::timestamptz)`

/** Writes or renews; of two reasons for one address the one that nothing lifts stays. In key order. */
export async function suppress(sql: Sql, rows: Suppression[]): Promise<void> {
  const keyed = rows
    .map(r => ({ ...r, bucket: addressBucket(r.channel, r.address) }))
    .sort((a, b) => a.bucket - b.bucket || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0))
  const unique = new Map(keyed.map(r => [`${r.workspace} ${r.channel} ${r.address}`, r]))
  if (unique.size === 0) return
  const list = [...unique.values()]
  await sql.query(
    `insert into suppression (bucket, workspace_id, channel, address, reason, source, at)
     select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
     on conflict (bucket, workspace_id, channel, address) do update
        set reason = excluded.reason, source = excluded.source, at = excluded.at
      where suppression.at < excluded.at
        and (suppression.reason in ('opt_out', 'blocked') or excluded.reason not in ('opt_out', 'blocked'))`,
    [
      list.map(r => r.bucket),
      list.map(r => r.workspace),
      list.map(r => r.channel),
      list.map(r => r.address),
      list.map(r => r.reason),
      list.map(r => r.source),
      list.map(r => new Date(r.at)),
    ],
  )
}

/** Somebody is forgotten: none of their addresses is left here, and none is sent to again, also when a later import
 *  brings it. Nothing lifts that by itself. */
export async function hideAddresses(
  sql: Sql,
  secrets: Secrets,
  of: { workspace: Uuid; addresses: { channel: string; address: string }[]; at: number },
): Promise<void> {
  const { workspace, at, addresses } = of
  await sql.query(
    `delete from suppression s using unnest($1::smallint[], $2::text[], $3::text[]) u(bucket, channel, address)
      where s.bucket = u.bucket and s.workspace_id = $4 and s.channel = u.channel and s.address = u.address`,
    [
      addresses.map(a => addressBucket(a.channel, a.address)),
      addresses.map(a => a.channel),
      addresses.map(a => a.address),
      workspace,
    ],
  )
  await suppress(
    sql,
    addresses.map(a => ({
      workspace,
      channel: a.channel,
      address: hiddenAddress(secrets, workspace, a.channel, a.address),
      reason: 'manual',
      source: 'erasure',
      at,
    })),
  )
}

type Hidden = { workspace: Uuid; channel: string; address: string }

const hiddenRow = (secrets: Secrets, of: Hidden): [string, unknown[]] => {
  const address = hiddenAddress(secrets, of.workspace, of.channel, of.address)
  return [
    `from suppression where bucket = $1 and workspace_id = $2 and channel = $3 and address = $4 and source = 'erasure'`,
    [addressBucket(of.channel, address), of.workspace, of.channel, address],
  ]
}

/** Whether somebody with this address was forgotten (`hideAddresses`). */
export async function isHidden(sql: Sql, secrets: Secrets, of: Hidden): Promise<boolean> {
  const [where, values] = hiddenRow(secrets, of)
  return (await sql.query(`select 1 ${where}`, values)).rows.length > 0
}

/** They are back and agree to be written to. */
export async function liftHidden(sql: Sql, secrets: Secrets, of: Hidden): Promise<void> {
  const [where, values] = hiddenRow(secrets, of)
  await sql.query(`delete ${where}`, values)
}

/** A friend followed again: a block of before is gone. */
export async function liftBlock(
  sql: Sql,
  row: { workspace: Uuid; channel: string; address: string; at: number },
): Promise<void> {
  await sql.query(
    `delete from suppression where bucket = $1 and workspace_id = $2 and channel = $3 and address = $4
        and reason = 'blocked' and at <= $5`,
    [addressBucket(row.channel, row.address), row.workspace, row.channel, row.address, new Date(row.at)],
  )
}

type Ask = {
  workspace: Uuid
  channel: string
  address: string
  /** the address as an erasure left it */
  hidden: string
  /** when consent was given and the friend followed, which lift an opt-out and a block */
  consentAt: number | null
  followAt: number | null
  ownFriends?: boolean
}

/** Why this address may not be sent to; null when it may. `erasure`: somebody with this address was forgotten. */
export async function suppressionOf(sql: Sql, ask: Ask): Promise<SuppressionReason | 'erasure' | null> {
  const time = (at: number | null) => (at === null ? null : new Date(at))
  const { rows } = await sql.query<{ reason: SuppressionReason | 'erasure' }>(
    `select case s.source when 'erasure' then 'erasure' else s.reason end as reason from suppression s where s.bucket = any($1::smallint[]) and s.workspace_id = $2 and s.channel = $3
        and s.address = any($4::text[]) and ${forbids('$5::timestamptz', '$6::timestamptz', '$7::boolean')}
      order by s.source = 'erasure' limit 1`,
    [
      [ask.address, ask.hidden].map(a => addressBucket(ask.channel, a)),
      ask.workspace,
      ask.channel,
      [ask.address, ask.hidden],
      time(ask.consentAt),
      time(ask.followAt),
      ask.ownFriends ?? false,
    ],
  )
  return rows[0]?.reason ?? null
}

/** Whether this address may not be sent to. */
export const isSuppressed = async (sql: Sql, ask: Ask): Promise<boolean> =>
  (await suppressionOf(sql, ask)) !== null
