// What messages say, through the real path: journeys published over HTTP, people told of by the brand's server, what arrived
// read at the stand-ins, links followed as a browser follows them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, is, type Item, type JourneyLab, openJourneyLab, says } from '../../test/journey-lab.ts'
import type { MessageContent } from '../channels/content.ts'
import { countTogether } from '../modules/recommend.ts'
import type { Rule } from '../rules/model.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab.close())

const sends = (event: string, content: MessageContent, purpose = 'transactional') =>
  graphOf(event, {
    send: { type: 'send', fields: { channel: content.channel, purpose, content }, next: { accepted: null } },
  })
const line = (...texts: (string | { text: string; when: Rule })[]): MessageContent => ({
  channel: 'line',
  messages: texts.map(t => ({ type: 'text', ...(typeof t === 'string' ? { text: t } : t) })),
})
const mail = (html: string, more: object = {}): MessageContent => ({
  channel: 'email',
  subject: '嗨',
  html,
  ...more,
})
const product = async (code: string, name: string, price: number, stock: number, more: object = {}) => {
  const made = await lab.call('createProduct', {
    body: { code, name, price, stock, category: ['茶'], url: `https://shop.example/${code}`, ...more },
  })
  expect(made.status).toBe(200)
  return made.body as { id: string; version: number }
}
const texts = async (who: string): Promise<string[]> => {
  const all = await lab.inbox('line', who)
  return all.flatMap(
    m => (m.messages as { text: string }[] | undefined)?.map(x => x.text) ?? [m.text as string],
  )
}
const htmlOf = async (who: string): Promise<string> =>
  String((await lab.inbox('email', who)).at(-1)?.html ?? '')
const BROWSER = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1' }
const follow = async (url: string, headers: Record<string, string> = BROWSER) => {
  const answer = await fetch(url, { headers, redirect: 'manual' })
  return { status: answer.status, to: answer.headers.get('location') }
}
const order = (who: string, no: string, ...products: string[]): Item =>
  says(who, 'Order Completed', {
    order_id: no,
    total: 500,
    currency: 'TWD',
    products: products.map(product_id => ({ product_id, quantity: 1, price: 100, name: product_id })),
  })

test('R1-05 points and what is missing to the next tier are in the message, as the person’s data says', async () => {
  await lab.publish(
    sends(
      'Tier news',
      line(
        '{{ customer.name }}有 {{ customer.points }} 點，再消費 {{ customer.tier_gap | money }} 升等 {{ customer.next_tier }}',
      ),
    ),
  )
  await lab.person('an', { line: true, traits: { tier_gap: 1200, next_tier: '金卡' } })
  await lab.tell(says('an', 'points.changed', { balance: 860 }))
  await lab.tell(says('an', 'Tier news'))
  expect(await texts('an')).toEqual(['an有 860 點，再消費 NT$1,200 升等 金卡'])
})

test('R3-06 same template, two people, two contents; what is out of stock is swapped, and prices are those of the moment', async () => {
  const tea = await product('TEA', '高山茶', 300, 5)
  await product('CUP', '茶杯', 150, 3)
  await product('POT', '茶壺', 900, 0)
  const content = mail(
    `<p>{% if conditions.vip %}貴賓優先{% else %}歡迎加入{% endif %}</p>
     <a href="{{ slots.hero.url }}">{{ slots.hero.name }} {{ slots.hero.price | money }}</a>
     {{ products[event.product_id].name }} {% for p in products.category['茶'] %}[{{ p.id }}]{% endfor %}`,
    {
      conditions: { vip: { op: 'tags', is: 'any', tags: ['vip'] } },
      slots: { hero: { products: ['POT', 'TEA', 'CUP'] } },
    },
  )
  await lab.publish(sends('Offer', content))
  for (const who of ['vera', 'wu']) await lab.person(who, { email: true })
  await lab.tell(says('vera', 'tag.applied', { tag: 'vip' }))
  await lab.tell(says('vera', 'Offer', { product_id: 'CUP' }), says('wu', 'Offer', { product_id: 'TEA' }))
  const [vera, wu] = [await htmlOf('vera'), await htmlOf('wu')]
  expect(vera).toContain('貴賓優先')
  expect(vera).toContain('高山茶 NT$300')
  expect(vera).toMatch(/茶杯 (\[CUP\]\[TEA\]|\[TEA\]\[CUP\])/)
  expect(wu).toContain('歡迎加入')
  expect(wu).not.toContain('[POT]')
  // sold out a moment before the next message: the cup takes its place
  const sold = await lab.call('saveProduct', { params: { product: tea.id }, body: { ...tea, stock: 0 } })
  expect(sold.status).toBe(200)
  await lab.tell(says('wu', 'Offer', { product_id: 'CUP' }))
  expect(await htmlOf('wu')).toContain('茶杯 NT$150')
})

