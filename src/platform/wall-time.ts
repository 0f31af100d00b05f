// Wall-clock maths in IANA zones. A wall time skipped by a clock change stands for the first valid instant after it;
// a repeated one for its first occurrence. Instants are ms since the epoch.
import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'

export class InvalidZone extends Error {
  override name = 'InvalidZone'
}

/** An IANA name such as Asia/Taipei; offsets such as +08:00 are none. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false // "+08:00" is an offset, not a zone: it knows no summer time
  try {
    zoned(0, zone)
    return true
  } catch (error) {
    if (error instanceof InvalidZone) return false
    throw error
  }
}

/** @throws InvalidZone when `zone` is not an IANA name */
function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidZone(`${zone} is not an IANA time zone`)
    throw error
  }
}

/** The instant of a date's wall time in `zone`. */
function instantOf(date: Temporal.PlainDate, time: Temporal.PlainTime, zone: string): number {
  const wall = date.toPlainDateTime(time)
  const found = wall.toZonedDateTime(zone, { disambiguation: 'earlier' })
  if (found.toPlainDateTime().equals(wall)) return found.epochMilliseconds
  // In a gap `earlier` lies before the change; the change itself is the first valid instant after the wall time.
  return found.getTimeZoneTransition('next')!.epochMilliseconds
}

/** Earliest instant after `from` whose wall time in `zone` is `time` ('HH:MM') on one of `weekdays` (1 Monday … 7
 *  Sunday; null: every day). The weekday is that of the wall date in the zone.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function nextWallTime(from: number, zone: string, time: string, weekdays: number[] | null): number {
  const wall = Temporal.PlainTime.from(time)
  // A day back: a wall time in a gap over midnight belongs to the day before.
  let date = zoned(from, zone).toPlainDate().subtract({ days: 1 })
  for (let i = 0; i < 16; i++) {
    if (weekdays === null || weekdays.includes(date.dayOfWeek)) {
      const at = instantOf(date, wall, zone)
      if (at > from) return at
    }
    date = date.add({ days: 1 })
  }
  throw new RangeError('weekdays must name at least one of 1 to 7')
}

/** Minutes after midnight of a wall time. */
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** `at`, or the end of the quiet window it lies in. The window runs from `from` up to but not including `to`, over
 *  midnight when `from` is later than `to`; equal ends mean no window.
 *  @throws InvalidZone when the zone is not an IANA name */
export function allowedFrom(at: number, quiet: { from: string; to: string } | null, zone: string): number {
  if (quiet === null || quiet.from === quiet.to) return at
  const wall = zoned(at, zone)
  const now = wall.hour * 60 + wall.minute
  const from = minutes(quiet.from)
  const to = minutes(quiet.to)
  const within = from < to ? now >= from && now < to : now >= from || now < to
  return within ? nextWallTime(at, zone, quiet.to, null) : at
}

/** Day of the week (1 Monday … 7 Sunday) and wall time ('HH:MM') of a moment. */
export function wallOf(at: number, zone: string): { weekday: number; time: string } {
  const wall = zoned(at, zone)
  return { weekday: wall.dayOfWeek, time: wall.toPlainTime().toString({ smallestUnit: 'minute' }) }
}
/** What the wall clock shows, 'YYYY-MM-DDTHH:MM'. @throws InvalidZone when `zone` is not an IANA name */
export const wallClock = (at: number, zone: string): string =>
  zoned(at, zone).toPlainDateTime().toString({ smallestUnit: 'minute' })

/** The hour of the wall clock, 0 to 23. @throws InvalidZone when `zone` is not an IANA name */
export const wallHour = (at: number, zone: string): number => zoned(at, zone).hour

/** The wall date so many days from now, 'YYYY-MM-DD'. @throws InvalidZone when `zone` is not an IANA name */
export const dateIn = (at: number, days: number, zone: string): string =>
  zoned(at, zone).toPlainDate().add({ days }).toString()

