// What a message says, by channel: shapes and limits of each channel's content. Every text is Liquid until it is rendered
// (src/messages/render.ts). Pure.
import { z } from 'zod'
import { CHANNELS, isChannel } from './model.ts'

const webUrl = z.string().min(1).max(2_000)

/** LINE message objects (developers.line.biz/en/reference/messaging-api, message objects). */
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
  /** it arrives without a sound */
  notificationDisabled: z.boolean().optional(),
})
const emailContent = z.strictObject({
  channel: z.literal('email'),
  subject: z.string().min(1).max(200),
  html: z.string().min(1).max(200_000),
})
const smsContent = z.strictObject({ channel: z.literal('sms'), text: z.string().min(1).max(1_000) })

/** An approved template with its values, or, within the window, free text. Components as the Cloud API has them. */
const whatsappContent = z
  .strictObject({
    channel: z.literal('whatsapp'),
    template: z
      .strictObject({
        name: z.string().min(1).max(512),
        language: z.string().min(2).max(16),
        components: z.array(z.looseObject({ type: z.string().min(1) })).max(10),
      })
      .optional(),
    text: z.string().min(1).max(4_096).optional(),
  })
  .refine(c => (c.template === undefined) !== (c.text === undefined), {
    message: 'give either a template or a text',
    path: ['text'],
  })
const chatContent = {
  text: z.string().min(1).max(2_000),
  image: webUrl.optional(),
  buttons: z
    .array(
      z
        .strictObject({
          title: z.string().min(1).max(20),
          url: webUrl.optional(),
          payload: z.string().min(1).max(1_000).optional(),
        })
        .refine(b => (b.url === undefined) !== (b.payload === undefined), {
          message: 'give either an address or a payload',
          path: ['url'],
        }),
    )
    .max(3)
    .optional(),
}
const messengerContent = z.strictObject({ channel: z.literal('messenger'), ...chatContent })
const instagramContent = z.strictObject({ channel: z.literal('instagram'), ...chatContent })
const notification = {
  title: z.string().min(1).max(120),
  body: z.string().min(1).max(1_000),
  url: webUrl.optional(),
  image: webUrl.optional(),
}
const pushContent = z.strictObject({
  channel: z.literal('push'),
  ...notification,
  data: z.record(z.string().min(1).max(60), z.string().max(500)).optional(),
})
const webpushContent = z.strictObject({ channel: z.literal('webpush'), ...notification })

export const messageContent = z.discriminatedUnion('channel', [
  lineContent,
  emailContent,
  smsContent,
  whatsappContent,
  messengerContent,
  instagramContent,
  pushContent,
  webpushContent,
])
export type MessageContent = z.infer<typeof messageContent>
export type ContentOf<C extends MessageContent['channel']> = Extract<MessageContent, { channel: C }>

/** It may be sent only within the channel's window after the customer's last message: everything but approved templates. */
export const contentNeedsWindow = (content: { channel: string; template?: unknown }): boolean =>
  isChannel(content.channel) &&
  CHANNELS[content.channel].windowMs !== undefined &&
  content.template === undefined
