// What travels through the inbox, what the reducer is given and gives back, and what the journal keeps (what two owners tell
// each other is in identity-model.ts, rows of orders in order-model.ts).
// Times are workspace time in ms unless a name says otherwise.
import type { CustomerState, IdRef, Proof, TraitValue } from '../customers/model.ts'
import type { Said } from '../conversations/model.ts'
import type { Notice } from '../journeys/model.ts'
import type { MessageContent } from '../channels/content.ts'
import type { ChannelName } from '../channels/model.ts'
import type { Intent, MessageState, Origin, Outcome } from '../messages/model.ts'
import type { CouponRow, Place, PointsRow } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Memory } from '../rules/memory.ts'
import type {
  AbsorbBody,
  Conflict,
  IdentityBody,
  MergeBody,
  MergedId,
  RefusedBody,
  RestoreBody,
} from './identity-model.ts'
import type { OrderRow, ToldWorth } from './order-model.ts'

// ── inputs ───────────────────────────────────────────────────────────────────

/** A customer's event, cleaned by the intake. */
export type EventBody = {
  type: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias' | 'system'
  /** track: the event's name; page: 'Page Viewed'; identify: 'Identified'; the others in src/collect/clean.ts */
  name: string
  messageId: string
  /** absolute workspace time, or how long before `received` it happened (client's sentAt - timestamp) */
  at?: number
  agoMs?: number
  props?: Record<string, unknown>
  traits?: Record<string, unknown>
  /** identifiers that route; emails and phones of public keys are not among them */
  ids: IdRef[]
  proof: Proof
  /** key or account name it came through */
  src: string
  /** channel of the touch (web, app, store, line …); unset where nothing tells */
  ch?: string
  /** other holders of its identifiers (larger ids); the owner decides whether they are the same person */
  holders?: Uuid[]
  /** counted up by whatever crosses customers or journeys; at 8 it ends */
  hops?: number
  /** turned away by that customer (a shared browser is not a person), which keeps all identifiers but these; `met`:
   *  for a person to decide */
  away?: { by: Uuid; ids: IdRef[]; met?: IdRef[] }
  /** identifiers that several people turned up with: they route nothing (src/customers/shared.ts) */
  shared?: IdRef[]
}

/** A command of the UI or API; answered through `answer` under its key. */
export type CommandBody = {
  key: string
  bodyHash: Uuid
  /** real time ms after which it is not folded but answered `expired` */
  validUntil: number
  actor: string
  command:
    | { do: 'set_traits'; traits: Record<string, TraitValue | null> }
    | { do: 'add_tag'; tag: string; until?: string }
    | { do: 'remove_tag'; tag: string }
    | {
        do: 'set_consent'
        channel: string
        on: boolean
        purpose?: string
        proof?: Record<string, string>
      }
    /** all that the person chose on their preference page, at once */
    | {
        do: 'set_preferences'
        list: { channel: string; purpose: string; on: boolean; version?: string }[]
        proof: Record<string, string>
        /** left out: as it was */
        less?: boolean
        /** no marketing until then, workspace ms; null: no pause any more */
        until?: number | null
      }
    | { do: 'issue_coupon'; coupon: string }
    /** the person takes it themself */
    | { do: 'claim_coupon'; coupon: string }
    | { do: 'redeem_coupon'; code: string; ref: string | null; place: Place | null }
    /** gives them, or takes them when negative */
    | { do: 'points'; amount: number; reason: string; ref: string | null; validDays?: number }
    | { do: 'enroll'; journey: Uuid }
    | { do: 'remove_enrollment'; enrollment: Uuid }
    /** writes to the customer, outside of all journeys. `by`: who wrote it; `as`: whose data fill a test in */
    | {
        do: 'say'
        channel: ChannelName
        account?: Uuid
        content: MessageContent
        origin: Origin
        by: string
        as?: Uuid
      }
    /** a person's decision, above the policy: this customer becomes part of the smaller id */
    | { do: 'merge'; into: Uuid }
    | { do: 'keep_apart'; from: Uuid; conflict: Uuid }
    /** this identifier is that customer's, not this one's */
    | { do: 'give_identifier'; id: IdRef; to: Uuid; conflict: Uuid | null }
}

