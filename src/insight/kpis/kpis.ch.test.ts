// KPIs as a team watches them: picked, aimed at, counted by hand, kept week by week in the zone of the workspace.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, type Item, type JourneyLab, openJourneyLab, says } from '../../../test/journey-lab.ts'
import { mail } from '../../../test/send-lab.ts'
import type { Out } from '../../contract.ts'
import { openMessageLinks } from '../../messages/link-tokens.ts'
import { parseId, type Uuid } from '../../platform/ids.ts'
import { openInsightWorker } from '../worker.ts'
import { KPI_METRICS, type KpiMetric } from './model.ts'
import { forgetSnapshots, startOfPeriod } from './snapshots.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab?.close())

const DAY = 86_400_000
const AGENT = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36' }
type Answer = Out<'kpis'>

test('weeks begin on Monday, quarters in January, April, July, October', () => {
  expect(startOfPeriod('2026-11-29', 'week')).toBe('2026-11-23')
  expect(startOfPeriod('2026-11-30', 'week')).toBe('2026-11-30')
  expect(startOfPeriod('2026-11-29', 'month')).toBe('2026-11-01')
  expect(startOfPeriod('2026-11-29', 'quarter')).toBe('2026-10-01')
  expect(startOfPeriod('2026-03-31', 'quarter')).toBe('2026-01-01')
})

