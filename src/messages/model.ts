// The send ledger's words: states, allowed moves, and the intent that the fold writes.
import type { OutcomeBody } from '../inbox/model.ts'
import type { InternalContent } from '../channels/adapter.ts'
import type { MessageContent } from '../channels/content.ts'
import type { Uuid } from '../platform/ids.ts'

export type MessageState =
  | 'intended'
  | 'claimed'
  | 'sending'
  | 'accepted'
  | 'failed'
  | 'unknown'
  | 'skipped'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'bounced'
  | 'complained'
  | 'blocked'

/** The four ends of an intent. Later states refine `accepted`. */
export type Outcome = 'accepted' | 'failed' | 'skipped' | 'unknown'

export type SkipReason =
  | 'consent'
  /** the person asked for fewer messages, or for none for a while */
  | 'preference'
  | 'suppressed'
  | 'no_address'
  | 'blocked'
  | 'late'
  | 'exited'
  /** its run was moved to another version of the journey */
  | 'moved'
  | 'merged'
  | 'restored'
  | 'no_account'
  | 'render_failed'
  | 'paused'
  /** the channel lets us write freely only for a while after the customer's last message to us, and that has passed */
  | 'window'
  /** working on it failed by a fault of ours, again and again */
  | 'poison'
  /** a limit shared between people is used up: the account's quota, the journey's budget, an entry cap or a pool; or
   *  (cap) this person has had enough messages */
  | 'quota'
  | 'budget'
  | 'cap'
  /** the journey's canary: as many people as it is for are in */
  | 'canary'
  /** a frequency rule: this person has had enough marketing messages (src/messages/frequency.ts) */
  | 'frequency'

/** Every allowed move; anything else is refused. Never backwards. */
export const MOVES: Record<MessageState, MessageState[]> = {
  intended: ['claimed', 'skipped'],
  claimed: ['intended', 'sending', 'skipped'],
  sending: ['accepted', 'failed', 'unknown', 'intended'], // intended: the provider said "try again"; nothing was sent
  unknown: ['accepted', 'failed', 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'blocked'],
  accepted: ['delivered', 'opened', 'clicked', 'bounced', 'complained', 'blocked'],
  delivered: ['opened', 'clicked', 'complained', 'blocked', 'bounced'],
  opened: ['clicked', 'complained', 'blocked'],
  clicked: ['complained', 'blocked'],
  failed: [],
  skipped: [],
  bounced: [],
  complained: [],
  blocked: [],
}

/** By MOVES alone; a receipt of an earlier state changes nothing. */
export const canMove = (from: MessageState, to: MessageState): boolean => MOVES[from].includes(to)

/** What a message came to so far; null while it is open. */
export function outcomeOf(state: MessageState): Outcome | null {
  if (state === 'intended' || state === 'claimed' || state === 'sending') return null
  return state === 'failed' || state === 'skipped' || state === 'unknown' ? state : 'accepted'
}

/** What was put on the socket, as stored in message.rendered (JSON). */
export type Rendered = {
  address: string
  content: MessageContent | InternalContent
  unsubscribeUrl: string
  /** by which of the channel's it went, so that another try does not go by another one */
  account?: Uuid
  /** what went along with it (Outgoing of src/channels/adapter.ts) */
  unit?: string
  replyToken?: string
  /** on what it was let out: what was said, when, and to which version of the text; left out: nothing was needed */
  consent?: { topic: string; at: number; version: string | null; source: string }
}

export type LimitPer = 'minute' | 'hour' | 'day' | 'month' | 'ever'
/** A limit shared between people, taken when the message is let out. `key` begins with what it is: quota, budget, cap,
 *  throttle, pool (`refusalOf`, limits.ts). `max` counts within the window, in the workspace's zone. */
export type Limit = {
  key: string
  max: number
  per: LimitPer
  /** default 1; cost: what the account asks for the message (budget: both in ten-thousandths of the smallest unit) */
  amount?: number | 'cost'
  /** refused: true waits for a place in a later window, false is skipped */
  wait: boolean
}

