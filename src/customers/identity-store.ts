// Questions about who is who: the list of conflicts, and who else lives at an address.
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Pool } from '../platform/postgres.ts'
import type { IdRef } from './model.ts'

export type ConflictRow = {
  id: Uuid
  one: Uuid
  two: Uuid
  reason: 'member_no' | 'shared'
  ids: IdRef[]
  event_id: string | null
  event_name: string | null
  source: string | null
  at: Date
  status: 'open' | 'merged' | 'apart' | 'moved'
  decided_by: string | null
  decided_at: Date | null
}
const COLUMNS = 'id, one, two, reason, ids, event_id, event_name, source, at, status, decided_by, decided_at'

/** Newest first, below a position. */
export async function conflictsOf(
  pool: Pool,
  workspace: Uuid,
  open: boolean,
  below: { at: string; id: string } | null,
  limit: number,
): Promise<ConflictRow[]> {
  const { rows } = await pool.query<ConflictRow>(
    `select ${COLUMNS} from identity_conflict
      where workspace_id = $1 and (status = 'open') = $2 and ($3::timestamptz is null or (at, id) < ($3, $4::uuid))
      order by at desc, id desc limit $5`,
    [workspace, open, below?.at ?? null, below?.id ?? null, limit],
  )
  return rows
}

export async function countOpenConflicts(pool: Pool, workspace: Uuid): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from identity_conflict where workspace_id = $1 and status = 'open'`,
    [workspace],
  )
  return rows[0]!.n
}

export async function findConflict(pool: Pool, workspace: Uuid, id: Uuid): Promise<ConflictRow | null> {
  const { rows } = await pool.query<ConflictRow>(
    `select ${COLUMNS} from identity_conflict where bucket = $1 and workspace_id = $2 and id = $3`,
    [bucketOf(id), workspace, id],
  )
  return rows[0] ?? null
}

const MOST_HINTS = 20
/** The traits that make an address, as clients and imports write them. */
export const ADDRESS_TRAITS = [
  'address',
  'address.city',
  'address.district',
  'address.street',
  'address.line1',
] as const

/** Customers whose address, without spaces and in one width, is the same, and whose family name is. */
export async function sameHousehold(
  history: History,
  workspace: Uuid,
  self: Uuid,
  address: string,
  familyName: string,
): Promise<{ id: Uuid; name: string }[]> {
  const parts = ADDRESS_TRAITS.map(t => `JSONExtractString(traits, '${t}')`).join(', ')
  return askHistory<{ id: Uuid; name: string }>(
    history,
    `select customer_id as id, name from customer final
      where workspace_id = {workspace:UUID} and customer_id != {self:UUID} and toUInt128(merged_into) = 0
        and replaceRegexpAll(lowerUTF8(normalizeUTF8NFKC(concat(${parts}))), '\\\\s', '') = {address:String}
        and (JSONExtractString(traits, 'last_name') = {family:String}
             or (JSONExtractString(traits, 'last_name') = '' and startsWithUTF8(name, {family:String})))
      order by customer_id limit {limit:UInt32}`,
    { workspace, self, address, family: familyName, limit: MOST_HINTS },
  )
}
