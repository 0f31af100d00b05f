import { describe, expect, test, vi } from 'vitest'
import { type CustomerState, nameOf } from '../customers/model.ts'
import { openSecrets } from '../platform/secrets.ts'
import { openMessageLinks, readClickToken, readTap, readUnsubscribeToken } from './link-tokens.ts'
import { languageOf } from './render-choose.ts'
import { RenderFailed, renderContent, renderFresh, templateFault } from './render.ts'
import { type ScopeSource, templateScope } from './render-scope.ts'

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
    first_name: { v: '小明', at: 0, src: 't' },
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
  test.each([
    [{ name: '王小明', first_name: '明', line_name: 'Ming' }, '王小明'],
    [{ first_name: '小明', last_name: '王' }, '王小明'],
    [{ first_name: 'Tai Man', last_name: 'Chan' }, 'Tai Man Chan'],
    [{ last_name: '王', line_name: 'Ming' }, '王'],
    [{ line_name: 'Ming 🌱' }, 'Ming 🌱'],
    [{}, ''],
  ])('a message calls somebody as the screens do: %j', (traits, name) => {
    const called = Object.fromEntries(Object.entries(traits).map(([k, v]) => [k, { v, at: 0, src: 't' }]))
    const workspace = { name: '', timezone: 'UTC', locale: 'zh-TW' }
    expect(templateScope({ ...customer, traits: called }, null, workspace, links)).toMatchObject({
      customer: { name },
    })
    expect(nameOf({ traits: called })).toBe(name === '' ? null : name)
  })

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
      cta: 'cta',
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

  test('links of a mail are counted where they stand; anchors, mail addresses and our own are left alone', () => {
    const out = html(
      `<p title="https://a.example"><a class=x href="https://shop.example/p?a=1&amp;b=2" data-cta="hero">看 <b>茶</b></a>
<a href='mailto:a@b.example'>m</a><a href="#top">t</a><a href="https://x.example/q" data-track="off">o</a>
<a href="{{ unsubscribe_url }}">u</a><a href=https://y.example/1>購買 &amp; 取貨</a></p>`,
    )
    const hrefs = [...out.matchAll(/href=["']?([^"'>]+)/g)].map(m => m[1]!.replaceAll('&amp;', '&'))
    const targets = hrefs.map(h =>
      h.startsWith('https://go.example/t/')
        ? readClickToken(secrets, h.slice('https://go.example/t/'.length))
        : h,
    )
    expect(targets).toEqual([
      { message: MESSAGE, label: 'hero', cta: 'hero', url: 'https://shop.example/p?a=1&b=2' },
      'mailto:a@b.example',
      '#top',
      'https://x.example/q',
      links.unsubscribeUrl,
      { message: MESSAGE, label: '購買 & 取貨', url: 'https://y.example/1' },
    ])
    expect(out).toContain('<p title="https://a.example"><a class=x href="')
  })

  test('LINE: addresses and buttons are counted under their names, which do not leave; a long address becomes a short one', () => {
    const long = `https://shop.example/${'x'.repeat(800)}`
    const out = renderContent(
      {
        channel: 'line',
        messages: [
          {
            type: 'template',
            altText: 'a',
            template: {
              type: 'buttons',
              text: 't',
              actions: [
                {
                  type: 'uri',
                  label: '逛逛',
                  uri: 'https://shop.example/{{ customer.member_no }}',
                  cta: 'visit',
                },
                { type: 'uri', label: '長', uri: long },
                { type: 'postback', label: '領券', data: 'claim=1' },
                { type: 'message', label: '說', text: 'https://said.example' },
                { type: 'uri', label: '電話', uri: 'tel:0223456789' },
              ],
            },
          },
        ],
      },
      scope,
      'marketing',
      'zh-TW',
    )
    const actions = (out as unknown as { messages: { template: { actions: Record<string, string>[] } }[] })
      .messages[0]!.template.actions
    expect(readClickToken(secrets, actions[0]!.uri!.slice('https://go.example/t/'.length))).toEqual({
      message: MESSAGE,
      label: 'visit',
      cta: 'visit',
      url: 'https://shop.example/M1',
    })
    expect(actions[0]).not.toHaveProperty('cta')
    expect(actions[1]!.uri).toMatch(/^https:\/\/go\.example\/l\/[0-9A-Za-z]{8}$/)
    expect(readTap(actions[2]!.data!)).toEqual({ data: 'claim=1', message: MESSAGE, label: '領券' })
    expect(actions[3]!.text).toBe('https://said.example')
    expect(actions[4]!.uri).toBe('tel:0223456789')
  })

  test('a text’s addresses become short, its punctuation stays; the same link has the same address at each try', () => {
    const say = () => {
      const own = openMessageLinks({ secrets, baseUrl: 'https://app.example' }).of(MESSAGE, {
        domain: 'https://go.tw/',
      })
      const s = templateScope(customer, event, { name: '', timezone: 'UTC', locale: 'zh-TW' }, own)
      const out = renderContent(
        {
          channel: 'sms',
          text: '請看 https://shop.example/a?m={{ customer.member_no }}。再看https://shop.example/b, 謝謝',
        },
        s,
        'marketing',
        'zh-TW',
      )
      return { text: out.channel === 'sms' ? out.text : '', short: own.short }
    }
    const { text, short } = say()
    expect(text).toMatch(/^請看 https:\/\/go\.tw\/l\/\w{8}。再看https:\/\/go\.tw\/l\/\w{8}, 謝謝$/)
    expect(short.map(s => s.url)).toEqual(['https://shop.example/a?m=M1', 'https://shop.example/b'])
    expect(say()).toEqual({ text, short })
  })

  test('track: false leaves addresses as they are', () => {
    const out = renderContent(
      { channel: 'sms', text: 'https://shop.example', track: false },
      scope,
      'marketing',
      'zh-TW',
    )
    expect(out).toEqual({ channel: 'sms', text: 'https://shop.example' })
  })

  test('amounts as the language writes them', () => {
    expect(
      html('{{ 1200 | money }}|{{ -5 | money }}|{{ 129950 | money: "USD" }}|{{ nothing | money }}'),
    ).toBe('NT$1,200|-NT$5|US$1,299.50|')
  })

  test.each([
    ['en', 'Hi'],
    ['en-GB', 'Hi'],
    ['zh_TW', '嗨'],
    ['zh-Hant', '嗨'],
    ['fr', '嗨'],
    [undefined, '嗨'],
  ])('language %s reads %s', (language, said) => {
    const who: CustomerState = {
      ...customer,
      traits: language ? { language: { v: language, at: 0, src: 't' } } : {},
    }
    const content = { channel: 'sms' as const, text: '嗨', locales: { en: { text: 'Hi' } } }
    expect(renderContent(content, scope, 'marketing', languageOf(who, content, 'zh-TW'))).toEqual({
      channel: 'sms',
      text: said,
    })
  })
})

describe('what is asked for while a template is filled in', () => {
  const nothing = async () => null
  const none = async () => []
  const asking = (product: ScopeSource['product'], waitedMs = () => 0) =>
    templateScope(
      customer,
      event,
      { name: 'Brand', timezone: 'Asia/Taipei', locale: 'zh-TW' },
      links,
      {},
      {
        source: {
          product,
          slot: nothing,
          store: nothing,
          lastOrder: nothing,
          inCategory: none,
          recommended: none,
          cartLines: none,
          waitedMs,
        },
      },
    )
  const cup = { id: 'CUP', name: '杯', category: '', brand: '', price: 1, stock: 1, in_stock: true }
  const sms = (text: string) => ({ channel: 'sms' as const, text })

  test('a database that takes long is waited for; a template that takes long by itself is stopped', async () => {
    let now = 1_000
    let waited = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    try {
      const slow = asking(
        async () => {
          now += 60_000
          waited += 60_000
          return { ...cup, image: '', url: '' }
        },
        () => waited,
      )
      const two = sms('{{ products.CUP.name }}{{ products.TEA.name }}')
      expect(await renderFresh(two, slow, 'marketing', 'zh-TW')).toEqual(sms('杯杯'))

      const work = {
        get hard() {
          now += 400
          return 'x'
        },
      }
      const own = { ...asking(async () => null), work }
      const busy = (times: number) =>
        renderFresh(sms(`{{ products.CUP }}${'{{ work.hard }}'.repeat(times)}`), own, 'marketing', 'zh-TW')
      expect(await busy(1)).toEqual(sms('x'))
      await expect(busy(3)).rejects.toThrow(RenderFailed)
    } finally {
      clock.mockRestore()
    }
  })

  test('what the source threw is the cause of what is thrown', async () => {
    const gone = new Error('gone')
    const scope = asking(() => Promise.reject(gone))
    const answer = renderFresh(sms('{{ products.CUP.name }}'), scope, 'marketing', 'zh-TW')
    await expect(answer).rejects.toMatchObject({ name: 'RenderFailed', cause: gone })
  })
})
