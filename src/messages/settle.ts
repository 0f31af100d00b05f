// What a person decides about a message: how an unknown ended, or whether one that is held goes out after all.
import { append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import { canMove, type MessageState } from './model.ts'
import { OUTCOME_COLUMNS, outcomeRow, type OutcomeOf, tell } from './outcome-rows.ts'

export type Decision = 'accepted' | 'failed' | 'release' | 'skip'

const TARGET: Record<Decision, MessageState> = {
  accepted: 'accepted',
  failed: 'failed',
  release: 'intended',
  skip: 'skipped',
}

/** The state and the outcome's inbox row are one transaction. `now`: workspace ms.
 *  @throws Problem 404, 409 `message_moved_on` when its state does not allow this */
export async function settleMessage(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  decision: Decision,
  now: number,
): Promise<void> {
  const to = TARGET[decision]
  const ended = await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<OutcomeOf & { state: MessageState }>(
      `select m.state, ${OUTCOME_COLUMNS} from message m
        where m.bucket = $1 and m.id = $2 and m.workspace_id = $3 for update`,
      [bucketOf(id), id, workspace],
    )
    const row = rows[0]
    if (!row) throw notFound('msg')
    const fits =
      decision === 'release' || decision === 'skip' ? row.state === 'intended' : row.state === 'unknown'
    if (!fits || (to !== row.state && !canMove(row.state, to)))
      throw new Problem(409, 'message_moved_on', `The message is ${row.state} by now`, {
        action:
          'Look at it again: an unknown may be accepted or failed; one that waits may be released or skipped.',
      })
    const reason = decision === 'skip' ? 'restored' : decision === 'release' ? null : 'resolved'
    await sql.query(
      `update message set state = $3, reason = $4, changed = $5, epoch = epoch + 1,
              send_after = case when $3 = 'intended' then clock_timestamp() else send_after end
        where bucket = $1 and id = $2 and workspace_id = $6`,
      [bucketOf(id), id, to, reason, new Date(now), workspace],
    )
    if (to !== 'intended')
      await append(sql, null, [
        outcomeRow(row, {
          state: to,
          outcome: to === 'skipped' ? 'skipped' : null, // an unknown has had its first end
          reason,
          at: now,
        }),
      ])
    return row
  })
  tell(core.signals, [ended], [workspace])
  if (to === 'intended') core.signals.emit('message', '')
}
