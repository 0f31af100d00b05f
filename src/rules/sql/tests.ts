// Tests of one value as SQL. Each takes expressions: the value, and whether there is one (null: always). They mean what
// src/rules/leaves/values.ts and times.ts say.
import { never } from '../../platform/errors.ts'
import { dateOfDay, dayOf, momentOf, monthOf } from '../../platform/zone-days.ts'
import { spanMs } from '../leaves/times.ts'
import type { DateTest, NumberTest, TextTest, TimeTest } from '../model.ts'
import type { Bound } from './bind.ts'

const DAY_MS = 86_400_000

const known = (has: string | null, test: string): string => (has === null ? test : `(${has} and ${test})`)
const unless = (has: string | null, test: string): string => (has === null ? test : `(not ${has} or ${test})`)

/** `value`: a Float64 expression. */
export function numberSql(test: NumberTest, value: string, has: string | null, b: Bound): string {
  switch (test.is) {
    case 'equal':
      return known(has, `${value} = ${b.number(test.value)}`)
    case 'not_equal':
      return unless(has, `${value} != ${b.number(test.value)}`)
    case 'at_least':
      return known(has, `${value} >= ${b.number(test.value)}`)
    case 'at_most':
      return known(has, `${value} <= ${b.number(test.value)}`)
    case 'over':
      return known(has, `${value} > ${b.number(test.value)}`)
    case 'under':
      return known(has, `${value} < ${b.number(test.value)}`)
    case 'between':
      return known(has, `(${value} >= ${b.number(test.from)} and ${value} <= ${b.number(test.to)})`)
    default:
      return never(test)
  }
}

/** `value`: a String expression. */
export function textSql(test: TextTest, value: string, has: string | null, b: Bound): string {
  switch (test.is) {
    case 'equal':
      return known(has, `${value} = ${b.text(test.value)}`)
    case 'not_equal':
      return unless(has, `${value} != ${b.text(test.value)}`)
    case 'contains':
      return known(has, `position(${value}, ${b.text(test.value)}) > 0`)
    case 'not_contains':
      return unless(has, `position(${value}, ${b.text(test.value)}) = 0`)
    case 'starts_with':
      return known(has, `startsWith(${value}, ${b.text(test.value)})`)
    case 'ends_with':
      return known(has, `endsWith(${value}, ${b.text(test.value)})`)
    case 'one_of':
      return known(has, `has(${b.texts(test.values)}, ${value})`)
    case 'none_of':
      return unless(has, `not has(${b.texts(test.values)}, ${value})`)
    default:
      return never(test)
  }
}

/** @param ms expression of a moment in ms */
export function timeSql(
  test: TimeTest,
  ms: string,
  has: string | null,
  at: number,
  zone: string,
  b: Bound,
): string {
  const int = (value: number): string => b.of(Math.round(value), 'Int64')
  switch (test.is) {
    case 'never':
      return has === null ? 'false' : `not ${has}`
    case 'ever':
      return has ?? 'true'
    case 'before':
      return known(has, `${ms} < ${int(momentOf(test.at, zone))}`)
    case 'after':
      return known(has, `${ms} >= ${int(momentOf(test.at, zone))}`)
    case 'in_last':
      return known(has, `${ms} > ${int(at - spanMs(test.span))}`)
    case 'over_ago':
      return known(has, `${ms} <= ${int(at - spanMs(test.span))}`)
    default:
      return never(test)
  }
}

/** @param date expression of 'YYYY-MM-DD'; '' is none, and no test holds. Dates compare as texts do. */
export function dateSql(test: DateTest, date: string, at: number, zone: string, b: Bound): string {
  const today = dayOf(at, zone)
  const between = (from: number, to: number): string =>
    `${date} between ${b.text(dateOfDay(from))} and ${b.text(dateOfDay(to))}`
  const holds = (): string => {
    switch (test.is) {
      case 'on':
        return `${date} = ${b.text(test.date)}`
      case 'before':
        return `${date} < ${b.text(test.date)}`
      case 'after':
        return `${date} > ${b.text(test.date)}`
      case 'between':
        return `${date} between ${b.text(test.from)} and ${b.text(test.to)}`
      case 'in_last':
        return between(today - test.days + 1, today)
      case 'in_next':
        return between(today, today + test.days - 1)
      case 'anniversary_in':
        return anniversarySql(date, today, test.days, b)
      case 'month': {
        const month = test.month === 'this' ? monthOf(today) : test.month
        return `substring(${date}, 6, 2) = ${b.text(String(month).padStart(2, '0'))}`
      }
      default:
        return never(test)
    }
  }
  return `(${date} != '' and ${holds()})`
}

/** An anniversary, the first a year after the date, is one of the days from today to `days` ahead. */
function anniversarySql(date: string, today: number, days: number, b: Bound): string {
  const byYear = new Map<number, string[]>()
  for (let day = today; day <= today + days; day++) {
    const d = new Date(day * DAY_MS)
    const year = d.getUTCFullYear()
    const found = byYear.get(year) ?? []
    byYear.set(year, found)
    const text = dateOfDay(day).slice(5)
    found.push(text)
    const common = new Date(Date.UTC(year, 1, 29)).getUTCMonth() !== 1
    if (text === '02-28' && common) found.push('02-29')
  }
  const parts = [...byYear].map(
    ([year, texts]) =>
      `(has(${b.texts(texts)}, substring(${date}, 6, 5)) and substring(${date}, 1, 4) < ${b.text(String(year))})`,
  )
  return `(${parts.join(' or ')})`
}

/** Whole years lived since the birthday lie between; false where there is none, or it is still to come. */
export function ageSql(
  { min, max }: { min?: number; max?: number },
  date: string,
  at: number,
  zone: string,
  b: Bound,
): string {
  const today = dateOfDay(dayOf(at, zone))
  const year = Number(today.slice(0, 4))
  const common = new Date(Date.UTC(year, 1, 29)).getUTCMonth() !== 1
  const monthDay = today.slice(5) === '02-28' && common ? '02-29' : today.slice(5)
  /** the latest birthday of those who are that old */
  const bornBy = (years: number): string =>
    b.text(`${String(Math.max(0, year - years)).padStart(4, '0')}-${monthDay}`)
  const parts = [`${date} != ''`, `${date} <= ${b.text(today)}`]
  if (min !== undefined && min > 0) parts.push(`${date} <= ${bornBy(min)}`)
  if (max !== undefined) parts.push(`${date} > ${bornBy(max + 1)}`)
  return `(${parts.join(' and ')})`
}
