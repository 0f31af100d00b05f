// Nodes that write to people, as a brand uses them: reach, opens and clicks, questions, carts. Journeys are published over
// HTTP, engines and stand-ins are real, time is the sandbox's clock.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, openJourneyLab, says, type JourneyLab } from '../../test/journey-lab.ts'
import { lineText, mail } from '../../test/send-lab.ts'
import { suppress } from '../messages/suppression.ts'
import { happened } from '../rules/make.ts'
import type { MessageContent } from '../channels/content.ts'
import { unpackState } from '../customers/pack.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { parseId } from '../platform/ids.ts'
import type { JourneyGraph, NodeData } from './model.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const BROWSER = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1'
const APPLE_PROXY = 'Mozilla/5.0'

const send = (content: MessageContent, next: NodeData['next']): NodeData => ({
  type: 'send',
  fields: { channel: content.channel, purpose: 'marketing', content },
  next,
})
const paragraph = "<p>新品上市 <a href=\"{{ 'https://shop.example/new' | track: 'new' }}\">看看</a></p>"

/** The mail's picture, or its first link, is fetched by somebody. */
async function fetchOf(who: string, what: 'open' | 'click', agent: string, nth = -1): Promise<void> {
  const mails = await lab.inbox('email', who)
  const html = String(mails.at(nth)!.html)
  const url = (what === 'open' ? /<img src="([^"]+\/o\/[^"]+)"/ : /href="([^"]+\/t\/[^"]+)"/).exec(html)![1]!
  const answer = await fetch(url.replaceAll('&amp;', '&'), {
    headers: { 'user-agent': agent },
    redirect: 'manual',
  })
  expect([200, 302]).toContain(answer.status)
  await lab.settle()
}

test('R1-39 R1-40 opened by a person: waits for the purchase; unopened or opened by a proxy: LINE once, else the next channel', async () => {
  const journey = await lab.publish(
    graphOf(
      'Launch',
      {
        mail: send(mail('新品', paragraph), { accepted: 'opened' }),
        opened: {
          type: 'wait_event',
          fields: {
            any: [{ name: 'read', on: 'message', message: 'mail', is: 'opened' }],
            timeoutMs: 2 * DAY,
          },
          next: { read: 'bought', timeout: 'again' },
        },
        bought: {
          type: 'wait_event',
          fields: { event: 'Order Completed', timeoutMs: 3 * DAY },
          next: { event: null, timeout: 'late' },
        },
        again: {
          type: 'reach',
          fields: {
            purpose: 'marketing',
            options: [
              { channel: 'line', content: lineText('活動頁 https://shop.example/new') },
              { channel: 'email', content: mail('再看一次', paragraph) },
            ],
          },
          next: { accepted: 'stay', unreachable: null },
        },
        late: { type: 'exit', fields: { reason: '沒有購買' }, next: {} },
        stay: { type: 'delay', fields: { ms: 10 * DAY }, next: { next: null } },
      },
      { goal: { rule: happened('Order Completed'), exitOnGoal: true } },
    ),
  )
  for (const who of ['op-buys', 'op-not', 'op-click', 'op-proxy', 'op-none'])
    await lab.person(who, { email: true, line: true })
  await lab.person('op-nofriend', { email: true })
  const people = ['op-buys', 'op-not', 'op-click', 'op-proxy', 'op-none', 'op-nofriend']
  await lab.tell(...people.map(who => says(who, 'Launch')))
  await fetchOf('op-buys', 'open', BROWSER)
  await fetchOf('op-not', 'open', BROWSER)
  await fetchOf('op-click', 'click', BROWSER)
  await fetchOf('op-proxy', 'open', APPLE_PROXY)
  expect(await lab.path('op-buys', journey)).toEqual(['mail:accepted', 'opened:read'])
  expect(await lab.path('op-click', journey)).toEqual(['mail:accepted', 'opened:read'])
  // a machine's open is told, and moves nothing
  expect(await lab.path('op-proxy', journey)).toEqual(['mail:accepted'])
  expect((await lab.facts('op-proxy', journey)).map(f => f.name)).toContain('message.opened_by_machine')

  await lab.passes(2 * DAY + MINUTE)
  await lab.tell(says('op-buys', 'Order Completed', { order_id: 'OP-1', total: 900 }))
  expect(await lab.path('op-buys', journey)).toEqual([
    'mail:accepted',
    'opened:read',
    'bought:exit',
    'end:goal',
  ])
  for (const who of ['op-proxy', 'op-none']) {
    expect(await lab.path(who, journey)).toEqual(['mail:accepted', 'opened:timeout', 'again:line'])
    expect(await lab.inbox('line', who)).toHaveLength(1)
  }
  expect(await lab.path('op-nofriend', journey)).toEqual(['mail:accepted', 'opened:timeout', 'again:email'])
  expect((await lab.inbox('email', 'op-nofriend')).map(m => m.subject)).toEqual(['新品', '再看一次'])

  // a late open changes nothing any more, and sends nothing again
  await fetchOf('op-none', 'open', BROWSER)
  expect(await lab.inbox('line', 'op-none')).toHaveLength(1)
  expect(await lab.path('op-none', journey)).toHaveLength(3)

  await lab.passes(2 * DAY)
  for (const who of ['op-not', 'op-click'])
    expect(await lab.path(who, journey)).toEqual([
      'mail:accepted',
      'opened:read',
      'bought:timeout',
      'late:end',
      'end:completed',
    ])
})

