// What a preview asks the tables for.
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

/** Of these codes, those that nobody can buy. */
export async function deadProducts(sql: Sql, workspace: Uuid, codes: string[]): Promise<string[]> {
  if (codes.length === 0) return []
  const { rows } = await sql.query<{ code: string }>(
    `select code from product where workspace_id = $1 and (code = any($2) or sku = any($2)) and not archived and status = 'active'
     union select sku from product where workspace_id = $1 and sku = any($2) and not archived and status = 'active'`,
    [workspace, codes],
  )
  const alive = new Set(rows.map(r => r.code))
  return codes.filter(c => !alive.has(c))
}

/** Settings of the account by which texts leave first. */
export async function smsSettings(sql: Sql, workspace: Uuid): Promise<Record<string, string>> {
  const { rows } = await sql.query<{ settings: Record<string, string> }>(
    `select settings from channel_account where workspace_id = $1 and channel = 'sms' order by created_at limit 1`,
    [workspace],
  )
  return rows[0]?.settings ?? {}
}
