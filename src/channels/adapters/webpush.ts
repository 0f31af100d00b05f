// Notifications in browsers: web push (RFC 8030) under VAPID (RFC 8292), encrypted for the subscription (RFC 8291). The
// address is the subscription: its endpoint, key and secret. A repeat would show twice, so what is not known stays so.
import { createECDH } from 'node:crypto'
import webpush from 'web-push'
import { publicId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, SendResult } from '../adapter.ts'
import {
  type Answer,
  closeConnections,
  header,
  type OutgoingRequest,
  retryAfterMs,
  sendOnce,
} from '../exchange.ts'
import { STAND_IN, standInEcKey } from '../stand-in.ts'

const CONCURRENCY = 32
/** How long a push service keeps a message for a browser that is not there, unless the message says otherwise. */
const TTL_S = 24 * 3600
/** What push services take is 4,096 bytes with the encryption's own. */
const MOST_BYTES = 3_900

export type Subscription = { endpoint: string; p256dh: string; auth: string }

/** As one word, which is how a customer's tokens are kept. */
export const tokenOf = (s: Subscription): string => [s.endpoint, s.p256dh, s.auth].join(' ')

export function readToken(token: string): Subscription | null {
  const [endpoint = '', p256dh = '', auth = '', ...more] = token.split(' ')
  const fits =
    more.length === 0 &&
    URL.canParse(endpoint) &&
    Buffer.from(p256dh, 'base64url').length === 65 &&
    Buffer.from(auth, 'base64url').length === 16
  return fits ? { endpoint, p256dh, auth } : null
}

/** The public key that browsers subscribe under; null: the private one is none. */
export function publicKeyOf(vapidPrivateKey: string): string | null {
  const bytes = Buffer.from(vapidPrivateKey, 'base64url')
  if (bytes.length !== 32) return null
  const ecdh = createECDH('prime256v1')
  try {
    ecdh.setPrivateKey(bytes)
  } catch {
    return null
  }
  return ecdh.getPublicKey('base64url')
}

/** What the service worker reads. */
export function payloadOf(account: Account, message: Outgoing): string {
  const { content } = message
  if (content.channel !== 'webpush') throw new TypeError('a web push account sends web push content')
  const { title, body, url, image } = content
  const icon = account.settings.icon
  return JSON.stringify({ id: publicId('msg', message.id), title, body, url, image, icon })
}

/** The request as it goes out; a refusal when there is none to make. */
export function pushRequest(account: Account, message: Outgoing): OutgoingRequest | SendResult {
  const { content } = message
  const subscription = readToken(message.address)
  if (subscription === null) return { kind: 'bad_recipient', detail: 'this is no subscription' }
  const privateKey = account.secrets.vapidPrivateKey ?? ''
  const publicKey = publicKeyOf(privateKey)
  if (publicKey === null) return { kind: 'bad_credentials', detail: 'the VAPID key is not valid' }
  const payload = payloadOf(account, message)
  if (Buffer.byteLength(payload) > MOST_BYTES)
    return { kind: 'rejected', detail: `the notification is longer than ${MOST_BYTES} bytes` }
  const more = content.channel === 'webpush' ? content : undefined
  const { endpoint, ...keys } = subscription
  let made: ReturnType<typeof webpush.generateRequestDetails>
  try {
    made = webpush.generateRequestDetails({ endpoint, keys }, payload, {
      vapidDetails: { subject: account.settings.subject ?? '', publicKey, privateKey },
      TTL: more?.ttl ?? TTL_S,
      urgency: more?.urgency ?? 'normal',
      ...(more?.topic ? { topic: more.topic } : {}),
    })
  } catch {
    return { kind: 'bad_recipient', detail: 'this is no subscription' } // a point that is not on the curve
  }
  const { baseUrl } = account.settings
  const { pathname, search } = new URL(endpoint)
  // a gateway, or our stand-in, takes the place of the push service: then nothing goes to an address that a browser told
  const url = new URL(baseUrl ? baseUrl.replace(/\/$/, '') + pathname + search : endpoint)
  const headers = Object.fromEntries(
    Object.entries(made.headers).map(([k, v]) => [k.toLowerCase(), String(v)]),
  )
  delete headers['content-length'] // counted again where it is sent
  return { method: 'POST', url, headers, body: made.body ?? '' }
}

export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', providerId: header(answer.headers, 'location') }
  const detail = `${answer.status} ${answer.body.slice(0, 200)}`.trim()
  // the browser took it back, or it was made under another key than the account's
  if (answer.status === 404 || answer.status === 410) return { kind: 'bad_recipient', detail }
  if (/do not correspond|mismatch/i.test(answer.body)) return { kind: 'bad_recipient', detail }
  if (answer.status === 401 || answer.status === 403) return { kind: 'bad_credentials', detail }
  if (answer.status === 429 || answer.status >= 500)
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  return { kind: 'rejected', detail }
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const request = pushRequest(account, message)
  if ('kind' in request) return request
  const result = await sendOnce(request, account.trusted, signal, readAnswer)
  // without a base URL the address is the subscription's own, which anybody may have made up
  return result.kind === 'bad_credentials' && /private/.test(result.detail) && !account.settings.baseUrl
    ? { kind: 'bad_recipient', detail: result.detail }
    : result
}

export const webPush: Adapter = {
  name: 'webpush',
  channel: 'webpush',
  delivery: 'at_most_once',
  settings: ['subject', 'icon', 'baseUrl'],
  secrets: ['vapidPrivateKey'],
  required: ['subject'],
  concurrency: CONCURRENCY,
  wrong: ({ subject = '' }, secrets) =>
    !/^(mailto:.+@.+|https:\/\/.+)$/.test(subject)
      ? { setting: 'subject', action: 'Give mailto: and an address of yours, or an https address.' }
      : secrets?.vapidPrivateKey !== undefined && publicKeyOf(secrets.vapidPrivateKey) === null
        ? {
            setting: 'vapidPrivateKey',
            action: 'Leave it empty: a key is made. Or give 32 bytes in base64url.',
          }
        : null,
  complete: (_settings, secrets) =>
    secrets.vapidPrivateKey
      ? secrets
      : { ...secrets, vapidPrivateKey: webpush.generateVAPIDKeys().privateKey },
  send,
  standIn: (core, workspace) => ({
    name: { zh: '網頁推播', en: 'Web push' },
    settings: { baseUrl: STAND_IN, subject: `mailto:${workspace}@sandbox.example` },
    secrets: {
      vapidPrivateKey: String(standInEcKey(core, workspace, 'webpush').export({ format: 'jwk' }).d),
    },
  }),
  async close() {
    closeConnections()
  },
}
