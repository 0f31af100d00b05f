// WhatsApp Cloud API. It has no idempotency key, so what may have been taken is not sent again; its statuses carry our
// message's id (biz_opaque_callback_data) and settle it. Source: Meta's API definition (facebook/openapi,
// business-messaging-api v23.0), developers.facebook.com: WhatsApp webhooks and error codes.
import { cleanPhone } from '../../customers/contacts.ts'
import { randomBytes } from 'node:crypto'
import type {
  Account,
  Adapter,
  ChannelEvent,
  Outgoing,
  Receipt,
  SendResult,
  Told,
  WebhookRequest,
} from '../adapter.ts'
import type { ContentOf } from '../content.ts'
import { type Answer, closeConnections, header, retryAfterMs } from '../exchange.ts'
import { callProvider } from '../provider-call.ts'
import { consented, type Sender, wrote } from '../said.ts'
import { STAND_IN, standInToken } from '../stand-in.ts'
import {
  challenge,
  checkGraph,
  graphError,
  graphRequest,
  jsonOf,
  META_REQUIRED,
  META_SECRETS,
  META_SETTINGS,
  readGraphError,
  readSigned,
  wrongVersion,
} from './meta.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** One message to the same number in six seconds. */
const PAIR_WAIT_MS = 6_000

function bodyOf(content: ContentOf<'whatsapp'>): Record<string, unknown> {
  const { template, text, media, buttons = [], list } = content
  if (template)
    return {
      type: 'template',
      template: {
        name: template.name,
        language: { code: template.language },
        ...(template.components.length > 0 ? { components: template.components } : {}),
      },
    }
  if (list)
    return {
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: text ?? '' },
        action: {
          button: list.button,
          sections: [{ rows: list.rows.map(({ title, payload }) => ({ id: payload, title })) }],
        },
      },
    }
  if (buttons.length > 0)
    return {
      type: 'interactive',
      interactive: {
        type: 'button',
        ...(media && media.kind !== 'audio'
          ? { header: { type: media.kind, [media.kind]: { link: media.link } } }
          : {}),
        body: { text: text ?? '' },
        action: {
          buttons: buttons.map(({ title, payload }) => ({ type: 'reply', reply: { id: payload, title } })),
        },
      },
    }
  if (media)
    return {
      type: media.kind,
      [media.kind]: { link: media.link, ...(text && media.kind !== 'audio' ? { caption: text } : {}) },
    }
  return { type: 'text', text: { preview_url: true, body: text ?? '' } }
}

/** The request as it goes out; golden files hold it. */
export function messageRequest(account: Account, message: Outgoing) {
  if (message.content.channel !== 'whatsapp') throw new TypeError('a WhatsApp account sends WhatsApp content')
  return graphRequest(
    account,
    'POST',
    `/${encodeURIComponent(account.settings.phoneNumberId ?? '')}/messages`,
    {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: message.address,
      ...bodyOf(message.content),
      biz_opaque_callback_data: message.id,
    },
  )
}

/** 131026 undeliverable: no WhatsApp under this number, or one too old. */
const NO_SUCH_NUMBER = 131026
const PAIR_RATE = 131056

export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300)
    return {
      kind: 'accepted',
      providerId: jsonOf<{ messages: { id?: string }[] }>(answer.body).messages?.[0]?.id ?? null,
    }
  const code = graphError(answer)?.code
  if (code === NO_SUCH_NUMBER) return { kind: 'bad_recipient', detail: `${code} undeliverable` }
  if (code === PAIR_RATE)
    return {
      kind: 'retryable',
      detail: `${code} too often to the same number`,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now) ?? PAIR_WAIT_MS,
    }
  return readGraphError(answer, now)
}

type Status = {
  id?: string
  status?: string
  timestamp?: string
  biz_opaque_callback_data?: string
  errors?: { code?: number; title?: string }[]
}
type Media = { id?: string; mime_type?: string; caption?: string }
type Message = {
  from?: string
  id?: string
  timestamp?: string
  type?: string
  text?: { body?: string }
  button?: { text?: string; payload?: string }
  interactive?: {
    button_reply?: { id?: string; title?: string }
    list_reply?: { id?: string; title?: string }
  }
  image?: Media
  video?: Media
  audio?: Media
  document?: Media
  sticker?: Media
  referral?: { source_id?: string; source_type?: string; source_url?: string; headline?: string }
}
type Preference = { wa_id?: string; category?: string; value?: string; timestamp?: string; detail?: string }
type Body = {
  object?: string
  entry?: {
    changes?: {
      field?: string
      value?: { statuses?: Status[]; messages?: Message[]; user_preferences?: Preference[] }
    }[]
  }[]
}

