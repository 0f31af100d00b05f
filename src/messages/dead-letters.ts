// Messages that came to no good end by themselves: all tries used up, unknown with nobody left to ask, or set aside for a fault
// of ours. A person has them tried again or leaves them, a group at a time.
import { append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { smallints, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { OUTCOME_COLUMNS, outcomeRow, type OutcomeOf, tell } from './outcome-rows.ts'
import { HELD_FROM } from './store.ts'

export type DeadReason = 'retries_exhausted' | 'unknown' | 'poison'
const AT_ONCE = 1_000

/** As the index message_dead has it; of unknown ones those that nobody asks about any more. */
const DEAD = `not dismissed and (state = 'unknown' or (state = 'failed' and reason = 'retries_exhausted') or (state = 'skipped' and reason = 'poison'))
  and (state <> 'unknown' or send_after >= '${HELD_FROM}')`
const REASON = `case when state = 'unknown' then 'unknown' else reason end`

export type DeadGroup = {
  reason: DeadReason
  channel: string
  count: number
  oldest: Date
  newest: Date
  message: Uuid
}

/** By reason and channel, the largest group first, each with its newest message. */
export async function deadGroups(sql: Sql, workspace: Uuid): Promise<DeadGroup[]> {
  const { rows } = await sql.query<DeadGroup>(
    `select ${REASON} as reason, channel, count(*)::int as count, min(changed) as oldest, max(changed) as newest,
            (array_agg(id order by changed desc))[1] as message
       from message where workspace_id = $1 and ${DEAD} group by 1, 2 order by count desc, 1, 2`,
    [workspace],
  )
  return rows
}

type DeadRow = OutcomeOf & { state: string }

/** Tried again: under the same id, so a provider that keeps keys takes it once; whether it is too late is not asked. Left: an
 *  unknown counts as failed. `now`: workspace ms. Returns how many, and how many are left of the group. */
export async function handleDead(
  core: Core,
  workspace: Uuid,
  what: { do: 'retry' | 'skip'; reason: DeadReason; channel: string },
  now: number,
): Promise<{ done: number; left: number }> {
  const ended = await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<DeadRow>(
      `select m.state, ${OUTCOME_COLUMNS} from message m
        where workspace_id = $1 and ${DEAD} and ${REASON} = $2 and channel = $3
        order by bucket, id limit ${AT_ONCE} for update skip locked`,
      [workspace, what.reason, what.channel],
    )
    const values = [
      smallints(rows.map(r => bucketOf(r.id))),
      uuids(rows.map(r => r.id)),
      new Date(now),
      workspace,
    ]
    const of =
      'from unnest($1::smallint[], $2::uuid[]) u(bucket, id) where m.bucket = u.bucket and m.id = u.id and m.workspace_id = $4'
    if (what.do === 'retry') {
      await sql.query(
        `update message m set state = 'intended', reason = null, attempts = 0, faults = 0, again = m.again + 1, epoch = m.epoch + 1,
                batch_id = null, receipt = null, taken = null, send_after = clock_timestamp(), changed = $3 ${of}`,
        values,
      )
      return { rows, told: [] }
    }
    await sql.query(
      `update message m set dismissed = true, epoch = m.epoch + 1, changed = $3,
              state = case when m.state = 'unknown' then 'failed' else m.state end,
              reason = case when m.state = 'unknown' then 'resolved' else m.reason end ${of}`,
      values,
    )
    const told = rows.filter(r => r.state === 'unknown')
    await append(
      sql,
      null,
      told.map(r =>
        outcomeRow(r, {
          state: 'failed',
          outcome: null, // it has had its first end
          reason: 'resolved',
          at: now,
        }),
      ),
    )
    return { rows, told }
  })
  tell(core.signals, ended.told, [workspace])
  if (what.do === 'retry') core.signals.emit('message', '')
  const group = (await deadGroups(core.pool, workspace)).find(
    g => g.reason === what.reason && g.channel === what.channel,
  )
  return { done: ended.rows.length, left: group?.count ?? 0 }
}
