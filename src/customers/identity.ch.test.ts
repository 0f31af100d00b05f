// Who is who, through the real intake, fold, history and API: conflicts and their decision, merge, unmerge, households.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { type IntakeLab, openIntakeLab } from '../../test/intake-lab.ts'
import { verifyAll } from '../inbox/verify.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { identityRoutes } from './identity-routes.ts'
import { customerRoutes } from './routes.ts'

let { core, stage, server, space, close } = {} as IntakeLab
beforeAll(async () => {
  ;({ core, stage, server, space, close } = await openIntakeLab())
})
afterAll(() => close())

async function send(key: string, ...batch: Record<string, unknown>[]): Promise<void> {
  await postBatch(server.url, key, batch)
  await stage.settle()
}
const identify = (userId: string, traits: Record<string, unknown>) => ({ type: 'identify', userId, traits })
const order = (who: Record<string, unknown>, order_id: string, total: number) => ({
  type: 'track',
  event: 'Order Completed',
  properties: { order_id, total, currency: 'TWD' },
  ...who,
})

/** A write whose owner must fold meanwhile. */
async function meanwhile<T>(answer: Promise<T>): Promise<T> {
  let done = false
  const end = () => {
    done = true
  }
  answer.then(end, end)
  while (!done) await stage.settle()
  await stage.settle()
  return answer
}
const page = (customer: string) =>
  callHandler(core, space.id, 'customer', customerRoutes.customer, { params: { customer } })
const find = async (q: string) =>
  (await callHandler(core, space.id, 'customers', customerRoutes.customers, { query: { q } })).items
const idOf = async (q: string) => (await find(q))[0]!.id
const conflicts = (status: 'open' | 'decided' = 'open') =>
  callHandler(core, space.id, 'identityConflicts', identityRoutes.identityConflicts, { query: { status } })
const decide = (conflict: string, body: unknown) =>
  meanwhile(
    callHandler(core, space.id, 'decideConflict', identityRoutes.decideConflict, {
      params: { conflict },
      body,
    }),
  )
const merge = (customer: string, other: string) =>
  meanwhile(
    callHandler(core, space.id, 'mergeCustomers', identityRoutes.mergeCustomers, {
      params: { customer },
      body: { with: other },
    }),
  )
const unmerge = (customer: string, from: string) =>
  meanwhile(
    callHandler(core, space.id, 'unmergeCustomer', identityRoutes.unmergeCustomer, {
      params: { customer },
      body: { from },
    }),
  )
const timeline = async (customer: string) =>
  (
    await callHandler(core, space.id, 'timeline', customerRoutes.timeline, {
      params: { customer },
      query: { limit: 100 },
    })
  ).items
const faults = async (): Promise<string[]> => (await verifyAll(core)).checks.flatMap(c => c.faults)

test('R4-01, R1-14 after the bind one person; the anonymous history is attached back and keeps its origin id', async () => {
  await send(space.writeKey, {
    type: 'track',
    anonymousId: 'r4-a',
    event: 'Product Viewed',
    properties: { sku: 'tea' },
  })
  await send(space.apiKey, order({ userId: 'R4' }, 'r4-1', 500))
  await send(space.apiKey, identify('R4', { name: '陳小美', line_uid: 'Ur4' }))
  await send(space.writeKey, { type: 'identify', userId: 'R4', anonymousId: 'r4-a', traits: {} })
  const found = await page(await idOf('R4'))
  expect(found.identifiers.map(i => i.kind).sort()).toEqual([
    'anonymous_id',
    'line_uid',
    'member_no',
    'user_id',
  ])
  expect((await timeline(found.id)).map(i => i.name)).toEqual(
    expect.arrayContaining(['Product Viewed', 'Order Completed', 'customer.merged']),
  )
  expect(found.orders?.revenue).toBe(500)
  // what each did keeps the id it was done under
  const done = await core.history.query({
    query: `select distinct customer_id from event where props like '%"tea"%' or (name = 'Order Completed' and props like '%r4-1%')`,
    format: 'JSONEachRow',
  })
  const origins = (await done.json<{ customer_id: string }>()).map(r => publicId('cus', r.customer_id))
  expect(origins.sort()).toEqual([found.id, ...found.mergedFrom].sort())
})

