// The report of a journey as a brand reads it, against the same figures worked out from the raw rows of history.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mail } from '../../../test/send-lab.ts'
import { openShopLab, type ShopLab } from '../../../test/shop-lab.ts'
import type { Out } from '../../contract.ts'
import type { Rule } from '../../rules/model.ts'
import { percentOf } from '../../rules/percent.ts'

let lab: ShopLab
let journey: string
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

const DAY = 86_400_000
const PEOPLE = 160
type Item = Record<string, unknown>
const who = (i: number) => `p${i}`
const says = (i: number, event: string, properties: Item = {}): Item => ({
  type: 'track',
  event,
  anonymousId: who(i),
  properties,
})
const order = (i: number, no: string, total: number) =>
  says(i, 'Order Completed', { order_id: no, total, currency: 'TWD' })
async function tell(items: Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += 50)
    expect(await lab.batch(items.slice(i, i + 50))).toMatchObject({ status: 200, body: { success: true } })
  await lab.settle()
}
async function passes(ms: number): Promise<void> {
  expect((await lab.call('setClock', { body: { byMs: ms } })).status).toBe(200)
  await lab.settle()
}
const all = Array.from({ length: PEOPLE }, (_, i) => i)

const bought = (since: 'entry' | 'node'): Rule => ({
  op: 'orders',
  window: { in: since },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
})

async function play(): Promise<void> {
  const { body } = await lab.call('channels')
  const account = (
    body.items as { id: string; channel: string; name: string; settings: Record<string, string> }[]
  ).find(a => a.channel === 'email')!
  const saved = await lab.call('saveChannel', {
    params: { channel: 'email' },
    body: {
      account: account.id,
      name: account.name,
      settings: { ...account.settings, costPerMessage: '0.3' },
    },
  })
  expect(saved.status).toBe(200)
  const content = mail('嗨', '<p>歡迎 <a href="https://shop.example">逛逛</a></p>')
  journey = await lab.publish({
    format: 1,
    name: '迎新',
    trigger: { kind: 'event', event: 'Join' },
    reentry: { kind: 'always' },
    goal: { rule: bought('entry'), exitOnGoal: false, windowMs: 7 * DAY },
    exits: [],
    policy: {
      controlPercent: 35,
      kpis: [
        { id: 'reach', name: '觸及', node: 'hello', measure: { kind: 'reached' }, target: 90 },
        {
          id: 'again',
          name: '看信後購買',
          node: 'hello',
          measure: { kind: 'rule', rule: bought('node'), windowMs: 30 * DAY },
          target: 20,
        },
        { id: 'money', name: '營收', node: 'hello', measure: { kind: 'revenue' }, target: 1_000_000 },
        { id: 'goal', name: '達成率', node: null, measure: { kind: 'goal' }, target: 1 },
      ],
    },
    start: 'hello',
    nodes: {
      hello: {
        type: 'send',
        fields: { channel: 'email', purpose: 'transactional', content },
        next: { accepted: null, skipped: null },
      },
    },
  })
  // every eighth has no address
  await tell(
    all.map(i => ({
      type: 'identify',
      anonymousId: who(i),
      traits: i % 8 === 0 ? { name: who(i) } : { email: `${who(i)}@example.com` },
    })),
  )
  await tell(all.map(i => says(i, 'Join')))
  await tell(all.filter(i => i % 3 === 0).map(i => order(i, `A${i}`, 100 + i)))
  await passes(DAY)
  await tell(all.filter(i => i % 5 === 0).map(i => order(i, `B${i}`, 1_000)))
  await tell(all.filter(i => i % 15 === 5).map(i => says(i, 'Order Cancelled', { order_id: `B${i}` })))
  await tell(all.filter(i => i % 2 === 0).map(i => says(i, 'Join'))) // once more: counts by the first run
  await passes(8 * DAY)
  await tell(all.filter(i => i % 7 === 0).map(i => order(i, `C${i}`, 5_000))) // beyond the window
}

type Raw = {
  name: string
  customer: string
  run: string
  node: string
  message: string
  at: number
  props: string
}

/** What happened, row by row, in order. */
async function raw(): Promise<Raw[]> {
  const answer = await lab.core.history.query({
    query: `select name, toString(customer_id) as customer, toString(enrollment_id) as run, node, toString(message) as message,
                   toUnixTimestamp64Milli(occurred) as at, props
              from event where workspace_id = {ws:UUID} order by folded, bucket, seq, line, part`,
    query_params: { ws: lab.workspace },
    format: 'JSONEachRow',
  })
  return (await answer.json<Raw>()).map(r => ({ ...r, at: Number(r.at) }))
}

