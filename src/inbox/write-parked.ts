// The part of a fold's writing that sets customers aside: their inputs wait in order, and count as not seen.
import { bucketOf } from '../platform/ids.ts'
import { smallints } from '../platform/pg-array.ts'
import type { Folded } from './fold-model.ts'
import type { Run } from '../platform/postgres.ts'

export function writeParked(run: Run, folded: Folded, nowReal: number): void {
  const rows = [...folded.parked.flatMap(p => p.rows.filter(r => r.kind !== 'command')), ...folded.behind]
  if (rows.length > 0)
    run(
      'w_parked_rows',
      `insert into parked_input (bucket, customer_id, workspace_id, kind, message_hash, received, request_id, ordinal, body)
      select bucket, customer_id, workspace_id, kind, message_hash, received, request_id, ordinal, body
        from inbox where bucket = any($1::smallint[]) and ctid = any($2::tid[]) order by bucket, received, request_id, ordinal`,
      [smallints([...new Set(rows.map(r => r.bucket))]), rows.map(r => r.tid)],
    )
  for (const p of folded.parked) {
    const bucket = bucketOf(p.customer)
    run(
      'w_park',
      'insert into parked (bucket, customer_id, workspace_id, reason, error, at) values ($1, $2, $3, $4, $5, $6) on conflict (bucket, customer_id) do nothing',
      [bucket, p.customer, p.workspace, p.reason, p.error, new Date(nowReal).toISOString()],
    )
    run(
      'w_park_seen',
      'delete from seen where bucket = any($1::smallint[]) and workspace_id = $2 and hash = any($3::uuid[])',
      [p.hashes.map(bucketOf), p.workspace, p.hashes],
    )
  }
}
