// How stand-ins can be told to fail: answers, silence, and what comes back later. Pure: the page loads it.
import type { ChannelName } from '../channels/model.ts'

const ANSWERS = ['error_429', 'error_500', 'error_401', 'bad_recipient', 'hang', 'accept_then_drop'] as const
/** SMTP's own, by reply code. */
const SMTP = ['smtp_4xx', 'smtp_5xx_rcpt', 'smtp_auth'] as const
/** Sent twice, or an hour late by the sandbox's time. */
const RECEIPTS = ['receipt_twice', 'receipt_late'] as const
/** Taken, and what comes back: the address is dead, the mailbox is full, a complaint, a program that looked. */
const MAIL_FATES = ['bounce_hard', 'bounce_soft', 'complaint', 'machine_open'] as const

/** What is no message: too many of it. */
const CALLS = ['calls_429'] as const

export const FAULT_KINDS = [...ANSWERS, ...SMTP, ...RECEIPTS, ...MAIL_FATES, ...CALLS] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

const SMTP_KINDS: FaultKind[] = [...SMTP, 'hang', 'accept_then_drop']
const WITH_RECEIPTS: FaultKind[] = [...ANSWERS, ...RECEIPTS]
const MAIL: FaultKind[] = [...WITH_RECEIPTS, ...MAIL_FATES]

/** SMTP, LINE and notifications tell nothing of a single message afterwards. */
export function faultsOf({
  adapter,
  channel,
}: {
  adapter: string
  channel: ChannelName
}): readonly FaultKind[] {
  if (adapter === 'smtp') return SMTP_KINDS
  if (channel === 'email') return MAIL
  if (channel === 'line') return [...ANSWERS, ...CALLS]
  return channel === 'push' || channel === 'webpush' ? ANSWERS : WITH_RECEIPTS
}
