// Builds the demo brand on the real engines with the real roles, then asks ClickHouse, in SQL of its own, for what was
// planted.
import { unpackState } from '../customers/pack.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import { startRoles } from '../compose.ts'
import { FAVOURITE, HIGH_POTENTIAL, NASLD, RFM } from '../../test/segment-truths.ts'
import { attributionRoutes } from '../insight/attribution/routes.ts'
import { campaignReportRoutes } from '../insight/campaigns/routes.ts'
import { engagementRoutes } from '../insight/engagement/routes.ts'
import { homeRoutes } from '../insight/home.ts'
import { dayOf, startOfDay } from '../platform/zone-days.ts'
import { kpiRoutes } from '../insight/kpis/routes.ts'
import { reachRoutes } from '../insight/reach/routes.ts'
import { readMetrics } from '../insight/metrics/routes.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { shopFigures } from '../segments/library/figures.ts'
import { installable } from '../segments/library/install.ts'
import { readValues } from '../segments/library/model.ts'
import { LIBRARY } from '../segments/library/register.ts'
import { previewRoutes } from '../segments/preview-routes.ts'
import { segmentRoutes } from '../segments/routes.ts'
import { listSegments } from '../segments/store.ts'
import { buildDemo, type DemoStatus } from './build.ts'
import { DEMO_CAMPAIGN } from './campaign.ts'
import { DEMO_KPIS } from './kpis.ts'
import { DEMO_JOURNEYS, DEMO_LINKS } from './messages.ts'
import { DEMO_SEGMENTS } from './segments.ts'
import { TRUTHS } from './truths.ts'

let core: TestCore
let roles: { stop(): Promise<void> }
let workspace: Uuid
let events: number
let seconds: number
const told: DemoStatus[] = []

beforeAll(async () => {
  core = await openTestCore()
  roles = await startRoles(core, ['fold', 'history'])
  const started = performance.now()
  ;({ workspace, events } = await buildDemo(core, { onProgress: s => told.push(s) }))
  seconds = (performance.now() - started) / 1000
  process.stdout.write(`demo: ${events} events in ${seconds.toFixed(1)} s\n`)
}, 180_000)
afterAll(async () => {
  await roles.stop()
  await core.close()
})

async function ask(query: string): Promise<number> {
  const result = await core.history.query({ query, query_params: { workspace }, format: 'JSONEachRow' })
  const [row] = await result.json<{ x: number }>()
  return Number(row!.x)
}

const SESSIONS = `select JSONExtractString(props, 'session') as session, any(JSONExtractString(props, 'source')) as source,
       countIf(name = 'Product Added') > 0 as cart, countIf(name = 'Order Completed') > 0 as bought
  from event where workspace_id = {workspace:UUID} and kind = 'event' and session <> '' group by session`

test('every event is folded and in history once; nobody was set aside', async () => {
  expect(
    await ask(`select count() as x from event where workspace_id = {workspace:UUID} and kind = 'event'`),
  ).toBe(events)
  expect(
    await ask(
      `select uniqExact(message_id) as x from event where workspace_id = {workspace:UUID} and kind = 'event'`,
    ),
  ).toBe(events)
  const { rows } = await core.pool.query<{ people: number; parked: number }>(
    `select (select count(*) from customer where workspace_id = $1)::int as people, (select count(*) from parked where workspace_id = $1)::int as parked`,
    [workspace],
  )
  expect(rows[0]).toEqual({ people: 2_000, parked: 0 })
  // nor is anybody still missing among those of whom segments and reports ask
  expect(await ask('select count() as x from customer final where workspace_id = {workspace:UUID}')).toBe(
    2_000,
  )
})

test('visits to the made-up shop are engaged as in life: many, and not all', async () => {
  const visits = (name: string) =>
    ask(`select count() as x from event where workspace_id = {workspace:UUID} and name = '${name}'`)
  const [started, engaged] = [await visits('visit.started'), await visits('visit.engaged')]
  expect(started).toBeGreaterThan(2_000)
  expect(engaged / started).toBeGreaterThan(0.4)
  expect(engaged / started).toBeLessThan(0.95)
})