test('a message whose products the database could not tell just now is tried again: it is no fault of the template', async () => {
  const lost = sends('Unlucky', line('{{ products.CUP.name }}'))
  await lab.publish(lost)
  await lab.person('yan', { line: true })
  const stateOf = async () => {
    const { rows } = await lab.core.pool.query(
      `select m.state, m.reason from message m join journey j on j.id = m.journey_id where m.workspace_id = $1 and j.name = 'Unlucky'`,
      [lab.workspace],
    )
    return rows
  }
  await lab.core.pool.query('alter table product rename column stock to stock_away')
  try {
    await lab.tell(says('yan', 'Unlucky'))
    expect(await stateOf()).toEqual([{ state: 'intended', reason: 'fault' }])
  } finally {
    await lab.core.pool.query('alter table product rename column stock_away to stock')
  }
  await lab.core.pool.query(
    `update message set send_after = clock_timestamp() where workspace_id = $1 and reason = 'fault'`,
    [lab.workspace],
  )
  await lab.settle()
  expect(await texts('yan')).toEqual(['茶杯'])
})

test('R2-22 the core offer for everybody, and a cross-sell block for a segment', async () => {
  const made = await lab.call('createSegment', {
    body: {
      name: '咖啡客',
      kind: 'live',
      definition: {
        groups: [
          {
            key: 'in',
            name: '',
            rule: { op: 'trait', trait: 'taste', type: 'text', test: { is: 'equal', value: 'coffee' } },
          },
        ],
      },
    },
  })
  const segment = String(made.body.id)
  expect(
    (await lab.call('publishSegment', { params: { segment }, body: { version: made.body.version } })).status,
  ).toBe(200)
  await lab.settle()
  const inIt: Rule = { op: 'segment', segment, is: 'in' }
  await lab.publish(sends('Both', line('全館 85 折', { text: '加購濾紙 NT$99', when: inIt })))
  await lab.person('kai', { line: true, traits: { taste: 'coffee' } })
  await lab.person('lulu', { line: true, traits: { taste: 'tea' } })
  await lab.tell(says('kai', 'Both'), says('lulu', 'Both'))
  expect(await texts('kai')).toEqual(['全館 85 折', '加購濾紙 NT$99'])
  expect(await texts('lulu')).toEqual(['全館 85 折'])
})

test('a block that rests on what somebody did: remembered from the publication on', async () => {
  const looked: Rule = {
    op: 'event',
    event: 'Product Viewed',
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value: 2 } },
  }
  await lab.publish(sends('Nudge', line('嗨', { text: '還在考慮嗎？', when: looked })))
  await lab.person('mo', { line: true })
  await lab.tell(says('mo', 'Nudge'))
  await lab.tell(
    says('mo', 'Product Viewed', { product_id: 'CUP' }),
    says('mo', 'Product Viewed', { product_id: 'CUP' }),
  )
  await lab.tell(says('mo', 'Nudge'))
  expect(await texts('mo')).toEqual(['嗨', '嗨', '還在考慮嗎？'])
})

