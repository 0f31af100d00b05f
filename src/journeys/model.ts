// The one journey format: what the editor draws, what a file holds, what the reducer walks; and one customer's pass.
// The contract that every node keeps is nodes/type.ts. No I/O; the web imports this file.
import type { Rule } from '../rules/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Trigger } from './triggers/register.ts'

// ── the format ───────────────────────────────────────────────────────────────

/** What starts a journey: one of the kinds of src/journeys/triggers. */
export type { Trigger }

export type Reentry = { kind: 'never' } | { kind: 'always' } | { kind: 'after_exit'; coolDownMs: number }

export type NodeId = string

/** A node as stored: its type, its fields by name, and where each port leads (null: the run completes there). */
export type NodeData = {
  type: string
  fields: Record<string, unknown>
  next: Record<string, NodeId | null>
  /** Shown on the canvas and in lists; optional. */
  title?: string
}

export type JourneyGraph = {
  format: 1
  name: string
  trigger: Trigger
  /** Only customers for whom this holds enter. */
  filter?: Rule
  entry?: EntryRules
  /** Event property that makes one enrollment per value (an order number); default one per customer. */
  key?: string
  reentry: Reentry
  /** Reaching the goal ends the run as `goal` when `exitOnGoal`. The rule may ask since the entry. */
  goal?: {
    rule: Rule
    exitOnGoal: boolean
    /** counts only so long after the entry, also when the run has ended by then; default: while the run lasts */
    windowMs?: number
  }
  /** Any of these ends the run at once, also inside delays. */
  exits: { name: string; rule: Rule }[]
  policy?: JourneyPolicy
  start: NodeId
  nodes: Record<NodeId, NodeData>
  canvas?: CanvasNotes
}

/** Who may come in, beyond trigger, filter and re-entry. */
export type EntryRules = {
  /** for whom this holds does not enter */
  exclude?: Rule
  /** runs of this journey that one customer may have at once, over all keys */
  maxAtOnce?: number
  /** entries of all people together */
  cap?: { max: number; per: 'hour' | 'day' | 'ever' }
  /** RFC 3339; outside nobody enters */
  from?: string
  to?: string
  /** canary: only this share enters, the same people each time */
  canaryPercent?: number
  /** canary: only the first so many people enter, and may come again; not together with a share */
  canaryPeople?: number
  /** at the publication those enter who are in the trigger's segment by then */
  backfill?: boolean
}

/** What holds for the whole journey. */
export type JourneyPolicy = {
  /** wall times and quiet hours of this journey are those of the person's own zone, where this attribute names one */
  zone?: { trait: string }
  /** instead of the workspace's; null: none */
  quietHours?: { from: string; to: string } | null
  /** most marketing messages of this journey to one person, beside the workspace's own caps */
  caps?: FrequencyCap[]
  /** 1 (first) to 9; who has less yields where a cap leaves room for one. Default 5 */
  priority?: number
  /** default of the send nodes: after this a message is of no use any more */
  usefulForMs?: number
  /** a timer folded later than this after its due time: `skip` passes over its messages as skipped(late) */
  late?: { afterMs: number; do: 'send' | 'skip' }
  /** share kept unsent, the same people each time, to measure what the journey earns */
  controlPercent?: number
  /** smallest unit of the workspace's currency, over all messages of the journey */
  budget?: { amount: number; per: 'day' | 'month' | 'ever' }
  kpis?: Kpi[]
}
export type FrequencyCap = { max: number; withinMs: number }
/** A figure with its target, of one node or (null) of the whole journey. */
export type Kpi = {
  id: string
  name: string
  node: NodeId | null
  measure:
    | { kind: 'reached' | 'clicked' | 'goal' | 'revenue' }
    /** of those who passed: the share for whom the rule holds within the window */
    | { kind: 'rule'; rule: Rule; windowMs: number }
  target: number
}

/** Drawing only: the engine never reads it. */
export type CanvasNotes = {
  /** where nodes were put by hand; the others are laid out */
  places?: Record<NodeId, { x: number; y: number }>
  groups?: { id: string; name: string; nodes: NodeId[] }[]
  comments?: { id: string; text: string; x: number; y: number; node?: NodeId }[]
}

/** The parts of a graph, in the order in which they are written and read. */
export const GRAPH_KEYS = [
  'format',
  'name',
  'trigger',
  'filter',
  'entry',
  'key',
  'reentry',
  'goal',
  'exits',
  'policy',
  'start',
  'nodes',
  'canvas',
] as const satisfies readonly (keyof JourneyGraph)[]
export type GraphKey = (typeof GRAPH_KEYS)[number]

