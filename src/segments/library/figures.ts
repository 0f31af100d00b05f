// The shop's own figures for the library's defaults, asked of history: cycles, quintiles, what is bought most, which
// tiers and campaigns were told of. Kept for a few minutes: they change slowly.
import { LRUCache } from 'lru-cache'
import { workspaceNow } from '../../catalogue/workspace.ts'
import { NOBODY, ORDERS } from '../../insight/metrics/orders.ts'
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import type { Uuid } from '../../platform/ids.ts'
import { NO_FIGURES, type ShopFigures } from './model.ts'

const WINDOW_DAYS = 365
const DAY_MS = 86_400_000
const KEPT_MS = 5 * 60_000
/** below so many buyers the quintiles say nothing */
const FEWEST_BUYERS = 20
const MOST_NAMES = 20

type Asked = { workspace: Uuid; currency: string; from: number; to: number }

type Sums = {
  buyers: number
  /** people with several orders, and the median of their mean days between orders */
  returning: number
  interval: number
  average: number
  recency: number[]
  times: number[]
  amounts: number[]
}

/** Of orders that stand. Quintiles are values that somebody has. */
const SUMS = `with ${ORDERS},
buyers as (
  select person, count() as n, sum(net) as amount, min(placed) as first, max(placed) as newest
    from orders where counts group by person)
select count() as buyers, countIf(newest > first) as returning,
       quantileExactIf(0.5)(dateDiff('second', first, newest) / 86400 / (n - 1), newest > first) as interval,
       if(buyers = 0, 0, round(sum(amount) / sum(n))) as average,
       quantilesExact(0.2, 0.4, 0.6, 0.8)(ceil(({to:Int64} - toUnixTimestamp64Milli(newest)) / 86400000)) as recency,
       quantilesExact(0.2, 0.4, 0.6, 0.8)(n) as times,
       quantilesExact(0.2, 0.4, 0.6, 0.8)(amount) as amounts
  from buyers`

const boughtMost = (field: 'category' | 'brand'): string => `
select called from (
  select JSONExtractString(arrayJoin(JSONExtractArrayRaw(props, 'products')), '${field}') as called from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name in ('Order Completed', 'Order Paid')
     and occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') and occurred < fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
 where called <> '' group by called order by count() desc, called limit ${MOST_NAMES}`

const TIERS = `
select JSONExtractString(props, 'tier') as called from event
 where workspace_id = {workspace:UUID} and name = 'tier.changed' and called <> ''
 group by called order by uniq(customer_id) desc, called limit ${MOST_NAMES}`

const CAMPAIGNS = `
select JSONExtractString(first_touch, 'c') as called from customer final
 where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}') and called <> ''
 group by called order by count() desc, called limit ${MOST_NAMES}`

async function names(history: History, query: string, asked: Asked): Promise<string[]> {
  return (await askHistory<{ called: string }>(history, query, asked)).map(r => r.called)
}

async function askFigures(history: History, asked: Asked): Promise<ShopFigures> {
  const [[sums], categories, brands, tiers, campaigns] = await Promise.all([
    askHistory<Sums>(history, SUMS, asked),
    names(history, boughtMost('category'), asked),
    names(history, boughtMost('brand'), asked),
    names(history, TIERS, asked),
    names(history, CAMPAIGNS, asked),
  ])
  const own = sums!.buyers >= FEWEST_BUYERS ? sums : null
  const bounds = (values: number[] | undefined, usual: number[], least: number): number[] =>
    values ? values.map(v => Math.max(least, Math.round(v))) : usual
  return {
    buyers: sums!.buyers,
    windowDays: WINDOW_DAYS,
    medianIntervalDays:
      own && own.returning > 0 ? Math.max(1, Math.round(own.interval)) : NO_FIGURES.medianIntervalDays,
    averageOrder: own ? own.average : NO_FIGURES.averageOrder,
    topFifthSpent: own ? Math.max(1, own.amounts[3]!) : NO_FIGURES.topFifthSpent,
    recencyDays: bounds(own?.recency, NO_FIGURES.recencyDays, 1),
    orders: bounds(own?.times, NO_FIGURES.orders, 0),
    amounts: bounds(own?.amounts, NO_FIGURES.amounts, 0),
    categories,
    brands,
    tiers,
    campaigns,
  }
}

const kept = new LRUCache<string, Promise<ShopFigures>>({ max: 1_000, ttl: KEPT_MS })

/** @throws Problem 503 `history_down` */
export function shopFigures(core: Core, workspace: WorkspaceRow): Promise<ShopFigures> {
  const now = workspaceNow(workspace)
  // a sandbox's clock may have been moved
  const key = `${core.databaseUrl} ${workspace.id} ${workspace.currency} ${Math.floor(now / DAY_MS)}`
  const known = kept.get(key)
  if (known) return known
  const asked = {
    workspace: workspace.id,
    currency: workspace.currency,
    from: now - WINDOW_DAYS * DAY_MS,
    to: now,
  }
  const asking = askFigures(core.history, asked)
  kept.set(key, asking)
  asking.catch(() => kept.delete(key))
  return asking
}
