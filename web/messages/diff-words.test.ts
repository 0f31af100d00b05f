// Differences of versions in people's words, in both languages, from the contents themselves.
import { expect, test } from 'vitest'
import { diffContents } from '../../src/modules/diff.ts'
import { words } from '../words/index.ts'
import { tellChanges } from './diff-words.ts'

const found = (key: string): readonly [string, string] | undefined =>
  key.split('.').reduce<unknown>((at, k) => (at as Record<string, unknown> | undefined)?.[k], words) as never
const dictionary = (language: 0 | 1) => ({
  has: (key: string) => found(key) !== undefined,
  t: (key: string, values: Record<string, unknown> = {}) =>
    found(key)![language].replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name])),
})
const tell = (before: unknown, after: unknown, language: 0 | 1 = 0) =>
  tellChanges(diffContents(before, after), before, after, dictionary(language)).map(c => [
    c.where,
    c.before,
    c.after,
  ])

const rule = { op: 'tier', is: 'one_of', tiers: ['gold'] }

test('a mail of blocks: which block and which field; the HTML made of them is not told beside', () => {
  const mail = (text: string, more: object = {}) => ({
    channel: 'email',
    subject: '嗨',
    html: `<p>${text}</p>`,
    blocks: [
      { type: 'heading', text },
      { type: 'button', label: '看看', url: 'https://a.example', ...more },
    ],
  })
  expect(tell(mail('舊'), mail('新', { when: rule }))).toEqual([
    ['第 1 個區塊（標題） · 文字', '舊', '新'],
    ['第 2 個區塊（按鈕） · 給誰', '沒有條件', '有條件'],
  ])
  const gold = { ...rule, tiers: ['vip'] }
  expect(tell(mail('舊', { when: rule }), mail('舊', { when: gold }), 1)).toEqual([
    ['Block 2 (Button) · For whom', 'With a rule', 'The rule was changed'],
  ])
  // written as HTML it is the content itself
  expect(tell({ html: 'a' }, { html: 'b' }, 1)).toEqual([['HTML', 'a', 'b']])
})

test('LINE, languages, slots, rules by name, and what has no word of its own', () => {
  const before = {
    channel: 'line',
    messages: [{ type: 'text', text: '嗨', quickReply: { items: [{ action: { label: '好' } }] } }],
    slots: { one: { products: ['A'], fill: 'none' } },
    track: true,
  }
  const after = {
    channel: 'line',
    messages: [{ type: 'text', text: '您好', quickReply: { items: [{ action: { label: '好的' } }] } }],
    slots: { one: { products: ['B'], fill: 'none' } },
    conditions: { gold: rule },
    locales: { en: { messages: [{ type: 'text', text: 'Hi' }] } },
    track: false,
    strange: 1,
  }
  expect(tell(before, after)).toEqual([
    ['第 1 則（文字） · 文字', '嗨', '您好'],
    ['第 1 則（文字） · 第 1 個快速回覆 · 按鈕文字', '好', '好的'],
    ['商品欄位「one」 · 第 1 項', 'A', 'B'],
    ['條件「gold」', '沒有條件', '有條件'],
    ['英文 · 第 1 則（文字） · 種類', '—', '文字'],
    ['英文 · 第 1 則（文字） · 文字', '—', 'Hi'],
    ['計算連結的點擊', '是', '否'],
    ['其他設定（strange）', '—', '1'],
  ])
})
