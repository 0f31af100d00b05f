// The rule language: each leaf, short circuits with their reasons, filters, and rules that come from outside.
import { describe, expect, test } from 'vitest'
import { checkRule, MAX_RULE_DEPTH } from './check.ts'
import { evaluate, type Subject } from './evaluate.ts'
import { leafKey, matches } from './match.ts'
import type { PropFilter, Rule } from './model.ts'

const subject: Subject = {
  state: {
    traits: {
      tier: { v: 'gold', at: 1, src: 't' },
      likes: { v: ['tea', 'cake'], at: 1, src: 't' },
      empty: { v: '', at: 1, src: 't' },
    },
    ids: [{ kind: 'email', value: 'may@example.com', verified: true, at: 1, src: 't' }],
    leaf: { Paid: 100 },
  },
  now: 0,
  timezone: 'Asia/Taipei',
  since: { entry: 50, node: 150 },
  fresh: new Set(),
}
const value = (rule: Rule, s = subject) => evaluate(rule, s).value

test.each<[Rule, boolean]>([
  [{ op: 'trait_is', trait: 'tier', value: 'gold' }, true],
  [{ op: 'trait_is', trait: 'tier', value: 'silver' }, false],
  [{ op: 'trait_is', trait: 'likes', value: 'tea' }, true],
  [{ op: 'trait_is', trait: 'constructor', value: 'gold' }, false],
  [{ op: 'trait_set', trait: 'tier' }, true],
  [{ op: 'trait_set', trait: 'empty' }, false],
  [{ op: 'trait_set', trait: 'none' }, false],
  [{ op: 'has_identifier', kind: 'email' }, true],
  [{ op: 'has_identifier', kind: 'line_uid' }, false],
  [{ op: 'event', event: 'Paid', since: 'entry' }, true],
  [{ op: 'event', event: 'Paid', since: 'node' }, false],
  [{ op: 'event', event: 'Seen', since: 'entry' }, false],
  [{ op: 'not', rule: { op: 'trait_set', trait: 'none' } }, true],
])('%j is %s', (rule, expected) => {
  expect(value(rule)).toBe(expected)
})

test('an event of the same millisecond counts only while it is being folded', () => {
  const paid: Rule = { op: 'event', event: 'Paid', since: 'entry' }
  const same = { ...subject, since: { entry: 100, node: 100 } }
  expect(value(paid, same)).toBe(false)
  expect(value(paid, { ...same, fresh: new Set(['Paid']) })).toBe(true)
})

test('only the leaves that decided are given as reasons, each with its place', () => {
  const yes: Rule = { op: 'trait_set', trait: 'tier' }
  const no: Rule = { op: 'trait_set', trait: 'none' }
  expect(evaluate({ op: 'and', rules: [yes, no, yes] }, subject)).toEqual({
    value: false,
    until: null,
    why: [{ path: '/rules/1', leaf: 'trait_set', value: false, seen: null }],
  })
  expect(
    evaluate({ op: 'or', rules: [no, { op: 'not', rule: no }, no] }, subject).why.map(w => w.path),
  ).toEqual(['/rules/1/rule'])
  expect(evaluate({ op: 'or', rules: [no, no] }, subject).why).toHaveLength(2)
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
  test('all of a list must hold; leaves of different filters have different keys', () => {
    const a: PropFilter[] = [{ path: 'n', op: 'is', value: 10 }]
    expect(matches(props, [...a, { path: 's', op: 'is', value: 'x' }])).toBe(false)
    expect(leafKey('Paid', a)).not.toBe(leafKey('Paid', [{ path: 'n', op: 'is', value: 11 }]))
    expect(leafKey('Paid', [...a])).toBe(leafKey('Paid', a))
    expect(leafKey('Paid', [])).toBe('Paid')
  })
})

describe('rules from outside', () => {
  const faults = (rule: unknown) => {
    const checked = checkRule(rule, '/filter')
    return 'faults' in checked ? checked.faults.map(f => [f.path, f.code]) : []
  }
  test.each<[unknown, string]>([
    [{ op: 'and', rules: [] }, '/filter/rules'],
    [{ op: 'and', rules: [{ op: 'trait_set' }] }, '/filter/rules/0/trait'],
    [{ op: 'event', event: 'x', since: 'ever' }, '/filter/since'],
    [{ op: 'event', event: 'x', since: 'entry', where: [{ path: 'n', op: 'is' }] }, '/filter/where/0/value'],
    [{ op: 'guess' }, '/filter/op'],
    ['text', '/filter'],
    [{ op: 'trait_set', trait: '__proto__' }, '/filter/trait'],
  ])('%j: the fault is at %s', (rule, path) => {
    expect(faults(rule).map(f => f[0])).toContain(path)
  })
  test('depth and size are bounded, also far beyond the stack', () => {
    let deep: unknown = { op: 'trait_set', trait: 't' }
    for (let i = 1; i < MAX_RULE_DEPTH; i++) deep = { op: 'not', rule: deep }
    expect(faults(deep)).toEqual([])
    expect(faults({ op: 'not', rule: deep })).toEqual([['/filter', 'too_large']])
    for (let i = 0; i < 100_000; i++) deep = { op: 'not', rule: deep }
    expect(faults(deep)).toEqual([['/filter', 'too_large']])
    const wide = { op: 'or', rules: Array.from({ length: 101 }, () => ({ op: 'trait_set', trait: 't' })) }
    expect(faults(wide)).toEqual([['/filter', 'too_large']])
  })
})
