// Tests of dates and of moments, each with the earliest moment at which time alone changes its answer.
import { never } from '../../platform/errors.ts'
import {
  dayOf,
  dayOfDate,
  momentOf,
  monthOf,
  periodStart,
  plusYears,
  startOfDay,
} from '../../platform/zone-days.ts'
import type { DateTest, Span, TimeTest } from '../model.ts'

export type Answer = { value: boolean; until: number | null }

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** Days are 24 hours here; calendar days are those of zone-days.ts. */
export const spanMs = (span: Span): number => span.n * UNIT_MS[span.unit]

const fixed = (value: boolean): Answer => ({ value, until: null })

/** Between two days, both included: true from the beginning of the one to the end of the other. */
function within(today: number, from: number, to: number, zone: string): Answer {
  if (today < from) return { value: false, until: startOfDay(from, zone) }
  return today > to ? fixed(false) : { value: true, until: startOfDay(to + 1, zone) }
}

/** @param value of the trait; anything but a date is none */
export function testDate(test: DateTest, value: unknown, now: number, zone: string): Answer {
  const day = dayOfDate(value)
  if (day === null) return fixed(false)
  switch (test.is) {
    case 'on':
      return fixed(day === dayOfDate(test.date))
    case 'before':
      return fixed(day < dayOfDate(test.date)!)
    case 'after':
      return fixed(day > dayOfDate(test.date)!)
    case 'between':
      return fixed(day >= dayOfDate(test.from)! && day <= dayOfDate(test.to)!)
    case 'in_last':
      return within(dayOf(now, zone), day, day + test.days - 1, zone)
    case 'in_next':
      return within(dayOf(now, zone), day - test.days + 1, day, zone)
    case 'anniversary_in':
      return anniversary(day, test.days, dayOf(now, zone), zone)
    case 'month':
      return inMonth(monthOf(day), test.month, dayOf(now, zone), zone)
    default:
      return never(test)
  }
}

function anniversary(day: number, days: number, today: number, zone: string): Answer {
  let years = Math.max(1, Math.floor((today - day) / 366))
  while (plusYears(day, years) < today) years++
  const next = plusYears(day, years)
  return within(today, next - days, next, zone)
}

function inMonth(month: number, wanted: number | 'this', today: number, zone: string): Answer {
  if (wanted !== 'this') return fixed(month === wanted)
  let ahead = 1
  const value = monthOf(today) === month
  if (!value) while (monthOf(periodStart(today, 'month', -ahead)) !== month) ahead++
  return { value, until: startOfDay(periodStart(today, 'month', -ahead), zone) }
}

/** @param at when it happened; null: it never did */
export function testTime(test: TimeTest, at: number | null, now: number, zone: string): Answer {
  if (at === null) return fixed(test.is === 'never')
  switch (test.is) {
    case 'never':
    case 'ever':
      return fixed(test.is === 'ever')
    case 'before':
      return fixed(at < momentOf(test.at, zone))
    case 'after':
      return fixed(at >= momentOf(test.at, zone))
    case 'in_last':
    case 'over_ago': {
      const passes = at + spanMs(test.span)
      const over = now >= passes
      return { value: over === (test.is === 'over_ago'), until: over ? null : passes }
    }
    default:
      return never(test)
  }
}

/** When time alone changes the answer for what happened at `at`. */
export const passes = (test: TimeTest, at: number): number[] =>
  test.is === 'in_last' || test.is === 'over_ago' ? [at + spanMs(test.span)] : []

/** The moment at which somebody born on this date has lived `years` full years; null when it is no date. */
export function turns(birthday: unknown, years: number, zone: string): number | null {
  const day = dayOfDate(birthday)
  return day === null ? null : startOfDay(plusYears(day, years), zone)
}
