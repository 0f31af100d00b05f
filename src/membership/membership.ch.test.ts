// Coupons and points as a brand uses them: defined, given, taken and used over HTTP, by journeys and by tills, on real
// engines; and books that agree whatever happens.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, justTag } from '../../test/journey-lab.ts'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'
import { whileSettling } from '../../test/while-settling.ts'
import { unpackState } from '../customers/pack.ts'
import { verifyAll } from '../inbox/verify.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { balanceOf } from './model.ts'

// each command is folded by an owner that begins anew, and the books are checked whole
vi.setConfig({ testTimeout: 120_000 })

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

const DAY = 86_400_000
type Terms = Record<string, unknown>
async function define(key: string, more: Terms = {}): Promise<void> {
  const body = {
    key,
    name: `券 ${key}`,
    kind: 'amount',
    value: 100,
    valid: { days: 7 },
    limit: null,
    perPerson: 1,
    place: null,
    remindDays: [3],
    ...more,
  }
  expect(await lab.call('createCoupon', { body })).toMatchObject({ status: 200, body: { key } })
  await lab.settle()
}

async function tell(...items: Record<string, unknown>[]): Promise<void> {
  expect((await lab.batch(items)).status).toBe(200)
  await lab.settle()
}
async function idOf(who: string): Promise<Uuid> {
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    `select customer_id as id from identifier where workspace_id = $1 and value = $2`,
    [lab.workspace, who],
  )
  return rows[0]!.id
}
async function stateOf(who: string) {
  const { rows } = await lab.core.pool.query<{ state: string }>('select state from customer where id = $1', [
    await idOf(who),
  ])
  return unpackState(rows[0]!.state)
}
const member = (no: string) => ({ type: 'identify', userId: no, traits: { name: no } })
async function ask(
  name: 'giveCoupon' | 'movePoints' | 'redeemCoupon',
  who: string | null,
  body: Record<string, unknown>,
) {
  const params: Record<string, string> = who === null ? {} : { customer: publicId('cus', await idOf(who)) }
  return whileSettling(lab, lab.call(name, { params, body }))
}
const faults = async () => (await verifyAll(lab.core)).checks.flatMap(c => c.faults)
const history = async (name: string) => {
  const answer = await lab.core.history.query({
    query: `select props from event where workspace_id = {w:UUID} and name = {name:String} order by occurred`,
    query_params: { w: lab.workspace, name },
    format: 'JSONEachRow',
  })
  return (await answer.json<{ props: string }>()).map(r => JSON.parse(r.props) as Record<string, unknown>)
}

test('R4-06 a claimed coupon starts a journey with the coupon in hand; a till uses its code once', async () => {
  await define('HELLO')
  await define('OTHER')
  await lab.publish(
    graphOf('coupon.claimed', justTag('claimed-hello'), {
      trigger: {
        kind: 'event',
        event: 'coupon.claimed',
        where: [{ path: 'coupon', op: 'is', value: 'HELLO' }],
      },
    }),
  )
  await tell(member('C-1'), member('C-2'))
  // given to somebody is not taken by them
  expect(await ask('giveCoupon', 'C-2', { coupon: 'HELLO' })).toMatchObject({ status: 200 })
  expect(await ask('giveCoupon', 'C-2', { coupon: 'OTHER', claimed: true })).toMatchObject({ status: 200 })
  const claimed = await ask('giveCoupon', 'C-1', { coupon: 'HELLO', claimed: true })
  expect(claimed).toMatchObject({ status: 200 })
  const code = String(claimed.body.code)
  expect(Object.keys((await stateOf('C-1')).tags)).toEqual(['claimed-hello'])
  expect(Object.keys((await stateOf('C-2')).tags)).toEqual([])
  expect(await history('coupon.claimed')).toMatchObject([
    { coupon: 'OTHER' },
    { coupon: 'HELLO', code, name: '券 HELLO' },
  ])

  // a second one for the same person is refused, and says so
  const again = await ask('giveCoupon', 'C-1', { coupon: 'HELLO', claimed: true })
  expect(again).toMatchObject({ status: 409, body: { code: 'coupon_had', path: '/coupon' } })

  // the code as somebody reads it out; the same order again is the same use
  const typed = code.toLowerCase().replaceAll('-', ' ')
  expect(await ask('redeemCoupon', null, { code: typed, ref: 'POS-1' })).toMatchObject({
    status: 200,
    body: { code, again: false, coupon: { key: 'HELLO', value: 100 } },
  })
  expect(await ask('redeemCoupon', null, { code, ref: 'POS-1' })).toMatchObject({ body: { again: true } })
  expect(await ask('redeemCoupon', null, { code, ref: 'POS-2' })).toMatchObject({
    status: 409,
    body: { code: 'coupon_used' },
  })
  expect(await ask('redeemCoupon', null, { code: 'AAAA-AAAA-AAAA' })).toMatchObject({
    status: 404,
    body: { code: 'coupon_not_held' },
  })
  const listed = await lab.call('coupons')
  const hello = (listed.body.items as { key: string; counts: unknown }[]).find(c => c.key === 'HELLO')
  expect(hello!.counts).toEqual({ issued: 2, claimed: 1, redeemed: 1, expired: 0 })
})

