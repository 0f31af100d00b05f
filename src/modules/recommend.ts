// Simple, exact recommendations from the shop's own orders, counted each night:
// - bought with: for products a and b, both in `n(a,b)` orders of the last 365 days, score = n(a,b) / sqrt(n(a) · n(b)) (the
//   cosine of the two sets of orders), where n(a,b) is at least 2; the best 12 of each product. For several products (a cart)
//   the scores are added.
// - top sellers: products by the number of orders of the last 30 days that hold them; 30 of them.
// An order counts as it was placed, once a product, whatever came of it later.
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'

const PAIR_DAYS = 365
const TOP_DAYS = 30
const MOST_OTHERS = 12
const MOST_TOP = 30
const AT_LEAST = 2
const EVERY_MS = 24 * 3_600_000
const LOOK_MS = 10 * 60_000

/** Counts a workspace's orders anew. `now`: workspace time. */
export async function countTogether(core: Core, workspace: Uuid, now: number): Promise<void> {
  const buckets = ALL_BUCKETS
  await inTransaction(core.pool, async sql => {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 55))', [workspace])
    await sql.query(
      `create temp table basket on commit drop as
       select distinct o.customer_id, o.order_no, l->>'id' as product, o.occurred >= $4 as recent
         from order_entry o cross join lateral jsonb_array_elements(coalesce(o.body::jsonb->'lines', '[]')) l
        where o.bucket = any($1::smallint[]) and o.workspace_id = $2 and o.entry = 'placed' and o.occurred >= $3
          and l->>'id' is not null`,
      [buckets, workspace, new Date(now - PAIR_DAYS * 86_400_000), new Date(now - TOP_DAYS * 86_400_000)],
    )
    await sql.query('delete from bought_with where workspace_id = $1', [workspace])
    const { rows } = await sql.query<{ n: number }>(
      `with n as (select product, count(*)::int as orders from basket group by product),
            pairs as (
              select a.product, b.product as other, count(*)::int as orders
                from basket a join basket b on b.customer_id = a.customer_id and b.order_no = a.order_no and b.product <> a.product
               group by 1, 2 having count(*) >= ${AT_LEAST}),
            scored as (
              select p.product, p.other, p.orders, p.orders / sqrt(x.orders::float8 * y.orders) as score
                from pairs p join n x on x.product = p.product join n y on y.product = p.other),
            ranked as (
              select *, row_number() over (partition by product order by score desc, orders desc, other) as rank from scored),
            top as (
              select product, count(*)::int as orders, row_number() over (order by count(*) desc, product) as rank
                from basket where recent group by product),
            written as (
              insert into bought_with (workspace_id, product, other, orders, score, rank)
              select $1::uuid, product, other, orders, score, rank from ranked where rank <= ${MOST_OTHERS}
              union all
              select $1::uuid, '', product, orders, orders, rank from top where rank <= ${MOST_TOP}
              returning 1)
       select (select count(distinct (customer_id, order_no))::int from basket) as n, (select count(*) from written)`,
      [workspace],
    )
    await sql.query(
      `insert into recommendation_run (workspace_id, at, orders) values ($1, $2, $3)
       on conflict (workspace_id) do update set at = excluded.at, orders = excluded.orders`,
      [workspace, new Date(), rows[0]!.n],
    )
  })
}

/** Codes of what is bought with these, best first, without `known`. */
export async function productsBoughtWith(
  sql: Sql,
  workspace: Uuid,
  products: string[],
  known: string[],
): Promise<string[]> {
  if (products.length === 0) return []
  const { rows } = await sql.query<{ other: string }>(
    `select other from bought_with where workspace_id = $1 and product = any($2) and product <> '' and not other = any($3)
      group by other order by sum(score) desc, other limit 40`,
    [workspace, products, known],
  )
  return rows.map(r => r.other)
}

export async function topSellers(sql: Sql, workspace: Uuid): Promise<string[]> {
  const { rows } = await sql.query<{ other: string }>(
    "select other from bought_with where workspace_id = $1 and product = '' order by rank",
    [workspace],
  )
  return rows.map(r => r.other)
}

/** Counts what was counted longest ago; the others wait for the next round. True when there was work. */
async function countDue(core: Core): Promise<boolean> {
  const { rows } = await core.pool.query<{ id: Uuid; now: number }>(
    `select w.id, floor(extract(epoch from clock_timestamp()) * 1000)::float8 + w.clock_offset_ms as now
       from workspace w left join recommendation_run r on r.workspace_id = w.id
      where r.at is null or r.at < $1 order by r.at nulls first limit 1`,
    [new Date(Date.now() - EVERY_MS)],
  )
  if (!rows[0]) return false
  await countTogether(core, rows[0].id, rows[0].now)
  return true
}

/** Runs with the history role. */
export function openRecommendations(core: Core): Worker {
  return openWorker(core, {
    tick: () => countDue(core),
    restMs: LOOK_MS,
    stepMs: 1_000,
    failed: 'recommendations: will count later',
  })
}
