// The readable forms of the values in a journey's text: rules, tests, windows, filters, lengths of time. `readValue` undoes
// `writeValue` exactly: a short form is taken only where reading gives the value again; what would be misread as a short
// form is written below `as_is`. Pure.
import { isDeepStrictEqual } from 'node:util'
import type { Rule } from '../rules/model.ts'
import { type Dict, isDict } from '../platform/values.ts'

const keysAre = (o: Dict, ...keys: string[]): boolean =>
  Object.keys(o).length === keys.length && keys.every(k => Object.hasOwn(o, k))
const only = (o: Dict): string | null => {
  const keys = Object.keys(o)
  return keys.length === 1 ? keys[0]! : null
}

// ── lengths of time ──────────────────────────────────────────────────────────

const PARTS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const
const LENGTH = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** 5400000 is 1h30m */
export function lengthText(ms: number): string {
  let left = ms
  let text = ''
  for (const [unit, size] of PARTS) {
    const n = Math.floor(left / size)
    if (n > 0) text += `${n}${unit}`
    left -= n * size
  }
  return text || '0s'
}

/** ms of '1h30m'; null when it is no length of time. */
export function lengthOf(text: string): number | null {
  const found = LENGTH.exec(text)
  if (text === '' || found === null) return null
  const ms = PARTS.reduce((sum, [, size], i) => sum + Number(found[i + 1] ?? 0) * size, 0)
  return Number.isSafeInteger(ms) ? ms : null
}

const isLengthKey = (key: string): boolean => key === 'ms' || key.endsWith('Ms')

const SPAN_KEYS = new Set(['span', 'within', 'expiresIn'])
const SPAN = /^(\d{1,9}) (minute|hour|day)s?$/
const spanText = (v: unknown): string | null =>
  isDict(v) && keysAre(v, 'n', 'unit') ? `${String(v.n)} ${String(v.unit)}${v.n === 1 ? '' : 's'}` : null
function spanOf(text: unknown): Dict | null {
  const found = typeof text === 'string' ? SPAN.exec(text) : null
  return found === null ? null : { n: Number(found[1]), unit: found[2] }
}

// ── tests, windows, measures, filters ────────────────────────────────────────

/** What a test of this name compares with, where it is not said. */
const COMPARED: Record<string, string> = {
  equal: 'value',
  not_equal: 'value',
  at_least: 'value',
  at_most: 'value',
  over: 'value',
  under: 'value',
  contains: 'value',
  not_contains: 'value',
  starts_with: 'value',
  ends_with: 'value',
  one_of: 'values',
  none_of: 'values',
  any: 'values',
  all: 'values',
  none: 'values',
  in_last: 'span',
  over_ago: 'span',
}

function shortTest(test: Dict): unknown {
  if (typeof test.is !== 'string') return null
  const { is, ...rest } = test
  const key = only(rest)
  if (key === null)
    return Object.keys(rest).length === 0 ? is : keysAre(rest, 'from', 'to') ? { [is]: rest } : null
  if (key !== COMPARED[is]) return { [is]: rest }
  return { [is]: key === 'span' ? spanText(rest[key]) : rest[key] }
}

function longTest(short: unknown): unknown {
  if (typeof short === 'string') return { is: short }
  if (!isDict(short)) return short
  const is = only(short)
  if (is === null || is === 'is') return short
  const said = short[is]
  if (isDict(said)) return { is, ...said }
  const key = COMPARED[is]
  if (key === undefined) return short
  return { is, [key]: key === 'span' ? spanOf(said) : said }
}

function shortWindow(window: Dict): unknown {
  if (keysAre(window, 'in')) return window.in
  if (keysAre(window, 'in', 'span') && window.in === 'last') return `last ${spanText(window.span)}`
  const { in: name, ...rest } = window
  return typeof name === 'string' ? { [name]: rest } : null
}

function longWindow(short: unknown): unknown {
  if (typeof short === 'string')
    return short.startsWith('last ') ? { in: 'last', span: spanOf(short.slice(5)) } : { in: short }
  if (!isDict(short)) return short
  const name = only(short)
  return name !== null && name !== 'in' && isDict(short[name]) ? { in: name, ...short[name] } : short
}

