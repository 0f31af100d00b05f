// Test sends: who may get them, and how they are sent. A recipient is a customer on a seed list, or the customer that a team member
// is themself. The message goes through the ledger like any other, marked as a test, and nothing counts it.
import { randomInt } from 'node:crypto'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

const CODE_MINUTES = 30
/** Without letters and digits that look alike. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const CODE = /^\s*TEST-([2-9A-HJKMNP-Z]{8})\s*$/i

export type SeedLists = { name: string; customers: Uuid[] }[]

export async function seedLists(sql: Sql, workspace: Uuid): Promise<SeedLists> {
  const { rows } = await sql.query<{ list: string; customers: Uuid[] }>(
    `select list, array_agg(customer_id order by added_at, customer_id) as customers from test_recipient
      where workspace_id = $1 group by list order by list`,
    [workspace],
  )
  return rows.map(r => ({ name: r.list, customers: r.customers }))
}

export async function setSeed(
  sql: Sql,
  of: { workspace: Uuid; list: string; customer: Uuid; by: string },
  on: boolean,
): Promise<void> {
  if (on)
    await sql.query(
      `insert into test_recipient (workspace_id, list, customer_id, added_by) values ($1, $2, $3, $4) on conflict do nothing`,
      [of.workspace, of.list, of.customer, of.by],
    )
  else
    await sql.query('delete from test_recipient where workspace_id = $1 and list = $2 and customer_id = $3', [
      of.workspace,
      of.list,
      of.customer,
    ])
}

/** The customer that this member of the team is, for test sends. */
export async function selfOf(sql: Sql, workspace: Uuid, user: Uuid): Promise<Uuid | null> {
  const { rows } = await sql.query<{ customer_id: Uuid }>(
    'select customer_id from test_self where workspace_id = $1 and user_id = $2',
    [workspace, user],
  )
  return rows[0]?.customer_id ?? null
}

/** null: nobody any more. */
export async function bindSelf(sql: Sql, workspace: Uuid, user: Uuid, customer: Uuid | null): Promise<void> {
  if (customer === null)
    await sql.query('delete from test_self where workspace_id = $1 and user_id = $2', [workspace, user])
  else
    await sql.query(
      `insert into test_self (workspace_id, user_id, customer_id) values ($1, $2, $3)
       on conflict (workspace_id, user_id) do update set customer_id = excluded.customer_id, bound_at = clock_timestamp()`,
      [workspace, user, customer],
    )
}

/** A code to write to one of our channels, valid for half an hour; it takes the place of an earlier one. */
export async function newCode(sql: Sql, workspace: Uuid, user: Uuid): Promise<{ code: string; ends: Date }> {
  const code = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  const { rows } = await sql.query<{ ends: Date }>(
    `insert into test_code (workspace_id, user_id, code, ends) values ($1, $2, $3, clock_timestamp() + make_interval(mins => $4))
     on conflict (workspace_id, user_id) do update set code = excluded.code, ends = excluded.ends returning ends`,
    [workspace, user, code, CODE_MINUTES],
  )
  return { code: `TEST-${code}`, ends: rows[0]!.ends }
}

/** A customer wrote a code: they are the team member who was given it. A code counts once. */
export async function takeCode(core: Core, workspace: Uuid, customer: Uuid, text: unknown): Promise<void> {
  const code = typeof text === 'string' ? CODE.exec(text)?.[1] : undefined
  if (code === undefined) return
  const { rows } = await core.pool.query<{ user_id: Uuid }>(
    'delete from test_code where workspace_id = $1 and code = $2 and ends > clock_timestamp() returning user_id',
    [workspace, code.toUpperCase()],
  )
  if (rows[0]) await bindSelf(core.pool, workspace, rows[0].user_id, customer)
}
