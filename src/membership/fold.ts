// The fold's part of coupons and points: what is given, used, and what time takes away. Every change is a row of an
// append-only ledger (effects `coupon_entry`, `points_entry`) and a fact, in the same fold as the state. Pure.
import { derive, type Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { OrderRow } from '../inbox/model.ts'
import type { Limit } from '../messages/model.ts'
import { hashId, type Uuid } from '../platform/ids.ts'
import { dayOfDate, startOfDay } from '../platform/zone-days.ts'
import { hasRoom, holdCoupon, isOpen } from './held.ts'
import {
  balanceOf,
  codeOf,
  couponPool,
  type CouponRow,
  DEFAULT_POINTS,
  type HeldCoupon,
  type HeldPoints,
  type Lot,
  type Place,
  type PointsRow,
  type PublishedCoupon,
} from './model.ts'

const DAY_MS = 86_400_000
/** Ends of points that a state tells apart. */
const MOST_LOTS = 24

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

/** Who or what caused an entry of the ledger. */
export type Cause = {
  /** tells it from every other cause */
  id: string
  /** its name in the ledger */
  src: string
  /** the run of a journey that gives it, and at which node */
  of?: { journey: Uuid; version: number; enrollment: Uuid; node: string }
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

// ── points ───────────────────────────────────────────────────────────────────

export type Movement = { amount: number; reason: string; ref?: string | null }

/** Adds points. @param validDays how long they are valid; unset: as the workspace says */
export function earnPoints(
  fold: Fold,
  { amount, reason, ref }: Movement,
  cause: Cause,
  validDays?: number,
): void {
  const days = validDays ?? (fold.world.points ?? DEFAULT_POINTS).validDays
  const ends = days === null ? 0 : fold.t + days * DAY_MS
  addLot(pointsOf(fold.state), [amount, ends])
  moved(fold, { entry: 'earned', amount, reason, ref: ref ?? null, ends: ends || null }, cause)
  if (ref != null) noteOnOrder(fold, ref, amount, cause.id)
}

/** A row of the order that brought them: who looks at it later knows how many they were. */
function noteOnOrder(fold: Fold, orderNo: string, amount: number, cause: string): void {
  const row: OrderRow = {
    orderNo,
    entry: 'points',
    key: hashId('points', orderNo, cause),
    occurred: fold.t,
    amount,
    currency: fold.world.currency,
    body: { src: 'points', proof: 'server' },
  }
  fold.effects.push({ kind: 'order', row })
}

/** An order is worth less than it was: of the points that it brought the same share goes, as far as they are still there.
 *  `known`: the order's rows, `cause`: what made it so. */
export function takeBackPoints(
  fold: Fold,
  orderNo: string,
  known: readonly OrderRow[],
  worth: { before: number; after: number },
  cause: string,
): void {
  if ((fold.world.points ?? DEFAULT_POINTS).takeBack === false || worth.after >= worth.before) return
  const held = known.reduce((sum, row) => sum + (row.entry === 'points' ? row.amount : 0), 0)
  const owed = held - Math.round((held * worth.after) / worth.before)
  if (owed <= 0) return
  noteOnOrder(fold, orderNo, -owed, cause)
  const amount = Math.min(owed, balanceOf(fold.state.pts))
  if (amount > 0) burnPoints(fold, { amount, reason: 'refund', ref: orderNo }, { id: cause, src: 'order' })
  if (amount < owed) derive(fold, 'points.owed', { ref: orderNo, amount: owed - amount })
}

/** Takes points, those that expire first at first. False: there are not as many. */
export function burnPoints(fold: Fold, { amount, reason, ref }: Movement, cause: Cause): boolean {
  const points = fold.state.pts
  if (points === undefined || balanceOf(points) < amount) return false
  take(points, amount)
  moved(fold, { entry: 'burned', amount: -amount, reason, ref: ref ?? null, ends: null }, cause)
  return true
}

const pointsOf = (state: CustomerState): HeldPoints => (state.pts ??= { lots: [] })

const later = (a: number, b: number): boolean => b === 0 || (a !== 0 && a < b)

/** Sorted by end. Beyond the limit the two that end nearest to each other become one, with the later end. */
function addLot(points: HeldPoints, [left, ends]: Lot): void {
  const { lots } = points
  const same = lots.find(lot => lot[1] === ends)
  if (same !== undefined) same[0] += left
  else {
    const at = lots.findIndex(lot => later(ends, lot[1]))
    lots.splice(at < 0 ? lots.length : at, 0, [left, ends])
  }
  if (lots.length <= MOST_LOTS) return
  let [nearest, gap] = [0, Number.POSITIVE_INFINITY]
  for (let i = 0; i + 1 < lots.length; i++) {
    const [here, next] = [lots[i]![1], lots[i + 1]![1]]
    if (next !== 0 && next - here < gap) [nearest, gap] = [i, next - here]
  }
  lots[nearest + 1]![0] += lots[nearest]![0]
  lots.splice(nearest, 1)
}

function take({ lots }: HeldPoints, amount: number): void {
  for (let left = amount; left > 0; ) {
    const lot = lots[0]!
    const some = Math.min(lot[0], left)
    lot[0] -= some
    left -= some
    if (lot[0] === 0) lots.shift()
  }
}

function moved(fold: Fold, row: Omit<PointsRow, 'key' | 'at' | 'src'>, cause: Cause): void {
  const balance = enter(fold, row, cause)
  fold.changed = true
  derive(
    fold,
    'points.changed',
    {
      balance,
      change: row.amount,
      entry: row.entry,
      reason: row.reason,
      ...(row.ref !== null && { ref: row.ref }),
    },
    cause.of,
  )
}

/** The row alone; gives the balance, which rules see from now on. */
function enter(fold: Fold, row: Omit<PointsRow, 'key' | 'at' | 'src'>, cause: Cause): number {
  const { state, t } = fold
  const balance = balanceOf(state.pts)
  state.points = { v: balance, at: t }
  fold.effects.push({
    kind: 'points_entry',
    row: { key: hashId('points', cause.id, row.entry), ...row, at: t, src: cause.src },
  })
  setRightsDue(fold)
  return balance
}

// ── time ─────────────────────────────────────────────────────────────────────

/** When somebody must be told that points expire; null: not any more. */
function pointsReminder(points: HeldPoints, world: World): number | null {
  const days = (world.points ?? DEFAULT_POINTS).remindDays
  const lot = days === null ? undefined : points.lots.find(([, ends]) => ends > (points.w ?? 0))
  return lot === undefined ? null : lot[1] - days! * DAY_MS
}

/** Works out anew when time changes something of the coupons and points. */
export function setRightsDue({ state, world }: Pick<Fold, 'state' | 'world'>): void {
  let due = Number.POSITIVE_INFINITY
  for (const held of Object.values(state.coupons ?? {}))
    if (isOpen(held)) due = Math.min(due, held.w ?? due, held.ends ?? due)
  if (state.pts !== undefined) {
    const ends = state.pts.lots[0]?.[1]
    if (ends) due = Math.min(due, ends)
    due = Math.min(due, pointsReminder(state.pts, world) ?? due)
  }
  if (due < Number.POSITIVE_INFINITY) state.rightsDue = due
  else delete state.rightsDue
}

/** What is over at `fold.t`, and what is to be told of by then. */
export function foldRights(fold: Fold): void {
  const { state, world, t } = fold
  for (const [code, held] of Object.entries(state.coupons ?? {})) {
    if (!isOpen(held)) continue
    if (held.ends !== undefined && held.ends <= t) {
      end(held, held.ends)
      note(fold, code, held, 'expired', { id: code, src: 'time' })
    } else if (held.w !== undefined && held.w <= t) remind(fold, code, held)
  }
  const points = state.pts
  if (points !== undefined) {
    for (let lot = points.lots[0]; lot !== undefined && lot[1] !== 0 && lot[1] <= t; lot = points.lots[0]) {
      points.lots.shift()
      const [amount, ends] = lot
      moved(
        fold,
        { entry: 'expired', amount: -amount, reason: 'expired', ref: null, ends },
        { id: `${state.id}/${ends}/${t}`, src: 'time' },
      )
    }
    const at = pointsReminder(points, world)
    if (at !== null && at <= t) {
      const [amount, ends] = points.lots.find(([, e]) => e > (points.w ?? 0))!
      points.w = ends
      derive(fold, 'points.expiring', {
        amount,
        expires_at: new Date(ends).toISOString(),
        balance: balanceOf(points),
      })
    }
  }
  setRightsDue(fold)
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

// ── merges ───────────────────────────────────────────────────────────────────

/** The books of a customer who becomes part of another, or stands again: what they hold goes there, or comes back. */
export function moveBooks(fold: Pick<Fold, 'effects' | 't'>, amount: number, cause: string): void {
  if (amount === 0) return
  fold.effects.push({
    kind: 'points_entry',
    row: {
      key: hashId('points', cause, fold.t, amount),
      entry: 'moved',
      amount,
      at: fold.t,
      ends: null,
      reason: 'merge',
      src: 'merge',
      ref: null,
    },
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

/** Takes in what somebody held who became part of this customer; nothing is told, as merges trigger nothing. Coupons are
 *  taken in with everything else that a customer stands for (standing.ts). */
export function mergeRights(fold: Fold, other: CustomerState): void {
  const { state } = fold
  for (const [n, times] of Object.entries(other.had ?? {})) {
    const had = (state.had ??= {})
    had[n] = (had[n] ?? 0) + times
  }
  if (other.pts !== undefined) {
    const points = pointsOf(state)
    for (const lot of other.pts.lots) addLot(points, lot)
    if (other.pts.w !== undefined) points.w = Math.max(points.w ?? 0, other.pts.w)
    moveBooks(fold, balanceOf(other.pts), `merge/${other.id}`)
  }
  // of two who say it, our own ledger is right
  if (state.pts !== undefined) state.points = { v: balanceOf(state.pts), at: fold.t }
  setRightsDue(fold)
}
