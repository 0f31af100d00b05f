// Messenger and Instagram messaging: one interface, two accounts. Nothing goes to who has not written first. No idempotency
// key, so what may have been taken is not sent again. Source: developers.facebook.com, Messenger Platform and Instagram
// messaging: Send API, webhook reference, error codes, policy.
import { randomBytes } from 'node:crypto'
import type { Uuid } from '../../platform/ids.ts'
import type {
  Account,
  Adapter,
  ChannelEvent,
  Outgoing,
  ReceiptById,
  SendResult,
  Told,
  WebhookRequest,
} from '../adapter.ts'
import type { ContentOf } from '../content.ts'
import { type Answer, closeConnections } from '../exchange.ts'
import { callProvider } from '../provider-call.ts'
import { happened, type Sender, wrote } from '../said.ts'
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

type Channel = 'messenger' | 'instagram'
type ChatContent = ContentOf<'messenger'> | ContentOf<'instagram'>
type Way = 'RESPONSE' | 'HUMAN_AGENT' | 'UTILITY'

/** A button template's text, and title and subtitle of an element with a picture. */
const BUTTON_TEXT_MAX = 640
const ELEMENT_MAX = 80

const buttonsOf = (content: ChatContent) =>
  (content.buttons ?? []).map(({ title, url, payload }) =>
    url === undefined ? { type: 'postback', title, payload } : { type: 'web_url', title, url },
  )

/** null: the text is too long for what stands with it. */
function messageOf(content: ChatContent): object | null {
  const said = partOf(content)
  const replies = content.quickReplies ?? []
  if (said === null || replies.length === 0) return said
  const quick_replies = replies.map(({ title, payload }) => ({ content_type: 'text', title, payload }))
  return { ...said, quick_replies }
}

function partOf(content: ChatContent): object | null {
  const { text, image } = content
  const buttons = buttonsOf(content)
  const template = (payload: object) => ({ attachment: { type: 'template', payload } })
  if (image !== undefined) {
    if (text.length > 2 * ELEMENT_MAX) return null
    const subtitle = text.slice(ELEMENT_MAX)
    const element = {
      title: text.slice(0, ELEMENT_MAX),
      ...(subtitle ? { subtitle } : {}),
      image_url: image,
      ...(buttons.length > 0 ? { buttons } : {}),
    }
    return template({ template_type: 'generic', elements: [element] })
  }
  if (buttons.length === 0) return { text }
  return text.length > BUTTON_TEXT_MAX ? null : template({ template_type: 'button', text, buttons })
}

/** The request as it goes out; golden files hold it. null: see messageOf. */
export function messageRequest(account: Account, message: Outgoing, way: Way) {
  const { content } = message
  if (content.channel !== 'messenger' && content.channel !== 'instagram')
    throw new TypeError('a Messenger or Instagram account sends such content')
  const template = content.channel === 'messenger' ? content.template : undefined
  const said = template
    ? {
        template: {
          name: template.name,
          language: { code: template.language },
          ...(template.components.length > 0 ? { components: template.components } : {}),
        },
      }
    : messageOf(content)
  if (said === null) return null
  return graphRequest(account, 'POST', `/${encodeURIComponent(senderIdOf(account))}/messages`, {
    recipient: { id: message.address },
    ...(way === 'HUMAN_AGENT'
      ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
      : { messaging_type: way }),
    message: said,
  })
}

/** Instagram's accounts send through their Page, or for themselves (Instagram login). */
const senderIdOf = ({ settings }: Account): string => settings.pageId || settings.instagramId || ''

/** Sent outside of the window. */
const isOutOfWindow = (code: number, subcode: number): boolean =>
  subcode === 2018278 || (code === 10 && subcode === 2534022)
/** Nobody of this id, or nobody who may be written to: gone, or has blocked us. */
const NOBODY = new Set([2018001, 1545041, 2534014])

