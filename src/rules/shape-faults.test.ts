// What is wrong with a rule is told in the reader's language, with where it is and what to do instead.
import { expect, test } from 'vitest'
import { checkRule } from './check.ts'

const ever = { in: 'ever' }
const once = { of: 'count', test: { is: 'at_least', value: 1 } }
const viewed = { op: 'event', event: 'Product Viewed', window: ever, measure: once }
const between = (from: unknown, to: unknown) => ({ is: 'between', from, to })

test.each([
  ['the end before the beginning', { op: 'points', test: between(10, 1) }, '/test/to', '結束不能比開始小'],
  ['a draw of nobody', { op: 'percent', salt: 'x', from: 5, to: 5 }, '/to', '結束要大於開始'],
  ['no age', { op: 'age' }, '', '還沒有填年齡'],
  ['below nothing', { op: 'age', min: -1 }, '/min', '至少 0'],
  ['a text for a number', { op: 'points', test: { is: 'over', value: '9' } }, '/test/value', '這裡要填數字'],
  ['no tags', { op: 'tags', is: 'any', tags: [] }, '/tags', '至少 1 項'],
  ['no such place', { op: 'likes', of: 'brand', values: ['a'], top: 9 }, '/top', '最多 5'],
  ['another field', { op: 'age', min: 1, years: 2 }, '', '沒有這個欄位：years'],
  ['no such stage', { op: 'stage', is: 'exactly', stage: 'x' }, '/stage', /^只能是其中之一：awareness、/],
  ['no such kind of window', { ...viewed, window: { in: 'soon' } }, '/window/in', '看不懂這個值'],
  [
    'a window of eleven years',
    { ...viewed, window: { in: 'last', span: { n: 4_000, unit: 'day' } } },
    '/window/span/n',
    '最長十年',
  ],
  [
    'a part of a number',
    { ...viewed, where: [{ path: 'campaign', op: 'contains', value: 2026 }] },
    '/where/0/value',
    '「包含、開頭是、符合」只能比較文字',
  ],
  [
    'more than yes',
    { ...viewed, where: [{ path: 'gift', op: 'at_least', value: true }] },
    '/where/0/value',
    '是／否不能比大小',
  ],
  [
    'nothing to compare with',
    { ...viewed, where: [{ path: 'campaign', op: 'contains' }] },
    '/where/0/value',
    '這個比較需要一個值',
  ],
])('%s', (_, rule, path, zh) => {
  const checked = checkRule(rule)
  if (!('faults' in checked)) throw new Error('it was taken')
  expect(checked.faults).toHaveLength(1)
  const [fault] = checked.faults
  expect(fault!.path).toBe(path)
  expect(fault!.message.zh).toMatch(zh)
  expect(fault!.alternative!.zh).not.toBe('')
})