function shortMeasure(measure: Dict): unknown {
  if (!keysAre(measure, 'of', 'test') || typeof measure.of !== 'string') return null
  return { [measure.of]: writeValue(measure.test, 'test') }
}

function longMeasure(short: unknown): unknown {
  if (!isDict(short)) return short
  const of = only(short)
  return of === null || of === 'of' ? null : { of, test: readValue(short[of], 'test') }
}

const FILTER_OPS = new Set(['is', 'is_not', 'at_least', 'at_most', 'contains', 'is_set'])

function shortFilter(filter: Dict): unknown {
  const { path, op, ...rest } = filter
  if (typeof op !== 'string' || !FILTER_OPS.has(op)) return null
  if (op === 'is_set') return Object.keys(rest).length === 0 ? { path, is_set: true } : null
  return keysAre(rest, 'value') ? { path, [op]: rest.value } : null
}

function longFilter(short: Dict): unknown {
  const { path, ...rest } = short
  const op = only(rest)
  if (path === undefined || op === null || !FILTER_OPS.has(op)) return short
  return op === 'is_set' ? { path, op } : { path, op, value: rest[op] }
}

// ── rules ────────────────────────────────────────────────────────────────────

/** Of each leaf, the field that stands beside its name; null: all its fields stand below it. */
const MAIN: Record<Exclude<Rule['op'], 'and' | 'or' | 'not'>, string | null> = {
  trait: 'trait',
  age: null,
  tags: null,
  identifier: 'kind',
  channel: 'channel',
  consent: 'channel',
  stage: 'stage',
  tier: null,
  points: 'test',
  coupon: null,
  likes: 'of',
  touch: 'which',
  orders: null,
  event: 'event',
  sequence: null,
  clock: 'clock',
  segment: 'segment',
  percent: null,
}
const isLeaf = (op: unknown): op is keyof typeof MAIN => typeof op === 'string' && Object.hasOwn(MAIN, op)
/** It happened: the measure that is left out. */
const ONCE = { of: 'count', test: { is: 'at_least', value: 1 } }
const GROUPS: Record<string, string> = { and: 'all', or: 'any' }

/** Fields of this name hold a rule. */
const RULE_KEYS = new Set(['rule', 'filter', 'exclude'])

function shortRule(rule: Dict): unknown {
  const { op, ...rest } = rule
  if (typeof op !== 'string') return null
  if (Object.hasOwn(GROUPS, op))
    return keysAre(rest, 'rules') && Array.isArray(rest.rules)
      ? { [GROUPS[op]!]: rest.rules.map(writeRule) }
      : null
  if (op === 'not') return keysAre(rest, 'rule') ? { not: writeRule(rest.rule) } : null
  if (!isLeaf(op)) return null
  const { [MAIN[op] ?? '']: main, ...others } = rest
  if (op === 'event' && isDeepStrictEqual(others.measure, ONCE)) delete others.measure
  const fields = writeFields(others)
  return MAIN[op] === null ? { [op]: fields } : { [op]: writeValue(main, MAIN[op]), ...fields }
}

function longRule(short: unknown): unknown {
  if (!isDict(short)) return short
  if ('op' in short) return readFields(short)
  for (const [op, name] of Object.entries(GROUPS))
    if (keysAre(short, name)) {
      const rules = short[name]
      return { op, rules: Array.isArray(rules) ? rules.map(readRule) : rules }
    }
  if (keysAre(short, 'not')) return { op: 'not', rule: readRule(short.not) }
  const ops = Object.keys(short).filter(isLeaf)
  if (ops.length !== 1) return readFields(short)
  const op = ops[0]!
  const { [op]: said, ...others } = short
  const main = MAIN[op]
  if (main === null) return isDict(said) ? { op, ...readFields(said) } : short
  const long: Dict = { op, [main]: readValue(said, main), ...readFields(others) }
  if (op === 'event' && !Object.hasOwn(long, 'measure')) long.measure = ONCE
  return long
}