test('progress only grows and ends whole', () => {
  const done = told.map(s => s.done)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(told.at(-1)).toEqual({ step: 'done', done: 100, total: 100 })
  expect(new Set(told.map(s => s.step))).toEqual(new Set(['people', 'events', 'fold', 'history', 'done']))
})

describe('planted truths are found again by SQL', () => {
  const found = (name: keyof typeof TRUTHS, value: number) => {
    const { planted, tolerance } = TRUTHS[name]
    expect(value).toBeGreaterThan(planted - tolerance)
    expect(value).toBeLessThan(planted + tolerance)
  }

  test(TRUTHS.lineConvertsTwice.says.en, async () =>
    found(
      'lineConvertsTwice',
      await ask(
        `select avgIf(bought, source = 'line') / avgIf(bought, source <> 'line') as x from (${SESSIONS})`,
      ),
    ),
  )

  test(TRUTHS.cartsAbandoned.says.en, async () =>
    found('cartsAbandoned', await ask(`select 1 - avgIf(bought, cart) as x from (${SESSIONS})`)),
  )

  test(TRUTHS.repurchaseDays.says.en, async () =>
    found(
      'repurchaseDays',
      await ask(
        `select quantileExact(0.5)(gap) as x from (
         select occurred, lagInFrame(toNullable(occurred)) over (partition by customer_id order by occurred rows between unbounded preceding and current row) as before,
                dateDiff('second', before, occurred) / 86400 as gap
           from event where workspace_id = {workspace:UUID} and name = 'Order Completed' and props like '%"sku":"OOLONG-150"%')
        where before is not null`,
      ),
    ),
  )

  test(TRUTHS.topDecileRevenue.says.en, async () =>
    found(
      'topDecileRevenue',
      await ask(
        `select sumIf(spent, place <= total / 10) / sum(spent) as x from (
         select spent, row_number() over (order by spent desc) as place, count() over () as total from (
           select customer_id, sumIf(JSONExtractInt(props, 'total'), name = 'Order Completed') - sumIf(JSONExtractInt(props, 'total'), name = 'Order Refunded') as spent
             from event where workspace_id = {workspace:UUID} and kind = 'event' and name in ('Order Completed', 'Order Refunded')
            group by customer_id having spent > 0))`,
      ),
    ),
  )

  test(TRUTHS.refunds.says.en, async () =>
    found(
      'refunds',
      await ask(
        `select countIf(name = 'Order Refunded') / countIf(name = 'Order Completed') as x from event where workspace_id = {workspace:UUID} and kind = 'event'`,
      ),
    ),
  )

  test(TRUTHS.eveningOrders.says.en, async () =>
    found(
      'eveningOrders',
      await ask(
        `select countIf(toHour(occurred, 'Asia/Taipei') in (20, 21, 22)) / count() as x from event where workspace_id = {workspace:UUID} and kind = 'event' and name = 'Order Completed'`,
      ),
    ),
  )
})

test('the folded states agree with the orders of history: count and net revenue', async () => {
  const { rows } = await core.pool.query<{ state: string }>(
    'select state from customer where workspace_id = $1',
    [workspace],
  )
  const states = rows.map(r => unpackState(r.state))
  const net = await ask(
    `select sumIf(JSONExtractInt(props, 'total'), name = 'Order Completed') - sumIf(JSONExtractInt(props, 'total'), name = 'Order Refunded') as x from event where workspace_id = {workspace:UUID} and kind = 'event'`,
  )
  expect(states.reduce((sum, s) => sum + (s.orders?.revenue ?? 0), 0)).toBe(net)
  const open = await ask(
    `select countIf(name = 'Order Completed') - countIf(name = 'Order Refunded') as x from event where workspace_id = {workspace:UUID} and kind = 'event'`,
  )
  expect(states.reduce((sum, s) => sum + (s.orders?.n ?? 0), 0)).toBe(open)
})

