// The fold's part of points: earned, burned, taken back, and what time takes away. Every change is a row of an append-only
// ledger (effect `points_entry`) and a fact, in the same fold as the state. Pure.
import { derive, type Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { hashId } from '../platform/ids.ts'
import { pointsReminder, setRightsDue } from './due.ts'
import { balanceOf, type Cause, DEFAULT_POINTS, type HeldPoints, type Lot, type PointsRow } from './model.ts'

const DAY_MS = 86_400_000
/** Ends of points that a state tells apart. */
const MOST_LOTS = 24

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

/** Points that are over, and that some will be. */
export function foldPoints(fold: Fold): void {
  const { state, world, t } = fold
  const points = state.pts
  if (points === undefined) return
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

/** Takes in the points of somebody who became part of this customer. */
export function mergePoints(fold: Fold, other: CustomerState): void {
  const { state } = fold
  if (other.pts !== undefined) {
    const points = pointsOf(state)
    for (const lot of other.pts.lots) addLot(points, lot)
    if (other.pts.w !== undefined) points.w = Math.max(points.w ?? 0, other.pts.w)
    moveBooks(fold, balanceOf(other.pts), `merge/${other.id}`)
  }
  // of two who say it, our own ledger is right
  if (state.pts !== undefined) state.points = { v: balanceOf(state.pts), at: fold.t }
}
