// Customers set aside after an error: their later inputs wait in order; unpark folds them again.
import type { Core } from '../platform/core.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import type { EventBody, IncomingInput } from './model.ts'

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
    await putBack(sql, workspace, customer)
    // its alarm was cleared: early is allowed; who is part of another has none
    await sql.query(
      'update customer set due_at = clock_timestamp() where bucket = $1 and id = $2 and workspace_id = $3 and merged_into is null',
      [bucket, customer, workspace],
    )
    return true
  })
  if (found) core.signals.emit('inbox', String(bucket))
  return found
}

/** Puts what waited behind a parked customer into the inbox, in order; `first` comes before everything that waits there
 *  or lies unread in the inbox. Under the bucket's lease row. */
export async function putBack(
  sql: Sql,
  workspace: Uuid,
  customer: Uuid,
  first: IncomingInput | null = null,
): Promise<void> {
  const bucket = bucketOf(customer)
  const { rows } = await sql.query<Waiting>(
    `delete from parked_input where bucket = $1 and workspace_id = $2 and customer_id = $3
     returning seq, kind, message_hash, received, body, clock_timestamp() as now`,
    [bucket, workspace, customer],
  )
  const waited = rows.sort((a, b) => a.seq - b.seq)
  const kinds = waited.map(r => r.kind)
  const hashes = waited.map(r => r.message_hash)
  const bodies = waited.map(aged)
  if (first) {
    kinds.unshift(first.kind)
    hashes.unshift(null)
    bodies.unshift(JSON.stringify(first.body))
  }
  await sql.query(
    `insert into inbox (bucket, received, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
     select $1, case when $8 then least(statement_timestamp(), (select min(received) from inbox where bucket = $1 and customer_id = $4) - interval '1 microsecond')
                     else statement_timestamp() end, $2, o, $3, $4, k, h, b from unnest($5::text[], $6::uuid[], $7::text[]) with ordinality u(k, h, b, o)`,
    [bucket, newId(), workspace, customer, kinds, hashes, bodies, first !== null],
  )
}

type Waiting = {
  seq: number
  kind: string
  message_hash: Uuid | null
  received: Date
  body: string
  now: Date
}

/** An event that said how long before its arrival it happened keeps its moment although it arrives again. */
function aged(row: Waiting): string {
  if (row.kind !== 'event') return row.body
  const body = JSON.parse(row.body) as EventBody
  if (body.at !== undefined) return row.body
  return JSON.stringify({ ...body, agoMs: (body.agoMs ?? 0) + (row.now.getTime() - row.received.getTime()) })
}
