// A ready segment: its words, its parameters with defaults (some of them the shop's own figures), and the rule that they
// make. Pure; the web imports this file.
import type { Rule } from '../../rules/model.ts'

export type Label = { zh: string; en: string }

export const FAMILIES = [
  'lifecycle',
  'value',
  'purchase',
  'preference',
  'behaviour',
  'engagement',
  'reach',
  'member',
  'source',
  'data',
] as const
export type Family = (typeof FAMILIES)[number]

/** What the shop's own history says (figures.ts); amounts in the smallest unit. */
export type ShopFigures = {
  /** how many people the figures are of: those with an order that stands, of the last `windowDays` */
  buyers: number
  windowDays: number
  /** median of people's mean days between orders; of those with several orders */
  medianIntervalDays: number
  averageOrder: number
  /** what four of five buyers spent less than */
  topFifthSpent: number
  /** quintile bounds: days since the last order, orders, net amount */
  recencyDays: number[]
  orders: number[]
  amounts: number[]
  /** most bought first */
  categories: string[]
  brands: string[]
  /** tiers that were told of, and campaigns of the first touch: most people first */
  tiers: string[]
  campaigns: string[]
}

/** For a shop of which nothing is known yet: common figures, to be changed when it knows better. */
export const NO_FIGURES: ShopFigures = {
  buyers: 0,
  windowDays: 365,
  medianIntervalDays: 60,
  averageOrder: 1_000,
  topFifthSpent: 5_000,
  recencyDays: [30, 60, 120, 240],
  orders: [1, 2, 3, 5],
  amounts: [1_000, 2_000, 4_000, 8_000],
  categories: [],
  brands: [],
  tiers: [],
  campaigns: [],
}

// ── parameters ───────────────────────────────────────────────────────────────

export type Unit = 'days' | 'hours' | 'times' | 'cycles' | 'percent' | 'points' | 'money'
/** What a list of names is chosen from: the parts of the rule vocabulary that a picker offers. */
export type Names = 'category' | 'brand' | 'tier' | 'campaign' | 'sales_channel' | 'date_attribute'

type Common = { label: Label }
export type NumberParam = Common & {
  kind: 'number'
  unit: Unit
  min: number
  max: number
  /** fractions are allowed */
  fraction?: true
  /** how a sentence says it, where that is more than the number */
  said?: (value: number) => Label
  default: number | ((figures: ShopFigures) => number)
}
/** Bounds in rising order, as many as the default has; equal neighbours leave a step empty. */
export type BoundsParam = Common & {
  kind: 'bounds'
  unit: Unit
  min: number
  max: number
  default: (figures: ShopFigures) => number[]
}
export type NamesParam = Common & {
  kind: 'names'
  of: Names
  /** at most so many; one: a single choice */
  most: number
  default: (figures: ShopFigures) => string[]
}
export type Param = NumberParam | BoundsParam | NamesParam
export type Params = Record<string, Param>

export type ValueOf<P extends Param> = P extends NumberParam
  ? number
  : P extends BoundsParam
    ? number[]
    : string[]
export type ValuesOf<P extends Params> = { [K in keyof P]: ValueOf<P[K]> }
export type Value = number | number[] | string[]
export type Values = Record<string, Value>

// ── a ready segment ──────────────────────────────────────────────────────────

/** What a ready segment comes to: the rules, and what its groups are called. */
export type Outline =
  | { kind: 'live'; rule: Rule }
  /** the first group that holds counts; `rest`: who is in none */
  | { kind: 'partition'; groups: { key: string; name: Label; rule: Rule }[]; rest: Label }

export type Misfit = { param: string; code: string; message: Label }

export type LibrarySegment = {
  key: string
  family: Family
  name: Label
  /** `{key}` stands for a parameter's value */
  sentence: Label
  /** what it is good for */
  purpose: Label
  params: Params
  /** what does not fit together, beyond each value's own limits */
  check(values: Values): Misfit | null
  define(values: Values): Outline
}

/** Types the values by the parameters. The caller of `check` and `define` passes values that `readValues` gave. */
export function segment<const P extends Params>(given: {
  key: string
  family: Family
  name: Label
  sentence: Label
  purpose: Label
  params: P
  check?: (values: ValuesOf<P>) => Misfit | null
  define: (values: ValuesOf<P>) => Outline
}): LibrarySegment {
  const { check } = given
  return {
    ...given,
    check: values => check?.(values as ValuesOf<P>) ?? null,
    define: values => given.define(values as ValuesOf<P>),
  }
}

export const live = (rule: Rule): Outline => ({ kind: 'live', rule })

export function defaultsOf(params: Params, figures: ShopFigures): Values {
  const values: Values = {}
  for (const [key, p] of Object.entries(params))
    values[key] = typeof p.default === 'function' ? p.default(figures) : p.default
  return values
}

