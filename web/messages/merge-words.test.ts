// Merge fields by their names.
import { expect, test } from 'vitest'
import { contentWithFieldNames, withFieldNames } from './merge-words.ts'

const names = { trait: (n: string) => (n === 'name' ? '姓名' : n), prop: (n: string) => `p:${n}` }

test('fields become names, conditions leave what stands in them', () => {
  expect(
    withFieldNames(
      "{{ customer.name | default: '您好' }}，您有{% if customer.tier %}再買一件{% endif %}",
      names,
    ),
  ).toBe('〔姓名〕，您有再買一件')
  expect(withFieldNames('{{ event.props.price }} {{ recommendations[0].name }}', names)).toBe(
    '〔p:price〕 〔…〕',
  )
})

test('in every text of a content, and nothing else', () => {
  const content = { channel: 'line', messages: [{ type: 'text', text: '{{ customer.traits.name }}' }], n: 2 }
  expect(contentWithFieldNames(content, names)).toEqual({
    channel: 'line',
    messages: [{ type: 'text', text: '〔姓名〕' }],
    n: 2,
  })
})