test('R1-14 cookie, LINE, phone, mail, POS card and member number, each somebody of their own, become one: who was known first; each keeps its id in what it did', async () => {
  const known = { line_uid: 'Usix', phone: '+886912000614', email: 'six@example.com', card_no: '66668888' }
  const ways: Record<string, unknown>[] = [
    { anonymousId: 'six-a' },
    ...Object.entries(known).map(([kind, value]) => ({ context: { traits: { [kind]: value } } })),
    { userId: 'SIX' },
  ]
  for (const [i, who] of ways.entries()) await send(space.apiKey, order(who, `six-${i}`, 100 + i))
  const byOrder = async () => {
    const rows = await core.history.query({
      query: `select distinct customer_id, JSONExtractString(props, 'order_id') as no from event
               where workspace_id = {ws:UUID} and name = 'Order Completed' and no like 'six-%' order by no`,
      query_params: { ws: space.id },
      format: 'JSONEachRow',
    })
    return (await rows.json<{ customer_id: Uuid }>()).map(r => publicId('cus', r.customer_id))
  }
  const before = await byOrder()
  expect(new Set(before).size).toBe(6)
  await send(space.apiKey, { ...identify('SIX', known), anonymousId: 'six-a' })
  const found = await page(await idOf('SIX'))
  expect(found.id).toBe(before[0])
  expect(found.mergedFrom.toSorted()).toEqual(before.slice(1).sort())
  expect(found.identifiers.map(i => i.kind).sort()).toEqual([
    'anonymous_id',
    'card_no',
    'email',
    'line_uid',
    'member_no',
    'phone',
  ])
  expect(found.orders).toMatchObject({ count: 6, revenue: 615 })
  expect(await byOrder()).toEqual(before)
  expect(await faults()).toEqual([])
})

test('R0-35 an order at a till with only a carrier code finds the customer; so does one with only a card', async () => {
  await send(
    space.apiKey,
    identify('T1', { name: '吳店客', carrier: '／abc1234' }),
    identify('T2', { name: '鄭卡友', card_no: '8800 1234' }),
  )
  await send(
    space.apiKey,
    order({ context: { externalIds: [{ type: 'carrier', id: '/ABC1234' }] } }, 't-1', 120),
    order({ context: { traits: { card_no: '8800-1234' } } }, 't-2', 80),
  )
  expect((await page(await idOf('T1'))).orders).toMatchObject({ count: 1, revenue: 120 })
  expect((await page(await idOf('T2'))).orders).toMatchObject({ count: 1, revenue: 80 })
  expect(await idOf('/abc1234')).toBe(await idOf('T1'))
  expect(await idOf('8800 1234')).toBe(await idOf('T2'))
})

test('an app installation joins what it did before and after its visitor id was reset', async () => {
  const app = (anonymousId: string, event: string) => ({
    type: 'track',
    anonymousId,
    event,
    context: { device: { id: 'INSTALL-1' } },
  })
  await send(space.writeKey, app('app-1', 'Application Opened'), app('app-2', 'Product Viewed'))
  const found = await find('INSTALL')
  expect(found).toEqual([]) // nobody searches by what a client made up
  const { rows } = await core.pool.query<{ n: number }>(
    `select count(distinct customer_id)::int as n from identifier where value in ('app-1', 'app-2', 'INSTALL-1')`,
  )
  expect(rows[0]!.n).toBe(1)
})

