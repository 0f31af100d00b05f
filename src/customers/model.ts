// The customer's state document: all that the reducer knows of one person. Stored as JSON text, p95 <= 1.5 KB,
// limit 32 KB. Times are workspace time in ms. What grows without bound lives in tables of its own.
import type { ChannelName } from '../channels/model.ts'
import type { HeldCoupon, HeldPoints } from '../membership/model.ts'
import type { Enrollment } from '../journeys/model.ts'
import type { Watch } from '../journeys/watch.ts'
import type { Memory } from '../rules/memory.ts'
import type { IdentifierKind, Scalar } from '../rules/model.ts'
import type { Uuid } from '../platform/ids.ts'

export type IdRef = { kind: IdentifierKind; value: string }

/** Who vouches for an event's identifiers. Only `public` does not verify. */
export type Proof = 'public' | 'token' | 'server' | 'provider'

/** `shared`: others turned up with it too; it identifies nobody (shared.ts) */
export type HeldId = IdRef & { verified: boolean; at: number; src: string; shared?: true }

/** What was said last; `v`: version of the text that it was said to. */
export type Consent = { on: boolean; at: number; src: string; v?: string }

export type TraitValue = Scalar | Scalar[]

/** Value, when it was so (occurred), and where it came from; `u`: unverified (said by a public key). */
export type Trait = { v: TraitValue; at: number; src: string; u?: true }

/** A label: since when, who said so; `by`: the person, where a system said it for one; `until`: it ends then. */
export type Tag = { at: number; src: string; by?: string; until?: number }

export type OrderSummary = {
  /** orders placed and not cancelled, nor refunded or returned in full */
  n: number
  /** net revenue, smallest unit */
  revenue: number
  currency: string
  firstAt: number
  lastAt: number
  /** of `n`, those not paid yet */
  unpaid?: number
  /** orders and net revenue by sales channel (store, reseller …); what is left was sold online (`salesChannels`) */
  by?: Record<string, [orders: number, revenue: number]>
  /** cost of goods of orders whose cost is known, and the net revenue of those orders */
  cost?: number
  costed?: number
}

/** Orders and net revenue of each sales channel that has any. */
export function salesChannels(orders: OrderSummary): [channel: string, orders: number, revenue: number][] {
  let { n, revenue } = orders
  const all: [string, number, number][] = []
  for (const [channel, [some, part]] of Object.entries(orders.by ?? {})) {
    all.push([channel, some, part])
    n -= some
    revenue -= part
  }
  if (n !== 0 || revenue !== 0) all.push(['online', n, revenue])
  return all
}

/** The five lifecycle stages, in order. A stage is kept as its number, 1 to 5. */
export const STAGES = ['awareness', 'consideration', 'conversion', 'retention', 'advocacy'] as const
export type Stage = (typeof STAGES)[number]

/** Where a touch came from. Kinds: campaign (UTM), ad, search, referral, store_qr, walk_in. Short names: it is stored. */
export type Touch = {
  at: number
  k: 'campaign' | 'ad' | 'search' | 'referral' | 'store_qr' | 'walk_in'
  /** source, medium, campaign; ad id; referrer's host; store code; keyword */
  s?: string
  m?: string
  c?: string
  ad?: string
  r?: string
  st?: string
  kw?: string
}

/** Visits to the site or app, and check-ins at stores. What is zero is left out. */
export type Visits = {
  /** how many, how many of them engaged */
  n: number
  e?: number
  /** the newest: its start, ms to its last activity; until it is engaged also engaged ms, page views, conversions */
  at: number
  d: number
  ms?: number
  pv?: number
  cv?: number
  on?: true
  /** check-ins at stores, and the newest */
  st?: number
  stAt?: number
}

/** Product, quantity, price as the shop sent it. */
export type CartItem = [id: string, quantity: number, price?: number]
/** `u`: only a public key said so */
export type PushToken = { t: string; p: string; at: number; u?: true }

