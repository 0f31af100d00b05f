// What one reduction works on: the state, the effects so far, and the facts that may trigger something more.
import type { Derived, FoldEffect } from '../inbox/model.ts'
import type { Want } from '../journeys/caps.ts'
import type { Admission, Plan } from '../journeys/plan.ts'
import { mark } from '../segments/marks.ts'
import { segmentPlanOf, type SegmentPlan } from '../segments/plan.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CustomerState } from './model.ts'
import type { Worth } from './order-worth.ts'
import { rememberEvent } from './remember.ts'
import type { World } from './world.ts'

/** Something that happened, as journeys see it: a customer's event, a message's outcome, a derived fact. */
export type Fact = {
  name: string
  /** when it occurred */
  at: number
  /** how long before it was received */
  lateMs: number
  /** memories that it is part of */
  keys: readonly string[]
  props: Record<string, unknown>
  /** may carry a name that only the product uses ('contact.followed') */
  trusted: boolean
  /** of a derived fact: what it is about */
  refs?: Partial<Derived>
  /** of an event: key or account name it came through */
  src?: string
  /** of order.*: what the order was worth before, and is now */
  order?: { before: Worth | null; after: Worth | null }
  /** of tier.changed: the tier before */
  before?: string
  /** how many journeys caused one another before it */
  hops?: number
  /** starts this journey and no other */
  only?: Uuid
}

export type Fold = {
  state: CustomerState
  world: World
  plan: Plan
  /** the input's time */
  now: number
  /** the time folded at: `now`, or the due time of the timer that is being folded */
  t: number
  effects: FoldEffect[]
  /** not yet looked at by journeys */
  facts: Fact[]
  /** memories that the fact being folded is part of */
  fresh: ReadonlySet<string>
  /** traits or identifiers changed since rules were last looked at */
  changed: boolean
  /** journeys whose moment may be another now */
  moved: Admission[]
  /** sends decided in this moment, that caps have yet to allow */
  wants: Want[]
  segments: SegmentPlan
  /** places of segments to be judged */
  dirty: Set<number>
  /** of what is derived now, and of what changed and is yet to be judged */
  hops: number
  carried: number
  /** what is being folded, for the reasons of memberships: a name of an event, time, published, list … */
  cause: string
}

/** What a fold derived kept triggering itself: the customer is parked. */
export class TooManyRounds extends Error {
  override name = 'TooManyRounds'
}

const NONE: ReadonlySet<string> = new Set()

export const openFold = (state: CustomerState, world: World, plan: Plan, now: number, cause = ''): Fold => ({
  state,
  world,
  plan,
  now,
  t: now,
  effects: [],
  facts: [],
  fresh: NONE,
  changed: false,
  moved: [],
  wants: [],
  segments: segmentPlanOf(world),
  dirty: new Set(),
  hops: 0,
  carried: 0,
  cause,
})

/** Records a derived fact, and lets it trigger when anything published names it. `at`: when it was so, for history,
 *  where that is not the time of the fold. `beside`: what triggers may ask of it, and history does not keep. */
export function derive(
  fold: Fold,
  name: string,
  props: Record<string, unknown>,
  refs: Partial<Derived> = {},
  at = fold.t,
  beside: Pick<Fact, 'order' | 'hops'> = {},
): void {
  fold.effects.push({ kind: 'derived', fact: { name, at, props, ...refs } })
  mark(fold, name, props)
  const hops = Math.max(fold.hops, beside.hops ?? 0)
  if (hops > fold.carried) fold.carried = hops
  const fact = { name, at: fold.t, lateMs: 0, props, trusted: true, refs, ...beside }
  happen(fold, hops > 0 ? { ...fact, hops } : fact, at)
}

/** Something happened: it is remembered where a rule asks for it, and looked at by journeys. What really happened comes
 *  before what was derived from it. @param occurred as history has it */
export function happen(fold: Fold, fact: Omit<Fact, 'keys'>, occurred: number, really = false): void {
  const { triggers, memories, movedBy, heard } = fold.plan
  const moved = movedBy.facts.get(fact.name)
  if (moved !== undefined) fold.moved.push(...moved)
  const remembered = memories.byEvent.has(fact.name)
  if (
    (!remembered && !triggers.has(fact.name) && !heard.has(fact.name)) ||
    (!fact.trusted && isReservedName(fact.name))
  )
    return
  const keys = remembered ? rememberEvent(fold, fact.name, fact.props, fact.at, occurred) : []
  if (really) fold.facts.unshift({ ...fact, keys })
  else fold.facts.push({ ...fact, keys })
}

/** Names that only the product gives; an event of a public key that carries one triggers nothing. */
export const isReservedName = (name: string): boolean => name.charCodeAt(0) >= SMALL_A && RESERVED.test(name)

const SMALL_A = 97
const RESERVED =
  /^(call|clock|consent|contact|conversation|coupon|customer|identifier|instagram|journey|line|merge|message|messenger|node|order|points|segment|sms|stage|tag|team|testsend|tier|trait|visit|whatsapp)\./
