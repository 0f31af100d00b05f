import { describe, expect, test } from 'vitest'
import type { CustomerState } from '../customers/model.ts'
import { openSecrets } from '../platform/secrets.ts'
import { openMessageLinks, readClickToken, readUnsubscribeToken } from './link-tokens.ts'
import { RenderFailed, renderContent, templateFault, templateScope } from './render.ts'

const secrets = openSecrets('ab'.repeat(32))
const MESSAGE = '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011'
const links = openMessageLinks({ secrets, baseUrl: 'https://go.example' }).of(MESSAGE)
const customer: CustomerState = {
  v: 1,
  workspace: 'w',
  id: MESSAGE,
  now: 0,
  first: 0,
  last: 0,
  ids: [{ kind: 'member_no', value: 'M1', verified: true, at: 0, src: 't' }],
  traits: {
    firstName: { v: '小明', at: 0, src: 't' },
    evil: { v: '"><script>alert(1)</script>', at: 0, src: 't' },
  },
  tags: { vip: { at: 0, src: 't' } },
  consent: {},
  enr: [],
  past: {},
  dates: {},
  absorbed: [],
}
const event = {
  name: 'Cart Viewed',
  at: 0,
  props: { cart: { lines: [{ name: '茶 & 杯', price: 300 }] }, total: 300 },
}
const scope = templateScope(
  customer,
  event,
  { name: 'Brand', timezone: 'Asia/Taipei', locale: 'zh-TW' },
  links,
)
const html = (text: string) => {
  const c = renderContent({ channel: 'email', subject: 's', html: text }, scope, 'transactional', 'zh-TW')
  return c.channel === 'email' ? c.html : ''
}

describe('render', () => {
  test('customer, event and workspace, escaped in HTML', () => {
    expect(
      html(
        '{{ customer.name }} {{ customer.member_no }} {{ customer.tags | join: "," }} {{ workspace.name }}',
      ),
    ).toBe('小明 M1 vip Brand')
    expect(
      html('{% for l in event.props.cart.lines %}{{ l.name }} $ {{ l.price }}{% endfor %} {{ event.total }}'),
    ).toBe('茶 &amp; 杯 $ 300 300')
    expect(html('{{ customer.evil }}')).not.toContain('<script>')
    expect(html('[{{ customer.nothing.at.all }}]')).toBe('[]')
  })

  test('LINE: every text of every message, not escaped, structure untouched', () => {
    const bubble = {
      type: 'bubble',
      body: { type: 'box', contents: [{ type: 'text', text: '{{ event.cart.lines[0].name }}', wrap: true }] },
      size: 'mega',
    }
    const out = renderContent(
      { channel: 'line', messages: [{ type: 'flex', altText: '嗨 {{ customer.name }}', contents: bubble }] },
      scope,
      'marketing',
      'zh-TW',
    )
    expect(out).toEqual({
      channel: 'line',
      messages: [
        {
          type: 'flex',
          altText: '嗨 小明',
          contents: {
            ...bubble,
            body: { type: 'box', contents: [{ type: 'text', text: '茶 & 杯', wrap: true }] },
          },
        },
      ],
    })
  })

  test('a value cannot break out of the JSON or start a header', () => {
    const s = templateScope(
      { ...customer, traits: { n: { v: '","type":"x\r\nBcc: a@b', at: 0, src: 't' } } },
      null,
      { name: '', timezone: 'UTC', locale: 'en' },
      links,
    )
    const line = renderContent(
      { channel: 'line', messages: [{ type: 'text', text: '{{ customer.n }}' }] },
      s,
      'marketing',
      'en',
    )
    expect(JSON.parse(JSON.stringify(line)).messages[0].type).toBe('text')
    const mail = renderContent(
      { channel: 'email', subject: 'Hi {{ customer.n }}', html: '' },
      s,
      'transactional',
      'en',
    )
    expect(mail.channel === 'email' && /[\r\n]/.test(mail.subject)).toBe(false)
  })

  test('tracked links are signed, whole, and hold their target', () => {
    const url = /href="([^"]+)"/.exec(
      html(`<a href="{{ 'https://shop.example/p?a=1&b=2' | track: 'cta' }}">x</a>`),
    )![1]!
    expect(url).toMatch(/^https:\/\/go\.example\/t\//)
    const token = url.slice('https://go.example/t/'.length)
    expect(readClickToken(secrets, token)).toEqual({
      message: MESSAGE,
      label: 'cta',
      url: 'https://shop.example/p?a=1&b=2',
    })
    const [body, signature] = token.split('.')
    const other = Buffer.from(JSON.stringify([MESSAGE, 'cta', 'https://evil.example'])).toString('base64url')
    expect(readClickToken(secrets, `${other}.${signature}`)).toBeNull()
    expect(readClickToken(secrets, `${body}.${signature!.slice(1)}`)).toBeNull()
    expect(readUnsubscribeToken(secrets, token)).toBeNull()
    expect(readUnsubscribeToken(secrets, links.unsubscribeUrl.split('/u/')[1]!)).toBe(MESSAGE)
  })

  test.each([
    ["{{ 'javascript:alert(1)' | track: 'x' }}"],
    ["{{ 'https://user:pw@evil.example' | track }}"],
    ['{{ customer.evil | track }}'],
    ["{% include '/etc/passwd' %}"],
    ["{% render 'package.json' %}"],
    ["{% layout 'x' %}"],
    ['{{ x | nofilter }}'],
    ['{% if %}'],
    ['{% for i in (1..100000000) %}x{% endfor %}'],
  ])('refused: %s', text => {
    expect(() => html(text)).toThrow(RenderFailed)
  })

  test('no prototype, no functions', () => {
    expect(html('[{{ customer.constructor }}{{ customer.__proto__ }}{{ customer.tags.constructor }}]')).toBe(
      '[]',
    )
  })

  test('marketing mail always has a way out, in the workspace’s language; its own is kept', () => {
    const of = (text: string, locale: string) => {
      const c = renderContent({ channel: 'email', subject: '', html: text }, scope, 'marketing', locale)
      return c.channel === 'email' ? c.html : ''
    }
    expect(of('<body><p>x</p></body>', 'zh-TW')).toMatch(
      /取消訂閱<\/a><\/p><img src="https:\/\/go\.example\/o\/[^"]+" width="1" height="1" alt=""><\/body>$/,
    )
    expect(of('x', 'en')).toContain('Unsubscribe')
    expect(of('<a href="{{ unsubscribe_url }}">bye</a>', 'en')).toBe(
      `<a href="${links.unsubscribeUrl}">bye</a><img src="${links.openUrl}" width="1" height="1" alt="">`,
    )
  })

  test('templates are checked before publishing', () => {
    expect(templateFault('{% if x %}')).toMatch(/if/)
    expect(templateFault('{{ customer.name | shout }}')).toMatch(/shout/)
    expect(templateFault('{{ customer.name | upcase }}')).toBeNull()
  })
})
