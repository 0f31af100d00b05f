// Attribution and return as a brand reads them, on a case worked out by hand.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type Item, type JourneyLab, openJourneyLab, says } from '../../../test/journey-lab.ts'
import { everybodyBehind } from '../../../test/people-behind.ts'
import { mail } from '../../../test/send-lab.ts'
import { whileSettling } from '../../../test/while-settling.ts'
import type { Out } from '../../contract.ts'
import { openMessageLinks } from '../../messages/link-tokens.ts'
import { parseId, publicId, type Uuid } from '../../platform/ids.ts'
import { MODELS } from './credit.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab?.close())

const DAY = 86_400_000
const AGENT = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36' }
type Answer = Out<'attribution'>

const letter = (event: string, rewards: JourneyGraph['nodes'] = {}) =>
  graphOf(
    event,
    {
      mail: {
        type: 'send',
        fields: { channel: 'email', purpose: 'transactional', content: mail('嗨', '<p>嗨</p>') },
        next: { accepted: Object.keys(rewards)[0] ?? null },
      },
      ...rewards,
    },
    { start: 'mail' },
  )
type JourneyGraph = ReturnType<typeof graphOf>

async function clicks(who: string, journey: string): Promise<void> {
  const { id } = await lab.stateOf(who)
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    'select id from message where workspace_id = $1 and journey_id = $2 and customer_id = $3',
    [lab.workspace, parseId('jrn', journey), id],
  )
  const url = openMessageLinks(lab.core).of(rows[0]!.id).track('https://shop.example', 'CTA')
  expect((await fetch(url, { headers: AGENT, redirect: 'manual' })).status).toBe(302)
  await lab.settle()
}
const order = (who: string, no: string, total: number, cost?: number) =>
  says(who, 'Order Completed', {
    order_id: no,
    total,
    currency: 'TWD',
    products: [{ product_id: 'P', price: total, quantity: 1, ...(cost === undefined ? {} : { cost }) }],
  })
async function attribution(query: Record<string, string>): Promise<Answer> {
  const answer = await lab.call('attribution', { query: { by: 'journey', ...query } })
  expect(answer.body).toMatchObject({ items: expect.any(Array) })
  return answer.body as Answer
}
const sum = (a: Answer, of: (x: Answer['none']) => number) =>
  [...a.items, a.none].reduce((n, x) => n + of(x), 0)

