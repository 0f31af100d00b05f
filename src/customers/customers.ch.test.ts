// Customers as the API shows them, from events that came through the real intake, fold and history.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { createTestWorkspace } from '../../test/harness.ts'
import { type IntakeLab, openIntakeLab } from '../../test/intake-lab.ts'
import { sourceRoutes } from '../collect/source-routes.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { newId, publicId } from '../platform/ids.ts'
import { customerRoutes } from './routes.ts'
import { spellings } from './store.ts'

let { core, stage, server, space, close } = {} as IntakeLab
beforeAll(async () => {
  ;({ core, stage, server, space, close } = await openIntakeLab())
})
afterAll(() => close())

async function send(batch: Record<string, unknown>[], key = space.apiKey): Promise<void> {
  await postBatch(server.url, key, batch, new Date())
  await stage.settle()
}
const identify = (userId: string, traits: Record<string, unknown>) => ({ type: 'identify', userId, traits })
const track = (userId: string, event: string, properties: Record<string, unknown> = {}, ago = 0) => ({
  type: 'track',
  userId,
  event,
  properties,
  timestamp: new Date(Date.now() - ago),
})
const list = (query: Record<string, unknown>, c = core) =>
  callHandler(c, space.id, 'customers', customerRoutes.customers, { query })
const page = (customer: string) =>
  callHandler(core, space.id, 'customer', customerRoutes.customer, { params: { customer } })
const timeline = (customer: string, query: Record<string, unknown> = {}) =>
  callHandler(core, space.id, 'timeline', customerRoutes.timeline, { params: { customer }, query })
const command = (customer: string, body: unknown, key?: string) => {
  const answer = callHandler(core, space.id, 'customerCommand', customerRoutes.customerCommand, {
    params: { customer },
    body,
    key,
  })
  let done = false
  const fold = async () => {
    while (!done) await stage.settle()
  }
  const end = () => {
    done = true
  }
  answer.then(end, end)
  return Promise.all([answer, fold()]).then(([a]) => a)
}

describe('the list', () => {
  test('finds by any identifier as people write it, by name, and pages through all, newest activity first', async () => {
    await send([
      identify('L-1', { name: '林美玲', email: 'Meiling@Example.com', phone: '0911111111' }),
      identify('L-2', { name: '林大同', phone: '0922222222' }),
      identify('L-3', { name: 'Alice Wang', line_uid: 'Ualice' }),
    ])
    const names = async (q: string) => (await list({ q })).items.map(c => c.name)
    expect(await names('meiling@EXAMPLE.com')).toEqual(['林美玲'])
    expect(await names('0911-111')).toEqual(['林美玲'])
    expect(await names('L-3')).toEqual(['Alice Wang'])
    expect(await names('Ual')).toEqual(['Alice Wang'])
    expect((await names('林')).sort()).toEqual(['林大同', '林美玲'])
    expect(await names('alice')).toEqual(['Alice Wang'])
    expect(await names('%')).toEqual([])
    expect(await list({ q: '林' })).toMatchObject({ total: 2, stale: false, next: null })

    const seen: (string | null)[] = []
    let cursor: string | undefined
    do {
      const answer = await list({ limit: 1, cursor })
      expect(answer).toMatchObject({ total: 3, stale: false })
      seen.push(...answer.items.map(c => c.name))
      cursor = answer.next ?? undefined
    } while (cursor)
    expect(seen.sort()).toEqual(['Alice Wang', '林大同', '林美玲'])
    // by identifier and by name, over pages: everybody once
    await send([identify('林-code', { name: 'Bob' })])
    const both = [await list({ q: '林', limit: 1 })]
    while (both.at(-1)!.next) both.push(await list({ q: '林', limit: 1, cursor: both.at(-1)!.next }))
    expect(both.flatMap(b => b.items.map(c => c.name)).sort()).toEqual(['Bob', '林大同', '林美玲'])
    expect(both[0]!.items[0]!.name).toBe('Bob')
  })

  test('without ClickHouse it still finds by identifier, lists the newest, and says that it is stale', async () => {
    const blind = { ...core, history: openClickHouse('http://127.0.0.1:9/x') }
    const found = await list({ q: 'L-1' }, blind)
    expect(found).toMatchObject({ stale: true, total: 1 })
    expect(found.items[0]!.memberNo).toBe('L-1')
    const all = [await list({ limit: 2 }, blind)]
    while (all.at(-1)!.next) all.push(await list({ limit: 2, cursor: all.at(-1)!.next }, blind))
    expect(all.flatMap(a => a.items.map(c => c.memberNo)).sort()).toEqual(['L-1', 'L-2', 'L-3', '林-code'])
    await blind.history.close()
  })

  test('a phone of the brand’s country is searched in both spellings', () => {
    expect(spellings('0912', 'TW')).toContain('+886912')
    expect(spellings('0912-345-678', 'TW')).toContain('+886912345678')
    expect(spellings('6123', 'HK')).toContain('+8526123')
    expect(spellings('6123 4567', 'HK')).toContain('+85261234567')
  })
})

