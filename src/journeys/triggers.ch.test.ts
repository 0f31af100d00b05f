// What starts a journey, as a brand uses it: journeys published over HTTP, events posted, time moved by the sandbox's
// clock, engines real. A run puts a tag on its person, or sends a LINE message.
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  graphOf,
  is,
  type Item,
  type JourneyLab,
  justTag,
  openJourneyLab,
  says,
} from '../../test/journey-lab.ts'
import { lineText } from '../../test/send-lab.ts'
import { whileSettling } from '../../test/while-settling.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { newId, parseId, publicId } from '../platform/ids.ts'
import type { JourneyGraph } from './model.ts'
import type { Trigger } from './triggers/register.ts'

// many publications and clock steps each: slow beside other work
vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const WAIT = { wait: { type: 'delay', fields: { ms: HOUR }, next: { next: null } } }

const tell = (...items: Item[]): Promise<void> => lab.tell(...items)

/** A journey of this trigger that puts the tag `name` on whoever enters. Gives its id. */
const tags = (name: string, trigger: Trigger, more: Partial<JourneyGraph> = {}): Promise<string> =>
  lab.publish(graphOf(name, justTag(name), { trigger, reentry: { kind: 'never' }, ...more }))

/** Who of these carries the tag. */
async function tagged(tag: string, ...people: string[]): Promise<string[]> {
  const states = await Promise.all(people.map(lab.stateOf))
  return people.filter((_, i) => Object.hasOwn(states[i]!.tags, tag))
}
const passes = (ms: number): Promise<void> => lab.passes(ms)
/** Workspace time now. */
async function clock(): Promise<number> {
  const { rows } = await lab.core.pool.query<{ offset: number }>(
    'select clock_offset_ms as offset from workspace where id = $1',
    [lab.workspace],
  )
  return Date.now() + Number(rows[0]!.offset)
}
const dayIn = async (days: number): Promise<string> =>
  new Date((await clock()) + 8 * HOUR + days * DAY).toISOString().slice(0, 10)
/** Moves the clock to a wall time in Taipei. */
async function clockTo(wall: string): Promise<void> {
  await passes(Date.parse(wall + ':00+08:00') - (await clock()))
}
/** Why people did not enter the journey. */
const refusals = async (journey: string): Promise<Record<string, number>> => {
  const rows = await askHistory<{ reason: string; n: string }>(
    lab.core.history,
    `select JSONExtractString(props, 'reason') as reason, count() as n from event
      where workspace_id = {workspace:UUID} and name = 'journey.not_entered' and journey_id = {journey:UUID}
      group by reason order by reason`,
    { workspace: lab.workspace, journey: parseId('jrn', journey) },
  )
  return Object.fromEntries(rows.map(r => [r.reason, Number(r.n)]))
}

/** A LINE friend who is known by this name. */
async function friend(who: string): Promise<string> {
  const line = `U${Buffer.from(who.padEnd(16, '.')).toString('hex').slice(0, 32)}`
  await tell(is(who, { line_uid: line }))
  return line
}
const act = (line: string, body: Item): Promise<void> =>
  lab.act({ channel: 'line', address: line, name: 'Ming', ...body })