test('R3-33 R3-34 credit, cost and return equal the hand case in each model; refunds take back; merged people are one', async () => {
  const accounts = (await lab.call('channels')).body.items as (Item & { settings: Item })[]
  const { id: account, name, settings } = accounts.find(c => c.channel === 'email')!
  await lab.call('saveChannel', {
    params: { channel: 'email' },
    body: { account, name, settings: { ...settings, costPerMessage: '10' } },
  })
  const coupon = {
    key: 'C100',
    name: '券',
    kind: 'amount',
    value: 100,
    valid: null,
    limit: null,
    perPerson: 1,
    place: null,
    remindDays: [],
  }
  expect((await lab.call('createCoupon', { body: coupon })).status).toBe(200)
  const held = await lab.call('proofSettings')
  const saved = await lab.call('saveProofSettings', {
    body: { pointValue: 0.5, holdoutPercent: 0, version: held.body.version },
  })
  expect(saved).toMatchObject({ status: 200, body: { pointValue: 0.5 } })
  const alpha = await lab.publish(
    letter('Alpha', {
      points: { type: 'reward', fields: { give: 'points', points: 50 }, next: { given: null } },
    }),
  )
  const beta = await lab.publish(
    letter('Beta', {
      coupon: { type: 'reward', fields: { give: 'coupon', coupon: 'C100' }, next: { given: null } },
    }),
  )
  for (const who of ['a', 'b', 'd', 'late']) await lab.person(who, { email: true })
  await lab.tell(...['a', 'b', 'd', 'late'].map(who => says(who, 'Alpha')))
  for (const who of ['a', 'd', 'late']) await clicks(who, alpha)
  await lab.passes(7 * DAY)
  await lab.tell(says('a', 'Beta'))
  await clicks('a', beta)
  await lab.tell(order('a', 'A1', 1_000, 400), order('c', 'C1', 500, 100))
  const { rows } = await lab.core.pool.query<{ code: string }>(
    `select code from coupon_issue where workspace_id = $1 and entry = 'issued'`,
    [lab.workspace],
  )
  const redeemed = lab.call('redeemCoupon', { body: { code: rows[0]!.code, ref: 'A1' } })
  expect((await whileSettling(lab, redeemed)).status).toBe(200)
  // d clicked under one name and bought under another, and turns out to be one person
  await lab.tell(
    { type: 'identify', userId: 'M9', anonymousId: 'd2', traits: { name: 'd' } },
    order('d2', 'D1', 300),
  )
  await lab.tell(
    { type: 'alias', previousId: 'd', userId: 'M9' },
    { type: 'identify', anonymousId: 'd', userId: 'M9' },
  )

  const linear = await attribution({ model: 'linear' })
  const item = (a: Answer, journey: string) => a.items.find(i => i.journey === journey)!
  // a: 1,000 in halves; d: 300, whose goods have no known cost; cost: 4 mails of 10, 4 × 50 points of 0.5, half the coupon
  expect(item(linear, alpha)).toMatchObject({
    name: 'Alpha',
    conversions: 1.5,
    people: 2,
    revenue: 800,
    known: 500,
    margin: 350,
    messageCost: 40,
    couponCost: 50,
    pointsCost: 100,
    cost: 190,
    gain: 160,
    roi: 160 / 190,
  })
  expect(item(linear, beta)).toMatchObject({
    conversions: 0.5,
    people: 1,
    revenue: 500,
    known: 500,
    margin: 350,
    messageCost: 10,
    couponCost: 50,
    pointsCost: 0,
    roi: 290 / 60,
  })
  // c came by no message
  expect(linear.none).toMatchObject({ conversions: 1, revenue: 500, margin: 400, cost: 0, roi: null })
  expect(linear.total).toMatchObject({
    conversions: 3,
    people: 3,
    revenue: 1_800,
    known: 1_500,
    margin: 1_100,
    messageCost: 50,
    couponCost: 100,
    pointsCost: 100,
    cost: 250,
    // what c bought came of no message, so it is no return on them
    roi: 450 / 250,
  })
  const of = async (model: string) => {
    const a = await attribution({ model, half: '7' })
    return [item(a, alpha).revenue - 300, item(a, beta).revenue, item(a, alpha).couponCost]
  }
  expect(await of('first')).toEqual([1_000, 0, 100])
  expect(await of('last')).toEqual([0, 1_000, 0])
  expect(await of('last_non_direct')).toEqual([0, 1_000, 0])
  expect(await of('position')).toEqual([500, 500, 50])
  expect(await of('time_decay')).toEqual([333, 667, 33]) // 1/3 and 2/3: a week is one half-life
  for (const model of MODELS) {
    const a = await attribution({ model })
    for (const key of ['revenue', 'known', 'margin', 'couponCost', 'messageCost', 'pointsCost'] as const)
      expect([model, key, sum(a, x => x[key])]).toEqual([model, key, a.total[key]])
    expect(sum(a, x => x.conversions)).toBeCloseTo(3, 9)
  }
  // a shorter window forgets the first click; the message is another key than the journey
  expect(item(await attribution({ model: 'linear', window: '3' }), beta).revenue).toBe(1_000)
  expect(
    (await attribution({ model: 'first', by: 'message' })).items.map(i => [i.key, i.revenue]),
  ).toContainEqual([`${alpha}/mail/1`, 1_300])
  expect((await attribution({ model: 'first', by: 'channel' })).items).toMatchObject([
    { key: 'email', revenue: 1_300, messageCost: 50 },
  ])
  // by deliveries b and late would count, had they bought
  expect(item(await attribution({ model: 'last', touches: 'delivery,click' }), beta).revenue).toBe(1_000)

  const people = (
    await lab.call('attributionPeople', { query: { by: 'journey', model: 'linear', key: alpha } })
  ).body as Out<'attributionPeople'>
  expect(people.items.map(i => i.value)).toEqual([500, 300])
  const everybody = (await lab.call('attributionPeople', { query: { limit: '2' } }))
    .body as Out<'attributionPeople'>
  expect(everybody.items.map(i => i.value)).toEqual([1_000, 500])
  expect(everybody.next).not.toBeNull()

  const { none } = await attribution({ model: 'linear' })
  const untouched = await everybodyBehind(lab, 'attributionPeople', { model: 'linear', only: 'none' })
  expect([untouched.ids.size, untouched.rows.reduce((n, r) => n + r.value, 0)]).toEqual([
    none.people,
    none.revenue,
  ])
  expect(none.people).toBeGreaterThan(0)

  // what comes back takes its credit back; the goods of A1 were kept, so they cost what they did
  await lab.tell(says('a', 'Order Refunded', { order_id: 'A1', total: 200, currency: 'TWD' }))
  await lab.tell(says('d2', 'Order Cancelled', { order_id: 'D1' }))
  const after = await attribution({ model: 'linear' })
  expect(item(after, alpha)).toMatchObject({
    conversions: 0.5,
    people: 1,
    revenue: 400,
    known: 400,
    margin: 250,
    couponCost: 50,
  })
  expect(after.total).toMatchObject({ conversions: 2, revenue: 1_300 })

  // any event may be the conversion
  await lab.tell(says('late', 'Signed Up'))
  const signed = await attribution({ model: 'last', conversion: 'Signed Up' })
  expect(item(signed, alpha)).toMatchObject({ conversions: 1, revenue: 0, people: 1 })
}, 120_000)