test('R1-41 a cart not paid within the hour: a Flex with its items; paid in minute 59: nothing', async () => {
  const flex: MessageContent = {
    channel: 'line',
    messages: [
      {
        type: 'flex',
        altText: '購物車裡還有 {{ event.products.size }} 件商品',
        contents: {
          type: 'bubble',
          body: {
            type: 'box',
            layout: 'vertical',
            contents: [
              {
                type: 'text',
                wrap: true,
                text: '{% for p in event.products %}{{ p.name }} × {{ p.quantity }}\n{% endfor %}',
              },
            ],
          },
        },
      },
    ],
  }
  await lab.publish(
    graphOf('Cart Viewed', {
      wait: {
        type: 'wait_event',
        fields: { event: 'Order Completed', since: 'entry', timeoutMs: HOUR },
        next: { event: null, timeout: 'flex' },
      },
      flex: send(flex, { accepted: null }),
    }),
  )
  await lab.person('cart-a', { line: true })
  await lab.person('cart-b', { line: true })
  const cart = {
    products: [
      { product_id: 'T1', name: '高山烏龍', quantity: 2 },
      { product_id: 'T2', name: '蓋碗', quantity: 1 },
    ],
  }
  await lab.tell(says('cart-a', 'Cart Viewed', cart), says('cart-b', 'Cart Viewed', cart))
  await lab.passes(59 * MINUTE)
  await lab.tell(says('cart-b', 'Order Completed', { order_id: 'C-1', total: 100 }))
  await lab.passes(2 * MINUTE)
  const [message] = await lab.inbox('line', 'cart-a')
  const text = JSON.stringify(message)
  expect(text).toContain('購物車裡還有 2 件商品')
  expect(text).toContain('高山烏龍 × 2')
  expect(await lab.inbox('line', 'cart-b')).toEqual([])
})

