import { beforeAll, describe, expect, test } from 'vitest'
import i18next from 'i18next'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { spoken } from '../spoken.ts'
import { CODES } from '../rules/names.ts'
import { sayIn } from '../say.ts'
import { words } from '../words/index.ts'
import { shapeOf } from './canvas/shape.ts'
import { asGraph, nodeDetails, sayNode } from './in-words.ts'
import { sayTrigger } from './say/triggers/register.ts'
import { happened, traitIs } from '../../src/rules/make.ts'

const say = () => sayIn(i18next.t, i18next.language as 'en', 'Asia/Taipei')

const graph: JourneyGraph = {
  format: 1,
  name: 'cart',
  trigger: { kind: 'event', event: 'Product Added', where: [{ path: 'price', op: 'at_least', value: 500 }] },
  reentry: { kind: 'never' },
  exits: [],
  start: 'wait',
  nodes: {
    wait: {
      type: 'wait_event',
      fields: { event: 'Order Completed', timeoutMs: 3_600_000 },
      next: { event: null, timeout: 'say' },
    },
    say: {
      type: 'send',
      fields: { channel: 'line', content: { channel: 'line', messages: [{ type: 'text', text: 'Hi' }] } },
      next: { accepted: 'end', failed: null },
    },
    end: { type: 'exit', fields: {}, next: {} },
  },
}

beforeAll(() =>
  i18next.init({
    lng: 'en',
    interpolation: { escapeValue: false },
    resources: { en: { translation: spoken(words, 1) }, 'zh-TW': { translation: spoken(words, 0) } },
  }),
)

describe('journeys in words', () => {
  test('in English', async () => {
    await i18next.changeLanguage('en')
    expect(sayTrigger(graph.trigger, say(), CODES)).toBe('When “Product Added” happens (price ≥ 500)')
    expect(sayNode(graph.nodes.wait!, say(), CODES)).toBe('Wait for “Order Completed”, at most 1 h')
    expect(
      sayNode(
        { type: 'delay', fields: { until: { time: '09:00', weekdays: [1, 7] } }, next: {} },
        say(),
        CODES,
      ),
    ).toBe('Wait until 09:00, Mon, Sun')
  })
  test('in Chinese, rules as sentences', async () => {
    await i18next.changeLanguage('zh-TW')
    const rule = {
      op: 'and',
      rules: [traitIs('等級', 'gold'), { op: 'not', rule: happened('Order Completed') }],
    }
    const node = { type: 'split', fields: { branches: [{ name: '金卡', rule }] }, next: {} }
    expect(nodeDetails(node, say(), CODES)).toEqual([
      { label: '金卡', value: '等級 是 gold 且 非（進入旅程後 「完成訂單」 至少 1 次）' },
    ])
  })
  test('what is not a graph is told as such', () =>
    expect([asGraph(null), asGraph({ format: 2 }), asGraph('x')]).toEqual([null, null, null]))
})

describe('the drawing', () => {
  test('no two boxes lie on each other, and every edge leads down', () => {
    const { boxes, lines } = shapeOf(graph)
    const at = new Map(boxes.map(b => [b.id, b]))
    expect(new Set(boxes.map(b => `${b.x},${b.y}`)).size).toBe(boxes.length)
    for (const line of lines) expect(at.get(line.to)!.y).toBeGreaterThan(at.get(line.from)!.y)
  })
  test('ports that a send leaves out take the way of accepted; null ends', () => {
    const lines = shapeOf(graph).lines.filter(l => l.from === 'say')
    expect(lines.map(l => [l.to, l.ports])).toEqual([
      ['end', ['accepted', 'skipped', 'unknown']],
      ['end:say:failed', ['failed']],
    ])
  })
})

test('a send says what it sends on every channel', async () => {
  await i18next.changeLanguage('en')
  const { say: node } = graph.nodes
  const told = (channel: string, more: object) =>
    sayNode({ ...node!, fields: { channel, content: { channel, ...more } } }, say(), CODES)
  expect(told('sms', { text: 'Ten percent off' })).toBe('SMS: Ten percent off')
  expect(told('whatsapp', { template: { name: 'order_shipped', language: 'zh_TW' } })).toContain(
    'order_shipped',
  )
  expect(told('push', { title: 'On sale', body: 'now' })).toContain('On sale')
  expect(told('line', { module: { id: 'mod_1' } })).toBe('LINE: a message module')
  expect(told('line', { messages: [] })).toBe('LINE: nothing written yet')
})
