// What a catalogue holds: stores, staff, products, and the industry presets that name events and touchpoints.
import type { JourneyGraph } from '../journeys/model.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]
/** Opening hours as 'HH:MM-HH:MM', several a day where a store closes at noon; a day that is missing is closed.
 *  An end at or before its start is on the next day. */
export type Hours = { [D in Day]?: string[] }
export const OPEN_RANGE = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/

const CLOSED = /^(休|公休|休息|不營業|closed|-|)$/i
const WRITTEN = /^(\d{1,2}):(\d{2})\s*[-~–—至到]\s*(\d{1,2}):(\d{2})$/

/** '10:00-14:00、17:00～21:00' as ranges; closed or nothing: none. Null when it is neither. */
export function readDay(text: string): string[] | null {
  const plain = text.normalize('NFKC').trim()
  if (CLOSED.test(plain)) return []
  const ranges: string[] = []
  for (const part of plain.split(/[,、;]/)) {
    const m = WRITTEN.exec(part.trim())
    const range = m && `${m[1]!.padStart(2, '0')}:${m[2]}-${m[3]!.padStart(2, '0')}:${m[4]}`
    if (!range || !OPEN_RANGE.test(range)) return null
    ranges.push(range)
  }
  return ranges
}

/** The brand's page with the store and the campaign that source reports read (src/collect/touch.ts); null: no address. */
export function storeAddress(site: string, store: string): string | null {
  if (!/^https?:\/\/[^/]/.test(site) || !URL.canParse(site)) return null
  const url = new URL(site)
  url.searchParams.set('utm_source', 'store')
  url.searchParams.set('utm_medium', 'qr')
  url.searchParams.set('utm_content', store)
  url.searchParams.set('itn_store', store)
  return url.toString()
}

export const STAFF_ROLES = ['manager', 'staff'] as const
export const PRODUCT_STATUSES = ['active', 'hidden', 'discontinued'] as const

export type Variant = {
  sku: string
  name: string
  /** smallest unit of the product's currency */
  price?: number
  cost?: number
  stock?: number
}

/** [zh-TW, en] is what the screens say; here each has its name, because presets travel through the API. */
export type Label = { zh: string; en: string }

/** What an industry adds to the words of a workspace, and two journeys to begin with. */
export type Preset = {
  key: string
  name: Label
  lead: Label
  channels: { code: string; label: Label }[]
  events: PresetEvent[]
  touchpoints: { code: string; label: Label; channel: string }[]
  journeys: JourneyGraph[]
}
export type PresetEvent = { name: string; label: Label; channel: string | null; props: string[] }
