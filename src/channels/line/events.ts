// LINE's webhooks, read: events of people in our words, and notes of what is not about one. Kinds that nobody knows yet are
// kept by their name. Source: line/line-openapi webhook.yml.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { lineUidOf } from '../../customers/contacts.ts'
import type { EventBody } from '../../inbox/model.ts'
import { Problem } from '../../platform/errors.ts'
import type { Account, ChannelEvent, Receipt, Told, WebhookRequest } from '../adapter.ts'
import { LINK_DATA } from './message-rules.ts'
import type { LineNote } from './notes.ts'

export const signBody = (channelSecret: string, rawBody: Uint8Array): Buffer =>
  createHmac('sha256', channelSecret).update(rawBody).digest()

type Dict = Record<string, unknown>
type LineEvent = {
  type: string
  mode?: string
  webhookEventId?: string
  timestamp?: number
  source?: { type?: string; userId?: string }
  replyToken?: string
  follow?: { isUnblocked?: boolean }
  message?: Dict & { type?: string; id?: string; text?: string; markAsReadToken?: string }
  postback?: { data?: string; params?: Dict }
  unsend?: { messageId?: string }
  videoPlayComplete?: { trackingId?: string }
  beacon?: { hwid?: string; type?: string; dm?: string }
  link?: { result?: string; nonce?: string }
  membership?: { type?: string; membershipId?: number }
  delivery?: { data?: string }
}

/** Friendship has our own name, on which the reducer acts; every other kind keeps LINE's. */
const NAMES: Record<string, string> = {
  follow: 'contact.followed',
  unfollow: 'contact.unfollowed',
  // told of what another program of the account answers: nothing of ours may listen to it as to a message
  'standby message': 'line.standby_message',
  'standby postback': 'line.standby_postback',
}

const some = (values: Dict): Dict =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined && v !== ''))

/** What of a message is kept beside its text: what names the content, never the content. */
function messageProps(message: NonNullable<LineEvent['message']>): Dict {
  const { type = 'unknown', id = '', text } = message
  return {
    type,
    id,
    from: 'customer',
    ...some({
      text,
      quoted: message.quotedMessageId,
      ...(type === 'sticker' ? { packageId: message.packageId, stickerId: message.stickerId } : {}),
      ...(type === 'location'
        ? {
            title: message.title,
            address: message.address,
            latitude: message.latitude,
            longitude: message.longitude,
          }
        : {}),
      ...(type === 'file' ? { fileName: message.fileName, fileSize: message.fileSize } : {}),
      ...(isMedia(type) ? { media: id } : {}),
    }),
  }
}
const MEDIA = ['image', 'video', 'audio', 'file'] as const
const isMedia = (type: string | undefined): type is (typeof MEDIA)[number] =>
  (MEDIA as readonly (string | undefined)[]).includes(type)

/** What of an event is kept as properties; kinds not listed keep nothing but their name.
 *  @param oa names the account where it is not its provider's first */
function propsOf(event: LineEvent, oa: string | undefined): Dict {
  const friend = { channel: 'line', ...some({ oa }) }
  switch (event.type) {
    case 'follow':
      return { ...friend, is_unblocked: event.follow?.isUnblocked === true }
    case 'unfollow':
      return friend
    case 'message':
      return messageProps(event.message ?? {})
    case 'postback':
      return { data: event.postback?.data ?? '', ...some({ params: event.postback?.params }) }
    case 'unsend':
      return { messageId: event.unsend?.messageId ?? '' }
    case 'videoPlayComplete':
      return some({ trackingId: event.videoPlayComplete?.trackingId })
    case 'beacon':
      return some({ hwid: event.beacon?.hwid, way: event.beacon?.type, dm: event.beacon?.dm })
    case 'membership':
      return some({ change: event.membership?.type, membershipId: event.membership?.membershipId })
    case 'accountLink':
      return some({ result: event.link?.result })
    default:
      return {}
  }
}

