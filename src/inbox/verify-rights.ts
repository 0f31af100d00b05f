// The books of coupons and points, checked: what the journal wrote is there, what a customer has is the sum of their
// entries, and no coupon was used twice.
import { isOpen } from '../membership/held.ts'
import { balanceOf } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { ReplayResult } from './replay.ts'

type Collect = (check: string, counted: number, faults?: string[]) => void

export async function checkRights(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  await checkPoints(sql, bucket, replayed, collect)
  await checkCoupons(sql, bucket, replayed, collect)
}

async function checkPoints(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  const { rows } = await sql.query<{ customer_id: Uuid; key: Uuid; amount: number }>(
    'select customer_id, key, amount from points_entry where bucket = $1',
    [bucket],
  )
  const stored = new Map(rows.map(r => [r.customer_id + r.key, r.amount]))
  const sums = new Map<Uuid, number>()
  for (const r of rows) sums.set(r.customer_id, (sums.get(r.customer_id) ?? 0) + r.amount)
  const faults: string[] = []
  for (const [key, row] of replayed.points)
    if (stored.get(key) !== row.amount)
      faults.push(`points entry ${row.key}: ${row.amount} in the journal, ${stored.get(key)} in the ledger`)
  for (const [id, { state, mergedInto }] of replayed.customers) {
    const balance = mergedInto ? 0 : balanceOf(state?.pts)
    if ((sums.get(id) ?? 0) !== balance)
      faults.push(`customer ${id} has ${balance} points, and entries of ${sums.get(id) ?? 0}`)
  }
  collect('points', rows.length, faults)
}

async function checkCoupons(
  sql: Sql,
  bucket: number,
  replayed: ReplayResult,
  collect: Collect,
): Promise<void> {
  const { rows } = await sql.query<{ customer_id: Uuid; key: Uuid; code: string; entry: string }>(
    'select customer_id, key, code, entry from coupon_issue where bucket = $1',
    [bucket],
  )
  const stored = new Set(rows.map(r => r.customer_id + r.key))
  const faults: string[] = []
  for (const [key, row] of replayed.coupons)
    if (!stored.has(key)) faults.push(`coupon ${row.code}: entry ${row.entry} is not in the ledger`)
  const used = new Set<string>()
  for (const { code, entry } of rows) {
    if (entry !== 'redeemed') continue
    if (used.has(code)) faults.push(`coupon ${code} was used twice`)
    used.add(code)
  }
  const open: { workspace: Uuid; code: string }[] = []
  for (const { state, mergedInto, workspace } of replayed.customers.values())
    if (!mergedInto)
      for (const [code, held] of Object.entries(state?.coupons ?? {}))
        if (isOpen(held)) open.push({ workspace, code })
  if (open.length > 0) {
    // it may have been given to somebody who was merged since, in another bucket
    const missing = await sql.query<{ code: string }>(
      `select u.code from unnest($1::uuid[], $2::text[]) u(workspace_id, code)
        where not exists (select from coupon_issue i where i.workspace_id = u.workspace_id and i.code = u.code)`,
      [open.map(o => o.workspace), open.map(o => o.code)],
    )
    for (const { code } of missing.rows) faults.push(`coupon ${code} is held and was never given`)
  }
  collect('coupons', rows.length, faults)
}
