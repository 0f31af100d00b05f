// The conditions of a split as a brand uses them: journeys published over HTTP, events posted, engines real. People ask
// for the way by an event; each branch puts a tag on whoever takes it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineText } from '../../test/send-lab.ts'
import { is, type Item, type JourneyLab, openJourneyLab, says, splitGraph } from '../../test/journey-lab.ts'
import { sendOn } from '../../test/shop-lab.ts'
import type { Out } from '../contract.ts'
import type { Rule } from '../rules/model.ts'
import type { JourneyGraph } from './model.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const HOUR = 3_600_000
const MINUTE = 60_000

const tell = (...items: Item[]): Promise<void> => lab.tell(...items)

const split = (event: string, branches: Record<string, Rule>, by?: 'event' | 'tag'): Promise<void> =>
  publish(splitGraph(event, branches, by))

/** It is live with the next thing that is told. */
async function publish(graph: JourneyGraph): Promise<void> {
  const made = await lab.call('createJourney', { body: { graph } })
  const done = await lab.call('publishJourney', {
    params: { journey: String(made.body.id) },
    body: { version: made.body.version },
  })
  expect(done).toMatchObject({ status: 200 })
}

/** The branches that a person took, in order. */
const ways = async (who: string, event: string): Promise<string[]> =>
  Object.entries((await lab.stateOf(who)).tags)
    .filter(([tag]) => tag.startsWith(event + ':'))
    .sort(([, a], [, b]) => a.at - b.at)
    .map(([tag]) => tag.slice(event.length + 1))

const passes = (ms: number): Promise<void> => lab.passes(ms)

test('R4-14 R4-17 has a member number, a mobile, an e-mail, and has bound it: each present and absent', async () => {
  const asked: Record<string, Rule> = {
    'Ask Member': { op: 'identifier', kind: 'member_no' },
    'Ask Phone': { op: 'identifier', kind: 'phone' },
    'Ask Email': { op: 'identifier', kind: 'email' },
    'Ask Bound': { op: 'channel', channel: 'email', is: 'bound' },
  }
  for (const [event, rule] of Object.entries(asked)) await split(event, { yes: rule })
  const events = Object.keys(asked)
  await tell(
    is('id-all', { email: 'all@example.com', phone: '0900000101' }, { userId: 'M-14' }),
    is('id-mail', { email: 'mail@example.com' }),
    is('id-none', { name: '訪客' }),
  )
  // what a browser says of an address is a hint: it is not bound
  expect((await lab.batch([is('id-hint', { email: 'hint@example.com' })], lab.writeKey)).status).toBe(200)
  await lab.settle()
  const people = ['id-all', 'id-mail', 'id-none', 'id-hint']
  await tell(...people.flatMap(who => events.map(event => says(who, event))))
  const answers = async (who: string) => (await Promise.all(events.map(event => ways(who, event)))).flat()
  expect(await answers('id-all')).toEqual(['yes', 'yes', 'yes', 'yes'])
  expect(await answers('id-mail')).toEqual(['other', 'other', 'yes', 'yes'])
  expect(await answers('id-none')).toEqual(['other', 'other', 'other', 'other'])
  expect(await answers('id-hint')).toEqual(['other', 'other', 'other', 'other'])
})

test('R4-15 tags: any, all, none', async () => {
  const tags = ['茶', '咖啡']
  await split('Ask Any', { yes: { op: 'tags', is: 'any', tags } })
  await split('Ask All', { yes: { op: 'tags', is: 'all', tags } })
  await split('Ask None', { yes: { op: 'tags', is: 'none', tags } })
  const tag = (who: string, name: string) => says(who, 'tag.applied', { tag: name })
  await tell(is('tag-0', { name: 'a' }), tag('tag-1', '茶'), tag('tag-2', '茶'), tag('tag-2', '咖啡'))
  const asked = ['Ask Any', 'Ask All', 'Ask None']
  await tell(...['tag-0', 'tag-1', 'tag-2'].flatMap(who => asked.map(event => says(who, event))))
  const answers = (who: string) => Promise.all(asked.map(event => ways(who, event)))
  expect(await answers('tag-0')).toEqual([['other'], ['other'], ['yes']])
  expect(await answers('tag-1')).toEqual([['yes'], ['other'], ['other']])
  expect(await answers('tag-2')).toEqual([['yes'], ['yes'], ['other']])
})

