// Calls of the brand's own systems, signed as Standard Webhooks says (standardwebhooks.com): webhook-id is the same for
// every try, so that the other side knows a repeat; that is why a try without an answer is made again.
import { Webhook } from 'standardwebhooks'
import type { CallContent } from '../journeys/model.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { Uuid } from '../platform/ids.ts'
import type { SendResult } from './adapter.ts'
import { exchange, header, NoAnswer, retryAfterMs, type Answer, type OutgoingRequest } from './exchange.ts'
import { FORBIDDEN_TEXT } from './outgoing.ts'

/** What of an answer's body is kept. */
const KEPT = 1024

/** The secret under which a workspace's calls are signed, as Standard Webhooks writes it. */
export const callSecret = (secrets: Secrets, workspace: Uuid): string =>
  'whsec_' + Buffer.from(secrets.sign('http call', workspace), 'base64url').toString('base64')

/** The request as it goes out. `secret` null: not signed. */
export function callRequest(
  content: CallContent,
  id: Uuid,
  url: string,
  secret: string | null,
  now: Date,
): OutgoingRequest {
  const body = content.body ?? ''
  const headers: Record<string, string> = { 'user-agent': 'Itinera', accept: 'application/json' }
  if (content.body !== null) headers['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(content.headers)) headers[name.toLowerCase()] = value
  headers['webhook-id'] = id
  headers['webhook-timestamp'] = String(Math.floor(now.getTime() / 1000))
  if (secret !== null) headers['webhook-signature'] = new Webhook(secret).sign(id, now, body)
  return { method: content.method, url: new URL(url), headers, body }
}

/** The whole of it when it is short; a longer one would be no JSON any more. */
const keptOf = (answer: Answer) => ({
  status: answer.status,
  body: Buffer.byteLength(answer.body) <= KEPT ? answer.body : null,
})

/** What an answer means: 2xx is one; what may be better later is asked again. */
export function readCall(answer: Answer, now: number): SendResult {
  const { status } = answer
  if (status >= 200 && status < 300) return { kind: 'accepted', providerId: null, answer: keptOf(answer) }
  const detail = `${status} ${answer.body.slice(0, 200)}`.trim()
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  return { kind: 'rejected', detail, answer: keptOf(answer) }
}

export async function sendCall(
  request: OutgoingRequest,
  trusted: boolean,
  signal: AbortSignal,
): Promise<SendResult> {
  try {
    return readCall(await exchange(request, trusted, signal), Date.now())
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    if (error.message === 'EFORBIDDEN') return { kind: 'rejected', detail: FORBIDDEN_TEXT }
    return { kind: 'retryable', detail: error.message, retryAfterMs: null }
  }
}