/** What the deliverer says of a message. One input per change of state. */
export type OutcomeBody = {
  message: Uuid
  enrollment: Uuid | null
  node: string | null
  journey: Uuid | null
  channel: string
  state: MessageState
  outcome: Outcome | null // set when this is the first end
  reason: string | null
  at: number
  /** of a message that was accepted: moves the marketing clock; a reply moves the team's */
  purpose?: 'marketing' | 'transactional'
  origin?: Origin | null
  /** what the account asked for it, in the smallest unit (decimals are possible); of what was accepted */
  cost?: number
  /** click target, provider id … for history */
  detail?: Record<string, string>
}

/** What history knows for memories that are kept since `catalogueNo`, of what `of` was told before. */
export type FillBody = {
  catalogueNo: number
  /** the customer of the time */
  of: Uuid
  mem: Record<string, Memory>
  /** order memories are worked out too, from all orders: read them along */
  orders?: true
}

/** What the team says of one of many people at once: nothing that the person did, and nobody waits for an answer. */
export type NoteBody = {
  actor: string
  /** where it was said: a file's source, a segment */
  src: string
  at?: number
} & (
  | { do: 'add_tag'; tag: string; until?: number }
  | { do: 'remove_tag'; tag: string }
  /** puts them on a static list, named by its number (src/segments/model.ts), or takes them off */
  | { do: 'list'; n: number; on: boolean }
  | Told
)

/** What concerns many at once, and may start a journey. */
export type Told =
  /** something of the business happened, which is said to this customer */
  | { do: 'tell'; name: string; props: Record<string, unknown> }
  /** the journey was published and takes in who is in its segment already */
  | {
      do: 'admit'
      journey: Uuid /** of a broadcast: its start, workspace ms; who came later stays out */
      asOf?: number
    }

export type InputOf = {
  event: EventBody
  command: CommandBody
  outcome: OutcomeBody
  merge: MergeBody
  absorb: AbsorbBody
  merge_refused: RefusedBody
  identity: IdentityBody
  restore: RestoreBody
  fill: FillBody
  note: NoteBody
  /** the world changed in a way that may set an alarm or end a run for this customer */
  recheck: { catalogueNo: number }
  alarm: { due: number }
}
export type InputKind = keyof InputOf

/** One input as the reducer gets it. `now` is its received time (alarm: the fold's time), monotone per customer. */
export type Input = {
  [K in InputKind]: { kind: K; now: number; received: number; body: InputOf[K] }
}[InputKind]

/** What an intake or a worker wants appended. Bucket inputs (clock, publish) have no customer. */
export type IncomingInput = {
  [K in Exclude<InputKind, 'alarm'>]: { kind: K; body: InputOf[K]; messageId: string | null }
}[Exclude<InputKind, 'alarm'>]
export type BucketInput =
  | { kind: 'clock'; body: { offsetMs: number } }
  | { kind: 'publish'; body: { catalogueNo: number } }

// ── reducer ──────────────────────────────────────────────────────────────────

/** Something said about consent, kept for ever. */
export type ConsentProof = {
  key: Uuid
  channel: string
  purpose: string
  on: boolean
  at: number
  src: string
  proof: Record<string, string> | null
}

/** Rows only the owner writes, that an input names. Key: `order:<orderNo>`; `orders`: all of the customer. */
export type Facts = Record<string, OrderRow[]>

/** A derived fact for history, named `area.verb` (journey.entered, node.entered, message.intended …). */
export type Derived = {
  name: string
  at: number
  props: Record<string, unknown>
  journey?: Uuid
  version?: number
  enrollment?: Uuid
  node?: string
  message?: Uuid
  channel?: string
}