describe('social', () => {
  test('R4-05 a friend added, a tag, a phone bound: each once; who unblocks is no new friend', async () => {
    await tags('new-friend', { kind: 'contact', on: 'added' }, { reentry: { kind: 'always' } })
    await tags('came-back', { kind: 'contact', on: 'returned' })
    await tags('has-vip', { kind: 'tag', tags: ['VIP'], on: 'added' })
    await tags('bound', { kind: 'identifier', identifier: 'phone' })
    await tags('asked', { kind: 'message', words: ['優惠'], is: 'contains' })
    await tags('pressed', { kind: 'postback', data: { is: 'is', value: 'menu=sale' } })
    const line = await friend('so-1')
    await act(line, { act: 'follow' })
    expect(await tagged('new-friend', 'so-1')).toEqual(['so-1'])
    expect(await tagged('came-back', 'so-1')).toEqual([])
    await act(line, { act: 'unfollow' })
    await act(line, { act: 'follow' })
    expect(await tagged('came-back', 'so-1')).toEqual(['so-1'])
    const past = Object.values((await lab.stateOf('so-1')).past)
    expect(past.map(p => p.n).sort()).toEqual([1, 1]) // nothing entered twice
    await act(line, { act: 'text', text: '有什麼優惠？' })
    await act(line, { act: 'postback', data: 'menu=sale' })
    await tell(says('so-1', 'tag.applied', { tag: 'VIP' }), is('so-1', { phone: '0912345001' }))
    const all = ['has-vip', 'bound', 'asked', 'pressed']
    for (const tag of all) expect(await tagged(tag, 'so-1')).toEqual(['so-1'])
  })

  test('R4-06 a coupon claimed (not one that was given) starts with the coupon’s id and code at hand', async () => {
    const body = {
      key: 'SPRING',
      name: '春茶券',
      kind: 'amount',
      value: 100,
      valid: { days: 30 },
      limit: null,
    }
    const made = await lab.call('createCoupon', {
      body: { ...body, perPerson: 1, place: null, remindDays: [] } as never,
    })
    expect(made).toMatchObject({ status: 200 })
    await lab.publish(
      graphOf('claimed', WAIT, {
        trigger: { kind: 'coupon', on: 'claimed', coupon: 'SPRING' },
        reentry: { kind: 'never' },
      }),
    )
    await tell(is('co-1', { name: 'a' }), is('co-2', { name: 'b' }))
    const give = async (who: string, claimed: boolean): Promise<string> => {
      const params = { customer: publicId('cus', (await lab.stateOf(who)).id) }
      const given = lab.call('giveCoupon', { params, body: { coupon: 'SPRING', claimed } })
      const answer = await whileSettling(lab, given)
      expect(answer.status).toBe(200)
      return String(answer.body.code)
    }
    const code = await give('co-1', true)
    await give('co-2', false)
    expect((await lab.stateOf('co-1')).enr.map(r => r.ev?.props)).toMatchObject([{ coupon: 'SPRING', code }])
    expect((await lab.stateOf('co-2')).enr).toEqual([])
  })
})