export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', providerId: jsonOf<{ message_id: string }>(answer.body).message_id ?? null }
  const error = graphError(answer)
  if (error && (NOBODY.has(error.subcode) || error.code === 551))
    return { kind: 'bad_recipient', detail: `${error.code}/${error.subcode} cannot be reached` }
  if (error && isOutOfWindow(error.code, error.subcode))
    return { kind: 'rejected', detail: `${error.code}/${error.subcode} outside of the window` }
  return readGraphError(answer, now)
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const { content } = message
  const utility = content.channel === 'messenger' && content.template !== undefined
  const request = messageRequest(account, message, utility ? 'UTILITY' : 'RESPONSE')
  if (request === null)
    return { kind: 'rejected', detail: 'The text is too long beside its picture or buttons' }
  let late = false
  const result = await callProvider(request, account, signal, false, answer => {
    const error = graphError(answer)
    late = error !== null && isOutOfWindow(error.code, error.subcode)
    return readAnswer(answer, Date.now())
  })
  // an answer of a person of the team may come up to seven days later, under this tag, where the app has been allowed it
  const tagged =
    late && message.origin === 'reply' && account.settings.humanAgent === 'true'
      ? messageRequest(account, message, 'HUMAN_AGENT')
      : null
  return tagged
    ? callProvider(tagged, account, signal, false, answer => readAnswer(answer, Date.now()))
    : result
}

type Referral = { ref?: string; source?: string; type?: string; ad_id?: string }
type Messaging = {
  sender?: { id?: string }
  recipient?: { id?: string }
  timestamp?: number
  message?: {
    mid?: string
    text?: string
    is_echo?: boolean
    is_deleted?: boolean
    quick_reply?: { payload?: string }
    attachments?: { type?: string; payload?: { url?: string } }[]
    referral?: Referral
  }
  postback?: { mid?: string; title?: string; payload?: string; referral?: Referral }
  delivery?: { mids?: string[] }
  read?: { mid?: string; watermark?: number }
  optin?: Referral
  referral?: Referral
}
type Body = { object?: string; entry?: { id?: string; time?: number; messaging?: Messaging[] }[] }

const KINDS = ['message', 'postback', 'delivery', 'read', 'optin', 'referral'] as const

/** What led somebody here: an advertisement, else the ref of a link (m.me/…?ref=, ig.me/…?ref=). */
function touchOf(channel: Channel, referral: Referral | undefined): Record<string, unknown> {
  if (!referral) return {}
  if (referral.ad_id) return { ad_id: referral.ad_id, ad_platform: 'meta', ...refOf(referral) }
  return referral.ref
    ? {
        campaign: {
          source: channel,
          medium: (referral.source ?? 'ref').toLowerCase().slice(0, 40),
          name: referral.ref.slice(0, 200),
        },
        ...refOf(referral),
      }
    : {}
}
const refOf = ({ ref }: Referral) => (ref ? { ref: ref.slice(0, 200) } : {})

function toldOf(account: Account, channel: Channel, m: Messaging, now: number): Told {
  const none: Told = { events: [], receipts: [] }
  const at = Number.isFinite(m.timestamp) ? m.timestamp! : now
  if (m.delivery || m.read) {
    const mids = m.delivery?.mids ?? (m.read?.mid ? [m.read.mid] : [])
    const state = m.delivery ? ('delivered' as const) : ('opened' as const)
    return { events: [], receipts: mids.map((providerId): ReceiptById => ({ providerId, state, at })) }
  }
  const user = m.sender?.id
  if (!user || m.message?.is_echo) return none // what we sent ourselves
  const by: Sender = {
    account,
    channel,
    id: { kind: channel === 'messenger' ? 'messenger_id' : 'instagram_id', value: user },
    address: user,
  }
  return { events: eventsOf(by, m, at), receipts: [] }
}