/** What the team is told of a customer; filled in with what was known then when it is shown. */
export type NoticeBody = Notice & {
  id: Uuid
  at: number
  journey: Uuid
  enrollment: Uuid
  node: string
  event: Intent['event']
  vars: Record<string, unknown>
}

/** What a fold causes beyond the new state; a closed list. */
export type FoldEffect =
  | { kind: 'derived'; fact: Derived }
  | { kind: 'intent'; intent: Intent }
  /** ends this message as skipped(reason) if it is still intended or claimed */
  | { kind: 'cancel'; message: Uuid; reason: 'exited' | 'merged' | 'moved' | 'late' }
  /** tells the team */
  | { kind: 'notice'; notice: NoticeBody }
  | { kind: 'order'; row: OrderRow }
  /** what an order is worth from now on, for history; null: it is another customer's */
  | { kind: 'worth'; order: string; worth: ToldWorth | null }
  | { kind: 'consent_proof'; row: ConsentProof }
  /** ends what is still open of marketing for this purpose; of marketing itself also what has no consent of its own */
  | { kind: 'stop_sends'; channel: string; topic: string; keep: string[] }
  /** part of a conversation */
  | { kind: 'said'; row: Said }
  /** conversations with this customer, who is part of this one now, go on here */
  | { kind: 'said_with'; from: Uuid }
  | { kind: 'coupon_entry'; row: CouponRow }
  | { kind: 'points_entry'; row: PointsRow }
  /** purchase phase and lifecycle stage (1 to 5) that history keeps with the event */
  | { kind: 'mark'; phase: 'pre' | 'during' | 'post'; stage: number }
  | { kind: 'answer'; key: string; bodyHash: Uuid; status: number; body: unknown }
  /** an input for another customer */
  | { kind: 'post'; to: Uuid; input: IncomingInput }
  /** this customer is now part of `into`: write the tombstone, end its open intents, send `absorb` with its orders */
  | { kind: 'merged'; into: Uuid; ids: MergedId[]; hops: number; actor?: string }
  /** point these identifiers, where they still name `from`, to this customer; `tell`: `from` lives on without them, so
   *  intakes must not route by what they remember of it */
  | { kind: 'repoint'; from: Uuid; ids: IdRef[]; tell?: true }
  /** these identifiers, where they name this customer, name nobody from now on */
  | { kind: 'share'; ids: IdRef[] }
  | { kind: 'conflict'; conflict: Conflict }
  /** this conflict is decided; `by` null: by what happened since */
  | { kind: 'settle'; conflict: Uuid; how: 'merged' | 'apart' | 'moved'; by: string | null }
  /** the survivor refused: this customer stands again; clear merged_into, point `ids` that name `from` back here */
  | { kind: 'unmerged'; from: Uuid; ids: IdRef[] }

export type FoldVerdict = 'folded' | 'duplicate' | 'forwarded' | 'parked' | 'expired' | 'refused'

/** What one reduction gives. `need`: load these facts and call again from the start with the same state.
 *  Effects hold under every verdict. `forwarded`: `forwardAs` is what is appended for `forwardTo`. `refused` for a
 *  customer without a row: no row is written. */
export type Reduction =
  | { need: string[] }
  | {
      state: CustomerState
      effects: FoldEffect[]
      verdict: FoldVerdict
      forwardTo?: Uuid
      forwardAs?: IncomingInput
    }

// ── journal ──────────────────────────────────────────────────────────────────

/** One line of a journal row: an input that was folded (or not), and what came of it. */
export type JournalEntry = {
  /** customer */
  c: Uuid | null
  /** kind; `erased` stands where the input of a person was who has been forgotten: nothing else is left of it */
  k: InputKind | 'clock' | 'publish' | 'erased'
  /** now and received, workspace ms */
  n: number
  r: number
  /** input body */
  b: unknown
  /** message hash */
  h?: Uuid
  /** verdict when not 'folded'; f: forwarded to */
  x?: FoldVerdict
  f?: Uuid
  /** derived facts and other effects, in order */
  e?: FoldEffect[]
}
export type JournalBody = { v: 1; entries: JournalEntry[] }
