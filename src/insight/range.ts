// The time a question is about, in workspace time, as the query gives it.
import { workspaceNow } from '../catalogue/workspace.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'

const DAY_MS = 86_400_000
const USUAL_DAYS = 30
const LONGEST_DAYS = 2 * 366

export type Range = { from: number; to: number; now: number }

/** @throws Problem 400 `bad_range` when it is empty, ends before it begins or is longer than two years */
export function rangeOf(query: { from?: string; to?: string }, workspace: WorkspaceRow): Range {
  const now = workspaceNow(workspace)
  const to = query.to === undefined ? now : Date.parse(query.to)
  const from = query.from === undefined ? to - USUAL_DAYS * DAY_MS : Date.parse(query.from)
  if (from >= to)
    throw new Problem(400, 'bad_range', 'The range is empty', {
      path: 'from',
      action: 'Choose a start before the end.',
    })
  if (to - from > LONGEST_DAYS * DAY_MS)
    throw new Problem(400, 'bad_range', 'The range is longer than two years', {
      path: 'from',
      action: 'Choose a later start.',
    })
  return { from, to, now }
}
