// The days of the year that campaigns are about, in Taiwan and Hong Kong: the day of the feast itself, not days given for
// it. Checked against what the governments publish (docs/JOURNEYS.md, "Holidays").
import { lunarDay, lunarEve, solarTermDay } from '../platform/lunar.ts'

type DayIn = (year: number) => string | null

const pad = (n: number): string => String(n).padStart(2, '0')
const fixed =
  (month: number, day: number): DayIn =>
  year =>
    `${year}-${pad(month)}-${pad(day)}`
const lunar =
  (month: number, day: number): DayIn =>
  year =>
    lunarDay(year, month, day)
const term =
  (name: string): DayIn =>
  year =>
    solarTermDay(year, name)

/** The `nth` Sunday of a month. */
const sunday =
  (month: number, nth: number): DayIn =>
  year => {
    const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
    return `${year}-${pad(month)}-${pad(((7 - first) % 7) + 1 + 7 * (nth - 1))}`
  }

/** Easter Sunday of the western churches, as published. */
const EASTER: Record<number, string> = {
  2024: '03-31',
  2025: '04-20',
  2026: '04-05',
  2027: '03-28',
  2028: '04-16',
  2029: '04-01',
  2030: '04-21',
  2031: '04-13',
  2032: '03-28',
  2033: '04-17',
  2034: '04-09',
  2035: '03-25',
}
const DAY_MS = 86_400_000
const easter =
  (offset: number): DayIn =>
  year => {
    const day = EASTER[year]
    return day === undefined
      ? null
      : new Date(Date.parse(`${year}-${day}T00:00:00Z`) + offset * DAY_MS).toISOString().slice(0, 10)
  }

/** In the order of the year. Names: web/words/journeys-triggers.ts. */
const DAYS = {
  new_year: fixed(1, 1),
  lunar_new_year_eve: (year: number) => lunarEve(year),
  lunar_new_year: lunar(1, 1),
  lunar_new_year_2: lunar(1, 2),
  lunar_new_year_3: lunar(1, 3),
  lantern: lunar(1, 15),
  valentine: fixed(2, 14),
  peace_memorial: fixed(2, 28),
  women: fixed(3, 8),
  white_day: fixed(3, 14),
  good_friday: easter(-2),
  easter_monday: easter(1),
  children: fixed(4, 4),
  qingming: term('清明'),
  labour: fixed(5, 1),
  mothers: sunday(5, 2),
  buddha: lunar(4, 8),
  dragon_boat: lunar(5, 5),
  hk_establishment: fixed(7, 1),
  fathers: fixed(8, 8),
  qixi: lunar(7, 7),
  ghost: lunar(7, 15),
  mid_autumn: lunar(8, 15),
  mid_autumn_next: lunar(8, 16),
  teachers: fixed(9, 28),
  hk_national: fixed(10, 1),
  double_ninth: lunar(9, 9),
  national: fixed(10, 10),
  halloween: fixed(10, 31),
  double_11: fixed(11, 11),
  double_12: fixed(12, 12),
  winter_solstice: term('冬至'),
  christmas: fixed(12, 25),
  boxing: fixed(12, 26),
} satisfies Record<string, DayIn>

export type Holiday = keyof typeof DAYS
export const HOLIDAYS = Object.keys(DAYS) as [Holiday, ...Holiday[]]

/** 'YYYY-MM-DD'; null: not known for that year. */
export const holidayIn = (holiday: Holiday, year: number): string | null => DAYS[holiday](year)
