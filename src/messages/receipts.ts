// What providers tell of messages after they took them: delivered, opened, bounced, complained. The ledger's state, the
// suppression and the outcome's inbox row are one transaction; told twice it counts once.
import type { Receipt } from '../channels/adapter.ts'
import { append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { canMove, type MessageState, type Outcome, type Rendered } from './model.ts'
import { clearSoftBounces, countSoftBounce, countStanding, type Told } from './reputation.ts'
import { OUTCOME_COLUMNS, outcomeRow, type OutcomeOf, tell } from './outcome-rows.ts'
import { suppress } from './suppression.ts'

export type MessageRow = OutcomeOf & {
  state: MessageState
  rendered: string | null
  attempts: number
  again: number
  /** what the provider told while it was at the socket */
  receipt: MessageState | null
  offset_ms: number
}

/** Locks the row until the transaction ends; null: there is no such message. */
export async function lockMessage(sql: Sql, id: Uuid): Promise<MessageRow | null> {
  const { rows } = await sql.query<MessageRow>(
    `select ${OUTCOME_COLUMNS}, m.state, m.rendered, m.attempts, m.again, m.receipt,
            w.clock_offset_ms as offset_ms
       from message m join workspace w on w.id = m.workspace_id
      where m.bucket = $1 and m.id = $2 for update of m`,
    [bucketOf(id), id],
  )
  return rows[0] ?? null
}

const isWaiting = (row: MessageRow): boolean =>
  row.attempts > 0 && (row.state === 'intended' || row.state === 'claimed')

/** What the provider has told so far of a message that it has taken, whatever we have recorded. */
const knownState = (row: MessageRow): MessageState =>
  row.state === 'sending' ? (row.receipt ?? 'accepted') : isWaiting(row) ? 'accepted' : row.state

/** Moves a locked message forward, where it may move, and tells its customer. `key`: the same telling counts once.
 *  What comes before our own record is kept: while the message is at the socket it is noted beside its state and decides how the
 *  try is recorded; one that waits for another try was taken by the first after all, and is not sent again. */
export async function advance(
  sql: Sql,
  id: Uuid,
  row: MessageRow,
  to: { state: Receipt['state']; at: number; detail?: Record<string, string>; moves: boolean; key: string },
): Promise<void> {
  const values = [bucketOf(id), id, to.state, row.workspace_id]
  const tellings: { state: MessageState; outcome: Outcome | null; key: string }[] = []
  if (!to.moves) {
    // a program opened it: nothing moves
  } else if (row.state === 'sending') {
    if (canMove(knownState(row), to.state))
      await sql.query(
        'update message set receipt = $3 where bucket = $1 and id = $2 and workspace_id = $4',
        values,
      )
  } else if (isWaiting(row)) {
    await sql.query(
      `update message set state = $3, changed = $5, reason = null, epoch = epoch + 1, claim_owner = null, claim_until = null, slot_at = null
        where bucket = $1 and id = $2 and workspace_id = $4`,
      [...values, new Date(to.at)],
    )
    const outcome = row.again > 0 ? null : ('accepted' as const)
    tellings.push({ state: 'accepted', outcome, key: `receipt:${id}:accepted` })
  } else if (canMove(row.state, to.state))
    await sql.query(
      'update message set state = $3, changed = $5 where bucket = $1 and id = $2 and workspace_id = $4',
      [...values, new Date(to.at)],
    )
  tellings.push({ state: to.state, outcome: null, key: to.key })
  await append(
    sql,
    null,
    tellings.map(({ state, outcome, key }) =>
      outcomeRow(
        row,
        {
          state,
          outcome,
          reason: null,
          at: to.at,
          ...(to.detail === undefined ? {} : { detail: to.detail }),
        },
        key,
      ),
    ),
  )
}

/** Of the account's workspace only: a receipt for another's message is passed over, and so is one for no message. */
export async function recordReceipts(core: Core, workspace: Uuid, receipts: Receipt[]): Promise<void> {
  if (receipts.length === 0) return
  const told = await inTransaction(core.pool, async sql => {
    const customers: MessageRow[] = []
    const standing: Told[] = []
    // in one order, so that two webhooks about the same messages do not wait for each other
    for (const receipt of receipts.toSorted((a, b) => (a.message < b.message ? -1 : 1))) {
      const row = await lockMessage(sql, receipt.message)
      if (row?.workspace_id !== workspace) continue
      const first = await take(sql, row, receipt)
      if (first !== null) standing.push(first)
      customers.push(row)
    }
    await countStanding(sql, workspace, standing)
    return customers
  })
  if (told.length > 0) tell(core.signals, told, [workspace])
}

/** What is new for the standing of the account that sent it; null: nothing. */
async function take(sql: Sql, row: MessageRow, receipt: Receipt): Promise<Told | null> {
  const { message, state, detail, machine } = receipt
  const at = receipt.at + row.offset_ms
  const fresh = machine === undefined && canMove(knownState(row), state)
  const rendered = row.rendered === null ? null : (JSON.parse(row.rendered) as Rendered)
  if (rendered !== null) await judgeAddress(sql, row, rendered.address, { ...receipt, at }, fresh)
  const said = {
    ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }),
    ...(machine === undefined ? {} : { machine: 'true' }),
  }
  await advance(sql, message, row, {
    state,
    at,
    moves: machine === undefined,
    // an open may be told by the provider and by our own picture: it is one
    key:
      state === 'opened'
        ? openKey(message, machine === true)
        : `receipt:${message}:${state}${machine ? ':machine' : ''}`,
    ...(Object.keys(said).length > 0 ? { detail: said } : {}),
  })
  return fresh && rendered?.account !== undefined ? { account: rendered.account, at, state } : null
}

/** Under which an open counts once, by whatever way it was told; of a person and of a machine apart. */
export const openKey = (message: Uuid, machine: boolean): string =>
  `open:${message}:${machine ? 'machine' : 'person'}`

/** Whether the address may be written to again. @param fresh the message was not told to be so before */
async function judgeAddress(
  sql: Sql,
  row: MessageRow,
  address: string,
  { state, at, hard }: Receipt,
  fresh: boolean,
): Promise<void> {
  const of = { workspace: row.workspace_id, channel: row.channel, address, at }
  if (state === 'delivered' && fresh) return clearSoftBounces(sql, of)
  const soft = state === 'bounced' && hard !== true
  const dead =
    state === 'complained' || (state === 'bounced' && (!soft || (fresh && (await countSoftBounce(sql, of)))))
  if (dead) await suppress(sql, [{ ...of, reason: state, source: soft ? 'soft_bounces' : 'receipt' }])
}
