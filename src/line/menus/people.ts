// Which friend should have which menu: everybody is gone through after a publication, and who changed after that; the
// difference to what LINE was told waits as rows and goes out in requests of at most 500 people.
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

export type Round = { workspace_id: Uuid; account_id: Uuid; bucket: number; after: Uuid }
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Everybody is looked at from the beginning. */
export async function beginRound(sql: Sql, of: { workspace: Uuid; account: Uuid }): Promise<void> {
  await sql.query(
    `insert into line_menu_round (workspace_id, account_id, bucket, after) values ($1, $2, 0, $3)
     on conflict (account_id) do update set bucket = 0, after = excluded.after`,
    [of.workspace, of.account, FIRST],
  )
}

export async function roundsUnderWay(sql: Sql): Promise<Round[]> {
  const { rows } = await sql.query<Round>(
    'select workspace_id, account_id, bucket, after from line_menu_round where bucket is not null order by account_id limit 50',
  )
  return rows
}

/** false: another publication began it anew, or somebody else made this step. */
export async function moveRound(
  sql: Sql,
  at: Round,
  next: { bucket: number | null; after: Uuid },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    'update line_menu_round set bucket = $4, after = $5 where account_id = $1 and bucket = $2 and after = $3',
    [at.account_id, at.bucket, at.after, next.bucket, next.after],
  )
  return rowCount === 1
}
export const NOBODY_YET = FIRST

/** Accounts whose menus depend on who somebody is, and until when facts have been looked at. */
export async function watchedAccounts(
  sql: Sql,
): Promise<{ workspace_id: Uuid; account_id: Uuid; asked: Date | null; offset_ms: number }[]> {
  const { rows } = await sql.query<{
    workspace_id: Uuid
    account_id: Uuid
    asked: Date | null
    offset_ms: number
  }>(
    `select r.workspace_id, r.account_id, r.asked, w.clock_offset_ms as offset_ms
       from line_menu_round r join workspace w on w.id = r.workspace_id
      where exists (select from line_menu m where m.workspace_id = r.workspace_id and m.account_id = r.account_id
                       and m.status = 'live' and m.audience->>'kind' not in ('all', 'tab'))
      order by r.account_id`,
  )
  return rows
}

export async function askedUntil(sql: Sql, account: Uuid, until: Date): Promise<void> {
  await sql.query('update line_menu_round set asked = $2 where account_id = $1', [account, until])
}

export type Place = { bucket: number; id: Uuid; state: string; merged_into: Uuid | null }
/** Customers of a bucket behind `after`, in order of their ids. */
export async function customersAfter(
  sql: Sql,
  of: { workspace: Uuid; bucket: number; after: Uuid },
  limit: number,
): Promise<Place[]> {
  const { rows } = await sql.query<Place>(
    `select bucket, id, state, merged_into from customer where bucket = $1 and workspace_id = $2 and id > $3 order by id limit $4`,
    [of.bucket, of.workspace, of.after, limit],
  )
  return rows
}

/** Notes what these friends should have; what LINE was told already does not wait. Returns for how many that is new. */
export async function want(
  sql: Sql,
  of: { workspace: Uuid; account: Uuid },
  people: { address: string; menu: string | null }[],
): Promise<number> {
  if (people.length === 0) return 0
  const { rowCount } = await sql.query(
    `insert into line_menu_user (workspace_id, account_id, address, wanted, due)
     select $1, $2, address, menu, clock_timestamp() from (
       select distinct on (address) address, menu from unnest($3::text[], $4::text[]) u (address, menu) order by address, menu
     ) v where menu is not null or exists (
       select from line_menu_user where workspace_id = $1 and account_id = $2 and line_menu_user.address = v.address)
     on conflict (workspace_id, account_id, address) do update set wanted = excluded.wanted, attempts = 0,
       due = case when line_menu_user.linked is distinct from excluded.wanted then clock_timestamp() end
     where line_menu_user.wanted is distinct from excluded.wanted`,
    [of.workspace, of.account, people.map(p => p.address), people.map(p => p.menu)],
  )
  return rowCount ?? 0
}

export type Waiting = { account: Uuid; menu: string | null; addresses: string[]; attempts: number }
const LEASE_S = 60

/** People of one account who wait for the same menu; null: nobody waits. */
export async function takeWaiting(sql: Sql, limit: number): Promise<Waiting | null> {
  const { rows } = await sql.query<{
    account_id: Uuid
    wanted: string | null
    address: string
    attempts: number
  }>(
    `with first as (select account_id, wanted from line_menu_user where due <= clock_timestamp() order by due limit 1),
          taken as (select m.workspace_id, m.account_id, m.address from line_menu_user m join first f
                      on m.account_id = f.account_id and m.wanted is not distinct from f.wanted
                     where m.due <= clock_timestamp() limit $1 for update of m skip locked)
     update line_menu_user m set due = clock_timestamp() + make_interval(secs => $2), attempts = m.attempts + 1
       from taken t where m.workspace_id = t.workspace_id and m.account_id = t.account_id and m.address = t.address
     returning m.account_id, m.wanted, m.address, m.attempts`,
    [limit, LEASE_S],
  )
  const [one] = rows
  if (!one) return null
  return {
    account: one.account_id,
    menu: one.wanted,
    addresses: rows.map(r => r.address),
    attempts: Math.max(...rows.map(r => r.attempts)),
  }
}

/** LINE took it. Who is to have another one by now waits on. */
export async function linked(sql: Sql, done: Waiting): Promise<void> {
  await sql.query(
    `update line_menu_user set linked = $2, due = case when wanted is distinct from $2 then clock_timestamp() end, attempts = 0
      where account_id = $1 and address = any($3::text[])`,
    [done.account, done.menu, done.addresses],
  )
}

/** null: no more tries. */
export async function notLinked(sql: Sql, of: Waiting, againS: number | null): Promise<void> {
  await sql.query(
    `update line_menu_user set due = case when $4::float8 is null then null else clock_timestamp() + make_interval(secs => $4) end
      where account_id = $1 and address = any($3::text[]) and wanted is not distinct from $2`,
    [of.account, of.menu, of.addresses, againS],
  )
}
