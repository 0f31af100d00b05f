// The only way into the inbox. Appends take no shared lock; `received` is stamped by the database.
import { ALL_BUCKETS, bucketOf, hashId, newId, type Uuid } from '../platform/ids.ts'
import { smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import type { BucketInput, IncomingInput } from './model.ts'

export type Append = {
  workspace: Uuid
  /** null: an input of `bucket` itself */
  customer: Uuid | null
  input: IncomingInput | BucketInput
  bucket?: number
  /** null: was taken before (passed on); else it is made from the input's messageId */
  hash?: null
}

/** Appends in the given order (one request). Rows of one call keep their order per customer.
 *  `table` bulk: the rows wait until the inbox of their bucket is nearly empty. */
export async function append(
  sql: Sql,
  signals: Signals | null,
  rows: Append[],
  table: 'inbox' | 'bulk' = 'inbox',
): Promise<void> {
  if (rows.length === 0) return
  const bucket: number[] = []
  const workspace: Uuid[] = []
  const customer: (Uuid | null)[] = []
  const kind: string[] = []
  const hash: (Uuid | null)[] = []
  const body: string[] = []
  for (const row of rows) {
    bucket.push(row.customer ? bucketOf(row.customer) : row.bucket!)
    workspace.push(row.workspace)
    customer.push(row.customer)
    kind.push(row.input.kind)
    const messageId = 'messageId' in row.input ? row.input.messageId : null
    hash.push(messageId === null || row.hash === null ? null : hashId(row.workspace, messageId))
    body.push(JSON.stringify(row.input.body))
  }
  const values = [smallints(bucket), uuids(workspace), uuids(customer), texts(kind), uuids(hash), texts(body)]
  if (table === 'inbox')
    await sql.query({
      name: 'append',
      text: `insert into inbox (bucket, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
       select bucket, $7::uuid, ordinal - 1, workspace_id, customer_id, kind, message_hash, body
         from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[]) with ordinality
              u (bucket, workspace_id, customer_id, kind, message_hash, body, ordinal)`,
      values: [...values, newId()],
    })
  else
    await sql.query(
      `insert into bulk (bucket, workspace_id, customer_id, kind, message_hash, body)
       select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[])`,
      values,
    )
  if (!signals) return
  if (table === 'bulk') signals.emit('bulk')
  else for (const b of new Set(bucket)) signals.emit('inbox', String(b))
}

/** An input of every bucket: each takes it in its place among the inputs of its customers. */
export const appendToAll = (sql: Sql, workspace: Uuid, input: BucketInput): Promise<void> =>
  append(
    sql,
    null,
    ALL_BUCKETS.map(bucket => ({ workspace, customer: null, bucket, input })),
  )
