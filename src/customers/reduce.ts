// The reducer: folds one input into one customer. Pure: no I/O, no clock, no randomness; the same arguments give the
// same JSON, byte for byte. Each subject folds its part in a fixed order: identity, profile, orders, journeys; what that
// derives triggers in the same fold until nothing changes.
import type { EventBody, Facts, FoldVerdict, IncomingInput, Input, Reduction } from '../inbox/model.ts'
import { saidOf } from '../conversations/model.ts'
import { decideWants } from '../journeys/caps.ts'
import { foldOutcome, foldTimers, look, settle } from '../journeys/fold.ts'
import { planOf } from '../journeys/plan.ts'
import { outcomeName } from '../messages/model.ts'
import { setRightsDue } from '../membership/due.ts'
import { nextDue, setDates } from '../journeys/schedule.ts'
import { never } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import { wrong } from './answer.ts'
import { foldCommand } from './commands.ts'
import { lineProviderOf } from './contacts.ts'
import { foldIdentityWord } from './decisions.ts'
import { eventProps } from './event-props.ts'
import { foldActivity, recheckStage } from './activity.ts'
import { happen, isReservedName, openFold, type Fold } from './fold.ts'
import { foldIdentity, sendHome, turnAway } from './identity.ts'
import { friendKey, setFriendship } from './line.ts'
import { absorbBack, absorbNeeds, foldAbsorb, foldMerge, foldRefused } from './merge.ts'
import type { CustomerState } from './model.ts'
import { foldOrder, orderFact, orderNoOf } from './orders.ts'
import { foldTraits, type Source } from './profile.ts'
import { fitsRestore, foldRestore } from './restore.ts'
import { ALL_ORDERS } from './order-worth.ts'
import { foldFill } from './remember.ts'
import { foldClocks, foldMembership } from './standing.ts'
import { paidOrders } from './stage.ts'
import { foldStatement } from './statements.ts'
import type { World } from './world.ts'
import { forgetSegments } from '../segments/fold.ts'
import { markAll, markEvent } from '../segments/marks.ts'
import { foldNote } from './notes.ts'

type Self = { workspace: Uuid; id: Uuid }

/** A customer of whom nothing is known yet. `at`: workspace time of the first thing that happened. */
export function emptyState(self: Self, at: number): CustomerState {
  return {
    v: 1,
    workspace: self.workspace,
    id: self.id,
    now: at,
    first: at,
    last: at,
    ids: [],
    traits: {},
    tags: {},
    consent: {},
    enr: [],
    past: {},
    dates: {},
    absorbed: [],
  }
}

/** Somebody new: there is no past from before memories were kept. */
function newState(self: Self, at: number, world: World): CustomerState {
  const state = emptyState(self, at)
  if (world.memories !== undefined) state.fill = world.no
  return state
}

/** Earliest workspace time at which this customer must be looked at; may be early, never late. */
export function nextAlarm(state: CustomerState, world: World): number | null {
  return state.into === undefined ? (nextDue(state, planOf(world), world)?.at ?? null) : null
}

/** When an event occurred: what its client said, at most when it was received. */
const occurredOf = (body: EventBody, received: number): number =>
  Math.min(received, body.at ?? received - Math.max(0, body.agoMs ?? 0))

function needsOf(input: Input, self: Self): string[] {
  if (input.kind === 'absorb') return absorbNeeds(input.body)
  if (input.kind === 'fill') return input.body.orders && input.body.of === self.id ? [ALL_ORDERS] : []
  const orderNo = input.kind === 'event' ? orderNoOf(input.body) : null
  return orderNo === null ? [] : [orderFact(orderNo)]
}

/** Folds `input` into `state` (null: no row yet). Call it for tombstones too: they forward by themselves. The state
 *  passed is owned by the call and may be changed, except when `need` is returned.
 *  Own timers due before `input.now` are folded first, each at its due time.
 *  @throws TooManyRounds when derived facts keep triggering */
export function reduce(
  state: CustomerState | null,
  input: Input,
  facts: Facts,
  world: World,
  self: Self,
): Reduction {
  const need = needsOf(input, self).filter(key => !Object.hasOwn(facts, key))
  if (need.length > 0) return { need }
  if (state === null && NEED_A_ROW.has(input.kind)) return withoutRow(input, self)
  const hasRow = state !== null
  const now = Math.max(input.now, state?.now ?? input.now)
  const own = state ?? newState(self, now, world)
  if (input.kind === 'restore')
    return fitsRestore(own, input.body)
      ? { ...foldRestore(own, input.body, now, world), verdict: 'folded' }
      : { state: own, effects: [], verdict: 'refused' }
  if (own.into !== undefined && !(input.kind === 'merge_refused' && input.body.loser === own.id))
    return forward(own, input)
  if (input.kind === 'event') {
    const occurred = occurredOf(input.body, input.received)
    const asking = openFold(own, world, planOf(world), now)
    const away = turnAway(asking, input.body, occurred) ?? sendHome(asking, input.body, occurred)
    if (away !== null)
      return {
        state: own,
        effects: asking.effects,
        verdict: 'forwarded',
        forwardTo: away.to,
        forwardAs: { kind: 'event', body: away.body, messageId: away.body.messageId },
      }
  }
  if (input.kind === 'absorb') {
    const back = absorbBack(own, input.body)
    if (back !== null)
      return {
        state: own,
        effects: [],
        verdict: 'forwarded',
        forwardTo: back.to,
        forwardAs: { kind: 'absorb', body: back.body, messageId: null },
      }
  }
  const fold = openFold(own, world, planOf(world), now, causeOf(input))
  foldTimers(fold, now, input.kind === 'alarm')
  own.now = now
  if (!hasRow) markAll(fold)
  const verdict = foldInput(fold, input, facts, hasRow)
  if (fold.plan.restless && own.enr.length > 0) fold.changed = true
  settle(fold)
  decideWants(fold)
  return { state: own, effects: fold.effects, verdict }
}

