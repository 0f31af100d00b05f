// Random rules over the whole language, about what random histories hold.
import { STAGES } from '../../src/customers/model.ts'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { IDENTIFIER_KINDS } from '../../src/rules/identifiers.ts'
import {
  ORDER_STATUSES,
  type DateTest,
  type EventMeasure,
  type EventRef,
  type ListTest,
  type NumberTest,
  type OrderMeasure,
  type PropFilter,
  type Rule,
  type Scalar,
  type Span,
  type TextTest,
  type TimeTest,
  type Window,
} from '../../src/rules/model.ts'
import { START } from '../reducer.ts'
import { LENGTH, PATHS } from './history.ts'
import {
  BRANDS,
  CATEGORIES,
  CHANNELS,
  CITIES,
  COUPONS,
  DATES,
  DAY,
  EVENTS,
  NUMBERS,
  ODD_TEXT,
  type Random,
  SKUS,
  SOURCES,
  STORES,
  TAGS,
  TIERS,
} from './random.ts'

const TEXTS = [...CATEGORIES, ...CITIES, '', 'a', '10', 'deep', '北'] as const

const span = (r: Random): Span =>
  r.of<Span>([
    { n: 1 + r.int(60), unit: 'day' },
    { n: 10 + r.int(50), unit: 'day' },
    { n: 1 + r.int(900), unit: 'hour' },
    { n: 1 + r.int(60_000), unit: 'minute' },
  ])

const numberTest = (r: Random, values: readonly number[]): NumberTest => {
  const value = r.of(values)
  if (r.chance(0.2)) {
    const to = r.of(values)
    return { is: 'between', from: Math.min(value, to), to: Math.max(value, to) }
  }
  return { is: r.of(['equal', 'not_equal', 'at_least', 'at_most', 'over', 'under'] as const), value }
}

const textTest = (r: Random): TextTest =>
  r.chance(0.3)
    ? { is: r.of(['one_of', 'none_of'] as const), values: r.some(TEXTS) }
    : {
        is: r.of(['equal', 'not_equal', 'contains', 'not_contains', 'starts_with', 'ends_with'] as const),
        value: r.of(TEXTS),
      }

const moment = (r: Random): string =>
  r.chance(0.5)
    ? new Date(START + Math.floor(r.next() * LENGTH)).toISOString()
    : new Date(START + r.int(60) * DAY).toISOString().slice(0, 10)

const timeTest = (r: Random): TimeTest =>
  r.of<TimeTest>([
    { is: 'in_last', span: span(r) },
    { is: 'over_ago', span: span(r) },
    { is: r.of(['before', 'after'] as const), at: moment(r) },
    { is: r.of(['never', 'ever'] as const) },
  ])

const plainDate = (r: Random): string => r.of(DATES.filter(d => d.length === 10 && d !== '2023-02-30'))

const dateTest = (r: Random): DateTest => {
  const [from, to] = [plainDate(r), plainDate(r)].sort() as [string, string]
  return r.of<DateTest>([
    { is: r.of(['on', 'before', 'after'] as const), date: plainDate(r) },
    { is: 'between', from, to },
    { is: r.of(['in_last', 'in_next'] as const), days: 1 + r.int(60) },
    { is: 'anniversary_in', days: r.of([0, 1, 30, 90, 366]) },
    { is: 'month', month: r.of([2, 3, 4, 5, 12, 'this'] as const) },
  ])
}

const scalar = (r: Random): Scalar =>
  r.of<Scalar>(['a', '10', 10, true, false, 'x=y', 0.1, ODD_TEXT, ...CATEGORIES])

const listTest = (r: Random): ListTest => ({
  is: r.of(['any', 'all', 'none'] as const),
  values: r.some<Scalar>(['a', '10', 10, true, 'x=y']),
})

function filter(r: Random): PropFilter {
  const path = r.of(PATHS)
  const op = r.of([
    'is',
    'is_not',
    'at_least',
    'at_most',
    'contains',
    'starts_with',
    'like',
    'is_set',
  ] as const)
  if (op === 'like') return { path, op, value: r.of(['*', '1*', '*0', 'a*', '*=*', 'x', '**%_\\']) }
  return op === 'is_set' ? { path, op } : { path, op, value: r.chance(0.6) ? scalar(r) : r.of(NUMBERS) }
}

const NAMES = [
  ...EVENTS,
  'Order Completed',
  'Identified',
  'order.placed',
  'visit.started',
  'stage.changed',
  'consent.granted',
] as const