test('two tills at once: one of them uses it', async () => {
  await define('RACE')
  await tell(member('C-3'))
  const code = String((await ask('giveCoupon', 'C-3', { coupon: 'RACE' })).body.code)
  const tills = Array.from({ length: 8 }, (_, i) =>
    lab.call('redeemCoupon', { body: { code, ref: `TILL-${i}` } }),
  )
  const all = await whileSettling(lab, Promise.all(tills))
  const statuses = all.map(a => a.status).sort()
  expect(statuses).toEqual([200, ...Array(7).fill(409)])
})

test('R4-23 a coupon for stores: online it is refused, at a till it is taken', async () => {
  await define('STORE', { place: 'store' })
  await tell(member('C-4'))
  const code = String((await ask('giveCoupon', 'C-4', { coupon: 'STORE' })).body.code)
  expect(await ask('redeemCoupon', null, { code, place: 'online' })).toMatchObject({
    status: 409,
    body: { code: 'coupon_elsewhere' },
  })
  // who does not say where they are is not at a till
  expect(await ask('redeemCoupon', null, { code })).toMatchObject({
    status: 409,
    body: { code: 'coupon_elsewhere' },
  })
  expect(await history('coupon.refused')).toMatchObject([
    { code, reason: 'elsewhere', place: 'online' },
    { code, reason: 'elsewhere' },
  ])
  expect((await ask('redeemCoupon', null, { code, place: 'store' })).status).toBe(200)
})