test('R3-14 R4-36 one trigger: each person by the first channel that reaches; what was skipped goes on to the next', async () => {
  const journey = await lab.publish(
    graphOf('First Contact', {
      mail: send(mail('第一步', paragraph), { accepted: 'reach' }),
      reach: {
        type: 'reach',
        fields: {
          purpose: 'marketing',
          options: [
            { channel: 'line', content: lineText('你好 {{ customer.name }}') },
            { channel: 'email', content: mail('你好', paragraph) },
          ],
        },
        next: { accepted: null, line: 'byLine', unreachable: 'nobody' },
      },
      byLine: { type: 'update', fields: { addTags: ['by line'] }, next: { next: null } },
      nobody: { type: 'update', fields: { addTags: ['unreached'] }, next: { next: null } },
    }),
  )
  await lab.person('r-line', { email: true, line: true })
  await lab.person('r-mail', { email: true })
  await lab.person('r-none', {})
  await lab.person('r-blocked', { email: true, line: true })
  // the provider says what the fold does not know: the address is suppressed
  await suppress(lab.core.pool, [
    {
      workspace: lab.workspace,
      channel: 'line',
      address: lab.lineOf('r-blocked'),
      reason: 'manual',
      source: 'test',
      at: Date.now(),
    },
  ])
  await lab.tell(...['r-line', 'r-mail', 'r-none', 'r-blocked'].map(who => says(who, 'First Contact')))
  expect(await lab.path('r-line', journey)).toEqual([
    'mail:accepted',
    'reach:line',
    'byLine:next',
    'end:completed',
  ])
  expect(await lab.path('r-mail', journey)).toEqual(['mail:accepted', 'reach:email', 'end:completed'])
  expect(await lab.path('r-none', journey)).toEqual([
    'mail:skipped',
    'reach:unreachable',
    'nobody:next',
    'end:completed',
  ])
  expect(await lab.path('r-blocked', journey)).toEqual(['mail:accepted', 'reach:email', 'end:completed'])
  expect((await lab.inbox('email', 'r-line')).map(m => m.subject)).toEqual(['第一步'])
  expect(await lab.inbox('line', 'r-line')).toHaveLength(1)
  expect((await lab.inbox('email', 'r-mail')).map(m => m.subject)).toEqual(['第一步', '你好'])
  expect(await lab.inbox('line', 'r-blocked')).toEqual([])
  const tried = (await lab.facts('r-blocked', journey)).filter(f => f.name === 'node.tried')
  expect(JSON.stringify(tried)).toContain('suppressed')
})

