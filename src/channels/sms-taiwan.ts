// How SMS providers write numbers and times, and what somebody answered to one.
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { cleanPhone } from '../customers/contacts.ts'
import type { Account, ChannelEvent } from './adapter.ts'
import { wrote } from './said.ts'

/** 0912345678 for a number of Taiwan, E.164 for every other. */
export function localNumber(e164: string): string {
  const number = parsePhoneNumberFromString(e164)
  return number?.countryCallingCode === '886' ? `0${number.nationalNumber}` : e164
}

/** yyyyMMddHHmmss of Taiwan as ms; null when it is none. Taiwan has had no summer time since 1979. */
export function taipeiTime(text: string): number | null {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`)
  return Number.isNaN(at) ? null : at
}

/** The same the other way, for the stand-ins. */
export const asTaipeiTime = (ms: number): string =>
  new Date(ms + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14)

export function smsReply(
  account: Account,
  reply: { id: string; mid: string; from: string; text: string; at: number; stop?: boolean },
): ChannelEvent[] {
  const phone = cleanPhone(reply.from)
  if (phone === null) return []
  const by = {
    account,
    channel: 'sms' as const,
    id: { kind: 'phone' as const, value: phone },
    address: phone,
  }
  return wrote(by, { ...reply, type: 'text' })
}
