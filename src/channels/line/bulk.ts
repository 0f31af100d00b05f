// Messages to all friends of an account, or to those that LINE itself picks (an audience of LINE's, age, area …): broadcast
// and narrowcast. They name nobody, so they are calls of the account and no messages of the ledger: LINE tells only sums.
// Source: line/line-openapi messaging-api.yml (narrowcast, broadcast, progress/narrowcast).
import type { Account } from '../adapter.ts'
import { header, retryAfterMs, readSilence } from '../exchange.ts'
import { lineSays, type LineCall } from './api.ts'
import { callInTurn } from './turns.ts'

export type BulkMessage = {
  kind: 'narrowcast' | 'broadcast'
  messages: Record<string, unknown>[]
  /** as LINE's interface has them; of narrowcast only */
  recipient?: Record<string, unknown>
  filter?: Record<string, unknown>
  limit?: { max?: number; upToRemainingQuota?: boolean; forbidPartialDelivery?: boolean }
  notificationDisabled?: boolean
}

export type BulkStarted =
  /** `request`: what progress and insight are asked by */
  | { kind: 'started'; request: string }
  | { kind: 'retryable'; detail: string; retryAfterMs: number | null }
  | { kind: 'refused'; detail: string }
  /** it may have been taken: start it again under the same key, which settles it within 24 hours */
  | { kind: 'unknown'; detail: string }

export function bulkCall({ kind, messages, ...more }: BulkMessage, key: string): LineCall {
  const { notificationDisabled, ...narrow } = more
  return {
    method: 'POST',
    path: `/v2/bot/message/${kind}`,
    retryKey: key,
    json: {
      messages,
      ...(kind === 'narrowcast' ? narrow : {}),
      ...(notificationDisabled ? { notificationDisabled } : {}),
    },
  }
}

/** Starts it. `key`: a UUID of its own, the same for every try. */
export async function startBulk(
  account: Account,
  message: BulkMessage,
  key: string,
  signal: AbortSignal,
): Promise<BulkStarted> {
  try {
    const answer = await callInTurn(account, bulkCall(message, key), signal)
    if (answer.status < 300 || answer.status === 409) {
      const name = answer.status === 409 ? 'x-line-accepted-request-id' : 'x-line-request-id'
      return { kind: 'started', request: header(answer.headers, name) ?? '' }
    }
    const said = lineSays(answer.body)
    const details = said.details.map(d => `${d.property}: ${d.message}`).join('; ')
    const detail = `${answer.status} ${said.message} ${details}`.trim().slice(0, 300)
    if (answer.status === 429 || answer.status >= 500)
      return {
        kind: 'retryable',
        detail,
        retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), Date.now()),
      }
    return { kind: 'refused', detail }
  } catch (error) {
    const silence = readSilence(error)
    if (silence.kind === 'unknown') return { kind: 'unknown', detail: silence.detail }
    if (silence.kind === 'retryable') return { ...silence }
    return { kind: 'refused', detail: 'detail' in silence ? silence.detail : '' }
  }
}

/** Why a narrowcast failed, by LINE's error code. */
const FAILURES: Record<number, BulkFailure> = {
  1: 'internal',
  2: 'too_few_recipients',
  3: 'retry_conflict',
  4: 'audience_too_small',
  5: 'partial_refused',
}
export type BulkFailure =
  | 'internal'
  | 'too_few_recipients'
  | 'retry_conflict'
  | 'audience_too_small'
  | 'partial_refused'
  | 'other'

export type BulkProgress = {
  phase: 'waiting' | 'sending' | 'succeeded' | 'failed'
  succeeded: number | null
  failed: number | null
  targeted: number | null
  failure: BulkFailure | null
}

/** How far a narrowcast is; null: LINE did not say now. A broadcast has no progress. */
export async function bulkProgress(
  account: Account,
  request: string,
  signal: AbortSignal,
): Promise<BulkProgress | null> {
  const call: LineCall = {
    method: 'GET',
    path: '/v2/bot/message/progress/narrowcast',
    query: { requestId: request },
  }
  const answer = await callInTurn(account, call, signal).catch((error: unknown) => {
    readSilence(error) // what is no silence is thrown
    return null
  })
  if (answer?.status !== 200) return null
  const said = JSON.parse(answer.body) as {
    phase: BulkProgress['phase']
    successCount?: number
    failureCount?: number
    targetCount?: number
    errorCode?: number
  }
  return {
    phase: said.phase,
    succeeded: said.successCount ?? null,
    failed: said.failureCount ?? null,
    targeted: said.targetCount ?? null,
    failure: said.phase === 'failed' ? (FAILURES[said.errorCode ?? 0] ?? 'other') : null,
  }
}