const secondsOf = (text: string | undefined, now: number): number => {
  const seconds = Number(text || Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : now
}

function receiptOf(status: Status): Receipt[] {
  const message = status.biz_opaque_callback_data ?? ''
  if (!UUID.test(message)) return []
  const at = secondsOf(status.timestamp, Date.now())
  switch (status.status) {
    case 'delivered':
      return [{ message, state: 'delivered', at }]
    case 'read':
      return [{ message, state: 'opened', at }]
    case 'failed': {
      const { code = 0, title = '' } = status.errors?.[0] ?? {}
      const dead = code === NO_SUCH_NUMBER ? { hard: true as const } : {}
      return [{ message, state: 'bounced', at, detail: `WhatsApp ${code} ${title}`.trim(), ...dead }]
    }
    default:
      return [] // sent: on its way
  }
}

const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const

function messageOf(account: Account, m: Message, now: number): ChannelEvent[] {
  const by = senderOf(account, m.from)
  if (!by || !m.id) return []
  const tapped = m.interactive?.button_reply ?? m.interactive?.list_reply
  const kind = MEDIA.find(k => m[k] !== undefined)
  const media = kind && m[kind]
  const data = m.button?.payload ?? tapped?.id
  return wrote(by, {
    id: `whatsapp:${m.id}`,
    mid: m.id,
    at: secondsOf(m.timestamp, now),
    type: m.type === 'interactive' ? 'button' : (m.type ?? 'unknown'),
    text: m.text?.body ?? m.button?.text ?? tapped?.title ?? media?.caption,
    ...(kind && media ? { media: [{ type: kind, ...(media.id ? { id: media.id } : {}) }] } : {}),
    more: {
      ...(data === undefined ? {} : { data }),
      // an advertisement that opened the chat
      ...(m.referral?.source_type === 'ad' && m.referral.source_id
        ? { ad_id: m.referral.source_id, ad_platform: 'meta' }
        : {}),
    },
  })
}

function senderOf(account: Account, waId: string | undefined): Sender | null {
  const phone = waId ? cleanPhone(`+${waId.replace(/^\+/, '')}`) : null
  return phone === null
    ? null
    : { account, channel: 'whatsapp', id: { kind: 'phone', value: phone }, address: phone }
}

/** Statuses and messages of every number of the app come to this one address: each names its own. */
function parse(account: Account, request: WebhookRequest): Told {
  const body = readSigned<Body>(account, request)
  const values = (body.entry ?? []).flatMap(e => (e.changes ?? []).map(c => c.value ?? {}))
  return {
    receipts: values.flatMap(v => (v.statuses ?? []).flatMap(receiptOf)),
    events: values.flatMap(v => [
      ...(v.messages ?? []).flatMap(m => messageOf(account, m, request.now)),
      ...(v.user_preferences ?? []).flatMap(p => preferenceOf(account, p, request.now)),
    ]),
  }
}

/** Stop and resume of marketing, chosen in WhatsApp itself. */
function preferenceOf(account: Account, p: Preference, now: number): ChannelEvent[] {
  const by = senderOf(account, p.wa_id)
  if (!by || p.category !== 'marketing_messages' || (p.value !== 'stop' && p.value !== 'resume')) return []
  const at = secondsOf(p.timestamp, now)
  const id = `whatsapp:preference:${by.address}:${p.timestamp ?? at}`
  return [consented(by, { id, at, on: p.value === 'resume', how: 'whatsapp', proof: p.detail ?? p.value })]
}

export const whatsapp: Adapter = {
  name: 'whatsapp',
  channel: 'whatsapp',
  delivery: 'at_most_once',
  tellsDelivery: true,
  settings: [...META_SETTINGS, 'phoneNumberId', 'wabaId'],
  secrets: META_SECRETS,
  required: ['phoneNumberId', ...META_REQUIRED],
  concurrency: 32,
  rates: [{ key: 'send', max: 80, perMs: 1_000 }],
  wrong: wrongVersion,
  send: (account, message, signal) =>
    callProvider(messageRequest(account, message), account, signal, false, answer =>
      readAnswer(answer, Date.now()),
    ),
  check: (account, signal) =>
    checkGraph(
      account,
      `/${encodeURIComponent(account.settings.phoneNumberId ?? '')}?fields=verified_name,display_phone_number`,
      signal,
    ),
  parse,
  challenge,
  standIn: (core, workspace) => ({
    name: 'WhatsApp',
    settings: { baseUrl: STAND_IN, phoneNumberId: '106540352242922', wabaId: '102290129340398' },
    secrets: {
      accessToken: standInToken(core, workspace, 'whatsapp'),
      appSecret: randomBytes(16).toString('hex'),
      verifyToken: randomBytes(16).toString('hex'),
    },
  }),
  async close() {
    closeConnections()
  },
}
