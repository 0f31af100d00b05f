// Parameters that several ready segments share. Pure.
import type { NamesParam, NumberParam } from './model.ts'

const number = (
  unit: NumberParam['unit'],
  max: number,
  zh: string,
  en: string,
  value: NumberParam['default'],
): NumberParam => ({ kind: 'number', unit, min: 1, max, label: { zh, en }, default: value })

/** At most three years: longer ago nothing is asked. */
export const within = (value: NumberParam['default'], zh = '最近幾天', en = 'In so many days'): NumberParam =>
  number('days', 1_095, zh, en, value)

export const times = (value: number, zh = '至少幾次', en = 'At least so many times'): NumberParam =>
  number('times', 900, zh, en, value)

export const forHours = (value: number, max: number, zh: string, en: string): NumberParam =>
  number('hours', max, zh, en, value)

export const money = (zh: string, en: string, value: NumberParam['default']): NumberParam =>
  number('money', 1_000_000_000, zh, en, value)

export const categories: NamesParam = {
  kind: 'names',
  of: 'category',
  most: 20,
  label: { zh: '商品分類', en: 'Categories' },
  default: f => f.categories.slice(0, 1),
}

/** Hours that lie within the days. */
export const hoursWithin = (p: { days: number; hours: number }) =>
  p.hours < p.days * 24
    ? null
    : {
        param: 'hours',
        code: 'beyond_window',
        message: { zh: `小時數要少於 ${p.days} 天`, en: `The hours must be less than ${p.days} days` },
      }
