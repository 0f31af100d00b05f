// The contract of a node type: what it looks like, what it is asked with, what it may answer and cause. Everything is given;
// nothing is read elsewhere. A type is one file here and one line in ../register.ts.
import type { MessageContent } from '../../channels/content.ts'
import type { ChannelName } from '../../channels/model.ts'
import type { CustomerState } from '../../customers/model.ts'
import type { Limit } from '../../messages/model.ts'
import type { Rule, Scalar, Verdict } from '../../rules/model.ts'
import type { Uuid } from '../../platform/ids.ts'
import type {
  CallContent,
  Enrollment,
  ExitHow,
  GraphProblem,
  JourneyGraph,
  MessageEnd,
  NodeId,
  Notice,
  PublishedJourney,
  Purpose,
  Wait,
} from '../model.ts'

/** How a field is edited. Its words are in web/words: fields_<type>.<name>, else fields.<name>; <name>_help says more. */
export type FieldKind =
  | 'duration'
  | 'rule'
  | 'event'
  | 'where'
  | 'channel'
  | 'account'
  | 'topic'
  | 'content'
  | 'trait'
  | 'value'
  | 'tag'
  | 'text'
  | 'number'
  | 'percent'
  | 'flag'
  | 'choice'
  | 'wall_time'
  | 'date'
  | 'date_time'
  | 'weekdays'
  | 'segment'
  | 'journey'
  | 'node'
  | 'url'
  | 'coupon'
  | 'source'
  | 'campaign'
  | 'list'
  | 'group'
export type FieldSpec = {
  kind: FieldKind
  required: boolean
  /** a list of such values */
  many?: boolean
  /** choice: what may be chosen, in drawing order; their words are fields_<type>.<name>_<option> */
  options?: readonly string[]
  /** list: the fields of each of its entries; group: its own fields */
  of?: Record<string, FieldSpec>
  /** shown only while that sibling field has one of these values (undefined: is not set) */
  when?: { field: string; is: readonly unknown[] }
  min?: number
  max?: number
}

/** What a node sees when it runs. Everything is given; nothing is read elsewhere. */
export type NodeContext = {
  now: number
  timezone: string
  node: NodeId
  enrollment: Enrollment
  journey: PublishedJourney
  /** Evaluates a rule for this customer and run. */
  evaluate(rule: Rule): Verdict
  /** The workspace's quiet window pushed `at` to the first allowed moment. */
  allowedFrom(at: number): number
  /** First moment after now whose wall time in the workspace's zone is `time` on one of `weekdays` (1 Monday … 7). */
  nextWallTime(time: string, weekdays: number[] | null): number
  /** From 0 up to, but not, 100: always the same for this customer and `salt`. */
  share(salt: string): number
  /** What stands against giving the customer the coupon of this key, as the port that leads on; else the pool of which a
   *  place must be taken first, where it is limited. */
  coupon(key: string): { refused: 'has' | 'ended' | 'limit' } | { pool: Limit | null }
  /** Identity of the message that this visit of the node would send. `part`: of a node that may send several */
  messageId(part?: string): Uuid
  /** Whether a message of this purpose may reach the customer by this channel, as far as the fold knows (what was
   *  suppressed is known to the deliverer alone), and why not. */
  reachable(
    channel: ChannelName,
    purpose: Purpose,
    content: MessageContent,
    topic?: string,
  ): { reachable: boolean; reason: string | null }
  /** What one message by this channel costs, in units of the workspace's currency; 0 where nobody said. */
  costOf(channel: ChannelName): number
  /** What share of this channel's messages arrived lately, 0 to 1. */
  reachRate(channel: ChannelName): number
  customer: CustomerState
}

/** What a node decides: go on through a port, wait, or end; with effects in order. */
export type Step =
  /** `keep`: what later templates of this run may use as `journey.<node>` */
  | { kind: 'go'; port: string; effects: Effect[]; why?: unknown[]; keep?: Record<string, unknown> }
  /** `tried`: why this and nothing before it is tried */
  | { kind: 'wait'; wait: Wait; effects: Effect[]; tried?: { why: unknown[] } }
  | { kind: 'end'; how: ExitHow; effects: Effect[]; exit?: string }

/** Why the node is looked at again. */
export type Resume =
  | { kind: 'timer' }
  /** `fact`: what the customer said, where the run waits for an answer */
  | { kind: 'event'; fact?: { name: string; props: Record<string, unknown> } }
  | ({ kind: 'message' } & MessageEnd)

export type NodeType = {
  type: string
  /** bar colour and icon family on the canvas; `time` also says that entering has no effects and looks only at when the
   *  node was entered, so that a move to a new version can decide it anew */
  family: 'time' | 'logic' | 'message' | 'data' | 'end'
  fields: Record<string, FieldSpec>
  /** Port names, in drawing order. */
  ports(fields: Record<string, unknown>): string[]
  /** Ports that may be left out of `next`, and the port whose way they then take. */
  fallback?: Record<string, string>
  /** true: the run always waits at this node, so that a loop through it is no endless one */
  waits?(fields: Record<string, unknown>): boolean
  /** A twin's visit counts for the person after a merge, as a message does: the port by which the other passes. */
  twinPort?: string
  /** Rules among the fields: their event leaves are remembered for each customer. */
  rules?(fields: Record<string, unknown>): Rule[]
  /** Texts among the fields that are templates, with their paths below the fields. */
  texts?(fields: Record<string, unknown>): { path: string; text: string }[]
  /** Faults of the fields, beyond what FieldSpec says; `graph` for what points to other nodes. */
  validate(fields: Record<string, unknown>, graph: JourneyGraph): Omit<GraphProblem, 'node'>[]
  enter(fields: Record<string, unknown>, ctx: NodeContext): Step
  /** Called when what was waited for came. Returning the same wait again is allowed. */
  resume?(fields: Record<string, unknown>, ctx: NodeContext, why: Resume): Step
}

/** The closed list of what a node may cause. */
export type Effect =
  | {
      kind: 'send'
      channel: string
      purpose: 'marketing' | 'transactional'
      topic?: string
      content: MessageContent
      /** the account to send by, as graphs name it */
      account?: string | undefined
      /** earliest and latest useful moments, workspace ms */
      notBefore: number
      notAfter: number | null
      part?: string
    }
  | { kind: 'call'; content: CallContent; notAfter: number }
  /** adds to a number; what is none counts as 0 */
  | { kind: 'add_to_trait'; trait: string; by: number }
  /** the customer's own event, which may start journeys and is remembered like any other */
  | { kind: 'emit'; name: string; props: Record<string, Scalar> }
  | ({ kind: 'notify' } & Notice)
  /** public ids */
  | { kind: 'start_journey'; journey: string; props: Record<string, unknown> }
  | { kind: 'stop_journey'; journey: string }
  | { kind: 'set_trait'; trait: string; value: Scalar | null }
  | { kind: 'add_tag'; tag: string }
  | { kind: 'remove_tag'; tag: string }
  /** a coupon that nothing stands against, by its key */
  | { kind: 'issue_coupon'; coupon: string }
  | { kind: 'points'; amount: number; reason: string; validDays?: number }
  /** asks for places of limits shared between people; the node waits for its message's end, as of a send */
  | { kind: 'ticket'; limits: Limit[] }
