// The address of the page on which a customer chooses what they get: it names the customer, signed, and nothing else.
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'

export function preferenceUrl(core: { secrets: Secrets; baseUrl: string }, customer: Uuid): string {
  const text = publicId('cus', customer)
  return `${core.baseUrl}/p/${text}.${core.secrets.sign('preferences', text)}`
}

/** Null when it is not one of ours, whole. */
export function readPreferenceToken(secrets: Secrets, token: string): Uuid | null {
  const [text, signature, more] = token.split('.')
  if (!text || !signature || more !== undefined) return null
  return secrets.verify('preferences', text, signature) ? parseId('cus', text) : null
}
