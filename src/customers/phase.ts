// The purchase phase of a moment: during = from a checkout to its order, or for some hours; post = after an order until
// the next product view, or for some days; pre = else. Worked out from what is known when the event is folded. Pure.
import type { CustomerState } from './model.ts'
import type { ProfileSettings } from './settings.ts'

export type Phase = 'pre' | 'during' | 'post'
type Rules = ProfileSettings['phase']
type Known = Pick<CustomerState, 'phase' | 'orders'>
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** When the newest order that stands was placed. */
const orderedAt = ({ orders }: Known): number | null =>
  orders === undefined || orders.n === 0 ? null : orders.lastAt

export function phaseAt(state: Known, at: number, rules: Rules): Phase {
  const { c, v } = state.phase ?? {}
  if (c !== undefined && c <= at && at < c + rules.checkoutHours * HOUR_MS) return 'during'
  const ordered = orderedAt(state)
  if (ordered === null || at <= ordered || at >= ordered + rules.postDays * DAY_MS) return 'pre'
  return v !== undefined && v <= at ? 'pre' : 'post'
}

/** The phase of an event, whose own mark is noted by now. An order is made during a purchase, also at a till. */
export const phaseOfEvent = (state: Known, name: string, at: number, rules: Rules): Phase =>
  name === 'Order Completed' ? 'during' : phaseAt(state, at, rules)

/** Remembers what moves the phase; orders are folded before. What an order or time has ended is forgotten. */
export function notePhase(state: CustomerState, name: string, at: number, rules: Rules): void {
  const { phase } = state
  const ordered = orderedAt(state)
  if (phase !== undefined) {
    if (
      phase.c !== undefined &&
      (phase.c <= (ordered ?? -1) || at >= phase.c + rules.checkoutHours * HOUR_MS)
    )
      delete phase.c
    if (phase.v !== undefined && phase.v <= (ordered ?? phase.v)) delete phase.v
  }
  if (name === 'Checkout Started') {
    if (at > (ordered ?? -1)) (state.phase ??= {}).c = Math.max(phase?.c ?? at, at)
  } else if (name === 'Product Viewed' && ordered !== null && at > ordered)
    (state.phase ??= {}).v = Math.min(phase?.v ?? at, at)
  if (state.phase !== undefined && state.phase.c === undefined && state.phase.v === undefined)
    delete state.phase
}

/** Orders are merged before. */
export function mergePhase(state: CustomerState, other: CustomerState, rules: Rules): void {
  const { c, v } = other.phase ?? {}
  if (c !== undefined) notePhase(state, 'Checkout Started', c, rules)
  if (v !== undefined) notePhase(state, 'Product Viewed', v, rules)
}