test('R3-01 a value that changed just before the message is sent is in it', async () => {
  await lab.publish(
    graphOf('Soon', {
      rest: { type: 'delay', fields: { mode: 'for', ms: 3_600_000 }, next: { next: 'send' } },
      send: {
        type: 'send',
        fields: { channel: 'line', purpose: 'transactional', content: line('你在 {{ customer.city }}') },
        next: { accepted: null },
      },
    }),
  )
  await lab.person('nana', { line: true, traits: { city: '台北' } })
  await lab.tell(says('nana', 'Soon'))
  await lab.passes(3_540_000)
  expect(await texts('nana')).toEqual([])
  await lab.tell(is('nana', { city: '高雄' }))
  await lab.passes(60_000)
  expect(await texts('nana')).toEqual(['你在 高雄'])
})

test('the person’s language, the last order, the cart, and what is bought together', async () => {
  await product('DRIP', '濾掛', 250, 9)
  for (const [i, who] of ['b1', 'b2', 'b3'].entries()) {
    await lab.person(who, {})
    await lab.tell(order(who, `T-${i}`, 'CUP', 'DRIP'))
  }
  await countTogether(lab.core, lab.workspace, Date.now() + 3_700_000)
  await lab.publish(
    sends('Digest', {
      ...line(
        '上次 {{ order.no }}：{% for l in order.lines %}{{ l.name }}{% endfor %}；購物車 {{ cart.count }} 件 {{ cart.total | money }}；推薦 {{ recommendations.bought_with[0].name }}；熱銷 {{ recommendations.top | map: "id" | join: "," }}',
      ),
      locales: {
        en: {
          messages: [{ type: 'text', text: 'Last order {{ order.no }}, total {{ order.total | money }}' }],
        },
      },
    } as MessageContent),
  )
  await lab.person('olga', { line: true, traits: { language: 'en-GB' } })
  await lab.person('ping', { line: true })
  await lab.tell(order('olga', 'O-1', 'CUP'), order('ping', 'P-1', 'TEA'))
  await lab.tell(says('ping', 'Product Added', { product_id: 'CUP', quantity: 2, price: 150 }))
  await lab.tell(says('olga', 'Digest'), says('ping', 'Digest'))
  expect(await texts('olga')).toEqual(['Last order O-1, total NT$500'])
  expect(await texts('ping')).toEqual(['上次 P-1：TEA；購物車 2 件 NT$300；推薦 濾掛；熱銷 DRIP'])
})

test('R0-16 R1-38 two links of a mail are told apart by their names; scanners do not count; a module’s click names the module', async () => {
  const made = await lab.call('createModule', {
    body: {
      name: '週報',
      channel: 'email',
      purpose: 'marketing',
      content: mail(
        '<p>{{ customer.name }}</p><a href="https://shop.example/a?u={{ customer.name }}" data-cta="主打">看看</a> <a href="https://shop.example/b">再看 &amp; 逛</a>',
      ),
    },
  })
  const module = String(made.body.id)
  await lab.call('publishModule', { params: { module }, body: { version: made.body.version } })
  const journey = await lab.publish(
    graphOf('Weekly', {
      send: {
        type: 'send',
        fields: {
          channel: 'email',
          purpose: 'marketing',
          content: { channel: 'email', module: { id: module } },
        },
        next: { accepted: null },
      },
    }),
  )
  await lab.person('quin', { email: true })
  await lab.tell(says('quin', 'Weekly'))
  const html = await htmlOf('quin')
  const hrefs = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(m => m[1]!.replaceAll('&amp;', '&'))
  expect(hrefs).toHaveLength(3) // and the way out, which is not counted
  expect(hrefs[2]).toContain('/u/')
  expect((await lab.inbox('email', 'quin')).length).toBe(1)
  expect(await follow(hrefs[0]!, { 'user-agent': 'Mozilla/5.0 SafeLinks scanner' })).toMatchObject({
    status: 302,
  })
  expect(await follow(hrefs[0]!)).toEqual({ status: 302, to: 'https://shop.example/a?u=quin' })
  expect(await follow(hrefs[1]!)).toEqual({ status: 302, to: 'https://shop.example/b' })
  await lab.settle()
  const facts = await lab.facts('quin', journey)
  expect(facts.filter(f => f.name === 'message.clicked').map(f => f.props)).toMatchObject([
    { label: '主打', cta: '主打', url: 'https://shop.example/a?u=quin', module, moduleVersion: '1' },
    { label: '再看 & 逛', url: 'https://shop.example/b', module },
  ])
  expect(facts.find(f => f.name === 'message.intended')?.props).toMatchObject({ module, moduleVersion: '1' })
})

