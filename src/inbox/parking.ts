// Customers set aside after an error: their later inputs wait in order; unpark folds them again.
import type { Core } from '../platform/core.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import type { EventBody } from './model.ts'

/** Puts the waiting inputs back into the inbox, in order, and lets the customer be folded again. Under the bucket's
 *  lease row, so that no fold runs meanwhile. False when this customer is not parked. */
export async function unpark(core: Core, workspace: Uuid, customer: Uuid): Promise<boolean> {
  const bucket = bucketOf(customer)
  const found = await inTransaction(core.pool, async sql => {
    await sql.query('select bucket from bucket where bucket = $1 for no key update', [bucket])
    const parked = await sql.query(
      'delete from parked where bucket = $1 and workspace_id = $2 and customer_id = $3',
      [bucket, workspace, customer],
    )
    if (parked.rowCount === 0) return false
    const { rows } = await sql.query<{
      kind: string
      message_hash: Uuid | null
      received: Date
      body: string
      now: Date
    }>(
      `delete from parked_input where bucket = $1 and workspace_id = $2 and customer_id = $3
       returning kind, message_hash, received, body, seq, clock_timestamp() as now`,
      [bucket, workspace, customer],
    )
    const waited = rows as (Record<string, unknown> & {
      seq: number
      kind: string
      message_hash: Uuid | null
      received: Date
      body: string
      now: Date
    })[]
    waited.sort((a, b) => a.seq - b.seq)
    const request = newId()
    await sql.query(
      `insert into inbox (bucket, received, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
       select $1, statement_timestamp(), $2, o, $3, $4, k, h, b from unnest($5::int[], $6::text[], $7::uuid[], $8::text[]) u(o, k, h, b)`,
      [
        bucket,
        request,
        workspace,
        customer,
        waited.map((_, i) => i),
        waited.map(r => r.kind),
        waited.map(r => r.message_hash),
        waited.map(r => aged(r)),
      ],
    )
    // its alarm was cleared: early is allowed
    await sql.query('update customer set due_at = clock_timestamp() where bucket = $1 and id = $2', [
      bucket,
      customer,
    ])
    return true
  })
  if (found) core.signals.emit('inbox', String(bucket))
  return found
}

/** An event that said how long before its arrival it happened keeps its moment although it arrives again. */
function aged(row: { kind: string; body: string; received: Date; now: Date }): string {
  if (row.kind !== 'event') return row.body
  const body = JSON.parse(row.body) as EventBody
  if (body.at !== undefined) return row.body
  return JSON.stringify({ ...body, agoMs: (body.agoMs ?? 0) + (row.now.getTime() - row.received.getTime()) })
}
