// The journeys' part of the reducer: what a fact starts, moves or ends; what a timer does; what a message's outcome does.
import { derive, happen, TooManyRounds, type Fact, type Fold } from '../customers/fold.ts'
import { expireTags } from '../customers/profile.ts'
import { clockOutcome } from '../customers/standing.ts'
import type { OutcomeBody } from '../inbox/model.ts'
import { outcomeName, outcomeProps } from '../messages/model.ts'
import { bucketOf, deriveId, type Uuid } from '../platform/ids.ts'
import { evaluate } from '../rules/evaluate.ts'
import { matches } from '../rules/match.ts'
import { foldSegments, isMember, segmentsDue } from '../segments/fold.ts'
import { mark } from '../segments/marks.ts'
import { MAX_HOPS, type Enrollment, type PublishedJourney } from './model.ts'
import { asks, isPaused, runningJourney, watchedNodes } from './plan.ts'
import { begin, checkEnds, endRun, exitAtEntry, pastKey, resume } from './run.ts'
import { nextDue, setDates, waitedUntil, type Due } from './schedule.ts'

/** A journey that starts another counts hops, and each may take a round for its segments. */
const MAX_ROUNDS = 40
/** Timers folded in one reduction; what is left stays due. */
const MAX_TIMERS = 1000
const MAX_RUNS = 50
const DAY_MS = 86_400_000
const DEFAULT_LATENESS_MS = DAY_MS
/** An event later than its lateness by more than this is an import of the past: no word about it. */
const PAST_MS = 7 * DAY_MS
const MAX_EVENT_BYTES = 1024
const NONE: ReadonlySet<string> = new Set()

/** Folds the waiting facts, then what they derive, until nothing changes.
 *  @throws TooManyRounds */
export function settle(fold: Fold): void {
  for (let round = 0; fold.facts.length > 0 || fold.changed || fold.dirty.size > 0; round++) {
    if (round === MAX_ROUNDS)
      throw new TooManyRounds(`derived facts still trigger after ${MAX_ROUNDS} rounds`)
    const facts = fold.facts
    fold.facts = []
    if (fold.dirty.size > 0) {
      fold.hops = fold.carried
      fold.carried = 0
      foldSegments(fold)
      fold.hops = 0
    }
    if (fold.changed) {
      fold.changed = false
      fold.fresh = NONE
      look(fold)
    }
    for (const fact of facts) foldFact(fold, fact)
  }
  fold.fresh = NONE
  if (fold.datesChanged) setDates(fold)
}

/** Looks at every run's goal and exits, and at those that wait for an event. */
export function look(fold: Fold): void {
  for (const run of fold.state.enr.slice()) {
    if (!fold.state.enr.includes(run)) continue
    const journey = runningJourney(fold.plan, run.j, run.v)
    if (journey === null) endRun(fold, run, 'stopped')
    else if (!checkEnds(fold, run, journey, fold.fresh) && run.wait?.kind === 'event')
      resume(fold, run, journey, { kind: 'event' })
  }
}

function foldFact(fold: Fold, fact: Fact): void {
  fold.fresh = fact.keys.length === 0 ? NONE : new Set(fact.keys)
  if (fold.fresh.size > 0) look(fold)
  if (fold.plan.heard.has(fact.name)) hear(fold, fact)
  if (fact.only !== undefined) {
    const journey = fold.plan.current.get(fact.only)
    if (journey === undefined || journey.status === 'stopped') notLive(fold, fact.only)
    else admit(fold, journey, fact)
    return
  }
  for (const journey of fold.plan.triggers.get(fact.name) ?? []) {
    const { trigger } = journey.graph
    if (trigger.kind !== 'event' || !matches(fact.props, trigger.where)) continue
    const latest = trigger.latenessMs ?? DEFAULT_LATENESS_MS
    if (fact.lateMs > latest) {
      if (fact.lateMs <= latest + PAST_MS) refuse(fold, journey, 'late')
      continue
    }
    admit(fold, journey, fact)
  }
}

/** What somebody said is heard by the runs that asked. */
function hear(fold: Fold, fact: Fact): void {
  for (const run of fold.state.enr.slice()) {
    if (run.wait === null || run.wait.kind === 'time' || run.wait.message === undefined) continue
    const journey = runningJourney(fold.plan, run.j, run.v)
    if (journey !== null && asks(journey, run.node) && fold.state.enr.includes(run))
      resume(fold, run, journey, { kind: 'event', fact: { name: fact.name, props: fact.props } })
  }
}

const notLive = (fold: Fold, journey: Uuid): void =>
  derive(fold, 'journey.not_entered', { reason: 'not_live' }, { journey })

function refuse(
  fold: Fold,
  journey: PublishedJourney,
  reason: string,
  more: Record<string, unknown> = {},
): void {
  derive(fold, 'journey.not_entered', { reason, ...more }, { journey: journey.id, version: journey.version })
}

/** Why this customer may not enter under this key now; null when it may. */
function obstacle(fold: Fold, journey: PublishedJourney, key: string): string | null {
  const { state } = fold
  if (state.enr.some(r => r.j === journey.id && r.k === key)) return 'already_in'
  if (state.enr.length >= MAX_RUNS) return 'too_many_journeys'
  const past = state.past[pastKey(journey.id, key)]
  const { reentry } = journey.graph
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
    ev: { name: fact.name, at: fact.at, props: smaller(fact.props) },
    ...(fact.hops === undefined ? {} : { hops: fact.hops }),
  }
}

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

function keyOf(journey: PublishedJourney, fact: Fact): string | null {
  const { key } = journey.graph
  if (key === undefined) return ''
  const value = Object.hasOwn(fact.props, key) ? fact.props[key] : undefined
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text === '' || text.length > 200 ? null : text
}

