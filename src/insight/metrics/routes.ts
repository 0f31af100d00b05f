// Metrics: each figure with its class, what it is divided by, and the people behind it.
import type { Out, Query } from '../../contract.ts'
import type { Core } from '../../platform/core.ts'
import { cutPage, readCursor } from '../../platform/cursor.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { rangeOf } from '../range.ts'
import { METRICS, type MetricKey } from './model.ts'
import {
  type MetricParams,
  type OrderTotals,
  ordersPerDay,
  orderTotals,
  peopleBehind,
  type Share,
  SHARE_KEYS,
  shareOf,
} from './store.ts'
import { isValuePlace, withCustomers } from '../people/page.ts'

const HOUR_MS = 3_600_000

type Asked = Pick<Query<'metrics'>, 'from' | 'to' | 'channel' | 'store'> & { cartHours: number }

function paramsOf(query: Asked, workspace: WorkspaceRow): MetricParams {
  return {
    ...rangeOf(query, workspace),
    workspace: workspace.id,
    currency: workspace.currency,
    channel: query.channel,
    store: query.store,
    cartMs: query.cartHours * HOUR_MS,
  }
}

type Metric = Out<'metrics'>['items'][number]
/** What sales channel and store narrow: messages, views and carts belong to none. */
const UNFILTERED = new Set<MetricKey>(['click_rate', 'view_time', 'cart_abandon_rate'])

/** A figure: sums stand as they are, the others are divided. */
function figure(key: MetricKey, { part, whole, people }: Share, sum: boolean): Metric {
  const { class: kind, unit } = METRICS[key]
  const divided = whole === 0 ? null : part / whole
  const value = sum ? part : divided !== null && unit === 'money' ? Math.round(divided) : divided
  return { key, class: kind, unit, value, part, whole, people, filtered: !UNFILTERED.has(key) }
}

function orderFigures(t: OrderTotals): Metric[] {
  const margin = t.costedRevenue - t.cost
  return [
    figure('revenue', { part: t.revenue, whole: t.orders, people: t.buyers }, true),
    figure('cost', { part: t.cost, whole: t.costedOrders, people: t.costedBuyers }, true),
    figure('gross_margin', { part: margin, whole: t.costedOrders, people: t.costedBuyers }, true),
    figure('margin_rate', { part: margin, whole: t.costedRevenue, people: t.costedBuyers }, false),
    figure('orders', { part: t.orders, whole: t.placed, people: t.buyers }, true),
    figure('buyers', { part: t.buyers, whole: t.orders, people: t.buyers }, true),
    figure('aov', { part: t.revenue, whole: t.orders, people: t.buyers }, false),
    figure('frequency', { part: t.orders, whole: t.buyers, people: t.buyers }, false),
    figure('refund_rate', { part: t.returned, whole: t.placed, people: t.customers }, false),
  ]
}

export async function readMetrics(core: Core, p: MetricParams, zone: string): Promise<Out<'metrics'>> {
  const [totals, days, ...shares] = await Promise.all([
    orderTotals(core.history, p),
    ordersPerDay(core.history, p, zone),
    ...SHARE_KEYS.map(key => shareOf(core.history, key, p)),
  ])
  const behaviour = SHARE_KEYS.map((key, i) => figure(key, shares[i]!, false))
  const items = [...orderFigures(totals), ...behaviour]
  const places = Object.keys(METRICS)
  return {
    from: new Date(p.from).toISOString(),
    to: new Date(p.to).toISOString(),
    currency: p.currency,
    items: items.sort((a, b) => places.indexOf(a.key) - places.indexOf(b.key)),
    costed: { revenue: totals.costedRevenue, of: totals.revenue },
    days,
    channels: totals.channels,
    stores: totals.stores,
  }
}

export const metricRoutes = {
  metrics: ({ core, workspace, query }) => readMetrics(core, paramsOf(query, workspace), workspace.timezone),

  async metricPeople({ core, workspace, params, query }) {
    const key = params.metric as MetricKey
    if (!Object.hasOwn(METRICS, key))
      throw new Problem(404, 'not_found', 'There is no such metric', {
        path: 'metric',
        action: `Use one of: ${Object.keys(METRICS).join(', ')}.`,
      })
    const position = readCursor(query.cursor, isValuePlace)
    const after = position && { value: position[0], person: position[1] }
    const found = await peopleBehind(core.history, key, paramsOf(query, workspace), after, query.limit + 1)
    const { shown, next } = cutPage(found, query.limit, last => [last.value, last.person])
    return {
      items: await withCustomers(core, workspace, shown),
      next,
    }
  },
} satisfies Handlers
