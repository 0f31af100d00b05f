// Identifiers that an intake claimed for an event which was then never stored, so that no customer came of them. They are
// freed after an hour, and a later event with them begins afresh. A customer who has something waiting anywhere is left alone.
import type { Core } from '../platform/core.ts'

const CURSOR = 'claims_swept_to'
const HOUR_MS = 3_600_000
/** Claims whose events waited long (an import in bulk, a parked customer) are looked at again for so long. */
const AGAIN_MS = 24 * HOUR_MS
const ROUND_MS = HOUR_MS / 2
const MOST = 50_000

/** Frees what was claimed more than an hour before database time `nowMs`; at most every half hour. Returns how many. */
export async function freeClaims(core: Core, nowMs: number): Promise<number> {
  const to = nowMs - HOUR_MS
  const { rows } = await core.pool.query<{ value: string }>('select value from system where key = $1', [
    CURSOR,
  ])
  const before = rows[0] ? Number(rows[0].value) : null
  if (before !== null && to - before < ROUND_MS) return 0
  const from = before === null ? '-infinity' : new Date(before - AGAIN_MS).toISOString()
  const freed = await core.pool.query(
    `with empty as (
       select i.bucket, i.workspace_id, i.kind, i.value, i.customer_id, b.bucket as home from identifier i
        cross join lateral (select get_byte(uuid_send(i.customer_id), 15)::smallint as bucket) b
        where i.created_at >= $1 and i.created_at < $2 and not i.shared
          and not exists (select from customer c where c.bucket = b.bucket and c.id = i.customer_id)
        limit $3)
     delete from identifier i using empty e
      where i.bucket = e.bucket and i.workspace_id = e.workspace_id and i.kind = e.kind and i.value = e.value
        and i.customer_id = e.customer_id
        and not exists (select from inbox x where x.bucket = e.home and x.customer_id = e.customer_id)
        and not exists (select from bulk x where x.bucket = e.home and x.customer_id = e.customer_id)
        and not exists (select from parked_input x where x.bucket = e.home and x.customer_id = e.customer_id)`,
    [from, new Date(to).toISOString(), MOST],
  )
  await core.pool.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [CURSOR, String(to)],
  )
  return freed.rowCount ?? 0
}
