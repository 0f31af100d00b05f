// Reading cells as people write them: ROC dates, full-width digits, NT$1,280, 0912-345-678, 是/否. Pure. What cannot be
// read is a fault that says what would be right; nothing is guessed where two readings are likely.
import { LRUCache } from 'lru-cache'
import { cleanEmail, cleanTypedPhone, regionOf } from '../customers/contacts.ts'
import { instantOfWall, isCalendarDate } from '../platform/wall-time.ts'
import type { CellValue, FieldType, ImportField } from './model.ts'
import { tidyName } from './names.ts'

export type Reading = { value: CellValue } | { wrong: string }

const wrong = (text: string): Reading => ({ wrong: text })

/** Full-width letters and digits become plain ones, outer and full-width spaces go. */
export const plain = (text: string): string => text.normalize('NFKC').trim()

/** What exports write for "nothing". */
const NOTHING = new Set(['', '-', '--', '—', 'null', 'NULL', 'N/A', 'n/a', '#N/A', '無資料'])
export const isNothing = (text: string): boolean => NOTHING.has(text.trim())

/** Reads the text of a cell that is not empty. `zone`: IANA zone of wall times. */
export function readCell(field: ImportField, text: string, zone: string): Reading {
  if (field.choices) return choice(field.choices, text)
  return READERS[field.type](text, zone)
}

const READERS: Record<FieldType, (text: string, zone: string) => Reading> = {
  text: text => ({ value: text.trim() }),
  code: text => ({ value: plain(text) }),
  name: text => ({ value: tidyName(text) }),
  number: text => numberOf(plain(text)),
  whole: text => {
    const read = numberOf(plain(text))
    return 'value' in read && !Number.isInteger(read.value) ? wrong('a whole number is needed') : read
  },
  money: text => numberOf(plain(text)),
  yes_no: text => yesNo(plain(text).toLowerCase()),
  date: text => {
    const date = readDate(plain(text))
    return typeof date === 'string' ? { value: date } : wrong(date.wrong)
  },
  time: (text, zone) => readTime(plain(text), zone),
  email: text => {
    const email = cleanEmail(text)
    return email === null ? wrong('not an e-mail address') : { value: email }
  },
  phone: (text, zone) => {
    const phone = cleanTypedPhone(text, regionOf(zone))
    return phone === null
      ? wrong('not a phone number (E.164, or of the country of the workspace)')
      : { value: phone }
  },
  list: text => ({
    value: [...new Set(text.split(/[,;、|\n，；]/).map(part => part.trim()))].filter(part => part !== ''),
  }),
}

const lookups = new WeakMap<object, Map<string, string>>()

function choice(choices: NonNullable<ImportField['choices']>, text: string): Reading {
  let lookup = lookups.get(choices)
  if (!lookup) {
    lookup = new Map()
    for (const [value, words] of Object.entries(choices))
      for (const word of [value, ...words]) lookup.set(plain(word).toLowerCase(), value)
    lookups.set(choices, lookup)
  }
  const value = lookup.get(plain(text).toLowerCase())
  return value === undefined ? wrong(`one of ${Object.keys(choices).join(', ')} is needed`) : { value }
}

/** '1,280', 'NT$ 1,280', '1280元', '(120)' and '-120'. */
function numberOf(text: string): Reading {
  const bare = text.replace(/^\((.+)\)$/, '-$1').replace(/NT\$|NTD|TWD|US\$|HK\$|[$¥€£元圓]|\s/gi, '')
  if (!/^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(bare)) return wrong('not a number')
  return { value: Number(bare.replaceAll(',', '')) }
}

const YES = new Set(
  '是 有 同意 已同意 願意 接受 已訂閱 訂閱 開啟 啟用 y yes true t 1 on v ✓ ✔ ○ subscribed accepted'.split(
    ' ',
  ),
)
const NO = new Set(
  '否 無 不 不同意 未同意 不願意 拒絕 未訂閱 取消訂閱 關閉 停用 n no false f 0 off x ✗ ✘ unsubscribed not_subscribed declined'.split(
    ' ',
  ),
)

function yesNo(text: string): Reading {
  if (YES.has(text)) return { value: true }
  return NO.has(text) ? { value: false } : wrong('yes or no (是／否) is needed')
}

// ── dates ────────────────────────────────────────────────────────────────────

const FIRST_ROC_YEAR = 1911
const dates = new LRUCache<string, string | { wrong: string }>({ max: 20_000 })

/** `text` is plain. 'YYYY-MM-DD', or why not. Years of up to three digits are ROC years (民國). */
export function readDate(text: string): string | { wrong: string } {
  let known = dates.get(text)
  if (known === undefined) {
    known = parseDate(text)
    dates.set(text, known)
  }
  return known
}

function parseDate(text: string): string | { wrong: string } {
  const roc = /^(?:中華)?民國\s*(?=\d)/.exec(text)
  const rest = roc ? text.slice(roc[0].length) : text.replace(/^西元\s*/, '')
  const parts =
    /^(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(rest) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(rest) ??
    /^(\d{2,3})(\d{2})(\d{2})$/.exec(rest)
  if (parts) {
    const year = Number(parts[1])
    const isRoc = roc !== null || parts[1]!.length <= 3
    return made(isRoc ? year + FIRST_ROC_YEAR : year, Number(parts[2]), Number(parts[3]))
  }
  const last = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(rest)
  if (!last) return { wrong: 'not a date (year first, as 1985-03-02 or 民國74年3月2日)' }
  const [a, b, year] = [Number(last[1]), Number(last[2]), Number(last[3])]
  if (a > 12) return made(year, b, a)
  if (b > 12) return made(year, a, b)
  return { wrong: 'day and month cannot be told apart: write the year first' }
}

function made(year: number, month: number, day: number): string | { wrong: string } {
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return year >= 1850 && year < 2200 && isCalendarDate(date) ? date : { wrong: 'there is no such day' }
}

/** A date with or without a time of day; with a zone or offset that one, else the wall time of `zone`. */
export function readTime(text: string, zone: string): Reading {
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})$/.test(text)) {
    const iso = text
      .replace(' ', 'T')
      .replace(/ ?(UTC|Z)$/, 'Z')
      .replace(/ ?([+-]\d{2}):?(\d{2})$/, '$1:$2')
    const ms = Date.parse(iso)
    return Number.isFinite(ms) ? { value: new Date(ms).toISOString() } : wrong('there is no such time')
  }
  const cut =
    /^(.*?\d日?)(?:T|[\sT]+)?(上午|下午|早上|晚上|中午|AM|PM)?\s*(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?\s*[分秒]?\s*(AM|PM)?$/i.exec(
      text,
    )
  const date = readDate(cut ? cut[1]!.trim() : text)
  if (typeof date !== 'string') return wrong(date.wrong)
  let hour = cut ? Number(cut[3]) : 0
  const half = (cut?.[2] ?? cut?.[6] ?? '').toUpperCase()
  if (['下午', '晚上', '中午', 'PM'].includes(half) && hour < 12) hour += 12
  if (['上午', '早上', 'AM'].includes(half) && hour === 12) hour = 0
  const minute = cut ? Number(cut[4]) : 0
  const second = cut?.[5] ? Number(cut[5]) : 0
  if (hour > 23 || minute > 59 || second > 59) return wrong('there is no such time')
  return { value: new Date(instantOfWall(date, hour * 3600 + minute * 60 + second, zone)).toISOString() }
}
