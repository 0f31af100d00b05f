// Sending by LINE: push to one, multicast to many, an answer by the customer's own reply token. What goes out is what was
// rendered, with the account's sender where the messages name none.
// Source: developers.line.biz/en/reference/messaging-api (send reply, push and multicast message; retrying a request).
import { createHash } from 'node:crypto'
import type { Account, Checked, Outgoing, SendResult } from '../adapter.ts'
import { type ContentOf, goesByPhone, type MessageContent } from '../content.ts'
import { callLine, lineSays, type LineCall, readAnswer } from './api.ts'
import { templateBody } from './phone-template.ts'
import { type Answer, readSilence } from '../exchange.ts'

/** People that one multicast may name. */
export const MULTICAST_MAX = 500

const contentOf = (message: Outgoing): ContentOf<'line'> => {
  if (message.content.channel !== 'line') throw new Error('a message of another channel')
  return message.content
}

/** What all sending calls say of the messages. */
function saying(account: Account, content: ContentOf<'line'>): Record<string, unknown> {
  const { chatName, chatIcon } = account.settings
  const sender = {
    ...(chatName ? { name: chatName } : {}),
    ...(chatIcon ? { iconUrl: chatIcon } : {}),
  }
  const named = chatName || chatIcon
  return {
    messages: content.messages.map(m => (named && m.sender === undefined ? { ...m, sender } : m)),
    ...(content.notificationDisabled ? { notificationDisabled: true } : {}),
  }
}

/** Counting by unit is for accounts that applied for it at LINE. */
const unitsOf = (account: Account, unit: string | undefined): Record<string, unknown> =>
  unit !== undefined && account.settings.aggregation === 'on' ? { customAggregationUnits: [unit] } : {}

export const pushCall = (account: Account, message: Outgoing): LineCall => ({
  method: 'POST',
  path: '/v2/bot/message/push',
  retryKey: message.id,
  json: { to: message.address, ...saying(account, contentOf(message)), ...unitsOf(account, message.unit) },
})

/** An address that is a phone number, in E.164: of who is no friend. */
const isPhone = (address: string): boolean => address.startsWith('+')

/** A notification message by phone number: LINE gets its hash. In words of our own, or of LINE's template with our values. It
 *  takes no retry key; the tag comes back when it arrived. */
export function phoneCall(account: Account, message: Outgoing): LineCall {
  const content = contentOf(message)
  const { phoneTemplate } = content
  return {
    method: 'POST',
    path: phoneTemplate ? '/v2/bot/message/pnp/templated/push' : '/bot/pnp/push',
    headers: { 'x-line-delivery-tag': message.id },
    json: {
      to: createHash('sha256').update(message.address).digest('hex'),
      ...(phoneTemplate ? templateBody(phoneTemplate) : saying(account, content)),
      ...unitsOf(account, message.unit),
    },
  }
}

/** LINE's 422: nobody of this number whom it may write to. That is no fault of the number, and may be otherwise tomorrow. */
async function sendToPhone(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  // the first try may have arrived: only LINE's word of the delivery tells
  if (message.again) return { kind: 'unknown', detail: 'waits for the delivery of an earlier try' }
  let answer: Answer
  try {
    answer = await callLine(account, phoneCall(account, message), signal)
  } catch (error) {
    return readSilence(error)
  }
  const result = readAnswer(answer, Date.now())
  // it may have been taken, and there is no key that would tell
  if (answer.status >= 500) return { kind: 'unknown', detail: 'detail' in result ? result.detail : '' }
  if (answer.status === 422 && 'detail' in result)
    return { kind: 'rejected', reason: 'not_reachable', detail: result.detail }
  return result.kind === 'bad_recipient' ? { ...result, kind: 'rejected' } : result
}

/** A reply takes no retry key: LINE answers 400 to one. */
export const replyCall = (account: Account, message: Outgoing): LineCall => ({
  method: 'POST',
  path: '/v2/bot/message/reply',
  json: { replyToken: message.replyToken, ...saying(account, contentOf(message)) },
})

