// What two customers' owners tell each other: to become one, to stay apart, to be taken apart; and what stands
// between them. Times are workspace time in ms.
import type { CustomerState, HeldId, IdRef, Proof } from '../customers/model.ts'
import type { Outcome } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { OrderRow, ToldWorth } from './order-model.ts'

/** Sent by the smaller id's owner: "we hold identifiers of one person; become me?" `ids` are the event's;
 *  `known`: the survivor has a member number, a verified identifier or a user id. */
export type MergeBody = {
  survivor: Uuid
  memberNo: string | null
  known: boolean
  proof: Proof
  ids: IdRef[]
  /** those of `ids` that the survivor holds */
  holds?: IdRef[]
  /** no third customer holds one of `ids` */
  alone: boolean
  /** a person keeps the survivor apart from these */
  apart?: Uuid[]
  by?: Conflict['by']
  hops: number
}
/** An identifier that goes along with a merge. `verified` is set for the event's own, which neither may know yet. */
export type MergedId = IdRef & { verified?: boolean }
/** The larger id's answer when it agrees: everything it knew; `state` as its fold of `merge` returned it. */
export type AbsorbBody = {
  loser: Uuid
  state: CustomerState | null
  ids: MergedId[]
  orders: OrderRow[]
  /** the person who decided it, above the policy */
  actor?: string
  /** it went on with somebody whose own merge did not last, and came back: what was told meanwhile was told there */
  detour?: true
  hops: number
}
/** The larger id's answer when it refuses. At the loser itself: the survivor refused its `absorb`, so its tombstone
 *  is lifted (effect `unmerged`). */
export type RefusedBody = {
  loser: Uuid
  reason: 'member_no' | 'known' | 'apart'
  /** the survivor, where that is somebody further on than the one the loser became part of */
  from?: Uuid
  /** identifiers that turned out to be shared by both; what met; and the event */
  shared?: IdRef[]
  met?: IdRef[]
  by?: Conflict['by']
}
/** What one customer's owner tells another's, of a person's decision. */
export type IdentityBody =
  | { do: 'apart'; from: Uuid; conflict: Uuid }
  /** `nobody`: it was shared, and led to neither */
  | { do: 'take'; id: HeldId; from: Uuid; nobody: boolean; conflict: Uuid | null }

/** One of two whom a person took apart: `state` is what it is from now on. */
export type RestoreBody = {
  /** the unmerge */
  op: Uuid
  /** the other of the two */
  with: Uuid
  state: CustomerState
  /** it was part of the other, and stands again */
  stands: boolean
  actor: string
  /** what an intake may still send here and is the other's now */
  gone: IdRef[]
  /** messages that its runs wait for and whose end nobody will tell; open messages that nobody waits for any more */
  lost: { message: Uuid; outcome: Outcome; reason: string | null }[]
  cancel: Uuid[]
  /** rows of orders that came meanwhile and are its own; orders that are the other's now */
  orders: OrderRow[]
  moved: string[]
  /** what the orders of `orders` are worth */
  worths: { order: string; worth: ToldWorth | null }[]
}

/** Two customers of whom something says that they are one, and something that they are not. */
export type Conflict = {
  id: Uuid
  /** the smaller id first */
  one: Uuid
  two: Uuid
  /** member_no: two member numbers · shared: the same, by what can only be a way to reach both */
  reason: 'member_no' | 'shared'
  /** what they have in common */
  ids: IdRef[]
  at: number
  /** the event by which they met */
  by?: { event: string; name: string; src: string }
}
