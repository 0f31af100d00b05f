// Values of unknown fields as texts, numbers and lists: a draft may hold anything.
import type { Say } from '../../use.ts'

export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
export const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** 1 is Monday (2024-01-01 was one). */
export const weekdays = (days: unknown[], { t, locale }: Say): string =>
  days
    .map(d =>
      typeof d === 'number'
        ? new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(
            new Date(Date.UTC(2024, 0, d)),
          )
        : text(d),
    )
    .join(t('say.list'))