/** A rule in its readable form. */
export const writeRule = (rule: unknown): unknown => writeValue(rule, 'rule')
/** The rule that its readable (or own) form says. */
export const readRule = (short: unknown): unknown => readValue(short, 'rule')

// ── any value ────────────────────────────────────────────────────────────────

/** What says most comes first. */
const FIRST = ['kind', 'type', 'op', ...Object.keys(MAIN), 'path', 'name', 'channel', 'purpose', 'subject']

/** Known keys first, in their order; the others by name. */
export function ordered(object: Dict, first: readonly string[] = FIRST): Dict {
  const rank = (key: string): number => {
    const at = first.indexOf(key)
    return at < 0 ? first.length : at
  }
  return Object.fromEntries(
    Object.entries(object).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)),
  )
}

/** The same value with its keys in order, at every depth. */
const tidy = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(tidy)
    : isDict(value)
      ? ordered(Object.fromEntries(Object.entries(value).map(([key, v]) => [key, tidy(v)])))
      : value

const writeFields = (object: Dict): Dict =>
  ordered(Object.fromEntries(Object.entries(object).map(([key, value]) => [key, writeValue(value, key)])))
const readFields = (object: Dict): Dict =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, readValue(value, key)]))

function shortForm(value: unknown, key: string): unknown {
  if (typeof value === 'number')
    return isLengthKey(key) && Number.isSafeInteger(value) && value >= 0 ? lengthText(value) : null
  if (!isDict(value)) return null
  if (RULE_KEYS.has(key)) return shortRule(value)
  if (SPAN_KEYS.has(key)) return spanText(value)
  if (key === 'test') return shortTest(value)
  if (key === 'window') return shortWindow(value)
  if (key === 'measure') return shortMeasure(value)
  return null
}

/** @param key the field that holds it: it says what may be short */
export function writeValue(value: unknown, key: string): unknown {
  // a message's content is the provider's own
  if (key === 'content') return tidy(value)
  const short = shortForm(value, key)
  if (short !== null && isDeepStrictEqual(readValue(short, key), value)) return short
  const plain = Array.isArray(value)
    ? value.map(v =>
        key === 'where' && isDict(v) ? writeFilter(v) : writeValue(v, key === 'where' ? '' : ARRAY),
      )
    : isDict(value)
      ? writeFields(value)
      : value
  return isDeepStrictEqual(readValue(plain, key), value) ? plain : { as_is: tidy(value) }
}

/** What stands in a list has no field's name. */
const ARRAY = ''

function writeFilter(filter: Dict): unknown {
  const short = shortFilter(filter)
  if (short !== null && isDeepStrictEqual(readFilter(short), filter)) return short
  return isDeepStrictEqual(readFilter(filter), filter) ? filter : { as_is: filter }
}

function readFilter(value: unknown): unknown {
  if (!isDict(value)) return readValue(value, ARRAY)
  if (keysAre(value, 'as_is')) return value.as_is
  return 'op' in value ? value : longFilter(value)
}

/** The long form of what a text says under this key; what is no short form stays as it is. */
export function readValue(value: unknown, key: string): unknown {
  if (key === 'content') return value
  if (Array.isArray(value)) return value.map(v => (key === 'where' ? readFilter(v) : readValue(v, ARRAY)))
  if (typeof value === 'string') {
    if (isLengthKey(key)) return lengthOf(value) ?? value
    if (SPAN_KEYS.has(key)) return spanOf(value) ?? value
    if (key === 'test') return longTest(value)
    if (key === 'window') return longWindow(value)
    return value
  }
  if (!isDict(value)) return value
  if (keysAre(value, 'as_is')) return value.as_is
  if (RULE_KEYS.has(key)) return longRule(value)
  if (key === 'test') return longTest(value)
  if (key === 'window') return longWindow(value)
  if (key === 'measure') {
    const long = longMeasure(value)
    if (long !== null) return long
  }
  return readFields(value)
}
