// Email by SendGrid's v3 mail/send; its signed event webhook tells what became of a mail. No idempotency key, so what is
// not known is not sent again. SendGrid's own tracking is off: links and opens are ours, and DKIM is of its authenticated
// domain. Source: twilio/sendgrid-oai (tsg_mail_v3, tsg_webhooks_v3).
import { createPublicKey, verify } from 'node:crypto'
import { Problem } from '../../platform/errors.ts'
import { parseId, publicId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Receipt, SendResult, Told, WebhookRequest } from '../adapter.ts'
import {
  type Answer,
  closeConnections,
  header,
  type OutgoingRequest,
  retryAfterMs,
  sendOnce,
} from '../exchange.ts'
import { MAIL_SETTINGS, mailOf, textOf, unsubscribeHeaders } from '../mail.ts'
import { publicPart, STAND_IN, standInEcKey, standInToken } from '../stand-in.ts'

const API = 'https://api.sendgrid.com'
const CONCURRENCY = 20

/** Names a message in SendGrid's events. */
export const MESSAGE_ARG = 'itinera_message'

/** The request as it goes out; golden files hold it. */
export function mailSendRequest(account: Account, message: Outgoing): OutgoingRequest {
  const { baseUrl = '', from = '', fromName = '', replyTo = '' } = account.settings
  const mail = mailOf(account, message)
  const off = { enable: false }
  return {
    method: 'POST',
    url: new URL((baseUrl || API).replace(/\/$/, '') + '/v3/mail/send'),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${account.secrets.apiKey ?? ''}`,
      'user-agent': 'Itinera',
    },
    body: JSON.stringify({
      personalizations: [
        { to: [{ email: message.address }], custom_args: { [MESSAGE_ARG]: publicId('msg', message.id) } },
      ],
      from: fromName ? { email: from, name: fromName } : { email: from },
      ...(replyTo ? { reply_to: { email: replyTo } } : {}),
      subject: mail.subject,
      content: [
        { type: 'text/plain', value: textOf(mail.html) || ' ' },
        { type: 'text/html', value: mail.html },
      ],
      headers: { 'X-Entity-Ref-ID': message.id, ...unsubscribeHeaders(message) },
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: off,
        subscription_tracking: off,
        ganalytics: off,
      },
    }),
  }
}

type Refusal = { errors?: { message?: string; field?: string | null }[] }

/** When SendGrid lets in more, told as the second of the epoch. */
function resetMs(answer: Answer, now: number): number | null {
  const reset = Number(header(answer.headers, 'x-ratelimit-reset') ?? Number.NaN)
  return Number.isFinite(reset) ? Math.max(0, reset * 1_000 - now) : null
}

export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', providerId: header(answer.headers, 'x-message-id') }
  let errors: NonNullable<Refusal['errors']> = []
  try {
    errors = (JSON.parse(answer.body) as Refusal).errors ?? []
  } catch {
    // a proxy's page: the status says enough
  }
  const said = errors.map(e => `${e.field ?? ''} ${e.message ?? ''}`.trim()).join('; ')
  const detail = `${answer.status} ${said}`.trim().slice(0, 300)
  if (answer.status === 401 || answer.status === 403) return { kind: 'bad_credentials', detail }
  if (answer.status === 429 || answer.status >= 500) {
    const after = retryAfterMs(header(answer.headers, 'retry-after'), now) ?? resetMs(answer, now)
    return { kind: 'retryable', detail, retryAfterMs: after }
  }
  const recipient = errors.some(e => /^personalizations\.\d+\.to\b/.test(e.field ?? ''))
  return { kind: recipient ? 'bad_recipient' : 'rejected', detail }
}

type Event = {
  event?: string
  timestamp?: number
  type?: string
  reason?: string
  status?: string
  url?: string
  sg_machine_open?: boolean
  [MESSAGE_ARG]?: string
}

/** A mail that SendGrid did not even try, because of its own lists: those say that the address is dead, or complained. */
const DEAD = /^(bounced address|invalid|spam reporting address)/i

/** What SendGrid tells of one mail; null: nothing that the ledger knows. */
export function receiptOf(event: Event): Receipt | null {
  const message = parseId('msg', event[MESSAGE_ARG] ?? '')
  if (message === null) return null
  const at = typeof event.timestamp === 'number' ? event.timestamp * 1_000 : Date.now()
  const detail = [event.status, event.reason].filter(Boolean).join(' ')
  const told = { message, at, ...(detail ? { detail } : {}) }
  switch (event.event) {
    case 'delivered':
      return { message, at, state: 'delivered' }
    case 'bounce': // of type blocked: refused for now
      return { ...told, state: 'bounced', ...(event.type === 'blocked' ? {} : { hard: true as const }) }
    case 'dropped':
      return { ...told, state: 'bounced', ...(DEAD.test(event.reason ?? '') ? { hard: true as const } : {}) }
    case 'spamreport':
      return { message, at, state: 'complained' }
    case 'open':
      return { message, at, state: 'opened', ...(event.sg_machine_open ? { machine: true as const } : {}) }
    case 'click':
      return { message, at, state: 'clicked' }
    default:
      return null // processed, deferred; unsubscribes of SendGrid's own lists, which we do not use
  }
}

/** ECDSA over the time and the raw body (by node:crypto, as the helper's own ECDSA is written in JavaScript). */
function isSigned(account: Account, request: WebhookRequest): boolean {
  const signature = request.headers['x-twilio-email-event-webhook-signature']
  const timestamp = request.headers['x-twilio-email-event-webhook-timestamp']
  const publicKey = account.settings.webhookPublicKey
  if (!signature || !timestamp || !publicKey) return false
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  const signed = Buffer.concat([Buffer.from(timestamp), request.rawBody])
  return verify('sha256', signed, key, Buffer.from(signature, 'base64'))
}

function parse(account: Account, request: WebhookRequest): Told {
  if (!isSigned(account, request))
    throw new Problem(401, 'bad_signature', 'The signature does not fit the body', {
      action: 'Turn on the signed event webhook, and give its public key to this account.',
    })
  let events: unknown
  try {
    events = JSON.parse(Buffer.from(request.rawBody).toString('utf8'))
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON', { action: 'Send it as SendGrid does.' })
  }
  const receipts = (Array.isArray(events) ? (events as Event[]) : []).flatMap(e => receiptOf(e) ?? [])
  return { events: [], receipts }
}

function wrongKey(text: string): boolean {
  try {
    createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return false
  } catch {
    return true
  }
}

export const sendgrid: Adapter = {
  name: 'sendgrid',
  channel: 'email',
  delivery: 'at_most_once',
  settings: ['baseUrl', ...MAIL_SETTINGS, 'webhookPublicKey'],
  secrets: ['apiKey'],
  required: ['apiKey', 'from'],
  concurrency: CONCURRENCY,
  tellsDelivery: true,
  wrong: ({ webhookPublicKey }) =>
    webhookPublicKey !== undefined && wrongKey(webhookPublicKey)
      ? { setting: 'webhookPublicKey', action: 'Copy the verification key of the signed event webhook.' }
      : null,
  send: (account, message, signal) =>
    sendOnce(mailSendRequest(account, message), account.trusted, signal, readAnswer),
  parse,
  standIn: (core, workspace) => ({
    name: 'SendGrid',
    settings: {
      baseUrl: STAND_IN,
      from: 'hello@sandbox.example',
      webhookPublicKey: publicPart(standInEcKey(core, workspace, 'sendgrid')).toString('base64'),
    },
    secrets: { apiKey: standInToken(core, workspace, 'sendgrid') },
  }),
  async close() {
    closeConnections()
  },
}