/** The date of a trait, 'YYYY-MM-DD' (what follows a 'T' is ignored); null when it is none. */
function dateOf(value: unknown): Temporal.PlainDate | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(T|$)/.test(value)) return null
  try {
    return Temporal.PlainDate.from(value.slice(0, 10), { overflow: 'reject' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** True for a day of the calendar, written 'YYYY-MM-DD'. */
export const isDate = (text: string): boolean => dateOf(text) !== null

/** Whole years from the birthday ('YYYY-MM-DD') to the wall date at `at`, and when the next is full: at 00:00 of the
 *  birthday, for 29 February of the 28th in common years. Null when it is no date, or still to come.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function ageAt(birthday: unknown, zone: string, at: number): { age: number; until: number } | null {
  if (typeof birthday !== 'string') return null
  const key = `${zone} ${birthday}`
  const known = ages.get(key)
  if (known && known.since <= at && at < known.found.until) return known.found
  const found = findAge(birthday, zone, at)
  if (found) ages.set(key, { since: at, found })
  return found
}

/** Ages that were worked out, each good from then until the next birthday: rules ask for the same ones with each event. */
const ages = new LRUCache<string, { since: number; found: { age: number; until: number } }>({ max: 10_000 })

function findAge(birthday: string, zone: string, at: number): { age: number; until: number } | null {
  const born = dateOf(birthday)
  if (born === null) return null
  const today = zoned(at, zone).toPlainDate()
  if (Temporal.PlainDate.compare(born, today) > 0) return null
  const birthdayIn = (year: number) => born.with({ year }, { overflow: 'constrain' })
  const passed = Temporal.PlainDate.compare(birthdayIn(today.year), today) <= 0
  const next = passed ? today.year + 1 : today.year
  return {
    age: next - 1 - born.year,
    until: instantOf(birthdayIn(next), Temporal.PlainTime.from('00:00'), zone),
  }
}

/** First moment after `after` that is `offsetDays` from the date (of any year when `yearly`) at wall time `time`.
 *  29 February stands for 28 February in common years. Null: there is none.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function nextDateMoment(
  value: unknown,
  rule: { offsetDays: number; time: string; yearly: boolean },
  zone: string,
  after: number,
): number | null {
  const date = dateOf(value)
  if (date === null) return null
  const time = Temporal.PlainTime.from(rule.time)
  const momentOf = (day: Temporal.PlainDate) => instantOf(day.add({ days: rule.offsetDays }), time, zone)
  if (!rule.yearly) {
    const at = momentOf(date)
    return at > after ? at : null
  }
  // The anniversary of a neighbouring year may be the next one, because of the offset.
  const year = zoned(after, zone).toPlainDate().subtract({ days: rule.offsetDays }).year
  for (const y of [year - 1, year, year + 1, year + 2]) {
    if (y < date.year) continue
    const at = momentOf(date.with({ year: y }, { overflow: 'constrain' }))
    if (at > after) return at
  }
  // A date in the future: its own first year.
  const first = momentOf(date)
  return first > after ? first : null
}

/** The instant that is `offsetDays` from the date 'YYYY-MM-DD' at wall time `time`.
 *  @throws InvalidZone when `zone` is not an IANA name */
export const dateMoment = (date: string, offsetDays: number, time: string, zone: string): number =>
  instantOf(Temporal.PlainDate.from(date).add({ days: offsetDays }), Temporal.PlainTime.from(time), zone)

/** The wall date at `at`, 'YYYY-MM-DD'.
 *  @throws InvalidZone when `zone` is not an IANA name */
export const wallDate = (at: number, zone: string): string => zoned(at, zone).toPlainDate().toString()

/** The first moment after `after` that is `offsetDays` from one of a calendar's days, of which `dayIn` gives that of a year
 *  ('YYYY-MM-DD'; null: it has none). Looked for in the years around.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function nextYearlyMoment(
  dayIn: (year: number) => string | null,
  rule: { offsetDays: number; time: string },
  zone: string,
  after: number,
): number | null {
  const year = zoned(after, zone).year
  let first: number | null = null
  for (let y = year - 2; y <= year + 2; y++) {
    const day = dayIn(y)
    if (day === null) continue
    const at = dateMoment(day, rule.offsetDays, rule.time, zone)
    if (at > after && (first === null || at < first)) first = at
  }
  return first
}

/** Whether 'YYYY-MM-DD' is a day of the calendar. */
export const isCalendarDate = (date: string): boolean => dateOf(date) !== null

const DAY_SECONDS = 86_400
const dayStarts = new LRUCache<string, [start: number, next: number]>({ max: 5_000 })

/** The instant of a wall time, `seconds` after midnight of the date 'YYYY-MM-DD'. Days without a clock change are
 *  remembered: a file of a hundred thousand rows asks for the same few days.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function instantOfWall(date: string, seconds: number, zone: string): number {
  const key = date + zone
  let day = dayStarts.get(key)
  if (!day) {
    const from = Temporal.PlainDate.from(date)
    const midnight = Temporal.PlainTime.from('00:00')
    day = [instantOf(from, midnight, zone), instantOf(from.add({ days: 1 }), midnight, zone)]
    dayStarts.set(key, day)
  }
  if (day[1] - day[0] === DAY_SECONDS * 1000) return day[0] + seconds * 1000
  const time = Temporal.PlainTime.from('00:00').add({ seconds })
  return instantOf(Temporal.PlainDate.from(date), time, zone)
}

/** The same wall time so many months before; a day that month does not have becomes its last.
 *  @throws InvalidZone when `zone` is not an IANA name */
export const minusMonths = (at: number, months: number, zone: string): number =>
  zoned(at, zone).subtract({ months }).epochMilliseconds