function eventsOf(by: Sender, m: Messaging, at: number): ChannelEvent[] {
  const channel = by.channel as Channel
  const once = (mid: string | undefined, kind: string) => `${channel}:${mid ?? `${by.address}:${at}:${kind}`}`
  if (m.message?.is_deleted)
    return [
      happened(by, {
        id: `${once(m.message.mid, 'unsend')}:unsend`,
        name: `${channel}.unsend`,
        at,
        props: { messageId: m.message.mid ?? '' },
      }),
    ]
  if (m.message) {
    const { mid, text, quick_reply, attachments = [], referral } = m.message
    const media = attachments.map(a => ({
      type: a.type ?? 'file',
      ...(a.payload?.url ? { url: a.payload.url.slice(0, 2_000) } : {}),
    }))
    return wrote(by, {
      id: once(mid, 'message'),
      mid: mid ?? '',
      at,
      type: text === undefined ? (media[0]?.type ?? 'unknown') : 'text',
      text,
      media,
      more: {
        ...(quick_reply?.payload ? { data: quick_reply.payload.slice(0, 1_000) } : {}),
        ...touchOf(channel, referral),
      },
    })
  }
  if (m.postback) {
    const { mid, title = '', payload = '', referral } = m.postback
    const props = { data: payload.slice(0, 1_000), title: title.slice(0, 100), ...touchOf(channel, referral) }
    return [happened(by, { id: once(mid, 'postback'), name: `${channel}.postback`, at, props })]
  }
  const told = m.optin ?? m.referral
  if (told) {
    const kind = m.optin ? 'optin' : 'referral'
    const props = { ...refOf(told), ...touchOf(channel, told) }
    return [happened(by, { id: once(undefined, kind), name: `${channel}.${kind}`, at, props })]
  }
  // a kind that nobody knows yet: its name, nothing of what it holds
  const kind = Object.keys(m).find(
    k => !['sender', 'recipient', 'timestamp', ...KINDS].includes(k) && /^[a-z_]{1,40}$/.test(k),
  )
  return kind ? [happened(by, { id: once(undefined, kind), name: `${channel}.${kind}`, at, props: {} })] : []
}

const parseFor =
  (channel: Channel, own: 'pageId' | 'instagramId') =>
  (account: Account, request: WebhookRequest): Told => {
    const body = readSigned<Body>(account, request)
    const told = (body.entry ?? [])
      // an app's webhook tells of every page that it serves; ids of people are the page's own
      .filter(e => e.id === account.settings[own])
      .flatMap(e => (e.messaging ?? []).map(m => toldOf(account, channel, m, request.now)))
    return { events: told.flatMap(t => t.events), receipts: told.flatMap(t => t.receipts) }
  }

const shared = {
  delivery: 'at_most_once',
  secrets: META_SECRETS,
  concurrency: 16,
  wrong: wrongVersion,
  send,
  challenge,
  async close() {
    closeConnections()
  },
} as const

const secretsAt = (core: Parameters<typeof standInToken>[0], workspace: Uuid, adapter: Channel) => ({
  accessToken: standInToken(core, workspace, adapter),
  appSecret: randomBytes(16).toString('hex'),
  verifyToken: randomBytes(16).toString('hex'),
})

export const messenger: Adapter = {
  ...shared,
  tellsDelivery: true,
  name: 'messenger',
  channel: 'messenger',
  settings: [...META_SETTINGS, 'pageId', 'humanAgent'],
  required: ['pageId', ...META_REQUIRED],
  check: (account, signal) =>
    checkGraph(account, `/${encodeURIComponent(senderIdOf(account))}?fields=name`, signal),
  parse: parseFor('messenger', 'pageId'),
  standIn: (core, workspace) => ({
    name: 'Messenger',
    settings: { baseUrl: STAND_IN, pageId: '104578902513', humanAgent: 'true' },
    secrets: secretsAt(core, workspace, 'messenger'),
  }),
}

export const instagram: Adapter = {
  ...shared,
  name: 'instagram',
  channel: 'instagram',
  settings: [...META_SETTINGS, 'instagramId', 'pageId', 'humanAgent'],
  required: ['instagramId', ...META_REQUIRED],
  check: (account, signal) =>
    checkGraph(account, `/${encodeURIComponent(account.settings.instagramId ?? '')}?fields=username`, signal),
  parse: parseFor('instagram', 'instagramId'),
  standIn: (core, workspace) => ({
    name: 'Instagram',
    settings: { baseUrl: STAND_IN, instagramId: '17841405822304914', humanAgent: 'true' },
    secrets: secretsAt(core, workspace, 'instagram'),
  }),
}
