// What the builder begins a condition with, and how its changes are undone.
import i18next from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkRule } from '../../src/rules/check.ts'
import { spoken } from '../spoken.ts'
import { sayIn } from '../say.ts'
import { words } from '../words/index.ts'
import type { Leaf } from './edit.ts'
import { written } from './history.ts'
import { saySeen } from './in-words.ts'
import { extrasOf, KINDS, without } from './kinds.ts'
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
