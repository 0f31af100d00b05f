// What an account can be asked at LINE, one function a question: who it is, what it may send and has sent, a friend's
// profile, a content, and the small signs in a chat. Answers of LINE that are no success are said as they are.
// Source: line/line-openapi messaging-api.yml.
import type { Account } from '../adapter.ts'
import { type AnswerBytes, header, readSilence, retryAfterMs } from '../exchange.ts'
import { Problem } from '../../platform/errors.ts'
import { lineSays, type LineCall, type LineDetail, readAnswer } from './api.ts'
import { callInTurn } from './turns.ts'

/** LINE did not do it. `kind` as of sends. */
export class LineFailed extends Error {
  override name = 'LineFailed'
  readonly kind: 'retryable' | 'bad_credentials' | 'refused'
  readonly status: number
  readonly details: LineDetail[]
  /** retryable: not before so many ms; null: LINE did not say */
  readonly againMs: number | null
  constructor(
    kind: LineFailed['kind'],
    status: number,
    message: string,
    details: LineDetail[] = [],
    againMs: number | null = null,
  ) {
    super(message)
    this.kind = kind
    this.status = status
    this.details = details
    this.againMs = againMs
  }
}

/** The answer of a call that must succeed. @throws LineFailed */
export async function askLine(account: Account, call: LineCall, signal: AbortSignal): Promise<AnswerBytes> {
  let answer: AnswerBytes
  try {
    answer = await callInTurn(account, call, signal)
  } catch (error) {
    const silence = readSilence(error)
    const detail = 'detail' in silence ? silence.detail : ''
    throw new LineFailed(silence.kind === 'bad_credentials' ? 'bad_credentials' : 'retryable', 0, detail)
  }
  if (answer.status < 300) return answer
  const read = readAnswer(answer, Date.now())
  const said = lineSays(answer.body)
  const kind = read.kind === 'retryable' || read.kind === 'bad_credentials' ? read.kind : 'refused'
  const againMs = read.kind === 'retryable' ? read.retryAfterMs : null
  throw new LineFailed(kind, answer.status, said.message || String(answer.status), said.details, againMs)
}

const json = async <T>(account: Account, call: LineCall, signal: AbortSignal): Promise<T> =>
  JSON.parse((await askLine(account, call, signal)).body) as T
const get = (path: string, query: Record<string, string> = {}): LineCall => ({ method: 'GET', path, query })

/** As a problem for who asked by our API. */
export function lineProblem(error: unknown): never {
  if (!(error instanceof LineFailed)) throw error
  const [first] = error.details
  const text = [error.message, ...error.details.map(d => `${d.property}: ${d.message}`)]
    .join(' ')
    .slice(0, 400)
  if (error.kind === 'refused')
    throw new Problem(422, 'line_refused', `LINE refused it: ${text}`, {
      path: first?.property,
      action: 'Mend what LINE names and try again.',
    })
  if (error.kind === 'bad_credentials')
    throw new Problem(409, 'line_credentials', `LINE refused the account's token: ${text}`, {
      action: 'Check the access token of this account under Channels.',
    })
  throw new Problem(503, 'line_unavailable', `LINE did not answer: ${text}`, {
    action:
      error.againMs === null || error.againMs < 60_000
        ? 'Try again in a moment.'
        : `LINE takes no more of these calls now. Try again in ${Math.ceil(error.againMs / 60_000)} minutes.`,
    retryAfterS: Math.max(1, Math.ceil((error.againMs ?? 5_000) / 1_000)),
  })
}

export type LineBot = {
  userId: string
  basicId: string
  displayName: string
  chatMode: string
  markAsReadMode: string
}
export const botInfo = (account: Account, signal: AbortSignal): Promise<LineBot> =>
  json(account, get('/v2/bot/info'), signal)

/** What the plan allows in this month (null: no limit), and what was used of it. LINE's months are Japan's. */
export async function quotaOf(
  account: Account,
  signal: AbortSignal,
): Promise<{ limit: number | null; used: number }> {
  const [quota, used] = await Promise.all([
    json<{ type: string; value?: number }>(account, get('/v2/bot/message/quota'), signal),
    json<{ totalUsage: number }>(account, get('/v2/bot/message/quota/consumption'), signal),
  ])
  return { limit: quota.type === 'limited' ? (quota.value ?? null) : null, used: used.totalUsage }
}

