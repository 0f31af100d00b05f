// Addresses and numbers in their one written form, so that the same person written two ways is found. Pure.
import { LRUCache } from 'lru-cache'
import { parsePhoneNumberFromString } from 'libphonenumber-js'

const LONGEST_EMAIL = 254 // RFC 5321, section 4.5.3.1.3
const EMAIL = /^[^\s@"<>,;:\\()[\]]{1,64}@[^\s@"<>,;:\\()[\]]+\.[^\s@"<>,;:\\()[\].]{2,}$/u

/** NFKC, trimmed, lower case; null when it cannot be an e-mail address. */
export function cleanEmail(text: string): string | null {
  const email = text.normalize('NFKC').trim().toLowerCase()
  return email.length <= LONGEST_EMAIL && EMAIL.test(email) && !email.includes('..') ? email : null
}

/** parsing takes some 20 µs, and a batch of one till names the same people again */
const parsed = new LRUCache<string, { e164: string | null }>({ max: 5_000 })

/** E.164 (+886912345678); numbers without a country are Taiwan's. Null when it is no valid number. */
export function cleanPhone(text: string): string | null {
  const phone = text.normalize('NFKC').trim()
  if (phone.length > 32) return null
  let known = parsed.get(phone)
  if (!known) {
    const number = parsePhoneNumberFromString(phone, 'TW')
    known = { e164: number?.isValid() ? number.number : null }
    parsed.set(phone, known)
  }
  return known.e164
}

/** LINE user ids are opaque; only their alphabet is checked. */
export function cleanLineUid(text: string): string | null {
  const uid = text.trim()
  return /^[A-Za-z0-9_-]{1,64}$/.test(uid) ? uid : null
}
