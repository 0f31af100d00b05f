// What providers tell of messages after they took them: delivered, opened, bounced, complained. The ledger's state, the
// suppression and the outcome's inbox row are one transaction; told twice it counts once.
import type { Receipt } from '../channels/adapter.ts'
import { append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { canMove, type MessageState, type Origin, type Rendered } from './model.ts'
import { outcomeRow, tell } from './store.ts'
import { suppress } from './suppression.ts'

export type MessageRow = {
  workspace_id: Uuid
  customer_id: Uuid
  enrollment_id: Uuid | null
  journey_id: Uuid | null
  node: string | null
  channel: string
  state: MessageState
  rendered: string | null
  origin: Origin | null
  offset_ms: number
}

export async function lockMessage(sql: Sql, id: Uuid): Promise<MessageRow | null> {
  const { rows } = await sql.query<MessageRow>(
    `select m.workspace_id, m.customer_id, m.enrollment_id, m.journey_id, m.node, m.channel, m.state, m.rendered, m.origin,
            w.clock_offset_ms as offset_ms
       from message m join workspace w on w.id = m.workspace_id
      where m.bucket = $1 and m.id = $2 for update of m`,
    [bucketOf(id), id],
  )
  return rows[0] ?? null
}

/** Moves a locked message forward, where it may move, and tells its customer. `key`: the same telling counts once. */
export async function advance(
  sql: Sql,
  id: Uuid,
  row: MessageRow,
  to: { state: Receipt['state']; at: number; detail?: Record<string, string>; moves: boolean; key: string },
): Promise<void> {
  if (to.moves && canMove(row.state, to.state))
    await sql.query('update message set state = $3, changed = $4 where bucket = $1 and id = $2', [
      bucketOf(id),
      id,
      to.state,
      new Date(to.at),
    ])
  await append(sql, null, [
    outcomeRow(
      { workspace: row.workspace_id, customer: row.customer_id },
      {
        message: id,
        enrollment: row.enrollment_id,
        node: row.node,
        journey: row.journey_id,
        channel: row.channel,
        state: to.state,
        outcome: null,
        reason: null,
        at: to.at,
        origin: row.origin,
        ...(to.detail === undefined ? {} : { detail: to.detail }),
      },
      to.key,
    ),
  ])
}

/** Of the account's workspace only: a receipt for another's message is passed over, and so is one for no message. */
export async function recordReceipts(core: Core, workspace: Uuid, receipts: Receipt[]): Promise<void> {
  if (receipts.length === 0) return
  const told = await inTransaction(core.pool, async sql => {
    const customers: { customer: Uuid }[] = []
    // in one order, so that two webhooks about the same messages do not wait for each other
    for (const receipt of receipts.toSorted((a, b) => (a.message < b.message ? -1 : 1))) {
      const row = await lockMessage(sql, receipt.message)
      if (row?.workspace_id !== workspace) continue
      await take(sql, row, receipt)
      customers.push({ customer: row.customer_id })
    }
    return customers
  })
  if (told.length > 0) tell(core.signals, told, [workspace])
}

async function take(sql: Sql, row: MessageRow, receipt: Receipt): Promise<void> {
  const { message, state, detail, machine } = receipt
  const at = receipt.at + row.offset_ms
  const dead = state === 'complained' || (state === 'bounced' && receipt.hard === true)
  if (dead && row.rendered !== null) {
    const { address } = JSON.parse(row.rendered) as Rendered
    await suppress(sql, [
      {
        workspace: row.workspace_id,
        channel: row.channel,
        address,
        reason: state,
        source: 'receipt',
        at,
      },
    ])
  }
  const said = {
    ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }),
    ...(machine === undefined ? {} : { machine: 'true' }),
  }
  await advance(sql, message, row, {
    state,
    at,
    moves: machine === undefined,
    key: `receipt:${message}:${state}${machine ? ':machine' : ''}`,
    ...(Object.keys(said).length > 0 ? { detail: said } : {}),
  })
}
