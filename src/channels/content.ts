// What a message says, by channel: shapes and limits of each channel's content. Every text is Liquid until it is rendered
// (src/messages/render.ts). Beside what the channel shows a content may hold variants by language, conditions, product
// slots and the module it came from: those are settled when it is rendered and never leave. Pure.
import { z } from 'zod'
import { sameReply } from './choices.ts'
import { phoneTemplate } from './line/phone-template.ts'
import { CHANNELS, isChannel } from './model.ts'
import { checkRule } from '../rules/check.ts'
import type { Rule } from '../rules/model.ts'

const SAME_REPLY = 'two replies have the same payload: nobody could tell them apart'
const webUrl = z.string().min(1).max(2_000)

const NAME = /^[a-z][a-z0-9_]{0,39}$/
/** The first of these products that is in stock; none is: the first of what `fill` recommends. */
const slot = z.strictObject({
  products: z.array(z.string().min(1).max(100)).max(10),
  fill: z.enum(['none', 'top', 'bought_with', 'recent']).optional(),
})
export type Slot = z.infer<typeof slot>
/** What every content may hold beside what its channel shows. */
const beside = {
  /** the module it was copied from; `overrides`: what the journey says differently */
  module: z
    .strictObject({
      id: z.string().min(1).max(40),
      version: z.number().int().min(1),
      overrides: z.looseObject({}).optional(),
    })
    .optional(),
  /** false: addresses stay as they are, and no clicks are counted */
  track: z.boolean().optional(),
  /** rules by name, for `{% if conditions.name %}` */
  conditions: z.record(z.string().regex(NAME), z.custom<Rule>()).optional(),
  slots: z.record(z.string().regex(NAME), slot).optional(),
  /** by language ('en'): what is said differently in it */
  locales: z.record(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/), z.looseObject({})).optional(),
}

const NOT_BY_PHONE: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'imagemap', 'sticker'])
/** LINE message objects (developers.line.biz/en/reference/messaging-api, message objects). */
const lineContent = z
  .strictObject({
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
    /** Who is no friend gets it by their phone number, as a notification message: transactional only, words and no pictures,
     *  by accounts that LINE lets (setting phoneNotifications). */
    byPhone: z.boolean().optional(),
    /** what goes by phone number instead of the messages: one of LINE's own templates, which LINE need not look at first */
    phoneTemplate: phoneTemplate.optional(),
    ...beside,
  })
  .superRefine((c, ctx) => {
    if (c.phoneTemplate && !c.byPhone)
      ctx.addIssue({
        code: 'custom',
        path: ['phoneTemplate'],
        message: 'A template for phone numbers needs byPhone',
      })
    if (!c.byPhone || c.phoneTemplate) return
    for (const [i, m] of c.messages.entries())
      if (NOT_BY_PHONE.has(m.type))
        ctx.addIssue({
          code: 'custom',
          path: ['messages', i, 'type'],
          message: 'LINE sends no pictures, videos or sounds by phone number',
        })
  })
const emailContent = z.strictObject({
  channel: z.literal('email'),
  subject: z.string().min(1).max(200),
  html: z.string().min(1).max(200_000),
  /** what the html was made of (src/modules/mail-blocks.ts); left out: it was written as html */
  blocks: z
    .array(z.looseObject({ type: z.string().min(1).max(30) }))
    .max(100)
    .optional(),
  ...beside,
})
const smsContent = z.strictObject({
  channel: z.literal('sms'),
  text: z.string().min(1).max(1_000),
  ...beside,
})

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
    /** with the text as its caption */
    media: z.strictObject({ kind: z.enum(['image', 'video', 'audio', 'document']), link: webUrl }).optional(),
    /** replies to tap, under the text; what is tapped comes back as `data` */
    buttons: z
      .array(z.strictObject({ title: z.string().min(1).max(20), payload: z.string().min(1).max(256) }))
      .max(3)
      .optional(),
    /** more replies than buttons hold, behind one button */
    list: z
      .strictObject({
        button: z.string().min(1).max(20),
        rows: z
          .array(z.strictObject({ title: z.string().min(1).max(24), payload: z.string().min(1).max(200) }))
          .min(1)
          .max(10),
      })
      .optional(),
    ...beside,
  })
  .refine(c => (c.template === undefined) !== (c.text === undefined && c.media === undefined), {
    message: 'give either a template or a text',
    path: ['text'],
  })
  .refine(c => !(c.buttons?.length || c.list) || (c.text !== undefined && c.text.length <= 1_024), {
    message: 'with buttons give a text of at most 1,024 characters',
    path: ['text'],
  })
  .refine(c => !c.list || (!c.buttons?.length && c.media === undefined), {
    message: 'a list has neither buttons nor media beside it',
    path: ['list'],
  })
  .refine(c => sameReply(c.buttons ?? []) < 0, { message: SAME_REPLY, path: ['buttons'] })
  .refine(c => sameReply(c.list?.rows ?? []) < 0, { message: SAME_REPLY, path: ['list', 'rows'] })
