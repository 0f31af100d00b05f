// Hard problem 7: wall time in zones, both clock changes, overnight windows, leap days.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedFrom, InvalidZone, isZone, nextDateMoment, nextWallTime } from './wall-time.ts'

const ZONES = [
  'Asia/Taipei',
  'Asia/Hong_Kong',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'UTC',
]
const zone = fc.constantFrom(...ZONES)
const instant = fc.integer({ min: Date.UTC(2011, 0, 1), max: Date.UTC(2035, 0, 1) })
const clock = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)

const formats = new Map(
  ZONES.map(timeZone => [
    timeZone,
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    }),
  ]),
)

/** Wall time and weekday by Intl, which shares no code with Temporal. */
function wall(at: number, zone: string): { time: string; weekday: number } {
  const parts = formats.get(zone)!.formatToParts(at)
  const of = (type: string) => parts.find(p => p.type === type)!.value
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(of('weekday')) + 1
  return { time: `${of('hour')}:${of('minute')}`, weekday }
}

test('hard problem 7: the next wall time is later, reads right in its zone, and nothing between reads so', () => {
  fc.assert(
    fc.property(
      instant,
      zone,
      clock,
      fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      (from, tz, time, days) => {
        const at = nextWallTime(from, tz, time, days)
        expect(at).toBeGreaterThan(from)
        const seen = wall(at, tz)
        if (seen.time === time) expect(days).toContain(seen.weekday)
        // else the wall time was skipped: the minute before lies on the other side of the change
        else expect(wall(at - 60_000, tz).time < time || seen.time < wall(at - 60_000, tz).time).toBe(true)
        for (
          let t = from + 900_000 - (from % 900_000);
          t < Math.min(at, from + 3 * 86_400_000);
          t += 900_000
        ) {
          const w = wall(t, tz)
          // a repeated wall time counts at its first occurrence only
          if (w.time === time && days.includes(w.weekday))
            expect(wall(t - 3_600_000, tz).time === time || wall(t - 1_800_000, tz).time === time).toBe(true)
        }
      },
    ),
    { numRuns: 100 },
  )
})

describe('clock changes', () => {
  test('a skipped wall time is the first instant after the gap', () => {
    // Berlin, 29 March 2026: 02:00 -> 03:00
    expect(nextWallTime(Date.UTC(2026, 2, 28, 12), 'Europe/Berlin', '02:30', null)).toBe(
      Date.UTC(2026, 2, 29, 1),
    )
    // Sao Paulo, 4 November 2018: midnight was skipped
    expect(nextWallTime(Date.UTC(2018, 10, 3, 12), 'America/Sao_Paulo', '00:15', null)).toBe(
      Date.UTC(2018, 10, 4, 3),
    )
  })
  test('a repeated wall time is its first occurrence', () => {
    // Berlin, 25 October 2026: 03:00 -> 02:00
    expect(nextWallTime(Date.UTC(2026, 9, 24, 12), 'Europe/Berlin', '02:30', null)).toBe(
      Date.UTC(2026, 9, 25, 0, 30),
    )
  })
  test('Monday 07:00 in Taipei is still Sunday in UTC', () => {
    expect(nextWallTime(Date.UTC(2026, 2, 1, 0), 'Asia/Taipei', '07:00', [1])).toBe(Date.UTC(2026, 2, 1, 23))
  })
  test('a day that a zone left out is a long gap', () => {
    // Samoa had no 30 December 2011: its noon is the first instant of the 31st
    const gone = nextWallTime(Date.UTC(2011, 11, 30, 9), 'Pacific/Apia', '12:00', [5])
    expect(gone).toBe(Date.UTC(2011, 11, 30, 10))
  })
})

describe('quiet hours', () => {
  const taipei = (day: number, h: number, m = 0) => Date.UTC(2026, 2, day, h - 8, m)
  test.each([
    ['over midnight, in the evening', taipei(2, 23), taipei(3, 8)],
    ['over midnight, in the morning', taipei(3, 7, 59), taipei(3, 8)],
    ['at their beginning', taipei(2, 20), taipei(3, 8)],
    ['at their end', taipei(3, 8), taipei(3, 8)],
    ['outside', taipei(2, 12), taipei(2, 12)],
  ])('%s', (_name, at, allowed) => {
    expect(allowedFrom(at, { from: '20:00', to: '08:00' }, 'Asia/Taipei')).toBe(allowed)
  })
  test('within one day; equal ends are no window; none', () => {
    expect(allowedFrom(taipei(2, 13), { from: '12:00', to: '14:00' }, 'Asia/Taipei')).toBe(taipei(2, 14))
    expect(allowedFrom(taipei(2, 15), { from: '12:00', to: '14:00' }, 'Asia/Taipei')).toBe(taipei(2, 15))
    expect(allowedFrom(taipei(2, 12), { from: '12:00', to: '12:00' }, 'Asia/Taipei')).toBe(taipei(2, 12))
    expect(allowedFrom(taipei(2, 12), null, 'Asia/Taipei')).toBe(taipei(2, 12))
  })
  test('what is allowed stays allowed, in every zone', () => {
    fc.assert(
      fc.property(instant, zone, clock, clock, (at, tz, from, to) => {
        const allowed = allowedFrom(at, { from, to }, tz)
        expect(allowed).toBeGreaterThanOrEqual(at)
        expect(allowed - at).toBeLessThanOrEqual(26 * 3_600_000)
        expect(allowedFrom(allowed, { from, to }, tz)).toBe(allowed)
      }),
      { numRuns: 200 },
    )
  })
})

describe('dates', () => {
  const rule = (offsetDays: number, yearly = true) => ({ offsetDays, time: '09:00', yearly })
  const utc = (y: number, m: number, d: number) => Date.UTC(y, m - 1, d, 9)
  test('29 February is 28 February in common years', () => {
    const years = [utc(2027, 1, 1), utc(2028, 1, 1), utc(2028, 3, 1)].map(after =>
      nextDateMoment('2004-02-29', rule(0), 'UTC', after),
    )
    expect(years).toEqual([utc(2027, 2, 28), utc(2028, 2, 29), utc(2029, 2, 28)])
  })
  test('an offset over the turn of the year', () => {
    expect(nextDateMoment('1990-01-02', rule(-7), 'UTC', utc(2026, 6, 1))).toBe(utc(2026, 12, 26))
    expect(nextDateMoment('1990-12-30', rule(7), 'UTC', utc(2027, 1, 2))).toBe(utc(2027, 1, 6))
  })
  test('once only, when not yearly; a date to come waits for its year', () => {
    expect(nextDateMoment('2026-05-05', rule(0, false), 'UTC', utc(2026, 5, 5))).toBeNull()
    expect(nextDateMoment('2040-05-05', rule(0), 'UTC', utc(2026, 5, 5))).toBe(utc(2040, 5, 5))
  })
  test.each(['2026-02-30', '20260101', 'soon', 7, null, undefined, '2026-1-1'])('%s is no date', value => {
    expect(nextDateMoment(value, rule(0), 'UTC', 0)).toBeNull()
  })
})

test('zones are checked on the way in', () => {
  expect(['Asia/Taipei', 'UTC', 'Etc/GMT+8'].map(isZone)).toEqual([true, true, true])
  expect(['Asia/Taipeh', '+08:00', '', 'Taipei'].map(isZone)).toEqual([false, false, false, false])
  expect(() => nextWallTime(0, 'Mars/Base', '09:00', null)).toThrow(InvalidZone)
})
