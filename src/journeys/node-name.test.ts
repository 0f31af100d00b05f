// What nodes are called where no canvas is.
import { expect, test } from 'vitest'
import type { NodeData } from './model.ts'
import { nameOfNode, sayNode } from './node-name.ts'

const node = (type: string, fields: Record<string, unknown>, title?: string): NodeData => ({
  type,
  fields,
  next: {},
  ...(title === undefined ? {} : { title }),
})

test('by its own title; else by what it sends; else by its type', () => {
  const line = { channel: 'line', messages: [{ type: 'text', text: '嗨 {{ customer.traits.name }}' }] }
  const sends = node('send', { channel: 'line', content: line })
  expect(nameOfNode(sends)).toEqual({
    type: 'send',
    title: null,
    channels: ['line'],
    words: '嗨 {{ customer.traits.name }}',
  })
  expect(sayNode(sends, 'n1')).toEqual({ zh: '嗨 〔…〕', en: '嗨 〔…〕' })
  expect(sayNode({ ...sends, title: '早安' }, 'n1').zh).toBe('早安')
  expect(sayNode(node('delay', {}), 'n1')).toEqual({ zh: '等待時間', en: 'Delay' })
  // a draft may hold anything; what is gone is told by its id
  expect(sayNode(node('send', { content: { messages: [null] } }), 'n1').en).toBe('Send')
  expect(sayNode(undefined, 'n1')).toEqual({ zh: 'n1', en: 'n1' })
})

test('of several channels, in their order, the words of the first', () => {
  const options = [
    { channel: 'email', content: { channel: 'email', subject: '週年慶', html: '' } },
    { channel: 'sms', content: { channel: 'sms', text: '週年慶開跑' } },
  ]
  expect(nameOfNode(node('reach', { options }))).toMatchObject({
    channels: ['email', 'sms'],
    words: '週年慶',
  })
  expect(nameOfNode(node('ask', { text: '喜歡哪一種？', channel: 'line' }))).toMatchObject({
    words: '喜歡哪一種？',
  })
  expect(nameOfNode(node('send', { content: { text: '好'.repeat(200) } })).words).toBe(`${'好'.repeat(120)}…`)
})