describe('R2-06 R2-07 the metrics equal independent SQL over the raw events', () => {
  const from = Date.now() - 90 * 86_400_000
  const to = Date.now() - 86_400_000
  const placed = `kind = 'event' and name = 'Order Completed' and toUnixTimestamp64Milli(occurred) >= ${from}
    and toUnixTimestamp64Milli(occurred) < ${to}`
  const refunded = `select JSONExtractString(props, 'order_id') from event where workspace_id = {workspace:UUID} and kind = 'event' and name = 'Order Refunded'`
  const kept = `JSONExtractString(props, 'order_id') not in (${refunded})`
  const products = `JSONExtract(props, 'products', 'Array(Tuple(quantity Int64, cost Int64))')`
  const orders = (what: string) =>
    ask(`select ${what} as x from event where workspace_id = {workspace:UUID} and ${placed}`)

  test('revenue, cost, margin, AOV, frequency, refunds, conversion, carts', async () => {
    const found = await findWorkspace(core.pool, workspace)
    const p = { workspace, from, to, now: Date.now(), currency: 'TWD', cartMs: 24 * 3_600_000 }
    const by = Object.fromEntries((await readMetrics(core, p, found!.timezone)).items.map(m => [m.key, m]))
    // every refund of the demo gives the whole order back
    const revenue = await orders(`sumIf(JSONExtractInt(props, 'total'), ${kept})`)
    const count = await orders(`countIf(${kept})`)
    const buyers = await orders(`uniqExactIf(customer_id, ${kept})`)
    const cost = await orders(`sumIf(arraySum(l -> l.1 * l.2, ${products}), ${kept})`)
    expect(by.revenue!.value).toBe(revenue)
    expect(by.orders!.value).toBe(count)
    expect(by.aov!.value).toBe(Math.round(revenue / count))
    expect(by.frequency!.value).toBeCloseTo(count / buyers)
    expect(by.cost!.value).toBe(cost)
    expect(by.gross_margin!.value).toBe(revenue - cost)
    expect(by.refund_rate!.value).toBeCloseTo(1 - count / (await orders('count()')))
    const came = await ask(
      `select uniqExact(customer_id) as x from event where workspace_id = {workspace:UUID} and kind = 'event'
          and toUnixTimestamp64Milli(occurred) >= ${from} and toUnixTimestamp64Milli(occurred) < ${to}
          and (name in ('Page Viewed', 'Product Viewed', 'Product Added', 'Cart Viewed', 'Checkout Started')
               or (name = 'Order Completed' and ${kept}))`,
    )
    expect(by.conversion_rate!.value).toBeCloseTo(buyers / came)
    // carts one by one, in plain code
    const { rows, oracle } = await cartsOf(from, to, p.cartMs)
    expect(rows).toBeGreaterThan(1_000)
    expect([by.cart_abandon_rate!.part, by.cart_abandon_rate!.whole]).toEqual(oracle)
  })

  async function cartsOf(start: number, end: number, windowMs: number) {
    const result = await core.history.query({
      query: `select customer_id as c, name, toUnixTimestamp64Milli(occurred) as t from event
        where workspace_id = {workspace:UUID} and kind = 'event' and name in ('Product Added', 'Order Completed') order by c, t, name desc`,
      query_params: { workspace },
      format: 'JSONEachRow',
    })
    const steps = await result.json<{ c: string; name: string; t: number }>()
    const carts: { c: string; opened: number; last: number; ordered: number | null }[] = []
    for (const { c, name, t } of steps) {
      const cart = carts.at(-1)
      const open = cart?.c === c && cart.ordered === null && t - cart.last <= windowMs
      if (name === 'Product Added') {
        if (open) cart.last = t
        else carts.push({ c, opened: t, last: t, ordered: null })
      } else if (open) cart.ordered = t
    }
    const counted = carts.filter(
      x => x.opened >= start && x.opened < end && (x.ordered !== null || x.last + windowMs <= Date.now()),
    )
    return { rows: steps.length, oracle: [counted.filter(x => x.ordered === null).length, counted.length] }
  }
})