/** A fault of a graph, at a node (or the whole journey when null). */
export type GraphProblem = {
  node: NodeId | null
  path: string
  code: string
  message: { zh: string; en: string }
  /** what to do instead */
  alternative?: { zh: string; en: string }
}

export type PublishedJourney = {
  id: Uuid
  name: string
  version: number
  /** live: admits; paused: admits nobody, runs wait; stopped: admits nobody, runs end. Old versions: draining. */
  status: 'live' | 'draining' | 'paused' | 'stopped'
  graph: JourneyGraph
  /** experiments that are decided: node and the variant that everybody takes from now on */
  decided?: Record<NodeId, string>
  /** of triggers with a moment of everybody's: workspace time from which on it counts */
  since?: number
  moves?: VersionMoves
}

/** What a publication does with runs that wait on earlier versions; a run that none names stays on its own (pinned).
 *  `at`: when it was published, workspace ms. `held`: the journey was paused, so no timer before it has rung. */
export type VersionMoves = { at: number; held?: true; list: Move[] }
export type Move = { from: number; node: NodeId } & (
  | { do: 'move'; to: NodeId }
  /** goes through the new nodes from `to` on, and then waits on where it waited */
  | { do: 'catch_up'; to: NodeId }
  /** goes on through a port at once */
  | { do: 'release'; port: string }
  | { do: 'exit' }
)

// ── one customer's pass ──────────────────────────────────────────────────────

export type ExitHow = 'completed' | 'goal' | 'exit_rule' | 'stopped' | 'removed' | 'merged' | 'error'

/** What the run waits for at its node. `until` is workspace time ms. */
export type Wait =
  | { kind: 'time'; until: number }
  /** `message`: the question that is to be answered */
  | { kind: 'event'; until: number | null; message?: Uuid }
  /** `until`: the message is of no use to the run any more; `part`: which of the node's messages (reach: the channel);
   *  `got`: the outcome that came while the journey was paused */
  | { kind: 'message'; message: Uuid; until?: number; part?: string; got?: MessageEnd }

/** What a message came to; `detail`: what was answered to a call. */
export type MessageEnd = {
  outcome: 'accepted' | 'failed' | 'skipped' | 'unknown'
  reason: string | null
  detail?: Record<string, string>
}

/** What crosses journeys counts up; this is the end. */
export const MAX_HOPS = 8

/** Kept small: it is part of the customer's state. */
export type Enrollment = {
  id: Uuid
  j: Uuid
  /** journey version */
  v: number
  /** journey key ('' when none) */
  k: string
  /** entry number of this customer into this journey and key, from 1 */
  n: number
  /** entered at */
  at: number
  /** '': at none: it waits for the ticket of an entry cap or canary, or is of the control group (`ctl`) */
  node: NodeId
  /** times this node was entered in this run, and when it was entered last */
  occ: Record<NodeId, number>
  nodeAt: number
  wait: Wait | null
  /** the trigger event, for merge fields */
  ev?: { name: string; at: number; props: Record<string, unknown> }
  goalAt?: number
  /** the earliest moment at which time alone may reach the goal or an exit */
  due?: number
  /** what calls and questions of this run answered, by node; bounded */
  vars?: Record<NodeId, unknown>
  /** what a person did with the newest message of a node, where another node waits for it */
  read?: Record<NodeId, 'opened' | 'clicked'>
  /** how many journeys started one another before this one */
  hops?: number
  /** kept unsent (policy.controlPercent): it is at no node, and only waits for goal and exits */
  ctl?: true
  /** the newest version whose moves left it where it was */
  mv?: number
  /** catching up: where it waits on afterwards; `v`: what that version has not is new */
  back?: { node: NodeId; nodeAt: number; wait: Wait | null; v: number }
  /** nodes at which a twin (merged into this customer) already sent or gave: passed without doing so again */
  twin?: NodeId[]
}

// ── what leaves a journey and is no message to the customer ──────────────────

/** A call of another system: it goes through the send ledger like a message, by the internal channel `http`. */
export type CallContent = {
  channel: 'http'
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Liquid, like the headers' values and the body */
  url: string
  headers: Record<string, string>
  body: string | null
  /** signed as Standard Webhooks says, under the workspace's secret */
  sign: boolean
}
export type Purpose = 'marketing' | 'transactional'
/** What the team is told, by a notice and, where wanted, by e-mail. */
export type Notice = {
  /** Liquid, filled in when it is shown */
  text: string
  level: 'info' | 'warning'
  roles: string[]
  /** e-mail addresses of team members */
  users: string[]
  email: boolean
}

/** A notice as a mail, by the internal channel `team`. */
export type TeamMail = { channel: 'team' } & Pick<Notice, 'text' | 'roles' | 'users'>
