// The signed token of a confirmation: it names the request, and nothing else.
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'

export function requestToken(secrets: Secrets, id: Uuid): string {
  const text = publicId('crq', id)
  return `${text}.${secrets.sign('consent_request', text)}`
}

/** Null when it is not one of ours, whole. */
export function readRequestToken(secrets: Secrets, token: string): Uuid | null {
  const [text, signature, more] = token.split('.')
  if (!text || !signature || more !== undefined) return null
  return secrets.verify('consent_request', text, signature) ? parseId('crq', text) : null
}
