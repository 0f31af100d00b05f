// The rule language: each leaf, short circuits with their reasons, filters, and rules that come from outside.
import { describe, expect, test } from 'vitest'
import type { CustomerState, TraitValue } from '../customers/model.ts'
import { emptyState } from '../customers/reduce.ts'
import { checkRule, MAX_RULE_DEPTH, type CheckOptions, type Vocabulary } from './check.ts'
import { evaluate, type Subject } from './evaluate.ts'
import { happened, traitSet } from './make.ts'
import { matches } from './match.ts'
import type {
  DateTest,
  EventMeasure,
  NumberTest,
  PropFilter,
  Rule,
  TextTest,
  TimeTest,
  Window,
} from './model.ts'
import { needOf } from './needs.ts'
import { percentOf } from './percent.ts'

const at = (text: string): number => Date.parse(text)
const NOW = at('2026-06-15T12:00:00+08:00')
const DAY = 86_400_000
const said = (v: TraitValue) => ({ v, at: 1, src: 't' })

const keyOf = (rule: Rule): string => needOf(rule as Extract<Rule, { op: 'event' }>)!.key

const state: CustomerState = {
  ...emptyState({ workspace: 'w', id: '0198f3a2-7c10-7000-8000-0000000000ab' }, 0),
  traits: {
    city: said('台北市'),
    visits: said(10),
    vip: said(true),
    likes: said(['tea', 'cake']),
    empty: said(''),
    birthday: said('1996-06-16'),
    leap: said('2000-02-29'),
    ends: said('2026-06-20'),
  },
  tags: { loyal: { at: 1, src: 't' }, trial: { at: 1, src: 't', until: NOW + 5 } },
  ids: [
    { kind: 'email', value: 'may@example.com', verified: true, at: 1, src: 't' },
    { kind: 'phone', value: '+886912345678', verified: false, at: 1, src: 't' },
    { kind: 'line_uid', value: 'U1', verified: true, at: 1, src: 't' },
  ],
  line: { following: true, at: 1 },
  consent: {
    'email/marketing': { on: true, at: 1, src: 't' },
    'sms/marketing': { on: false, at: 1, src: 't' },
  },
  stage: { s: 3, at: 1, by: 't', no: 1 },
  tier: { v: 'gold', at: 1 },
  points: { v: 500, at: 1 },
  coupons: {
    A: { kind: 'welcome', at: 1, ends: NOW + 3 * DAY },
    B: { kind: 'used', at: 1, gone: true },
    C: { kind: 'birthday', at: 1 },
  },
  likes: { c: { 洋裝: 900, 配件: 800, 鞋: 100 }, b: { Ito: 5 } },
  touch: {
    f: { at: 1, k: 'campaign', s: 'line', m: 'push', c: 'spring' },
    l: { at: 2, k: 'store_qr', st: 'TPE01' },
  },
  orders: { n: 2, revenue: 300, currency: 'TWD', firstAt: NOW - 90 * DAY, lastAt: NOW - 30 * DAY },
  clk: { c: NOW - 3_600_000, m: NOW - 14 * DAY },
  mem: { [keyOf(happened('Paid'))]: [0, [100]] },
}
const subject: Subject = {
  state,
  now: NOW,
  timezone: 'Asia/Taipei',
  since: { entry: 50, node: 150 },
  fresh: new Set(),
  member: (segment, group) => segment === 'seg_1' && (group === undefined || group === 'a'),
}
const value = (rule: Rule, s = subject) => evaluate(rule, s).value
const text = (trait: string, test: TextTest): Rule => ({ op: 'trait', trait, type: 'text', test })
const number = (trait: string, test: NumberTest): Rule => ({ op: 'trait', trait, type: 'number', test })
const date = (trait: string, test: DateTest): Rule => ({ op: 'trait', trait, type: 'date', test })
const listOf = (trait: string, is: 'any' | 'all' | 'none', ...values: string[]): Rule => ({
  op: 'trait',
  trait,
  type: 'list',
  test: { is, values },
})
const tagged = (is: 'any' | 'all' | 'none', ...tags: string[]): Rule => ({ op: 'tags', is, tags })

