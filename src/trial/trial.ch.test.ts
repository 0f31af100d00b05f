// Why, and what would happen: asked over HTTP of a brand whose journeys really ran.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineText } from '../../test/send-lab.ts'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import { insertKey } from '../catalogue/keys.ts'
import type { Out } from '../contract.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { happened } from '../rules/make.ts'

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

type Item = Record<string, unknown>
const DAY = 86_400_000
const says = (who: string, event: string, properties: Item = {}, more: Item = {}): Item => ({
  type: 'track',
  event,
  userId: who,
  properties,
  ...more,
})
async function tell(...items: Item[]): Promise<void> {
  expect(await lab.batch(items)).toMatchObject({ status: 200, body: { success: true } })
  await lab.settle()
}
async function customerOf(who: string): Promise<string> {
  const found = await lab.call('customers', { query: { q: who } })
  return (found.body as Out<'customers'>).items[0]!.id
}
async function why(who: string, query: Record<string, string>): Promise<Out<'whyCustomer'>> {
  const answer = await lab.call('whyCustomer', { params: { customer: await customerOf(who) }, query })
  expect(answer.status).toBe(200)
  return answer.body as Out<'whyCustomer'>
}

/** Asks a city, then a branch by the person's level. */
const graph = (event: string, more: Partial<JourneyGraph> = {}): JourneyGraph => ({
  format: 1,
  name: `Why ${event}`,
  trigger: { kind: 'event', event, where: [{ path: 'amount', op: 'at_least', value: 10 }] },
  filter: { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '台北' } },
  reentry: { kind: 'never' },
  exits: [{ name: '已下單', rule: happened('Paid It') }],
  start: 'pick',
  nodes: {
    pick: {
      type: 'split',
      title: '金額',
      fields: {
        branches: [
          {
            name: '大額',
            rule: { op: 'trait', trait: 'level', type: 'text', test: { is: 'equal', value: 'gold' } },
          },
        ],
      },
      next: { 大額: 'big', else: 'small' },
    },
    big: { type: 'delay', title: '大額等待', fields: { ms: 3 * DAY }, next: { next: null } },
    small: {
      type: 'send',
      title: '小額訊息',
      fields: { channel: 'line', purpose: 'marketing', content: lineText('嗨') },
      next: { accepted: 'rest' },
    },
    rest: { type: 'delay', title: '休息', fields: { ms: DAY }, next: { next: null } },
  },
  ...more,
})

