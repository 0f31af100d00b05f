// The customer's state document: all that the reducer knows of one person. Stored as JSON text, p95 <= 1.5 KB,
// limit 32 KB. Times are workspace time in ms. What grows without bound lives in tables of its own.
import type { Enrollment } from '../journeys/model.ts'
import type { IdentifierKind, Scalar } from '../rules/model.ts'
import type { Uuid } from '../platform/ids.ts'

export type IdRef = { kind: IdentifierKind; value: string }

/** Who vouches for an event's identifiers. Only `public` does not verify. */
export type Proof = 'public' | 'token' | 'server' | 'provider'

/** `shared`: others turned up with it too; it identifies nobody (shared.ts) */
export type HeldId = IdRef & { verified: boolean; at: number; src: string; shared?: true }

export type TraitValue = Scalar | Scalar[]

/** Value, when it was so (occurred), and where it came from; `u`: unverified (said by a public key). */
export type Trait = { v: TraitValue; at: number; src: string; u?: true }

export type ConsentKey = `${string}/${'marketing'}` // channel/purpose

export type OrderSummary = {
  /** orders placed and not fully refunded or cancelled */
  n: number
  /** net revenue, smallest unit */
  revenue: number
  currency: string
  firstAt: number
  lastAt: number
}

export type CustomerState = {
  v: 1
  workspace: Uuid
  id: Uuid
  /** time of the last fold, monotone */
  now: number
  /** first and last occurred */
  first: number
  last: number
  ids: HeldId[]
  traits: Record<string, Trait>
  tags: Record<string, { at: number; src: string }>
  consent: Record<string, { on: boolean; at: number; src: string }>
  /** LINE friendship: followed, blocked */
  line?: { following: boolean; at: number }
  orders?: OrderSummary
  enr: Enrollment[]
  /** runs that ended, by journey + key: entry number, entered, left, how */
  past: Record<string, { n: number; at: number; out: number; how: string }>
  /** entry numbers that are taken beyond those in `past`, by journey + key: a merged person had them (split.ts) */
  used?: Record<string, number>
  /** next due moment of each date-triggered journey, by journey id */
  dates: Record<string, number>
  /** customers merged into this one: makes `absorb` idempotent */
  absorbed: Uuid[]
  /** merge requests sent, pending or refused: larger id -> when and under what proof */
  asked?: Record<Uuid, { at: number; proof: Proof }>
  /** open conflicts with others, for a person to decide */
  conflicts?: { with: Uuid; at: number; id: Uuid }[]
  /** kept apart from these by a person, or by an unmerge */
  apart?: Uuid[]
  /** identifiers that went to somebody else: until then, what an intake still sends here by them is passed on */
  gone?: { to: Uuid; ids: IdRef[]; until: number }[]
  /** newest occurrence of each event leaf that published rules name; the key is `leafKey` of src/rules/match.ts */
  leaf?: Record<string, number>
  /** part of that customer now: a tombstone. It keeps what it knew, and forwards */
  into?: Uuid
}

export const STATE_LIMIT_BYTES = 32 * 1024
/** Goes up when a reducer change gives other results for the same inputs; replay uses the version recorded. */
export const REDUCER_VERSION = 1