test('R4-16 a typed attribute: text, number, yes or no, date, list', async () => {
  const declare = (name: string, type: string) =>
    lab.call('saveAttribute', {
      params: { name },
      body: {
        label: { zh: name, en: name },
        type,
        choices: null,
        wanted: false,
        purpose: '',
        personal: false,
        sensitive: false,
      },
    })
  for (const [name, type] of [
    ['taste', 'text'],
    ['cups', 'number'],
    ['vegan', 'boolean'],
    ['since', 'date'],
    ['likes', 'list'],
  ])
    expect((await declare(name!, type!)).status).toBe(200)
  await lab.settle()
  await split('Ask Text', {
    one: { op: 'trait', trait: 'taste', type: 'text', test: { is: 'starts_with', value: '高山' } },
    two: { op: 'trait', trait: 'taste', type: 'text', test: { is: 'one_of', values: ['紅茶', '綠茶'] } },
    not: { op: 'trait', trait: 'taste', type: 'text', test: { is: 'not_contains', value: '咖啡' } },
  })
  await split('Ask Number', {
    between: { op: 'trait', trait: 'cups', type: 'number', test: { is: 'between', from: 2, to: 3 } },
    over: { op: 'trait', trait: 'cups', type: 'number', test: { is: 'over', value: 3 } },
  })
  await split('Ask Boolean', {
    yes: { op: 'trait', trait: 'vegan', type: 'boolean', test: { is: 'equal', value: true } },
  })
  await split('Ask Date', {
    before: { op: 'trait', trait: 'since', type: 'date', test: { is: 'before', date: '2020-01-01' } },
    after: { op: 'trait', trait: 'since', type: 'date', test: { is: 'after', date: '2019-12-31' } },
  })
  await split('Ask List', {
    all: { op: 'trait', trait: 'likes', type: 'list', test: { is: 'all', values: ['茶', '器'] } },
    any: { op: 'trait', trait: 'likes', type: 'list', test: { is: 'any', values: ['茶', '器'] } },
  })
  await split('Ask Set', { yes: { op: 'trait', trait: 'taste', type: 'any', test: { is: 'set' } } })
  await tell(
    // text that says a number, yes or a date becomes one
    is('at-1', { taste: '高山烏龍', cups: '2', vegan: '是', since: '2019/12/31', likes: ['茶', '器'] }),
    is('at-2', { taste: '紅茶', cups: 4, vegan: false, since: '2020-01-01', likes: '茶' }),
    is('at-3', { taste: '拿鐵咖啡', cups: 1, since: '2020-01-02', likes: ['糖'] }),
    is('at-4', { cups: 3 }),
  )
  const asked = ['Ask Text', 'Ask Number', 'Ask Boolean', 'Ask Date', 'Ask List', 'Ask Set']
  await tell(...[1, 2, 3, 4].flatMap(n => asked.map(event => says(`at-${n}`, event))))
  const answers = async (n: number) => (await Promise.all(asked.map(event => ways(`at-${n}`, event)))).flat()
  expect(await answers(1)).toEqual(['one', 'between', 'yes', 'before', 'all', 'yes'])
  expect(await answers(2)).toEqual(['two', 'over', 'other', 'after', 'any', 'yes'])
  expect(await answers(3)).toEqual(['other', 'other', 'other', 'after', 'other', 'yes'])
  // nothing is known: only what says "not" holds
  expect(await answers(4)).toEqual(['not', 'between', 'other', 'other', 'other', 'other'])
})

