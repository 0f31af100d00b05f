// Signed tokens of the preference page and of confirmations: they name a customer or a request of ours, and nothing else.
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'

type Purpose = 'preferences' | 'consent_request'
const PREFIX = { preferences: 'cus', consent_request: 'crq' } as const

export function tokenOf(secrets: Secrets, purpose: Purpose, id: Uuid): string {
  const text = publicId(PREFIX[purpose], id)
  return `${text}.${secrets.sign(purpose, text)}`
}

/** Null when it is not one of ours, whole. */
export function readToken(secrets: Secrets, purpose: Purpose, token: string): Uuid | null {
  const [text, signature, more] = token.split('.')
  if (!text || !signature || more !== undefined) return null
  return secrets.verify(purpose, text, signature) ? parseId(PREFIX[purpose], text) : null
}

export const preferenceUrl = (core: { secrets: Secrets; baseUrl: string }, customer: Uuid): string =>
  `${core.baseUrl}/p/${tokenOf(core.secrets, 'preferences', customer)}`
