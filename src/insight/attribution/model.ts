// Conversions, the touches before them, and what each key gets of them: credit, cost and return. Pure.
import type { Uuid } from '../../platform/ids.ts'
import { type Model, shareOut, weightsOf } from './credit.ts'

/** What counts as a touch: a click in a message; by choice a message that reached, one that was opened, or a visit. */
export const TOUCH_KINDS = ['click', 'open', 'delivery', 'visit'] as const
export type TouchKind = (typeof TOUCH_KINDS)[number]
export const ATTRIBUTED_BY = ['channel', 'journey', 'message', 'campaign', 'source'] as const
export type AttributedBy = (typeof ATTRIBUTED_BY)[number]
export const USUAL_WINDOW_DAYS = 14

export type Touch = {
  /** ms */
  at: number
  kind: TouchKind
  /** of messages the channel; of visits what brought them: ad, search, campaign, referral or direct */
  channel: string
  /** '' for visits */
  journey: string
  node: string
  version: number
  source: string
  campaign: string
}
export type Conversion = {
  id: string
  person: Uuid
  at: number
  /** net revenue so far, smallest unit; 0 of what is no order */
  revenue: number
  /** of it: revenue whose cost of goods is known, and that cost */
  known: number
  cost: number
  touches: Touch[]
}

/** A visit within this time after a click of the same person is that click's. */
const SAME_VISIT_MS = 30 * 60_000
/** Conversions are shared in millionths, so that they, too, add up exactly. */
export const MICRO = 1_000_000

/** What a conversion's touches are once visits that a click brought are taken out. In order of time. */
export function ownTouches(touches: readonly Touch[]): Touch[] {
  const sorted = touches.toSorted((a, b) => a.at - b.at || (a.kind < b.kind ? -1 : 1))
  let click = Number.NEGATIVE_INFINITY
  return sorted.filter(t => {
    if (t.kind === 'click') click = t.at
    return t.kind !== 'visit' || t.at - click > SAME_VISIT_MS
  })
}

export const keyOf = (by: AttributedBy, t: Touch): string => {
  switch (by) {
    case 'channel':
      return t.channel
    case 'journey':
      return t.journey
    case 'message':
      return t.journey === '' ? '' : `${t.journey}/${t.node}/${t.version}`
    case 'campaign':
      return t.campaign
    case 'source':
      return t.kind === 'visit' ? t.source : t.channel
  }
}

export type Credit = {
  /** millionths */
  conversions: number
  revenue: number
  known: number
  /** of revenue whose cost is known, before discounts that are counted as cost */
  margin: number
  discount: number
  people: Map<Uuid, number>
}
const noCredit = (): Credit => ({
  conversions: 0,
  revenue: 0,
  known: 0,
  margin: 0,
  discount: 0,
  people: new Map(),
})

export type Attributed = { total: Credit; none: Credit; byKey: Map<string, Credit> }

/** @param discounts given with coupons, by order number: smallest unit */
export function attribute(
  conversions: readonly Conversion[],
  how: { model: Model; halfLifeMs: number; by: AttributedBy },
  discounts: ReadonlyMap<string, number>,
): Attributed {
  const out: Attributed = { total: noCredit(), none: noCredit(), byKey: new Map() }
  for (const c of conversions) {
    const discount = discounts.get(c.id) ?? 0
    // the discount is in the margin already: it is put back there, so that as a cost it counts once
    const whole = [
      MICRO,
      c.revenue,
      c.known,
      c.known > 0 ? c.known - c.cost + discount : 0,
      discount,
    ] as const
    add(out.total, whole, c.person)
    const touches = ownTouches(c.touches)
    if (touches.length === 0) {
      add(out.none, whole, c.person)
      continue
    }
    const weights = weightsOf(
      how.model,
      touches.map(t => ({ at: t.at, direct: t.channel === 'direct' })),
      how.halfLifeMs,
    )
    const shares = whole.map(n => shareOut(n, weights))
    for (const [i, touch] of touches.entries()) {
      if (weights[i] === 0) continue
      const key = keyOf(how.by, touch)
      let credit = out.byKey.get(key)
      if (credit === undefined) out.byKey.set(key, (credit = noCredit()))
      add(credit, shares.map(s => s[i]!) as unknown as typeof whole, c.person)
    }
  }
  return out
}

function add(
  to: Credit,
  [conversions, revenue, known, margin, discount]: readonly [number, number, number, number, number],
  person: Uuid,
): void {
  to.conversions += conversions
  to.revenue += revenue
  to.known += known
  to.margin += margin
  to.discount += discount
  to.people.set(person, (to.people.get(person) ?? 0) + revenue)
}

/** What any touch is credited with: what was spent is measured by it, not by orders that came of themselves. */
export const touched = ({
  total,
  none,
}: Pick<Attributed, 'total' | 'none'>): Pick<Credit, 'revenue' | 'known' | 'margin' | 'discount'> => ({
  revenue: total.revenue - none.revenue,
  known: total.known - none.known,
  margin: total.margin - none.margin,
  discount: total.discount - none.discount,
})

export type Costs = { messages: number; points: number }

export type Return = { cost: number; gain: number; roi: number | null }

/** ROI = (attributed margin − cost) ÷ cost; cost: messages, coupons (the discount given), points. Null: nothing was spent, or
 *  revenue is there and the cost of none of its goods is known. */
export function returnOf(
  credit: Pick<Credit, 'revenue' | 'known' | 'margin' | 'discount'>,
  costs: Costs,
): Return {
  const cost = costs.messages + costs.points + credit.discount
  const gain = credit.margin - cost
  return { cost, gain, roi: cost <= 0 || (credit.revenue > 0 && credit.known <= 0) ? null : gain / cost }
}