test('R0-16 buttons of LINE: an address is counted and followed, a tap that is answered to us is a click of its message', async () => {
  const journey = await lab.publish(
    sends('Buttons', {
      channel: 'line',
      messages: [
        {
          type: 'template',
          altText: '選',
          template: {
            type: 'buttons',
            text: '選一個',
            actions: [
              { type: 'uri', label: '逛逛', uri: 'https://shop.example/new' },
              { type: 'postback', label: '領券', data: 'claim=1' },
            ],
          },
        },
      ],
    }),
  )
  await lab.person('rita', { line: true })
  await lab.tell(says('rita', 'Buttons'))
  const sent = (await lab.inbox('line', 'rita')).at(-1) as { template?: unknown; messages?: unknown }
  const actions = JSON.stringify(sent).match(/"actions":(\[.*?\])/)![1]!
  const [visit, claim] = JSON.parse(actions) as { uri: string; data: string }[]
  expect(await follow(visit!.uri)).toEqual({ status: 302, to: 'https://shop.example/new' })
  await lab.act({ channel: 'line', address: lab.lineOf('rita'), act: 'postback', data: claim!.data })
  const facts = await lab.facts('rita', journey)
  expect(facts.filter(f => f.name === 'message.clicked').map(f => f.props)).toMatchObject([
    { label: '逛逛', url: 'https://shop.example/new' },
    { label: '領券', tap: 'true' },
  ])
  const told = await lab.core.history.query({
    query: `select props from event where workspace_id = {w:UUID} and name = 'line.postback'`,
    query_params: { w: lab.workspace },
    format: 'JSONEachRow',
  })
  const props = ((await told.json()) as { props: string }[]).map(r => JSON.parse(r.props) as Item)
  expect(props).toMatchObject([{ data: 'claim=1', label: '領券' }])
})

test('R0-16 an SMS carries a short address under the workspace’s own domain; it is followed, counted, and cannot be guessed', async () => {
  const settings = await lab.call('linkSettings')
  const bad = await lab.call('saveLinkSettings', {
    body: { linkDomain: 'https://go.brand.tw/path', version: settings.body.version },
  })
  expect(bad).toMatchObject({ status: 400, body: { code: 'bad_domain' } })
  const saved = await lab.call('saveLinkSettings', {
    body: { linkDomain: 'https://go.brand.tw', version: settings.body.version },
  })
  expect(saved.status).toBe(200)
  const journey = await lab.publish(
    sends('Texted', {
      channel: 'sms',
      text: '看看 https://shop.example/very/long/path?u={{ customer.name }}。',
    }),
  )
  await lab.person('sam', { traits: { phone: '+886912345678' } })
  await lab.tell(says('sam', 'Texted'))
  const { rows } = await lab.core.pool.query<{ payload: { text: string } }>(
    "select payload from sandbox_message where workspace_id = $1 and channel = 'sms' and direction = 'to_customer'",
    [lab.workspace],
  )
  const short = /^看看 https:\/\/go\.brand\.tw(\/l\/[0-9A-Za-z]{8})。$/.exec(rows[0]!.payload.text)![1]!
  expect(await follow(lab.core.baseUrl + short)).toEqual({
    status: 302,
    to: 'https://shop.example/very/long/path?u=sam',
  })
  const other = short.slice(0, -1) + (short.endsWith('a') ? 'b' : 'a')
  expect((await follow(lab.core.baseUrl + other)).status).toBe(404)
  await lab.settle()
  const clicks = (await lab.facts('sam', journey)).filter(f => f.name === 'message.clicked')
  expect(clicks.map(f => f.props)).toMatchObject([
    { label: 'link', url: 'https://shop.example/very/long/path?u=sam' },
  ])
})

