// The coupons that a state holds, by their code: at most so many, in whatever order they are told of. Pure.
import type { CustomerState } from '../customers/model.ts'
import type { HeldCoupon } from './model.ts'

const MOST_COUPONS = 30

/** Beyond the limit the oldest is forgotten: what is gone first, then what others issued. Our own that can still be used
 *  are never forgotten. */
export function holdCoupon(state: CustomerState, code: string, told: HeldCoupon): void {
  const coupons = (state.coupons ??= {})
  const held = Object.hasOwn(coupons, code) ? coupons[code] : undefined
  coupons[code] = held === undefined ? told : both(held, told)
  const codes = Object.keys(coupons)
  if (codes.length <= MOST_COUPONS) return
  const rank = (c: string): number => {
    const coupon = coupons[c]!
    return coupon.at - (coupon.gone ? 1e14 : 0) + (isOpen(coupon) ? 1e14 : 0)
  }
  const last = codes.reduce((a, b) => (rank(b) < rank(a) ? b : a))
  if (!isOpen(coupons[last]!)) delete coupons[last]
}

/** Of our own ledger, and neither used nor expired. */
export const isOpen = (coupon: HeldCoupon): boolean => coupon.n !== undefined && !coupon.gone

/** Room for another coupon of our own. */
export const hasRoom = (state: CustomerState): boolean =>
  Object.values(state.coupons ?? {}).filter(isOpen).length < MOST_COUPONS

/** An issue and its end, or the same told twice. What is gone stays gone, whenever its issue is told. */
function both(a: HeldCoupon, b: HeldCoupon): HeldCoupon {
  const [old, late] = a.at < b.at || (a.at === b.at && !a.gone) ? [a, b] : [b, a]
  const ends = late.ends ?? old.ends
  const coupon: HeldCoupon = { kind: late.kind || old.kind, at: late.at }
  if (ends !== undefined) coupon.ends = ends
  if (a.gone || b.gone) coupon.gone = true
  const n = old.n ?? late.n
  if (n !== undefined) coupon.n = n
  if (a.took || b.took) coupon.took = true
  const w = coupon.gone ? undefined : (late.w ?? old.w)
  if (w !== undefined) coupon.w = w
  const ref = late.ref ?? old.ref
  if (ref !== undefined) coupon.ref = ref
  return coupon
}