/** The report by the plainest means: loops over the rows. */
function reckon(rows: Raw[]) {
  const first = new Map<string, { run: string; at: number; control: boolean }>()
  const orders = new Map<string, { customer: string; placed: number; net: number; stands: number }>()
  const met = new Map<string, number>()
  for (const r of rows) {
    const props = JSON.parse(r.props) as Record<string, unknown>
    if (r.name === 'journey.entered' && !first.has(r.customer))
      first.set(r.customer, { run: r.run, at: r.at, control: props.control === true })
    if (r.name === 'journey.goal_reached') met.set(r.run, r.at)
    if (r.name === 'journey.goal_undone') met.delete(r.run)
    if (r.name.startsWith('order.')) {
      const no = String(props.order)
      const o = orders.get(no) ?? { customer: r.customer, placed: r.at, net: 0, stands: 0 }
      o.net += Number(props.revenue_change ?? 0)
      o.stands += Number(props.orders_change ?? 0)
      orders.set(no, o)
    }
  }
  const groupOf = (control: boolean) => {
    const people = [...first].filter(([, f]) => f.control === control)
    const spent = people.map(([customer, f]) =>
      [...orders.values()]
        .filter(o => o.customer === customer && o.stands > 0 && o.placed > f.at && o.placed <= f.at + 7 * DAY)
        .reduce((sum, o) => sum + o.net, 0),
    )
    const took = people
      .flatMap(([, f]) => (met.has(f.run) ? [met.get(f.run)! - f.at] : []))
      .sort((a, b) => a - b)
    return {
      people: people.length,
      goals: took.length,
      open: 0,
      revenue: spent.reduce((a, b) => a + b, 0),
      buyers: spent.filter(s => s > 0).length,
      medianMs: took[Math.floor(took.length / 2)] ?? null,
    }
  }
  return { treated: groupOf(false), control: groupOf(true), first, met, orders }
}

test('R4-39 R3-30 goal rate, time to goal, revenue, messages and cost against the holdout, equal to the raw rows', async () => {
  await play()
  const answer = await lab.call('journeyReport', { params: { journey } })
  expect(answer.status).toBe(200)
  const report = answer.body as Out<'journeyReport'>
  const rows = await raw()
  const { treated, control, first, met, orders } = reckon(rows)
  expect(treated.people + control.people).toBe(PEOPLE)
  expect(control.people).toBeGreaterThan(30)
  const { p90Ms: _, ...toldTreated } = report.treated
  const { p90Ms: _c, ...toldControl } = report.control!
  expect(toldTreated).toEqual(treated)
  expect(toldControl).toEqual(control)
  expect(report.lift.goal).toMatchObject({ enough: true })
  expect(report.lift.goal!.value).toBeCloseTo(
    treated.goals / treated.people - control.goals / control.people,
    10,
  )
  expect(report.lift.goal!.low).toBeLessThan(report.lift.goal!.value)
  expect(report.lift.revenue!.value).toBeCloseTo(
    treated.revenue / treated.people - control.revenue / control.people,
    6,
  )
  // a cancelled order takes the goal back: of 5, 20, 35 … nothing else was bought
  expect(rows.filter(r => r.name === 'journey.goal_undone').length).toBeGreaterThan(0)

  const named = (name: string) => new Set(rows.filter(r => r.name === name).map(r => r.message))
  const { messages } = report
  expect(messages).toMatchObject({
    intended: named('message.intended').size,
    accepted: named('message.accepted').size,
    skipped: named('message.skipped').size,
    reasons: { no_address: named('message.skipped').size },
  })
  expect(messages.cost).toBeCloseTo(0.3 * messages.accepted, 6)
  const entered = rows.filter(r => r.name === 'journey.entered')
  const isControl = (r: Raw) => (JSON.parse(r.props) as Item).control === true
  expect(report.runs).toEqual({
    entered: entered.filter(r => !isControl(r)).length,
    control: entered.filter(isControl).length,
    goals: entered.filter(r => !isControl(r) && met.has(r.run)).length,
  })

  const [node] = report.nodes
  const left = rows.filter(r => r.name === 'node.left' && r.node === 'hello')
  const figure = (id: string) => [...node!.kpis, ...report.kpis].find(k => k.id === id)!
  expect(node).toMatchObject({ node: 'hello', passed: left.length })
  const reached = new Set(rows.filter(r => r.name === 'message.accepted').map(r => r.customer)).size
  expect(figure('reach')).toMatchObject({ value: reached, target: 90, met: reached >= 90 })
  const came = new Set(rows.filter(r => r.name === 'journey.kpi_reached').map(r => r.run)).size
  expect(figure('again').value).toBeCloseTo((100 * came) / left.length, 10)
  expect(figure('money')).toMatchObject({ met: false })
  expect(figure('goal')).toMatchObject({ met: true, of: report.runs.entered })
  expect(report.versions).toEqual([
    {
      version: 1,
      people: treated.people,
      goals: treated.goals,
      revenue: treated.revenue,
      control: control.people,
    },
  ])
  // the same people each time: who was kept out once was kept out again, and got nothing
  const kept = new Set([...first].filter(([, f]) => f.control).map(([customer]) => customer))
  expect(entered.every(r => isControl(r) === kept.has(r.customer))).toBe(true)
  expect(rows.some(r => r.name === 'message.intended' && kept.has(r.customer))).toBe(false)
  expect([...orders.values()].length).toBeGreaterThan(80)
  const { rows: ids } = await lab.core.pool.query<{ id: string }>('select id from journey where name = $1', [
    '迎新',
  ])
  for (const customer of kept) expect(percentOf(customer, `control:${ids[0]!.id}`)).toBeLessThan(35)
}, 120_000)
