// The contract of an adapter, which speaks to one provider of a channel. It is one file in adapters/ and one line in
// register.ts. It renders nothing and decides nothing: it turns rendered content into the provider's own request, and the
// provider's answers into ours.
import type { IncomingInput } from '../inbox/model.ts'
import type { MessageContent } from './content.ts'
import type { CallContent, TeamMail } from '../journeys/model.ts'
import type { Origin } from '../messages/model.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { LineNote } from './line/notes.ts'
import type { UnitOf } from './line/units.ts'
import type { ChannelName } from './model.ts'

/** Channels to nobody outside: their messages pass through the ledger, but not through accounts, consent or preferences.
 *  http: a call of another system. team: a mail to members of the team.
 *  ticket: asks limits for a place (an entry cap, a throttle, a coupon's pool) and is accepted at once when it has them. */
export type InternalContent = { channel: 'ticket' } | CallContent | TeamMail

/** Settings that every account has beside its channel's own: messages that it may send in a month of the workspace's
 *  zone and in a second, and what one unit costs (a message, a segment of an SMS), in all or by purpose, in units of the
 *  workspace's currency. Empty: as many as wanted, as the provider lets, nothing. quotaReserve: the last so many messages of the
 *  month (a number, or a share such as 10%) are kept for members of the segment quotaReserveFor. */
export const ACCOUNT_SETTINGS = [
  'monthlyQuota',
  'quotaReserve',
  'quotaReserveFor',
  'ratePerSecond',
  'costPerMessage',
  'costMarketing',
  'costTransactional',
] as const

/** What is wrong with those, by name; null: nothing. */
export function wrongLimits(settings: Record<string, string>): { setting: string; action: string } | null {
  const { monthlyQuota = '', ratePerSecond = '' } = settings
  if (!/^\d{0,9}$/.test(monthlyQuota))
    return { setting: 'monthlyQuota', action: 'Give a whole number of messages, or leave it empty.' }
  const { quotaReserve = '', quotaReserveFor = '' } = settings
  if (!/^(\d{1,9}|\d{1,2}(\.\d)?%)?$/.test(quotaReserve))
    return {
      setting: 'quotaReserve',
      action: 'Give a number of messages or a share such as 10%, or leave it empty.',
    }
  if (quotaReserve !== '' && !/^seg_[0-9a-z]{26}$/.test(quotaReserveFor))
    return { setting: 'quotaReserveFor', action: 'Give the id of the segment for which it is kept.' }
  if (!/^(\d{1,5}(\.\d{1,3})?)?$/.test(ratePerSecond) || Number(ratePerSecond || 1) === 0)
    return { setting: 'ratePerSecond', action: 'Give a number of messages a second, or leave it empty.' }
  const cost = ['costPerMessage', 'costMarketing', 'costTransactional'].find(
    name => !/^(\d{1,6}(\.\d{1,4})?)?$/.test(settings[name] ?? ''),
  )
  return cost === undefined
    ? null
    : { setting: cost, action: 'Give an amount such as 0.2, or leave it empty.' }
}

/** What a send came to. The error kind decides retry:
 *  retryable: try again later with the same key; bad_credentials: pause the account, keep the message;
 *  bad_recipient: failed, suppress the address; rejected: failed; unknown: it may have been sent. */
export type SendResult =
  /** `free`: the provider asks nothing for it */
  | { kind: 'accepted'; providerId: string | null; answer?: CallAnswer; free?: true }
  | { kind: 'retryable'; detail: string; retryAfterMs: number | null }
  | { kind: 'bad_credentials'; detail: string }
  | { kind: 'bad_recipient'; detail: string }
  /** `reason`: why, where that has a word of its own */
  | { kind: 'rejected'; detail: string; answer?: CallAnswer; reason?: 'not_reachable' }
  | { kind: 'unknown'; detail: string }

/** What a call was answered; `body` null: too long to be kept. */
export type CallAnswer = { status: number; body: string | null }

export type Account = {
  id: Uuid
  workspace: Uuid
  name: string
  settings: Record<string, string>
  secrets: Record<string, string>
  /** may reach private and loopback addresses: it is our own stand-in, or the configuration allows it */
  trusted: boolean
  /** keeps calls that are no messages to the provider's limits; left out: nobody counts them */
  turns?: CallTurns
}

/** How many calls of one kind a provider takes of one account. */
export type CallRate = { key: string; max: number; perMs: number }

export type CallTurns = {
  /** go: now, and how often in a row the provider said no before; else in so many ms */
  take(account: Uuid, rate: CallRate): Promise<{ go: true; refused: number } | { go: false; ms: number }>
  /** The provider said "too many": nobody calls for so long as it says, or longer each time. How many ms that is. */
  refused(account: Uuid, rate: CallRate, retryAfterMs: number | null): Promise<number>
  /** it takes calls again */
  taken(account: Uuid, rate: CallRate): Promise<void>
}

export type Outgoing = {
  /** the message's UUID: idempotency key at the provider where there is one */
  id: Uuid
  workspace: Uuid
  address: string
  purpose: 'marketing' | 'transactional'
  /** rendered content; nothing of Liquid is left */
  content: MessageContent
  /** one-click unsubscribe URL (https or the local base) of a mail; '' elsewhere */
  unsubscribeUrl: string
  /** a person of the team wrote it, or it is a test */
  origin?: Origin
  /** where the provider may tell what became of it, for those that ask for an address with each message */
  receiptUrl: string
  /** under which name the provider counts opens and clicks of this and its like, where it only tells sums */
  unit?: string
  /** what the customer's own message allows to answer with, once and soon, for providers that have it */
  replyToken?: string
  /** an earlier try of the same may have arrived */
  again?: true
}

