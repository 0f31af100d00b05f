// Days of a zone's calendar as numbers (days since 1970-01-01 of the wall date), and calendar periods made of them. A
// day's beginning comes from wall-time.ts once and is kept: rules ask for the same few days again and again.
import { instantOfWall } from './wall-time.ts'

const DAY_MS = 86_400_000
const MOST_KEPT = 20_000

export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year'

const kept = new Map<string, Map<number, number>>()

/** 'YYYY-MM-DD' of a day. */
export const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The instant at which a day begins in `zone`.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function startOfDay(day: number, zone: string): number {
  let days = kept.get(zone)
  if (days === undefined) kept.set(zone, (days = new Map()))
  let start = days.get(day)
  if (start === undefined) {
    if (days.size >= MOST_KEPT) days.clear()
    days.set(day, (start = instantOfWall(dateOfDay(day), 0, zone)))
  }
  return start
}

/** The day in which `at` lies. */
export function dayOf(at: number, zone: string): number {
  let day = Math.floor(at / DAY_MS)
  while (startOfDay(day, zone) > at) day--
  while (startOfDay(day + 1, zone) <= at) day++
  return day
}

/** The day of a date, 'YYYY-MM-DD' (what follows a 'T' is ignored); null when it is none. */
export function dayOfDate(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:T|$)/.exec(value)
  if (parts === null) return null
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const found = new Date(0)
  found.setUTCFullYear(year, month - 1, day)
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day ? found.getTime() / DAY_MS : null
}

/** Month of a day, 1 to 12. */
export const monthOf = (day: number): number => new Date(day * DAY_MS).getUTCMonth() + 1

/** The same date `years` later (Feb 29 is Feb 28 in common years). */
export function plusYears(day: number, years: number): number {
  const date = new Date(day * DAY_MS)
  const month = date.getUTCMonth()
  date.setUTCFullYear(date.getUTCFullYear() + years)
  if (date.getUTCMonth() !== month) date.setUTCDate(0)
  return date.getTime() / DAY_MS
}

/** First day of the period `ago` before that of `day` (negative: after it); weeks begin on Monday. */
export function periodStart(day: number, period: Period, ago: number): number {
  if (period === 'day') return day - ago
  if (period === 'week') return day - ((((day + 3) % 7) + 7) % 7) - 7 * ago
  const date = new Date(day * DAY_MS)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (period === 'year') return Date.UTC(year - ago, 0, 1) / DAY_MS
  if (period === 'quarter') return Date.UTC(year, month - (month % 3) - 3 * ago, 1) / DAY_MS
  return Date.UTC(year, month - ago, 1) / DAY_MS
}

/** The instant of an RFC 3339 text, or a date's beginning in `zone`. */
export function momentOf(at: string, zone: string): number {
  const day = at.length === 10 ? dayOfDate(at) : null
  return day === null ? Date.parse(at) : startOfDay(day, zone)
}