test('R3-22 a refund nets revenue and takes back the points of its order, in part and whole, once; by a journey and by a till', async () => {
  await lab.publish(
    graphOf('order.placed', {
      give: {
        type: 'reward',
        fields: { give: 'points', points: 90, reason: '消費贈點' },
        next: { given: null },
      },
    }),
  )
  const order = (event: string, no: string, more: Record<string, unknown>, messageId?: string) => ({
    type: 'track',
    userId: 'C-22',
    event,
    ...(messageId && { messageId }),
    properties: { order_id: no, currency: 'TWD', ...more },
  })
  const held = async () => {
    const { pts, points, orders } = await stateOf('C-22')
    expect(points!.v).toBe(balanceOf(pts))
    return [balanceOf(pts), orders!.revenue]
  }
  await tell(member('C-22'), order('Order Completed', 'R-1', { total: 900 }))
  expect(await held()).toEqual([90, 900])
  // a till gives its own, and names the order
  await ask('movePoints', 'C-22', { amount: 30, reason: '門市加碼', ref: 'R-1' })
  await ask('movePoints', 'C-22', { amount: 1000, reason: '註冊禮' })
  const some = order('Order Refunded', 'R-1', { total: 300, refund_id: 'r1' }, 'refund-r1')
  await tell(some)
  await tell({ ...some, messageId: 'refund-r1-again' })
  expect(await held()).toEqual([1080, 600])
  await tell(order('Order Returned', 'R-1', {}))
  expect(await held()).toEqual([1000, 0])
  expect(await history('points.changed')).toContainEqual({
    balance: 1080,
    change: -40,
    entry: 'burned',
    reason: 'refund',
    ref: 'R-1',
  })
  // spent by then: what is left goes, and what is owed is told
  await tell(order('Order Completed', 'R-2', { total: 100 }))
  await ask('movePoints', 'C-22', { amount: -1070, reason: '折抵' })
  await tell(order('Order Cancelled', 'R-2', {}))
  expect(await held()).toEqual([0, 0])
  expect(await history('points.owed')).toEqual([{ ref: 'R-2', amount: 70 }])
  // the order's own history says nothing of points; a brand may leave them
  const orders = await lab.call('customerOrders', {
    params: { customer: publicId('cus', await idOf('C-22')) },
  })
  expect(JSON.stringify(orders.body)).not.toContain('"points"')
  const { body } = await lab.call('pointsSettings')
  expect(body.settings).toMatchObject({ takeBack: true })
  await lab.call('savePointsSettings', {
    body: { settings: { ...(body.settings as object), takeBack: false }, version: body.version },
  })
  await lab.settle()
  await tell(order('Order Completed', 'R-3', { total: 100 }))
  await tell(order('Order Cancelled', 'R-3', {}))
  expect(await held()).toEqual([90, 0])
  expect(await faults()).toEqual([])
})

test('time: reminded, expired, points gone; the facts start journeys', async () => {
  await define('SOON')
  const settings = await lab.call('pointsSettings')
  expect(
    await lab.call('savePointsSettings', {
      body: { settings: { validDays: 20, remindDays: 5 }, version: settings.body.version },
    }),
  ).toMatchObject({ status: 200 })
  for (const event of ['coupon.expiring', 'coupon.expired', 'points.expiring'])
    await lab.publish(graphOf(event, justTag(event)))
  await tell(member('C-5'))
  await ask('giveCoupon', 'C-5', { coupon: 'SOON' })
  expect(await ask('movePoints', 'C-5', { amount: 300, reason: '註冊禮' })).toMatchObject({
    status: 200,
    body: { balance: 300 },
  })
  expect(await ask('movePoints', 'C-5', { amount: -301, reason: '折抵' })).toMatchObject({
    status: 409,
    body: { code: 'not_enough_points' },
  })
  expect(await ask('movePoints', 'C-5', { amount: -100, reason: '折抵', ref: 'o1' })).toMatchObject({
    body: { balance: 200 },
  })
  const passes = async (ms: number) => {
    expect((await lab.call('setClock', { body: { byMs: ms } })).status).toBe(200)
    await lab.settle()
  }
  const tags = async () => Object.keys((await stateOf('C-5')).tags)
  await passes(4 * DAY - 60_000)
  expect(await tags()).toEqual([])
  await passes(120_000)
  expect(await tags()).toEqual(['coupon.expiring'])
  await passes(3 * DAY)
  expect(await tags()).toEqual(['coupon.expiring', 'coupon.expired'])
  await passes(8 * DAY)
  expect(await tags()).toEqual(['coupon.expiring', 'coupon.expired', 'points.expiring'])
  expect(balanceOf((await stateOf('C-5')).pts)).toBe(200)
  await passes(5 * DAY)
  expect(balanceOf((await stateOf('C-5')).pts)).toBe(0)
  const rights = await lab.call('customerRights', {
    params: { customer: publicId('cus', await idOf('C-5')) },
  })
  expect(rights.body).toMatchObject({ points: { balance: 0, ending: [] } })
  const entries = (rights.body.entries as { ledger: string; entry: string; amount: number | null }[]).map(
    e => `${e.ledger} ${e.entry} ${e.amount ?? ''}`,
  )
  expect(entries.sort()).toEqual([
    'coupons expired ',
    'coupons issued ',
    'points burned -100',
    'points earned 300',
    'points expired -200',
  ])
})

