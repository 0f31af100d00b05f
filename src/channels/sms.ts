// What an SMS costs in parts, what Taiwan's carriers will drop it for, and the words by which people stop them. Pure: the
// adapters count by it, the editor warns by it.
import { findPhoneNumbersInText } from 'libphonenumber-js'
import { SegmentedMessage } from 'sms-segments-calculator'
import { cleanPhone } from '../customers/contacts.ts'

export type SmsParts = {
  encoding: 'GSM-7' | 'UCS-2'
  /** what is billed */
  parts: number
  /** code units written, and what goes into one part of a text of this length */
  units: number
  perPart: number
}

/** GSM-7: 160, or 153 in each of several parts; everything else is UCS-2: 70, or 67 (3GPP TS 23.038 and 23.040). */
export function smsParts(text: string): SmsParts {
  const counted = new SegmentedMessage(text)
  const encoding = counted.getEncodingName() === 'GSM-7' ? 'GSM-7' : 'UCS-2'
  const parts = Math.max(1, counted.segmentsCount)
  const units = counted.messageSize / (encoding === 'GSM-7' ? 7 : 16)
  const perPart = encoding === 'GSM-7' ? (parts > 1 ? 153 : 160) : parts > 1 ? 67 : 70
  return { encoding, parts, units, perPart }
}

export type SmsWarning =
  | { kind: 'link_not_registered'; value: string }
  | { kind: 'phone_not_registered'; value: string }
  | { kind: 'sender_missing'; value: string }

const LINK =
  /(?:https?:\/\/)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:\/[\w\-.~%!$&'()*+,;=:@/?#]*)?/gi

/** Host and path as a person writes them: no scheme, no www., no slash at the end. */
const plainLink = (link: string): string =>
  link
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/.,;:!?)']+$/, '')

/** A registered host covers its paths, a registered path what stands below it. */
const covers = (registered: string, link: string): boolean =>
  link === registered || ['/', '?', '#'].some(c => link.startsWith(registered + c))

/** What carriers in Taiwan drop a business SMS for: a link or a phone number that is not registered with them (since
 *  2024-11-18), a text that does not name its registered sender (since 2025-11-01). Of an account: `registeredLinks`, links
 *  and numbers separated by spaces, commas or lines; `senderName`. An account that names neither is not looked at. */
export function lintSms(text: string, settings: Record<string, string>): SmsWarning[] {
  const { registeredLinks = '', senderName = '' } = settings
  const warnings: SmsWarning[] = []
  if (registeredLinks.trim() !== '') {
    const registered = registeredLinks.split(/[\s,、，]+/).filter(entry => entry !== '')
    const links = registered.map(plainLink)
    const numbers = new Set(registered.map(entry => cleanPhone(entry)))
    let rest = text
    for (const link of new Set(text.match(LINK) ?? [])) {
      rest = rest.replaceAll(link, ' ')
      const plain = plainLink(link)
      if (!links.some(l => covers(l, plain))) warnings.push({ kind: 'link_not_registered', value: link })
    }
    for (const { number } of findPhoneNumbersInText(rest, 'TW'))
      if (!numbers.has(number.number))
        warnings.push({ kind: 'phone_not_registered', value: number.formatNational() })
  }
  if (senderName.trim() !== '' && !text.includes(senderName.trim()))
    warnings.push({ kind: 'sender_missing', value: senderName.trim() })
  return warnings
}

const STOP = new Set([
  'stop',
  'stopall',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  '退訂',
  '取消訂閱',
  '取消訂閲',
  '停止',
  '拒收',
  '拒絕接收',
])

/** Whether a reply asks for no more; the word alone, as carriers take it. */
export const isStopWord = (text: string): boolean =>
  STOP.has(
    text
      .normalize('NFKC')
      .trim()
      .toLowerCase()
      .replace(/[。.!！]+$/, ''),
  )
