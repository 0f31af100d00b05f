// A template's fields, the components of a send, and back again.
import { expect, test } from 'vitest'
import { SANDBOX_TEMPLATES } from '../sandbox/stand-ins/whatsapp-templates.ts'
import { fieldsOf, fillTemplate, previewOf, valuesOf, whatsappTemplate } from './whatsapp-template.ts'

const named = (name: string, language = 'zh_TW') =>
  whatsappTemplate.parse(SANDBOX_TEMPLATES.find(t => t.name === name && t.language === language))

test('numbered values, in their order', () => {
  const template = named('order_shipped')
  expect(fieldsOf(template).map(f => f.key)).toEqual(['body:1', 'body:2'])
  const values = { 'body:1': '{{ customer.name }}', 'body:2': 'A100' }
  const sent = fillTemplate(template, values)
  expect(sent).toEqual({
    name: 'order_shipped',
    language: 'zh_TW',
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: '{{ customer.name }}' },
          { type: 'text', text: 'A100' },
        ],
      },
    ],
  })
  expect(valuesOf(template, sent)).toEqual(values)
  expect(previewOf(template, { 'body:2': 'A100' }).body).toBe('{{1}} 您好，訂單 A100 已出貨。')
})

test('named values, a picture above, an address of a button', () => {
  const template = named('new_tea')
  expect(fieldsOf(template).map(f => [f.key, f.kind])).toEqual([
    ['header', 'image'],
    ['body:name', 'text'],
    ['body:code', 'text'],
    ['button:0', 'text'],
  ])
  const values = {
    header: 'https://mist.tea/1.jpg',
    'body:name': '小明',
    'body:code': 'X',
    'button:0': 'oolong',
  }
  const sent = fillTemplate(template, values)
  expect(sent.components).toEqual([
    { type: 'header', parameters: [{ type: 'image', image: { link: 'https://mist.tea/1.jpg' } }] },
    {
      type: 'body',
      parameters: [
        { type: 'text', parameter_name: 'name', text: '小明' },
        { type: 'text', parameter_name: 'code', text: 'X' },
      ],
    },
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'oolong' }] },
  ])
  expect(valuesOf(template, sent)).toEqual(values)
  expect(previewOf(template, values)).toEqual({
    header: '',
    body: '小明，今年的春茶到了，憑券碼 X 享 9 折。',
    footer: '',
    buttons: ['看新茶', '不再通知'],
  })
})

test('a template without values carries none', () => {
  expect(fillTemplate(named('double_points'), {}).components).toEqual([])
})