test.each<[Rule, boolean]>([
  [text('city', { is: 'equal', value: '台北市' }), true],
  [text('city', { is: 'equal', value: '台北' }), false],
  [text('city', { is: 'not_equal', value: '高雄市' }), true],
  [text('city', { is: 'contains', value: '北' }), true],
  [text('city', { is: 'not_contains', value: '北' }), false],
  [text('city', { is: 'starts_with', value: '台' }), true],
  [text('city', { is: 'ends_with', value: '市' }), true],
  [text('city', { is: 'one_of', values: ['x', '台北市'] }), true],
  [text('city', { is: 'none_of', values: ['x', '台北市'] }), false],
  [number('visits', { is: 'equal', value: 10 }), true],
  [number('visits', { is: 'not_equal', value: 10 }), false],
  [number('visits', { is: 'at_least', value: 10 }), true],
  [number('visits', { is: 'over', value: 10 }), false],
  [number('visits', { is: 'at_most', value: 10 }), true],
  [number('visits', { is: 'under', value: 10 }), false],
  [number('visits', { is: 'between', from: 10, to: 10 }), true],
  [number('visits', { is: 'between', from: 11, to: 20 }), false],
  [{ op: 'trait', trait: 'vip', type: 'boolean', test: { is: 'equal', value: true } }, true],
  [{ op: 'trait', trait: 'vip', type: 'boolean', test: { is: 'equal', value: false } }, false],
  [listOf('likes', 'any', 'tea', 'x'), true],
  [listOf('likes', 'all', 'tea', 'x'), false],
  [listOf('likes', 'all', 'tea', 'cake'), true],
  [listOf('likes', 'none', 'x'), true],
  [listOf('likes', 'none', 'tea'), false],
])('R4-16 attributes of every type: %j is %s', (rule, expected) => {
  expect(value(rule)).toBe(expected)
})

test.each<[Rule, boolean]>([
  [text('visits', { is: 'equal', value: '10' }), false],
  [number('city', { is: 'at_least', value: 0 }), false],
  [text('none', { is: 'equal', value: '' }), false],
  [text('none', { is: 'not_equal', value: 'x' }), true],
  [text('none', { is: 'none_of', values: ['x'] }), true],
  [text('none', { is: 'not_contains', value: 'x' }), true],
  [number('none', { is: 'not_equal', value: 1 }), true],
  [number('none', { is: 'under', value: 1 }), false],
  [{ op: 'trait', trait: 'none', type: 'boolean', test: { is: 'equal', value: false } }, false],
  [listOf('none', 'none', 'x'), true],
  [listOf('city', 'any', '台北市'), false],
  [date('city', { is: 'before', date: '2030-01-01' }), false],
  [text('constructor', { is: 'contains', value: '' }), false],
  [traitSet('city'), true],
  [traitSet('empty'), false],
  [traitSet('none'), false],
])('what is not known, or of another type: %j is %s', (rule, expected) => {
  expect(value(rule)).toBe(expected)
})

test.each<[Rule, boolean]>([
  [tagged('any', 'loyal', 'x'), true],
  [tagged('any', 'x'), false],
  [tagged('all', 'loyal', 'trial'), true],
  [tagged('all', 'loyal', 'x'), false],
  [tagged('none', 'x'), true],
  [tagged('none', 'x', 'loyal'), false],
])('R4-15 tags, any, all and none: %j is %s', (rule, expected) => {
  expect(value(rule)).toBe(expected)
})

