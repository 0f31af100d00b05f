// What messages and calls share: the shapes of their contents, and how long they are of use.
import { z } from 'zod'
import { MAX_WAIT_MS } from './delay.ts'

/** After this a message that could not be sent is skipped(late): nobody waits for ever at a broken account. */
export const DEFAULT_USEFUL_MS = 7 * 86_400_000

const lineContent = z.strictObject({
  channel: z.literal('line'),
  messages: z
    .array(
      z.looseObject({ type: z.string().min(1) }).superRefine((m, ctx) => {
        if (m.type === 'text' && (typeof m.text !== 'string' || m.text.trim() === ''))
          ctx.addIssue({ code: 'too_small', origin: 'string', minimum: 1, path: ['text'], input: m.text })
      }),
    )
    .min(1)
    .max(5),
})
const emailContent = z.strictObject({
  channel: z.literal('email'),
  subject: z.string().min(1).max(200),
  html: z.string().min(1).max(200_000),
})

export const messageContent = z.discriminatedUnion('channel', [lineContent, emailContent])
export const sendChannel = z.enum(['line', 'email'])
export const purpose = z.enum(['marketing', 'transactional'])
export const usefulForMs = z.number().int().min(60_000).max(MAX_WAIT_MS).optional()

export const OTHER_CHANNEL = {
  code: 'other_channel',
  message: { zh: '內容與渠道不符', en: 'The content is for another channel' },
}