describe('web and members', () => {
  test('R4-07 page, dwell and view count: one below the threshold, and at it', async () => {
    await tags('saw-tea', { kind: 'page', page: { is: 'starts_with', value: '/tea' } })
    await tags('saw-3', {
      kind: 'page',
      page: { is: 'like', value: '/sale/*' },
      times: { n: 3, withinMs: DAY },
    })
    await tags('stayed', { kind: 'dwell', seconds: 30, page: { is: 'is', value: '/sale/a' } })
    const page = (who: string, path: string): Item => ({
      type: 'page',
      anonymousId: who,
      properties: { path, url: `https://shop.tw${path}` },
    })
    const stay = (who: string, seconds: number) =>
      says(who, 'Page Engaged', { path: '/sale/a', url: 'https://shop.tw/sale/a', seconds })
    await tell(page('pa-1', '/tea/oolong'), page('pa-2', '/coffee'))
    await tell(
      ...['/sale/a', '/sale/b'].flatMap(p => [page('pa-1', p), page('pa-2', p)]),
      page('pa-1', '/sale/c'),
    )
    await tell(stay('pa-1', 29), stay('pa-2', 29), stay('pa-1', 1))
    expect(await tagged('saw-tea', 'pa-1', 'pa-2')).toEqual(['pa-1'])
    expect(await tagged('saw-3', 'pa-1', 'pa-2')).toEqual(['pa-1'])
    expect(await tagged('stayed', 'pa-1', 'pa-2')).toEqual(['pa-1'])
  })

  test('R4-08 adding a phone makes the profile complete; a birthday comes at its time', async () => {
    await tags('complete', { kind: 'completeness', fields: ['contact.email', 'contact.phone', 'gender'] })
    await tags('birthday', { kind: 'date', trait: 'birthday', offsetDays: 0, time: '10:00', yearly: true })
    await tell(
      is('pr-1', {
        email: 'pr1@example.com',
        gender: 'female',
        birthday: `1990${(await dayIn(2)).slice(4)}`,
      }),
    )
    expect(await tagged('complete', 'pr-1')).toEqual([])
    await tell(is('pr-1', { phone: '0912345801' }))
    expect(await tagged('complete', 'pr-1')).toEqual(['pr-1'])
    await clockTo(`${await dayIn(2)}T09:59`)
    expect(await tagged('birthday', 'pr-1')).toEqual([])
    await passes(MINUTE)
    expect(await tagged('birthday', 'pr-1')).toEqual(['pr-1'])
  })

  test('R4-09 a tier up or down, an attribute from and to: told apart, the value before at hand', async () => {
    const order = ['一般', '銀卡', '金卡']
    await tags('tier-up', { kind: 'tier', on: 'up', order })
    await tags('tier-down', { kind: 'tier', on: 'down', order })
    await tags('moved-out', { kind: 'trait', trait: 'area', on: 'changed', from: ['台北市'] })
    await lab.publish(
      graphOf('cups', WAIT, { trigger: { kind: 'trait', trait: 'cups', on: 'changed', way: 'up' } }),
    )
    const tier = (who: string, name: string) => tell(says(who, 'tier.changed', { tier: name }))
    await tier('ti-1', '銀卡')
    await tier('ti-2', '金卡')
    await tier('ti-2', '銀卡')
    expect(await tagged('tier-up', 'ti-1', 'ti-2')).toEqual(['ti-1', 'ti-2'])
    expect(await tagged('tier-down', 'ti-1', 'ti-2')).toEqual(['ti-2'])
    await tell(is('ti-1', { area: '台北市', cups: 1 }), is('ti-2', { area: '高雄市', cups: 3 }))
    await tell(is('ti-1', { area: '台中市', cups: 2 }), is('ti-2', { area: '台中市', cups: 2 }))
    expect(await tagged('moved-out', 'ti-1', 'ti-2')).toEqual(['ti-1'])
    expect((await lab.stateOf('ti-1')).enr.map(r => r.ev?.props)).toEqual([
      { trait: 'cups', before: 1, after: 2 },
    ])
    expect((await lab.stateOf('ti-2')).enr).toEqual([])
  })

  test('R4-33 a wedding day: a job at -30 days; another date moves it, a removed one cancels it', async () => {
    const journey = { kind: 'date', trait: 'wedding', offsetDays: -30, time: '09:00', yearly: true } as const
    await tags('wedding', journey)
    const wedding = async (who: string, days: number) =>
      is(who, { wedding: `2015${(await dayIn(days)).slice(4)}` })
    await tell(await wedding('we-1', 35), await wedding('we-2', 35), await wedding('we-3', 35))
    await tell(await wedding('we-2', 60), is('we-3', { wedding: null }))
    await clockTo(`${await dayIn(5)}T09:00`)
    expect(await tagged('wedding', 'we-1', 'we-2', 'we-3')).toEqual(['we-1'])
    await clockTo(`${await dayIn(25)}T09:00`)
    expect(await tagged('wedding', 'we-1', 'we-2', 'we-3')).toEqual(['we-1', 'we-2'])
  })
})