test.each<[Rule, boolean]>([
  [{ op: 'identifier', kind: 'email' }, true],
  [{ op: 'identifier', kind: 'email', verified: true }, true],
  [{ op: 'identifier', kind: 'phone', verified: true }, false],
  [{ op: 'identifier', kind: 'phone' }, true],
  [{ op: 'identifier', kind: 'member_no' }, false],
  [{ op: 'channel', channel: 'line', is: 'bound' }, true],
  [{ op: 'channel', channel: 'line', is: 'reachable' }, true],
  [{ op: 'channel', channel: 'email', is: 'reachable' }, true],
  [{ op: 'channel', channel: 'sms', is: 'bound' }, false],
  [{ op: 'channel', channel: 'push', is: 'bound' }, false],
  [{ op: 'consent', channel: 'email', purpose: 'marketing', is: 'granted' }, true],
  [{ op: 'consent', channel: 'sms', purpose: 'marketing', is: 'refused' }, true],
  [{ op: 'consent', channel: 'line', purpose: 'marketing', is: 'unknown' }, true],
  [{ op: 'stage', is: 'exactly', stage: 'conversion' }, true],
  [{ op: 'stage', is: 'at_least', stage: 'retention' }, false],
  [{ op: 'stage', is: 'at_most', stage: 'conversion' }, true],
  [{ op: 'tier', is: 'one_of', tiers: ['gold'] }, true],
  [{ op: 'tier', is: 'none_of', tiers: ['gold'] }, false],
  [{ op: 'points', test: { is: 'at_least', value: 500 } }, true],
  [{ op: 'coupon' }, true],
  [{ op: 'coupon', coupon: 'welcome' }, true],
  [{ op: 'coupon', coupon: 'used' }, false],
  [{ op: 'coupon', expiresIn: { n: 3, unit: 'day' } }, true],
  [{ op: 'coupon', expiresIn: { n: 2, unit: 'day' } }, false],
  [{ op: 'coupon', coupon: 'birthday', expiresIn: { n: 9, unit: 'day' } }, false],
  [{ op: 'likes', of: 'category', values: ['配件'], top: 1 }, false],
  [{ op: 'likes', of: 'category', values: ['配件'], top: 2 }, true],
  [{ op: 'likes', of: 'brand', values: ['Ito'], top: 1 }, true],
  [{ op: 'touch', which: 'first', field: 'campaign', values: ['spring'] }, true],
  [{ op: 'touch', which: 'last', field: 'store', values: ['TPE01'] }, true],
  [{ op: 'touch', which: 'last', field: 'campaign', values: ['spring'] }, false],
  [{ op: 'segment', segment: 'seg_1', is: 'in' }, true],
  [{ op: 'segment', segment: 'seg_1', group: 'b', is: 'in' }, false],
  [{ op: 'segment', segment: 'seg_2', is: 'out' }, true],
  [happened('Paid'), true],
  [happened('Paid', 'node'), false],
  [happened('Seen'), false],
  [{ op: 'not', rule: traitSet('none') }, true],
])('%j is %s', (rule, expected) => {
  expect(value(rule)).toBe(expected)
})

const midnight = (day: string) => at(`${day}T00:00:00+08:00`)
const ago = (clock: 'order' | 'customer' | 'marketing' | 'team', test: TimeTest): Rule => ({
  op: 'clock',
  clock,
  test,
})

