// Meta's Marketing API: users of a custom audience, and its Conversions API.
// Source: developers.facebook.com (Customer File Custom Audiences; Conversions API, parameters).
import type { SendResult } from '../channels/adapter.ts'
import { type Answer, header, type OutgoingRequest, retryAfterMs, sendOnce } from '../channels/exchange.ts'
import type { Core } from '../platform/core.ts'
import type { Hashes } from './model.ts'
import { accessOf, type Platform, type Purchase } from './platform.ts'
import type { AudienceRow } from './store.ts'

const API = 'https://graph.facebook.com'
const VERSION = 'v23.0'

type MetaAccount = { baseUrl?: string; audienceId?: string; pixelId?: string; accessToken: string }

const request = (account: MetaAccount, method: string, path: string, body: object): OutgoingRequest => ({
  method,
  url: new URL(`${(account.baseUrl || API).replace(/\/$/, '')}/${VERSION}/${path}`),
  headers: {
    'content-type': 'application/json',
    authorization: `Bearer ${account.accessToken}`,
    'user-agent': 'Itinera',
  },
  body: JSON.stringify(body),
})

/** Adds people to the audience, or takes them out; at most 10,000 at once. */
const usersRequest = (account: MetaAccount, how: 'add' | 'remove', people: Hashes[]): OutgoingRequest =>
  request(account, how === 'add' ? 'POST' : 'DELETE', `${account.audienceId ?? ''}/users`, {
    payload: {
      schema: ['EMAIL', 'PHONE'],
      data: people.map(p => [p.emails[0] ?? '', p.phones[0] ?? '']),
    },
  })

/** A purchase, under an id by which Meta knows a repeat. */
const purchaseRequest = (account: MetaAccount, of: Hashes, purchase: Purchase): OutgoingRequest =>
  request(account, 'POST', `${account.pixelId ?? ''}/events`, {
    data: [
      {
        event_name: 'Purchase',
        event_time: Math.floor(purchase.at / 1_000),
        event_id: purchase.id,
        action_source: 'system_generated',
        user_data: { em: of.emails, ph: of.phones },
        custom_data: { currency: purchase.currency, value: purchase.value, order_id: purchase.order },
      },
    ],
  })

/** Rate limits come as 400 with a code. */
const LIMITED = new Set([4, 17, 32, 613, 80_003])

function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status >= 200 && answer.status < 300) return { kind: 'accepted', providerId: null }
  let error: { code?: number; message?: string } = {}
  try {
    error = (JSON.parse(answer.body) as { error?: typeof error }).error ?? {}
  } catch {
    // a proxy's page: the status says enough
  }
  const detail = `${answer.status} ${error.message ?? ''}`.trim().slice(0, 300)
  if (answer.status === 429 || answer.status >= 500 || LIMITED.has(error.code ?? 0))
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  if (answer.status === 401 || answer.status === 403 || error.code === 190 || error.code === 200)
    return { kind: 'bad_credentials', detail }
  return { kind: 'rejected', detail }
}

function accountOf(core: Core, of: AudienceRow): MetaAccount & { trusted: boolean } {
  const { baseUrl, secret, trusted } = accessOf(core, of, '/sandbox/ads')
  const { audienceId, pixelId } = of.settings
  return {
    ...(baseUrl ? { baseUrl } : {}),
    ...(audienceId ? { audienceId } : {}),
    ...(pixelId ? { pixelId } : {}),
    accessToken: secret,
    trusted,
  }
}

export const meta: Platform = {
  // 10,000 may go in a request; fewer are repeated when one fails
  batch: 500,
  missing({ settings, secret }) {
    if (!settings.audienceId) return { path: 'settings.audienceId', what: 'the id of the custom audience' }
    return secret ? null : { path: 'accessToken', what: 'an access token' }
  },
  tell(core, of, how, people, signal) {
    const account = accountOf(core, of)
    return sendOnce(usersRequest(account, how, people), account.trusted, signal, readAnswer)
  },
  purchase(core, of, buyer, purchase, signal) {
    const account = accountOf(core, of)
    return sendOnce(purchaseRequest(account, buyer, purchase), account.trusted, signal, readAnswer)
  },
}