export type Kept = [since: number, memory: Memory]

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
  tags: Record<string, Tag>
  /** when the first tag with an end ends */
  tagEnd?: number
  /** key: channel/purpose */
  consent: Record<string, Consent>
  /** what they asked for beside consent: fewer messages, none until then */
  pref?: { less?: true; until?: number }
  /** LINE friendship: followed, blocked; `lines`: with accounts of other providers, by the provider's name */
  line?: { following: boolean; at: number }
  lines?: Record<string, { following: boolean; at: number }>
  orders?: OrderSummary
  /** lifecycle stage: number, since, the event that caused it, number of the world whose rules decided; `e`: the
   *  stage that events alone earned, which no refund takes away */
  stage?: { s: number; at: number; by: string; no: number; e?: number }
  /** events counted towards stages above `e`, by the condition's key */
  sig?: Record<string, number>
  /** purchase phase: newest checkout, until its order; first product view after the newest order */
  phase?: { c?: number; v?: number }
  visits?: Visits
  /** first and last touch with a source; `l` is left out when there was one */
  touch?: { f: Touch; l?: Touch }
  /** what is liked: category and brand to score (src/customers/affinity.ts) */
  likes?: { c?: Record<string, number>; b?: Record<string, number> }
  /** the open cart: newest change, items (bounded), how many more kinds there are */
  cart?: { at: number; items: CartItem[]; more?: number }
  push?: PushToken[]
  /** newest thing the customer did, newest marketing message accepted, newest 1:1 message by the team */
  clk?: { c?: number; m?: number; t?: number }
  /** the newest message of theirs, by channel: some let us write only for a while after it */
  inb?: Partial<Record<ChannelName, number>>
  /** acts by hour of the day (hours.ts) */
  hrs?: string
  /** membership tier and points, as a trusted source or our own ledger said last */
  tier?: { v: string; at: number }
  points?: { v: number; at: number }
  /** the newest coupons, by their code */
  coupons?: Record<string, HeldCoupon>
  /** how many of each coupon of ours the customer has had, by its number */
  had?: Record<string, number>
  /** points of our own ledger */
  pts?: HeldPoints
  /** when time changes something of them next */
  rightsDue?: number
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
  /** what published rules ask of the past (src/rules/memory.ts), by key: since which catalogue number it is kept, and it */
  mem?: Record<string, Kept>
  /** catalogue number up to which memories know the past from before they were kept */
  fill?: number
  /** the same of customers who were merged in, where it is another number */
  fills?: [id: Uuid, no: number][]
  /** segments the customer is in: number, number of the group, since (src/segments/fold.ts) */
  seg?: [n: number, group: number, at: number][]
  /** the earliest moment at which time alone may change a membership; may be early */
  segDue?: number
  /** rules that must hold for a while before somebody enters: number of the segment, holds since */
  dwell?: [n: number, since: number][]
  /** sends that caps look at: short ids of message and journey, when (src/journeys/caps.ts) */
  sent?: [message: number, journey: number, at: number][]
  /** what is looked for after runs and nodes: goals within their window, figures (src/journeys/watch.ts) */
  watch?: Watch[]
  /** part of that customer now: a tombstone. It keeps what it knew, and forwards */
  into?: Uuid
}

type Traits = Pick<CustomerState, 'traits'>

/** An attribute that says something in words; null: it does not. */
export function textTrait({ traits }: Traits, name: string): string | null {
  const value = traits[name]?.v
  return typeof value === 'string' && value !== '' ? value : null
}

/** What somebody is called, on screens and in messages: by the shop, else by their two names, else by LINE. Family name first, as
 *  Chinese is written; names in Latin letters the other way round. */
export function nameOf(state: Traits): string | null {
  const given = textTrait(state, 'first_name')
  const family = textTrait(state, 'last_name')
  const both =
    given && family
      ? /\p{Script=Latin}/u.test(given + family)
        ? `${given} ${family}`
        : family + given
      : null
  return textTrait(state, 'name') ?? both ?? given ?? family ?? textTrait(state, 'line_name')
}

export const STATE_LIMIT_BYTES = 32 * 1024
/** Goes up when a reducer change gives other results for the same inputs; replay uses the version recorded. */
export const REDUCER_VERSION = 1
