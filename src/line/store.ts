// Contents and profiles at LINE that are to be fetched: what is due, and what came of it. `due` is real time.
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

type Of = { workspace: Uuid; account: Uuid; address: string }

/** Pictures are kept; of what else a customer sends it is kept that they did. */
export async function noteContent(
  sql: Sql,
  of: Of & { message: string; kind: string; at: number },
): Promise<void> {
  const keep = of.kind === 'image'
  await sql.query(
    `insert into line_content (workspace_id, account_id, message_id, address, kind, state, at, due)
     values ($1, $2, $3, $4, $5, $6, $7, case when $8 then clock_timestamp() end) on conflict do nothing`,
    [
      of.workspace,
      of.account,
      of.message,
      of.address,
      of.kind,
      keep ? 'wanted' : 'not_kept',
      new Date(of.at),
      keep,
    ],
  )
}

/** The customer took it back: what is kept of it goes at once, and what comes of it later is not kept. */
export async function unsendContent(sql: Sql, of: Of & { message: string; at: number }): Promise<void> {
  await sql.query(
    `insert into line_content (workspace_id, account_id, message_id, address, kind, state, at)
     values ($1, $2, $3, $4, '', 'unsent', $5)
     on conflict (workspace_id, account_id, message_id) do update set state = 'unsent', bytes = null, type = null, size = null, due = null`,
    [of.workspace, of.account, of.message, of.address, new Date(of.at)],
  )
}

export async function noteProfile(sql: Sql, of: Of & { event: string; at: number }): Promise<void> {
  await sql.query(
    `insert into line_profile (workspace_id, account_id, address, event, at, due) values ($1, $2, $3, $4, $5, clock_timestamp())
     on conflict (workspace_id, account_id, address) do update set event = excluded.event, at = excluded.at, due = excluded.due, attempts = 0`,
    [of.workspace, of.account, of.address, of.event, new Date(of.at)],
  )
}

/** Taken for as long as it may take; a crash leaves it due again after that. */
const LEASE_S = 60

export type DueContent = {
  workspace_id: Uuid
  account_id: Uuid
  message_id: string
  address: string
  attempts: number
}
export async function dueContents(sql: Sql, limit: number): Promise<DueContent[]> {
  const { rows } = await sql.query<DueContent>(
    `update line_content c set due = clock_timestamp() + make_interval(secs => $2), attempts = c.attempts + 1
       from (select workspace_id, account_id, message_id from line_content where due <= clock_timestamp() order by due limit $1 for update skip locked) d
      where c.workspace_id = d.workspace_id and c.account_id = d.account_id and c.message_id = d.message_id
     returning c.workspace_id, c.account_id, c.message_id, c.address, c.attempts`,
    [limit, LEASE_S],
  )
  return rows
}

/** Nothing is kept of what was unsent meanwhile. */
export async function endContent(
  sql: Sql,
  row: DueContent,
  end:
    | { state: 'kept'; type: string; bytes: Buffer }
    | { state: 'too_large' | 'gone' }
    | { state: 'wanted'; againS: number },
): Promise<void> {
  const kept = end.state === 'kept' ? end : null
  await sql.query(
    `update line_content set state = $4, type = $5, bytes = $6, size = $7,
            due = case when $8::float8 is null then null else clock_timestamp() + make_interval(secs => $8) end
      where workspace_id = $1 and account_id = $2 and message_id = $3 and state = 'wanted'`,
    [
      row.workspace_id,
      row.account_id,
      row.message_id,
      end.state,
      kept?.type ?? null,
      kept?.bytes ?? null,
      kept?.bytes.length ?? null,
      end.state === 'wanted' ? end.againS : null,
    ],
  )
}

export type KeptContent = { type: string; bytes: Buffer }
export async function keptContent(sql: Sql, workspace: Uuid, message: string): Promise<KeptContent | null> {
  const { rows } = await sql.query<KeptContent>(
    `select type, bytes from line_content where workspace_id = $1 and message_id = $2 and state = 'kept'`,
    [workspace, message],
  )
  return rows[0] ?? null
}

export type DueProfile = {
  workspace_id: Uuid
  account_id: Uuid
  address: string
  event: string
  at: Date
  attempts: number
}
export async function dueProfiles(sql: Sql, limit: number): Promise<DueProfile[]> {
  const { rows } = await sql.query<DueProfile>(
    `update line_profile p set due = clock_timestamp() + make_interval(secs => $2), attempts = p.attempts + 1
       from (select workspace_id, account_id, address from line_profile where due <= clock_timestamp() order by due limit $1 for update skip locked) d
      where p.workspace_id = d.workspace_id and p.account_id = d.account_id and p.address = d.address
     returning p.workspace_id, p.account_id, p.address, p.event, p.at, p.attempts`,
    [limit, LEASE_S],
  )
  return rows
}

export async function dropProfile(sql: Sql, row: DueProfile): Promise<void> {
  await sql.query(
    'delete from line_profile where workspace_id = $1 and account_id = $2 and address = $3 and event = $4',
    [row.workspace_id, row.account_id, row.address, row.event],
  )
}

export async function laterProfile(sql: Sql, row: DueProfile, againS: number): Promise<void> {
  await sql.query(
    `update line_profile set due = clock_timestamp() + make_interval(secs => $4)
      where workspace_id = $1 and account_id = $2 and address = $3`,
    [row.workspace_id, row.account_id, row.address, againS],
  )
}
