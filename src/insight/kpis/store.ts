// SQL of KPIs. Each gives rows (person, part, whole); the figure and the people behind it come from the same rows.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { attribute } from '../attribution/model.ts'
import { conversionsWithTouches } from '../attribution/store.ts'
import { messagesSql } from '../engagement/sql.ts'
import { MERGED, NOBODY, ORDERS, PERSON } from '../metrics/orders.ts'
import { readMap, type ReadPeople, readSql } from '../people/page.ts'
import { KPI_KINDS, type KpiMetric, type KpiValue } from './model.ts'

const DAY_MS = 86_400_000
const ENGAGED_MS = 7 * DAY_MS
const ATTRIBUTED_MS = 14 * DAY_MS
/** How long somebody has to buy again, and how far back the cycle looks. */
const AGAIN_MS = 90 * DAY_MS
const YEAR_MS = 365 * DAY_MS

export type KpiScope = {
  workspace: Uuid
  currency: string
  /** workspace ms */
  from: number
  to: number
  tells: readonly string[]
}

const living = `customer final where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')`

type Sql = (p: KpiScope, b: Bound) => string

const messages = (p: KpiScope, b: Bound): string =>
  messagesSql({ ...p, windowMs: ENGAGED_MS, participation: null }, b)

const SQL: Record<Exclude<KpiMetric, 'message_revenue'>, Sql> = {
  revenue: (p, b) =>
    `with ${ORDERS} select person, sum(net) as part, 0 as whole from orders where counts and placed >= ${b.moment(p.from)} group by person`,
  orders: (p, b) =>
    `with ${ORDERS} select person, count() as part, 0 as whole from orders where counts and placed >= ${b.moment(p.from)} group by person`,
  aov: (p, b) =>
    `with ${ORDERS} select person, sum(net) as part, count() as whole from orders where counts and placed >= ${b.moment(p.from)} group by person`,
  new_customers: (p, b) =>
    `with ${ORDERS} select person, 1 as part, 0 as whole from orders where counts group by person having min(placed) >= ${b.moment(p.from)}`,
  members: () =>
    `select customer_id as person, 1 as part, 0 as whole from ${living} and has(identifiers, 'member_no')`,
  active_share: (p, b) =>
    `with ${MERGED}, active as (
       select distinct ${PERSON} as person from event e left join merged m on e.customer_id = m.loser
        where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.channel in ('web', 'app', 'store', 'line')
          and e.occurred >= ${b.moment(p.from)} and e.occurred < ${b.moment(p.to)})
     select customer_id as person, customer_id in (select person from active) as part, 1 as whole from ${living}`,
  // who bought from 180 to 90 days before the end: whether they did again within 90 days
  repurchase_rate: (p, b) =>
    `with ${ORDERS}, firsts as (
       select person, min(placed) as first from orders
        where counts and placed >= ${b.moment(p.to - 2 * AGAIN_MS)} and placed < ${b.moment(p.to - AGAIN_MS)} group by person)
     select f.person as person, countIf(o.placed > f.first and o.placed <= addMilliseconds(f.first, ${b.of(AGAIN_MS, 'Int64')})) > 0 as part, 1 as whole
       from firsts f join orders o on o.person = f.person where o.counts group by person, f.first`,
  repurchase_cycle: (p, b) =>
    `with ${ORDERS}, steps as (
       select person, placed, row_number() over w as nth, dateDiff('millisecond', lagInFrame(placed, 1, placed) over w, placed) / ${DAY_MS} as gap
         from orders where counts and placed >= ${b.moment(p.to - YEAR_MS)}
       window w as (partition by person order by placed rows between unbounded preceding and current row))
     select person, gap as part, 1 as whole from steps where nth > 1`,
  reach_share: (p, b) =>
    `with ${messages(p, b)}, got as (select distinct person from messages where reached)
     select customer_id as person, customer_id in (select person from got) as part, 1 as whole from ${living}`,
  engagement_rate: (p, b) =>
    `with ${messages(p, b)} select person, max(participated) as part, 1 as whole from messages where reached group by person`,
}

const paramsOf = (p: KpiScope, b: Bound): Record<string, unknown> => ({
  ...b.params,
  workspace: p.workspace,
  currency: p.currency,
  from: 0,
  to: p.to,
})

/** By the last click within 14 days. */
async function messageRevenue(history: History, p: KpiScope): Promise<Map<Uuid, number>> {
  const found = await conversionsWithTouches(history, {
    ...p,
    windowMs: ATTRIBUTED_MS,
    touches: ['click'],
    conversion: '',
  })
  const touched = found.filter(c => c.touches.length > 0)
  return attribute(touched, { model: 'last', halfLifeMs: DAY_MS, by: 'channel' }, new Map()).total.people
}

/** At the end of the scope (`to`, workspace ms). null: nothing to divide by. */
export async function kpiValue(history: History, metric: KpiMetric, p: KpiScope): Promise<KpiValue> {
  if (metric === 'message_revenue') {
    const people = await messageRevenue(history, p)
    const part = [...people.values()].reduce((a, b) => a + b, 0)
    return { value: part, part, whole: 0, people: people.size }
  }
  const b = new Bound()
  const { how } = KPI_KINDS[metric]
  const rows = await askHistory<{ p: number; w: number; people: number; middle: number }>(
    history,
    `select toFloat64(sum(part)) as p, toFloat64(sum(whole)) as w, toUInt32(uniqExactIf(person, part > 0)) as people,
            quantileExact(0.5)(toFloat64(part)) as middle from (${SQL[metric](p, b)})`,
    paramsOf(p, b),
  )
  const { p: part, w: whole, people, middle } = rows[0]!
  const value = how === 'sum' ? part : whole === 0 ? null : how === 'median' ? middle : part / whole
  return { value, part, whole, people }
}

/** Who is behind it, the largest part first. */
export async function kpiPeople(history: History, metric: KpiMetric, p: KpiScope): Promise<ReadPeople> {
  if (metric === 'message_revenue') return readMap(await messageRevenue(history, p))
  const b = new Bound()
  const one = KPI_KINDS[metric].how === 'median' ? 'avg(part)' : 'sum(part)'
  const sql = `select person, ${one} as value from (${SQL[metric](p, b)}) where part > 0 group by person`
  return readSql(history, { sql, params: paramsOf(p, b) })
}
