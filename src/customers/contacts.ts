// Addresses and numbers in their one written form, so that the same person written two ways is found. Pure.
import { LRUCache } from 'lru-cache'
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js'

const LONGEST_EMAIL = 254 // RFC 5321, section 4.5.3.1.3
const EMAIL = /^[^\s@"<>,;:\\()[\]]{1,64}@[^\s@"<>,;:\\()[\]]+\.[^\s@"<>,;:\\()[\].]{2,}$/u

/** NFKC, trimmed, lower case; null when it cannot be an e-mail address. */
export function cleanEmail(text: string): string | null {
  const email = text.normalize('NFKC').trim().toLowerCase()
  return email.length <= LONGEST_EMAIL && EMAIL.test(email) && !email.includes('..') ? email : null
}

/** Where a brand is at home: its people write their numbers without the country. */
export type Region = CountryCode

const regions = new Map<string, Region>()
/** asking ICU takes a millisecond for each region */
const NEAR: Region[] = ['TW', 'HK']
/** The region whose wall time this IANA zone is (ICU); Taiwan for a zone of none, such as UTC. */
export function regionOf(timezone: string): Region {
  let region = regions.get(timezone)
  if (region === undefined) {
    const isHere = (r: Region) => new Intl.Locale(`und-${r}`).getTimeZones?.()?.includes(timezone)
    region = NEAR.find(isHere) ?? (timezone.includes('/') ? getCountries().find(isHere) : undefined) ?? 'TW'
    regions.set(timezone, region)
  }
  return region
}

/** parsing takes some 20 µs, and a batch of one till names the same people again */
const parsed = new LRUCache<string, { e164: string | null }>({ max: 50_000 })

/** E.164 (+886912345678); a number without a country is one of `region`. Null when it is no valid number. */
export function cleanPhone(text: string, region: Region = 'TW'): string | null {
  const phone = text.normalize('NFKC').trim()
  if (phone.length > 32) return null
  const key = phone.startsWith('+') ? phone : `${region} ${phone}`
  let known = parsed.get(key)
  if (!known) {
    const number = parsePhoneNumberFromString(phone, region)
    known = { e164: number?.isValid() ? number.number : null }
    parsed.set(key, known)
    if (known.e164 !== null) parsed.set(known.e164, known) // what is read of a file is cleaned once more on its way in
  }
  return known.e164
}

/** As spreadsheets leave it: Excel drops the 0 that a number begins with, some systems the + before the country. */
export function cleanTypedPhone(text: string, region: Region): string | null {
  const phone = text.normalize('NFKC').trim()
  const code = getCountryCallingCode(region)
  if (region === 'TW' && /^9\d{8}$/.test(phone)) return cleanPhone('0' + phone, region)
  if (phone.startsWith(code) && /^\d+$/.test(phone)) {
    const whole = cleanPhone('+' + phone, region)
    if (whole !== null) return whole
  }
  return cleanPhone(phone, region)
}

const LINE_UID = /^(?:[a-z0-9][a-z0-9_-]{0,31}\/)?[A-Za-z0-9_-]{1,64}$/

/** LINE user ids are opaque; only their alphabet is checked. Of another than the default provider: `provider/uid`. */
export function cleanLineUid(text: string): string | null {
  const uid = text.trim()
  return LINE_UID.test(uid) ? uid : null
}

/** Names of LINE providers, as channel accounts and identifiers write them. */
export const isLineProvider = (text: string): boolean => /^[a-z0-9][a-z0-9_-]{0,31}$/.test(text)

/** The identifier of a LINE user: ids differ by provider, the default one ('') is not written. */
export const lineUidOf = (provider: string | undefined, uid: string): string =>
  provider ? `${provider}/${uid}` : uid

/** An identifier's provider ('' is the default one) and the user id that LINE knows. */
export function lineParts(value: string): { provider: string; uid: string } {
  const cut = value.indexOf('/')
  return { provider: cut < 0 ? '' : value.slice(0, cut), uid: value.slice(cut + 1) }
}

/** Of the LINE user that an event names. */
export const lineProviderOf = (ids: { kind: string; value: string }[]): string =>
  lineParts(ids.find(id => id.kind === 'line_uid')?.value ?? '').provider

/** The user id to send to by an account of this provider; null when the identifier is another provider's. */
export function lineAddressOf(provider: string | undefined, value: string): string | null {
  const { provider: own, uid } = lineParts(value)
  return own === (provider ?? '') ? uid : null
}

/** Card numbers as scanned or as printed in groups: letters and digits, upper case. */
export function cleanCardNo(text: string): string | null {
  const card = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  return /^[0-9A-Z]{4,32}$/.test(card) ? card : null
}

/** E-invoice carrier (手機條碼載具): `/` and seven of 0-9, A-Z, +, -, . (Ministry of Finance, e-invoice MIG). */
export function cleanCarrier(text: string): string | null {
  const carrier = text.normalize('NFKC').trim().toUpperCase()
  return /^\/[0-9A-Z+.-]{7}$/.test(carrier) ? carrier : null
}

/** Installation ids of apps are opaque. */
export function cleanDeviceId(text: string): string | null {
  const id = text.trim()
  return /^[\x21-\x7e]{1,128}$/.test(id) ? id : null
}

type Written = { clean(text: string, region: Region): string | null; what: string }
/** How each kind that has a written form is cleaned, and what it is called in answers to clients. */
export const WRITTEN = {
  email: { clean: cleanEmail, what: 'an e-mail address' },
  phone: {
    clean: cleanPhone,
    what: 'a phone number (E.164, or of the country whose time zone the workspace has)',
  },
  line_uid: { clean: cleanLineUid, what: 'a LINE user id' },
  card_no: { clean: cleanCardNo, what: 'a card number (4 to 32 letters and digits)' },
  carrier: { clean: cleanCarrier, what: 'an e-invoice carrier ("/" and 7 characters, such as /ABC1234)' },
  device_id: { clean: cleanDeviceId, what: 'an installation id (at most 128 characters)' },
} as const satisfies Record<string, Written>
export type WrittenKind = keyof typeof WRITTEN