describe('shop', () => {
  const order = (who: string, no: string, total: number, more: Item = {}) =>
    says(who, 'Order Completed', { order_id: no, total, currency: 'TWD', ...more })

  test('R4-10 checkout, a product by SKU and category, an amount with its currency', async () => {
    await tags('checkout', { kind: 'event', event: 'Checkout Started' })
    await tags('sku', { kind: 'order', on: 'paid', lines: { by: 'sku', values: ['TEA-1'] } })
    await tags('category', { kind: 'order', on: 'placed', lines: { by: 'category', values: ['茶'] } })
    await tags('amount', { kind: 'order', on: 'placed', amount: { min: 1000, currency: 'TWD' } })
    const goods = (sku: string, category: string) => ({
      products: [{ sku, category, quantity: 1, price: 999 }],
    })
    await tell(
      says('sh-1', 'Checkout Started'),
      order('sh-1', 'T-1', 999, { ...goods('TEA-1', '茶'), payment_status: 'pending' }),
      order('sh-2', 'T-2', 1000, goods('CUP-1', '器')),
      order('sh-3', 'T-3', 5000, { ...goods('TEA-2', '茶'), currency: 'JPY' }),
    )
    const people = ['sh-1', 'sh-2', 'sh-3']
    expect(await tagged('checkout', ...people)).toEqual(['sh-1'])
    expect(await tagged('sku', ...people)).toEqual([]) // not paid yet
    await tell(says('sh-1', 'Order Paid', { order_id: 'T-1', total: 999 }))
    expect(await tagged('sku', ...people)).toEqual(['sh-1'])
    expect(await tagged('category', ...people)).toEqual(['sh-1', 'sh-3'])
    expect(await tagged('amount', ...people)).toEqual(['sh-2'])
  })

  test('R2-27 time to buy again: last purchase + own cycle - lead; buying early cancels', async () => {
    await tags('again', { kind: 'repurchase', leadDays: 3, time: '09:00' })
    await tell(order('re-1', 'R-1', 100), order('re-2', 'R-2', 100))
    await passes(20 * DAY)
    await tell(order('re-1', 'R-3', 100), order('re-2', 'R-4', 100))
    await passes(15 * DAY)
    await tell(order('re-2', 'R-5', 100))
    await clockTo(`${await dayIn(2)}T09:00`)
    expect(await tagged('again', 're-1', 're-2')).toEqual(['re-1'])
  })

  test('a cart left alone', async () => {
    await tags('idle', { kind: 'cart', idleMs: 30 * MINUTE })
    await tell(
      says('ca-1', 'Product Added', { product_id: 'P' }),
      says('ca-2', 'Product Added', { product_id: 'P' }),
    )
    await tell(order('ca-2', 'C-1', 100))
    await passes(31 * MINUTE)
    expect(await tagged('idle', 'ca-1', 'ca-2')).toEqual(['ca-1'])
  })
})