test.each<[Rule, boolean, until: number | null]>([
  [date('ends', { is: 'on', date: '2026-06-20' }), true, null],
  [date('ends', { is: 'before', date: '2026-06-20' }), false, null],
  [date('ends', { is: 'after', date: '2026-06-19' }), true, null],
  [date('ends', { is: 'between', from: '2026-06-20', to: '2026-06-20' }), true, null],
  [date('ends', { is: 'in_next', days: 5 }), false, midnight('2026-06-16')],
  [date('ends', { is: 'in_next', days: 6 }), true, midnight('2026-06-21')],
  [date('ends', { is: 'in_last', days: 3 }), false, midnight('2026-06-20')],
  [date('birthday', { is: 'in_last', days: 3 }), false, null],
  [date('birthday', { is: 'anniversary_in', days: 0 }), false, midnight('2026-06-16')],
  [date('birthday', { is: 'anniversary_in', days: 1 }), true, midnight('2026-06-17')],
  [date('leap', { is: 'anniversary_in', days: 30 }), false, midnight('2027-01-29')],
  [date('birthday', { is: 'month', month: 'this' }), true, midnight('2026-07-01')],
  [date('leap', { is: 'month', month: 'this' }), false, midnight('2027-02-01')],
  [date('leap', { is: 'month', month: 2 }), true, null],
  [{ op: 'age', min: 25, max: 29 }, true, midnight('2026-06-16')],
  [{ op: 'age', min: 30 }, false, midnight('2026-06-16')],
  [{ op: 'age', max: 28 }, false, null],
  [tagged('all', 'trial'), true, NOW + 5],
  [ago('order', { is: 'over_ago', span: { n: 30, unit: 'day' } }), true, null],
  [ago('order', { is: 'in_last', span: { n: 30, unit: 'day' } }), false, null],
  [ago('order', { is: 'over_ago', span: { n: 31, unit: 'day' } }), false, NOW + DAY],
  [ago('customer', { is: 'in_last', span: { n: 61, unit: 'minute' } }), true, NOW + 60_000],
  [ago('marketing', { is: 'before', at: '2026-06-01' }), false, null],
  [ago('marketing', { is: 'after', at: '2026-06-01T12:00:00+08:00' }), true, null],
  [ago('marketing', { is: 'ever' }), true, null],
  [ago('team', { is: 'never' }), true, null],
  [ago('team', { is: 'over_ago', span: { n: 1, unit: 'day' } }), false, null],
  [{ op: 'coupon', coupon: 'welcome' }, true, NOW + 3 * DAY],
  [{ op: 'coupon', expiresIn: { n: 1, unit: 'day' } }, false, NOW + 2 * DAY],
])('by time: %j is %s, until %s', (rule, expected, until) => {
  const verdict = evaluate(rule, subject)
  expect([verdict.value, verdict.until]).toEqual([expected, until])
  if (until === null) return
  expect(value(rule, { ...subject, now: until - 1 })).toBe(expected)
  expect(value(rule, { ...subject, now: until })).toBe(!expected)
})

test('an event of the same millisecond counts only while it is being folded', () => {
  const paid = happened('Paid')
  const same = { ...subject, since: { entry: 100, node: 100 } }
  expect(value(paid, same)).toBe(false)
  expect(value(paid, { ...same, fresh: new Set([keyOf(paid)]) })).toBe(true)
})

test('only the leaves that decided are given as reasons, each with its place', () => {
  const yes = traitSet('city')
  const no = traitSet('none')
  expect(evaluate({ op: 'and', rules: [yes, no, yes] }, subject)).toEqual({
    value: false,
    until: null,
    why: [{ path: '/rules/1', leaf: 'trait', value: false, seen: null }],
  })
  expect(
    evaluate({ op: 'or', rules: [no, { op: 'not', rule: no }, no] }, subject).why.map(w => w.path),
  ).toEqual(['/rules/1/rule'])
  expect(evaluate({ op: 'or', rules: [no, no] }, subject).why).toHaveLength(2)
})

describe('shares', () => {
  test('the hash is the one that ClickHouse has', () => {
    // what ClickHouse gives for murmurHash3_32(':'), ('abc:s1') and ('0198…ab:鹽')
    const hashes = [percentOf('', ''), percentOf('abc', 's1'), percentOf(state.id, '鹽')]
    expect(hashes.map(h => Math.round((h * 4294967296) / 100))).toEqual([723937430, 3579234187, 433369153])
  })
  test('salts divide anew, and about evenly', () => {
    const ids = Array.from(
      { length: 4000 },
      (_, i) => `0198f3a2-7c10-7000-8000-${String(i).padStart(12, '0')}`,
    )
    const a = ids.filter(id => percentOf(id, 'a') < 10)
    const both = a.filter(id => percentOf(id, 'b') < 10)
    expect(Math.abs(a.length - 400)).toBeLessThan(80)
    expect(Math.abs(both.length - 40)).toBeLessThan(30)
  })
})