test('points about to expire start a journey its own number of days before, to the minute, beside the reminder of the settings', async () => {
  const { body } = await lab.call('pointsSettings')
  await lab.call('savePointsSettings', {
    body: {
      settings: { ...(body.settings as object), validDays: 20, remindDays: 15 },
      version: body.version,
    },
  })
  await lab.publish(
    graphOf('three days before', justTag('points-3'), { trigger: { kind: 'points', days: 3 } }),
  )
  await tell(member('C-30'))
  await ask('movePoints', 'C-30', { amount: 120, reason: '活動' })
  const passes = async (ms: number) => {
    expect((await lab.call('setClock', { body: { byMs: ms } })).status).toBe(200)
    await lab.settle()
  }
  const tags = async () => Object.keys((await stateOf('C-30')).tags).filter(t => t === 'points-3')
  const entered = async () => {
    const id = await idOf('C-30')
    const answer = await lab.core.history.query({
      query: `select props from event where workspace_id = {w:UUID} and customer_id = {c:UUID} and name = 'journey.entered' order by occurred`,
      query_params: { w: lab.workspace, c: id },
      format: 'JSONEachRow',
    })
    return (await answer.json<{ props: string }>()).length
  }
  await passes(17 * DAY - 60_000)
  expect(await tags()).toEqual([])
  const before = await entered() // the settings' reminder, 15 days before, has been
  await passes(120_000)
  expect(await tags()).toEqual(['points-3'])
  expect(await entered()).toBe(before + 1)
  // spent in time there is nothing to be reminded of
  await tell(member('C-31'))
  await ask('movePoints', 'C-31', { amount: 50, reason: '活動' })
  await ask('movePoints', 'C-31', { amount: -50, reason: '折抵' })
  await passes(20 * DAY)
  expect(Object.keys((await stateOf('C-31')).tags)).toEqual([])
})

test('a journey rewards: a coupon once for each person, points each time', async () => {
  await define('BDAY')
  await lab.publish(
    graphOf('Gift', {
      coupon: {
        type: 'reward',
        fields: { give: 'coupon', coupon: 'BDAY' },
        next: { given: 'points', has: 'had', limit: null, ended: null },
      },
      points: { type: 'reward', fields: { give: 'points', points: 50 }, next: { given: null } },
      had: { type: 'update', fields: { addTags: ['had'] }, next: { next: null } },
    }),
  )
  await tell(member('C-6'))
  const gift = { type: 'track', event: 'Gift', userId: 'C-6' }
  await tell(gift, gift)
  const state = await stateOf('C-6')
  expect(Object.values(state.coupons!)).toMatchObject([{ kind: 'BDAY' }])
  expect(balanceOf(state.pts)).toBe(50)
  expect(Object.keys(state.tags)).toEqual(['had'])
})

