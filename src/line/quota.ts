// The monthly quota that an account keeps to, taken from what LINE says of its plan.
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

/** null: as many as wanted. */
export async function setMonthlyQuota(
  sql: Sql,
  workspace: Uuid,
  account: Uuid,
  limit: number | null,
): Promise<void> {
  await sql.query(
    `update channel_account set version = version + 1,
            settings = case when $3::int is null then settings - 'monthlyQuota' else settings || jsonb_build_object('monthlyQuota', $3::text) end
      where workspace_id = $1 and id = $2`,
    [workspace, account, limit],
  )
}
