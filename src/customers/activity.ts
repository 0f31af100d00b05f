// What an event changes in a profile beyond traits and orders: cart, likes, touch source, visit, purchase phase and
// lifecycle stage, in this order. Runs for every event: an event that names nothing here costs a few look-ups. Pure.
import type { EventBody } from '../inbox/model.ts'
import { like, LIKE_WEIGHTS, mergeLikes } from './affinity.ts'
import { foldCart, foldPush, loseToken, mergeCart, TOKEN_LOST } from './cart.ts'
import { isReservedName, type Fold } from './fold.ts'
import type { CustomerState } from './model.ts'
import { mergePhase, notePhase, phaseOfEvent } from './phase.ts'
import { profilePlanOf, type ProfilePlan, type Signal } from './profile-plan.ts'
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
  let won = 0
  if (body.type !== 'system') {
    foldCart(state, name, props, at)
    foldLikes(state, name, props, at)
    foldPush(state, body, at)
    const touch = touchOf(body, at)
    if (touch !== null) noteTouch(state, touch)
    notePhase(state, name, at, plan.settings.phase)
    if (foldVisit(fold, plan, body, at)) won = countReturn(state, plan, at)
  } else if (name === TOKEN_LOST) loseToken(state, body)
  if (trusted || !isReservedName(name)) won = Math.max(won, countSignals(state, plan, name, props))
  const undone = paidNow < paidBefore
  if (won > 0 || undone || paidNow > paidBefore || state.stage === undefined || fold.changed)
    setStage(fold, plan, { name, messageId: body.messageId, at }, { won, undone })
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
  const plan = profilePlanOf(fold.world)
  mergePhase(state, other, plan.settings.phase)
  mergeCart(state, other)
  mergeLikes(state, other)
  mergeTouch(state, other)
  mergeVisits(state, other)
  const won = Math.max(other.stage?.e ?? 0, mergeCounts(state, other, plan))
  if (other.stage !== undefined && other.stage.s > (state.stage?.s ?? 0))
    state.stage = { ...other.stage, ...(state.stage?.e ? { e: state.stage.e } : {}) }
  setStage(fold, plan, { name: 'merge', messageId: null, at: fold.t }, { won, silent: true })
}

/** Adds up what is on the way to a stage; gives the stage that both together have earned. */
function mergeCounts(state: CustomerState, other: CustomerState, plan: ProfilePlan): number {
  let won = 0
  for (const [key, n] of Object.entries(other.sig ?? {})) {
    const signal = signalOf(plan, key)
    const sig = (state.sig ??= {})
    sig[key] = (sig[key] ?? 0) + n
    if (signal !== null && sig[key] >= signal.atLeast) won = Math.max(won, signal.stage)
  }
  return won
}

function signalOf(plan: ProfilePlan, key: string): Signal | null {
  for (const list of plan.signals.values()) for (const signal of list) if (signal.key === key) return signal
  return null
}