const bought = (category: string): Rule => ({
  op: 'orders',
  window: { in: 'ever' },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  lines: { by: 'category', values: [category] },
})
const order = (who: string, no: string, category: string, timestamp?: string): Item => ({
  ...says(who, 'Order Completed', {
    order_id: no,
    total: 500,
    currency: 'TWD',
    products: [{ sku: category, category, price: 500, quantity: 1 }],
  }),
  ...(timestamp === undefined ? {} : { timestamp }),
})

test('R4-18 bought a product, and when the order was: relative and absolute', async () => {
  const newest = (test: Extract<Rule, { op: 'clock' }>['test']): Rule => ({
    op: 'clock',
    clock: 'order',
    test,
  })
  await split('Ask Product', { tea: bought('茶葉') })
  await split('Ask Relative', { lately: newest({ is: 'in_last', span: { n: 2, unit: 'hour' } }) })
  await split('Ask Absolute', {
    since: newest({ is: 'after', at: '2026-01-01' }),
    ever: newest({ is: 'ever' }),
  })
  await tell(
    order('buy-tea', 'R18-1', '茶葉'),
    order('buy-ware', 'R18-2', '茶器', new Date(Date.now() - 3 * HOUR).toISOString()),
    order('buy-old', 'R18-3', '茶葉', '2025-12-31T15:59:59.999Z'),
    order('buy-new-year', 'R18-4', '茶葉', '2025-12-31T16:00:00.000Z'),
    is('buy-none', { name: 'x' }),
  )
  const people = ['buy-tea', 'buy-ware', 'buy-old', 'buy-new-year', 'buy-none']
  const asked = ['Ask Product', 'Ask Relative', 'Ask Absolute']
  await tell(...people.flatMap(who => asked.map(event => says(who, event))))
  const answers = async (who: string) => (await Promise.all(asked.map(event => ways(who, event)))).flat()
  expect(await answers('buy-tea')).toEqual(['tea', 'lately', 'since'])
  expect(await answers('buy-ware')).toEqual(['other', 'other', 'since'])
  // midnight in Taipei is 16:00 UTC
  expect(await answers('buy-old')).toEqual(['tea', 'other', 'ever'])
  expect(await answers('buy-new-year')).toEqual(['tea', 'other', 'since'])
  expect(await answers('buy-none')).toEqual(['other', 'other', 'other'])
})

test('R2-13 visit, view, purchase and order status; a returned order takes "purchased" away', async () => {
  const status = (...of: ('paid' | 'unpaid' | 'shipped' | 'cancelled' | 'returned')[]): Rule => ({
    op: 'orders',
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
    status: of,
  })
  const count = (event: string, value: number): Rule => ({
    op: 'event',
    event,
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value } },
  })
  await split('Ask Bought', { yes: bought('洋裝') })
  await split('Ask Status', {
    returned: status('returned'),
    cancelled: status('cancelled'),
    shipped: status('shipped'),
    paid: status('paid'),
    unpaid: status('unpaid'),
  })
  await split('Ask Viewed', {
    visited: { op: 'and', rules: [count('visit.started', 1), count('Product Viewed', 2)] },
  })
  const view = (who: string) => says(who, 'Product Viewed', { product_id: 'P1' })
  await tell(order('r13', 'R13-1', '洋裝'), view('r13'), view('r13-once'), view('r13'))
  await tell(
    says('r13', 'Ask Bought'),
    says('r13', 'Ask Status'),
    says('r13', 'Ask Viewed'),
    says('r13-once', 'Ask Viewed'),
  )
  expect(await ways('r13', 'Ask Bought')).toEqual(['yes'])
  expect(await ways('r13', 'Ask Status')).toEqual(['paid'])
  expect(await ways('r13', 'Ask Viewed')).toEqual(['visited'])
  expect(await ways('r13-once', 'Ask Viewed')).toEqual(['other'])
  await tell(says('r13', 'Order Shipped', { order_id: 'R13-1' }))
  await tell(says('r13', 'Ask Status'))
  expect(await ways('r13', 'Ask Status')).toEqual(['paid', 'shipped'])
  await tell(says('r13', 'Order Returned', { order_id: 'R13-1' }))
  await tell(says('r13', 'Ask Bought'), says('r13', 'Ask Status'))
  expect(await ways('r13', 'Ask Bought')).toEqual(['yes', 'other'])
  expect(await ways('r13', 'Ask Status')).toEqual(['paid', 'shipped', 'returned'])
  const unpaid = order('r13-un', 'R13-2', '洋裝')
  await tell(
    { ...unpaid, properties: { ...(unpaid.properties as Item), payment_status: 'unpaid' } },
    says('r13-un', 'Ask Status'),
  )
  expect(await ways('r13-un', 'Ask Status')).toEqual(['unpaid'])
  await tell(says('r13-un', 'Order Cancelled', { order_id: 'R13-2' }))
  await tell(says('r13-un', 'Ask Status'), says('r13-un', 'Ask Bought'))
  expect(await ways('r13-un', 'Ask Status')).toEqual(['unpaid', 'cancelled'])
  expect(await ways('r13-un', 'Ask Bought')).toEqual(['other'])
})

