// When time next changes something of the coupons and points that a customer holds. Pure.
import type { Fold } from '../customers/fold.ts'
import type { World } from '../customers/world.ts'
import { isOpen } from './held.ts'
import { DEFAULT_POINTS, type HeldPoints } from './model.ts'

const DAY_MS = 86_400_000

/** When somebody must be told that points expire; null: not any more. */
export function pointsReminder(points: HeldPoints, world: World): number | null {
  const days = (world.points ?? DEFAULT_POINTS).remindDays
  const lot = days === null ? undefined : points.lots.find(([, ends]) => ends > (points.w ?? 0))
  return lot === undefined ? null : lot[1] - days! * DAY_MS
}

/** Works out anew when time changes something of the coupons and points. */
export function setRightsDue({ state, world }: Pick<Fold, 'state' | 'world'>): void {
  let due = Number.POSITIVE_INFINITY
  for (const held of Object.values(state.coupons ?? {}))
    if (isOpen(held)) due = Math.min(due, held.w ?? due, held.ends ?? due)
  if (state.pts !== undefined) {
    const ends = state.pts.lots[0]?.[1]
    if (ends) due = Math.min(due, ends)
    due = Math.min(due, pointsReminder(state.pts, world) ?? due)
  }
  if (due < Number.POSITIVE_INFINITY) state.rightsDue = due
  else delete state.rightsDue
}
