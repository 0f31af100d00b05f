// LINE Messaging API: push under a retry key, signed webhooks in.
// Source: developers.line.biz/en/reference/messaging-api (push, retrying a request, webhook event objects).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isLineProvider, lineUidOf } from '../../customers/contacts.ts'
import type { EventBody } from '../../inbox/model.ts'
import { Problem } from '../../platform/errors.ts'
import type {
  Account,
  Adapter,
  ChannelEvent,
  Outgoing,
  SendResult,
  Told,
  WebhookRequest,
} from '../adapter.ts'
import { closeConnections, exchange, header, NoAnswer, retryAfterMs, type Answer } from '../exchange.ts'
import { FORBIDDEN_TEXT } from '../outgoing.ts'
import { STAND_IN, standInToken } from '../stand-in.ts'

const API = 'https://api.line.me'
const CONCURRENCY = 32

/** The request as it goes out; golden files hold it. */
export function pushRequest(account: Account, message: Outgoing) {
  const messages = message.content.channel === 'line' ? message.content.messages : []
  return {
    method: 'POST',
    url: new URL((account.settings.baseUrl || API).replace(/\/$/, '') + '/v2/bot/message/push'),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${account.secrets.accessToken ?? ''}`,
      'x-line-retry-key': message.id,
      'user-agent': 'Itinera',
    },
    body: JSON.stringify({ to: message.address, messages }),
  }
}

/** What an answer of push means. 409: this retry key was accepted before. 4xx must not be retried, except 429. */
export function readAnswer(answer: Answer, now: number): SendResult {
  const said = textOf(answer.body)
  const detail = `${answer.status} ${said.message}`.trim().slice(0, 300)
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', providerId: said.sentId ?? header(answer.headers, 'x-line-request-id') }
  if (answer.status === 409)
    return { kind: 'accepted', providerId: header(answer.headers, 'x-line-accepted-request-id') }
  if (answer.status === 401 || answer.status === 403) return { kind: 'bad_credentials', detail }
  if (answer.status === 429 || answer.status >= 500)
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  const badRecipient = answer.status === 400 && /property, '?to'?|Failed to send messages/i.test(said.message)
  return {
    kind: badRecipient ? 'bad_recipient' : 'rejected',
    detail: `${detail} ${said.details}`.trim().slice(0, 300),
  }
}

function textOf(body: string): { message: string; details: string; sentId: string | null } {
  try {
    const said = JSON.parse(body) as {
      message?: string
      details?: { message?: string; property?: string }[]
      sentMessages?: { id?: string }[]
    }
    return {
      message: said.message ?? '',
      details: (said.details ?? []).map(d => `${d.property ?? ''}: ${d.message ?? ''}`).join('; '),
      sentId: said.sentMessages?.[0]?.id ?? null,
    }
  } catch {
    return { message: body.slice(0, 200), details: '', sentId: null } // not JSON: a proxy's page, kept as the detail
  }
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const r = pushRequest(account, message)
  for (let attempt = 1; ; attempt++) {
    try {
      return readAnswer(await exchange(r, account.trusted, signal), Date.now())
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      // a kept connection that the provider had closed: the retry key makes a second try harmless
      if (error.stale && attempt === 1 && !signal.aborted) continue
      if (error.message === 'EFORBIDDEN') return { kind: 'bad_credentials', detail: FORBIDDEN_TEXT }
      return error.written
        ? { kind: 'unknown', detail: error.message }
        : { kind: 'retryable', detail: error.message, retryAfterMs: null }
    }
  }
}

export const signBody = (channelSecret: string, rawBody: Uint8Array): Buffer =>
  createHmac('sha256', channelSecret).update(rawBody).digest()

type LineEvent = {
  type: string
  webhookEventId?: string
  timestamp?: number
  source?: { type?: string; userId?: string; groupId?: string; roomId?: string }
  deliveryContext?: { isRedelivery?: boolean }
  follow?: { isUnblocked?: boolean }
  message?: { type?: string; id?: string; text?: string }
  postback?: { data?: string; params?: Record<string, unknown> }
  unsend?: { messageId?: string }
}

/** Friendship has our own name, on which the reducer acts; every other kind keeps LINE's. */
const NAMES: Record<string, string> = { follow: 'contact.followed', unfollow: 'contact.unfollowed' }

/** What of an event is kept as properties; kinds not listed keep nothing but their name. */
function propsOf(event: LineEvent, oa: string | undefined): Record<string, unknown> {
  const of = { channel: 'line', ...(oa ? { oa } : {}) }
  if (event.type === 'follow') return { ...of, is_unblocked: event.follow?.isUnblocked === true }
  if (event.type === 'unfollow') return of
  if (event.type === 'message')
    return {
      type: event.message?.type ?? 'unknown',
      id: event.message?.id ?? '',
      from: 'customer',
      ...(event.message?.text === undefined ? {} : { text: event.message.text }),
    }
  if (event.type === 'postback')
    return {
      data: event.postback?.data ?? '',
      ...(event.postback?.params ? { params: event.postback.params } : {}),
    }
  if (event.type === 'unsend') return { messageId: event.unsend?.messageId ?? '' }
  return {}
}

function parse(account: Account, request: WebhookRequest): Told {
  const given = Buffer.from(request.headers['x-line-signature'] ?? '', 'base64')
  const wanted = signBody(account.secrets.channelSecret ?? '', request.rawBody)
  if (!account.secrets.channelSecret || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Problem(401, 'bad_signature', 'The signature does not fit the body', {
      action: 'Check the channel secret of this account.',
    })
  let body: { events?: LineEvent[] }
  try {
    body = JSON.parse(Buffer.from(request.rawBody).toString('utf8')) as { events?: LineEvent[] }
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON', { action: 'Send it as LINE does.' })
  }
  const events: ChannelEvent[] = []
  for (const e of Array.isArray(body.events) ? body.events : []) {
    // groups and rooms have no customer; their user may be nobody's friend
    const user = e.source?.type === 'user' ? e.source.userId : undefined
    if (!user || typeof e.type !== 'string' || !e.webhookEventId) continue
    const at = Number.isFinite(e.timestamp) ? e.timestamp! : Date.now()
    const input: EventBody = {
      type: 'system',
      name: NAMES[e.type] ?? `line.${e.type}`,
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
    events.push({
      address: user,
      input: { kind: 'event', messageId: input.messageId, body: input },
      ...(reach ? { reach: { kind: reach, at } } : {}),
    })
  }
  return { events, receipts: [] }
}

export const line: Adapter = {
  name: 'line',
  channel: 'line',
  delivery: 'at_least_once',
  settings: ['baseUrl', 'provider'],
  secrets: ['accessToken', 'channelSecret'],
  required: ['accessToken', 'channelSecret'],
  concurrency: CONCURRENCY,
  wrong: settings =>
    settings.provider === undefined || isLineProvider(settings.provider)
      ? null
      : { setting: 'provider', action: 'Use lower-case letters, digits, - and _, at most 32.' },
  send,
  parse,
  standIn: (core, workspace) => ({
    name: 'LINE (sandbox)',
    settings: { baseUrl: STAND_IN },
    secrets: {
      accessToken: standInToken(core, workspace, 'line'),
      channelSecret: randomBytes(16).toString('hex'),
    },
  }),
  async close() {
    closeConnections()
  },
}
