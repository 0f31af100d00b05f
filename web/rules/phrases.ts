// The parts of a rule's sentence that stand for one value: tests, lengths of time, windows, lists of values. Pure.
import type {
  DateTest,
  NumberTest,
  PropFilter,
  Scalar,
  Span,
  TextTest,
  TimeTest,
  Window,
} from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import type { Say } from '../say.ts'
import { CODES, type Names } from './names.ts'

export type Unit =
  | 'minute'
  | 'hour'
  | 'day'
  | 'times'
  | 'kinds'
  | 'orders'
  | 'items'
  | 'points'
  | 'cycles'
  | 'number'

export const sayNumber = (n: number, { locale }: Say): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(n)

export const sayUnit = (n: number, unit: Unit, say: Say): string =>
  say.t(n === 1 ? `ruleUnit.${unit}1` : `ruleUnit.${unit}`, { n: sayNumber(n, say) })

export const saySpan = (span: Span, say: Say): string => sayUnit(span.n, span.unit, say)

/** Several values side by side. */
export const sayList = (values: string[], join: 'or' | 'and', say: Say): string =>
  new Intl.ListFormat(say.locale, { type: join === 'or' ? 'disjunction' : 'conjunction' }).format(values)

export function sayScalar(value: unknown, say: Say): string {
  if (typeof value === 'boolean') return say.t(value ? 'rule.yes' : 'rule.no')
  if (typeof value === 'number') return sayNumber(value, say)
  if (value === '' || value === undefined || value === null) return say.t('rule.blank')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What is compared with. */
export const sayCompared = (value: unknown, say: Say): string =>
  typeof value === 'boolean' ? say.t(value ? 'rule.asYes' : 'rule.asNo') : sayScalar(value, say)

/** `of` puts the number in its unit: "3 times", "NT$500". */
export function sayNumberTest(test: NumberTest, of: (n: number) => string, { t }: Say): string {
  return test.is === 'between'
    ? t('ruleNumber.between', { from: of(test.from), to: of(test.to) })
    : t(`ruleNumber.${test.is}`, { v: of(test.value) })
}

export function sayTextTest(test: TextTest, of: (value: string) => string, say: Say): string {
  const v = 'values' in test ? sayList(test.values.map(of), 'or', say) : of(test.value)
  return say.t(`ruleText.${test.is}`, { v })
}

export function sayMonth(month: number, { locale }: Say): string {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' })
  return format.format(Date.UTC(2024, month - 1, 1))
}

export function sayDateTest(test: DateTest, say: Say): string {
  const { t } = say
  switch (test.is) {
    case 'between':
      return t('ruleDate.between', { from: test.from, to: test.to })
    case 'in_last':
    case 'in_next':
    case 'anniversary_in':
      return t(`ruleDate.${test.is}`, { span: sayUnit(test.days, 'day', say) })
    case 'month':
      return test.month === 'this'
        ? t('ruleDate.thisMonth')
        : t('ruleDate.month', { month: sayMonth(test.month, say) })
    case 'on':
    case 'before':
    case 'after':
      return t(`ruleDate.${test.is}`, { date: test.date })
  }
}

/** A day as it is written; a moment in the workspace's zone. */
export const sayAt = (at: string, say: Say): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(at) || Number.isNaN(Date.parse(at)) ? at : say.exact(at)

export function sayTimeTest(test: TimeTest, say: Say): string {
  const { t } = say
  switch (test.is) {
    case 'in_last':
    case 'over_ago':
      return t(`ruleTime.${test.is}`, { span: saySpan(test.span, say) })
    case 'before':
    case 'after':
      return t(`ruleTime.${test.is}`, { at: sayAt(test.at, say) })
    case 'never':
    case 'ever':
      return t(`ruleTime.${test.is}`)
  }
}

export function sayWindow(window: Window, say: Say): string {
  const { t } = say
  switch (window.in) {
    case 'ever':
    case 'entry':
    case 'node':
      return t(`ruleWindow.${window.in}`)
    case 'last':
      return t('ruleWindow.last', { span: saySpan(window.span, say) })
    case 'days':
      return window.n === 1 ? t('ruleWindow.today') : t('ruleWindow.days', { n: sayNumber(window.n, say) })
    case 'since':
      return t('ruleWindow.since', { at: sayAt(window.at, say) })
    case 'period': {
      const { period, ago } = window
      if (ago === 0) return t(`rulePeriod.${period}0`)
      return ago === 1 ? t(`rulePeriod.${period}1`) : t(`rulePeriod.${period}`, { n: sayNumber(ago, say) })
    }
  }
}

export const sayScalars = (values: Scalar[], join: 'or' | 'and', say: Say): string =>
  sayList(
    values.map(v => sayScalar(v, say)),
    join,
    say,
  )

export const sayFilter = (filter: PropFilter, names: Names, say: Say): string =>
  say.t(`ruleFilter.${filter.op}`, {
    path: names.prop(filter.path),
    value: sayCompared(filter.value, say),
  })

/** The filters of an event, in brackets behind its name. */
export function sayWhere(where: PropFilter[] | undefined, say: Say, names: Names = CODES): string {
  if (!where || where.length === 0) return ''
  const filters = where.map(f => sayFilter(f, names, say)).join(say.t('rule.and'))
  return say.t('rule.filters', { filters })
}

export const sayChannel = (code: string): string => word('channel', code)