describe('conflicts', () => {
  const shared = async (a: string, b: string, phone: string) => {
    await send(space.apiKey, identify(a, { name: '王' + a, phone }))
    await send(space.apiKey, identify(b, { name: '李' + b }))
    await send(space.apiKey, identify(b, { phone }))
    const open = (await conflicts()).items.find(c => c.identifiers[0]?.value.endsWith(phone.slice(1)))!
    return { open, one: await idOf(a), two: await idOf(b) }
  }

  test('R1-14 a phone seen with two member numbers is on the list with both people, the event, and identifies nobody', async () => {
    const { open, one, two } = await shared('C1', 'C2', '0911000001')
    expect(open).toMatchObject({
      reason: 'shared',
      status: 'open',
      identifiers: [{ kind: 'phone', value: '+886911000001' }],
      event: { name: 'Identified', source: expect.any(String) },
    })
    expect(open.people.map(p => p.id).sort()).toEqual([one, two].sort())
    for (const p of open.people)
      expect(p.identifiers).toContainEqual({
        kind: 'phone',
        value: '+886911000001',
        verified: true,
        shared: true,
      })
    // the search finds both by it; an order with nothing but the phone is neither's
    expect((await find('0911000001')).map(c => c.id).sort()).toEqual([one, two].sort())
    await send(
      space.apiKey,
      order({ context: { externalIds: [{ type: 'phone', id: '0911000001' }] } }, 'c-1', 99),
    )
    for (const id of [one, two]) expect((await page(id)).orders).toBeNull()
    expect(await faults()).toEqual([])
  })

  test('R1-14 kept apart: closed with who decided, and not asked again', async () => {
    const { open, one } = await shared('C3', 'C4', '0911000003')
    const before = (await conflicts()).open
    expect(await decide(open.id, { do: 'apart' })).toMatchObject({ status: 'done' })
    expect((await conflicts()).open).toBe(before - 1)
    const decided = (await conflicts('decided')).items.find(c => c.id === open.id)
    expect(decided).toMatchObject({ status: 'apart', decidedBy: 'key test' })
    await send(space.apiKey, identify('C3', { email: 'c34@example.com' }))
    await send(space.apiKey, identify('C4', { email: 'c34@example.com' }))
    expect((await conflicts()).open).toBe(before - 1)
    expect((await page(one)).conflicts).toEqual([])
  })

  test('R1-14 moved to its owner: it identifies that one again', async () => {
    const { open, one, two } = await shared('C5', 'C6', '0911000005')
    const identifier = open.identifiers[0]!
    await decide(open.id, { do: 'move', identifier, to: two })
    await send(
      space.apiKey,
      order({ context: { externalIds: [{ type: 'phone', id: '0911000005' }] } }, 'c-5', 77),
    )
    expect((await page(two)).orders?.revenue).toBe(77)
    expect((await page(one)).identifiers.some(i => i.kind === 'phone')).toBe(false)
    expect((await conflicts('decided')).items.find(c => c.id === open.id)?.status).toBe('moved')
    expect(await faults()).toEqual([])
  })

  test('R1-14 merged from the list: one person, the conflict closed', async () => {
    const { open, one, two } = await shared('C7', 'C8', '0911000007')
    const { customer } = await decide(open.id, { do: 'merge' })
    expect((await page(one)).id).toBe(customer)
    expect((await page(two)).id).toBe(customer)
    expect((await page(customer)).identifiers.find(i => i.kind === 'phone')?.shared).toBe(false)
    expect((await conflicts('decided')).items.find(c => c.id === open.id)).toMatchObject({
      status: 'merged',
      decidedBy: 'key test',
    })
    expect(await idOf('0911000007')).toBe(customer)
    expect(await faults()).toEqual([])
  })

  test('what cannot be is refused with what to do', async () => {
    const { open, one } = await shared('C9', 'C10', '0911000009')
    const move = (to: string) =>
      callHandler(core, space.id, 'decideConflict', identityRoutes.decideConflict, {
        params: { conflict: open.id },
        body: { do: 'move', identifier: open.identifiers[0], to },
      })
    await expect(move(await idOf('C7'))).rejects.toMatchObject({ status: 400, path: 'to' })
    await expect(merge(one, one)).rejects.toMatchObject({ status: 409, code: 'same_customer' })
    await expect(merge(one, 'cus_none')).rejects.toMatchObject({ status: 404, path: 'with' })
    await expect(unmerge(one, await idOf('C10'))).rejects.toMatchObject({ status: 409, code: 'not_merged' })
  })
})

