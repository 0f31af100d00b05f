// What an event changes in a profile beyond traits and orders: cart, likes, touch source, visit, purchase phase and
// lifecycle stage, in this order. Runs for every event: an event that names nothing here costs a few look-ups. Pure.
import type { EventBody } from '../inbox/model.ts'
import { like, LIKE_WEIGHTS, mergeLikes } from './affinity.ts'
import { foldCart, foldPush, mergeCart } from './cart.ts'
import { isReservedName, type Fold } from './fold.ts'
import type { CustomerState } from './model.ts'
import { mergePhase, notePhase, phaseOfEvent } from './phase.ts'
import { profilePlanOf } from './profile-plan.ts'
import { countReturn, countSignals, setStage } from './stage.ts'
import { mergeTouch, noteTouch, touchOf } from './touch.ts'
import { foldVisit, mergeVisits } from './visits.ts'

const MOST_LIKED = 10

/** @param paidBefore paid orders that stood before this event; `paidNow`: after it */
export function foldActivity(
  fold: Fold,
  body: EventBody,
  at: number,
  trusted: boolean,
  paidBefore: number,
  paidNow: number,
): void {
  const { state } = fold
  const plan = profilePlanOf(fold.world)
  const { name, props } = body
  if (body.type !== 'system') {
    foldCart(state, name, props, at)
    foldLikes(state, name, props, at)
    foldPush(state, name, props, at)
    const touch = touchOf(body, at)
    if (touch !== null) noteTouch(state, touch)
    notePhase(state, name, at)
    if (foldVisit(fold, plan, body, at)) countReturn(state, plan, at)
  }
  if (trusted || !isReservedName(name)) countSignals(state, plan, name, props)
  setStage(fold, plan, { name, messageId: body.messageId, at }, { undone: paidNow < paidBefore })
  if (body.type !== 'identify' && !QUIET.test(name))
    fold.effects.push({
      kind: 'mark',
      phase: phaseOfEvent(state, name, at, plan.settings.phase),
      stage: state.stage!.s,
    })
}

/** Statements about a customer, not touchpoints. */
const QUIET = /^(consent|tag)\./

function foldLikes(
  state: CustomerState,
  name: string,
  props: Record<string, unknown> | undefined,
  at: number,
): void {
  const weight = Object.hasOwn(LIKE_WEIGHTS, name) ? LIKE_WEIGHTS[name]! : 0
  if (weight === 0 || props === undefined) return
  if (!Array.isArray(props.products)) {
    like(state, props, weight, at)
    return
  }
  for (const product of props.products.slice(0, MOST_LIKED))
    if (typeof product === 'object' && product !== null)
      like(state, product as Record<string, unknown>, weight, at)
}

/** New rules may raise the stage of somebody to whom nothing happened. */
export function recheckStage(fold: Fold): void {
  if (fold.state.stage === undefined) return
  setStage(fold, profilePlanOf(fold.world), { name: 'rules', messageId: null, at: fold.t })
}

/** Takes in what another customer did. Triggers nothing. */
export function mergeActivity(fold: Fold, other: CustomerState): void {
  const { state } = fold
  mergePhase(state, other)
  mergeCart(state, other)
  mergeLikes(state, other)
  mergeTouch(state, other)
  mergeVisits(state, other)
  if (other.stage !== undefined && other.stage.s > (state.stage?.s ?? 0)) state.stage = other.stage
  for (const [key, n] of Object.entries(other.sig ?? {})) {
    const sig = (state.sig ??= {})
    const held = sig[key] ?? 0
    sig[key] = Math.max(held, n, Math.min(held + n, mostOf(fold, key)))
  }
  setStage(fold, profilePlanOf(fold.world), { name: 'merge', messageId: null, at: fold.t }, { silent: true })
}

const mostOf = (fold: Fold, key: string): number => {
  for (const list of profilePlanOf(fold.world).signals.values())
    for (const signal of list) if (signal.key === key) return signal.most
  return 1
}
