// Who comes into a journey: what its trigger waits for, then the rules of entry. Every refusal is a fact with its reason;
// what the trigger does not wait for is none.
import { derive, type Fact, type Fold } from '../customers/fold.ts'
import { anyReach } from '../customers/reach.ts'
import type { Told } from '../inbox/model.ts'
import { bucketOf, deriveId, type Uuid } from '../platform/ids.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import { percentOf } from '../rules/percent.ts'
import { isMember } from '../segments/fold.ts'
import { MAX_HOPS, type Enrollment, type PublishedJourney } from './model.ts'
import { isPaused, type Admission } from './plan.ts'
import { exitAtEntry, pastKey } from './ends.ts'
import { begin } from './run.ts'
import type { TriggerContext } from './triggers/type.ts'

const MAX_RUNS = 50
const DAY_MS = 86_400_000
const DEFAULT_LATENESS_MS = DAY_MS
/** An event later than its lateness by more than this is an import of the past: no word about it. */
const PAST_MS = 7 * DAY_MS
const MAX_EVENT_BYTES = 1024

const ask = (fold: Fold, rule: Rule): Verdict =>
  evaluate(rule, {
    state: fold.state,
    now: fold.t,
    timezone: fold.world.timezone,
    since: null,
    fresh: fold.fresh,
    member: (id, group) => isMember(fold, id, group),
  })

const contextOf = (fold: Fold, journey: PublishedJourney, at: number): TriggerContext => ({
  state: fold.state,
  world: fold.world,
  now: fold.t,
  at,
  journey: journey.id,
  evaluate: rule => ask(fold, rule),
  member: (segment, group) => isMember(fold, segment, group),
})

/** A fact that the journey's trigger names. */
export function startByFact(fold: Fold, { journey, type }: Admission, fact: Fact): void {
  const { trigger } = journey.graph
  if (type.admits !== undefined && !type.admits(trigger, fact, contextOf(fold, journey, fact.at))) return
  admitInTime(fold, journey, fact)
}

/** Another journey of this customer calls for it: only its trigger is passed by. */
export function startByJourney(fold: Fold, id: Uuid, fact: Fact): void {
  const journey = fold.plan.current.get(id)
  if (journey === undefined || journey.status === 'stopped')
    derive(fold, 'journey.not_entered', { reason: 'not_live' }, { journey: id })
  else admit(fold, journey, fact)
}

/** The journey was published and takes in who is in its segment already; a broadcast, whom its start was told to: they are
 *  its audience, whatever has become of them since. */
export function admitPresent(fold: Fold, id: Uuid, asOf?: number): void {
  const journey = fold.plan.current.get(id)
  if (journey === undefined) return
  const { trigger } = journey.graph
  const isBroadcast = trigger.kind === 'broadcast'
  if (!isBroadcast && !isPresent(fold, journey)) return
  admit(fold, journey, {
    name: isBroadcast ? 'broadcast' : 'backfill',
    at: isBroadcast && asOf !== undefined ? Math.min(asOf, fold.t) : fold.t,
    lateMs: 0,
    props: 'segment' in trigger && trigger.segment !== undefined ? { segment: trigger.segment } : {},
    trusted: true,
    keys: [],
  })
}

/** Of a broadcast that starts at `asOf`: whether the customer is for it. */
function isAudience(fold: Fold, { graph: { trigger } }: PublishedJourney, asOf: number): boolean {
  if (trigger.kind !== 'broadcast') return false
  const { segment, group, channels, purpose } = trigger
  if (segment !== undefined) return isMember(fold, segment, group, asOf)
  return fold.state.first <= asOf && channels.some(c => anyReach(fold.state, c, purpose))
}

function isPresent(fold: Fold, { graph: { trigger, entry }, status }: PublishedJourney): boolean {
  return (
    status === 'live' &&
    entry?.backfill === true &&
    trigger.kind === 'segment' &&
    isMember(fold, trigger.segment, trigger.group)
  )
}

