// One call of LINE's HTTP interface: hosts, headers, and what its answers mean. Source: line/line-openapi (messaging-api.yml,
// insight.yml) and developers.line.biz/en/reference/messaging-api (common specifications, retrying a request).
import type { Account, SendResult } from '../adapter.ts'
import {
  type Answer,
  type AnswerBytes,
  exchange,
  header,
  NoAnswer,
  type OutgoingRequest,
  retryAfterMs,
} from '../exchange.ts'

/** The plan's messages of this month are used up: somebody may raise the plan, or the month ends. */
const QUOTA_WAIT_MS = 3_600_000

export type LineAccount = Pick<Account, 'settings' | 'secrets' | 'trusted'>

export type LineCall = {
  method: 'GET' | 'POST' | 'DELETE' | 'PUT'
  path: string
  query?: Record<string, string>
  json?: unknown
  bytes?: { type: string; body: Uint8Array }
  form?: Record<string, string>
  /** our own UUID; only push, multicast, narrowcast and broadcast take one */
  retryKey?: string
  /** pictures and files have a host of their own */
  data?: true
  headers?: Record<string, string>
  /** without the account's token: the login's own endpoints */
  open?: true
  answerLimit?: number
}

const HOSTS = {
  api: 'https://api.line.me',
  data: 'https://api-data.line.me',
  access: 'https://access.line.me',
} as const

/** Where the account's LINE is: its own setting, else the host that LINE has for it. */
export const lineHost = (account: Pick<Account, 'settings'>, host: keyof typeof HOSTS): string =>
  ((host === 'data' && account.settings.dataUrl) || account.settings.baseUrl || HOSTS[host]).replace(
    /\/$/,
    '',
  )

/** The request as it goes out; golden files hold it. */
export function lineRequest(account: LineAccount, call: LineCall): OutgoingRequest {
  const url = new URL(lineHost(account, call.data ? 'data' : 'api') + call.path)
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
  const body = call.form
    ? new URLSearchParams(call.form).toString()
    : (call.bytes?.body ?? (call.json === undefined ? '' : JSON.stringify(call.json)))
  const type = call.form
    ? 'application/x-www-form-urlencoded'
    : (call.bytes?.type ?? (call.json === undefined ? null : 'application/json'))
  return {
    method: call.method,
    url,
    headers: {
      ...(type === null ? {} : { 'content-type': type }),
      ...(call.open ? {} : { authorization: `Bearer ${account.secrets.accessToken ?? ''}` }),
      ...(call.retryKey === undefined ? {} : { 'x-line-retry-key': call.retryKey }),
      ...call.headers,
      'user-agent': 'Itinera',
    },
    body,
    ...(call.answerLimit === undefined ? {} : { answerLimit: call.answerLimit }),
  }
}

/** A kept connection that LINE had closed is tried once more, where that does no harm. @throws NoAnswer */
export async function callLine(
  account: LineAccount,
  call: LineCall,
  signal: AbortSignal,
): Promise<AnswerBytes> {
  const harmless = call.method === 'GET' || call.retryKey !== undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchange(lineRequest(account, call), account.trusted, signal)
    } catch (error) {
      if (!(error instanceof NoAnswer) || !error.stale || !harmless || attempt > 1 || signal.aborted)
        throw error
    }
  }
}

/** What LINE says in the body of an answer. */
export function lineSays(body: string): { message: string; details: LineDetail[]; sentId: string | null } {
  try {
    const said = JSON.parse(body) as {
      message?: string
      details?: { message?: string; property?: string }[]
      sentMessages?: { id?: string }[]
    }
    return {
      message: said.message ?? '',
      details: (said.details ?? []).map(d => ({ property: d.property ?? '', message: d.message ?? '' })),
      sentId: said.sentMessages?.[0]?.id ?? null,
    }
  } catch {
    return { message: body.slice(0, 200), details: [], sentId: null } // not JSON: a proxy's page, kept as the detail
  }
}
export type LineDetail = { property: string; message: string }

/** What an answer to a sending call means. 409: this retry key was accepted before. 4xx must not be retried, except 429. */
export function readAnswer(answer: Answer, now: number): SendResult {
  const said = lineSays(answer.body)
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
      retryAfterMs: /monthly limit/i.test(said.message)
        ? QUOTA_WAIT_MS
        : retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  const badRecipient = answer.status === 400 && /property, '?to'?|Failed to send messages/i.test(said.message)
  const details = said.details.map(d => `${d.property}: ${d.message}`).join('; ')
  return {
    kind: badRecipient ? 'bad_recipient' : 'rejected',
    detail: `${detail} ${details}`.trim().slice(0, 300),
  }
}