describe('R0-24 loyalty, frequency and preference: the built-in models equal independent SQL', () => {
  type Model = { rows: Map<string, string>; n: number; id: Uuid }
  /** Who is where as the customers' states say. */
  async function modelOf(key: string): Promise<Model> {
    const segments = await listSegments(core.pool, workspace)
    const segment = segments.find(s => s.library === key)!
    expect(segment.status).toBe('live')
    const place = new Map(Object.entries(segment.groups).map(([name, g]) => [g, name]))
    const { rows } = await core.pool.query<{ id: Uuid; state: string }>(
      'select id, state from customer where workspace_id = $1 and merged_into is null',
      [workspace],
    )
    const held = rows.flatMap(({ id, state }): [string, string][] => {
      const g = unpackState(state).seg?.find(m => m[0] === segment.n)?.[1] ?? 0
      return g === 0 ? [] : [[id, place.get(g)!]]
    })
    return { rows: new Map(held), n: segment.n, id: segment.id }
  }
  async function truth(query: string): Promise<{ customer: string; place: string; ahead?: number }[]> {
    const result = await core.history.query({
      query,
      query_params: {
        workspace,
        at: Date.now(),
        ...DEMO_SEGMENTS.nasld,
        ...DEMO_SEGMENTS.rfm,
      },
      format: 'JSONEachRow',
    })
    return result.json()
  }
  const sorted = (rows: Iterable<[string, string]>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1))

  test.each([
    ['NASLD', 'nasld', NASLD, 5],
    ['RFM', 'rfm', RFM, 10],
  ])('R0-24 %s', async (_, key, query, groups) => {
    const model = await modelOf(key)
    const expected = await truth(query)
    expect(expected.length).toBeGreaterThan(900)
    expect(new Set(expected.map(e => e.place)).size).toBe(groups)
    const inGroups = [...model.rows].filter(([, place]) => place !== 'rest')
    expect(sorted(inGroups)).toEqual(sorted(expected.map(e => [e.customer, e.place])))
    // R2-30: everybody is in one group or the rest
    expect(model.rows.size).toBe(2_000)
  })

  test('R0-24 preference', async () => {
    const model = await modelOf('favourite_category')
    const categories: readonly string[] = DEMO_SEGMENTS.favourite_category.categories
    const expected = await truth(FAVOURITE)
    expect(expected.length).toBeGreaterThan(1_900)
    // scores are kept in hundredths of a power of two: what is closer than that may go either way
    const clear = expected.filter(e => e.ahead! >= 1.03)
    expect(clear.length).toBeGreaterThan(0.95 * expected.length)
    for (const { customer, place } of clear)
      expect(model.rows.get(customer)).toBe(`c${categories.indexOf(place) + 1}`)
    expect([...model.rows.values()].filter(place => place !== 'rest')).toHaveLength(expected.length)
  })

  test('R0-24 who is in can be told why: the leaves that decided, with what was seen', async () => {
    const model = await modelOf('rfm')
    const [someone] = [...model.rows].find(([, place]) => place === 'champions')!
    const { items } = await callHandler(core, workspace, 'customerSegments', segmentRoutes.customerSegments, {
      params: { customer: publicId('cus', someone) },
    })
    const why = items.find(i => i.segment === publicId('seg', model.id))!
    expect(why).toMatchObject({ group: 'champions', groupName: '最佳顧客', computing: false })
    expect(why.why.map(r => [r.leaf, r.value])).toEqual([
      ['orders', true],
      ['orders', true],
      ['orders', true],
    ])
    for (const reason of why.why) expect(typeof reason.seen).toBe('number')
  })

  test('R0-12 high potential', async () => {
    const model = await modelOf('high_potential')
    const expected = await truth(HIGH_POTENTIAL)
    expect(expected.length).toBeGreaterThan(100)
    expect([...model.rows.keys()].sort()).toEqual(expected.map(e => e.customer).sort())
  })
})

/** Snapshots trail by seconds while much is going on. */
async function snapshotsThere(): Promise<void> {
  const { rows } = await core.pool.query<{ n: number }>(
    'select sum(version)::int as n from customer where workspace_id = $1',
    [workspace],
  )
  const there = () =>
    ask(`select sum(version) as x from customer final where workspace_id = {workspace:UUID}`)
  await expect.poll(there, { timeout: 30_000, interval: 250 }).toBe(rows[0]!.n)
}