test('R2-26 the mean interval of visits: 85 to 95 days', async () => {
  await split('Ask Interval', {
    yes: {
      op: 'event',
      event: ['visit.started', 'Store Visited'],
      window: { in: 'ever' },
      measure: { of: 'interval', test: { is: 'between', from: 85, to: 95 }, atLeast: 3 },
    },
  })
  const now = Date.now()
  const visit = (who: string, daysAgo: number, minutes = 0, event = 'Product Viewed') => ({
    ...says(who, event, { product_id: 'P1', store: 'TPE01' }),
    timestamp: new Date(now - daysAgo * 24 * HOUR + minutes * MINUTE).toISOString(),
  })
  // 90 days on average; another look within 30 minutes is the same visit, a check-in at a store is one of its own
  await tell(
    visit('iv-90', 180),
    visit('iv-90', 180, 20),
    visit('iv-90', 95),
    visit('iv-90', 0, -5, 'Store Visited'),
  )
  await tell(visit('iv-84', 168), visit('iv-84', 84), visit('iv-84', 0, -1))
  await tell(visit('iv-85', 170), visit('iv-85', 84), visit('iv-85', 0))
  await tell(visit('iv-two', 90), visit('iv-two', 0))
  await tell(...['iv-90', 'iv-84', 'iv-85', 'iv-two'].map(who => says(who, 'Ask Interval')))
  expect(await ways('iv-90', 'Ask Interval')).toEqual(['yes'])
  expect(await ways('iv-84', 'Ask Interval')).toEqual(['other'])
  expect(await ways('iv-85', 'Ask Interval')).toEqual(['yes'])
  expect(await ways('iv-two', 'Ask Interval')).toEqual(['other'])
})

test('R2-26 whether a check-in at a store is a visit is a setting: from then on it is told as one', async () => {
  await split('Ask Visits', {
    yes: {
      op: 'event',
      event: 'visit.started',
      window: { in: 'ever' },
      measure: { of: 'interval', test: { is: 'between', from: 85, to: 95 }, atLeast: 3 },
    },
  })
  const checkIns = async (who: string) => {
    const now = Date.now()
    await tell(
      ...[180, 90, 0].map(days => ({
        ...says(who, 'Store Visited', { store: 'TPE01' }),
        timestamp: new Date(now - days * 24 * HOUR).toISOString(),
      })),
    )
    await tell(says(who, 'Ask Visits'))
    return ways(who, 'Ask Visits')
  }
  const { settings, version } = (await lab.call('profileSettings')).body as Out<'profileSettings'>
  const kept = (storeCheckIns: boolean, at: number) =>
    lab.call('saveProfileSettings', {
      body: { settings: { ...settings, visit: { ...settings.visit, storeCheckIns } }, version: at },
    })
  expect(await checkIns('ci-before')).toEqual(['other'])
  const saved = await kept(true, version)
  expect(saved).toMatchObject({ status: 200, body: { settings: { visit: { storeCheckIns: true } } } })
  expect(await checkIns('ci-after')).toEqual(['yes'])
  expect((await kept(false, Number(saved.body.version))).status).toBe(200)
  expect(await checkIns('ci-again')).toEqual(['other'])
})

