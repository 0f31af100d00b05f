// The signed tokens of a confirmation, of a link and of a button: they name the request, and nothing else.
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'

type Purpose = 'consent_request' | 'consent_tap'

function tokenOf(secrets: Secrets, purpose: Purpose, id: Uuid): string {
  const text = publicId('crq', id)
  return `${text}.${secrets.sign(purpose, text)}`
}

/** Null when it is not one of ours, whole. */
function readToken(secrets: Secrets, purpose: Purpose, token: string): Uuid | null {
  const [text, signature, more] = token.split('.')
  if (!text || !signature || more !== undefined) return null
  return secrets.verify(purpose, text, signature) ? parseId('crq', text) : null
}

export const requestToken = (secrets: Secrets, id: Uuid): string => tokenOf(secrets, 'consent_request', id)
export const readRequestToken = (secrets: Secrets, token: string): Uuid | null =>
  readToken(secrets, 'consent_request', token)

/** What the data of a button that confirms is kept as, and begins with. */
export const TAP_DATA = 'itinera:consent'

export const tapData = (secrets: Secrets, id: Uuid): string =>
  `${TAP_DATA}:${tokenOf(secrets, 'consent_tap', id)}`

/** The request; `forged`: the data says that it is one, and is not ours. Null: another button. */
export function readTapData(secrets: Secrets, data: string): Uuid | 'forged' | null {
  if (!data.startsWith(`${TAP_DATA}:`)) return null
  return readToken(secrets, 'consent_tap', data.slice(TAP_DATA.length + 1)) ?? 'forged'
}
