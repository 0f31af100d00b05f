// Bulk work (imports, backfills, rechecks) waits in its own table and is let into the inbox of its bucket only while
// the inbox is nearly empty, so that live events never stand behind more than one admission.
import type { Sql } from '../platform/postgres.ts'

const PER_BUCKET = 48

/** Moves at most 48 rows a bucket, in their order. Returns how many. */
export async function admitBulk(sql: Sql, buckets: number[]): Promise<number> {
  const { rowCount } = await sql.query(
    `with picked as (
       select x.bucket, x.seq from unnest($1::smallint[]) b(bucket)
        cross join lateral (select k.bucket, k.seq from bulk k where k.bucket = b.bucket order by k.seq limit ${PER_BUCKET} for update skip locked) x),
     moved as (
       delete from bulk k using picked p where k.bucket = p.bucket and k.seq = p.seq
       returning k.bucket, k.seq, k.workspace_id, k.customer_id, k.kind, k.message_hash, k.body)
     insert into inbox (bucket, received, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
     select bucket, statement_timestamp(), request, row_number() over (partition by bucket order by seq), workspace_id, customer_id, kind, message_hash, body
       from (select m.*, r.request from moved m cross join (select gen_random_uuid() as request) r) m order by bucket, seq`,
    [buckets],
  )
  return rowCount ?? 0
}
