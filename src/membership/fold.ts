// The fold's part of what a customer holds, coupons and points together: what time takes away, and what a merge brings. Pure.
import type { Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import { foldCoupons } from './coupons.ts'
import { setRightsDue } from './due.ts'
import { foldPoints, mergePoints } from './points.ts'

/** What is over at `fold.t`, and what is to be told of by then. */
export function foldRights(fold: Fold): void {
  foldCoupons(fold)
  foldPoints(fold)
  setRightsDue(fold)
}

/** Takes in what somebody held who became part of this customer; nothing is told, as merges trigger nothing. Coupons are
 *  taken in with everything else that a customer stands for (standing.ts). */
export function mergeRights(fold: Fold, other: CustomerState): void {
  const { state } = fold
  for (const [n, times] of Object.entries(other.had ?? {})) {
    const had = (state.had ??= {})
    had[n] = (had[n] ?? 0) + times
  }
  mergePoints(fold, other)
  setRightsDue(fold)
}
