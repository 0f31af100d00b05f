// Numbers and times in one language and zone, with its words: what every text of a page is made with. Pure.
import type { TFunction } from 'i18next'
import * as format from './format.ts'

export function sayIn(t: TFunction, locale: format.Spoken['locale'], zone: string, year?: number) {
  const spoken = { locale, zone, year }
  return {
    t,
    locale,
    zone,
    count: (n: number) => format.count(n, locale),
    people: (n: number) => format.people(n, locale),
    share: (part: number, whole: number) => format.share(part, whole, locale),
    percent: (part: number, decimals?: number) => format.percent(part, locale, decimals),
    list: (names: string[]) => format.list(names, locale),
    decimal: (n: number) => format.decimal(n, locale),
    money: (amount: number, currency: string) => format.money(amount, currency, locale),
    cost: (amount: number, currency: string) => format.cost(amount, currency, locale),
    exact: (at: string | number) => format.exactTime(at, spoken),
    short: (at: string | number) => format.shortTime(at, spoken),
    relative: (at: string | number, now: number) => format.relativeTime(at, now, locale),
    latency: (ms: number | null) => format.latency(ms, locale),
    bytes: (n: number) => format.bytes(n, locale),
    duration: (ms: number) =>
      format
        .durationParts(ms)
        .map(p => t(`time.${p.unit}`, { n: p.n }))
        .join(' '),
  }
}
export type Say = ReturnType<typeof sayIn>