/** What a change of membership is put down to. */
function causeOf(input: Input): string {
  switch (input.kind) {
    case 'event':
      return input.body.name
    case 'outcome':
      return outcomeName(input.body)
    case 'recheck':
    case 'fill':
      return 'published'
    case 'alarm':
      return 'time'
    case 'absorb':
      return 'merged'
    default:
      return input.kind
  }
}

/** Inputs that make sense only for a customer who is there. */
const NEED_A_ROW: ReadonlySet<Input['kind']> = new Set([
  'command',
  'outcome',
  'recheck',
  'alarm',
  'fill',
  'merge_refused',
  'identity',
  'restore',
  'note',
])

function withoutRow(input: Input, self: Self): Reduction {
  const state = emptyState(self, input.now)
  if (input.kind !== 'command') return { state, effects: [], verdict: 'refused' }
  const { key, bodyHash } = input.body
  const answer = wrong(404, 'no_such_customer', 'No customer has this id', 'Search for the customer again.')
  return { state, effects: [{ kind: 'answer', key, bodyHash, ...answer }], verdict: 'refused' }
}

/** A tombstone passes on what belongs to the person, in absolute times; what was for its row alone ends here. */
function forward(state: CustomerState, input: Input): Reduction {
  const into = state.into!
  if (input.kind === 'alarm' || input.kind === 'recheck') return { state, effects: [], verdict: 'refused' }
  if (input.kind === 'command') {
    const answer = wrong(
      409,
      'customer_merged',
      'This customer was merged into another',
      'Send the command to the customer it is part of now.',
    )
    return {
      state,
      effects: [{ kind: 'answer', key: input.body.key, bodyHash: input.body.bodyHash, ...answer }],
      verdict: 'refused',
    }
  }
  let forwardAs: IncomingInput
  if (input.kind === 'event') {
    const { agoMs: _agoMs, ...body } = input.body
    forwardAs = {
      kind: 'event',
      messageId: body.messageId,
      body: { ...body, at: occurredOf(input.body, input.received) },
    }
  } else forwardAs = { kind: input.kind, messageId: null, body: input.body } as IncomingInput
  return { state, effects: [], verdict: 'forwarded', forwardTo: into, forwardAs }
}

function foldInput(
  fold: Fold,
  input: Exclude<Input, { kind: 'restore' }>,
  facts: Facts,
  hasRow: boolean,
): FoldVerdict {
  switch (input.kind) {
    case 'event':
      foldEvent(fold, input.body, input.received, facts, hasRow)
      return 'folded'
    case 'command':
      return foldCommand(fold, input.body)
    case 'outcome':
      foldOutcome(fold, input.body)
      return 'folded'
    case 'merge':
      return foldMerge(fold, input.body, hasRow)
    case 'absorb':
      return foldAbsorb(fold, input.body, facts)
    case 'merge_refused':
      foldRefused(fold, input.body)
      return 'folded'
    case 'identity':
      foldIdentityWord(fold, input.body)
      return 'folded'
    case 'fill':
      foldFill(fold, input.body, facts)
      markAll(fold)
      return 'folded'
    case 'note':
      foldNote(fold, input.body)
      return 'folded'
    case 'recheck':
      recheckStage(fold)
      markAll(fold)
      forgetSegments(fold)
      setDates(fold)
      setRightsDue(fold)
      look(fold)
      return 'folded'
    case 'alarm':
      return 'folded' // its timers are folded by now
    default:
      return never(input)
  }
}

function foldEvent(fold: Fold, body: EventBody, received: number, facts: Facts, hasRow: boolean): void {
  const { state } = fold
  const at = occurredOf(body, received)
  if (!hasRow || at < state.first) state.first = at
  if (!hasRow || at > state.last) state.last = at
  foldIdentity(fold, body, at)
  const source: Source = { at, src: body.src, proof: body.proof }
  if (body.traits) foldTraits(fold, body.traits, source)
  const before = body.name === 'tier.changed' ? (state.tier?.v ?? '') : undefined
  const trusted = body.type === 'system' || body.proof !== 'public'
  if (trusted && isReservedName(body.name)) foldSystem(fold, body, source)
  const orderNo = orderNoOf(body)
  const paidBefore = paidOrders(state)
  foldOrder(fold, body, at, orderNo === null ? [] : facts[orderFact(orderNo)]!)
  foldActivity(fold, body, at, trusted, paidBefore, paidOrders(state))
  foldClocks(fold, body, at)
  const said = saidOf(body, at)
  if (said !== null) fold.effects.push({ kind: 'said', row: said })
  const { name, src } = body
  markEvent(fold, name)
  happen(fold, { name, at, lateMs: received - at, props: eventProps(body), trusted, src, before }, at, true)
}

/** Events by which providers, imports and pages tell of consent, tags, friendship and membership. */
function foldSystem(fold: Fold, body: EventBody, source: Source): void {
  if (foldMembership(fold, body, source.at)) return
  const { channel, oa } = body.props ?? {}
  if (body.name === 'contact.followed' || body.name === 'contact.unfollowed') {
    if (channel === undefined || channel === 'line')
      setFriendship(fold.state, friendKey(lineProviderOf(body.ids), typeof oa === 'string' ? oa : ''), {
        following: body.name === 'contact.followed',
        at: source.at,
      })
  } else foldStatement(fold, body, source)
}