test('merged and taken apart, the books agree, and the codes still lead to who has them', async () => {
  await define('PAIR', { perPerson: 2 })
  await tell(member('P-1'), member('P-2'))
  const [one, two] = (
    await Promise.all(['P-1', 'P-2'].map(async who => [who, await idOf(who)] as const))
  ).sort((a, b) => (a[1] < b[1] ? -1 : 1)) as [[string, Uuid], [string, Uuid]]
  const code = String((await ask('giveCoupon', two[0], { coupon: 'PAIR' })).body.code)
  await ask('movePoints', one[0], { amount: 70, reason: 'a' })
  await ask('movePoints', two[0], { amount: 30, reason: 'b' })
  const decide = async (
    name: 'mergeCustomers' | 'unmergeCustomer',
    params: Record<string, string>,
    body: object,
  ) => {
    const answer = await whileSettling(lab, lab.call(name, { params, body }))
    expect(answer.status).toBeLessThan(300)
    await lab.settle()
  }
  await decide('mergeCustomers', { customer: publicId('cus', one[1]) }, { with: publicId('cus', two[1]) })
  expect(balanceOf((await stateOf(one[0])).pts)).toBe(100)
  expect(await faults()).toEqual([])
  expect(await ask('redeemCoupon', null, { code, ref: 'o7' })).toMatchObject({ status: 200 })
  await decide('unmergeCustomer', { customer: publicId('cus', one[1]) }, { from: publicId('cus', two[1]) })
  expect(balanceOf((await stateOf(one[0])).pts)).toBe(70)
  expect(balanceOf((await stateOf(two[0])).pts)).toBe(30)
  expect(await ask('redeemCoupon', null, { code, ref: 'o8' })).toMatchObject({
    body: { code: 'coupon_used' },
  })
  expect(await faults()).toEqual([])
})

test('of three in all, ten people and a journey get three; who is refused takes none of them', async () => {
  await define('THREE', { limit: 3 })
  await lab.publish(
    graphOf('Three', {
      give: {
        type: 'reward',
        fields: { give: 'coupon', coupon: 'THREE' },
        next: { given: 'yes', limit: 'no', has: 'had', ended: null },
      },
      yes: { type: 'update', fields: { addTags: ['three:given'] }, next: { next: null } },
      no: { type: 'update', fields: { addTags: ['three:limit'] }, next: { next: null } },
      had: { type: 'update', fields: { addTags: ['three:has'] }, next: { next: null } },
    }),
  )
  const people = Array.from({ length: 10 }, (_, i) => `T-${i}`)
  await tell(...people.map(member))
  // refused for the person: the place goes back, three times
  expect((await ask('giveCoupon', 'T-0', { coupon: 'THREE' })).status).toBe(200)
  for (let i = 0; i < 3; i++)
    expect(await ask('giveCoupon', 'T-0', { coupon: 'THREE' })).toMatchObject({
      body: { code: 'coupon_had' },
    })
  // taking the one that was given takes no second place
  expect((await ask('giveCoupon', 'T-0', { coupon: 'THREE', claimed: true })).status).toBe(200)
  await tell(...people.map(userId => ({ type: 'track', event: 'Three', userId })))
  const ways = new Map<string, number>()
  for (const who of people)
    for (const tag of Object.keys((await stateOf(who)).tags)) ways.set(tag, (ways.get(tag) ?? 0) + 1)
  expect(Object.fromEntries(ways)).toEqual({ 'three:has': 1, 'three:given': 2, 'three:limit': 7 })
  expect(await ask('giveCoupon', 'T-9', { coupon: 'THREE' })).toMatchObject({
    status: 409,
    body: { code: 'coupons_all_given', path: 'coupon' },
  })
  expect(await faults()).toEqual([])
})

test('a row that is gone from a ledger makes the check fail', async () => {
  expect(await faults()).toEqual([])
  const sql = lab.core.pool
  const kept = await sql.query(
    `delete from points_entry where (bucket, customer_id, key) in (select bucket, customer_id, key from points_entry where entry = 'burned' limit 1) returning *`,
  )
  expect(kept.rowCount).toBe(1)
  const lost = await faults()
  expect(lost.some(f => f.includes('points entry'))).toBe(true)
  expect(lost.some(f => f.includes('points, and entries of'))).toBe(true)
  const columns = Object.keys(kept.rows[0] as object)
  await sql.query(
    `insert into points_entry (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(kept.rows[0] as object),
  )
  await sql.query(
    `delete from coupon_issue where entry = 'issued' and code = (select min(code) from coupon_issue)`,
  )
  expect((await faults()).some(f => f.startsWith('coupon'))).toBe(true)
})