describe('why', () => {
  test('did C enter: yes and where; the filter with the value seen; the trigger’s filter; no event; before; re-entry; exit', async () => {
    await tell(
      { type: 'identify', userId: 'W-in', traits: { city: '台北', level: 'gold' } },
      { type: 'identify', userId: 'W-out', traits: { city: '高雄' } },
      { type: 'identify', userId: 'W-none', traits: { city: '台北' } },
      says('W-early', 'Basket', { amount: 500 }),
    )
    const journey = await lab.publish(graph('Basket'))
    await tell(
      says('W-in', 'Basket', { amount: 500 }),
      says('W-out', 'Basket', { amount: 500 }),
      says('W-none', 'Basket', { amount: 5 }),
      { type: 'identify', userId: 'W-not', traits: {} },
    )
    const inIt = await why('W-in', { journey })
    expect(inIt).toMatchObject({
      about: 'journey',
      happened: true,
      code: 'entered.waiting',
      say: { zh: '有進入，現在停在「大額等待」。', en: 'Entered, and is at "大額等待" now.' },
    })
    const out = await why('W-out', { journey })
    expect(out).toMatchObject({
      happened: false,
      code: 'not_entered.filter',
      rule: { op: 'trait', trait: 'city' },
    })
    expect(out.why).toEqual([{ path: '', leaf: 'trait', value: false, seen: '高雄' }])
    const small = await why('W-none', { journey })
    expect(small).toMatchObject({ happened: false, code: 'trigger_filter' })
    expect(small.facts[0]).toMatchObject({ name: 'Basket', props: { amount: 5 } })
    expect(await why('W-not', { journey })).toMatchObject({
      happened: false,
      code: 'no_trigger',
      say: { zh: '沒有收到會觸發這個旅程的事件（Basket）。' },
    })
    expect(await why('W-early', { journey })).toMatchObject({ happened: false, code: 'before_published' })
    // leaves by the exit rule, and may not come again
    await tell(says('W-in', 'Paid It'))
    expect(await why('W-in', { journey })).toMatchObject({
      happened: true,
      code: 'entered.exit_rule',
      say: { zh: '有進入，後來因為退出條件「已下單」離開。' },
    })
    await tell(says('W-in', 'Basket', { amount: 500 }))
    expect(await why('W-in', { journey })).toMatchObject({
      happened: false,
      code: 'not_entered.entered_before',
    })
    // paused
    const { version } = (await lab.call('journey', { params: { journey } })).body as Out<'journey'>
    await lab.call('setJourneyStatus', { params: { journey }, body: { status: 'paused', version } })
    await lab.settle()
    await tell(
      { type: 'identify', userId: 'W-late', traits: { city: '台北' } },
      says('W-late', 'Basket', { amount: 500 }),
    )
    expect(await why('W-late', { journey })).toMatchObject({ happened: false, code: 'not_entered.paused' })
    const draft = (await lab.call('createJourney', { body: { graph: graph('Never') } }))
      .body as Out<'journey'>
    expect(await why('W-late', { journey: draft.id })).toMatchObject({
      happened: false,
      code: 'not_published',
    })
  })

  test('why that branch, why not that node, and why no message', async () => {
    const journey = await lab.publish(graph('Cart'))
    await tell(
      { type: 'identify', userId: 'N-big', traits: { city: '台北', level: 'gold' } },
      { type: 'identify', userId: 'N-small', traits: { city: '台北' } },
      says('N-big', 'Cart', { amount: 500 }),
      says('N-small', 'Cart', { amount: 50 }),
    )
    const branch = await why('N-big', { journey, node: 'pick' })
    expect(branch).toMatchObject({ happened: true, code: 'node.left', port: '大額', rule: { op: 'trait' } })
    expect(branch.why).toEqual([{ path: '', leaf: 'trait', value: true, seen: 'gold' }])
    expect(await why('N-small', { journey, node: 'pick' })).toMatchObject({
      port: 'else',
      rule: null,
      why: [{ leaf: 'trait', value: false, seen: null }],
      // each rule that did not hold, whole, with what was seen
      unmet: [
        {
          branch: '大額',
          rule: { op: 'trait', trait: 'level' },
          why: [{ path: '', leaf: 'trait', value: false, seen: null }],
        },
      ],
    })
    expect(await why('N-small', { journey, node: 'big' })).toMatchObject({
      happened: false,
      code: 'node.diverted',
      unmet: [{ branch: '大額' }],
    })
    expect(await why('N-big', { journey, node: 'small' })).toMatchObject({
      happened: false,
      code: 'node.diverted',
      say: { zh: '沒有走到「小額訊息」：在「金額」走了「大額」，那條路不經過這裡。' },
      why: [{ value: true }],
    })
    expect(await why('N-small', { journey, node: 'rest' })).toMatchObject({
      happened: true,
      code: 'node.waiting',
    })
    expect(await why('N-small', { journey, node: 'small' })).toMatchObject({
      happened: true,
      port: 'skipped',
    })
    const { items } = (await lab.call('messages', { query: { journey } })).body as Out<'messages'>
    const none = await why('N-small', { message: items[0]!.id })
    expect(none).toMatchObject({
      about: 'message',
      happened: false,
      code: 'skipped.no_address',
      say: { en: 'Not sent: the customer has no verified contact for this channel.' },
      node: { id: 'small', title: { zh: '小額訊息', en: '小額訊息' } },
    })
    expect(none.facts.map(f => f.name)).toEqual(['message.skipped', 'message.intended'])
    // somebody else's message, nobody's journey, nothing asked about
    const other = { params: { customer: await customerOf('N-big') }, query: { message: items[0]!.id } }
    expect((await lab.call('whyCustomer', other)).status).toBe(404)
    expect((await lab.call('whyCustomer', { params: other.params })).body).toMatchObject({
      code: 'ask_about',
    })
  })
})