const eventRef = (r: Random): EventRef => ({
  event: r.chance(0.7) ? r.of(NAMES) : r.some(NAMES),
  ...(r.chance(0.25) ? { where: Array.from({ length: r.chance(0.8) ? 1 : 2 }, () => filter(r)) } : {}),
})

const window = (r: Random): Window =>
  r.of<Window>([
    { in: 'ever' },
    { in: 'ever' },
    { in: 'last', span: span(r) },
    { in: 'last', span: span(r) },
    { in: 'days', n: 5 + r.int(60) },
    {
      in: 'period',
      period: r.of(['day', 'week', 'month', 'month', 'quarter', 'year'] as const),
      ago: r.int(2),
    },
    { in: 'since', at: moment(r) },
  ])

const ever = (r: Random): Window => (r.chance(0.5) ? { in: 'ever' } : { in: 'since', at: moment(r) })
const endsNow = (r: Random): Window => {
  const w = window(r)
  return w.in === 'period' ? { ...w, ago: 0 } : w
}
const COUNTS = [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 20] as const

/** A measure goes with some windows only. */
function measured(r: Random): { measure: EventMeasure; window: Window } {
  const path = r.of(PATHS)
  switch (r.int(8)) {
    case 0: {
      const w = window(r)
      return {
        measure: {
          of: 'sum',
          path: r.of(['price', 'quantity', 'products.0.price', path]),
          test: numberTest(r, [0, 2, 10, 100.09, 112.49, 1000, 1100, 2000, 3000]),
        },
        window: w.in === 'last' ? { in: 'days', n: 20 } : w,
      }
    }
    case 1:
      return { measure: { of: 'distinct', path, test: numberTest(r, COUNTS) }, window: endsNow(r) }
    case 2:
      return {
        measure: { of: 'interval', atLeast: 2 + r.int(3), test: numberTest(r, [0.5, 1, 3, 7, 12]) },
        window: { in: 'ever' },
      }
    case 3:
      return { measure: { of: 'first_at', test: timeTest(r) }, window: ever(r) }
    case 4:
      return { measure: { of: 'last_at', test: timeTest(r) }, window: window(r) }
    case 5: {
      const test = r.of<TextTest | NumberTest | { is: 'equal'; value: boolean }>([
        textTest(r),
        numberTest(r, NUMBERS),
        { is: 'equal', value: r.chance(0.5) },
      ])
      return r.chance(0.5)
        ? { measure: { of: 'first', path, test }, window: ever(r) }
        : { measure: { of: 'last', path, test }, window: endsNow(r) }
    }
    default:
      return { measure: { of: 'count', test: numberTest(r, COUNTS) }, window: window(r) }
  }
}

function orders(r: Random): Rule {
  const by = r.of(['sku', 'product', 'category', 'brand'] as const)
  const values = {
    sku: [...SKUS, 'p1'],
    product: ['p0', 'p1', 'p2', 's1'],
    category: CATEGORIES,
    brand: BRANDS,
  }[by]
  const measure = r.of<OrderMeasure>([
    { of: 'count', test: numberTest(r, COUNTS) },
    { of: 'count', test: numberTest(r, COUNTS) },
    { of: 'quantity', test: numberTest(r, [...COUNTS, 2.5]) },
    {
      of: 'amount',
      test: numberTest(r, [0, 10_000, 49_000, 50_000, 60_000, 125_050, 300_000, 350_000, 600_000]),
    },
    { of: 'average', test: numberTest(r, [100, 300, 500, 875, 1250, 1500, 2000]) },
    { of: 'interval', test: numberTest(r, [0.5, 1, 3, 7, 12]) },
    { of: r.of(['first_at', 'last_at'] as const), test: timeTest(r) },
    { of: 'cycle', onceDays: r.of([1, 10, 30]), test: numberTest(r, [0.5, 1, 2, 5]) },
  ])
  return {
    op: 'orders',
    window: window(r),
    measure,
    ...(r.chance(0.3) ? { lines: { by, values: r.some<string>(values) } } : {}),
    ...(r.chance(0.2) ? { salesChannel: r.some<string>(CHANNELS) } : {}),
    ...(r.chance(0.15) ? { store: r.some<string>(STORES) } : {}),
    ...(r.chance(0.3) ? { status: r.some(ORDER_STATUSES) } : {}),
  }
}

