// Coupons, points and decided experiments of a world, as the tables say them now.
import type { World } from '../customers/world.ts'
import { withDecisions } from '../experiments/identity.ts'
import type { PublishedJourney } from '../journeys/model.ts'
import type { CouponTerms, PointsSettings, PublishedCoupon } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

/** Archived coupons too: they can still be used. */
export async function publishedRewards(
  sql: Sql,
  workspace: Uuid,
  points: PointsSettings | undefined,
): Promise<Pick<World, 'coupons' | 'points'>> {
  const { rows } = await sql.query<{
    id: Uuid
    n: number
    key: string
    terms: CouponTerms
    archived: boolean
  }>('select id, n, key, terms, archived from coupon where workspace_id = $1 order by n', [workspace])
  const coupons = rows.map(({ id, n, key, terms, archived }): PublishedCoupon => {
    const coupon: PublishedCoupon = { id, n, key, ...terms }
    if (archived) coupon.archived = true
    return coupon
  })
  return { ...(coupons.length > 0 ? { coupons } : {}), ...(points ? { points } : {}) }
}

/** Archived ones cannot be given any more. */
export async function couponNames(
  sql: Sql,
  workspace: Uuid,
): Promise<{ id: Uuid; key: string; name: string; archived: boolean }[]> {
  const { rows } = await sql.query<{ id: Uuid; key: string; name: string; archived: boolean }>(
    `select id, key, terms->>'name' as name, archived from coupon where workspace_id = $1 order by key`,
    [workspace],
  )
  return rows
}

export async function decidedJourneys(
  sql: Sql,
  workspace: Uuid,
  journeys: PublishedJourney[],
): Promise<PublishedJourney[]> {
  const { rows } = await sql.query<{ journey: Uuid; node: string; experiment: Uuid; variant: string }>(
    'select journey_id as journey, node, experiment, variant from experiment_decision where workspace_id = $1',
    [workspace],
  )
  return rows.length === 0 ? journeys : journeys.map(j => withDecisions(j, rows))
}
