// A filter compares values of one type: what is written with the keyboard becomes what history holds.
import { expect, test } from 'vitest'
import { propFilter } from '../../src/rules/check.ts'
import { matches } from '../../src/rules/match.ts'
import type { PropFilter } from '../../src/rules/model.ts'
import { typesFor, valueAs, withOp, withPath } from './filter-value.ts'

const blank: PropFilter = { path: '', op: 'is', value: '' }
const typed = (filter: PropFilter, text: string): PropFilter => ({
  ...filter,
  value: valueAs(text, typeof filter.value === 'number' ? 'number' : 'text'),
})

test('digits are compared as the property has them: a code stays a text, a price is a number', () => {
  const code = typed(withPath(blank, 'product_id', 'text'), '0012')
  const price = typed(withPath(blank, 'price', 'number'), '1200')
  expect([code.value, price.value]).toEqual(['0012', 1200])
  expect(matches({ product_id: '0012', price: 1200 }, [code, price])).toBe(true)
  // nobody has seen it: what is written is a text until somebody says otherwise
  expect(typed(withPath(blank, 'odd', undefined), '7').value).toBe('7')
})

test('a part of a text is a text, also of digits', () => {
  const part = withOp({ path: 'campaign', op: 'is', value: 2026 }, 'contains')
  expect(part).toEqual({ path: 'campaign', op: 'contains', value: '2026' })
  expect(matches({ campaign: 'spring-2026' }, [part])).toBe(true)
})

test('yes or no, and at least', () => {
  const gift = withPath(blank, 'gift', 'boolean')
  expect(matches({ gift: false }, [gift])).toBe(true)
  expect(withOp(gift, 'at_least')).toEqual({ path: 'gift', op: 'at_least', value: 0 })
  expect(withOp({ path: 'price', op: 'contains', value: 'x' }, 'at_least').value).toBe('x')
  expect(withOp({ path: 'price', op: 'is', value: 5 }, 'is_set')).toEqual({ path: 'price', op: 'is_set' })
})

test('whatever a comparison offers is a filter that the server takes', () => {
  for (const op of [
    'is',
    'is_not',
    'at_least',
    'at_most',
    'contains',
    'starts_with',
    'like',
    'is_set',
  ] as const)
    for (const type of typesFor(op).length === 0 ? [undefined] : typesFor(op)) {
      const filter = { ...withOp(blank, op), path: 'x', ...(type ? { value: valueAs('1', type) } : {}) }
      expect(propFilter.safeParse(filter), JSON.stringify(filter)).toMatchObject({ success: true })
    }
})
