// How a run ends: its goal and exits are asked, and what remains of it is noted. Everything that leaves a mark does so
// through `derive` and effects of the fold.
import { derive, type Fold } from '../customers/fold.ts'
import type { Uuid } from '../platform/ids.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import { isMember } from '../segments/fold.ts'
import { refsOf } from './intents.ts'
import type { Enrollment, ExitHow, PublishedJourney } from './model.ts'
import { runningJourney } from './plan.ts'
import { mayUndo, watchGoal } from './watch.ts'

/** Where a run is that has no place in its journey yet. */
export const OUTSIDE = ''
/** Ended runs remembered for re-entry; the oldest of journeys with a key are dropped first. */
const MAX_PAST = 100

/** No memory is new. */
export const NONE: ReadonlySet<string> = new Set()

/** From when on events count for a run: from its trigger's occurrence, and from its node's entry. A node entered in the
 *  same moment as the journey counts from the trigger too, because events of one batch arrive together. */
export function sinceOf(run: Enrollment): { entry: number; node: number } {
  const entry = run.ev?.at ?? run.at
  return { entry, node: run.nodeAt === run.at ? entry : run.nodeAt }
}

/** Whether a rule holds for the run; `fresh`: leaf keys of the event being folded. */
export const judge = (fold: Fold, run: Enrollment, rule: Rule, fresh: ReadonlySet<string>): Verdict =>
  evaluate(rule, {
    state: fold.state,
    now: fold.t,
    timezone: fold.world.timezone,
    since: sinceOf(run),
    fresh,
    member: (id, group) => isMember(fold, id, group),
  })

/** Tells that the run leaves its node by this port; moving it is the caller's. */
export function leaveNode(fold: Fold, run: Enrollment, port: string, more: Record<string, unknown>): void {
  derive(fold, 'node.left', { port, ...more }, { ...refsOf(run), node: run.node })
}

/** Ends a run wherever it is. A message that it waits for is ended too, unless it is at the socket by now. */
export function endRun(
  fold: Fold,
  run: Enrollment,
  how: ExitHow,
  more: Record<string, unknown> = {},
  atNode = true,
): void {
  const { state, hops } = fold
  fold.hops = Math.max(hops, (run.hops ?? 0) + 1)
  state.enr = state.enr.filter(r => r !== run)
  const isIn = run.node !== OUTSIDE || run.ctl === true
  if (atNode && run.node !== OUTSIDE) leaveNode(fold, run, 'exit', { how })
  if (run.wait?.kind === 'message' && run.wait.got === undefined && atNode)
    fold.effects.push({
      kind: 'cancel',
      message: run.wait.message,
      reason: how === 'merged' ? 'merged' : 'exited',
    })
  if (!isIn) {
    derive(fold, 'journey.not_entered', { reason: how, ...more }, { journey: run.j, version: run.v })
    return
  }
  const key = pastKey(run.j, run.k)
  // a run that came by a merge has a number of its own: it must not give back those that were taken here
  const n = Math.max(run.n, state.past[key]?.n ?? 0)
  state.past[key] = { n, at: run.at, out: fold.t, how }
  forgetOldest(fold)
  watchGoal(fold, run, runningJourney(fold.plan, run.j, run.v), how, sinceOf(run))
  const told = run.ctl ? { how, control: true, ...more } : { how, ...more }
  derive(fold, 'journey.exited', told, { ...refsOf(run), node: run.node })
  fold.hops = hops
}

/** Under which a state keeps that a journey was left. `key`: the run's own, where people may be in it several times. */
export const pastKey = (journey: Uuid, key: string): string => `${journey}|${key}`

function forgetOldest({ state }: Fold): void {
  const keys = Object.keys(state.past)
  if (keys.length <= MAX_PAST) return
  const keyed = keys.filter(k => !k.endsWith('|'))
  const pool = keyed.length > 0 ? keyed : keys
  delete state.past[pool.reduce((a, b) => (state.past[b]!.out < state.past[a]!.out ? b : a))]
}

/** Looks at goal and exits; true when the run has ended. `fresh`: memories that the fact being folded is part of. */
export function checkEnds(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  fresh: ReadonlySet<string> = NONE,
): boolean {
  const { goal, exits } = journey.graph
  let due = Number.POSITIVE_INFINITY
  const ask = (rule: Rule): Verdict => {
    const verdict = judge(fold, run, rule, fresh)
    if (verdict.until !== null && verdict.until < due) due = verdict.until
    return verdict
  }
  const isOver = goal?.windowMs !== undefined && fold.t > run.at + goal.windowMs
  if (
    goal &&
    (run.node !== OUTSIDE || run.ctl) &&
    !isOver &&
    (run.goalAt === undefined || mayUndo(fold.cause))
  ) {
    const verdict = ask(goal.rule)
    if (run.goalAt !== undefined) {
      if (!verdict.value) {
        delete run.goalAt
        derive(
          fold,
          'journey.goal_undone',
          { cause: fold.cause, why: verdict.why },
          { ...refsOf(run), node: run.node },
        )
      }
    } else if (verdict.value) {
      run.goalAt = fold.t
      const told = run.ctl ? { control: true, why: verdict.why } : { why: verdict.why }
      derive(fold, 'journey.goal_reached', told, { ...refsOf(run), node: run.node })
      if (goal.exitOnGoal) {
        endRun(fold, run, 'goal', { why: verdict.why })
        return true
      }
    }
  }
  for (const exit of exits) {
    const verdict = ask(exit.rule)
    if (!verdict.value) continue
    endRun(fold, run, 'exit_rule', { exit: exit.name, why: verdict.why })
    return true
  }
  // an answer that may change at a moment that has come would ring for ever
  if (due < Number.POSITIVE_INFINITY) run.due = Math.max(due, fold.t + 1)
  else delete run.due
  return false
}

/** The first exit that would end a run at once; null when it may begin. */
export function exitAtEntry(fold: Fold, run: Enrollment, journey: PublishedJourney): string | null {
  return journey.graph.exits.find(exit => judge(fold, run, exit.rule, NONE).value)?.name ?? null
}
