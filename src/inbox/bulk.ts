// Bulk work (imports, backfills, rechecks) waits in its own table and is let into the inbox of its bucket only while
// the inbox is nearly empty, so that live events never stand behind more than one admission.
import { newId } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

const PER_BUCKET = 48

/** Moves at most 48 rows a bucket, in their order: one request, whose id comes from here (made in the statement it was made
 *  for each row, where the planner put it inside of the loop, and the order was lost). Returns how many. */
export async function admitBulk(sql: Sql, buckets: number[]): Promise<number> {
  const { rowCount } = await sql.query(
    `with picked as (
       select x.bucket, x.seq from unnest($1::smallint[]) b(bucket)
        cross join lateral (select k.bucket, k.seq from bulk k where k.bucket = b.bucket order by k.seq limit ${PER_BUCKET} for update skip locked) x),
     moved as (
       delete from bulk k using picked p where k.bucket = p.bucket and k.seq = p.seq
       returning k.bucket, k.seq, k.workspace_id, k.customer_id, k.kind, k.message_hash, k.body)
     insert into inbox (bucket, received, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
     select bucket, statement_timestamp(), $2::uuid, row_number() over (partition by bucket order by seq), workspace_id, customer_id, kind, message_hash, body
       from moved order by bucket, seq`,
    [buckets, newId()],
  )
  return rowCount ?? 0
}
