// Every rule is a sentence in both languages: whole, without a word of the code. And what each kind of leaf says.
import fc from 'fast-check'
import i18next from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import { leavesOf } from '../../src/rules/evaluate.ts'
import type { EventRef, Rule } from '../../src/rules/model.ts'
import { outlineOf } from '../../src/segments/library/install.ts'
import { defaultsOf, NO_FIGURES } from '../../src/segments/library/model.ts'
import { LIBRARY } from '../../src/segments/library/register.ts'
import { spoken } from '../spoken.ts'
import { sayIn } from '../say.ts'
import { words } from '../words/index.ts'
import { anyRule, LEAVES } from './arbitrary.ts'
import { GOLDEN } from './golden.ts'
import { sayRule } from './in-words.ts'
import type { Leaf } from './edit.ts'
import { CODES } from './names.ts'
import { leafPieces } from './sentence.ts'

const LOCALES = ['zh-TW', 'en'] as const
beforeAll(() =>
  i18next.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: { en: { translation: spoken(words, 1) }, 'zh-TW': { translation: spoken(words, 0) } },
  }),
)
const say = (locale: (typeof LOCALES)[number]) => sayIn(i18next.getFixedT(locale), locale, 'Asia/Taipei')
const said = async (rule: Rule, locale: (typeof LOCALES)[number]) => {
  await i18next.changeLanguage(locale) // names of codes are looked up in the language at hand
  return sayRule(rule, say(locale), CODES)
}

/** Letters that the product's words do not have: lower case with an underscore, a key's dot, a blank left open. */
const CODE = /[a-z]+_[a-z]+|undefined|null|NaN|\{\{|\}\}|\[object|rule[A-Z]\w*\.|ruleLeaf/

describe.each(LOCALES)('in %s', locale => {
  test('any rule is a sentence without codes', async () => {
    await i18next.changeLanguage(locale)
    fc.assert(
      fc.property(anyRule, rule => {
        const sentence = sayRule(rule, say(locale))
        expect(sentence).not.toMatch(CODE)
        expect(sentence).not.toMatch(/\s{2}|^\s|\s$/)
        expect(sentence).not.toBe('')
        if (locale === 'en') expect(sentence).not.toMatch(/[\u3400-\u9fff]/)
      }),
      { numRuns: 1_500 },
    )
  })
  test('every field of a leaf stands in a chip', async () => {
    await i18next.changeLanguage(locale)
    for (const leaf of Object.values(LEAVES) as fc.Arbitrary<Parameters<typeof leafPieces>[0]>[])
      fc.assert(
        fc.property(leaf, rule => {
          const chips = leafPieces(rule, say(locale), CODES).flatMap(p => (typeof p === 'string' ? [] : [p]))
          const keys = new Set(chips.flatMap(c => c.keys))
          for (const key of Object.keys(rule)) if (key !== 'op') expect(keys).toContain(key)
          expect(new Set(chips.map(c => c.id)).size).toBe(chips.length)
        }),
        { numRuns: 60 },
      )
  })
})

test('what is no rule is told as such', async () => {
  expect(await said({ op: 'trait', trait: 'x' } as unknown as Rule, 'en')).toBe(
    '(a condition that cannot be read)',
  )
  expect(await said({ op: 'and', rules: [] }, 'zh-TW')).toBe('所有顧客')
})

test('each kind of leaf as it is to be read', async () => {
  for (const { rule, zh, en } of GOLDEN)
    expect([await said(rule, 'zh-TW'), await said(rule, 'en')]).toEqual([zh, en])
  const opsOf = (rule: Rule): string[] =>
    'rules' in rule ? rule.rules.flatMap(opsOf) : rule.op === 'not' ? opsOf(rule.rule) : [rule.op]
  expect(new Set(GOLDEN.flatMap(g => opsOf(g.rule)))).toEqual(new Set(Object.keys(LEAVES)))
})

test('every event that a ready segment asks for has a name in Chinese', async () => {
  await i18next.changeLanguage('zh-TW')
  const figures = {
    ...NO_FIGURES,
    categories: ['茶葉'],
    brands: ['霧丘'],
    tiers: ['金卡'],
    campaigns: ['春'],
  }
  const refsOf = (leaf: Leaf): EventRef[] =>
    leaf.op === 'event' ? [leaf] : leaf.op === 'sequence' ? [leaf.first, leaf.next] : []
  const named = LIBRARY.flatMap(s => outlineOf(s, defaultsOf(s.params, figures), 'TWD').groups)
    .flatMap(group => leavesOf(group.rule as Rule).flatMap(refsOf))
    .flatMap(ref => ref.event)
  expect(named).toContain('Product Viewed')
  expect(named.filter(name => !/[\u4e00-\u9fff]/.test(CODES.event(name)))).toEqual([])
})