test('R1-33 the team picks KPIs, targets and periods; figures equal a count by hand; weeks are kept and stay', async () => {
  const now = Date.parse(String((await lab.call('workspace')).body.now))
  // the first moment of a week of Taipei, two weeks ahead: what is told then is all in one week
  const monday =
    (Math.floor((now + 8 * 3_600_000 - 4 * DAY) / (7 * DAY)) + 2) * 7 * DAY + 4 * DAY - 8 * 3_600_000
  const ago = (days: number) => new Date(monday - days * DAY + 3_600_000).toISOString()
  const order = (who: string, no: string, total: number, timestamp?: string): Item => ({
    ...says(who, 'Order Completed', { order_id: no, total, currency: 'TWD' }),
    ...(timestamp ? { timestamp } : {}),
  })
  const journey = await lab.publish(
    graphOf('Hello', {
      s: {
        type: 'send',
        fields: { channel: 'email', purpose: 'transactional', content: mail('嗨', '<p>嗨</p>') },
        next: { accepted: null },
      },
    }),
  )
  await lab.passes(monday + 3_600_000 - now)
  for (const who of ['a', 'b', 'c', 'd']) await lab.person(who, { email: true })
  await lab.tell(...['M-1', 'M-2'].map(userId => ({ type: 'identify', userId, traits: { name: userId } })))
  // long ago: a and b bought 150 days ago, a again 60 days later; c 20 days ago; refunded in part: b's
  await lab.tell(
    order('a', 'A1', 100, ago(150)),
    order('b', 'B1', 300, ago(150)),
    order('a', 'A2', 200, ago(90)),
    order('c', 'C1', 50, ago(20)),
  )
  await lab.tell(order('a', 'A3', 1_000), order('d', 'D1', 400), order('c', 'C2', 60))
  await lab.tell(says('c', 'Order Cancelled', { order_id: 'C2' }))
  await lab.tell(says('a', 'Hello'), says('b', 'Hello'), says('d', 'Hello'))
  const { id } = await lab.stateOf('a')
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    'select id from message where workspace_id = $1 and journey_id = $2 and customer_id = $3',
    [lab.workspace, parseId('jrn', journey), id],
  )
  await fetch(openMessageLinks(lab.core).of(rows[0]!.id).track('https://shop.example', 'CTA'), {
    headers: AGENT,
    redirect: 'manual',
  })
  await lab.settle()
  await lab.passes(3_600_000)
  await lab.tell(order('a', 'A4', 140), says('b', 'Store Visited', { store: 'T1' }))

  const member = await lab.member('marketer')
  for (const metric of KPI_METRICS)
    expect(
      (
        await lab.call(
          'addKpi',
          { body: { metric, target: metric === 'revenue' ? 1_500 : null, period: 'week' } },
          member,
        )
      ).status,
    ).toBe(200)
  const again = await lab.call('addKpi', { body: { metric: 'revenue', target: 1, period: 'week' } }, member)
  expect(again).toMatchObject({ status: 409, body: { code: 'kpi_exists' } })
  const cycle = [60, 90, 0] // a: 150 → 90 → now → now; c was cancelled
  const byHand: Record<KpiMetric, [part: number, whole: number, people: number]> = {
    revenue: [1_540, 0, 2],
    orders: [3, 0, 2],
    aov: [1_540, 3, 2],
    new_customers: [1, 0, 1], // d: a and c had bought before
    members: [2, 0, 2],
    active_share: [1, 6, 1], // b, in a store; the others did nothing that a channel tells of
    repurchase_rate: [1, 2, 1], // a and b bought 150 days ago, a again within 90
    repurchase_cycle: [150, 3, 1],
    reach_share: [3, 6, 3],
    engagement_rate: [1, 3, 1],
    message_revenue: [140, 0, 1], // after the click; A3 was before it
  }
  const read = async () => (await lab.call('kpis')).body as Answer
  const items = (await read()).items
  for (const i of items) {
    const [part, whole, people] = byHand[i.metric]
    expect([i.metric, Math.round(i.part), i.whole, i.people]).toEqual([i.metric, part, whole, people])
    const list = (await lab.call('kpiPeople', { params: { kpi: i.id } })).body as Out<'kpiPeople'>
    expect([i.metric, list.items.length]).toEqual([i.metric, people])
    const file = await lab.call('peopleFile', { body: { list: { of: 'kpi', kpi: i.id } } })
    expect([i.metric, file.body.rows]).toEqual([i.metric, people])
  }
  const of = (all: Answer['items'], metric: KpiMetric) => all.find(i => i.metric === metric)!
  expect(of(items, 'revenue')).toMatchObject({ value: 1_540, target: 1_500, met: true, unit: 'money' })
  expect(of(items, 'aov').value).toBeCloseTo(1_540 / 3, 9)
  expect(of(items, 'repurchase_cycle').value).toBeCloseTo(cycle[0]!, 0)
  expect(of(items, 'repurchase_rate').value).toBe(0.5)

  const revenue = of(items, 'revenue')
  const saved = await lab.call('saveKpi', {
    params: { kpi: revenue.id },
    body: { target: 2_000, period: 'week', version: revenue.version },
  })
  expect(saved).toMatchObject({ status: 200, body: { version: 2 } })
  const stale = await lab.call('saveKpi', {
    params: { kpi: revenue.id },
    body: { target: 1, period: 'week', version: 1 },
  })
  expect(stale).toMatchObject({ status: 409, body: { code: 'version_conflict' } })
  expect(of((await read()).items, 'revenue')).toMatchObject({ met: false })

  // the week ends; what it was is kept
  const worker = openInsightWorker(lab.core)
  await lab.passes(7 * DAY)
  expect(await worker.tick()).toBe(true)
  const newest = (all: Answer['items'], metric: KpiMetric) => of(all, metric).weeks.at(-1)
  const week = new Date(monday + 8 * 3_600_000).toISOString().slice(0, 10)
  const weekly = (await read()).items
  for (const [metric, [part, whole]] of Object.entries(byHand) as [KpiMetric, [number, number, number]][]) {
    if (metric === 'repurchase_rate' || metric === 'repurchase_cycle') continue
    const value = whole === 0 ? part : part / whole
    expect([metric, newest(weekly, metric)]).toEqual([metric, { week, value }])
  }
  // weeks before are worked out, too, but for what only the present knows
  expect(of(weekly, 'revenue').weeks.length).toBe(12)
  expect(of(weekly, 'revenue').weeks.map(w => w.value)).toContain(50)
  expect(of(weekly, 'members').weeks.length).toBe(1)
  // a later refund changes the past, not what was kept of it; the week is not taken twice
  await lab.tell(says('a', 'Order Refunded', { order_id: 'A3', total: 500, currency: 'TWD' }))
  expect(await worker.tick()).toBe(false)
  expect(newest((await read()).items, 'revenue')).toEqual({ week, value: 1_540 })

  expect((await lab.call('dropKpi', { params: { kpi: revenue.id } })).status).toBe(200)
  expect((await read()).items.some(i => i.metric === 'revenue')).toBe(false)
}, 120_000)

test('a past that is written anew forgets its weeks, also those that are being taken: none is left out for ever', async () => {
  const worker = openInsightWorker(lab.core)
  const weeks = async () => {
    const { rows } = await lab.core.pool.query<{ n: number }>(
      `select count(*)::int as n from kpi_snapshot where workspace_id = $1 and metric = 'revenue'`,
      [lab.workspace],
    )
    return rows[0]!.n
  }
  await lab.tell(says('a', 'Order Completed', { order_id: 'Z1', total: 10, currency: 'TWD' }))
  await forgetSnapshots(lab.core.pool, lab.workspace)
  let forgotten: Promise<void> | undefined
  let asked = 0
  const ask = lab.core.history.query.bind(lab.core.history)
  const spy = vi.spyOn(lab.core.history, 'query').mockImplementation((given => {
    // the first week is kept by then, the others are not
    if (++asked > 2 * KPI_METRICS.length) forgotten ??= forgetSnapshots(lab.core.pool, lab.workspace)
    return ask(given)
  }) as typeof ask)
  expect(await worker.tick()).toBe(true)
  spy.mockRestore()
  await forgotten
  expect([forgotten !== undefined, await weeks()]).toEqual([true, 0])
  expect(await worker.tick()).toBe(true)
  expect(await weeks()).toBe(12)
}, 120_000)
