// The Chinese calendar (農曆) and the solar terms, by tyme4ts. ICU's `chinese` calendar is not used: for 2027 and 2030 its
// new year is a day off what Taiwan's and Hong Kong's observatories publish (new moons within minutes of midnight), and a
// reducer must not answer otherwise on another ICU. Dates are 'YYYY-MM-DD'.
import { LRUCache } from 'lru-cache'
import { LunarDay, LunarMonth, LunarYear, SolarDay, SolarTerm } from 'tyme4ts'
import { isDate, nextYearlyMoment } from './wall-time.ts'

/** What the library's tables hold; beyond it nobody has a birthday. */
const FIRST_YEAR = 1900
const LAST_YEAR = 2100
const MAX_KEPT = 20_000

const textOf = (day: SolarDay): string =>
  [day.getYear(), day.getMonth(), day.getDay()]
    .map((n, i) => String(n).padStart(i === 0 ? 4 : 2, '0'))
    .join('-')

const within = (year: number): boolean => year >= FIRST_YEAR && year <= LAST_YEAR

/** The day of month and day in a lunar year; the 30th of a month with 29 days is its last. */
export function lunarDay(year: number, month: number, day: number): string | null {
  if (!within(year)) return null
  const last = LunarMonth.fromYm(year, month).getDayCount()
  return textOf(LunarDay.fromYmd(year, month, Math.min(day, last)).getSolarDay())
}

/** The day before the lunar new year. */
export function lunarEve(year: number): string | null {
  return within(year) ? textOf(LunarDay.fromYmd(year, 1, 1).getSolarDay().next(-1)) : null
}

/** The day of a solar term (清明, 冬至 …) in a Gregorian year. */
export function solarTermDay(year: number, name: string): string | null {
  if (!within(year)) return null
  for (const y of [year, year + 1]) {
    const day = SolarTerm.fromName(y, name).getJulianDay().getSolarDay() // the first of its list is the winter before
    if (day.getYear() === year) return textOf(day)
  }
  return null
}

export type LunarDate = { year: number; month: number; day: number }
const known = new LRUCache<string, LunarDate>({ max: MAX_KEPT })

/** The lunar date of a day; who was born in a leap month has that month's number. */
export function lunarDateOf(date: string): LunarDate | null {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number) as [number, number, number]
  if (!isDate(date.slice(0, 10)) || !within(year)) return null
  let found = known.get(date)
  if (found === undefined) {
    const lunar = SolarDay.fromYmd(year, month, day).getLunarDay()
    found = { year: lunar.getYear(), month: Math.abs(lunar.getMonth()), day: lunar.getDay() }
    known.set(date, found)
  }
  return found
}

/** The leap month of a lunar year; 0: none. */
export const leapMonthOf = (year: number): number => LunarYear.fromYear(year).getLeapMonth()

/** First moment after `after` that is `offsetDays` from the lunar anniversary of the date at wall time `time`, from the lunar
 *  year of the date on.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function nextLunarMoment(
  value: unknown,
  rule: { offsetDays: number; time: string },
  zone: string,
  after: number,
): number | null {
  const born = typeof value === 'string' ? lunarDateOf(value) : null
  if (born === null) return null
  return nextYearlyMoment(y => (y < born.year ? null : lunarDay(y, born.month, born.day)), rule, zone, after)
}
