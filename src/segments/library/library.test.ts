// The library as a whole: words, parameters, and that every ready segment makes rules that the checker takes.
import { describe, expect, test } from 'vitest'
import { checkRule } from '../../rules/check.ts'
import { installable, outlineOf } from './install.ts'
import { defaultsOf, FAMILIES, NO_FIGURES, readValues, type ShopFigures } from './model.ts'
import { LIBRARY } from './register.ts'

const FIGURES: ShopFigures = {
  ...NO_FIGURES,
  buyers: 900,
  medianIntervalDays: 42,
  averageOrder: 1_280,
  categories: ['茶葉', '茶器'],
  brands: ['霧丘'],
  tiers: ['金卡'],
  campaigns: ['spring'],
}
const find = (key: string) => LIBRARY.find(s => s.key === key)!

test('keys are unique, every family has some, and there are enough', () => {
  expect(new Set(LIBRARY.map(s => s.key)).size).toBe(LIBRARY.length)
  expect(LIBRARY.length).toBeGreaterThanOrEqual(32)
  expect(new Set(LIBRARY.map(s => s.family))).toEqual(new Set(FAMILIES))
})

describe.each(LIBRARY.map(s => [s.key, s] as const))('%s', (_, s) => {
  test('says in both languages what it is, and nothing is left open', () => {
    const { sentence } = outlineOf(s, defaultsOf(s.params, FIGURES), 'TWD')
    for (const words of [s.name, s.purpose, sentence]) {
      expect(words.zh).toMatch(/[\u4e00-\u9fff]|LINE/)
      expect(words.en).toMatch(/^[“A-Z{]/)
      expect(words.en).not.toMatch(/[\u4e00-\u9fff](?![^“]*”)/)
      for (const text of [words.zh, words.en]) expect(text).not.toMatch(/[{}…]|undefined|NaN/)
      expect(words.zh).not.toMatch(/用戶|短信|數據|郵件營銷|優惠碼|激活|視頻|質量|客戶/)
    }
    for (const [, key] of (s.sentence.zh + s.sentence.en).matchAll(/\{(\w+)\}/g))
      expect(Object.keys(s.params)).toContain(key)
  })

  test('its rules are taken, with common and with own figures', () => {
    for (const figures of [
      FIGURES,
      { ...NO_FIGURES, categories: ['A'], brands: ['B'], tiers: ['C'], campaigns: ['D'] },
    ]) {
      const read = readValues(s, {}, figures)
      expect(read).toHaveProperty('values')
      for (const group of outlineOf(s, defaultsOf(s.params, figures), 'TWD').groups)
        expect(checkRule(group.rule)).toHaveProperty('rule')
    }
  })

  test('its rules are taken at the ends of every parameter', () => {
    for (const [key, p] of Object.entries(s.params))
      for (const end of p.kind === 'names' ? [] : [p.min, p.max]) {
        const value = p.kind === 'bounds' ? p.default(FIGURES).map(() => end) : end
        const read = readValues(s, { [key]: value }, FIGURES)
        if ('misfits' in read) {
          // only for not fitting the others
          for (const misfit of read.misfits)
            expect(['order', 'beyond_window', 'beyond_threshold']).toContain(misfit.code)
          continue
        }
        for (const group of outlineOf(s, read.values, 'TWD').groups)
          expect(checkRule(group.rule), `${key} ${end}`).toHaveProperty('rule')
      }
  })

  test('its draft is as a person would write it', () => {
    const draft = installable(s, defaultsOf(s.params, FIGURES), { locale: 'zh-TW', currency: 'TWD' })
    expect(draft.name).toBe(s.name.zh)
    expect(draft.library).toBe(s.key)
    const keys = draft.definition.groups.map(g => g.key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(key).toMatch(/^[a-z0-9][a-z0-9_-]{0,39}$/)
    if (draft.kind === 'live') expect(keys).toEqual(['in'])
    else expect(draft.definition.restName).toBeTruthy()
  })
})

describe('values', () => {
  test('own figures are the defaults; what is given stands above them', () => {
    expect(readValues(find('nasld'), { deep: 4 }, FIGURES)).toEqual({
      values: { onceDays: 42, sleeping: 2, lost: 2.5, deep: 4 },
    })
  })

  test.each([
    ['nasld', { days: 3 }, 'days', 'unknown_param'],
    ['nasld', { onceDays: 0 }, 'onceDays', 'number'],
    ['nasld', { onceDays: 1.5 }, 'onceDays', 'number'],
    ['nasld', { onceDays: '60' }, 'onceDays', 'number'],
    ['nasld', { sleeping: 3, lost: 3 }, 'deep', 'order'],
    ['sleeping_customers', { from: 3 }, 'to', 'order'],
    ['rfm', { recency: [1, 2, 3] }, 'recency', 'bounds'],
    ['rfm', { recency: [4, 3, 2, 1] }, 'recency', 'bounds'],
    ['rfm', { recency: [1, 2, 3, 400] }, 'recency', 'beyond_window'],
    ['category_lovers', { categories: [] }, 'categories', 'names'],
    ['category_lovers', { categories: [''] }, 'categories', 'names'],
    ['anniversary_soon', { attribute: ['a', 'b'] }, 'attribute', 'names'],
    ['cart_not_paid', { days: 1, hours: 24 }, 'hours', 'beyond_window'],
    ['tier_gap', { threshold: 100, gap: 100 }, 'gap', 'beyond_threshold'],
    ['waiting_for_reply', { days: 1, hours: 24 }, 'hours', 'beyond_window'],
  ])('%s with %j: %s is refused (%s)', (key, given, param, code) => {
    expect(readValues(find(key), given, FIGURES)).toMatchObject({ misfits: [{ param, code }] })
  })

  test('a shop without categories has to choose one', () => {
    expect(readValues(find('category_lovers'), {}, NO_FIGURES)).toMatchObject({
      misfits: [{ param: 'categories', code: 'names' }],
    })
  })
})

test('sentences say amounts and names as people write them', () => {
  const said = (key: string, values = {}) =>
    outlineOf(find(key), { ...defaultsOf(find(key).params, FIGURES), ...values }, 'TWD').sentence
  expect(said('high_order_value')).toEqual({
    zh: '平均客單價超過 $1,280',
    en: 'Average order value above NT$1,280',
  })
  expect(said('omnichannel_shoppers').zh).toBe('在「線上」和「門市」都買過')
  expect(said('category_lovers', { categories: ['茶葉', '茶器'], top: 2 })).toEqual({
    zh: '「茶葉」、「茶器」在他最常看、最常買的前 2 名分類裡',
    en: 'One of their top 2 categories, by what they look at and buy, is “茶葉”, “茶器”',
  })
})