export function multicastCall(account: Account, messages: Outgoing[], batchId: string): LineCall {
  const first = messages[0]!
  const unit = messages.every(m => m.unit === first.unit) ? first.unit : undefined
  return {
    method: 'POST',
    path: '/v2/bot/message/multicast',
    retryKey: batchId,
    json: {
      to: messages.map(m => m.address),
      ...saying(account, contentOf(first)),
      ...unitsOf(account, unit),
    },
  }
}

async function outcome(account: Account, call: LineCall, signal: AbortSignal): Promise<SendResult> {
  try {
    return readAnswer(await callLine(account, call, signal), Date.now())
  } catch (error) {
    return readSilence(error)
  }
}

/** By the reply token while it is good, else by push. A token is good once: when an earlier try may have arrived, a
 *  refused token does not say that it did not, so no push follows. */
export async function sendLine(
  account: Account,
  message: Outgoing,
  signal: AbortSignal,
): Promise<SendResult> {
  if (isPhone(message.address)) return sendToPhone(account, message, signal)
  if (message.replyToken === undefined) return outcome(account, pushCall(account, message), signal)
  const replied = await outcome(account, replyCall(account, message), signal)
  if (replied.kind === 'accepted') return { ...replied, free: true }
  const spent = replied.kind === 'rejected' && /reply ?token/i.test(replied.detail)
  if (!spent) return replied
  return message.again
    ? { kind: 'unknown', detail: replied.detail }
    : outcome(account, pushCall(account, message), signal)
}

/** Contents that may go out in one multicast. */
export function batchKey(content: MessageContent): string | null {
  return content.channel === 'line' && !goesByPhone(content)
    ? createHash('sha256').update(JSON.stringify(content)).digest('base64url')
    : null
}

/** Addresses that LINE's 400 names, by their place in `to`. */
export function namedRecipients(body: string): number[] {
  const said = lineSays(body)
  const text = [said.message, ...said.details.map(d => d.property)].join(' ')
  return [...text.matchAll(/\bto\[(\d+)\]/g)].map(m => Number(m[1]))
}

/** All of it or nothing: where LINE names a wrong address, that one has failed and the others were not sent. */
export async function sendMulticast(
  account: Account,
  messages: Outgoing[],
  batchId: string,
  signal: AbortSignal,
): Promise<SendResult[]> {
  let result: SendResult
  let wrong: number[] = []
  try {
    const answer = await callLine(account, multicastCall(account, messages, batchId), signal)
    if (answer.status === 400) wrong = namedRecipients(answer.body)
    result = readAnswer(answer, Date.now())
    // it may have been taken: the same again under the same key says so
    if (answer.status >= 500) result = { kind: 'unknown', detail: 'detail' in result ? result.detail : '' }
  } catch (error) {
    result = readSilence(error)
  }
  // who is meant is not always said: then nobody is held for it, and each goes alone
  const isOfOne = wrong.length > 0 || (result.kind === 'bad_recipient' && messages.length > 1)
  if (!isOfOne || !('detail' in result)) return messages.map(() => result)
  const { detail } = result
  return messages.map((_, i) =>
    wrong.includes(i)
      ? { kind: 'bad_recipient', detail }
      : { kind: 'retryable', detail: 'another recipient of the same request was refused', retryAfterMs: 0 },
  )
}

/** Who the token is of; sends nothing. */
export async function checkLine(account: Account, signal: AbortSignal): Promise<Checked> {
  try {
    const answer = await callLine(account, { method: 'GET', path: '/v2/bot/info' }, signal)
    if (answer.status >= 300)
      return { ok: false, detail: `${answer.status} ${lineSays(answer.body).message}` }
    const bot = JSON.parse(answer.body) as { displayName: string; basicId: string }
    return { ok: true, detail: `${bot.displayName} ${bot.basicId}` }
  } catch (error) {
    const silence = readSilence(error)
    return { ok: false, detail: 'detail' in silence ? silence.detail : '' }
  }
}
