// Which publication has yet to meet a run that waits on an earlier version, and what it does with it. Everybody is met
// exactly once by each, at the moment of the publication, before anything later happens to them: where they rest then
// decides, however late they are folded.
import type { Enrollment, Move, PublishedJourney } from '../model.ts'
import { isPaused, type Plan } from '../plan.ts'

export type Pending = { to: PublishedJourney; move: Move | null; at: number; held: boolean }

/** The oldest publication that has not met this run; null when all have, or when it cannot be met now. */
export function pendingMove(plan: Plan, run: Enrollment): Pending | null {
  const versions = plan.moving.get(run.j)
  if (versions === undefined || isPaused(plan, run.j)) return null
  const met = Math.max(run.mv ?? 0, run.v)
  for (const to of versions) {
    if (to.version <= met || to.moves === undefined) continue
    const move = to.moves.list.find(m => m.from === run.v && m.node === run.node) ?? null
    // who waits for the end of a message catches up from where it leads
    if (move?.do === 'catch_up' && run.wait?.kind === 'message') return null
    return { to, move, at: to.moves.at, held: to.moves.held === true }
  }
  return null
}
