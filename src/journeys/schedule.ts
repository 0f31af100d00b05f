// Timers of one customer: runs that wait for a time, journeys that a moment of their own starts (a birthday), and journeys
// that one moment starts for everybody (a holiday). The last are in no state: what of them lies behind the last fold has
// been folded.
import type { Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import { isMember } from '../segments/fold.ts'
import { segmentPlanOf } from '../segments/plan.ts'
import type { Enrollment } from './model.ts'
import { watchDue } from './watch.ts'
import { isPaused, runningJourney, type Admission, type Plan } from './plan.ts'
import { pendingMove } from './versions/pending.ts'

/** When this run must be looked at; null: only something that happens moves it. */
function dueOf(plan: Plan, run: Enrollment, now: number): number | null {
  if (runningJourney(plan, run.j, run.v) === null) return now // it must end
  const waits = waitedUntil(plan, run, now)
  const first = run.due !== undefined && (waits === null || run.due < waits) ? run.due : waits
  const pending = plan.moving.size > 0 ? pendingMove(plan, run) : null
  if (pending === null) return first
  const met = Math.max(pending.at, now)
  return first === null || pending.held ? met : Math.min(first, met)
}

/** When what the run waits for at its node is over. */
export function waitedUntil(plan: Plan, run: Enrollment, now: number): number | null {
  if (isPaused(plan, run.j) || run.wait === null) return null
  if (run.wait.kind === 'message') return run.wait.got === undefined ? (run.wait.until ?? null) : now
  return run.wait.until
}

export type Due =
  | { at: number; run: Enrollment }
  | { at: number; date: Admission }
  /** a tag ends */
  | { at: number; tags: true }
  /** a goal's window, or a figure's */
  | { at: number; watch: true }
  /** a coupon or points end, or somebody is to be told that they will */
  | { at: number; rights: true }
  /** a membership of a segment may change */
  | { at: number; segments: true }
  /** everybody's: all that have this moment */
  | { at: number; commons: Admission[] }

/** The earliest timer; ties go to segments, which others may ask for, then to runs in the order they were entered, to dates,
 *  and to what is everybody's. @param through what is everybody's has been folded up to here */
export function nextDue(state: CustomerState, plan: Plan, world: World, through = state.now): Due | null {
  let first: Due | null = null
  for (const run of state.enr) {
    const at = dueOf(plan, run, state.now)
    if (at !== null && (first === null || at < first.at)) first = { at, run }
  }
  for (const date of plan.dates) {
    const at = state.dates[date.journey.id]
    if (at !== undefined && (first === null || at < first.at)) first = { at, date }
  }
  const common = nextCommon(state, plan, world, through)
  if (common !== null && (first === null || common.at < first.at)) first = common
  const watch = watchDue(state)
  if (watch !== null && (first === null || watch < first.at)) first = { at: watch, watch: true }
  if (state.tagEnd !== undefined && (first === null || state.tagEnd < first.at))
    first = { at: state.tagEnd, tags: true }
  if (state.rightsDue !== undefined && (first === null || state.rightsDue < first.at))
    first = { at: state.rightsDue, rights: true }
  if (state.segDue !== undefined && (first === null || state.segDue <= first.at))
    first = { at: state.segDue, segments: true }
  return first
}

/** The earliest that is everybody's, and this customer's too. */
export function nextCommon(state: CustomerState, plan: Plan, world: World, through: number): Due | null {
  if (plan.commons.length === 0) return null
  let at = Number.POSITIVE_INFINITY
  let commons: Admission[] = []
  for (const common of plan.commons) {
    const moment = commonMoment(common, world, through)
    if (moment === null || moment > at) continue
    const segment = common.type.segment?.(common.journey.graph.trigger) ?? null
    const within = { state, segments: segmentPlanOf(world) }
    if (segment !== null && !isMember(within, segment.segment, segment.group)) continue
    if (moment < at) commons = []
    at = moment
    commons.push(common)
  }
  return commons.length > 0 ? { at, commons } : null
}

/** Moments found last, as [after, moment]: between them the answer is the same, for all customers. */
const known = new WeakMap<Admission, [after: number, moment: number | null][]>()
const MOST_KNOWN = 4

function commonMoment(common: Admission, world: World, after: number): number | null {
  const { journey, type } = common
  // what lay before the publication starts nobody
  const from = Math.max(after, (journey.since ?? 0) - 1)
  let windows = known.get(common)
  if (windows === undefined) known.set(common, (windows = []))
  for (const [start, moment] of windows)
    if (from >= start && (moment === null || from < moment)) return moment
  const moment = type.common!(journey.graph.trigger, world, from)
  windows.unshift([from, moment])
  if (windows.length > MOST_KNOWN) windows.pop()
  return moment
}

function setDate({ state, world, t }: Fold, { journey, type }: Admission): void {
  const at = type.moment!(journey.graph.trigger, { state, world, after: t })
  if (at === null) delete state.dates[journey.id]
  else state.dates[journey.id] = at
}

/** Works out anew when each date starts its journey: after it was reached, or the world changed. */
export function setDates(fold: Fold): void {
  fold.moved = []
  fold.state.dates = {}
  for (const date of fold.plan.dates) setDate(fold, date)
}

/** The same for those that something happened to. */
export function setMoved(fold: Fold): void {
  const { moved } = fold
  fold.moved = []
  for (const date of new Set(moved)) setDate(fold, date)
}
