// The fold's part of coupons: given, taken, used, and what time takes away. Every change is a row of an append-only ledger
// (effect `coupon_entry`) and a fact, in the same fold as the state. Pure.
import { derive, type Fold } from '../customers/fold.ts'
import type { World } from '../customers/world.ts'
import type { Limit } from '../messages/model.ts'
import { hashId } from '../platform/ids.ts'
import { dayOfDate, startOfDay } from '../platform/zone-days.ts'
import { setRightsDue } from './due.ts'
import { hasRoom, holdCoupon, isOpen } from './held.ts'
import {
  type Cause,
  codeOf,
  couponPool,
  type CouponRow,
  type HeldCoupon,
  type Place,
  type PublishedCoupon,
} from './model.ts'

const DAY_MS = 86_400_000

type Coupons = { byKey: Map<string, PublishedCoupon>; byN: Map<number, PublishedCoupon> }
const coupons = new WeakMap<World, Coupons>()
function couponsOf(world: World): Coupons {
  let found = coupons.get(world)
  if (found === undefined) {
    const all = world.coupons ?? []
    found = { byKey: new Map(all.map(c => [c.key, c])), byN: new Map(all.map(c => [c.n, c])) }
    coupons.set(world, found)
  }
  return found
}

export type Refusal = 'unknown' | 'ended' | 'has' | 'too_many'

/** The coupon of this key; null when none is published. */
export const couponNamed = (world: World, key: string): PublishedCoupon | null =>
  couponsOf(world).byKey.get(key) ?? null

/** Why this customer may not be given the coupon now; null when they may, as far as the customer alone can tell. */
export function couponRefusal({ state, world, t }: Fold, key: string): Refusal | null {
  const coupon = couponNamed(world, key)
  if (coupon === null) return 'unknown'
  const ends = endOf(coupon, t, world.timezone)
  if (coupon.archived || (ends !== null && ends <= t)) return 'ended'
  if (coupon.perPerson !== null && (state.had?.[coupon.n] ?? 0) >= coupon.perPerson) return 'has'
  return hasRoom(state) ? null : 'too_many'
}

/** Of all people together; null: any number. */
export function poolOf(world: World, key: string): Limit | null {
  const coupon = couponNamed(world, key)
  return coupon === null || coupon.limit === null ? null : couponPool(coupon.id, coupon.limit)
}

/** When a coupon issued at `at` expires; null: never. */
function endOf({ valid }: PublishedCoupon, at: number, zone: string): number | null {
  if (valid === null) return null
  if ('days' in valid) return at + valid.days * DAY_MS
  const day = dayOfDate(valid.until)
  return day === null ? null : startOfDay(day + 1, zone)
}

/** Its code follows from the cause, so that a replay gives the same. */
export const codeFor = (cause: Cause, key: string): string => codeOf(hashId('coupon', cause.id, key))

/** Gives a coupon that nothing stands against (`couponRefusal`). `took`: the person asked for it. */
export function issueCoupon(fold: Fold, key: string, cause: Cause, took = false): string {
  const { state, world, t } = fold
  const coupon = couponNamed(world, key)!
  const code = codeFor(cause, key)
  const ends = endOf(coupon, t, world.timezone)
  const held: HeldCoupon = { kind: key, at: t, n: coupon.n }
  if (ends !== null) {
    held.ends = ends
    const remind = nextReminder(coupon, ends, t)
    if (remind !== null) held.w = remind
  }
  if (took) held.took = true
  const had = (state.had ??= {})
  had[coupon.n] = (had[coupon.n] ?? 0) + 1
  holdCoupon(state, code, held)
  note(fold, code, held, 'issued', cause)
  if (took) note(fold, code, held, 'claimed', cause)
  setRightsDue(fold)
  return code
}

/** The person takes a coupon: one that was given to them and not taken yet, else a new one. */
export function claimCoupon(fold: Fold, key: string, cause: Cause): Claimed | { refused: Refusal } {
  for (const [code, held] of Object.entries(fold.state.coupons ?? {})) {
    if (!isOpen(held) || held.kind !== key || held.took) continue
    held.took = true
    note(fold, code, held, 'claimed', cause)
    return { code, issued: false }
  }
  const refused = couponRefusal(fold, key)
  return refused === null ? { code: issueCoupon(fold, key, cause, true), issued: true } : { refused }
}
/** `issued`: it is a new one */
type Claimed = { code: string; issued: boolean }

export type Redemption = { ref: string | null; place: Place | null }