describe('clocks', () => {
  const within = (clock: Extract<Rule, { op: 'clock' }>['clock'], hours: number): Rule => ({
    op: 'clock',
    clock,
    test: { is: 'in_last', span: { n: hours, unit: 'hour' } },
  })

  test('R4-20 a broadcast moves the marketing clock alone, a team member’s reply the team’s alone', async () => {
    await split('Ask Marketing', { moved: within('marketing', 24) })
    await split('Ask Team', { moved: within('team', 24) })
    const line = 'U' + 'c'.repeat(32)
    await publish({
      ...sendOn('Broadcast', lineText('週末特賣')),
      nodes: {
        send: {
          ...sendOn('x', lineText('週末特賣')).nodes.send!,
          fields: { channel: 'line', purpose: 'marketing', content: lineText('週末特賣') },
        },
      },
    })
    await lab.core.pool.query(
      `insert into sandbox_contact (workspace_id, channel, address, name, following, created) values ($1, 'line', $2, 'Ming', true, now())`,
      [lab.workspace, line],
    )
    await tell(is('clk-b', { line_uid: line }), is('clk-t', { name: 't' }))
    await follow(line)
    await tell(says('clk-b', 'Broadcast'))
    await tell(says('clk-t', 'conversation.replied', { channel: 'line', staff: 'S001' }))
    await tell(...['clk-b', 'clk-t'].flatMap(who => [says(who, 'Ask Marketing'), says(who, 'Ask Team')]))
    expect(await ways('clk-b', 'Ask Marketing')).toEqual(['moved'])
    expect(await ways('clk-b', 'Ask Team')).toEqual(['other'])
    expect(await ways('clk-t', 'Ask Marketing')).toEqual(['other'])
    expect(await ways('clk-t', 'Ask Team')).toEqual(['moved'])
  })

  test('R4-19 last checkout and last interaction, on both sides of the boundary', async () => {
    await split('order?', { lately: within('order', 48) }, 'tag')
    await split('customer?', { lately: within('customer', 48) }, 'tag')
    const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
    await tell(
      order('rec-in', 'R19-1', '茶葉', ago(48 * HOUR - 5 * MINUTE)),
      order('rec-out', 'R19-2', '茶葉', ago(48 * HOUR + MINUTE)),
      order('rec-view', 'R19-3', '茶葉', ago(72 * HOUR)),
      { ...says('rec-view', 'Product Viewed', { product_id: 'P1' }), timestamp: ago(HOUR) },
    )
    const people = ['rec-in', 'rec-out', 'rec-view']
    const ask = async () => {
      const words = ['order?', 'customer?']
      await tell(...people.flatMap(who => words.map(tag => says(who, 'tag.cleared', { tag }))))
      await tell(...people.flatMap(who => words.map(tag => says(who, 'tag.applied', { tag }))))
      return Promise.all(people.map(async who => (await Promise.all(words.map(w => ways(who, w)))).flat()))
    }
    expect(await ask()).toEqual([
      ['lately', 'lately'],
      ['other', 'other'],
      ['other', 'lately'],
    ])
    await passes(6 * MINUTE)
    expect((await ask())[0]).toEqual(['lately', 'other', 'lately', 'other'])
  })
})

/** The person becomes a friend, as LINE's webhook tells it through the stand-in. */
const follow = (line: string): Promise<void> => lab.act({ channel: 'line', address: line, act: 'follow' })
