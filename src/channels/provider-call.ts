// One request to a provider, and what it came to where no answer came. Adapters say only what an answer means.
import type { Account, Checked, SendResult } from './adapter.ts'
import { type Answer, exchange, NoAnswer, type OutgoingRequest } from './exchange.ts'
import { FORBIDDEN_TEXT } from './outgoing.ts'

/** @param repeatable the provider takes the same request a second time without doing it twice */
export async function callProvider(
  request: OutgoingRequest,
  account: Account,
  signal: AbortSignal,
  repeatable: boolean,
  read: (answer: Answer) => SendResult,
): Promise<SendResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return read(await exchange(request, account.trusted, signal))
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      // a kept connection that the provider had closed
      if (repeatable && error.stale && attempt === 1 && !signal.aborted) continue
      if (error.message === 'EFORBIDDEN') return { kind: 'bad_credentials', detail: FORBIDDEN_TEXT }
      return error.written
        ? { kind: 'unknown', detail: error.message }
        : { kind: 'retryable', detail: error.message, retryAfterMs: null }
    }
  }
}

/** A call that changes nothing, to see whether the credentials are good. */
export async function checkProvider(
  request: OutgoingRequest,
  account: Account,
  signal: AbortSignal,
  read: (answer: Answer) => Checked,
): Promise<Checked> {
  try {
    return read(await exchange(request, account.trusted, signal))
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, detail: 'The answer cannot be read' }
    if (!(error instanceof NoAnswer)) throw error
    return { ok: false, detail: error.message === 'EFORBIDDEN' ? FORBIDDEN_TEXT : error.message }
  }
}

/** The address of a provider's endpoint; `baseUrl` of the account's settings stands for the provider's own host. */
export const endpoint = (account: Account, host: string, path: string): URL =>
  new URL((account.settings.baseUrl || host).replace(/\/$/, '') + path)

export const FORM = {
  'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  'user-agent': 'Itinera',
}

/** What a status says where the body says no more. Without an idempotency key a 5xx other than 503 may have been done. */
export function byStatus(
  status: number,
  detail: string,
  retryAfterMs: number | null,
  repeatable: boolean,
): SendResult {
  if (status === 401 || status === 403) return { kind: 'bad_credentials', detail }
  if (status === 429 || status === 503) return { kind: 'retryable', detail, retryAfterMs }
  if (status >= 500)
    return repeatable ? { kind: 'retryable', detail, retryAfterMs } : { kind: 'unknown', detail }
  return { kind: 'rejected', detail }
}
