// What becomes of a claimed message, and of a provider's answer. Pure: everything is given. Times are workspace ms.
import type { Adapter, SendResult } from '../channels/adapter.ts'
import { contentNeedsWindow, goesByPhone } from '../channels/content.ts'
import { type ChannelKind, CHANNELS } from '../channels/model.ts'
import { friendKey, friendshipWith } from '../customers/line.ts'
import { addressFor, windowClosed } from '../customers/reach.ts'
import type { CustomerState } from '../customers/model.ts'
import { allowedFrom } from '../platform/wall-time.ts'
import { consentFor, holdsBack, MARKETING } from '../consent/model.ts'
import type { FrequencyRule } from './frequency.ts'
import type { Intent, MessageState, Outcome, Rendered, SkipReason } from './model.ts'

export type Facts = {
  now: number
  paused: boolean
  /** the channel's account; null: none. `waitMs`: its credentials were refused, the next try is in so many ms */
  account: { waitMs: number; settings: Record<string, string> } | null
  customer: CustomerState | null
  /** purposes that the brand asks for by themselves */
  asked?: readonly string[]
}

export type Decision =
  | {
      do: 'send'
      address: string
      consentAt: number | null
      followAt: number | null
      /** on what marketing was let out, where anything was said */
      consent?: NonNullable<Rendered['consent']>
    }
  | { do: 'skip'; reason: SkipReason }
  /** back to intended; looked at again in so many ms */
  | { do: 'wait'; ms: number }
  /** back to intended until sending is released */
  | { do: 'hold' }

/** The newest verified identifier is the address: nothing that only a public key said is ever sent to. */
function addressOf(
  customer: CustomerState,
  channel: ChannelKind,
  settings: Record<string, string>,
): string | null {
  if (channel.addressKind === null) {
    const token = addressFor(customer, channel.name)
    return token?.verified ? token.value : null
  }
  let best: { value: string; at: number } | null = null
  for (const id of customer.ids) {
    if (id.kind !== channel.addressKind || !id.verified || (best && id.at <= best.at)) continue
    const value = channel.addressOf ? channel.addressOf(settings, id.value) : id.value
    if (value !== null) best = { value, at: id.at }
  }
  return best?.value ?? null
}

const friendOf = (customer: CustomerState, settings: Record<string, string>) =>
  friendshipWith(customer, friendKey(settings.provider, settings.oa))

/** LINE lets this account write to phone numbers. */
const writesToPhones = (settings: Record<string, string>): boolean => settings.phoneNotifications === 'on'

/** The account to send by, of several of a channel: of those that can reach the person the one of the newest friendship,
 *  else the first; where it may go by phone, the first that writes to phones. */
export function accountFor<A extends { settings: Record<string, string> }>(
  channel: ChannelKind,
  accounts: A[],
  customer: CustomerState | null,
  byPhone = false,
): A | null {
  let [best = null, rank] = [accounts[0], -1]
  if (accounts.length < 2 || customer === null) return best
  for (const account of accounts) {
    if (addressOf(customer, channel, account.settings) === null) continue
    const friend = friendOf(customer, account.settings)
    const at = friend?.following ? friend.at : 0
    if (at > rank) [best, rank] = [account, at]
  }
  if (byPhone && rank <= 0) return accounts.find(a => writesToPhones(a.settings)) ?? best
  return best
}

/** What the time alone says; null: it may go now. */
export function decideTime(
  intent: Pick<Intent, 'notBefore' | 'notAfter' | 'quiet'>,
  { now, paused }: Pick<Facts, 'now' | 'paused'>,
): Exclude<Decision, { do: 'send' }> | null {
  if (intent.notAfter !== null && now > intent.notAfter) return { do: 'skip', reason: 'late' }
  if (paused) return { do: 'hold' }
  // the slot was picked when it was decided; a late drain, a retry or a moved clock must keep the window too
  const from = intent.quiet
    ? allowedFrom(Math.max(now, intent.notBefore), intent.quiet, intent.quiet.timezone)
    : intent.notBefore
  if (intent.notAfter !== null && from > intent.notAfter) return { do: 'skip', reason: 'late' }
  return now < from ? { do: 'wait', ms: from - now } : null
}

/** Who wants no marketing is still answered, and told of their order: later than any opt-out. */
const NO_OPT_OUT = Date.UTC(2200, 0, 1)

/** What becomes of a message now, from what was read afresh: first the clock, then account, address, friendship, consent,
 *  preference and window, in this order; the first that stands against it is its reason. */