describe('merge and unmerge', () => {
  test('R1-14 the preview says what wins and moves, and changes nothing', async () => {
    await send(space.apiKey, {
      ...identify('P1', { name: '舊名', city: '台北', pet: 'cat' }),
      timestamp: '2026-01-01T00:00:00Z',
    })
    await send(space.apiKey, {
      ...identify('P2', { name: '新名', city: '台北' }),
      timestamp: '2026-02-01T00:00:00Z',
    })
    await send(space.apiKey, order({ userId: 'P1' }, 'p-1', 100), order({ userId: 'P2' }, 'p-2', 30))
    const [a, b] = [await idOf('P1'), await idOf('P2')]
    const preview = await callHandler(core, space.id, 'mergePreview', identityRoutes.mergePreview, {
      params: { customer: b },
      query: { with: a },
    })
    const [small, large] = [a, b].sort()
    expect([preview.survivor.id, preview.merged.id]).toEqual([small, large])
    expect(preview.together.orders).toMatchObject({ count: 2, revenue: 130 })
    expect(preview.warnings).toEqual(['two_member_numbers'])
    const wins = Object.fromEntries(preview.traits.map(t => [t.name, t.wins]))
    expect(wins).toMatchObject({ name: small === b ? 'survivor' : 'merged', city: 'same' })
    expect((await page(large!)).id).toBe(large)
  })

  test('R1-14 unmerge: both stand again with what they had and what came since; history, ledger and replay agree', async () => {
    const [a, b] = [await idOf('P1'), await idOf('P2')]
    const [small, large] = [a, b].sort() as [string, string]
    await merge(a, b)
    expect((await page(large)).id).toBe(small)
    await send(space.apiKey, order({ userId: 'P1' }, 'p-3', 5), order({ userId: 'P2' }, 'p-4', 7))
    await send(space.apiKey, identify('P2', { email: 'p2@example.com' }))
    expect((await page(small)).orders).toMatchObject({ count: 4, revenue: 142 })
    const preview = await callHandler(core, space.id, 'unmergePreview', identityRoutes.unmergePreview, {
      params: { customer: small },
      query: { from: large },
    })
    const worthOfA = preview.survivor.person.id === a ? preview.survivor : preview.merged
    const worthOfB = preview.survivor.person.id === a ? preview.merged : preview.survivor
    expect(worthOfA.person.orders).toMatchObject({ count: 2, revenue: 105 })
    expect(worthOfB).toMatchObject({ person: { orders: { count: 2, revenue: 37 } }, events: 2 })
    expect((await page(large)).id).toBe(small) // nothing has changed yet

    expect(await unmerge(small, large)).toEqual({ status: 'done', customer: large })
    expect((await page(a)).orders).toMatchObject({ count: 2, revenue: 105 })
    expect((await page(b)).orders).toMatchObject({ count: 2, revenue: 37 })
    expect((await page(a)).identifiers.map(i => i.value)).toEqual(['P1'])
    expect((await page(b)).identifiers.map(i => i.value)).toEqual(['P2', 'p2@example.com'])
    expect((await page(a)).traits.find(t => t.name === 'pet')?.value).toBe('cat')
    expect((await page(b)).traits.some(t => t.name === 'pet')).toBe(false)
    expect((await timeline(large)).map(i => i.name)).toContain('customer.unmerged')
    // and each goes on alone: what is sent to one is not the other's, also from what an intake remembers
    await send(space.apiKey, order({ userId: 'P1' }, 'p-5', 1), order({ userId: 'P2' }, 'p-6', 2))
    expect((await page(a)).orders?.revenue).toBe(106)
    expect((await page(b)).orders?.revenue).toBe(39)
    expect((await core.pool.query('select from parked')).rowCount).toBe(0)
    expect(await faults()).toEqual([])
  })

  test('inputs that come while two are taken apart wait, and none is lost', async () => {
    await send(space.apiKey, order({ userId: 'W1' }, 'w-1', 10), order({ userId: 'W2' }, 'w-2', 20))
    const [a, b] = [await idOf('W1'), await idOf('W2')]
    const [small, large] = [a, b].sort() as [string, string]
    await merge(a, b)
    const taking = unmerge(small, large)
    await postBatch(server.url, space.apiKey, [
      order({ userId: 'W1' }, 'w-3', 1),
      order({ userId: 'W2' }, 'w-4', 2),
    ])
    await taking
    await stage.settle()
    expect((await page(a)).orders?.revenue).toBe(11)
    expect((await page(b)).orders?.revenue).toBe(22)
    expect(await faults()).toEqual([])
  })
})

test('R1-14 the same address and family name is a hint, and never a merge', async () => {
  const address = { city: '臺北市', street: '忠孝東路 1 號' }
  await send(
    space.apiKey,
    identify('H1', { name: '林大明', address }),
    identify('H2', { name: '林小美', address: { city: '臺北市', street: '忠孝東路１號' } }),
    identify('H3', { name: '張三', address }),
    identify('H4', { name: '林四', address: { city: '臺北市', street: '忠孝東路 2 號' } }),
  )
  const hints = await callHandler(core, space.id, 'householdHints', identityRoutes.householdHints, {
    params: { customer: await idOf('H1') },
  })
  expect(hints.items.map(h => h.name)).toEqual(['林小美'])
  expect(new Set(await Promise.all(['H1', 'H2', 'H3', 'H4'].map(idOf))).size).toBe(4)
})
