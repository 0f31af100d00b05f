// What the builder begins a condition with, and how its changes are undone.
import i18next from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkRule } from '../../src/rules/check.ts'
import type { EventMeasure, Window } from '../../src/rules/model.ts'
import { askedIn } from '../../src/rules/windows.ts'
import { spoken } from '../spoken.ts'
import { sayIn } from '../say.ts'
import { words } from '../words/index.ts'
import type { Leaf } from './edit.ts'
import { written } from './history.ts'
import { saySeen } from './in-words.ts'
import { extrasOf, KINDS, periodsOf, without } from './kinds.ts'
import { CODES } from './names.ts'
import { isComplete, leafPieces } from './sentence.ts'

beforeAll(() =>
  i18next.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: { en: { translation: spoken(words, 1) } },
  }),
)
const say = () => sayIn(i18next.t, 'en', 'Asia/Taipei')

describe('kinds', () => {
  test.each(Object.entries(KINDS))('%s is a rule, or shows which blank is open', (_, { leaf }) => {
    const checked = checkRule(leaf)
    const open = leafPieces(leaf, say(), CODES).filter(p => typeof p !== 'string' && p.missing)
    expect('faults' in checked && open.length === 0, JSON.stringify(checked)).toBe(false)
    expect(isComplete(leaf, say(), CODES)).toBe(open.length === 0)
  })
  test('a part that is added opens as its own chip, and can be taken off again', () => {
    for (const { leaf } of Object.values(KINDS) as { leaf: Leaf }[])
      for (const { chip, leaf: more } of extrasOf(leaf)) {
        expect(leafPieces(more, say(), CODES)).toContainEqual(expect.objectContaining({ id: chip }))
        const less = without(more, chip)
        if (less) expect(less).toEqual(leaf)
      }
  })
})

describe('what is offered is taken', () => {
  const asked = (measure: EventMeasure, window: Window) =>
    checkRule({ op: 'event', event: 'Order Completed', window, measure }, '', { run: true })
  const WINDOWS: Window[] = [
    { in: 'ever' },
    { in: 'last', span: { n: 36, unit: 'hour' } },
    { in: 'last', span: { n: 3_000, unit: 'day' } },
    { in: 'days', n: 7 },
    { in: 'period', period: 'month', ago: 0 },
    { in: 'period', period: 'month', ago: 1 },
    { in: 'since', at: '2026-01-01' },
    { in: 'entry' },
    { in: 'node' },
  ]
  const test1 = { is: 'at_least', value: 1 } as const
  const moment = { is: 'over_ago', span: { n: 1, unit: 'day' } } as const
  const MEASURES: Record<EventMeasure['of'], EventMeasure> = {
    count: { of: 'count', test: test1 },
    sum: { of: 'sum', path: 'total', test: test1 },
    distinct: { of: 'distinct', path: 'total', test: test1 },
    interval: { of: 'interval', atLeast: 2, test: test1 },
    first_at: { of: 'first_at', test: moment },
    last_at: { of: 'last_at', test: moment },
    first: { of: 'first', path: 'total', test: test1 },
    last: { of: 'last', path: 'total', test: test1 },
  }
  test.each(Object.values(MEASURES))('$of moves the window only where it must', measure => {
    for (const window of WINDOWS) {
      const moved = askedIn(measure.of, window)
      expect(asked(measure, moved), JSON.stringify(moved)).toHaveProperty('rule')
      expect(moved === window).toBe('rule' in asked(measure, window))
    }
  })
  test('a sum of the last 36 hours is asked of two days, and of most days at most', () => {
    expect(askedIn('sum', WINDOWS[1]!)).toEqual({ in: 'days', n: 2 })
    expect(askedIn('sum', WINDOWS[2]!)).toEqual({ in: 'days', n: 400 })
  })
  test.each(['day', 'week', 'month', 'quarter', 'year'] as const)('every %s to choose from', period => {
    const offered = periodsOf({ in: 'period', period, ago: 0 })
    expect(offered.length).toBeGreaterThan(1)
    for (const window of offered) expect(asked(MEASURES.count, window)).toHaveProperty('rule')
    expect(periodsOf({ in: 'period', period, ago: 40 })).toHaveLength(41) // what is chosen stays
  })
})

describe('undo', () => {
  const root = (n: number) => ({ op: 'and' as const, rules: [{ op: 'age' as const, min: n }] })
  const begun = { root: root(0), past: [], future: [], step: null }
  test('what is typed into one field is one step', () => {
    let now = written(begun, { do: 'write', root: root(1), step: '/rules/0 age' })
    now = written(now, { do: 'write', root: root(12), step: '/rules/0 age' })
    now = written(now, { do: 'write', root: root(13), step: '/rules/1 age' })
    expect(now.past).toEqual([root(0), root(12)])
    now = written(written(now, { do: 'undo' }), { do: 'undo' })
    expect(now.root).toEqual(root(0))
    expect(written(now, { do: 'redo' }).root).toEqual(root(12))
  })
})

test('what was found is said as a person reads it', () => {
  const gender: Leaf = { op: 'trait', trait: 'gender', type: 'text', test: { is: 'equal', value: 'female' } }
  const names = { ...CODES, choice: (_: string, value: string) => (value === 'female' ? 'Female' : value) }
  const spent: Leaf = {
    op: 'orders',
    window: { in: 'ever' },
    measure: { of: 'amount', test: { is: 'over', value: 1 } },
  }
  expect([
    saySeen('female', gender, say(), names),
    saySeen(null, gender, say(), names),
    saySeen([], null, say(), names),
    saySeen(['a', 'b'], null, say(), names),
    saySeen(1200, spent, say(), names),
    saySeen(Date.UTC(2026, 0, 1), null, say(), names),
    saySeen(true, null, say(), names),
  ]).toEqual(['Female', 'nothing known', 'nothing known', 'a, b', 'NT$1,200', '01/01/2026, 08:00:00', 'yes'])
})