export function decide(
  intent: Pick<Intent, 'purpose' | 'notBefore' | 'notAfter' | 'quiet' | 'content' | 'origin' | 'topic'>,
  channel: ChannelKind,
  facts: Facts,
): Decision {
  const { customer } = facts
  const early = decideTime(intent, facts)
  if (early !== null) return early
  if (!facts.account) return { do: 'skip', reason: 'no_account' }
  const friend = customer && channel.name === 'line' ? friendOf(customer, facts.account.settings) : undefined
  // who blocked us is not written to by another way
  const phone =
    !friend &&
    intent.purpose === 'transactional' &&
    goesByPhone(intent.content) &&
    writesToPhones(facts.account.settings)
  const address = customer && addressOf(customer, phone ? CHANNELS.sms : channel, facts.account.settings)
  if (!customer || !address) return { do: 'skip', reason: 'no_address' }
  const { topic = MARKETING } = intent
  const asked = facts.asked?.includes(topic) ?? false
  const consent = consentFor(customer.consent, channel.name, topic, asked)
  if (channel.name === 'line' && !friend?.following && !phone) return { do: 'skip', reason: 'blocked' }
  if (intent.purpose === 'marketing') {
    const implied = channel.consent === 'implied' && !asked
    const allowed = implied ? consent?.on !== false : consent?.on === true
    if (!allowed) return { do: 'skip', reason: 'consent' }
    if (holdsBack(customer, facts.now)) return { do: 'skip', reason: 'preference' }
  }
  if (contentNeedsWindow(intent.content) && windowClosed(customer, channel.name, facts.now, intent.origin))
    return { do: 'skip', reason: 'window' }
  if (facts.account.waitMs > 0) return { do: 'wait', ms: facts.account.waitMs }
  return {
    do: 'send',
    address,
    consentAt: intent.purpose === 'transactional' ? NO_OPT_OUT : consent?.on ? consent.at : null,
    followAt: friend?.following ? friend.at : null,
    ...(intent.purpose === 'marketing' && consent?.on
      ? { consent: { topic, at: consent.at, version: consent.v ?? null, source: consent.src } }
      : {}),
  }
}

export const MAX_ATTEMPTS = 12
const RETRY_FIRST_MS = 1_000
const RETRY_MOST_MS = 30 * 60_000
export const CREDENTIALS_WAIT_MS = 60_000
/** how long LINE keeps a retry key */
export const RESOLVE_WITHIN_MS = 24 * 3_600_000

/** Doubling, with half of it random. `attempt` from 1; `random` in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.max(0, attempt - 1))
  return Math.round(full / 2 + (full / 2) * random)
}

/** Where a message goes from `from`. `delayMs`: when it is looked at again; null with no such moment. */
export type End = {
  to: MessageState
  /** set when this is one of the four ends */
  outcome: Outcome | null
  reason: string | null
  providerId: string | null
  delayMs: number | 'never' | null
  /** this attempt does not count */
  refund: boolean
  suppress: boolean
  attention: string | null
  /** delayMs is its place in its account's rate */
  booked?: boolean
  /** the frequency rule that held it back, as it is now */
  rule?: FrequencyRule
}

/** An end of which nothing else is to be said. */
export const end = (
  to: MessageState,
  outcome: Outcome | null,
  reason: string | null,
  more: Partial<End> = {},
): End => ({
  to,
  outcome,
  reason,
  providerId: null,
  delayMs: null,
  refund: false,
  suppress: false,
  attention: null,
  ...more,
})

/** `attempt` counts this one, from 1. `from` is unknown when an earlier try is being resolved under the same key:
 *  then only an answer that settles it moves it. */
export function afterSend(
  result: SendResult,
  sent: { from: 'sending' | 'unknown'; attempt: number; delivery: Adapter['delivery']; random: number },
): End {
  const again = sent.from === 'unknown' ? ('unknown' as const) : ('intended' as const)
  switch (result.kind) {
    case 'accepted':
      return end('accepted', 'accepted', null, { providerId: result.providerId })
    case 'rejected':
      return end('failed', 'failed', result.reason ?? 'rejected')
    case 'bad_recipient':
      return end('failed', 'failed', 'bad_recipient', { suppress: true })
    case 'bad_credentials':
      return end(again, null, 'bad_credentials', {
        delayMs: Math.round(CREDENTIALS_WAIT_MS * (1 + sent.random * 0.1)),
        refund: true,
        attention: result.detail,
      })
    case 'retryable':
      if (sent.from === 'sending' && sent.attempt >= MAX_ATTEMPTS)
        return end('failed', 'failed', 'retries_exhausted')
      return end(again, null, 'retry', {
        delayMs: Math.max(result.retryAfterMs ?? 0, backoffMs(sent.attempt, sent.random)),
      })
    case 'unknown':
      return end('unknown', 'unknown', 'no_answer', {
        delayMs: sent.delivery === 'at_least_once' ? backoffMs(sent.attempt, sent.random) : 'never',
      })
  }
}
