// What WhatsApp, Messenger and Instagram share: Meta's Graph API (errors, tokens), and its webhooks (signature, challenge).
// Source: Meta's API definition (facebook/openapi), developers.facebook.com: Graph API error handling, webhooks.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from '../../platform/errors.ts'
import type { Account, Checked, SendResult, WebhookRequest } from '../adapter.ts'
import { type Answer, header, type OutgoingRequest, retryAfterMs } from '../exchange.ts'
import { byStatus, checkProvider, endpoint } from '../provider-call.ts'

const API = 'https://graph.facebook.com'
const VERSION = 'v23.0'

export const META_SETTINGS = ['baseUrl', 'apiVersion'] as const
export const META_SECRETS = ['accessToken', 'appSecret', 'verifyToken']
export const META_REQUIRED = ['accessToken', 'appSecret', 'verifyToken']

export const wrongVersion = ({ apiVersion = '' }: Record<string, string>) =>
  /^(v\d{1,3}\.\d)?$/.test(apiVersion)
    ? null
    : { setting: 'apiVersion', action: 'Give a version such as v23.0, or leave it empty.' }

export function graphRequest(
  account: Account,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): OutgoingRequest {
  return {
    method,
    url: endpoint(account, API, `/${account.settings.apiVersion || VERSION}${path}`),
    headers: {
      authorization: `Bearer ${account.secrets.accessToken ?? ''}`,
      'user-agent': 'Itinera',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : '',
  }
}

export type GraphError = { message: string; code: number; subcode: number }

/** null: the answer holds none. */
export function graphError(answer: Answer): GraphError | null {
  type Said = { message?: string; code?: number; error_subcode?: number; error_data?: { details?: string } }
  let error: Said | undefined
  try {
    error = (JSON.parse(answer.body) as { error?: Said }).error
  } catch {
    return null // a proxy's page
  }
  if (!error) return null
  const message = [error.message, error.error_data?.details].filter(Boolean).join(': ')
  return { message, code: error.code ?? 0, subcode: error.error_subcode ?? 0 }
}

/** Login, permissions, an account that is locked, unpaid or not registered. */
const OF_THE_ACCOUNT = new Set([0, 3, 10, 102, 104, 190, 368, 131005, 131031, 131042, 131045, 133010])
/** Rates and outages, of the API as a whole and of WhatsApp. */
const LATER = new Set([
  1, 2, 4, 17, 32, 341, 613, 1200, 80006, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004,
])

/** Of every error that a channel does not know better. */
export function readGraphError(answer: Answer, now: number): SendResult {
  const asked = retryAfterMs(header(answer.headers, 'retry-after'), now)
  const error = graphError(answer)
  if (!error) return byStatus(answer.status, `${answer.status}`, asked, false)
  const detail = `${error.code}${error.subcode ? `/${error.subcode}` : ''} ${error.message}`.slice(0, 300)
  if (LATER.has(error.code)) return { kind: 'retryable', detail, retryAfterMs: asked }
  if (OF_THE_ACCOUNT.has(error.code) || (error.code >= 200 && error.code < 300))
    return { kind: 'bad_credentials', detail }
  return answer.status >= 500
    ? byStatus(answer.status, detail, asked, false)
    : byStatus(400, detail, asked, false)
}

/** The answer's body as JSON; an empty object where it is none. */
export function jsonOf<T extends object>(body: string): Partial<T> {
  try {
    return JSON.parse(body) as T
  } catch {
    return {}
  }
}

/** X-Hub-Signature-256: HMAC-SHA256 of the raw body under the app's secret. */
export const signRaw = (appSecret: string, rawBody: Uint8Array): string =>
  'sha256=' + createHmac('sha256', appSecret).update(rawBody).digest('hex')

/** The body of a webhook. @throws Problem 401 when the signature does not fit, 400 when it is no JSON */
export function readSigned<T>(account: Account, request: WebhookRequest): T {
  const { appSecret = '' } = account.secrets
  const given = Buffer.from(request.headers['x-hub-signature-256'] ?? '')
  const wanted = Buffer.from(signRaw(appSecret, request.rawBody))
  if (!appSecret || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Problem(401, 'bad_signature', 'The signature does not fit the body', {
      action: "Check the app's secret of this account.",
    })
  try {
    return JSON.parse(Buffer.from(request.rawBody).toString('utf8')) as T
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON', { action: 'Send it as Meta does.' })
  }
}

export function challenge(account: Account, query: Record<string, string>): string | null {
  const given = Buffer.from(query['hub.verify_token'] ?? '')
  const wanted = Buffer.from(account.secrets.verifyToken ?? '')
  if (query['hub.mode'] !== 'subscribe' || wanted.length === 0) return null
  return given.length === wanted.length && timingSafeEqual(given, wanted)
    ? (query['hub.challenge'] ?? '').slice(0, 200)
    : null
}

/** Asks for a field of what the account sends as. */
export const checkGraph = (account: Account, path: string, signal: AbortSignal): Promise<Checked> =>
  checkProvider(graphRequest(account, 'GET', path), account, signal, answer => {
    const error = graphError(answer)
    if (answer.status !== 200 || error)
      return { ok: false, detail: `${answer.status} ${error?.message ?? ''}`.trim() }
    const said = jsonOf<{
      verified_name: string
      name: string
      username: string
      display_phone_number: string
    }>(answer.body)
    const detail = [said.verified_name ?? said.name ?? said.username, said.display_phone_number]
    return { ok: true, detail: detail.filter(Boolean).join(' · ') }
  })
