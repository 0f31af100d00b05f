// Feasts against what governments and observatories publish. Sources: docs/JOURNEYS.md, "Holidays".
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leapMonthOf, lunarDateOf, lunarDay, nextLunarMoment } from '../platform/lunar.ts'
import { wallDate } from '../platform/wall-time.ts'
import { holidayIn, HOLIDAYS, type Holiday } from './holidays.ts'

const YEARS = Array.from({ length: 12 }, (_, i) => 2024 + i)
const DAY = 86_400_000

/** 2024 to 2035, month and day. */
const PUBLISHED: Partial<Record<Holiday, string>> = {
  lunar_new_year: '02-10 01-29 02-17 02-06 01-26 02-13 02-03 01-23 02-11 01-31 02-19 02-08',
  lunar_new_year_eve: '02-09 01-28 02-16 02-05 01-25 02-12 02-02 01-22 02-10 01-30 02-18 02-07',
  lantern: '02-24 02-12 03-03 02-20 02-09 02-27 02-17 02-06 02-25 02-14 03-05 02-22',
  qingming: '04-04 04-04 04-05 04-05 04-04 04-04 04-05 04-05 04-04 04-04 04-05 04-05',
  mothers: '05-12 05-11 05-10 05-09 05-14 05-13 05-12 05-11 05-09 05-08 05-14 05-13',
  dragon_boat: '06-10 05-31 06-19 06-09 05-28 06-16 06-05 06-24 06-12 06-01 06-20 06-10',
  qixi: '08-10 08-29 08-19 08-08 08-26 08-16 08-05 08-24 08-12 08-01 08-20 08-10',
  mid_autumn: '09-17 10-06 09-25 09-15 10-03 09-22 09-12 10-01 09-19 09-08 09-27 09-16',
  double_ninth: '10-11 10-29 10-18 10-08 10-26 10-16 10-05 10-24 10-12 10-01 10-20 10-09',
  buddha: '05-15 05-05 05-24 05-13 05-02 05-20 05-09 05-28 05-16 05-06 05-25 05-15',
  national: Array(12).fill('10-10').join(' '),
  double_11: Array(12).fill('11-11').join(' '),
}

/** General holidays as gazetted, where they are the day itself. */
const HONG_KONG: Partial<Record<Holiday, string>> = {
  new_year: '2024-01-01 2025-01-01 2026-01-01',
  lunar_new_year: '2024-02-10 2025-01-29 2026-02-17',
  lunar_new_year_2: '2024-02-11 2025-01-30 2026-02-18',
  lunar_new_year_3: '2024-02-12 2025-01-31 2026-02-19',
  good_friday: '2024-03-29 2025-04-18 2026-04-03',
  easter_monday: '2024-04-01 2025-04-21 2026-04-06',
  labour: '2024-05-01 2025-05-01 2026-05-01',
  buddha: '2024-05-15 2025-05-05 2026-05-24',
  dragon_boat: '2024-06-10 2025-05-31 2026-06-19',
  hk_establishment: '2024-07-01 2025-07-01 2026-07-01',
  mid_autumn_next: '2024-09-18 2025-10-07 2026-09-26',
  hk_national: '2024-10-01 2025-10-01 2026-10-01',
  double_ninth: '2024-10-11 2025-10-29 2026-10-18',
  christmas: '2024-12-25 2025-12-25 2026-12-25',
  boxing: '2024-12-26 2025-12-26 2026-12-26',
}

describe('holidays', () => {
  test('R0-15 R4-34 feasts of 2024 to 2035 are on the days that are published', () => {
    for (const [holiday, days] of Object.entries(PUBLISHED))
      expect(
        YEARS.map(y => holidayIn(holiday as Holiday, y)),
        holiday,
      ).toEqual(days.split(' ').map((day, i) => `${YEARS[i]}-${day}`))
  })

  test('R0-15 Hong Kong’s general holidays of 2024 to 2026', () => {
    for (const [holiday, days] of Object.entries(HONG_KONG))
      expect(
        [2024, 2025, 2026].map(y => holidayIn(holiday as Holiday, y)),
        holiday,
      ).toEqual(days.split(' '))
  })

  test('each has its day in each of those years, in that year', () => {
    for (const holiday of HOLIDAYS)
      for (const year of YEARS) expect(holidayIn(holiday, year), holiday).toMatch(new RegExp(`^${year}-`))
  })
})

describe('lunar dates', () => {
  test('leap months as published; who was born in one has the month of its number', () => {
    expect([2023, 2025, 2028, 2031, 2033].map(leapMonthOf)).toEqual([2, 6, 5, 3, 11])
    expect(lunarDateOf('2025-07-30')).toEqual({ year: 2025, month: 6, day: 6 }) // of the leap sixth
  })

  test('the 30th of a month with 29 days is its last', () => {
    expect(lunarDay(2026, 8, 30)).toBe('2026-10-09')
    expect(lunarDay(2026, 8, 29)).toBe('2026-10-09')
  })

  test('hard problem 7: there and back: every day of 120 years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 * 365 }), n => {
        const date = new Date(Date.UTC(1930, 0, 1) + n * DAY).toISOString().slice(0, 10)
        const lunar = lunarDateOf(date)!
        const back = lunarDay(lunar.year, lunar.month, lunar.day)!
        const there = lunarDateOf(back)!
        // the same day; from a leap month, that of the month before it, which may have no 30th
        expect(back <= date && Date.parse(date) - Date.parse(back) <= 31 * DAY).toBe(true)
        expect({ ...there, day: 0 }).toEqual({ ...lunar, day: 0 })
        expect(back === date || lunar.day === 30 ? [lunar.day, 29] : [lunar.day]).toContain(there.day)
      }),
      { numRuns: 400 },
    )
  })

  test('hard problem 7: a lunar birthday comes once in each lunar year, at its wall time, in any zone', () => {
    const zones = ['Asia/Taipei', 'Asia/Hong_Kong', 'America/New_York', 'Europe/Berlin', 'Pacific/Auckland']
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 * 365 }),
        fc.constantFrom(...zones),
        fc.integer({ min: -30, max: 30 }),
        (n, zone, offsetDays) => {
          const born = new Date(Date.UTC(1950, 0, 1) + n * DAY).toISOString().slice(0, 10)
          const lunar = lunarDateOf(born)!
          let after = Date.UTC(2024, 0, 1)
          const days: string[] = []
          for (let i = 0; i < 10; i++) {
            const at = nextLunarMoment(born, { offsetDays, time: '09:00' }, zone, after)!
            expect(at).toBeGreaterThan(after)
            days.push(new Date(Date.parse(wallDate(at, zone)) - offsetDays * DAY).toISOString().slice(0, 10))
            after = at
          }
          const seen = days.map(d => lunarDateOf(d)!)
          expect(new Set(seen.map(d => d.year)).size).toBe(10)
          for (const d of seen) {
            expect(d.month).toBe(lunar.month)
            expect([lunar.day, 29]).toContain(d.day) // the 30th is the 29th where there is none
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('nobody has a lunar birthday of what is no date', () => {
    for (const value of ['2025-02-30', 'x', 5, undefined, '1850-01-01'])
      expect(nextLunarMoment(value, { offsetDays: 0, time: '09:00' }, 'Asia/Taipei', 0)).toBeNull()
  })
})