describe('everybody', () => {
  const sends = (name: string, trigger: Trigger): JourneyGraph =>
    graphOf(
      name,
      {
        send: {
          type: 'send',
          fields: { channel: 'line', purpose: 'marketing', content: lineText(name) },
          next: { accepted: null },
        },
      },
      { trigger },
    )
  const sent = async (name: string, line: string): Promise<number> => {
    const { rows } = await lab.core.pool.query<{ n: number }>(
      `select count(*)::int as n from message m where m.workspace_id = $1 and m.state in ('accepted', 'delivered') and m.body like $2 and m.customer_id =
        (select customer_id from identifier where workspace_id = $1 and kind = 'line_uid' and value = $3)`,
      [lab.workspace, `%"${name}"%`, line],
    )
    return rows[0]!.n
  }

  test('R0-15 中秋 by the clock, a product launched for those who carry its tag, a birthday: each sends once', async () => {
    const line = await friend('ev-1')
    const other = await friend('ev-2')
    for (const l of [line, other]) await act(l, { act: 'follow' })
    const feasts = ['2026-09-25', '2027-09-15', '2028-10-03', '2029-09-22']
    await lab.publish(
      sends('mid-autumn', { kind: 'calendar', holiday: 'mid_autumn', offsetDays: 0, time: '12:00' }),
    )
    await lab.publish(sends('launch', { kind: 'launch', who: 'tagged' }))
    await lab.publish(
      sends('bday', { kind: 'date', trait: 'birthday', offsetDays: 0, time: '12:00', yearly: true }),
    )
    await tell(
      is('ev-1', { birthday: `1991${(await dayIn(3)).slice(4)}` }),
      says('ev-1', 'tag.applied', { tag: '高山茶' }),
    )
    const made = await lab.call('createProduct', {
      body: { code: 'ALI-1', name: '阿里山', category: ['茶', '高山茶'], status: 'hidden' },
    })
    expect(made.status).toBe(200)
    await lab.settle()
    expect(await sent('launch', line)).toBe(0)
    const launched = await lab.call('saveProduct', {
      params: { product: String(made.body.id) },
      body: { status: 'active', version: 1, name: '阿里山', category: ['茶', '高山茶'] },
    })
    expect(launched.status).toBe(200)
    await lab.settle()
    expect([await sent('launch', line), await sent('launch', other)]).toEqual([1, 0])
    await clockTo(`${await dayIn(3)}T12:01`)
    expect([await sent('bday', line), await sent('bday', other)]).toEqual([1, 0])
    const now = await clock()
    const feast = feasts.find(day => Date.parse(`${day}T12:00:00+08:00`) > now)!
    await clockTo(`${feast}T11:59`)
    expect([await sent('mid-autumn', line), await sent('mid-autumn', other)]).toEqual([0, 0])
    await passes(2 * MINUTE)
    expect([await sent('mid-autumn', line), await sent('mid-autumn', other)]).toEqual([1, 1])
  })

  test('R2-16 a day before a campaign’s end: visited in 7 days and not taken part; a moved end moves it', async () => {
    const at = async (days: number) => new Date((await clock()) + days * DAY).toISOString()
    const made = await lab.call('createCampaign', {
      body: { name: '春茶祭', startsAt: await at(-1), endsAt: await at(10), event: 'Lottery Joined' },
    })
    expect(made.status).toBe(200)
    const campaign = String(made.body.id)
    const visited: JourneyGraph['filter'] = {
      op: 'event',
      event: 'visit.started',
      window: { in: 'last', span: { n: 7, unit: 'day' } },
      measure: { of: 'count', test: { is: 'at_least', value: 1 } },
    }
    await tags(
      'reminded',
      { kind: 'campaign', campaign, at: 'end', offsetDays: -1, who: 'not_joined' },
      { filter: visited },
    )
    const page = (who: string): Item => ({ type: 'page', anonymousId: who, properties: { path: '/' } })
    await tell(page('cm-old'))
    await passes(5 * DAY)
    await tell(page('cm-1'), page('cm-2'), says('cm-2', 'Lottery Joined'))
    const people = ['cm-1', 'cm-2', 'cm-old']
    const moved = await lab.call('saveCampaign', {
      params: { campaign },
      body: { endsAt: await at(7), version: 1 },
    })
    expect(moved.status).toBe(200)
    await lab.settle()
    await passes(5 * DAY) // past the day before the first end
    expect(await tagged('reminded', ...people)).toEqual([])
    await passes(DAY + MINUTE)
    expect(await tagged('reminded', ...people)).toEqual(['cm-1'])
  })

  test('a schedule over a segment, and who is in it at the publication: as bulk', async () => {
    const made = await lab.call('createSegment', {
      body: {
        name: '茶友',
        kind: 'live',
        definition: { groups: [{ key: 'in', name: '', rule: { op: 'tags', is: 'any', tags: ['茶友'] } }] },
      },
    })
    expect(made).toMatchObject({ status: 200 })
    const segment = String(made.body.id)
    await lab.call('publishSegment', { params: { segment }, body: { version: made.body.version } })
    await tell(
      ...['sg-1', 'sg-2'].map(who => says(who, 'tag.applied', { tag: '茶友' })),
      is('sg-3', { name: 'x' }),
    )
    await tags('present', { kind: 'segment', segment, on: 'entered' }, { entry: { backfill: true } })
    const people = ['sg-1', 'sg-2', 'sg-3', 'sg-4']
    const start = `${await dayIn(1)}T09:00`
    await tags('scheduled', { kind: 'schedule', start, segment })
    await tell(says('sg-4', 'tag.applied', { tag: '茶友' }))
    expect(await tagged('present', ...people)).toEqual(['sg-1', 'sg-2', 'sg-4'])
    await tell(says('sg-2', 'tag.cleared', { tag: '茶友' }))
    await clockTo(start)
    expect(await tagged('scheduled', ...people)).toEqual(['sg-1', 'sg-4'])
  })
})

