// What a walk of simulate.ts is given, and what comes of it.
import type { MessageContent } from '../channels/content.ts'
import type { CustomerState, IdRef } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { CommandBody, Facts } from '../inbox/model.ts'
import type { JourneyIntent, MessageState, Outcome } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { NodeId } from './model.ts'

// ── what is given ────────────────────────────────────────────────────────────

/** What is done, in order. Times are workspace time in ms. */
export type SimAction =
  | {
      do: 'event'
      name: string
      props?: Record<string, unknown>
      traits?: Record<string, unknown>
      ids?: IdRef[]
      /** it occurred so long before it came */
      agoMs?: number
    }
  | { do: 'wait'; ms: number }
  | { do: 'until'; at: number }
  /** to the next moment at which time alone does something; nothing when there is none */
  | { do: 'next' }
  /** what becomes of a message: the newest one of this node */
  | { do: 'message'; node: NodeId; state: MessageState; reason?: string; detail?: Record<string, string> }
  | { do: 'enroll' }
  | { do: 'set'; command: Extract<CommandBody['command'], { do: SettingName }> }
type SettingName = 'set_traits' | 'add_tag' | 'remove_tag' | 'set_consent'

/** How messages of a node end, chosen beforehand; `hold`: they wait until it is said by hand. */
export type Ending = { outcome: Outcome; reason?: string } | 'hold'

export type SimStart = {
  world: World
  /** the journey that is looked at */
  journey: Uuid
  person: CustomerState
  /** rows of the person's orders */
  facts?: Facts
  at: number
  workspace: { name: string; locale: string }
  /** by node; the others end as the deliverer would judge them, its provider accepting */
  endings?: Record<NodeId, Ending>
  /** channels that have an account; default: all */
  channels?: string[]
}

// ── what comes of it ─────────────────────────────────────────────────────────

export type WalkLine = {
  at: number
  /** hand: what was done; fold: what the reducer derived from it; message: what became of a message */
  by: 'hand' | 'fold' | 'message'
  /** an event's or a derived fact's name */
  name: string
  props: Record<string, unknown>
  journey?: Uuid
  enrollment?: Uuid
  node?: NodeId
  message?: Uuid
  /** which of `actions` it belongs to; -1: the start */
  action: number
}

export type WalkMessage = {
  id: Uuid
  node: NodeId
  journey: Uuid
  channel: string
  purpose: 'marketing' | 'transactional'
  at: number
  notBefore: number
  notAfter: number | null
  state: MessageState
  reason: string | null
  /** rendered when it was accepted; null before that, and where it was never rendered */
  content: MessageContent | null
}

export type Walk = {
  at: number
  /** the next moment at which time alone does something */
  next: number | null
  lines: WalkLine[]
  messages: WalkMessage[]
  /** what was decided of each message, in the same order */
  intents: JourneyIntent[]
  state: CustomerState
  /** of the journey looked at: how often each node was entered, how often each way was gone (`node|port`) */
  visits: Record<NodeId, number>
  ways: Record<string, number>
  /** where runs of it are now */
  here: NodeId[]
  /** a run of it is of the control group: it only waits for goal and exits */
  control: boolean
  /** why the walk ended before all that was asked for was done */
  fault: { code: 'too_long' | 'rounds' | 'refused'; text: string; action: number } | null
}
