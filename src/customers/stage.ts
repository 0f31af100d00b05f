// The lifecycle stage: the highest whose conditions hold. Counts of events do not depend on their order, and silence
// never lowers a stage; only an order undone does. New rules hold from their publication: they raise, never lower. Pure.
import { matches } from '../rules/match.ts'
import { derive, type Fold } from './fold.ts'
import { STAGES, type CustomerState } from './model.ts'
import type { ProfilePlan } from './profile-plan.ts'
import type { StageCondition } from './settings.ts'

const DAY_MS = 86_400_000
const FIRST = 1

export type Cause = { name: string; messageId: string | null; at: number }

/** Counts an event for the conditions that name it; true when one of them counts more than before. */
export function countSignals(
  state: CustomerState,
  plan: ProfilePlan,
  name: string,
  props: Record<string, unknown> | undefined,
): boolean {
  let more = false
  for (const signal of plan.signals.get(name) ?? []) {
    const held = state.sig?.[signal.key] ?? 0
    if (held >= signal.most || !matches(props ?? {}, signal.where)) continue
    ;(state.sig ??= {})[signal.key] = held + 1
    more = true
  }
  return more
}

/** Notes a visit that conditions of the kind `return_visit` ask for; true when one holds from now on. */
export function countReturn(state: CustomerState, plan: ProfilePlan, at: number): boolean {
  const { orders } = state
  if (orders === undefined || orders.n === 0 || at <= orders.lastAt) return false
  let more = false
  for (const { conditions } of plan.stages)
    for (const c of conditions) {
      if (c.kind !== 'return_visit' || state.sig?.[c.key] || at > orders.lastAt + c.withinDays * DAY_MS)
        continue
      const trait = Object.hasOwn(state.traits, c.trait) ? state.traits[c.trait]!.v : 0
      if (typeof trait !== 'number' || trait <= 0) continue
      ;(state.sig ??= {})[c.key] = 1
      more = true
    }
  return more
}

/** Orders that stand and are paid. */
export const paidOrders = (state: Pick<CustomerState, 'orders'>): number =>
  (state.orders?.n ?? 0) - (state.orders?.unpaid ?? 0)

function holds(state: CustomerState, condition: StageCondition & { key: string }): boolean {
  switch (condition.kind) {
    case 'event':
      return (state.sig?.[condition.key] ?? 0) >= condition.atLeast
    case 'orders':
      return paidOrders(state) >= condition.atLeast
    case 'return_visit':
      return (state.sig?.[condition.key] ?? 0) > 0
    case 'member':
      return state.ids.some(id => id.kind === 'member_no')
  }
}

function earned(state: CustomerState, plan: ProfilePlan): number {
  for (const { stage, conditions } of plan.stages)
    for (const condition of conditions) if (holds(state, condition)) return stage
  return FIRST
}

/** Sets the stage anew. `undone`: an order counts no more, so it may fall. Changes trigger, unless `silent`. */
export function setStage(
  fold: Fold,
  plan: ProfilePlan,
  cause: Cause,
  options: { undone?: boolean; silent?: boolean } = {},
): void {
  const { state } = fold
  const before = state.stage?.s ?? 0
  const now = earned(state, plan)
  const next = options.undone ? now : Math.max(before, now)
  if (next === before) return
  state.stage = { s: next, at: cause.at, by: cause.name, no: fold.world.no }
  const props = {
    from: before === 0 ? null : STAGES[before - 1]!,
    to: STAGES[next - 1]!,
    cause: cause.name,
    ...(cause.messageId === null ? {} : { event: cause.messageId }),
    rules: fold.world.no,
  }
  if (options.silent)
    fold.effects.push({ kind: 'derived', fact: { name: 'stage.changed', at: cause.at, props } })
  else derive(fold, 'stage.changed', props, {}, cause.at)
}