describe('from outside', () => {
  test('the API: by identifiers or by the customer; the same call once; a journey of another trigger is refused', async () => {
    const journey = await tags('called', { kind: 'api' }, { key: 'order' })
    const enroll = (body: Item) => lab.call('enrollByApi', { params: { journey }, body: body as never })
    await tell(is('ap-1', { name: 'Ann' }, { userId: 'M-AP1' }))
    const first = await enroll({ userId: 'M-AP1', props: { order: 'A1' }, id: 'call-1' })
    expect(first).toMatchObject({ status: 200, body: { accepted: true } })
    await enroll({ userId: 'M-AP1', props: { order: 'A1' }, id: 'call-1' })
    await enroll({ customer: first.body.customer, props: { order: 'A2' } })
    await lab.settle()
    const { past, tags: held } = await lab.stateOf('ap-1')
    expect(Object.keys(held)).toContain('called')
    expect(Object.entries(past).map(([key, p]) => [key.split('|')[1], p.n])).toEqual([
      ['A1', 1],
      ['A2', 1],
    ])
    const other = await tags('not-api', { kind: 'event', event: 'Never' })
    const wrong = await lab.call('enrollByApi', { params: { journey: other }, body: { userId: 'M-AP1' } })
    expect(wrong).toMatchObject({ status: 409, body: { code: 'not_by_api' } })
    expect(await enroll({ props: {} })).toMatchObject({ status: 400, body: { code: 'no_identifier' } })
  })

  test('a webhook of one source', async () => {
    const made = await lab.call('createSource', { body: { kind: 'webhook', name: '收銀機' } })
    const { id, url, secret, signing } = made.body as Record<string, string>
    const mapping = {
      rules: [
        {
          when: { path: '$.type', is: 'closed' },
          each: null,
          type: 'track',
          fields: [
            { to: 'event', value: 'Till Closed' },
            { to: 'userId', path: '$.member' },
            { to: 'properties.till', path: '$.till' },
          ],
        },
      ],
    }
    const saved = await lab.call('saveSource', {
      params: { source: id! },
      body: { name: '收銀機', active: true, signing, mapping, version: 1 } as never,
    })
    expect(saved).toMatchObject({ status: 200 })
    await tags('till', { kind: 'webhook', source: '收銀機', event: 'Till Closed' })
    await tell(is('wh-1', {}, { userId: 'M-WH1' }), is('wh-2', {}, { userId: 'M-WH2' }))
    const raw = JSON.stringify({ type: 'closed', member: 'M-WH1', till: 3 })
    const [webhookId, at] = [newId(), new Date()]
    const posted = await fetch(url!, {
      method: 'POST',
      body: raw,
      headers: {
        'webhook-id': webhookId,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret!).sign(webhookId, at, raw),
      },
    })
    expect(posted.status).toBe(200)
    await tell(says('wh-2', 'Till Closed')) // the same event by another way
    expect(await tagged('till', 'wh-1', 'wh-2')).toEqual(['wh-1'])
  })

  test('another journey’s end', async () => {
    const first = await tags('first', { kind: 'event', event: 'Begin' })
    await tags('second', { kind: 'journey', journey: first, how: ['completed'] })
    await tell(says('jo-1', 'Begin'))
    expect(await tagged('second', 'jo-1')).toEqual(['jo-1'])
  })
})

test('hard problem 4: a hundred triggers at once give one enrollment; the others say why', async () => {
  const journey = await lab.publish(graphOf('Hundred', WAIT))
  await tell(is('hu-1', { name: 'x' }))
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => lab.batch([{ ...says('hu-1', 'Hundred'), messageId: `h${i}` }])),
  )
  await lab.settle()
  expect((await lab.stateOf('hu-1')).enr).toHaveLength(1)
  expect(await refusals(journey)).toEqual({ already_in: 99 })
})
