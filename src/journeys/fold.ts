// The journeys' part of the reducer: what a fact starts, moves or ends; what a timer does; what a message's outcome does.
import { notSaid } from '../conversations/model.ts'
import { derive, happen, TooManyRounds, type Fact, type Fold } from '../customers/fold.ts'
import { expireTags } from '../customers/profile.ts'
import { clockOutcome } from '../customers/standing.ts'
import type { OutcomeBody } from '../inbox/model.ts'
import { foldRights } from '../membership/fold.ts'
import { outcomeName, outcomeProps } from '../messages/model.ts'
import { foldSegments, segmentsDue } from '../segments/fold.ts'
import { mark } from '../segments/marks.ts'
import { countOutcome, decideWants } from './caps.ts'
import { startByFact, startByJourney, startByMoment } from './entry.ts'
import { asks, runningJourney, watchedNodes } from './plan.ts'
import { checkEnds, endRun } from './ends.ts'
import { resume } from './run.ts'
import { nextCommon, nextDue, setMoved, waitedUntil, type Due } from './schedule.ts'
import { moveRun } from './versions/move-run.ts'
import { pendingMove } from './versions/pending.ts'
import { lookAtWatches } from './watch.ts'

/** A journey that starts another counts hops, and each may take a round for its segments. */
const MAX_ROUNDS = 40
/** Timers folded in one reduction; what is left stays due. */
const MAX_TIMERS = 1000
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
  if (fold.moved.length > 0) setMoved(fold)
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
  if (fold.state.watch !== undefined) lookAtWatches(fold)
}

function foldFact(fold: Fold, fact: Fact): void {
  fold.fresh = fact.keys.length === 0 ? NONE : new Set(fact.keys)
  if (fold.fresh.size > 0) look(fold)
  if (fold.plan.heard.has(fact.name)) hear(fold, fact)
  if (fact.only !== undefined) startByJourney(fold, fact.only, fact)
  else for (const admission of fold.plan.triggers.get(fact.name) ?? []) startByFact(fold, admission, fact)
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

/** Folds the customer's own timers due before `limit` (at it too when `inclusive`), each at its due time. */
export function foldTimers(fold: Fold, limit: number, inclusive: boolean): void {
  // what is everybody's comes before what is told at the same moment: nothing of it is kept in the state
  let through = fold.state.now
  for (let i = 0; i < MAX_TIMERS; i++) {
    let due = nextDue(fold.state, fold.plan, fold.world, through)
    if (due === null || due.at > limit) break
    if (due.at === limit && !inclusive) due = nextCommon(fold.state, fold.plan, fold.world, through)
    if (due === null || due.at > limit) break
    const t = Math.max(due.at, fold.state.now)
    if (t > fold.t) decideWants(fold)
    fold.t = t
    fold.state.now = t
    through = Math.max(through, 'commons' in due ? due.at : due.at - 1)
    const { cause } = fold
    fold.cause = 'time'
    fire(fold, due)
    settle(fold)
    fold.cause = cause
  }
  decideWants(fold)
  fold.t = fold.now
}

function fire(fold: Fold, due: Due): void {
  if ('tags' in due) {
    expireTags(fold)
    return
  }
  if ('rights' in due) {
    foldRights(fold)
    return
  }
  if ('segments' in due) {
    segmentsDue(fold)
    return
  }
  if ('watch' in due) {
    lookAtWatches(fold)
    return
  }
  if ('date' in due) {
    fold.moved.push(due.date)
    setMoved(fold)
    startByMoment(fold, due.date, due.at)
    return
  }
  if ('commons' in due) {
    for (const common of due.commons) startByMoment(fold, common, due.at)
    return
  }
  const { run } = due
  const journey = runningJourney(fold.plan, run.j, run.v)
  if (journey === null) {
    endRun(fold, run, 'stopped')
    return
  }
  const pending = fold.plan.moving.size > 0 ? pendingMove(fold.plan, run) : null
  if (pending !== null && pending.at <= fold.t) {
    moveRun(fold, run, journey, pending)
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
  if (run.wait?.kind === 'event' && !checkEnds(fold, run, journey))
    resume(fold, run, journey, { kind: 'event' })
}

/** A person of the team has answered, or has not after all. */
function noteReply(fold: Fold, { channel, message, state, outcome, reason, at }: OutcomeBody): void {
  if (state === 'accepted')
    derive(fold, 'conversation.replied', { channel, from: 'team' }, { message, channel }, at)
  const failed = notSaid({ message, channel, at, outcome, reason })
  if (failed !== null) fold.effects.push({ kind: 'said', row: failed })
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
  countOutcome(fold, body)
  if (body.origin === 'reply') noteReply(fold, body)
  const name = outcomeName(body)
  mark(fold, name)
  happen(fold, { name, at: body.at, lateMs: 0, props: outcomeProps(body), trusted: true }, body.at)
  settle(fold)
}