test('R3-45 every ready segment can be counted in advance, and the count is the members where it is published', async () => {
  await snapshotsThere()
  const found = (await findWorkspace(core.pool, workspace))!
  const figures = { ...(await shopFigures(core, found)), brands: ['霧丘茶事'], tiers: ['金卡'] }
  const segments = await listSegments(core.pool, workspace)
  const sizesOf = async (n: number) => {
    const { rows } = await core.pool.query<{ state: string }>(
      'select state from customer where workspace_id = $1 and merged_into is null',
      [workspace],
    )
    return rows.map(r => unpackState(r.state).seg?.find(m => m[0] === n)?.[1] ?? 0)
  }
  let compared = 0
  for (const ready of LIBRARY) {
    const chosen: Record<string, Record<string, unknown>> = DEMO_SEGMENTS
    const read = readValues(ready, chosen[ready.key] ?? {}, figures)
    if ('misfits' in read) throw new Error(ready.key)
    const segment = segments.find(s => s.library === ready.key)
    const { groups } = installable(ready, read.values, found).definition
    let held = segment ? await sizesOf(segment.n) : []
    for (const [i, group] of groups.slice(0, segment ? undefined : 1).entries()) {
      // a partition's groups: the first whose rule holds
      const before = groups.slice(0, i).map(g => ({ op: 'not', rule: g.rule }))
      const rule = before.length === 0 ? group.rule : { op: 'and', rules: [...before, group.rule] }
      const count = async () => {
        const asked = { body: { rule, sample: false } }
        const told = await callHandler(core, workspace, 'previewRule', previewRoutes.previewRule, asked)
        expect(told.faults, ready.key).toEqual([])
        return told.count
      }
      if (!segment) {
        expect(await count(), ready.key).not.toBeNull()
        continue
      }
      // asked again where somebody moved between the two questions
      const g = segment.groups[group.key]
      const differ = async () => {
        const more = (await count())! - held.filter(x => x === g).length
        if (more !== 0) held = await sizesOf(segment.n)
        return more
      }
      await expect.poll(differ, { timeout: 10_000, message: `${ready.key} ${group.key}` }).toBe(0)
      compared++
    }
  }
  expect(compared).toBeGreaterThan(Object.keys(DEMO_SEGMENTS).length)
})

test('hard problem 9: what is long past triggers no journey, the last day does', async () => {
  const entered = await ask(
    `select count() as x from event where workspace_id = {workspace:UUID} and name = 'journey.entered'`,
  )
  expect(entered).toBeGreaterThan(10)
  expect(entered).toBeLessThan(200)
  const { rows } = await core.pool.query<{ n: number }>(
    'select count(*)::int as n from message where workspace_id = $1',
    [workspace],
  )
  expect(rows[0]!.n).toBeGreaterThanOrEqual(10)
})

