// What is looked for after a run has ended, or passed a node: its goal within the goal's window, and figures (KPIs) that ask
// a rule. Bounded: beyond MOST of one person what ends first is let go. Pure.
import { derive, type Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import { isMember } from '../segments/fold.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Enrollment, ExitHow, Kpi, NodeId, PublishedJourney } from './model.ts'
import { runningJourney } from './plan.ts'

/** Kept small: it is part of the customer's state. */
export type Watch = {
  /** enrollment, journey, version */
  id: Uuid
  j: Uuid
  v: number
  /** events count from here on: entry, and node */
  at: number
  n: number
  node: NodeId
  /** looked for until then, and looked at again then at the latest */
  until: number
  due?: number
  /** the figure's id; without one it is the goal */
  kpi?: string
  goalAt?: number
}

const MOST = 20
/** What takes a goal back that had been reached. */
const UNDOES = new Set(['Order Cancelled', 'Order Refunded', 'Order Returned'])
/** Ends after which nobody is to be measured any more. */
const NO_LONGER: ReadonlySet<ExitHow> = new Set(['merged', 'stopped', 'removed', 'error'])

function add(state: CustomerState, watch: Watch): void {
  const all = (state.watch ??= [])
  all.push(watch)
  if (all.length <= MOST) return
  const first = all.reduce((a, b) => (b.until < a.until ? b : a))
  state.watch = all.filter(w => w !== first)
}

/** A run has ended; its goal counts until its window is over. */
export function watchGoal(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney | null,
  how: ExitHow,
  since: { entry: number; node: number },
): void {
  const windowMs = journey?.graph.goal?.windowMs
  if (windowMs === undefined || NO_LONGER.has(how) || run.at + windowMs <= fold.t) return
  const { id, j, v, node, goalAt, due } = run
  add(fold.state, {
    id,
    j,
    v,
    at: since.entry,
    n: since.node,
    node,
    until: run.at + windowMs,
    ...(due === undefined ? {} : { due }),
    ...(goalAt === undefined ? {} : { goalAt }),
  })
}

/** A run has passed this node ('': it has begun): the figures of it that ask a rule. */
export function watchKpis(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  node: NodeId,
  entry: number,
): void {
  for (const { id: kpi, node: of, measure } of journey.graph.policy?.kpis ?? [])
    if (measure.kind === 'rule' && (of ?? '') === node) {
      const { id, j, v } = run
      const watch: Watch = { id, j, v, kpi, node, at: entry, n: fold.t, until: fold.t + measure.windowMs }
      if (staysAfter(fold, watch)) add(fold.state, watch)
    }
}

const ruleOf = ({ graph }: PublishedJourney, { kpi }: Watch): Rule | null => {
  if (kpi === undefined) return graph.goal?.rule ?? null
  const measure = graph.policy?.kpis?.find((k: Kpi) => k.id === kpi)?.measure
  return measure?.kind === 'rule' ? measure.rule : null
}

const judge = (fold: Fold, watch: Watch, rule: Rule): Verdict =>
  evaluate(rule, {
    state: fold.state,
    now: fold.t,
    timezone: fold.world.timezone,
    since: { entry: watch.at, node: watch.n },
    fresh: fold.fresh,
    member: (id, group) => isMember(fold, id, group),
  })

/** Looks at all that is watched; what is over goes. */
export function lookAtWatches(fold: Fold): void {
  const { state } = fold
  for (const watch of state.watch?.slice() ?? [])
    if (!staysAfter(fold, watch)) state.watch = state.watch!.filter(w => w !== watch)
  if (state.watch?.length === 0) delete state.watch
}

function staysAfter(fold: Fold, watch: Watch): boolean {
  const journey = runningJourney(fold.plan, watch.j, watch.v)
  const rule = journey === null ? null : ruleOf(journey, watch)
  if (rule === null) return false
  const verdict = judge(fold, watch, rule)
  const refs = { journey: watch.j, version: watch.v, enrollment: watch.id, node: watch.node }
  if (watch.kpi !== undefined) {
    if (verdict.value) derive(fold, 'journey.kpi_reached', { kpi: watch.kpi, why: verdict.why }, refs)
    if (verdict.value) return false
  } else if (watch.goalAt === undefined) {
    if (verdict.value) {
      watch.goalAt = fold.t
      derive(fold, 'journey.goal_reached', { after: true, why: verdict.why }, refs)
    }
  } else if (!verdict.value && UNDOES.has(fold.cause)) {
    delete watch.goalAt
    derive(fold, 'journey.goal_undone', { cause: fold.cause, why: verdict.why }, refs)
  }
  if (fold.t >= watch.until) return false
  if (verdict.until === null || verdict.until >= watch.until) delete watch.due
  else watch.due = Math.max(verdict.until, fold.t + 1)
  return true
}

/** When the first watch must be looked at; null: none is there. */
export function watchDue({ watch }: CustomerState): number | null {
  if (watch === undefined) return null
  let first = Number.POSITIVE_INFINITY
  for (const w of watch) first = Math.min(first, w.due ?? w.until, w.until)
  return first === Number.POSITIVE_INFINITY ? null : first
}

/** A twin's are the person's. */
export function mergeWatches(state: CustomerState, other: CustomerState): void {
  for (const w of other.watch ?? [])
    if (!state.watch?.some(held => held.id === w.id && held.kpi === w.kpi)) add(state, w)
}

/** An order was undone: a goal that a run had reached may no longer stand. */
export const mayUndo = (cause: string): boolean => UNDOES.has(cause)
