// Coupons and points: what a workspace defines, what a customer's state holds of them, and the rows of their ledgers.
import type { Limit } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'

export const COUPON_KINDS = ['amount', 'percent', 'gift', 'shipping'] as const
export const PLACES = ['online', 'store'] as const
export type Place = (typeof PLACES)[number]

/** What people write. */
export type CouponTerms = {
  name: string
  kind: (typeof COUPON_KINDS)[number]
  /** amount: smallest unit of the workspace's currency; percent: 1 to 100; else 0 */
  value: number
  /** so many days from its issue, or through that day ('YYYY-MM-DD', workspace zone), or for ever */
  valid: { days: number } | { until: string } | null
  /** of all people together; null: any number */
  limit: number | null
  /** how often one person may have it; null: any number of times */
  perPerson: number | null
  /** only there; null: everywhere */
  place: Place | null
  /** days before its end at which `coupon.expiring` is told */
  remindDays: number[]
}

/** As the world carries it. `n` names it in states. */
export type PublishedCoupon = CouponTerms & { id: Uuid; n: number; key: string; archived?: true }

export type PointsSettings = {
  /** points expire so many days after they were earned; null: never */
  validDays: number | null
  /** days before points expire at which `points.expiring` is told; null: not told */
  remindDays: number | null
  /** what an order brought goes with it when it is refunded, returned or cancelled */
  takeBack: boolean
}
export const DEFAULT_POINTS: PointsSettings = { validDays: null, remindDays: 30, takeBack: true }

/** A coupon in a state, by its code. `ends`: it expires then; `gone`: used, or ended by whoever issued it; `kind`: the
 *  coupon's key, '' until its issue is told. */
export type HeldCoupon = {
  kind: string
  at: number
  ends?: number
  gone?: true
  /** of our own ledger: number of its definition. Others are told of by trusted events */
  n?: number
  /** the person took it */
  took?: true
  /** when `coupon.expiring` is due next */
  w?: number
  /** what it was redeemed for: an order number */
  ref?: string
}

/** What is left of points that expire together (0: never), those that expire first at the front. */
export type Lot = [left: number, ends: number]
/** `w`: the end of points of which `points.expiring` was told last */
export type HeldPoints = { lots: Lot[]; w?: number }

/** Append-only. `moved`: it came with a person who was taken out of another. */
export type CouponRow = {
  key: Uuid
  code: string
  coupon: Uuid
  entry: 'issued' | 'claimed' | 'redeemed' | 'expired' | 'moved'
  at: number
  src: string
  /** order it was used for */
  ref: string | null
}
/** Append-only; the sum of a customer's amounts is the balance. `moved`: by a merge or an unmerge. */
export type PointsRow = {
  key: Uuid
  entry: 'earned' | 'burned' | 'expired' | 'moved'
  amount: number
  at: number
  ends: number | null
  reason: string
  src: string
  ref: string | null
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

/** Places of which one is taken for each coupon given. */
export const couponPool = (coupon: Uuid, max: number): Limit => ({
  key: `pool:${coupon}`,
  max,
  per: 'ever',
  wait: false,
})

export const balanceOf = (points: HeldPoints | undefined): number =>
  points === undefined ? 0 : points.lots.reduce((sum, [left]) => sum + left, 0)

/** Letters and digits that nobody mistakes for each other: no 0, O, 1, I. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 12

/** A code of 60 bits of a hash, in groups of four: 'K7QF-2MXA-9TCB'. */
export function codeOf(hash: Uuid): string {
  const hex = hash.replaceAll('-', '')
  let bits = BigInt('0x' + hex.slice(0, CODE_LENGTH + 3))
  let code = ''
  for (let i = 0; i < CODE_LENGTH; i++) {
    code = ALPHABET[Number(bits & 31n)] + code
    bits >>= 5n
  }
  return grouped(code)
}

const grouped = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-')

/** A code as it is kept, of what somebody typed: in small letters, with other dashes or none. What is no code of ours
 *  stays as it is. */
export function readCode(text: string): string {
  const plain = text.toUpperCase().replace(/[\s\-–—]/g, '')
  return plain.length === CODE_LENGTH && [...plain].every(c => ALPHABET.includes(c))
    ? grouped(plain)
    : text.trim()
}
