// Random choices from a seed (mulberry32 by Tommy Ettinger, public domain), and the small world they choose from.
export type Random = {
  /** 0 up to, but not, 1 */
  next(): number
  int(below: number): number
  of<T>(list: readonly T[]): T
  chance(p: number): boolean
  some<T>(list: readonly T[], most?: number): T[]
}

export function randomFrom(seed: number): Random {
  let a = seed >>> 0
  const next = (): number => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (below: number): number => Math.floor(next() * below)
  const of = <T>(list: readonly T[]): T => list[int(list.length)]!
  return {
    next,
    int,
    of,
    chance: p => next() < p,
    some: (list, most = 3) => {
      const left = [...list]
      const n = 1 + int(Math.min(most, left.length))
      return Array.from({ length: n }, () => left.splice(int(left.length), 1)[0]!)
    },
  }
}

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

export const EVENTS = [
  'Product Viewed',
  'Product Added',
  'Signed Up',
  'Page Viewed',
  'Store Visited',
] as const
export const CATEGORIES = ['女裝', 'shoes', 'a "b" \\ c', 'bags/小'] as const
/** What is written differently as JSON here and there. */
export const ODD_TEXT = 'a/"\\\u0001\n\u2028\u007f😀'
export const BRANDS = ['Acme', '晨光', 'x=y'] as const
export const SKUS = ['s1', 's2', 's3'] as const
export const STORES = ['tpe', 'khh'] as const
export const CHANNELS = ['online', 'store', 'reseller'] as const
export const TAGS = ['vip', '老客', 'new', "it's"] as const
export const CITIES = ['台北市', '新北市', '高雄市', ''] as const
export const TIERS = ['gold', 'silver'] as const
export const SOURCES = ['line', 'google', 'newsletter'] as const
export const COUPONS = ['WELCOME', 'BDAY'] as const
export const NUMBERS = [0, 1, 2, 2.5, 10, 99.99, 1000, -3, 0.1, 7] as const
export const DATES = [
  '1996-02-29',
  '1995-03-01',
  '2000-02-28',
  '1990-12-31',
  '2026-04-15',
  '1999-05-20',
  '2023-02-30',
  '1980-04-30T00:00:00',
] as const
