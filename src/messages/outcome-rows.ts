// Outcomes of messages as rows of their customers' inboxes, and who hears of them after the commit.
import type { OutcomeBody } from '../inbox/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Signals } from '../platform/signals.ts'
import type { Origin } from './model.ts'

/** Of a message's row, what its outcome names. */
export type OutcomeOf = {
  id: Uuid
  workspace_id: Uuid
  customer_id: Uuid
  enrollment_id: Uuid | null
  journey_id: Uuid | null
  node: string | null
  channel: string
  origin: Origin | null
}
const COLUMNS = [
  'id',
  'workspace_id',
  'customer_id',
  'enrollment_id',
  'journey_id',
  'node',
  'channel',
  'origin',
] as const satisfies (keyof OutcomeOf)[]
/** Its columns, of the message `m`. */
export const OUTCOME_COLUMNS = COLUMNS.map(c => `m.${c}`).join(', ')

type Said = Omit<OutcomeBody, 'message' | 'enrollment' | 'node' | 'journey' | 'channel' | 'origin'>

/** For `append`. `messageId`: the same telling counts once. */
export const outcomeRow = (row: OutcomeOf, said: Said, messageId: string | null = null) => {
  const body: OutcomeBody = {
    message: row.id,
    enrollment: row.enrollment_id,
    node: row.node,
    journey: row.journey_id,
    channel: row.channel,
    ...(row.origin === null ? {} : { origin: row.origin }),
    ...said,
  }
  return {
    workspace: row.workspace_id,
    customer: row.customer_id,
    input: { kind: 'outcome' as const, messageId, body },
  }
}

/** After a commit: owners fold the outcomes, open pages refetch. */
export function tell(
  signals: Signals,
  ended: Pick<OutcomeOf, 'customer_id'>[],
  workspaces: Iterable<Uuid>,
): void {
  for (const b of new Set(ended.map(e => bucketOf(e.customer_id)))) signals.emit('inbox', String(b))
  for (const w of new Set(workspaces)) signals.emit('live', `${w}:messages`)
}