test('R3-05 one run spans channels: mail, then LINE, then SMS; R3-14 first contact by push where there is an app, else LINE, else mail', async () => {
  const later = (next: string): NodeData => ({
    type: 'delay',
    fields: { mode: 'for', ms: HOUR },
    next: { next },
  })
  const spans = await lab.publish(
    graphOf('Span', {
      mail: send(mail('一', paragraph), { accepted: 'r1' }),
      r1: later('line'),
      line: send(lineText('二'), { accepted: 'r2' }),
      r2: later('sms'),
      sms: send({ channel: 'sms', text: '三' }, { accepted: null }),
    }),
  )
  await lab.person('sp', { email: true, line: true, traits: { phone: '+886912000305' } })
  await lab.tell(says('sp', 'consent.granted', { channel: 'sms', purpose: 'marketing' }), says('sp', 'Span'))
  const arrived = async () => {
    const { id } = await lab.stateOf('sp')
    const { rows } = await lab.core.pool.query<{ channel: string; run: string }>(
      `select channel, enrollment_id as run from message
        where workspace_id = $1 and customer_id = $2 and state in ('accepted', 'delivered') order by created`,
      [lab.workspace, id],
    )
    expect(new Set(rows.map(r => r.run)).size).toBe(1)
    return rows.map(r => r.channel)
  }
  expect(await arrived()).toEqual(['email'])
  await lab.passes(HOUR + MINUTE)
  expect(await arrived()).toEqual(['email', 'line'])
  await lab.passes(HOUR + MINUTE)
  expect(await arrived()).toEqual(['email', 'line', 'sms'])
  expect(await lab.path('sp', spans)).toEqual([
    'mail:accepted',
    'r1:next',
    'line:accepted',
    'r2:next',
    'sms:accepted',
    'end:completed',
  ])

  const first = await lab.publish(
    graphOf('Hello', {
      reach: {
        type: 'reach',
        fields: {
          purpose: 'transactional',
          options: [
            { channel: 'push', content: { channel: 'push', title: '嗨', body: '你好' } },
            { channel: 'line', content: lineText('你好') },
            { channel: 'email', content: mail('你好', paragraph) },
          ],
        },
        next: { accepted: null, unreachable: null },
      },
    }),
  )
  for (const [who, has] of Object.entries({ app: { line: true }, friend: { line: true }, mailbox: {} }))
    await lab.person(`fc-${who}`, { email: true, ...has })
  await lab.core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created) values ($1, 'push', 'token-fc', 'x', true, now())`,
    [lab.workspace],
  )
  await lab.tell({
    ...says('fc-app', 'Application Opened'),
    context: { device: { type: 'android', token: 'token-fc' } },
  })
  const people = ['fc-app', 'fc-friend', 'fc-mailbox']
  await lab.tell(...people.map(who => says(who, 'Hello')))
  expect(await Promise.all(people.map(who => lab.path(who, first)))).toEqual(
    ['push', 'line', 'email'].map(channel => [`reach:${channel}`, 'end:completed']),
  )
})

test('R3-36 a follow-up for each: clicked, opened, neither', async () => {
  const journey = await lab.publish(
    graphOf('Newsletter', {
      mail: send(mail('電子報', paragraph), { accepted: 'act' }),
      act: {
        type: 'wait_event',
        fields: {
          any: [
            { name: 'clicked', on: 'message', message: 'mail', is: 'clicked' },
            { name: 'replied', on: 'event', event: 'line.message' },
          ],
          timeoutMs: DAY,
        },
        next: { clicked: 'thanks', replied: 'talk', timeout: 'open' },
      },
      open: {
        type: 'wait_event',
        fields: { any: [{ name: 'opened', on: 'message', message: 'mail', is: 'opened' }], timeoutMs: 1 },
        next: { opened: 'hint', timeout: 'quiet' },
      },
      thanks: { type: 'update', fields: { addTags: ['clicked it'] }, next: { next: null } },
      talk: { type: 'update', fields: { addTags: ['wrote'] }, next: { next: null } },
      hint: { type: 'update', fields: { addTags: ['opened it'] }, next: { next: null } },
      quiet: { type: 'update', fields: { addTags: ['did nothing'] }, next: { next: null } },
    }),
  )
  for (const who of ['n-click', 'n-open', 'n-none', 'n-write'])
    await lab.person(who, { email: true, line: true })
  await lab.tell(...['n-click', 'n-open', 'n-none', 'n-write'].map(who => says(who, 'Newsletter')))
  await fetchOf('n-click', 'open', BROWSER)
  await fetchOf('n-click', 'click', BROWSER)
  await fetchOf('n-open', 'open', BROWSER)
  await lab.act({ channel: 'line', address: lab.lineOf('n-write'), act: 'text', text: '有優惠嗎？' })
  await lab.passes(DAY + MINUTE)
  const tags = async (who: string) => Object.keys((await lab.stateOf(who)).tags)
  expect(await tags('n-click')).toEqual(['clicked it'])
  expect(await tags('n-open')).toEqual(['opened it'])
  expect(await tags('n-none')).toEqual(['did nothing'])
  expect(await tags('n-write')).toEqual(['wrote'])
  expect(await lab.path('n-open', journey)).toEqual([
    'mail:accepted',
    'act:timeout',
    'open:opened',
    'hint:next',
    'end:completed',
  ])
})

test('hard problem 12: a question: by button, by words, something else, no answer, too late, not sent', async () => {
  const journey = await lab.publish(
    graphOf('Ask Taste', {
      ask: {
        type: 'ask',
        fields: {
          text: '{{ customer.name }} 喜歡哪一種？',
          answers: [
            { name: 'tea', label: '茶', tag: '愛茶' },
            { name: 'coffee', label: '咖啡' },
          ],
          trait: 'taste',
          timeoutMs: DAY,
        },
        next: { tea: 'said', coffee: 'said', other: 'other', timeout: 'silent', unsent: 'unsent' },
      },
      said: send(lineText('選了 {{ journey.ask.text }}'), { accepted: null }),
      other: { type: 'exit', fields: { reason: '其他' }, next: {} },
      silent: { type: 'exit', fields: { reason: '沒回' }, next: {} },
      unsent: { type: 'exit', fields: { reason: '沒送到' }, next: {} },
    }),
  )
  const people = ['q-button', 'q-words', 'q-other', 'q-silent', 'q-old']
  for (const who of people) await lab.person(who, { line: true })
  await lab.person('q-none', {})
  await lab.tell(...[...people, 'q-none'].map(who => says(who, 'Ask Taste')))
  const dataOf = async (who: string, i: number) => {
    const [asked] = (await lab.inbox('line', who)) as {
      messages: { text: string; quickReply: { items: { action: { data: string; label: string } }[] } }[]
    }[]
    expect(asked!.messages[0]!.text).toBe(`${who} 喜歡哪一種？`)
    return asked!.messages[0]!.quickReply.items[i]!.action.data
  }
  const address = (who: string) => ({ channel: 'line', address: lab.lineOf(who) })
  await lab.act({ ...address('q-button'), act: 'postback', data: await dataOf('q-button', 0) })
  await lab.act({ ...address('q-words'), act: 'text', text: ' 咖啡 ' })
  await lab.act({ ...address('q-other'), act: 'text', text: '都不喜歡' })
  // another person's button, and one of nobody, answer nothing
  await lab.act({ ...address('q-silent'), act: 'postback', data: await dataOf('q-button', 1) })
  await lab.act({ ...address('q-silent'), act: 'postback', data: 'ask:made-up:0' })
  expect(await lab.path('q-button', journey)).toEqual(['ask:tea', 'said:accepted', 'end:completed'])
  expect(await lab.path('q-words', journey)).toEqual(['ask:coffee', 'said:accepted', 'end:completed'])
  expect(await lab.path('q-other', journey)).toEqual(['ask:other', 'other:end', 'end:completed'])
  expect(await lab.path('q-none', journey)).toEqual(['ask:unsent', 'unsent:end', 'end:completed'])
  expect(await lab.path('q-silent', journey)).toEqual([])
  const button = await lab.stateOf('q-button')
  expect([button.traits.taste?.v, Object.keys(button.tags)]).toEqual(['tea', ['愛茶']])
  expect(JSON.stringify((await lab.inbox('line', 'q-button')).at(-1))).toContain('選了 茶')
  await lab.passes(DAY + MINUTE)
  await lab.act({ ...address('q-old'), act: 'postback', data: await dataOf('q-old', 0) })
  for (const who of ['q-silent', 'q-old']) {
    expect(await lab.path(who, journey)).toEqual(['ask:timeout', 'silent:end', 'end:completed'])
    expect((await lab.stateOf(who)).traits.taste).toBeUndefined()
  }
})

test('R4-04 a question on WhatsApp (buttons, a list), Messenger and Instagram: what is tapped takes its branch, words too; outside the window it is not sent', async () => {
  const question = (channel: string, answers: number) => ({
    ask: {
      type: 'ask',
      fields: {
        channel,
        text: '喜歡哪一種？',
        answers: Array.from({ length: answers }, (_, i) => ({ name: `a${i}`, label: `答案 ${i}` })),
        trait: 'taste',
        purpose: 'transactional',
        timeoutMs: DAY,
      },
      next: {
        ...Object.fromEntries(Array.from({ length: answers }, (_, i) => [`a${i}`, i === 1 ? 'said' : null])),
        other: null,
        timeout: null,
        unsent: null,
      },
    } as NodeData,
    said: { type: 'exit', fields: { reason: '選了' }, next: {} } as NodeData,
  })
  const kinds = [
    { channel: 'whatsapp', address: '+886911000001', n: 3, act: 'postback' },
    { channel: 'whatsapp', address: '+886911000002', n: 5, act: 'text' },
    { channel: 'messenger', address: '7110000031', n: 13, act: 'text' },
    { channel: 'instagram', address: '7110000041', n: 4, act: 'text' },
  ]
  const arrivedAt = async (channel: string, address: string) => {
    const { rows } = await lab.core.pool.query<{ payload: Record<string, unknown> }>(
      `select payload from sandbox_message where workspace_id = $1 and channel = $2 and address = $3
          and direction = 'to_customer' order by at, id`,
      [lab.workspace, channel, address],
    )
    return rows.map(r => r.payload)
  }
  const customerOf = async (address: string) => {
    const { rows } = await lab.core.pool.query<{ customer_id: string }>(
      'select customer_id from identifier where workspace_id = $1 and value = $2',
      [lab.workspace, address],
    )
    return rows[0]!.customer_id
  }
  const pathOf = async (address: string, journey: string) => {
    const rows = await askHistory<{ name: string; node: string; port: string }>(
      lab.core.history,
      `select name, node, JSONExtractString(props, 'port') as port from event where workspace_id = {workspace:UUID}
          and customer_id = {customer:UUID} and journey_id = {journey:UUID} and name = 'node.left' order by folded, seq, line, part`,
      { workspace: lab.workspace, customer: await customerOf(address), journey: parseId('jrn', journey)! },
    )
    return rows.map(r => `${r.node}:${r.port}`)
  }
  for (const { channel, address, n, act } of kinds) {
    const where = [{ path: 'text', op: 'is', value: `請問我 ${address}` }]
    const trigger = { kind: 'event', event: `${channel}.message`, where } as JourneyGraph['trigger']
    const journey = await lab.publish(graphOf(`Ask ${address}`, question(channel, n), { trigger }))
    const write = (text: string, more: object = {}) =>
      lab.act({ channel, address, act: 'text', text, name: 'x', ...more })
    await write(`請問我 ${address}`)
    const [asked] = await arrivedAt(channel, address)
    // what the phone's page taps: a button, a row of the list, a quick reply
    const interactive = asked!.interactive as Interactive | undefined
    const replies = interactive
      ? (interactive.action.buttons?.map(b => b.reply) ?? interactive.action.sections![0]!.rows)
      : (asked!.quick_replies as { payload: string; title: string }[]).map(q => ({
          id: q.payload,
          title: q.title,
        }))
    expect([address, replies.length, interactive?.type]).toEqual([
      address,
      n,
      channel !== 'whatsapp' ? undefined : n > 3 ? 'list' : 'button',
    ])
    // a reply of another question is none
    await write('假的', { data: `x${replies[1]!.id}` })
    expect([address, await pathOf(address, journey)]).toEqual([address, []])
    await lab.act({ channel, address, act, data: replies[1]!.id, text: replies[1]!.title })
    expect([address, await pathOf(address, journey)]).toEqual([address, ['ask:a1', 'said:end']])
    const { rows } = await lab.core.pool.query<{ state: string }>(
      'select state from customer where id = $1',
      [await customerOf(address)],
    )
    expect(unpackState(rows[0]!.state).traits.taste?.v).toBe('a1')
    // asked once more, answered in words
    await write(`請問我 ${address}`)
    await write(' 答案 0 ')
    expect((await pathOf(address, journey)).slice(2)).toEqual(['ask:a0'])
  }
  // a day after their last word nothing may be asked
  const late = await lab.publish(graphOf('Ask Late', question('whatsapp', 3)))
  await lab.passes(DAY + MINUTE)
  const { address } = kinds[0]!
  const context = { externalIds: [{ id: address, type: 'phone', collection: 'users', encoding: 'none' }] }
  await lab.tell({ ...says('w-late', 'Ask Late'), context })
  expect(await pathOf(address, late)).toEqual(['ask:unsent'])
})

type Interactive = {
  type: string
  action: {
    buttons?: { reply: { id: string; title: string } }[]
    sections?: { rows: { id: string; title: string }[] }[]
  }
}