describe('the page', () => {
  test('shows identifiers, traits, orders, tags and consent; a merged id answers with its survivor', async () => {
    await send(
      [
        {
          type: 'track',
          anonymousId: 'visitor-1',
          event: 'Product Viewed',
          properties: { product_id: 'p1' },
        },
      ],
      space.writeKey,
    )
    const visitor = (
      await core.pool.query<{ id: string }>(
        "select customer_id id from identifier where workspace_id = $1 and value = 'visitor-1'",
        [space.id],
      )
    ).rows[0]!.id
    await send([
      identify('P-1', { name: '陳一', city: 'Taipei' }),
      track('P-1', 'Order Completed', { order_id: 'o-1', total: 500, currency: 'TWD' }),
    ])
    const member = (await list({ q: 'P-1' })).items[0]!.id
    await send([{ type: 'identify', userId: 'P-1', anonymousId: 'visitor-1', traits: {} }])
    await stage.settle()

    const shown = await page(publicId('cus', visitor))
    expect(shown.name).toBe('陳一')
    expect(await page(member)).toEqual(shown)
    expect(shown.mergedFrom).toHaveLength(1)
    expect(shown.identifiers.map(i => `${i.kind}:${i.value}`).sort()).toEqual([
      'anonymous_id:visitor-1',
      'member_no:P-1',
    ])
    expect(shown.orders).toMatchObject({ count: 1, revenue: 500, currency: 'TWD' })
    expect(shown.traits.find(t => t.name === 'city')).toMatchObject({ value: 'Taipei' })

    // the timeline has what both did, page by page, each once
    const all = (await timeline(shown.id, { limit: 200 })).items
    expect(all.map(i => i.name)).toEqual(
      expect.arrayContaining(['Product Viewed', 'Order Completed', 'Identified']),
    )
    const paged: string[] = []
    let cursor: string | undefined
    do {
      const answer = await timeline(shown.id, { limit: 2, cursor })
      paged.push(...answer.items.map(i => i.id))
      cursor = answer.next ?? undefined
    } while (cursor)
    expect(paged).toEqual(all.map(i => i.id))
    expect(new Set(paged).size).toBe(paged.length)
    expect([...all].sort((a, b) => (a.at < b.at ? 1 : -1)).map(i => i.at)).toEqual(all.map(i => i.at))
    expect((await timeline(shown.id, { kind: 'event' })).items.every(i => i.kind === 'event')).toBe(true)
  })

  test('commands change the customer; the same key answers the same, another body is a conflict', async () => {
    await send([identify('C-1', { name: 'Cindy' })])
    const id = (await list({ q: 'C-1' })).items[0]!.id
    const body = { do: 'add_tag', tag: 'vip' }
    const first = await command(id, body, 'key-1')
    expect(first.status).toBe(200)
    expect(await command(id, body, 'key-1')).toEqual(first)
    await expect(command(id, { do: 'add_tag', tag: 'other' }, 'key-1')).rejects.toMatchObject({
      status: 409,
      code: 'idempotency_conflict',
    })
    expect((await command(id, { do: 'set_consent', channel: 'email', on: true })).status).toBe(200)
    const shown = await page(id)
    expect(shown.tags.map(t => t.name)).toEqual(['vip'])
    expect(shown.consent).toMatchObject([{ channel: 'email', purpose: 'marketing', on: true }])
    await expect(command(id, { do: 'enroll', journey: publicId('jrn', newId()) })).rejects.toMatchObject({
      status: 404,
      code: 'journey_not_found',
    })
  })

  test('404 for what is not there, not an id, or of another workspace; 503 when history is asked and down', async () => {
    for (const id of ['cus_nothing', 'x', publicId('cus', newId())])
      await expect(page(id)).rejects.toMatchObject({ status: 404, code: 'customer_not_found' })
    const id = (await list({ q: 'C-1' })).items[0]!.id
    const other = await createTestWorkspace(core)
    await expect(
      callHandler(core, other.id, 'customer', customerRoutes.customer, { params: { customer: id } }),
    ).rejects.toMatchObject({ status: 404 })
    const blind = { ...core, history: openClickHouse('http://127.0.0.1:9/x') }
    await expect(
      callHandler(blind, space.id, 'timeline', customerRoutes.timeline, { params: { customer: id } }),
    ).rejects.toMatchObject({ status: 503, code: 'history_down' })
    await blind.history.close()
    await expect(list({ cursor: 'rubbish' })).rejects.toMatchObject({ status: 400, code: 'bad_cursor' })
    await expect(
      callHandler(core, space.id, 'unpark', customerRoutes.unpark, { params: { customer: id } }),
    ).rejects.toMatchObject({ status: 409, code: 'not_parked' })
  })
})