describe('simulate', () => {
  test('a made-up person walks a draft; nothing is sent or kept', async () => {
    const made = (await lab.call('createJourney', { body: { graph: graph('Look') } })).body as Out<'journey'>
    const before = await lab.core.pool.query(
      'select (select count(*) from message) as m, (select count(*) from customer) as c, (select count(*) from journal) as j',
    )
    const answer = await lab.call('simulateJourney', {
      params: { journey: made.id },
      body: {
        person: { madeUp: { traits: { city: '台北', name: '王小明' }, line: true } },
        actions: [
          { do: 'event', name: 'Look', props: { amount: 50 } },
          { do: 'wait', ms: 0 },
        ],
      },
    })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        here: ['rest'],
        ways: { 'pick|else': 1, 'small|accepted': 1 },
        messages: [{ node: 'small', state: 'accepted', content: { channel: 'line' } }],
        fault: null,
      },
    })
    const after = await lab.core.pool.query(
      'select (select count(*) from message) as m, (select count(*) from customer) as c, (select count(*) from journal) as j',
    )
    expect(after.rows).toEqual(before.rows)
    const broken = await lab.call('simulateJourney', {
      params: { journey: made.id },
      body: { graph: { ...graph('Look'), start: 'nowhere' }, person: { madeUp: {} }, actions: [] },
    })
    expect(broken).toMatchObject({ status: 400, body: { code: 'graph_invalid' } })
  })

  test('a real person is what the product knows: traits, the past that no rule asked for before; masked by role', async () => {
    await tell(
      {
        type: 'identify',
        userId: 'S-1',
        traits: { city: '台北', name: '陳大文', email: 'dawen@example.com' },
      },
      says('S-1', 'Visited Store', {}),
      says('S-1', 'Visited Store', {}),
    )
    const visits = graph('Look2', {
      filter: {
        op: 'event',
        event: 'Visited Store',
        window: { in: 'last', span: { n: 30, unit: 'day' } },
        measure: { of: 'count', test: { is: 'at_least', value: 2 } },
      },
    })
    const made = (await lab.call('createJourney', { body: { graph: visits } })).body as Out<'journey'>
    const customer = await customerOf('S-1')
    const given = {
      params: { journey: made.id },
      body: {
        person: { customer },
        actions: [
          { do: 'event', name: 'Look2', props: { amount: 50 } },
          { do: 'wait', ms: 0 },
        ],
      },
    }
    const walk = (await lab.call('simulateJourney', given)).body as Out<'simulateJourney'>
    expect(walk.lines.filter(l => l.own).map(l => l.name)).toContain('journey.entered')
    const asked = { params: { journey: made.id, customer } }
    const seen = (await lab.call('simulationPerson', asked)).body as Out<'simulationPerson'>
    expect(seen).toMatchObject({ name: '陳大文' })
    expect(seen.traits).toContainEqual({ name: 'name', value: '陳大文', sensitive: false })
    const viewer = await lab.member('viewer')
    const masked = await lab.call('simulationPerson', asked, viewer)
    expect(masked).toMatchObject({ status: 200, body: { name: '陳**' } })
    expect(JSON.stringify(masked.body)).not.toMatch(/陳大文|dawen@/)
    // who may see journeys only sees nobody here
    const key = await insertKey(lab.core.pool, lab.workspace, {
      kind: 'api',
      name: 'journeys',
      scopes: ['journeys:read'],
      demandToken: false,
    })
    expect(await lab.call('simulateJourney', given, { key: key.key })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    })
    expect((await lab.call('simulationPerson', asked, { key: key.key })).status).toBe(403)
  })

  test('sends in a journey that runs are the same in the simulation', async () => {
    const made = await lab.publish(sendOn('Hello', lineText('hi')))
    const answer = await lab.call('simulateJourney', {
      params: { journey: made },
      body: {
        person: { madeUp: { line: true } },
        beside: true,
        actions: [
          { do: 'event', name: 'Hello' },
          { do: 'wait', ms: 0 },
        ],
      },
    })
    expect(answer.body).toMatchObject({ messages: [{ node: 'send', state: 'accepted' }], here: [] })
  })
})