function notesOf(event: LineEvent, address: string, at: number): LineNote[] {
  const notes: LineNote[] = []
  const active = event.mode !== 'standby'
  const readToken = event.message?.markAsReadToken ?? null
  const replyToken = event.replyToken ?? null
  // in standby somebody else answers
  if (active && (replyToken || readToken)) notes.push({ do: 'chat', address, replyToken, readToken, at })
  if (event.type === 'message' && event.message?.id && isMedia(event.message.type))
    notes.push({ do: 'keep_content', address, message: event.message.id, kind: event.message.type, at })
  if (event.type === 'unsend' && event.unsend?.messageId)
    notes.push({ do: 'unsend', address, message: event.unsend.messageId, at })
  if (event.type === 'follow') notes.push({ do: 'read_profile', address, event: event.webhookEventId!, at })
  if (active && event.type === 'postback' && event.postback?.data === LINK_DATA)
    notes.push({ do: 'wants_link', address, event: event.webhookEventId!, at })
  if (event.type === 'accountLink' && event.link?.result === 'ok' && event.link.nonce)
    notes.push({ do: 'linked', address, nonce: event.link.nonce, event: event.webhookEventId!, at })
  return notes
}

const SUSPENDED = 'LINE has suspended this account. See the notice in LINE Official Account Manager.'

/** What is about the account and nobody else. */
function ofAccount(event: LineEvent): LineNote | null {
  if (event.type === 'botSuspended') return { do: 'attention', why: SUSPENDED }
  if (event.type === 'botResumed') return { do: 'attention', why: null }
  return null
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A notification message arrived: its tag is our message. */
function receiptOf(event: LineEvent, at: number): Receipt | null {
  const tag = event.delivery?.data ?? ''
  return event.type === 'delivery' && UUID.test(tag) ? { message: tag, state: 'delivered', at } : null
}

/** @throws Problem 401 when the signature does not fit */
function readSigned(account: Account, request: WebhookRequest): LineEvent[] {
  const given = Buffer.from(request.headers['x-line-signature'] ?? '', 'base64')
  const wanted = signBody(account.secrets.channelSecret ?? '', request.rawBody)
  if (!account.secrets.channelSecret || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Problem(401, 'bad_signature', 'The signature does not fit the body', {
      action: 'Check the channel secret of this account.',
    })
  try {
    const { events } = JSON.parse(Buffer.from(request.rawBody).toString('utf8')) as { events?: LineEvent[] }
    return Array.isArray(events) ? events : []
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON', { action: 'Send it as LINE does.' })
  }
}

export function parseLine(account: Account, request: WebhookRequest): Told {
  const told: Told & { notes: LineNote[] } = { events: [], receipts: [], notes: [] }
  for (const e of readSigned(account, request)) {
    if (typeof e.type !== 'string') continue
    const at = Number.isFinite(e.timestamp) ? e.timestamp! : Date.now()
    const receipt = receiptOf(e, at)
    if (receipt) told.receipts.push(receipt)
    const note = ofAccount(e)
    if (note) told.notes.push(note)
    // groups and rooms have no customer; their user may be nobody's friend
    const user = e.source?.type === 'user' ? e.source.userId : undefined
    if (!user || !e.webhookEventId || receipt || note) continue
    told.events.push(eventOf(account, e, user, at))
    told.notes.push(...notesOf(e, user, at))
  }
  return told
}

function eventOf(account: Account, e: LineEvent, user: string, at: number): ChannelEvent {
  const input: EventBody = {
    type: 'system',
    name: NAMES[e.mode === 'standby' ? `standby ${e.type}` : e.type] ?? NAMES[e.type] ?? `line.${e.type}`,
    messageId: `line:${e.webhookEventId}`,
    at,
    props: propsOf(e, account.settings.oa),
    ids: [{ kind: 'line_uid', value: lineUidOf(account.settings.provider, user) }],
    proof: 'provider',
    src: account.name,
    ch: 'line',
  }
  const reach =
    e.type === 'follow' ? ('followed' as const) : e.type === 'unfollow' ? ('blocked' as const) : null
  return {
    address: user,
    input: { kind: 'event', messageId: input.messageId, body: input },
    ...(reach ? { reach: { kind: reach, at } } : {}),
  }
}
