// What messages and calls share: the shapes of their contents, and how long they are of use.
import { z } from 'zod'
import { goesByPhone, type MessageContent } from '../../channels/content.ts'
import { CHANNEL_NAMES } from '../../channels/model.ts'
import { MAX_WAIT_MS } from './delay.ts'

/** After this a message that could not be sent is skipped(late): nobody waits for ever at a broken account. */
export const DEFAULT_USEFUL_MS = 7 * 86_400_000

export const sendChannel = z.enum(CHANNEL_NAMES)
/** The account to send by; left out: of several the one that reaches the customer. */
export const account = z
  .string()
  .regex(/^chn_[0-9a-z]{26}$/, 'the id of an account begins with chn_')
  .optional()
export const purpose = z.enum(['marketing', 'transactional'])
/** A purpose of consent, by its name: who refused it does not get the message. */
export const topic = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/)
  .optional()
export const usefulForMs = z.number().int().min(60_000).max(MAX_WAIT_MS).optional()

const ONLY_TRANSACTIONAL = {
  code: 'only_transactional',
  message: {
    zh: '用電話號碼送的 LINE 通知型訊息只能是交易訊息',
    en: 'By phone number LINE takes transactional messages only',
  },
}
/** What a purpose does not allow a content. @param path of the content */
export const purposeFaults = (purpose: string, content: unknown, path: string) =>
  purpose !== 'transactional' && goesByPhone(content as MessageContent)
    ? [{ path: `${path}/byPhone`, ...ONLY_TRANSACTIONAL }]
    : []

export const OTHER_CHANNEL = {
  code: 'other_channel',
  message: { zh: '內容與渠道不符', en: 'The content is for another channel' },
}