export type LineProfile = { displayName: string; pictureUrl?: string; language?: string }
/** null: no friend, or never was. */
export async function profileOf(
  account: Account,
  user: string,
  signal: AbortSignal,
): Promise<LineProfile | null> {
  try {
    return await json<LineProfile>(account, get(`/v2/bot/profile/${encodeURIComponent(user)}`), signal)
  } catch (error) {
    if (error instanceof LineFailed && error.status === 404) return null
    throw error
  }
}

/** What a customer sent. `whole` false: it is larger than `limit`, and was cut off. null: LINE has it no more. */
export async function contentAt(
  account: Account,
  message: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; type: string; whole: boolean } | null> {
  try {
    const call: LineCall = {
      ...get(`/v2/bot/message/${encodeURIComponent(message)}/content`),
      data: true,
      answerLimit: limit,
    }
    const { bytes, headers, whole } = await askLine(account, call, signal)
    return { bytes, type: headers['content-type'] ?? 'application/octet-stream', whole }
  } catch (error) {
    if (error instanceof LineFailed && (error.status === 404 || error.status === 410)) return null
    throw error
  }
}

/** Shows three moving dots in the chat for so many seconds, a multiple of 5 from 5 to 60, or until the next message. */
export async function showLoading(
  account: Account,
  user: string,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  await askLine(
    account,
    {
      method: 'POST',
      path: '/v2/bot/chat/loading/start',
      json: { chatId: user, loadingSeconds: Math.min(60, Math.max(5, Math.ceil(seconds / 5) * 5)) },
    },
    signal,
  )
}

export async function markAsRead(account: Account, readToken: string, signal: AbortSignal): Promise<void> {
  await askLine(
    account,
    { method: 'POST', path: '/v2/bot/chat/markAsRead', json: { markAsReadToken: readToken } },
    signal,
  )
}

/** What LINE finds wrong with these messages; none: they are well formed. */
export async function validateMessages(
  account: Account,
  messages: unknown[],
  signal: AbortSignal,
): Promise<LineDetail[]> {
  try {
    await askLine(
      account,
      { method: 'POST', path: '/v2/bot/message/validate/push', json: { messages } },
      signal,
    )
    return []
  } catch (error) {
    if (!(error instanceof LineFailed) || error.status !== 400) throw error
    return error.details.length > 0 ? error.details : [{ property: '', message: error.message }]
  }
}

/** Good for ten minutes and one use, for this user. */
export async function linkTokenFor(account: Account, user: string, signal: AbortSignal): Promise<string> {
  const call: LineCall = { method: 'POST', path: `/v2/bot/user/${encodeURIComponent(user)}/linkToken` }
  return (await json<{ linkToken: string }>(account, call, signal)).linkToken
}

/** What an ID token says, as LINE's login has verified it; else why not. */
export type IdTokenClaims = {
  iss: string
  sub: string
  aud: string
  exp: number
  nonce?: string
  name?: string
  picture?: string
  email?: string
}
export async function verifyIdToken(
  account: Account,
  idToken: string,
  nonce: string | null,
  signal: AbortSignal,
): Promise<IdTokenClaims | { refused: string }> {
  const form = {
    id_token: idToken,
    client_id: account.settings.loginChannelId ?? '',
    ...(nonce === null ? {} : { nonce }),
  }
  const answer = await callInTurn(
    account,
    { method: 'POST', path: '/oauth2/v2.1/verify', form, open: true },
    signal,
  ).catch((error: unknown) => {
    readSilence(error)
    throw new LineFailed('retryable', 0, (error as Error).message)
  })
  if (answer.status === 200) return JSON.parse(answer.body) as IdTokenClaims
  if (answer.status === 429 || answer.status >= 500)
    throw new LineFailed(
      'retryable',
      answer.status,
      String(answer.status),
      [],
      retryAfterMs(header(answer.headers, 'retry-after'), Date.now()),
    )
  const { error_description: why } = JSON.parse(answer.body || '{}') as { error_description?: string }
  return { refused: why ?? String(answer.status) }
}