/** Whether a parameter's default comes from the shop's own figures. */
export const fromFigures = (p: Param): boolean => typeof p.default === 'function'

/** Values that came from outside over the defaults; or what is wrong with them. */
export function readValues(
  { params, check }: Pick<LibrarySegment, 'params' | 'check'>,
  given: Record<string, unknown>,
  figures: ShopFigures,
): { values: Values } | { misfits: Misfit[] } {
  const misfits: Misfit[] = []
  for (const key of Object.keys(given))
    if (!Object.hasOwn(params, key))
      misfits.push({
        param: key,
        code: 'unknown_param',
        message: {
          zh: `沒有這個參數；可用的有：${Object.keys(params).join('、') || '（無）'}`,
          en: `There is no such parameter; there are: ${Object.keys(params).join(', ') || 'none'}`,
        },
      })
  const values = defaultsOf(params, figures)
  for (const [key, param] of Object.entries(params)) {
    const value = Object.hasOwn(given, key) ? given[key] : values[key]
    const fault = misfitOf(param, value, values[key]!)
    if (fault === null) values[key] = value as Value
    else misfits.push({ param: key, ...fault })
  }
  const together = misfits.length === 0 ? check(values) : null
  if (together) misfits.push(together)
  return misfits.length > 0 ? { misfits } : { values }
}

const isWithin = (p: { min: number; max: number }, n: unknown): n is number =>
  typeof n === 'number' && Number.isFinite(n) && n >= p.min && n <= p.max

function misfitOf(param: Param, value: unknown, like: Value): Omit<Misfit, 'param'> | null {
  switch (param.kind) {
    case 'number': {
      const whole = param.fraction || Number.isInteger(value)
      return isWithin(param, value) && whole
        ? null
        : {
            code: 'number',
            message: {
              zh: `要填 ${param.min} 到 ${param.max} 的${param.fraction ? '數字' : '整數'}`,
              en: `Give a ${param.fraction ? '' : 'whole '}number from ${param.min} to ${param.max}`,
            },
          }
    }
    case 'bounds': {
      const n = (like as number[]).length
      const fits =
        Array.isArray(value) &&
        value.length === n &&
        value.every((v, i) => isWithin(param, v) && Number.isInteger(v) && (i === 0 || v >= value[i - 1]))
      return fits
        ? null
        : {
            code: 'bounds',
            message: {
              zh: `要填 ${n} 個由小到大的整數，介於 ${param.min} 到 ${param.max}`,
              en: `Give ${n} whole numbers in rising order, from ${param.min} to ${param.max}`,
            },
          }
    }
    case 'names': {
      const fits =
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= param.most &&
        value.every(v => typeof v === 'string' && v.trim() !== '' && v.length <= 200)
      return fits
        ? null
        : {
            code: 'names',
            message: {
              zh: param.most === 1 ? '請選一項' : `請選 1 到 ${param.most} 項`,
              en: param.most === 1 ? 'Choose one' : `Choose 1 to ${param.most}`,
            },
          }
    }
  }
}

// ── its sentence ─────────────────────────────────────────────────────────────

/** Codes that a sentence says in words. */
const SAID: Record<string, Label> = {
  online: { zh: '線上', en: 'online' },
  store: { zh: '門市', en: 'store' },
  birthday: { zh: '生日', en: 'birthday' },
}
const LOCALES = { zh: 'zh-Hant-TW', en: 'en-GB' } as const

/** The sentence with the values in it. `money`: an amount of the smallest unit as people write it. */
export function sentenceOf(
  { sentence, params }: Pick<LibrarySegment, 'sentence' | 'params'>,
  values: Values,
  money: (amount: number, locale: string) => string,
): Label {
  const fill = (text: string, language: 'zh' | 'en'): string =>
    text.replace(/\{(\w+)\}/g, (_, key: string) => {
      const param = params[key]
      const value = values[key]
      if (param === undefined || value === undefined) return ''
      if (param.kind === 'names') {
        const names = value as string[]
        const [open, close, between] = language === 'zh' ? ['「', '」', '、'] : ['“', '”', ', ']
        const called = (n: string) => (Object.hasOwn(SAID, n) ? SAID[n]![language] : n)
        return names.length > 0 ? names.map(n => open + called(n) + close).join(between) : '…'
      }
      if (param.kind === 'number' && param.said) return param.said(value as number)[language]
      const said = (n: number) =>
        param.unit === 'money' ? money(n, LOCALES[language]) : n.toLocaleString(LOCALES[language])
      return Array.isArray(value) ? (value as number[]).map(said).join(' / ') : said(value as number)
    })
  return { zh: fill(sentence.zh, 'zh'), en: fill(sentence.en, 'en') }
}