describe('who is who on a browser', () => {
  const visit = (anonymousId: string, event: string, userId?: string) => ({
    type: 'track',
    anonymousId,
    userId,
    event,
  })
  const names = async (id: string) =>
    (await timeline(id, { limit: 200, kind: 'event' })).items.map(i => i.name).sort()
  const found = async (q: string) => (await list({ q })).items

  test('a visitor who signs in keeps her history, under one customer', async () => {
    await send([visit('sofa', 'Looked'), visit('sofa', 'Looked Again')], space.writeKey)
    await send(
      [{ type: 'identify', anonymousId: 'sofa', userId: 'sofia', traits: { name: 'Sofia' } }],
      space.writeKey,
    )
    await send(
      [visit('sofa', 'Bought', 'sofia'), { ...visit('phone', 'Came Back', 'sofia') }],
      space.writeKey,
    )
    const customers = await found('sofia')
    expect(customers).toHaveLength(1)
    expect(await names(customers[0]!.id)).toEqual([
      'Bought',
      'Came Back',
      'Identified',
      'Looked',
      'Looked Again',
    ])
    const shown = await page(customers[0]!.id)
    expect(shown.identifiers.map(i => `${i.kind}:${i.value}`).sort()).toEqual([
      'anonymous_id:phone',
      'anonymous_id:sofa',
      'user_id:sofia',
    ])
    expect(shown.identifiers.every(i => !i.verified)).toBe(true)
  })

  test('a shared browser is not a person: each user keeps what she did, whoever used it last', async () => {
    await send([visit('tablet', 'Read', 'wife')], space.writeKey)
    await send([visit('tablet', 'Played', 'husband')], space.writeKey)
    await send(
      [visit('tablet', 'Read More', 'wife'), visit('tablet', 'Played More', 'husband')],
      space.writeKey,
    )
    const [wife, husband] = [await found('wife'), await found('husband')]
    expect([wife.length, husband.length]).toEqual([1, 1])
    expect(await names(wife[0]!.id)).toEqual(['Read', 'Read More'])
    expect(await names(husband[0]!.id)).toEqual(['Played', 'Played More'])
    expect((await page(husband[0]!.id)).mergedFrom).toEqual([])
  })

  test('a public key never joins a known member with somebody else on the same browser', async () => {
    await send([identify('K-1', { name: 'Kay' })])
    await send([visit('k-browser', 'Looked', 'kay@web')], space.writeKey)
    await send([visit('k-browser', 'Looked', 'K-1')], space.writeKey)
    expect((await found('kay@web'))[0]!.id).not.toBe((await found('K-1'))[0]!.id)
  })
})

describe('what came in', () => {
  test('hard problem 9: a day of events sent twice, in another order, and again after an identify: each is folded once', async () => {
    const day = Array.from({ length: 40 }, (_, i) => ({
      messageId: `day-${i}`,
      ...(i % 2
        ? track('D-1', 'Product Viewed', { product_id: 'p' + i }, i * 60_000)
        : {
            type: 'track',
            anonymousId: 'd-browser',
            event: 'Product Viewed',
            properties: {},
            timestamp: new Date(Date.now() - i * 60_000),
          }),
    }))
    await send(day.slice(0, 25))
    await send([...day].reverse())
    await send([{ type: 'identify', userId: 'D-1', anonymousId: 'd-browser', traits: { name: 'Dora' } }])
    await stage.settle()
    await send(day)
    const rows = await core.history.query({
      query:
        "select message_id, count() n from event where workspace_id = {w:UUID} and startsWith(message_id, 'day-') group by message_id",
      query_params: { w: space.id },
      format: 'JSONEachRow',
    })
    const counts = await rows.json<{ message_id: string; n: string }>()
    expect(counts).toHaveLength(day.length)
    expect(counts.filter(c => Number(c.n) !== 1)).toEqual([])
  })

  test('the last events and the refused ones of all sources', async () => {
    const last = await callHandler(core, space.id, 'lastEvents', sourceRoutes.lastEvents, {
      query: { name: 'Order Completed' },
    })
    expect(last.items.map(i => [i.name, i.source, i.customerName])).toEqual([
      ['Order Completed', 'API', null],
    ])
    await fetch(server.url + '/v1/track', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + space.apiKey },
      body: '{"event":"x"}',
    })
    const refused = await callHandler(core, space.id, 'rejectedEvents', sourceRoutes.rejectedEvents, {
      query: {},
    })
    expect(refused.items[0]).toMatchObject({ code: 'no_identifier', source: 'API', path: 'userId' })
  })
})