/** Whether some journey would look at this customer, were this said. */
export function awaits(fold: Fold, told: Told): boolean {
  if (told.do === 'admit') {
    const journey = fold.plan.current.get(told.journey)
    if (journey === undefined) return false
    return told.asOf === undefined ? isPresent(fold, journey) : isAudience(fold, journey, told.asOf)
  }
  const fact = { name: told.name, at: fold.t, lateMs: 0, props: told.props, trusted: true, keys: [] }
  return (fold.plan.triggers.get(told.name) ?? []).some(
    ({ journey, type }) =>
      type.admits?.(journey.graph.trigger, fact, contextOf(fold, journey, fold.t)) ?? true,
  )
}

/** The moment `at` of a journey has come. */
export function startByMoment(fold: Fold, { journey, type }: Admission, at: number): void {
  const { trigger } = journey.graph
  const ctx = contextOf(fold, journey, at)
  if (type.stands !== undefined && !type.stands(trigger, ctx)) return
  for (const props of type.props?.(trigger, ctx) ?? [{}])
    admitInTime(fold, journey, {
      name: trigger.kind,
      at: fold.t,
      lateMs: fold.now - at,
      props,
      trusted: true,
      keys: [],
    })
}

function admitInTime(fold: Fold, journey: PublishedJourney, fact: Fact): void {
  const { trigger } = journey.graph
  const latest = ('latenessMs' in trigger ? trigger.latenessMs : undefined) ?? DEFAULT_LATENESS_MS
  if (fact.lateMs <= latest) admit(fold, journey, fact)
  else if (fact.lateMs <= latest + PAST_MS) refuse(fold, journey, 'late')
}

/** Lets the customer in, or says why not. */
function admit(fold: Fold, journey: PublishedJourney, fact: Fact): void {
  const found = candidate(fold, journey, fact)
  if ('run' in found) begin(fold, found.run, journey, fact.name)
  else refuse(fold, journey, found.reason, found.more)
}

function refuse(
  fold: Fold,
  journey: PublishedJourney,
  reason: string,
  more: Record<string, unknown> = {},
): void {
  derive(fold, 'journey.not_entered', { reason, ...more }, { journey: journey.id, version: journey.version })
}

/** The run that the fact would begin, or why it begins none. */
function candidate(
  fold: Fold,
  journey: PublishedJourney,
  fact: Fact,
): { run: Enrollment } | { reason: string; more?: Record<string, unknown> } {
  const closed = closedTo(fold, journey, fact)
  if (closed !== null) return { reason: closed }
  const key = keyOf(journey, fact)
  if (key === null) return { reason: 'no_key', more: { key: journey.graph.key } }
  const reason = obstacle(fold, journey, key)
  if (reason !== null) return { reason }
  const { filter, entry } = journey.graph
  if (entry?.exclude !== undefined) {
    const verdict = ask(fold, entry.exclude)
    if (verdict.value) return { reason: 'excluded', more: { why: verdict.why } }
  }
  if (filter) {
    const verdict = ask(fold, filter)
    if (!verdict.value) return { reason: 'filter', more: { why: verdict.why } }
  }
  const run = newRun(fold, journey, key, fact)
  const exit = exitAtEntry(fold, run, journey)
  return exit === null ? { run } : { reason: 'exit_rule', more: { exit } }
}

/** Why nobody, or not this one, may come in at all now. */
function closedTo(fold: Fold, journey: PublishedJourney, fact: Fact): string | null {
  // who is in a broadcast's audience waits inside: nobody is told of its start twice
  if (isPaused(fold.plan, journey.id) && journey.graph.trigger.kind !== 'broadcast') return 'paused'
  if (journey.status === 'stopped') return 'stopped'
  if ((fact.hops ?? 0) >= MAX_HOPS) return 'loop'
  const { entry } = journey.graph
  if (entry === undefined) return null
  if (entry.from !== undefined && fold.t < Date.parse(entry.from)) return 'not_started'
  if (entry.to !== undefined && fold.t >= Date.parse(entry.to)) return 'ended'
  if (entry.canaryPercent !== undefined && percentOf(fold.state.id, journey.id) >= entry.canaryPercent)
    return 'canary'
  return null
}