const chatContent = {
  ...beside,
  text: z.string().min(1).max(2_000),
  image: webUrl.optional(),
  /** replies to tap above the keyboard, until something else is said; what is tapped comes back as `data` */
  quickReplies: z
    .array(z.strictObject({ title: z.string().min(1).max(20), payload: z.string().min(1).max(1_000) }))
    .max(13)
    .refine(rows => sameReply(rows) < 0, { message: SAME_REPLY })
    .optional(),
  buttons: z
    .array(
      z
        .strictObject({
          title: z.string().min(1).max(20),
          url: webUrl.optional(),
          payload: z.string().min(1).max(1_000).optional(),
          when: z.custom<Rule>().optional(),
          cta: z.string().min(1).max(60).optional(),
        })
        .refine(b => (b.url === undefined) !== (b.payload === undefined), {
          message: 'give either an address or a payload',
          path: ['url'],
        }),
    )
    .max(3)
    .optional(),
}
const messengerContent = z.strictObject({
  channel: z.literal('messenger'),
  ...chatContent,
  /** an approved utility message, which needs no window; the text is what previews show */
  template: z
    .strictObject({
      name: z.string().min(1).max(512),
      language: z.string().min(2).max(16),
      components: z.array(z.looseObject({ type: z.string().min(1) })).max(10),
    })
    .optional(),
})
const instagramContent = z.strictObject({ channel: z.literal('instagram'), ...chatContent })
const notification = {
  ...beside,
  title: z.string().min(1).max(120),
  body: z.string().min(1).max(1_000),
  url: webUrl.optional(),
  image: webUrl.optional(),
  /** how long it is kept for a device that is not there, seconds */
  ttl: z.number().int().min(0).max(2_419_200).optional(),
  urgency: z.enum(['very-low', 'low', 'normal', 'high']).optional(),
  /** a later one of the same topic takes the place of one that has not arrived yet */
  topic: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .optional(),
}
const pushContent = z.strictObject({
  channel: z.literal('push'),
  ...notification,
  data: z.record(z.string().min(1).max(60), z.string().max(500)).optional(),
})
const webpushContent = z.strictObject({ channel: z.literal('webpush'), ...notification })

const ofChannel = z.discriminatedUnion('channel', [
  lineContent,
  emailContent,
  smsContent,
  whatsappContent,
  messengerContent,
  instagramContent,
  pushContent,
  webpushContent,
])
export type MessageContent = z.infer<typeof ofChannel>
export type ContentOf<C extends MessageContent['channel']> = Extract<MessageContent, { channel: C }>

/** It may go by phone number to who is no friend. */
export const goesByPhone = (content: { channel: string; byPhone?: unknown }): boolean =>
  content.channel === 'line' && content.byPhone === true

/** It may be sent only within the channel's window after the customer's last message: everything but approved templates. */
export const contentNeedsWindow = (content: { channel: string; template?: unknown }): boolean =>
  isChannel(content.channel) &&
  CHANNELS[content.channel].windowMs !== undefined &&
  content.template === undefined
const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

/** Rules in a content with their paths: of parts of lists that stand there only `when` one holds, and named ones. */
export function rulesIn(content: unknown): { path: string; rule: unknown }[] {
  const found: { path: string; rule: unknown }[] = []
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const [i, inner] of value.entries()) {
        if (isObject(inner) && inner.when !== undefined)
          found.push({ path: `${path}/${i}/when`, rule: inner.when })
        walk(inner, `${path}/${i}`)
      }
    } else if (isObject(value))
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'conditions' && path === '' && isObject(inner))
          for (const [name, rule] of Object.entries(inner)) found.push({ path: `/conditions/${name}`, rule })
        else if (key !== 'when') walk(inner, `${path}/${key}`)
      }
  }
  walk(content, '')
  return found
}

/** The content in one of its languages, without the others. */
export function inLocale<C extends MessageContent>(content: C, locale: string): C {
  const { locales, ...plain } = content
  return { ...plain, ...(locales && Object.hasOwn(locales, locale) ? locales[locale] : {}) } as C
}

export const messageContent = ofChannel.superRefine((content, ctx) => {
  for (const { path, rule } of rulesIn(content)) {
    const checked = checkRule(rule, path)
    if ('faults' in checked)
      for (const f of checked.faults.slice(0, 3))
        ctx.addIssue({ code: 'custom', message: f.message.en, path: f.path.split('/').slice(1) })
  }
  for (const locale of Object.keys(content.locales ?? {})) {
    const said = ofChannel.safeParse(inLocale(content, locale))
    for (const issue of said.error?.issues ?? [])
      ctx.addIssue({ ...issue, path: ['locales', locale, ...issue.path] } as Parameters<
        typeof ctx.addIssue
      >[0])
  }
})

// ── as people write it: a content, or a module by its id ─────────────────────

/** The module's newest version at publication; `overrides`: what this journey says differently. */
export type ModuleReference = {
  channel: MessageContent['channel']
  module: { id: string }
  overrides?: Record<string, unknown>
}
const reference = z.strictObject({
  channel: z.enum(
    ofChannel.options.map(o => o.shape.channel.value) as [
      MessageContent['channel'],
      ...MessageContent['channel'][],
    ],
  ),
  module: z.strictObject({ id: z.string().min(1).max(40) }),
  overrides: z.looseObject({}).optional(),
})

export const isReference = (content: unknown): content is ModuleReference =>
  isObject(content) && isObject(content.module) && !Object.hasOwn(content.module, 'version')

/** A node's content in a draft. */
export const authoredContent: z.ZodType<MessageContent | ModuleReference> = z
  .custom<MessageContent | ModuleReference>()
  .superRefine((value, ctx) => {
    const parsed = (isReference(value) ? reference : messageContent).safeParse(value)
    for (const issue of parsed.error?.issues ?? []) ctx.addIssue(issue as Parameters<typeof ctx.addIssue>[0])
  })

/** Whether a mail has a link by which people stop it: the page that unsubscribes, or the one on which they choose. */
export const hasWayOut = (html: string): boolean => /\b(unsubscribe_url|preferences_url)\b/.test(html)
