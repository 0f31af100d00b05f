// Every example in docs/RULES.md is a rule that is taken, with its sentence in both languages below it; and every part of
// the language has an example. UPDATE_GOLDEN=1 npm test -- golden writes the sentences.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import { checkRule } from '../../src/rules/check.ts'
import { leavesOf } from '../../src/rules/evaluate.ts'
import type { Rule } from '../../src/rules/model.ts'
import { spoken } from '../spoken.ts'
import { sayRule } from './in-words.ts'
import { sayIn } from '../say.ts'
import { words } from '../words/index.ts'

const path = join(import.meta.dirname, '../../docs/RULES.md')
const document = readFileSync(path, 'utf8')
const examples = [...document.matchAll(/```json\n([\s\S]*?)```\n/g)].map(m => m[1]!)

beforeAll(() =>
  i18next.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: { en: { translation: spoken(words, 1) }, 'zh-TW': { translation: spoken(words, 0) } },
  }),
)

test('every example is a rule that is taken', () => {
  for (const example of examples)
    expect(checkRule(JSON.parse(example), '', { run: true })).toEqual({ rule: JSON.parse(example) })
})

test('every part of the language has an example', () => {
  const rules = examples.map(example => JSON.parse(example) as Rule)
  const leaves = rules.flatMap(leavesOf)
  const said = (pick: (rule: ReturnType<typeof leavesOf>[number]) => string | undefined) =>
    new Set(leaves.flatMap(leaf => pick(leaf) ?? []))
  const measures = (op: 'event' | 'orders') => said(leaf => (leaf.op === op ? leaf.measure.of : undefined))
  expect(rules.map(r => r.op)).toContain('and')
  expect(said(leaf => leaf.op).size).toBe(18)
  expect(said(leaf => (leaf.op === 'trait' ? leaf.type : undefined)).size).toBe(6)
  expect(said(leaf => ('window' in leaf ? leaf.window.in : undefined))).toEqual(
    new Set(['ever', 'last', 'days', 'period', 'since', 'entry']),
  )
  expect(measures('event').size).toBe(8)
  expect(measures('orders').size).toBe(8)
})

test('each has its sentence below it', async () => {
  const sentences: string[][] = examples.map(() => [])
  for (const locale of ['zh-TW', 'en'] as const) {
    await i18next.changeLanguage(locale)
    const say = sayIn(i18next.getFixedT(locale), locale, 'Asia/Taipei')
    for (const [i, example] of examples.entries())
      sentences[i]!.push(sayRule(JSON.parse(example) as Rule, say))
  }
  let i = 0
  const wanted = document.replace(/(```json\n[\s\S]*?```\n)(?:\n> .*\\\n> .*\n)?/g, (_all, block: string) => {
    const [zh, en] = sentences[i++]!
    return `${block}\n> ${zh}\\\n> ${en}\n`
  })
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, wanted)
  else expect(document, 'UPDATE_GOLDEN=1 npm test -- golden writes the sentences').toBe(wanted)
})
