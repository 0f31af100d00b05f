import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cartNotPaid } from '../../../src/journeys/examples.ts'
import { mailHtml, mailText } from './mail-text.ts'

test('a mail of paragraphs and buttons can be edited as text again', () => {
  const mail = {
    text: '嗨 {{ customer.name }}\n第二行 <3\n\n[看看 & 買](https://example.com/?a=1&b="x")',
    unsubscribe: '取消訂閱',
  }
  expect(mailText(mailHtml(mail))).toEqual(mail)
  expect(mailHtml(mail)).toContain('href="https://example.com/?a=1&amp;b=&quot;x&quot;"')
})
test('HTML that was made elsewhere stays HTML', () => {
  const mails = Object.values(cartNotPaid.nodes).flatMap(n => {
    const content = n.fields.content as { html?: string } | undefined
    return content?.html === undefined ? [] : [content.html]
  })
  expect(mails.length).toBeGreaterThan(0)
  expect(mails.map(mailText)).toEqual(mails.map(() => null))
  expect(mailText('<p>x</p>')).toBeNull()
})
test('whatever is typed, the HTML says it again', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      const html = mailHtml({ text, unsubscribe: 'x' })
      const read = mailText(html)
      expect(read === null ? html : mailHtml(read)).toBe(html)
      expect(html).not.toMatch(/<(?!\/?(p|a|br|body|html|!doctype)\b)/)
    }),
  ))