describe('what was planted in messages is found, and every figure equals SQL of its own', () => {
  const all = async <T>(query: string): Promise<T[]> => {
    const result = await core.history.query({ query, query_params: { workspace }, format: 'JSONEachRow' })
    return result.json<T>()
  }
  /** journeys by the name of what was planted */
  async function planted(): Promise<Record<keyof typeof DEMO_JOURNEYS, Uuid>> {
    const { rows } = await core.pool.query<{ id: Uuid; name: string }>(
      'select id, name from journey where workspace_id = $1',
      [workspace],
    )
    const id = (name: string) => rows.find(r => r.name === name)!.id
    return {
      winner: id(DEMO_JOURNEYS.winner.name),
      loser: id(DEMO_JOURNEYS.loser.name),
      blocker: id(DEMO_JOURNEYS.blocker.name),
    }
  }
  const FACTS = `from event where workspace_id = {workspace:UUID} and name`

  test('R0-13 R0-16 R0-10 engagement by journey, channel and link', async () => {
    const ids = await planted()
    const by = (dimension: string) =>
      callHandler(core, workspace, 'engagement', engagementRoutes.engagement, { query: { by: dimension } })
    const told = await all<{ journey: Uuid; name: string; n: number; people: number; cost: number }>(
      `select journey_id as journey, name, toUInt32(uniqExact(message)) as n, toUInt32(uniqExact(customer_id)) as people, sum(JSONExtractFloat(props, 'cost')) as cost
         ${FACTS} like 'message.%' and name <> 'message.intended' group by journey, name`,
    )
    const { items, total } = await by('journey')
    for (const [key, journey] of Object.entries(ids)) {
      const item = items.find(i => i.journey === publicId('jrn', journey))!
      const of = (name: string) => {
        const row = told.find(t => t.journey === journey && t.name === `message.${name}`)
        return { messages: row?.n ?? 0, people: row?.people ?? 0 }
      }
      expect([key, item.figures.sent]).toEqual([key, of('accepted')])
      expect([key, item.figures.opened]).toEqual([key, of('opened')])
      expect([key, item.figures.machine]).toEqual([key, of('opened_by_machine')])
      expect([key, item.figures.clicked]).toEqual([key, of('clicked')])
      expect(item.rate).toBeCloseTo(of('clicked').people / of('accepted').people, 10)
      expect(item.cost).toBeCloseTo(
        told.find(t => t.journey === journey && t.name === 'message.accepted')!.cost,
        3,
      )
    }
    expect(total.figures.sent.people).toBe(
      await ask(`select uniqExact(customer_id) as x ${FACTS} = 'message.accepted'`),
    )
    expect(items.reduce((sum, i) => sum + i.figures.sent.people, 0)).toBeGreaterThan(
      total.figures.sent.people,
    )
    // the first page says of these days what this page says
    const home = await callHandler(core, workspace, 'home', homeRoutes.home)
    const today = dayOf(Date.now(), 'Asia/Taipei')
    const of30 = await callHandler(core, workspace, 'engagement', engagementRoutes.engagement, {
      query: { by: 'channel', from: new Date(startOfDay(today - 29, 'Asia/Taipei')).toISOString() },
    })
    expect(of30.items.length).toBeGreaterThan(1)
    for (const { key, figures } of of30.items)
      expect(home.messages.find(m => m.channel === key)).toMatchObject({
        sent: figures.sent.messages,
        reached: figures.reached.messages,
        clicked: figures.clicked.messages,
        reachedPeople: figures.reached.people,
        participants: figures.participated.people,
      })
    const sentOn = new Map(of30.days.map(d => [d.day, d.figures.sent.messages]))
    for (const { day, messages } of home.perDay) expect([day, messages]).toEqual([day, sentOn.get(day) ?? 0])

    // the channel that blocks: who left LINE within a week of a message, after their last one
    const channels = (await by('channel')).items
    const blocked = await ask(
      `select uniqExact(e.customer_id) as x from event e join (select customer_id, max(occurred) as sent ${FACTS} = 'message.accepted' and channel = 'line' group by customer_id) s on s.customer_id = e.customer_id
        where e.workspace_id = {workspace:UUID} and e.name = 'contact.unfollowed' and e.occurred > s.sent and e.occurred <= addDays(s.sent, 7)`,
    )
    expect(blocked).toBeGreaterThan(20)
    const journeys = Object.fromEntries(items.map(i => [i.name, i.figures.blocked.people]))
    expect(channels.find(i => i.key === 'email')!.figures.blocked.people).toBe(0)
    expect(channels.find(i => i.key === 'line')!.figures.blocked.people).toBeGreaterThanOrEqual(blocked)
    expect(journeys[DEMO_JOURNEYS.blocker.name]).toBe(blocked)
    expect(journeys[DEMO_JOURNEYS.blocker.name]).toBeGreaterThan(2 * journeys[DEMO_JOURNEYS.winner.name]!)
    expect(channels.find(i => i.key === 'email')!.figures.unsubscribed.people).toBe(
      await ask(`select uniqExact(customer_id) as x ${FACTS} = 'consent.refused'`),
    )

    // the link that wins
    const links = (await by('cta')).items
    const clicks = await all<{ label: string; n: number }>(
      `select JSONExtractString(props, 'label') as label, toUInt32(uniqExact(message)) as n ${FACTS} = 'message.clicked' group by label`,
    )
    const clicked = (label: string) => links.find(i => i.key === label)!.figures.clicked.messages
    for (const { label, n } of clicks) expect([label, clicked(label)]).toEqual([label, n])
    expect(clicked(DEMO_LINKS.first)).toBeGreaterThan(3 * clicked(DEMO_LINKS.second))
  })

  test('R0-34 R0-10 the campaign: engagement and reach of its journey and broadcast, by it and beside the rest', async () => {
    const ids = await planted()
    const { rows } = await core.pool.query<{ id: Uuid }>('select id from campaign where workspace_id = $1', [
      workspace,
    ])
    const campaign = publicId('cmp', rows[0]!.id)
    const own = `journey_id in ('${ids.winner}', '${ids.blocker}')`
    const sent = `${FACTS} = 'message.accepted' and ${own}`
    const truth = {
      messages: await ask(`select uniqExact(message) as x ${sent}`),
      people: await ask(`select uniqExact(customer_id) as x ${sent}`),
    }
    const cost = await ask(
      `select sum(toInt64(round(JSONExtractFloat(props, 'cost') * 10000))) / 10000 as x ${sent}`,
    )
    const clicked = await ask(`select uniqExact(message) as x ${FACTS} = 'message.clicked' and ${own}`)
    const engagement = (query: Record<string, string>) =>
      callHandler(core, workspace, 'engagement', engagementRoutes.engagement, { query })
    const { items, total } = await engagement({ by: 'campaign' })
    const [mine, rest] = [items.find(i => i.key === campaign)!, items.find(i => i.key === '')!]
    expect(items).toHaveLength(2)
    expect(mine).toMatchObject({ name: DEMO_CAMPAIGN.name, cost })
    expect(mine.figures.sent).toEqual(truth)
    expect(mine.figures.clicked.messages).toBe(clicked)
    expect(rest.figures.sent.messages).toBe(total.figures.sent.messages - truth.messages)
    const only = await engagement({ by: 'journey', campaign })
    expect(only.total.figures.sent).toEqual(truth)
    expect(only.items.map(i => i.name).sort()).toEqual(
      [DEMO_JOURNEYS.winner.name, DEMO_JOURNEYS.blocker.name].sort(),
    )
    const none = await engagement({ campaign: 'none' })
    expect(none.total.figures.sent).toEqual(rest.figures.sent)
    const other = publicId('jrn', ids.loser)
    expect((await engagement({ campaign, journey: other })).total.figures.sent.messages).toBe(0)
    const reach = await callHandler(core, workspace, 'reach', reachRoutes.reach, { query: { campaign } })
    expect(reach.items.find(i => i.channel === 'line')).toMatchObject({ sent: truth.messages, cost })
    expect(reach.items.find(i => i.channel === 'email')).toMatchObject({ sent: 0, cost: 0 })

    const report = await callHandler(core, workspace, 'campaignReport', campaignReportRoutes.campaignReport, {
      params: { campaign },
    })
    expect(report).toMatchObject({ spent: cost, budget: DEMO_CAMPAIGN.budget })
    expect(report.total.sent).toBe(truth.messages)
    expect(report.messages.map(m => m.nodeName)).not.toContain(null)
    for (const figure of [report.total.participants, report.joined, report.revenue, report.goal!.people])
      expect(figure).toBeGreaterThan(0)
  })

  test('R3-33 R3-34 the journey that earns and the one that does not', async () => {
    const ids = await planted()
    const told = await callHandler(core, workspace, 'attribution', attributionRoutes.attribution, {
      query: { by: 'journey', model: 'last', window: 14 },
    })
    const found = await findWorkspace(core.pool, workspace)
    expect(found).not.toBeNull()
    // orders as they came in, less those that came back; the newest click within 14 days before each, of who is one person by now
    const orders = await all<{ journey: Uuid; n: number; revenue: number; cost: number }>(
      `with gone as (select customer_id as id, merged_into as into from customer final where workspace_id = {workspace:UUID} and merged_into <> toUUID('00000000-0000-0000-0000-000000000000')),
            facts as (select e.*, if(g.into = toUUID('00000000-0000-0000-0000-000000000000'), e.customer_id, g.into) as who from event e left join gone g on g.id = e.customer_id where workspace_id = {workspace:UUID}),
            back as (select JSONExtractString(props, 'order_id') as no from facts where name = 'Order Refunded')
       select journey, toUInt32(count()) as n, sum(total) as revenue, sum(spent) as cost from (
         select o.no as no, any(o.total) as total, any(o.spent) as spent, argMaxIf(c.journey_id, c.occurred, c.occurred <= o.at and c.occurred >= subtractDays(o.at, 14)) as journey
           from (select who, occurred as at, JSONExtractString(props, 'order_id') as no, JSONExtractInt(props, 'total') as total,
                        arraySum(l -> l.1 * l.2, JSONExtract(props, 'products', 'Array(Tuple(cost Float64, quantity Float64))')) as spent
                   from facts where name = 'Order Completed' and occurred >= parseDateTime64BestEffort('${told.from}', 3) and occurred < parseDateTime64BestEffort('${told.to}', 3)) o
           left join (select who, occurred, journey_id from facts where name = 'message.clicked') c on c.who = o.who
          where o.no not in (select no from back) group by no)
       group by journey`,
    )
    const item = (journey: Uuid) => told.items.find(i => i.journey === publicId('jrn', journey))
    for (const journey of Object.values(ids)) {
      const row = orders.find(o => o.journey === journey)
      expect(item(journey)?.conversions ?? 0).toBe(row?.n ?? 0)
      expect(item(journey)?.revenue ?? 0).toBe(row?.revenue ?? 0)
      expect(item(journey)?.margin ?? 0).toBe((row?.revenue ?? 0) - (row?.cost ?? 0))
    }
    expect(told.total.revenue).toBe(orders.reduce((sum, o) => sum + o.revenue, 0))
    expect(item(ids.winner)!.roi).toBeGreaterThan(5)
    expect(item(ids.loser)).toMatchObject({ revenue: 0, roi: -1 })
    expect(item(ids.winner)!.revenue).toBe(Math.max(...told.items.map(i => i.revenue)))
  })

  test('R1-45 R1-33 reach by channel, and KPIs, equal SQL', async () => {
    const { items } = await callHandler(core, workspace, 'reach', reachRoutes.reach)
    for (const channel of ['line', 'email'] as const) {
      const of = items.find(i => i.channel === channel)!
      const sent = await ask(
        `select uniqExact(message) as x ${FACTS} = 'message.accepted' and channel = '${channel}'`,
      )
      expect(of).toMatchObject({ sent, reached: sent })
      expect(of.bound).toBe(
        await ask(
          `select countIf(has(identifiers, '${channel === 'line' ? 'line_uid' : 'email'}!')) as x from customer final where workspace_id = {workspace:UUID}`,
        ),
      )
    }
    await callHandler(core, workspace, 'addKpi', kpiRoutes.addKpi, {
      body: { metric: 'members', target: 1, period: 'quarter' },
    })
    const readKpis = async () => (await callHandler(core, workspace, 'kpis', kpiRoutes.kpis)).items
    // the demo's team watches some, and their weeks are taken at once
    await expect
      .poll(async () => (await readKpis()).map(k => k.weeks.length > 0), { timeout: 120_000, interval: 500 })
      .toEqual([...DEMO_KPIS, 'members'].map(() => true))
    const kpis = await readKpis()
    expect(kpis.slice(0, -1).map(k => [k.metric, k.target])).toEqual(DEMO_KPIS.map(k => [k.metric, k.target]))
    expect(kpis.filter(k => k.value === null || k.value <= 0)).toEqual([])
    expect(kpis.find(k => k.metric === 'revenue')!.value).toBe(
      await ask(
        `select sum(JSONExtractInt(props, 'total')) as x ${FACTS} = 'Order Completed' and occurred >= parseDateTime64BestEffort('${kpis[0]!.from}', 3)
            and JSONExtractString(props, 'order_id') not in (select JSONExtractString(props, 'order_id') ${FACTS} = 'Order Refunded')`,
      ),
    )
    expect(kpis.find(k => k.metric === 'members')!.value).toBe(
      await ask(
        `select countIf(member_no <> '') as x from customer final where workspace_id = {workspace:UUID}`,
      ),
    )
  })
})