describe('filters', () => {
  const props = {
    n: 10,
    s: 'ten',
    list: [
      { sku: 'a', price: 5 },
      { sku: 'b', price: 9 },
    ],
    deep: { x: { y: true } },
    nil: null,
  }
  test.each<[PropFilter, boolean]>([
    [{ path: 'n', op: 'is', value: 10 }, true],
    [{ path: 'n', op: 'is', value: '10' }, false],
    [{ path: 'n', op: 'is_not', value: 11 }, true],
    [{ path: 'none', op: 'is_not', value: 11 }, true],
    [{ path: 'n', op: 'at_least', value: 10 }, true],
    [{ path: 'n', op: 'at_least', value: 10.01 }, false],
    [{ path: 'n', op: 'at_most', value: 10 }, true],
    [{ path: 's', op: 'at_least', value: 5 }, false],
    [{ path: 's', op: 'contains', value: 'en' }, true],
    [{ path: 'list.sku', op: 'is', value: 'b' }, true],
    [{ path: 'list.1.price', op: 'is', value: 9 }, true],
    [{ path: 'list.price', op: 'at_least', value: 9 }, true],
    [{ path: 'deep.x.y', op: 'is', value: true }, true],
    [{ path: 'deep.x.z', op: 'is_set' }, false],
    [{ path: 'nil', op: 'is_set' }, false],
    [{ path: 'constructor.name', op: 'is_set' }, false],
  ])('%j is %s', (filter, expected) => {
    expect(matches(props, [filter])).toBe(expected)
  })
  test('all of a list must hold', () => {
    const a: PropFilter[] = [{ path: 'n', op: 'is', value: 10 }]
    expect(matches(props, [...a, { path: 's', op: 'is', value: 'x' }])).toBe(false)
  })
})

