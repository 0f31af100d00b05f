// Coupons as people define them, and both ledgers as they are read.
import { publishWorld } from '../catalogue/publish.ts'
import { saveSettings } from '../catalogue/workspace-settings.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import { bucketOfKey } from '../messages/limit-store.ts'
import type { Limit } from '../messages/model.ts'
import { couponPool, type CouponRow, type CouponTerms, type PointsRow, type PointsSettings } from './model.ts'

export type CouponRecord = {
  id: Uuid
  n: number
  key: string
  terms: CouponTerms
  archived: boolean
  version: number
  updated_at: Date
}
const COLUMNS = 'id, n, key, terms, archived, version, updated_at'

export async function listCoupons(pool: Pool, workspace: Uuid): Promise<CouponRecord[]> {
  const { rows } = await pool.query<CouponRecord>(
    `select ${COLUMNS} from coupon where workspace_id = $1 order by n desc`,
    [workspace],
  )
  return rows
}

export type CouponCounts = Record<'issued' | 'claimed' | 'redeemed' | 'expired', number>

/** What became of those issued, by coupon. */
export async function couponCounts(pool: Pool, workspace: Uuid): Promise<Map<Uuid, CouponCounts>> {
  const { rows } = await pool.query<{ coupon_id: Uuid } & CouponCounts>(
    `select coupon_id, count(*) filter (where entry = 'issued')::int as issued, count(*) filter (where entry = 'claimed')::int as claimed,
            count(*) filter (where entry = 'redeemed')::int as redeemed, count(*) filter (where entry = 'expired')::int as expired
       from coupon_issue where workspace_id = $1 group by coupon_id`,
    [workspace],
  )
  return new Map(rows.map(({ coupon_id, ...counts }) => [coupon_id, counts]))
}

/** @throws Problem 409 `coupon_key_taken` */
export async function createCoupon(
  core: Core,
  workspace: Uuid,
  key: string,
  terms: CouponTerms,
): Promise<CouponRecord> {
  return publishing(core, workspace, async sql => {
    // one after the other: numbers are given once
    await sql.query('select 1 from workspace where id = $1 for no key update', [workspace])
    const { rows } = await sql.query<CouponRecord>(
      `insert into coupon (id, workspace_id, n, key, terms, created_at, updated_at)
       select $1, $2, coalesce(max(n), 0) + 1, $3, $4, $5, $5 from coupon where workspace_id = $2
       on conflict (workspace_id, key) do nothing returning ${COLUMNS}`,
      [newId(), workspace, key, JSON.stringify(terms), new Date()],
    )
    if (!rows[0])
      throw new Problem(409, 'coupon_key_taken', `There is a coupon with the key ${key}`, {
        path: 'key',
        action: 'Choose another key; keys are never used again.',
      })
    return rows[0]
  })
}

/** @throws Problem 404, 409 `version_conflict` */
export async function saveCoupon(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  terms: CouponTerms,
  archived: boolean,
  version: number,
): Promise<CouponRecord> {
  return publishing(core, workspace, async sql => {
    const { rows } = await sql.query<CouponRecord>(
      `update coupon set terms = $3, archived = $4, version = version + 1, updated_at = $6
        where workspace_id = $1 and id = $2 and version = $5 returning ${COLUMNS}`,
      [workspace, id, JSON.stringify(terms), archived, version, new Date()],
    )
    if (rows[0]) return rows[0]
    const known = await sql.query('select 1 from coupon where workspace_id = $1 and id = $2', [workspace, id])
    if (known.rowCount === 0) throw notFound('cpn')
    throw new Problem(409, 'version_conflict', 'Somebody else changed this coupon meanwhile', {
      path: 'version',
      action: 'Load it again and repeat your change.',
    })
  })
}

/** @throws Problem 409 `version_conflict` */
export async function savePoints(
  core: Core,
  workspace: Uuid,
  points: PointsSettings,
  version: number,
): Promise<number> {
  return publishing(core, workspace, sql => saveSettings(sql, workspace, version, { points }))
}

async function publishing<T>(core: Core, workspace: Uuid, change: (sql: Sql) => Promise<T>): Promise<T> {
  const made = await inTransaction(core.pool, async sql => {
    const result = await change(sql)
    await publishWorld(sql, core, workspace)
    return result
  })
  core.signals.emit('inbox', '')
  core.signals.emit('live', `${workspace}:membership`)
  return made
}

/** Who holds the coupon of this code now: whom its newest entry names, or whom that one became part of. */
export async function holderOf(pool: Pool, workspace: Uuid, code: string): Promise<Uuid | null> {
  const { rows } = await pool.query<{ customer_id: Uuid }>({
    name: 'coupon_holder',
    text: `select customer_id from coupon_issue where workspace_id = $1 and code = $2
      order by at desc, entry = 'moved' desc limit 1`,
    values: [workspace, code],
  })
  return rows[0]?.customer_id ?? null
}

/** Of how many people together the coupon of this key may be given; null: of any number, or there is none. */
export async function poolOf(pool: Pool, workspace: Uuid, key: string): Promise<Limit | null> {
  const { rows } = await pool.query<{ id: Uuid; max: number | null }>(
    `select id, (terms ->> 'limit')::bigint as max from coupon where workspace_id = $1 and key = $2`,
    [workspace, key],
  )
  return rows[0]?.max == null ? null : couponPool(rows[0].id, rows[0].max)
}

/** One place, where one is left: the condition and the count are one statement. */
export async function takePlace(pool: Pool, workspace: Uuid, { key, per, max }: Limit): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into limit_count as l (bucket, workspace_id, key, per, window_start, max, used)
     values ($1, $2, $3, $4, to_timestamp(0), $5, 1)
     on conflict (bucket, workspace_id, key, window_start) do update set used = l.used + 1, max = excluded.max
       where l.used + 1 <= excluded.max`,
    [bucketOfKey(workspace, key), workspace, key, per, max],
  )
  return rowCount === 1
}

export async function giveBack(pool: Pool, workspace: Uuid, { key }: Limit): Promise<void> {
  await pool.query(
    `update limit_count set used = used - 1
      where bucket = $1 and workspace_id = $2 and key = $3 and window_start = to_timestamp(0) and used > 0`,
    [bucketOfKey(workspace, key), workspace, key],
  )
}

type LedgerEntry = {
  ledger: 'coupons' | 'points'
  entry: CouponRow['entry'] | PointsRow['entry']
  at: Date
  what: string
  amount: number | null
  ref: string | null
  source: string
}

/** The newest entries of both ledgers of a person, under all ids that they had. */
export async function ledgerOf(
  pool: Pool,
  workspace: Uuid,
  ids: Uuid[],
  limit: number,
): Promise<LedgerEntry[]> {
  const buckets = [...new Set(ids.map(id => Number.parseInt(id.slice(-2), 16)))]
  const { rows } = await pool.query<LedgerEntry>(
    `select 'coupons' as ledger, entry, at, code as what, null::bigint as amount, ref, source from coupon_issue
      where bucket = any($1::smallint[]) and workspace_id = $2 and customer_id = any($3::uuid[])
     union all
     select 'points', entry, at, reason, amount, ref, source from points_entry
      where bucket = any($1::smallint[]) and workspace_id = $2 and customer_id = any($3::uuid[])
     order by at desc, ledger, entry desc limit $4`,
    [buckets, workspace, ids, limit],
  )
  return rows
}