function keyOf(journey: PublishedJourney, fact: Fact): string | null {
  const { key } = journey.graph
  if (key === undefined) return ''
  const value = Object.hasOwn(fact.props, key) ? fact.props[key] : undefined
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text === '' || text.length > 200 ? null : text
}

/** Why this customer may not enter under this key now; null when it may. */
function obstacle(fold: Fold, journey: PublishedJourney, key: string): string | null {
  const { state } = fold
  const { reentry, entry } = journey.graph
  const running = state.enr.filter(r => r.j === journey.id)
  if (running.some(r => r.k === key)) return 'already_in'
  if (state.enr.length >= MAX_RUNS) return 'too_many_journeys'
  if (entry?.maxAtOnce !== undefined && running.length >= entry.maxAtOnce) return 'max_at_once'
  const past = state.past[pastKey(journey.id, key)]
  if (past === undefined || reentry.kind === 'always') return null
  if (reentry.kind === 'never') return 'entered_before'
  return fold.t < past.out + reentry.coolDownMs ? 'cool_down' : null
}

function newRun(fold: Fold, journey: PublishedJourney, key: string, fact: Fact): Enrollment {
  const { state } = fold
  const past = pastKey(journey.id, key)
  const n = Math.max(state.past[past]?.n ?? 0, state.used?.[past] ?? 0) + 1
  return {
    id: deriveId(bucketOf(state.id), journey.id, state.id, key, n),
    j: journey.id,
    v: journey.version,
    k: key,
    n,
    at: fold.t,
    node: journey.graph.start,
    occ: {},
    nodeAt: fold.t,
    wait: null,
    ev: { name: fact.name, at: fact.at, props: smaller(propsOf(fact)) },
    ...(fact.hops ? { hops: fact.hops } : {}),
  }
}

/** With what triggers know besides: an order's goods, what it was before. */
const propsOf = ({ props, order, before }: Fact): Record<string, unknown> => {
  if (order !== undefined) return { ...props, products: productsOf(order) }
  return before === undefined ? props : { ...props, before }
}

const productsOf = ({ after, before }: NonNullable<Fact['order']>) =>
  (after ?? before)?.lines.map(({ id, sku, name, q }) => ({ product_id: id, sku, name, quantity: q })) ?? []

/** The properties in their order, as far as they fit into the state. */
function smaller(props: Record<string, unknown>): Record<string, unknown> {
  if (JSON.stringify(props).length <= MAX_EVENT_BYTES) return props
  const kept: Record<string, unknown> = {}
  let left = MAX_EVENT_BYTES
  for (const [name, value] of Object.entries(props)) {
    const size = name.length + (JSON.stringify(value) ?? '').length + 4
    if (size > left) continue
    left -= size
    kept[name] = value
  }
  return kept
}

/** A person's command: passes by trigger, filter and re-entry, but never enters twice. */
export function enroll(
  fold: Fold,
  journey: PublishedJourney,
): { run: Enrollment } | { reason: 'paused' | 'already_in' | 'too_many_journeys' } {
  if (isPaused(fold.plan, journey.id)) return { reason: 'paused' }
  const reason = obstacle(fold, journey, '')
  if (reason === 'already_in' || reason === 'too_many_journeys') return { reason }
  const run = newRun(fold, journey, '', {
    name: 'command',
    at: fold.t,
    lateMs: 0,
    props: {},
    trusted: true,
    keys: [],
  })
  begin(fold, run, journey, 'command')
  return { run }
}