/** The run that the fact would begin, or why it begins none. */
function candidate(
  fold: Fold,
  journey: PublishedJourney,
  fact: Fact,
): { run: Enrollment } | { reason: string; more?: Record<string, unknown> } {
  if (isPaused(fold.plan, journey.id)) return { reason: 'paused' }
  if ((fact.hops ?? 0) >= MAX_HOPS) return { reason: 'loop', more: { hops: fact.hops } }
  const key = keyOf(journey, fact)
  if (key === null) return { reason: 'no_key', more: { key: journey.graph.key } }
  const reason = obstacle(fold, journey, key)
  if (reason !== null) return { reason }
  if (journey.graph.filter) {
    const verdict = evaluate(journey.graph.filter, {
      state: fold.state,
      now: fold.t,
      timezone: fold.world.timezone,
      since: null,
      fresh: fold.fresh,
      member: (id, group) => isMember(fold, id, group),
    })
    if (!verdict.value) return { reason: 'filter', more: { why: verdict.why } }
  }
  const run = newRun(fold, journey, key, fact)
  const exit = exitAtEntry(fold, run, journey)
  return exit === null ? { run } : { reason: 'exit_rule', more: { exit } }
}

/** Lets the customer in, or says why not. */
function admit(fold: Fold, journey: PublishedJourney, fact: Fact): void {
  const found = candidate(fold, journey, fact)
  if ('run' in found) begin(fold, found.run, journey, fact.name)
  else refuse(fold, journey, found.reason, found.more)
}

/** A person's command: passes by trigger, filter and re-entry, but never enters twice. */
export function enroll(fold: Fold, journey: PublishedJourney): { run: Enrollment } | { reason: string } {
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

/** Folds the customer's own timers due before `limit` (at it too when `inclusive`), each at its due time. */
export function foldTimers(fold: Fold, limit: number, inclusive: boolean): void {
  for (let i = 0; i < MAX_TIMERS; i++) {
    const due = nextDue(fold.state, fold.plan)
    if (due === null || due.at > limit || (due.at === limit && !inclusive)) break
    fold.t = Math.max(due.at, fold.state.now)
    fold.state.now = fold.t
    const { cause } = fold
    fold.cause = 'time'
    fire(fold, due)
    settle(fold)
    fold.cause = cause
  }
  fold.t = fold.now
}

function fire(fold: Fold, due: Due): void {
  if ('tags' in due) {
    expireTags(fold)
    return
  }
  if ('segments' in due) {
    segmentsDue(fold)
    return
  }
  if ('date' in due) {
    const { trigger } = due.date.graph
    const value = fold.state.traits[trigger.trait]?.v
    setDates(fold)
    admit(fold, due.date, {
      name: 'date',
      at: fold.t,
      lateMs: 0,
      props: { trait: trigger.trait, date: value },
      trusted: true,
      keys: [],
    })
    return
  }
  const { run } = due
  const journey = runningJourney(fold.plan, run.j, run.v)
  if (journey === null) {
    endRun(fold, run, 'stopped')
    return
  }
  if (checkEnds(fold, run, journey)) return
  // it may have been looked at for its goal and exits alone
  const waited = waitedUntil(fold.plan, run, fold.t)
  if (waited === null || waited > fold.t) return
  if (run.wait?.kind === 'message') {
    if (run.wait.got) resume(fold, run, journey, { kind: 'message', ...run.wait.got })
    else resume(fold, run, journey, { kind: 'timer' })
  } else resume(fold, run, journey, { kind: 'timer' })
}

/** A person opened or clicked the message of a node for which another node of the run waits. */
function noteRead(fold: Fold, body: OutcomeBody): void {
  const { state, node, detail } = body
  if (node === null || (state !== 'opened' && state !== 'clicked') || detail?.machine !== undefined) return
  const run = fold.state.enr.find(r => r.id === body.enrollment)
  const journey = run && runningJourney(fold.plan, run.j, run.v)
  if (!run || !journey || !watchedNodes(journey).has(node) || run.read?.[node] === 'clicked') return
  run.read = { ...run.read, [node]: state }
  if (run.wait?.kind === 'event' && !checkEnds(fold, run, journey)) resume(fold, run, journey, { kind: 'event' })
}

/** What came of a message: moves the run that waits for it, and can be waited for like any event. */
export function foldOutcome(fold: Fold, body: OutcomeBody): void {
  const run = fold.state.enr.find(r => r.wait?.kind === 'message' && r.wait.message === body.message)
  if (run !== undefined && body.outcome !== null) {
    const journey = runningJourney(fold.plan, run.j, run.v)
    if (journey === null) endRun(fold, run, 'stopped')
    else if (!checkEnds(fold, run, journey))
      resume(fold, run, journey, {
        kind: 'message',
        outcome: body.outcome,
        reason: body.reason,
        ...(body.detail ? { detail: body.detail } : {}),
      })
  } else if (body.outcome === 'skipped' && body.reason === 'merged') {
    // A twin's message that was taken for sent was ended by the merge after all.
    for (const r of fold.state.enr) {
      if (r.j !== body.journey || r.twin === undefined) continue
      r.twin = r.twin.filter(node => node !== body.node)
      if (r.twin.length === 0) delete r.twin
    }
  }
  noteRead(fold, body)
  clockOutcome(fold, body)
  const name = outcomeName(body)
  mark(fold, name)
  happen(fold, { name, at: body.at, lateMs: 0, props: outcomeProps(body), trusted: true }, body.at)
  settle(fold)
}
