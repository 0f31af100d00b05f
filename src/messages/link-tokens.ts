// The addresses of links that messages carry. A long one is signed, names its message, never a person, and holds its
// target, so that it works without a table and cannot be turned to another. A short one (texts, where every character is
// paid for) is a key of the table short_link.
import type { Core } from '../platform/core.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Secrets } from '../platform/secrets.ts'
import { preferenceUrl } from './preference-link.ts'
import type { MessageLinks } from './render-scope.ts'

/** `cta`: the name that whoever wrote the message gave the link. */
export type ClickTarget = { message: Uuid; label: string; url: string; cta?: string }
/** To be stored before the message is sent. */
export type ShortLink = { token: string; label: string; url: string }

const seal = (secrets: Secrets, purpose: string, text: string) =>
  `${Buffer.from(text).toString('base64url')}.${secrets.sign(purpose, text)}`

function unseal(secrets: Secrets, purpose: string, token: string): string | null {
  const [body, signature, more] = token.split('.')
  if (!body || !signature || more !== undefined) return null
  const text = Buffer.from(body, 'base64url').toString('utf8')
  return secrets.verify(purpose, text, signature) ? text : null
}

/** Letters and digits, 62 of them. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const TOKEN_LENGTH = 8

/** 47 bits of a keyed hash: the same message's link has the same token at each try, and none can be guessed. */
function tokenOf(secrets: Secrets, ...parts: string[]): string {
  let n = Buffer.from(secrets.sign('short-link', JSON.stringify(parts)), 'base64url').readBigUInt64BE(0)
  let token = ''
  for (let i = 0; i < TOKEN_LENGTH; i++) {
    token += ALPHABET[Number(n % 62n)]
    n /= 62n
  }
  return token
}

const LABEL = 100
/** What a button's data ends with. */
const TAP = /&itn=(msg_[0-9a-hjkmnp-tv-z]{26})(?:&cta=([^&]*))?$/

/** Who made the links of a message keeps `short` until they are stored. `round`: another, when a token was taken. */
export type IssuedLinks = MessageLinks & { readonly short: ShortLink[] }

/** `of` makes the links of one message: on `domain`, the account's own, where it has one. */
export function openMessageLinks(core: Pick<Core, 'secrets' | 'baseUrl'>): {
  of(message: Uuid, how?: { domain?: string | null; round?: number }): IssuedLinks
} {
  return {
    of(message, { domain, round = 0 } = {}) {
      const short: ShortLink[] = []
      const base = domain ? domain.replace(/\/+$/, '') : core.baseUrl
      return {
        short,
        own: base === core.baseUrl ? [base] : [base, core.baseUrl],
        track(url, label, how = {}) {
          const said = label.slice(0, LABEL)
          if (!how.short) {
            const target = [message, said, url, ...(how.cta === undefined ? [] : [how.cta.slice(0, LABEL)])]
            return `${base}/t/${seal(core.secrets, 'click', JSON.stringify(target))}`
          }
          // a short one has one name: the one it was given, else what it says
          const name = how.cta?.slice(0, LABEL) ?? said
          const token = tokenOf(core.secrets, message, name, url, String(round))
          if (!short.some(s => s.token === token)) short.push({ token, label: name, url })
          return `${base}/l/${token}`
        },
        tap(data, label, most) {
          const named = `${data}&itn=${publicId('msg', message)}`
          const whole = label === '' ? named : `${named}&cta=${encodeURIComponent(label)}`
          return whole.length <= most ? whole : named.length <= most ? named : data
        },
        // most messages have neither
        get openUrl() {
          return `${core.baseUrl}/o/${seal(core.secrets, 'open', publicId('msg', message))}`
        },
        preferencesUrl: customer => preferenceUrl(core, customer),
        get unsubscribeUrl() {
          return `${core.baseUrl}/u/${seal(core.secrets, 'unsubscribe', publicId('msg', message))}`
        },
      }
    },
  }
}

/** The data of a button as it was written, and of which message it is. */
export function readTap(data: string): { data: string; message: Uuid; label: string } | null {
  const found = TAP.exec(data)
  const message = found && parseId('msg', found[1]!)
  if (!found || !message) return null
  let label = ''
  try {
    label = decodeURIComponent(found[2] ?? '')
  } catch {
    return null // nothing of ours
  }
  return { data: data.slice(0, found.index), message, label }
}

/** null when the token is not one of ours, whole. */
export function readClickToken(secrets: Secrets, token: string): ClickTarget | null {
  const text = unseal(secrets, 'click', token)
  if (text === null) return null
  const [message, label, url, cta] = JSON.parse(text) as [Uuid, string, string, string?]
  return { message, label, url, ...(cta === undefined ? {} : { cta }) }
}

export const isShortToken = (token: string): boolean => /^[0-9A-Za-z]{8}$/.test(token)

export const readUnsubscribeToken = (secrets: Secrets, token: string): Uuid | null =>
  readMessageToken(secrets, 'unsubscribe', token)

export const readOpenToken = (secrets: Secrets, token: string): Uuid | null =>
  readMessageToken(secrets, 'open', token)

function readMessageToken(secrets: Secrets, purpose: 'unsubscribe' | 'open', token: string): Uuid | null {
  const text = unseal(secrets, purpose, token)
  return text === null ? null : parseId('msg', text)
}