test('the coupon that was given in this run is in its message: code and end; another run’s is not', async () => {
  const made = await lab.call('createCoupon', {
    body: {
      key: 'WELCOME',
      name: '見面禮',
      kind: 'amount',
      value: 100,
      valid: { days: 30 },
      limit: null,
      perPerson: null,
      place: null,
      remindDays: [],
    },
  })
  expect(made.status).toBe(200)
  await lab.publish(
    graphOf('Gift', {
      give: { type: 'reward', fields: { give: 'coupon', coupon: 'WELCOME' }, next: { given: 'send' } },
      send: {
        type: 'send',
        fields: {
          channel: 'line',
          purpose: 'transactional',
          content: line('{{ coupon.code }}|{{ coupon.ends | date: "%Y" }}'),
        },
        next: { accepted: null },
      },
    }),
  )
  await lab.publish(sends('No gift', line('[{{ coupon.code }}]')))
  await lab.person('tess', { line: true })
  await lab.tell(says('tess', 'Gift'))
  await lab.tell(says('tess', 'No gift'))
  const [gift, none] = await texts('tess')
  const { rows } = await lab.core.pool.query<{ code: string }>(
    "select code from coupon_issue where workspace_id = $1 and entry = 'issued'",
    [lab.workspace],
  )
  expect(gift).toMatch(new RegExp(`^${rows[0]!.code}\\|20\\d\\d$`))
  expect(none).toBe('[]')
})

test('R1-38 one mail for each match, with the headers of RFC 8058: one POST ends the purpose; a page of preferences is in mail, text and LINE', async () => {
  await lab.publish(
    sends('Newsletter', mail('<p>新品到店</p><a href="{{ preferences_url }}">偏好設定</a>'), 'marketing'),
  )
  await lab.publish(sends('Bare newsletter', mail('<p>新品到店</p>'), 'marketing'))
  await lab.publish(
    sends('Chat', line('偏好設定 {{ preferences_url }} 取消 {{ unsubscribe_url }}'), 'transactional'),
  )
  for (const who of ['o1', 'o2', 'o3']) await lab.person(who, { email: true, line: true })
  await lab.tell(says('o1', 'Newsletter'), says('o2', 'Newsletter'), says('o3', 'Bare newsletter'))
  const letters = await Promise.all(['o1', 'o2', 'o3'].map(who => lab.inbox('email', who)))
  expect(letters.map(l => l.length)).toEqual([1, 1, 1])
  const headers = letters.map(l => l[0]!.headers as Record<string, string>)
  for (const h of headers) {
    expect(h['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click')
    expect(h['list-unsubscribe']).toMatch(/^<http[^>]+\/u\/[^>]+>$/)
  }
  // one that has a way out gets no second; its page is the person's own, and no counted link
  const pages = letters.slice(0, 2).map(l => /href="([^"]+\/p\/[^"]+)"/.exec(String(l[0]!.html))![1]!)
  expect(new Set(pages).size).toBe(2)
  expect(String(letters[0]![0]!.html)).not.toContain('取消訂閱')
  expect(String(letters[2]![0]!.html)).toContain('取消訂閱')
  const page = await fetch(pages[0]!)
  expect([page.status, (await page.text()).includes('<form')]).toEqual([200, true])
  // looking at the address ends nothing, one POST does
  const address = headers[0]!['list-unsubscribe']!.slice(1, -1)
  expect((await fetch(address)).status).toBe(200)
  expect((await lab.stateOf('o1')).consent['email/marketing']!.on).toBe(true)
  const done = await fetch(address, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  })
  expect(done.status).toBe(200)
  await lab.settle()
  expect((await lab.stateOf('o1')).consent['email/marketing']!.on).toBe(false)
  await lab.tell(says('o1', 'Newsletter'), says('o2', 'Newsletter'))
  expect([(await lab.inbox('email', 'o1')).length, (await lab.inbox('email', 'o2')).length]).toEqual([1, 2])
  await lab.tell(says('o2', 'Chat'))
  const [said] = await texts('o2')
  expect(said).toContain(pages[1])
  expect(said).toMatch(/\/u\/\S+$/)
})
