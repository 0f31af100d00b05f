// Timers of one customer: runs that wait for a time, and journeys that a date starts.
import type { Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import { nextDateMoment } from '../platform/wall-time.ts'
import type { Enrollment } from './model.ts'
import { isPaused, runningJourney, type DateJourney, type Plan } from './plan.ts'

/** When this run must be looked at; null: only something that happens moves it. */
function dueOf(plan: Plan, run: Enrollment, now: number): number | null {
  if (runningJourney(plan, run.j, run.v) === null) return now // it must end
  const waits = waitedUntil(plan, run, now)
  return run.due !== undefined && (waits === null || run.due < waits) ? run.due : waits
}

/** When what the run waits for at its node is over. */
export function waitedUntil(plan: Plan, run: Enrollment, now: number): number | null {
  if (isPaused(plan, run.j) || run.wait === null) return null
  if (run.wait.kind === 'message') return run.wait.got === undefined ? (run.wait.until ?? null) : now
  return run.wait.until
}

export type Due =
  | { at: number; run: Enrollment }
  | { at: number; date: DateJourney }
  /** a tag ends */
  | { at: number; tags: true }
  /** a membership of a segment may change */
  | { at: number; segments: true }

/** The earliest timer; ties go to segments, which others may ask for, then to runs in the order they were entered, then to
 *  dates. */
export function nextDue(state: CustomerState, plan: Plan): Due | null {
  let first: Due | null = null
  for (const run of state.enr) {
    const at = dueOf(plan, run, state.now)
    if (at !== null && (first === null || at < first.at)) first = { at, run }
  }
  for (const date of plan.dates) {
    const at = state.dates[date.id]
    if (at !== undefined && (first === null || at < first.at)) first = { at, date }
  }
  if (state.tagEnd !== undefined && (first === null || state.tagEnd < first.at))
    first = { at: state.tagEnd, tags: true }
  if (state.segDue !== undefined && (first === null || state.segDue <= first.at))
    first = { at: state.segDue, segments: true }
  return first
}

/** Works out anew when each date starts its journey: after a date changed, was reached, or the world changed. */
export function setDates(fold: Fold): void {
  const { state, plan, world } = fold
  fold.datesChanged = false
  const dates: Record<string, number> = {}
  for (const journey of plan.dates) {
    const { trigger } = journey.graph
    const at = nextDateMoment(state.traits[trigger.trait]?.v, trigger, world.timezone, fold.t)
    if (at !== null) dates[journey.id] = at
  }
  state.dates = dates
}