const trait = (r: Random): Rule =>
  r.of<Rule>([
    { op: 'trait', trait: r.of(['address.city', 'none', 'score']), type: 'text', test: textTest(r) },
    {
      op: 'trait',
      trait: r.of(['score', 'none', 'address.city']),
      type: 'number',
      test: numberTest(r, NUMBERS),
    },
    {
      op: 'trait',
      trait: r.of(['member', 'score']),
      type: 'boolean',
      test: { is: 'equal', value: r.chance(0.5) },
    },
    { op: 'trait', trait: r.of(['birthday', 'due', 'address.city']), type: 'date', test: dateTest(r) },
    { op: 'trait', trait: r.of(['birthday', 'due']), type: 'date', test: dateTest(r) },
    { op: 'trait', trait: r.of(['likes', 'none', 'address.city']), type: 'list', test: listTest(r) },
    {
      op: 'trait',
      trait: r.of(['likes', 'none', 'address.city', 'score', 'member', 'due']),
      type: 'any',
      test: { is: 'set' },
    },
  ])

const touched = (r: Random): Rule =>
  r.of<Rule>([
    {
      op: 'touch',
      which: r.of(['first', 'last'] as const),
      field: 'source',
      values: r.some<string>(SOURCES),
    },
    { op: 'touch', which: r.of(['first', 'last'] as const), field: 'medium', values: ['cpc'] },
    { op: 'touch', which: 'first', field: 'store', values: r.some<string>(STORES) },
    { op: 'touch', which: 'last', field: 'kind', values: r.some(['campaign', 'walk_in']) },
  ])

/** Leaves that the state alone answers. */
const STATE: ((r: Random) => Rule)[] = [
  trait,
  trait,
  r => ({
    op: 'age',
    ...(r.chance(0.7) ? { min: r.int(40) } : {}),
    ...(r.chance(0.7) ? { max: 20 + r.int(30) } : {}),
  }),
  r => ({ op: 'tags', is: r.of(['any', 'all', 'none'] as const), tags: r.some<string>(TAGS) }),
  r => ({
    op: 'identifier',
    kind: r.of(IDENTIFIER_KINDS),
    ...(r.chance(0.3) ? { verified: true as const } : {}),
  }),
  r => ({ op: 'channel', channel: r.of(CHANNEL_NAMES), is: r.of(['bound', 'reachable'] as const) }),
  r => ({
    op: 'consent',
    channel: r.of(['email', 'line', 'sms']),
    purpose: r.of(['marketing', 'service']),
    is: r.of(['granted', 'refused', 'unknown'] as const),
  }),
  r => ({ op: 'stage', is: r.of(['exactly', 'at_least', 'at_most'] as const), stage: r.of(STAGES) }),
  r => ({ op: 'tier', is: r.of(['one_of', 'none_of'] as const), tiers: r.some<string>(TIERS) }),
  r => ({ op: 'points', test: numberTest(r, [0, 10, 99.5, 1000]) }),
  r => ({
    op: 'coupon',
    ...(r.chance(0.5) ? { coupon: r.of(COUPONS) } : {}),
    ...(r.chance(0.5) ? { expiresIn: span(r) } : {}),
  }),
  r => ({
    op: 'likes',
    ...r.of([
      { of: 'category' as const, values: r.some<string>(CATEGORIES) },
      { of: 'brand' as const, values: r.some<string>(BRANDS) },
    ]),
    top: 1 + r.int(3),
  }),
  touched,
  r => ({ op: 'clock', clock: r.of(['order', 'customer', 'marketing', 'team'] as const), test: timeTest(r) }),
  r => {
    const [from, to] = [r.int(101), r.int(101)].sort((a, b) => a - b) as [number, number]
    return { op: 'percent', salt: r.of(['a', '節慶']), from, to }
  },
]

/** Leaves about what happened. */
const PAST: ((r: Random) => Rule)[] = [
  r => ({ op: 'event', ...eventRef(r), ...measured(r) }),
  r => ({ op: 'event', ...eventRef(r), ...measured(r) }),
  r => ({ op: 'event', ...eventRef(r), ...measured(r) }),
  orders,
  orders,
  r => ({
    op: 'sequence',
    first: eventRef(r),
    next: eventRef(r),
    within: span(r),
    is: r.of(['followed', 'not_followed'] as const),
    window: window(r),
  }),
]

export function randomRule(r: Random, depth = 0): Rule {
  const kind = r.next()
  if (depth < 3 && kind < 0.25) {
    const rules = Array.from({ length: 2 + r.int(2) }, () => randomRule(r, depth + 1))
    return { op: r.of(['and', 'or'] as const), rules }
  }
  if (depth < 3 && kind < 0.32) return { op: 'not', rule: randomRule(r, depth + 1) }
  return r.of(r.chance(0.7) ? PAST : STATE)(r)
}
