// Numbers and times as the screens say them: NT$ without decimals, percentages with one decimal and only from 30
// people on, times in the workspace's zone. Pure: the locale, zone and present time are given.
export type Spoken = {
  locale: 'zh-TW' | 'en'
  zone: string
  /** the year of now: a short time says its year when it is another one */
  year?: number
}

export const count = (n: number, locale: string): string => new Intl.NumberFormat(locale).format(n)

/** Nobody is an em dash. */
export const people = (n: number, locale: string): string => (n === 0 ? '—' : count(n, locale))

const MIN_BASE = 30
/** `part` of `whole`: an em dash for nobody, the count alone below 30, else one decimal. */
export function share(part: number, whole: number, locale: string): string {
  if (whole === 0) return '—'
  if (whole < MIN_BASE) return count(part, locale)
  return percent(part / whole, locale)
}

/** 0 to 1 as a percentage. */
export const percent = (ratio: number, locale: string, decimals = 1): string =>
  new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
    .format(ratio)
    .replace(/%$/, ' %')

/** Names side by side. */
export const list = (names: string[], locale: string): string => names.join(locale === 'en' ? ', ' : '、')

/** A mean, with up to two decimals. */
export const decimal = (n: number, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(n)

/** What messages cost, smallest unit: small sums with two digits that count, as a message may cost 0.7 or 0.035. */
export const cost = (amount: number, currency: string, locale: string): string =>
  money(Math.abs(amount) < 100 ? Number(amount.toPrecision(2)) : Math.round(amount), currency, locale)

/** `amount` in the smallest unit of `currency`. TWD keeps none: Taiwan counts whole dollars. */
export function money(amount: number, currency: string, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'symbol' })
  const decimals = currency === 'TWD' ? 0 : (format.resolvedOptions().maximumFractionDigits ?? 2)
  const text = new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: Number.isInteger(amount) ? decimals : decimals + 4,
  }).format(Math.abs(amount) / 10 ** decimals)
  const symbol =
    currency === 'TWD' ? 'NT$' : (format.formatToParts(0).find(p => p.type === 'currency')?.value ?? currency)
  return `${amount < 0 ? '-' : ''}${symbol}${text}`
}

export function exactTime(at: string | number, { locale, zone }: Spoken): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at))
}

const yearIn = (at: string | number, zone: string): number =>
  Number(new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' }).format(new Date(at)))

export function shortTime(at: string | number, { locale, zone, year }: Spoken): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    ...(year === undefined || yearIn(at, zone) === year ? {} : { year: 'numeric' }),
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at))
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** "3 hours ago" seen from `now` (ms); within a minute, "just now". */
export function relativeTime(at: string | number, now: number, locale: string): string {
  const distance = new Date(at).getTime() - now
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  for (const [unit, ms] of STEPS) {
    if (Math.abs(distance) >= ms) return format.format(Math.trunc(distance / ms), unit)
  }
  return locale === 'en' ? 'just now' : '剛剛'
}

/** A length of time in at most two units: parts with their unit, largest first. */
export function durationParts(ms: number): { unit: 'd' | 'h' | 'm' | 's'; n: number }[] {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const
  const parts: { unit: 'd' | 'h' | 'm' | 's'; n: number }[] = []
  let rest = ms
  for (const [unit, size] of units) {
    const n = Math.floor(rest / size)
    rest -= n * size
    if (n > 0) parts.push({ unit, n })
  }
  return parts.length > 0 ? parts.slice(0, 2) : [{ unit: 's', n: 0 }]
}

/** A measured latency: ms below a second, else seconds or more. */
export function latency(ms: number | null, locale: string): string {
  if (ms === null) return '—'
  if (ms < 1_000) return `${count(Math.round(ms), locale)} ms`
  if (ms < 120_000)
    return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(ms / 1_000)} s`
  return `${count(Math.round(ms / 60_000), locale)} min`
}

export function bytes(n: number, locale: string): string {
  return n < 1024
    ? `${count(n, locale)} B`
    : `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(n / 1024)} KB`
}

/** Wall time of `zone` as a datetime-local field writes it. */
export function wallTime(at: number, zone: string): string {
  const p = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map(part => [part.type, part.value]),
  )
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`
}

/** The instant of a wall time in `zone`: two corrections settle on the offset that holds there. */
export function instantOf(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall}Z`)
  let at = asUtc
  for (let round = 0; round < 2; round++) at += asUtc - Date.parse(`${wallTime(at, zone)}Z`)
  return at
}

/** The day after a YYYY-MM-DD. */
export const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

const isDay = (day: string | undefined): day is string =>
  day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) && Number.isFinite(Date.parse(`${day}T00:00:00Z`))

/** Days of `zone`, both included, as the instants that the API takes; what is no day narrows nothing. */
export function daysQuery(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  zone: string,
): { from: string | undefined; to: string | undefined } {
  const begin = (day: string) => new Date(instantOf(`${day}T00:00`, zone)).toISOString()
  return { from: isDay(from) ? begin(from) : undefined, to: isDay(to) ? begin(nextDay(to)) : undefined }
}

/** Every day from `from` to before `to` (instants), those to come left out. */
export function daysBetween(from: string, to: string, zone: string, now: number): string[] {
  const days: string[] = []
  const last = wallTime(Math.min(Date.parse(to) - 1, now), zone).slice(0, 10)
  for (let day = wallTime(Date.parse(from), zone).slice(0, 10); day <= last; day = nextDay(day))
    days.push(day)
  return days
}
