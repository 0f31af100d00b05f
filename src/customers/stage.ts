// The lifecycle stage: the highest whose conditions hold. What events earn does not depend on their order, and silence
// never lowers a stage; only an order undone does. New rules hold from their publication: they raise, never lower. Pure.
import { matches } from '../rules/match.ts'
import { derive, type Fold } from './fold.ts'
import { rememberEvent } from './remember.ts'
import { STAGES, type CustomerState } from './model.ts'
import type { ProfilePlan } from './profile-plan.ts'

const DAY_MS = 86_400_000
const FIRST = 1

export type Cause = { name: string; messageId: string | null; at: number }

/** Counts an event for the conditions that name it. What is earned is kept as the stage; what is on the way to a higher
 *  one as a count. */
export function countSignals(
  state: CustomerState,
  plan: ProfilePlan,
  name: string,
  props: Record<string, unknown> | undefined,
): number {
  let won = 0
  for (const signal of plan.signals.get(name) ?? []) {
    if (signal.stage <= Math.max(won, earnedByEvents(state)) || !matches(props ?? {}, signal.where)) continue
    const counted = (state.sig?.[signal.key] ?? 0) + 1
    if (counted >= signal.atLeast) won = signal.stage
    else (state.sig ??= {})[signal.key] = counted
  }
  return won
}

const earnedByEvents = (state: CustomerState): number => state.stage?.e ?? 0

/** Counts that lead no higher than what is earned are of no more use. */
function forgetCounts(state: CustomerState, plan: ProfilePlan): void {
  if (state.sig === undefined) return
  const earned = earnedByEvents(state)
  for (const signals of plan.signals.values())
    for (const signal of signals) if (signal.stage <= earned) delete state.sig[signal.key]
  if (Object.keys(state.sig).length === 0) delete state.sig
}

/** The stage that this visit earns by conditions of the kind `return_visit`. */
export function countReturn(state: CustomerState, plan: ProfilePlan, at: number): number {
  const { orders } = state
  if (orders === undefined || orders.n === 0 || at <= orders.lastAt) return 0
  for (const { stage, conditions } of plan.stages)
    for (const c of conditions) {
      if (c.kind !== 'return_visit' || at > orders.lastAt + c.withinDays * DAY_MS) continue
      const trait = Object.hasOwn(state.traits, c.trait) ? state.traits[c.trait]!.v : 0
      if (typeof trait === 'number' && trait > 0) return stage
    }
  return 0
}

/** Orders that stand and are paid. */
export const paidOrders = (state: Pick<CustomerState, 'orders'>): number =>
  (state.orders?.n ?? 0) - (state.orders?.unpaid ?? 0)

/** What orders and identifiers earn now. */
function standing(state: CustomerState, plan: ProfilePlan): number {
  const paid = paidOrders(state)
  for (const { stage, conditions } of plan.stages)
    for (const c of conditions) {
      if (c.kind === 'orders' && paid >= c.atLeast) return stage
      if (c.kind === 'member' && state.ids.some(id => id.kind === 'member_no')) return stage
    }
  return FIRST
}

/** Sets the stage anew. `won`: what events earned just now; `undone`: an order counts no more, so the stage may fall.
 *  A change triggers, unless `silent`. */
export function setStage(
  fold: Fold,
  plan: ProfilePlan,
  cause: Cause,
  options: { won?: number; undone?: boolean; silent?: boolean } = {},
): void {
  const { state } = fold
  const before = state.stage?.s ?? 0
  const e = Math.max(earnedByEvents(state), options.won ?? 0)
  const now = Math.max(e, standing(state, plan))
  const next = options.undone ? now : Math.max(before, now)
  if (state.stage !== undefined && e > 0) state.stage.e = e
  if (next !== before) {
    fold.changed = true
    state.stage = { s: next, at: cause.at, by: cause.name, no: fold.world.no, ...(e > 0 ? { e } : {}) }
  }
  if (options.won) forgetCounts(state, plan)
  if (next === before) return
  const props = {
    from: before === 0 ? null : STAGES[before - 1]!,
    to: STAGES[next - 1]!,
    cause: cause.name,
    ...(cause.messageId === null ? {} : { event: cause.messageId }),
    rules: fold.world.no,
  }
  if (options.silent) {
    fold.effects.push({ kind: 'derived', fact: { name: 'stage.changed', at: cause.at, props } })
    rememberEvent(fold, 'stage.changed', props, fold.t, cause.at)
  } else derive(fold, 'stage.changed', props, {}, cause.at)
}