test('R3-34 visits by what brought them: direct ones give way, and a visit that a click brought is that click', async () => {
  const gamma = await lab.publish(letter('Gamma'))
  await lab.person('v', { email: true })
  await lab.tell({ type: 'identify', anonymousId: 'v', traits: { line_uid: undefined } })
  const web = (url: string, more: Item = {}) => ({
    type: 'page',
    anonymousId: 'v',
    context: { page: { url }, ...more },
    properties: { url, ...more },
  })
  const before = new Date(Date.parse(String((await lab.call('workspace')).body.now))).toISOString()
  const view = (more: Item) => lab.batch([web('https://shop.example/', more)], lab.writeKey)
  expect((await view({ campaign: { source: 'facebook', medium: 'social', name: 'tea' } })).status).toBe(200)
  await lab.settle()
  await lab.passes(DAY)
  await lab.tell(says('v', 'Gamma'))
  await clicks('v', gamma)
  await view({})
  await lab.settle()
  await lab.passes(DAY)
  await view({})
  await lab.settle()
  await lab.tell(order('v', 'V1', 600))
  const { id } = await lab.stateOf('v')
  const ask = (query: Record<string, string>) =>
    attribution({ from: before, by: 'channel', touches: 'click,visit', ...query })
  const credits = async (model: string) =>
    Object.fromEntries((await ask({ model })).items.filter(i => i.revenue > 0).map(i => [i.key, i.revenue]))
  expect(await credits('linear')).toEqual({ campaign: 200, email: 200, direct: 200 })
  expect(await credits('last')).toEqual({ direct: 600 })
  expect(await credits('last_non_direct')).toEqual({ email: 600 })
  expect(await credits('first')).toEqual({ campaign: 600 })
  expect((await ask({ model: 'first', by: 'source' })).items).toMatchObject([
    { key: 'facebook', revenue: 600 },
    { key: 'email' },
  ])
  expect((await ask({ model: 'first', by: 'campaign' })).items).toMatchObject([{ key: 'tea', revenue: 600 }])
  const people = (
    await lab.call('attributionPeople', {
      query: { from: before, by: 'channel', key: 'campaign', model: 'first', touches: 'visit' },
    })
  ).body as Out<'attributionPeople'>
  expect(people.items.map(i => i.customer.id)).toEqual([publicId('cus', id)])
}, 180_000)

test('R3-34 what is clicked after an order has no part in it, nor what is longer ago than the window', async () => {
  const delta = await lab.publish(letter('Delta'))
  await lab.person('w', { email: true })
  const from = String((await lab.call('workspace')).body.now)
  await lab.tell(says('w', 'Delta'), order('w', 'W1', 500))
  await lab.passes(60_000)
  await clicks('w', delta)
  const earned = async (window: string) => {
    const { items, none } = await attribution({ from, window, model: 'linear' })
    return [items.find(i => i.journey === delta)?.revenue ?? 0, none.revenue]
  }
  expect(await earned('14')).toEqual([0, 500])
  await lab.passes(15 * DAY)
  await lab.tell(order('w', 'W2', 70))
  expect(await earned('14')).toEqual([0, 570])
  expect(await earned('30')).toEqual([70, 500])
}, 120_000)