/** Uses a coupon, once. For the same order again it is no second use. */
export function redeemCoupon(
  fold: Fold,
  code: string,
  { ref, place }: Redemption,
  cause: Cause,
):
  | { coupon: PublishedCoupon | null; again: boolean }
  | { refused: 'unknown' | 'used' | 'expired' | 'elsewhere' } {
  const held = fold.state.coupons?.[code]
  if (held?.n === undefined) return { refused: 'unknown' }
  const coupon = couponsOf(fold.world).byN.get(held.n) ?? null
  if (held.gone) {
    if (held.ref !== undefined && held.ref === ref) return { coupon, again: true }
    return { refused: held.ends !== undefined && held.at === held.ends ? 'expired' : 'used' }
  }
  if (held.ends !== undefined && held.ends <= fold.t) return { refused: 'expired' }
  if (coupon?.place != null && place !== coupon.place) {
    derive(fold, 'coupon.refused', { ...propsOf(fold, code, held), reason: 'elsewhere', place })
    return { refused: 'elsewhere' }
  }
  end(held, fold.t)
  if (ref !== null) held.ref = ref
  note(fold, code, held, 'redeemed', cause, ref, place === null ? {} : { place })
  setRightsDue(fold)
  return { coupon, again: false }
}

/** A trusted source tells that a coupon of ours was used or taken back: a row, and no fact beside its event. */
export function toldOfCoupon(
  fold: Fold,
  code: string,
  entry: 'redeemed' | 'expired',
  ref: string | null,
  cause: Cause,
): void {
  const held = fold.state.coupons?.[code]
  if (held === undefined || !isOpen(held)) return
  end(held, fold.t)
  if (ref !== null) held.ref = ref
  fold.effects.push({ kind: 'coupon_entry', row: rowOf(fold, code, held, entry, cause, ref) })
  setRightsDue(fold)
}

/** `at` is from now on the moment at which it went. */
function end(held: HeldCoupon, at: number): void {
  held.gone = true
  held.at = at
  delete held.w
}

function rowOf(
  { world, t }: Fold,
  code: string,
  held: HeldCoupon,
  entry: CouponRow['entry'],
  cause: Cause,
  ref: string | null,
): CouponRow {
  const coupon = couponsOf(world).byN.get(held.n!)
  return {
    key: hashId(code, entry, cause.id),
    code,
    coupon: coupon?.id ?? hashId('coupon', String(held.n)),
    entry,
    at: t,
    src: cause.src,
    ref,
  }
}

function propsOf({ world }: Fold, code: string, held: HeldCoupon): Record<string, unknown> {
  const coupon = couponsOf(world).byN.get(held.n!)
  return {
    coupon: held.kind,
    code,
    ...(coupon && { name: coupon.name }),
    ...(held.ends !== undefined && { expires_at: new Date(held.ends).toISOString() }),
  }
}

function note(
  fold: Fold,
  code: string,
  held: HeldCoupon,
  entry: Exclude<CouponRow['entry'], 'moved'>,
  cause: Cause,
  ref: string | null = null,
  more: Record<string, unknown> = {},
): void {
  fold.effects.push({ kind: 'coupon_entry', row: rowOf(fold, code, held, entry, cause, ref) })
  fold.changed = true
  derive(
    fold,
    'coupon.' + entry,
    {
      ...propsOf(fold, code, held),
      ...(ref !== null && { ref }),
      ...more,
    },
    cause.of,
  )
}

function nextReminder(coupon: PublishedCoupon, ends: number, after: number): number | null {
  const moments = coupon.remindDays.map(days => ends - days * DAY_MS).filter(at => at > after)
  return moments.length === 0 ? null : Math.min(...moments)
}

/** Those that are over, and those whose end is to be told of by now. */
export function foldCoupons(fold: Fold): void {
  const { state, t } = fold
  for (const [code, held] of Object.entries(state.coupons ?? {})) {
    if (!isOpen(held)) continue
    if (held.ends !== undefined && held.ends <= t) {
      end(held, held.ends)
      note(fold, code, held, 'expired', { id: code, src: 'time' })
    } else if (held.w !== undefined && held.w <= t) remind(fold, code, held)
  }
}

function remind(fold: Fold, code: string, held: HeldCoupon): void {
  const { world, t } = fold
  const coupon = couponsOf(world).byN.get(held.n!)
  const next = coupon === undefined ? null : nextReminder(coupon, held.ends!, t)
  if (next === null) delete held.w
  else held.w = next
  derive(fold, 'coupon.expiring', {
    ...propsOf(fold, code, held),
    days_left: Math.round((held.ends! - t) / DAY_MS),
  })
}

/** Rows for the coupons of who was taken out of another, so that whoever asks for a code finds them. */
export function bringCoupons(fold: Fold, { op, actor }: { op: string; actor: string }): void {
  for (const [code, held] of Object.entries(fold.state.coupons ?? {}))
    if (held.n !== undefined)
      fold.effects.push({
        kind: 'coupon_entry',
        row: rowOf(fold, code, held, 'moved', { id: op, src: actor }, held.ref ?? null),
      })
}
