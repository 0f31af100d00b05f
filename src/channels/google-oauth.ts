// Access tokens of Google for a service account: a signed assertion is exchanged for one, which is kept until it ends.
// Source: developers.google.com/identity/protocols/oauth2/service-account. Signed by jose, which signs tokens here anyway.
import { createHash } from 'node:crypto'
import { importPKCS8, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { SendResult } from './adapter.ts'
import { type OutgoingRequest, sendOnce } from './exchange.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const serviceAccount = z.object({
  project_id: z.string().min(1).max(100),
  client_email: z.string().min(3).max(300),
  private_key: z.string().min(100),
  private_key_id: z.string().optional(),
  token_uri: z.url(),
})
export type ServiceAccount = z.infer<typeof serviceAccount>

export function readServiceAccount(text: string): ServiceAccount | null {
  try {
    const read = serviceAccount.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** Whose token, for what. `baseUrl`: where our own stand-in of Google is, in place of the account's `token_uri`. */
export type TokenOf = {
  serviceAccount: string
  scope: string
  baseUrl?: string | undefined
  trusted: boolean
}

/** Access tokens, by what they were given for. */
const granted = new LRUCache<string, string>({ max: 500 })
const keyOf = (of: TokenOf): string =>
  createHash('sha256')
    .update(`${of.baseUrl ?? ''}\n${of.scope}\n${of.serviceAccount}`)
    .digest('hex')

/** The next one is asked for anew: Google refused this one. */
export const forgetToken = (of: TokenOf): void => void granted.delete(keyOf(of))

export async function accessToken(
  of: TokenOf,
  signal: AbortSignal,
): Promise<{ token: string } | { refused: SendResult }> {
  const key = keyOf(of)
  const kept = granted.get(key)
  if (kept !== undefined) return { token: kept }
  const account = readServiceAccount(of.serviceAccount)
  if (account === null)
    return { refused: { kind: 'bad_credentials', detail: 'this is no key of a service account' } }
  let assertion: string
  try {
    assertion = await new SignJWT({ scope: of.scope })
      .setProtectedHeader({
        alg: 'RS256',
        typ: 'JWT',
        ...(account.private_key_id ? { kid: account.private_key_id } : {}),
      })
      .setIssuer(account.client_email)
      .setAudience(account.token_uri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(await importPKCS8(account.private_key, 'RS256'))
  } catch {
    return {
      refused: { kind: 'bad_credentials', detail: 'the private key of the service account is not valid' },
    }
  }
  const request: OutgoingRequest = {
    method: 'POST',
    url: new URL(of.baseUrl ? `${of.baseUrl.replace(/\/$/, '')}/token` : account.token_uri),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Itinera' },
    body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
  }
  let token: { access_token?: string; expires_in?: number } = {}
  const result = await sendOnce(request, of.trusted, signal, answer => {
    const detail = `${answer.status} ${answer.body.slice(0, 200)}`
    if (answer.status === 429 || answer.status >= 500)
      return { kind: 'retryable', detail, retryAfterMs: null }
    if (answer.status !== 200) return { kind: 'bad_credentials', detail }
    token = JSON.parse(answer.body) as typeof token
    return { kind: 'accepted', providerId: null }
  })
  if (result.kind === 'accepted' && token.access_token) {
    granted.set(key, token.access_token, { ttl: Math.max(1, (token.expires_in ?? 3_600) - 120) * 1_000 })
    return { token: token.access_token }
  }
  // only a token was asked for: nothing was sent, and what Google refuses here is the account
  const detail = 'detail' in result ? result.detail : 'no token'
  return {
    refused:
      result.kind === 'retryable' || result.kind === 'unknown'
        ? { kind: 'retryable', detail, retryAfterMs: null }
        : { kind: 'bad_credentials', detail },
  }
}