/** What a journey decided, as all but what people write. */
export type JourneyIntent = Intent & {
  journey: Uuid
  journeyVersion: number
  enrollment: Uuid
  node: string
  occurrence: number
}
export const isOfJourney = (intent: Intent): intent is JourneyIntent => intent.enrollment !== null

export type Origin = 'reply' | 'test' | 'auto'

/** One intended message, as journalled and stored in message.body. Times are workspace ms. */
export type Intent = {
  id: Uuid
  customer: Uuid
  channel: string
  purpose: 'marketing' | 'transactional'
  /** of marketing: the purpose of consent it is for; left out: marketing */
  topic?: string
  content: MessageContent | InternalContent
  /** null, with what follows: a person of the team wrote it, and no journey (`origin`) */
  journey: Uuid | null
  journeyVersion: number | null
  enrollment: Uuid | null
  node: string | null
  occurrence: number | null
  /** reply: in a conversation. auto: the product itself says it (away, the question of a confirmation, what its own buttons are answered); the team has not answered then. test: to see what it looks like; nothing counts it. Left out: a journey's */
  origin?: Origin
  /** the account to send by; left out: the one that reaches the customer best (`accountFor`) */
  account?: Uuid
  /** who of the team wrote it */
  by?: string
  /** test: the customer whose data fill it in */
  as?: Uuid
  notBefore: number
  notAfter: number | null
  /** quiet window to be kept at every claim (`allowedFrom` of src/platform/wall-time.ts) */
  quiet: { from: string; to: string; timezone: string } | null
  at: number
  /** the enrollment's trigger event, for merge fields */
  event: { name: string; at: number; props: Record<string, unknown> } | null
  limits?: Limit[]
  /** what was answered in the run so far, by node */
  vars?: Record<string, unknown>
  /** it ended in the fold already: by a cap, or too late */
  ended?: Extract<SkipReason, 'cap' | 'late'>
}

/** What is told of an intent when it comes to `state`. `outcome`: set when this is its first end. */
export const outcomeOfIntent = (
  intent: Intent,
  said: Pick<OutcomeBody, 'state' | 'outcome' | 'reason' | 'at' | 'purpose' | 'detail'>,
): OutcomeBody => ({
  message: intent.id,
  enrollment: intent.enrollment,
  node: intent.node,
  journey: intent.journey,
  channel: intent.channel,
  ...(intent.origin === undefined ? {} : { origin: intent.origin }),
  ...said,
})

/** The module that a message was made from, as facts name it. */
export function moduleProps({ content }: Pick<Intent, 'content'>): Record<string, string> {
  if (!('module' in content) || content.module === undefined) return {}
  const { id, version } = content.module
  return { module: id, moduleVersion: String(version) }
}

/** Channels of our own: no message to a customer, so no count of messages counts them. The ledger shows them. */
export const INTERNAL_CHANNELS: readonly string[] = ['http', 'team', 'ticket']

/** The name under which a message's outcome is a fact. What a mail proxy opened is not what a person opened. */
export function outcomeName({ channel, state, detail, origin }: OutcomeBody): string {
  if (origin === 'test') return 'testsend.' + state
  if (channel === 'http') return state === 'accepted' ? 'call.answered' : 'call.' + state
  if (channel === 'team') return state === 'accepted' ? 'team.mailed' : 'team.mail_' + state
  return state === 'opened' && detail?.machine !== undefined
    ? 'message.opened_by_machine'
    : 'message.' + state
}

/** What history and rules know of a message's outcome. */
export function outcomeProps({
  channel,
  journey,
  node,
  reason,
  outcome,
  cost,
  origin,
  detail,
}: OutcomeBody): Record<string, unknown> {
  return {
    channel,
    ...(origin ? { origin } : {}),
    ...(journey ? { journey } : {}),
    ...(node ? { node } : {}),
    ...(reason ? { reason } : {}),
    ...(outcome ? { outcome } : {}),
    ...(cost ? { cost } : {}),
    ...detail,
  }
}