export type WebhookRequest = {
  rawBody: Uint8Array
  /** the workspace's time, for providers that do not say when */
  now: number
  /** the address as the provider has it, for signatures that cover it */
  url: string
  headers: Record<string, string>
  query: Record<string, string>
}

/** What became of a message after the provider had accepted it. Moves the ledger forward only (MOVES of
 *  src/messages/model.ts); told twice it counts once.
 *  bounced: it did not arrive; the address is suppressed when that is to blame (`hard`). */
export type Receipt = {
  /** our message, where the provider was told its id */
  message: Uuid
  state: 'delivered' | 'opened' | 'clicked' | 'bounced' | 'complained' | 'blocked'
  /** the provider's own time, real ms */
  at: number
  /** in the provider's words, without anybody's address */
  detail?: string
  /** bounced: the address is dead, not only full or away */
  hard?: true
  /** opened, clicked: by a program, not by a person */
  machine?: true
}

/** A receipt of a provider that knows its own ids only. */
export type ReceiptById = Omit<Receipt, 'message'> & { providerId: string }

/** What a provider's webhook says, in our words. `input` is deduplicated by its messageId. */
export type ChannelEvent = {
  address: string | null
  input: IncomingInput
  /** what must hold before the webhook is acknowledged: `blocked` and `refused` (marketing only) stop sends at once,
   *  `followed` lifts a block */
  reach?: { kind: 'blocked' | 'followed' | 'refused'; at: number }
}

/** What a webhook says in all: events of people, and receipts of messages; and what the provider wants to be answered. */
export type Told = {
  events: ChannelEvent[]
  receipts: (Receipt | ReceiptById)[]
  answer?: { type: string; body: string }
  /** what is neither, of LINE's webhooks */
  notes?: LineNote[]
}

export type StandInAccount = {
  /** what its name begins with, in both languages where they differ; the account also says that it is a sandbox's */
  name: string | { zh: string; en: string }
  settings: Record<string, string>
  secrets: Record<string, string>
}

/** How many requests a provider takes of one account. `send`: of one message; `batch`: of several at once. */
export type Rate = { key: 'send' | 'batch'; max: number; perMs: number }

/** What a test of an account's settings and credentials found; `detail`: as the provider names the account, or why not. */
export type Checked = { ok: boolean; detail: string }

/** One request for many messages whose rendered content is the same. */
export type BatchSender = {
  /** messages in one request */
  max: number
  /** messages with the same key may go together; null: this one goes alone */
  key(content: MessageContent): string | null
  /** One result for each message, in their order: whoever cannot be reached is told by themself. `retryable` here means
   *  that surely nothing was taken (each goes alone next time); what may have been taken, a 5xx among it, is `unknown` for
   *  all: the same messages are sent again under the same `batch`, in the same order. */
  send(account: Account, messages: Outgoing[], batch: Uuid, signal: AbortSignal): Promise<SendResult[]>
}

export type Adapter = {
  /** names it among all adapters, and in addresses */
  name: string
  channel: ChannelName
  /** what is wrong with an account's settings, beyond what is required */
  wrong?(
    settings: Record<string, string>,
    secrets?: Record<string, string>,
  ): { setting: string; action: string } | null
  /** the secrets with those that are made here where none was given, such as a key pair */
  complete?(settings: Record<string, string>, secrets: Record<string, string>): Record<string, string>
  /** at_least_once: unknown is retried under the provider's key; at_most_once: unknown is left for a receipt or person */
  delivery: 'at_least_once' | 'at_most_once'
  /** names of settings and secrets an account has, for its form; `required` among both */
  settings: string[]
  secrets: string[]
  required: string[]
  /** sends of one account that may be under way at once in one process */
  concurrency: number
  /** its receipts say what was delivered: what is only accepted has then not arrived yet */
  tellsDelivery?: true
  send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult>
  batch?: BatchSender
  /** the provider's own limits; the account's setting ratePerSecond stands for `send` where it is given */
  rates?: Rate[]
  /** What became of a message whose answer was lost; `unknown` where the provider does not say. */
  query?(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult>
  /** how many of the provider's units it is charged as, such as segments of an SMS; left out: one */
  units?(content: MessageContent): number
  /** asks the provider whether the credentials are good, without sending anything */
  check?(account: Account, signal: AbortSignal): Promise<Checked>
  /** What goes along with a message beside its content, every time that it is tried. `of`: the node whose message it is;
   *  `answers`: the customer has just written, and this is for that. */
  extras?(
    sql: Sql,
    account: Account,
    about: { address: string; of: UnitOf | null; answers: boolean; at: number },
  ): Promise<Pick<Outgoing, 'unit' | 'replyToken'>>
  /** ends kept connections; the channel may be used again after it */
  close?(): Promise<void>
  /** The provider signs nothing: its webhooks, also by GET, come to an address that holds a key of the account. */
  keyed?: true
  /** @throws Problem 401 when the signature does not fit the raw body */
  parse?(account: Account, request: WebhookRequest): Told | Promise<Told>
  /** A sandbox's account at our own stand-in, with STAND_IN (stand-in.ts) as its base URL or host; left out: a sandbox
   *  has none. The stand-in itself is src/sandbox/stand-ins/<name>.ts.
   *  @param brand what the workspace is called */
  standIn?(core: Pick<Core, 'secrets'>, workspace: Uuid, brand: string): StandInAccount
  /** What to answer to a GET of the webhook's address, by which some providers ask whether it is ours; null: it is not. */
  challenge?(account: Account, query: Record<string, string>): string | null
}
