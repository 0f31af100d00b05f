// Signed tokens of the links that messages carry. A token names its message, never a person, and holds its target,
// so that it works without a table and cannot be turned to another target.
import type { Core } from '../platform/core.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'
import type { MessageLinks } from './render.ts'

export type ClickTarget = { message: Uuid; label: string; url: string }

const seal = (secrets: Secrets, purpose: string, text: string) =>
  `${Buffer.from(text).toString('base64url')}.${secrets.sign(purpose, text)}`

function unseal(secrets: Secrets, purpose: string, token: string): string | null {
  const [body, signature, more] = token.split('.')
  if (!body || !signature || more !== undefined) return null
  const text = Buffer.from(body, 'base64url').toString('utf8')
  return secrets.verify(purpose, text, signature) ? text : null
}

export function openMessageLinks(core: Pick<Core, 'secrets' | 'baseUrl'>): {
  of(message: Uuid): MessageLinks
} {
  return {
    of: message => ({
      track: (url, label) =>
        `${core.baseUrl}/t/${seal(core.secrets, 'click', JSON.stringify([message, label.slice(0, 100), url]))}`,
      openUrl: `${core.baseUrl}/o/${seal(core.secrets, 'open', publicId('msg', message))}`,
      unsubscribeUrl: `${core.baseUrl}/u/${seal(core.secrets, 'unsubscribe', publicId('msg', message))}`,
    }),
  }
}

/** null when the token is not one of ours, whole. */
export function readClickToken(secrets: Secrets, token: string): ClickTarget | null {
  const text = unseal(secrets, 'click', token)
  if (text === null) return null
  const [message, label, url] = JSON.parse(text) as [Uuid, string, string]
  return { message, label, url }
}

export const readUnsubscribeToken = (secrets: Secrets, token: string): Uuid | null =>
  readMessageToken(secrets, 'unsubscribe', token)

export const readOpenToken = (secrets: Secrets, token: string): Uuid | null =>
  readMessageToken(secrets, 'open', token)

function readMessageToken(secrets: Secrets, purpose: 'unsubscribe' | 'open', token: string): Uuid | null {
  const text = unseal(secrets, purpose, token)
  return text === null ? null : parseId('msg', text)
}
