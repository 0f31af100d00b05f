// Visits to the site or app, and check-ins at stores, which a workspace may have told as visits, too. A visit begins with the
// first activity after some idle time. It is engaged when it lasted longer than so many engaged ms, or had so many page
// views or conversions. A conversion that a server tells of (an order of the web shop) is no activity: it begins no visit
// and makes none longer, but what happened while one lasted is that visit's conversion. What was done in a store is
// nobody's visit to the site. Pure.
import type { EventBody } from '../inbox/model.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, Visits } from './model.ts'
import type { ProfilePlan } from './profile-plan.ts'

/** Told when a page is left, of the time before: it begins no visit. */
const LEFT = 'Page Engaged'

/** What a person does on a site or in an app, also where a server or a file tells of it. */
const BROWSING = new Set([
  'Page Viewed',
  'Screen Viewed',
  LEFT,
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

const isInStore = ({ props }: EventBody): boolean =>
  props?.sales_channel === 'store' || isCode(props?.store) || isCode(props?.staff)
const isCode = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

const numberOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** Engaged ms that the event reports: `seconds` of the pixel's `Page Engaged`, or what GA4 says. */
function engagedMs({ name, props }: EventBody): number {
  if (props === undefined) return 0
  const ms = name === LEFT ? numberOf(props.seconds) * 1000 : numberOf(props.engagement_time_msec)
  return Math.min(Math.round(ms), 86_400_000)
}

function isEngaged(visits: Visits, { settings }: ProfilePlan): boolean {
  const { engagedOverMs, pageViews, conversions } = settings.visit
  return (visits.ms ?? 0) > engagedOverMs || (visits.pv ?? 0) >= pageViews || (visits.cv ?? 0) >= conversions
}

const lastOf = (visits: Visits): number => visits.at + visits.d

/** True when a visit or a check-in began. What is older than the visit at hand is not counted: it is told too late. */
export function foldVisit(fold: Fold, plan: ProfilePlan, body: EventBody, at: number): boolean {
  const { state } = fold
  if (body.name === 'Store Visited') {
    const visits = (state.visits ??= { n: 0, at, d: 0 })
    visits.st = (visits.st ?? 0) + 1
    visits.stAt = Math.max(visits.stAt ?? at, at)
    if (plan.settings.visit.storeCheckIns) {
      const { store } = body.props ?? {}
      derive(fold, 'visit.started', { place: 'store', ...(isCode(store) ? { store } : {}) }, {}, at)
    }
    return true
  }
  const held = state.visits !== undefined && state.visits.n > 0 ? state.visits : null
  if (!isActivity(body)) {
    if (held !== null && plan.conversions.has(body.name) && !isInStore(body))
      if (at >= held.at && at < lastOf(held) + plan.idleMs) engage(fold, plan, held, body, at)
    return false
  }
  if (held !== null && at < held.at - plan.idleMs) return false
  if (held === null || at >= lastOf(held) + plan.idleMs) {
    if (body.name !== LEFT) {
      const visits = begin(state, at)
      derive(fold, 'visit.started', { number: visits.n }, {}, at)
      engage(fold, plan, visits, body, at)
      return true
    }
  } else {
    const last = Math.max(lastOf(held), at)
    held.at = Math.min(held.at, at)
    held.d = last - held.at
  }
  if (held !== null) engage(fold, plan, held, body, at)
  return false
}

function begin(state: CustomerState, at: number): Visits {
  const { n = 0, e, st, stAt } = state.visits ?? {}
  return (state.visits = {
    n: n + 1,
    ...(e ? { e } : {}),
    at,
    d: 0,
    ...(st ? { st, stAt: stAt! } : {}),
  })
}

/** Counts towards the thresholds, until one is passed. */
function engage(fold: Fold, plan: ProfilePlan, visits: Visits, body: EventBody, at: number): void {
  if (visits.on) return
  const ms = engagedMs(body)
  if (ms > 0) visits.ms = (visits.ms ?? 0) + ms
  if (body.type === 'page' || body.type === 'screen') visits.pv = (visits.pv ?? 0) + 1
  if (plan.conversions.has(body.name)) visits.cv = (visits.cv ?? 0) + 1
  if (!isEngaged(visits, plan)) return
  const { ms: engaged_ms = 0, pv: page_views = 0, cv: conversions = 0 } = visits
  derive(fold, 'visit.engaged', { number: visits.n, engaged_ms, page_views, conversions }, {}, at)
  visits.on = true
  visits.e = (visits.e ?? 0) + 1
  delete visits.ms
  delete visits.pv
  delete visits.cv
}

/** Counts add up; the visit at hand is the newer. */
export function mergeVisits(state: CustomerState, other: CustomerState): void {
  const theirs = other.visits
  if (theirs === undefined) return
  const ours = state.visits
  if (ours === undefined) {
    state.visits = theirs
    return
  }
  const e = (ours.e ?? 0) + (theirs.e ?? 0)
  const st = (ours.st ?? 0) + (theirs.st ?? 0)
  state.visits = {
    ...(lastOf(theirs) > lastOf(ours) ? theirs : ours),
    n: ours.n + theirs.n,
    ...(e > 0 ? { e } : {}),
    ...(st > 0 ? { st, stAt: Math.max(ours.stAt ?? 0, theirs.stAt ?? 0) } : {}),
  }
}