describe('rules from outside', () => {
  const faults = (rule: unknown, options?: CheckOptions) => {
    const checked = checkRule(rule, '/filter', options)
    return 'faults' in checked ? checked.faults.map(f => [f.path, f.code]) : []
  }
  const event = (window: Window, measure: EventMeasure) => ({ op: 'event', event: 'x', window, measure })
  const times = (value: number): EventMeasure => ({ of: 'count', test: { is: 'at_least', value } })
  const ever: Window = { in: 'ever' }

  test.each<[unknown, string]>([
    [{ op: 'and', rules: [] }, '/filter/rules'],
    [{ op: 'and', rules: [{ op: 'tags', is: 'any' }] }, '/filter/rules/0/tags'],
    [{ op: 'trait_set', trait: 't' }, '/filter/op'],
    [{ ...event(ever, times(1)), where: [{ path: 'n', op: 'is' }] }, '/filter/where/0/value'],
    [{ ...event(ever, times(1)), extra: 1 }, '/filter'],
    ['text', '/filter'],
    [{ op: 'tier', is: 'one_of', tiers: ['__proto__'] }, '/filter/tiers/0'],
    [date('d', { is: 'on', date: '2026-02-30' }), '/filter/test/date'],
    [date('d', { is: 'between', from: '2026-02-02', to: '2026-02-01' }), '/filter/test/to'],
    [ago('team', { is: 'before', at: 'yesterday' }), '/filter/test/at'],
    [{ op: 'age' }, '/filter'],
    [{ op: 'percent', salt: 's', from: 50, to: 50 }, '/filter/to'],
    [text('t', { is: 'equal', value: 'x'.repeat(201) }), '/filter/test/value'],
    [{ op: 'tags', is: 'any', tags: Array.from({ length: 201 }, (_, i) => String(i)) }, '/filter/tags'],
  ])('%j: the fault is at %s', (rule, path) => {
    expect(faults(rule).map(f => f[0])).toContain(path)
  })

  test.each<[unknown, [path: string, code: string][]]>([
    [event(ever, times(1000)), []],
    [event(ever, times(1001)), [['/filter/measure/test/value', 'unbounded']]],
    [event(ever, times(1.5)), [['/filter/measure/test/value', 'not_a_count']]],
    [event({ in: 'days', n: 400 }, times(1)), []],
    [event({ in: 'days', n: 401 }, times(1)), [['/filter/window/n', 'window_too_long']]],
    [event({ in: 'period', period: 'year', ago: 2 }, times(1)), [['/filter/window/ago', 'window_too_long']]],
    [event({ in: 'entry' }, times(1)), [['/filter/window/in', 'only_in_journeys']]],
    [
      event(
        { in: 'last', span: { n: 7, unit: 'day' } },
        { of: 'sum', path: 'v', test: { is: 'over', value: 5 } },
      ),
      [['/filter/measure/of', 'unbounded']],
    ],
    [event({ in: 'days', n: 7 }, { of: 'sum', path: 'v', test: { is: 'over', value: 5.5 } }), []],
    [
      event({ in: 'days', n: 7 }, { of: 'interval', atLeast: 2, test: { is: 'over', value: 5 } }),
      [['/filter/measure/of', 'unbounded']],
    ],
    [
      event({ in: 'days', n: 7 }, { of: 'first_at', test: { is: 'ever' } }),
      [['/filter/measure/of', 'unbounded']],
    ],
    [
      event(
        { in: 'period', period: 'month', ago: 1 },
        { of: 'distinct', path: 'sku', test: { is: 'at_least', value: 2 } },
      ),
      [['/filter/measure/of', 'unbounded']],
    ],
  ])('what needs no bound is refused: %j', (rule, expected) => {
    expect(faults(rule)).toEqual(expected)
  })

  test('since the entry exists in journeys; every fault says what to do', () => {
    expect(faults(event({ in: 'node' }, times(1)), { run: true })).toEqual([])
    const checked = checkRule({ op: 'and', rules: [event({ in: 'node' }, times(2000)), { op: 'guess' }] })
    if (!('faults' in checked)) throw new Error('this rule is wrong')
    for (const f of checked.faults) expect([f.alternative?.zh, f.alternative?.en]).not.toContain(undefined)
  })

  test('against what the workspace knows', () => {
    const vocabulary: Vocabulary = {
      traits: new Map([['city', 'text']]),
      segments: new Map([['seg_1', { groups: ['a'] }]]),
    }
    const of = (rule: Rule) => faults(rule, { vocabulary })
    expect(of(text('city', { is: 'equal', value: 'x' }))).toEqual([])
    expect(of(traitSet('city'))).toEqual([])
    expect(of(text('town', { is: 'equal', value: 'x' }))).toEqual([['/filter/trait', 'unknown_attribute']])
    expect(of(number('city', { is: 'equal', value: 1 }))).toEqual([['/filter/type', 'wrong_type']])
    expect(of({ op: 'segment', segment: 'seg_2', is: 'in' })).toEqual([
      ['/filter/segment', 'unknown_segment'],
    ])
    expect(of({ op: 'segment', segment: 'seg_1', group: 'b', is: 'in' })).toEqual([
      ['/filter/group', 'unknown_group'],
    ])
    expect(of({ op: 'segment', segment: 'seg_1', group: 'a', is: 'in' })).toEqual([])
  })

  test('depth and size are bounded, also far beyond the stack', () => {
    let deep: unknown = traitSet('t')
    for (let i = 1; i < MAX_RULE_DEPTH; i++) deep = { op: 'not', rule: deep }
    expect(faults(deep)).toEqual([])
    expect(faults({ op: 'not', rule: deep })).toEqual([['/filter', 'too_large']])
    for (let i = 0; i < 100_000; i++) deep = { op: 'not', rule: deep }
    expect(faults(deep)).toEqual([['/filter', 'too_large']])
    const wide = { op: 'or', rules: Array.from({ length: 101 }, () => traitSet('t')) }
    expect(faults(wide)).toEqual([['/filter', 'too_large']])
  })
})
