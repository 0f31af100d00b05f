// Notifications in apps by Firebase Cloud Messaging's HTTP v1: Android by itself, iOS by way of APNs, which Firebase speaks
// with the key it was given. The address is the app's registration token. No idempotency key: what is not known stays so.
// Source: firebase.google.com/docs/reference/fcm/rest/v1.
import { publicId } from '../../platform/ids.ts'
import type { Account, Adapter, Checked, Outgoing, SendResult } from '../adapter.ts'
import {
  type Answer,
  closeConnections,
  header,
  type OutgoingRequest,
  retryAfterMs,
  sendOnce,
} from '../exchange.ts'
import { accessToken, forgetToken, readServiceAccount, type TokenOf } from '../google-oauth.ts'
import { STAND_IN, standInServiceAccount } from '../stand-in.ts'

const API = 'https://fcm.googleapis.com'
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const CONCURRENCY = 32
const TTL_S = 24 * 3600
/** What Firebase asks to wait where it says nothing. */
const QUOTA_WAIT_MS = 60_000

/** Names our message in what the app gets; the app says it again when the notification was tapped. */
export const MESSAGE_DATA = 'itinera_message'

const tokenOf = (account: Account): TokenOf => ({
  serviceAccount: account.secrets.serviceAccount ?? '',
  scope: SCOPE,
  baseUrl: account.settings.baseUrl,
  trusted: account.trusted,
})

/** The message as Firebase has it; golden files hold it. */
export function fcmMessage(message: Outgoing, now: Date): object {
  const { content, address } = message
  if (content.channel !== 'push') throw new TypeError('a push account sends push content')
  const { title, body, image, url, data = {}, ttl = TTL_S, topic, urgency } = content
  const urgent = urgency === 'high'
  return {
    token: address,
    notification: { title, body, ...(image ? { image } : {}) },
    data: { ...data, ...(url ? { url } : {}), [MESSAGE_DATA]: publicId('msg', message.id) },
    android: {
      ttl: `${ttl}s`,
      priority: urgent ? 'high' : 'normal',
      ...(topic ? { collapse_key: topic } : {}),
    },
    apns: {
      headers: {
        'apns-priority': urgent ? '10' : '5',
        'apns-expiration': String(Math.floor(now.getTime() / 1_000) + ttl),
        ...(topic ? { 'apns-collapse-id': topic } : {}),
      },
    },
  }
}

export const fcmRequest = (
  account: Account,
  project: string,
  token: string,
  message: object,
  dry = false,
): OutgoingRequest => ({
  method: 'POST',
  url: new URL(
    `${(account.settings.baseUrl || API).replace(/\/$/, '')}/v1/projects/${encodeURIComponent(project)}/messages:send`,
  ),
  headers: {
    'content-type': 'application/json; charset=utf-8',
    authorization: `Bearer ${token}`,
    'user-agent': 'Itinera',
  },
  body: JSON.stringify(dry ? { validate_only: true, message } : { message }),
})

type FcmError = {
  error?: {
    status?: string
    message?: string
    details?: { '@type'?: string; errorCode?: string; fieldViolations?: { field?: string }[] }[]
  }
}

/** What an answer means. The token is to blame only where Firebase says so. */
export function readAnswer(answer: Answer, now: number): SendResult {
  let said: FcmError & { name?: string } = {}
  try {
    said = JSON.parse(answer.body) as typeof said
  } catch {
    // a proxy's page: the status says enough
  }
  if (answer.status === 200) return { kind: 'accepted', providerId: said.name ?? null }
  const { status = '', message = '', details = [] } = typeof said.error === 'object' ? said.error : {}
  const code = details.find(d => d.errorCode)?.errorCode ?? status
  const detail = `${answer.status} ${code} ${message}`.trim().slice(0, 300)
  if (code === 'UNREGISTERED' || code === 'SENDER_ID_MISMATCH') return { kind: 'bad_recipient', detail }
  if (answer.status === 400) {
    const token =
      details.some(d => d.fieldViolations?.some(v => v.field === 'message.token')) ||
      /registration token/i.test(message)
    return { kind: token ? 'bad_recipient' : 'rejected', detail }
  }
  if (answer.status === 429 || answer.status >= 500) {
    const wished = retryAfterMs(header(answer.headers, 'retry-after'), now)
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: wished ?? (answer.status === 429 ? QUOTA_WAIT_MS : null),
    }
  }
  if (answer.status === 401 || answer.status === 403 || answer.status === 404)
    return { kind: 'bad_credentials', detail }
  return { kind: 'rejected', detail }
}

async function call(
  account: Account,
  message: object,
  signal: AbortSignal,
  dry = false,
): Promise<SendResult> {
  const of = readServiceAccount(account.secrets.serviceAccount ?? '')
  if (of === null) return { kind: 'bad_credentials', detail: 'this is no key of a service account' }
  const got = await accessToken(tokenOf(account), signal)
  if ('refused' in got) return got.refused
  const request = fcmRequest(account, of.project_id, got.token, message, dry)
  const result = await sendOnce(request, account.trusted, signal, readAnswer)
  if (result.kind === 'bad_credentials') forgetToken(tokenOf(account))
  return result
}

/** A message to a token that nobody has, only looked at: Firebase says whether it would have let us. */
async function check(account: Account, signal: AbortSignal): Promise<Checked> {
  const result = await call(account, { token: 'itinera-check', data: {} }, signal, true)
  const ok = result.kind === 'bad_recipient' || result.kind === 'accepted' || result.kind === 'rejected'
  const project = readServiceAccount(account.secrets.serviceAccount ?? '')?.project_id ?? ''
  return { ok, detail: 'detail' in result && !ok ? result.detail : project }
}

export const fcm: Adapter = {
  name: 'fcm',
  channel: 'push',
  delivery: 'at_most_once',
  settings: ['baseUrl'],
  secrets: ['serviceAccount'],
  required: ['serviceAccount'],
  concurrency: CONCURRENCY,
  wrong: (_settings, secrets) =>
    secrets?.serviceAccount !== undefined && readServiceAccount(secrets.serviceAccount) === null
      ? { setting: 'serviceAccount', action: 'Paste the whole JSON file of a service account’s key.' }
      : null,
  send: (account, message, signal) => call(account, fcmMessage(message, new Date()), signal),
  check,
  standIn: (core, workspace) => ({
    name: { zh: 'App 推播', en: 'App push' },
    settings: { baseUrl: STAND_IN },
    secrets: { serviceAccount: JSON.stringify(standInServiceAccount(core, workspace)) },
  }),
  async close() {
    closeConnections()
  },
}
