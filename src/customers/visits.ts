// Visits to the site or app, and check-ins at stores. A visit begins with the first activity after some idle time. It is
// engaged when it lasted longer than so many engaged ms, or had so many page views or conversions. Pure.
import type { EventBody } from '../inbox/model.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, Visits } from './model.ts'
import type { ProfilePlan } from './profile-plan.ts'

/** What a person does on a site or in an app, also where a server or a file tells of it. */
const BROWSING = new Set([
  'Page Viewed',
  'Screen Viewed',
  'Page Engaged',
  'Products Searched',
  'Product List Viewed',
  'Product Viewed',
  'Products Compared',
  'Product Added',
  'Product Removed',
  'Cart Viewed',
  'Checkout Started',
  'Application Opened',
  'Deep Link Opened',
])

const isActivity = (body: EventBody): boolean =>
  BROWSING.has(body.name) || (body.type === 'track' && (body.proof === 'public' || body.proof === 'token'))

const numberOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** Engaged ms that the event reports: of the pixel, or of GA4. */
function engagedMs(props: Record<string, unknown> | undefined): number {
  if (props === undefined) return 0
  const ms = numberOf(props.engaged_ms) || numberOf(props.engagement_time_msec)
  return Math.min(Math.round(ms || numberOf(props.engaged_seconds) * 1000), 86_400_000)
}

function isEngaged(visits: Visits, { settings }: ProfilePlan): boolean {
  const { engagedOverMs, pageViews, conversions } = settings.visit
  return visits.ms > engagedOverMs || visits.pv >= pageViews || visits.cv >= conversions
}

/** True when a visit or a check-in began. What is older than the visit at hand is not counted: it is told too late. */
export function foldVisit(fold: Fold, plan: ProfilePlan, body: EventBody, at: number): boolean {
  const { state } = fold
  if (body.name === 'Store Visited') {
    const visits = (state.visits ??= none())
    visits.st = (visits.st ?? 0) + 1
    visits.stAt = Math.max(visits.stAt ?? at, at)
    return true
  }
  const converts = plan.conversions.has(body.name)
  if (!isActivity(body)) return false
  const visits = (state.visits ??= none())
  const begins = visits.n === 0 || at >= visits.last + plan.idleMs
  if (begins) Object.assign(visits, { n: visits.n + 1, at, last: at, ms: 0, pv: 0, cv: 0 })
  else if (at < visits.at - plan.idleMs) return false
  else {
    visits.at = Math.min(visits.at, at)
    visits.last = Math.max(visits.last, at)
  }
  if (begins) derive(fold, 'visit.started', { number: visits.n }, {}, at)
  const before = !begins && isEngaged(visits, plan)
  visits.ms += engagedMs(body.props)
  if (body.type === 'page' || body.type === 'screen') visits.pv++
  if (converts) visits.cv++
  if (!before && isEngaged(visits, plan)) {
    visits.e++
    derive(fold, 'visit.engaged', { number: visits.n, ms: visits.ms, page_views: visits.pv }, {}, at)
  }
  return begins
}

const none = (): Visits => ({ n: 0, e: 0, at: 0, last: 0, ms: 0, pv: 0, cv: 0 })

/** Counts add up; the visit at hand is the newer. */
export function mergeVisits(state: CustomerState, other: CustomerState): void {
  const theirs = other.visits
  if (theirs === undefined) return
  const ours = state.visits
  if (ours === undefined) {
    state.visits = theirs
    return
  }
  const newer = theirs.last > ours.last ? theirs : ours
  const st = (ours.st ?? 0) + (theirs.st ?? 0)
  state.visits = {
    ...newer,
    n: ours.n + theirs.n,
    e: ours.e + theirs.e,
    ...(st > 0 ? { st, stAt: Math.max(ours.stAt ?? 0, theirs.stAt ?? 0) } : {}),
  }
}
