// Coupons and points: what a workspace defines, what a customer has, and the commands of tills and pages.
import { z } from 'zod'
import { COUPON_KINDS, PLACES } from '../membership/model.ts'
import { e, id, time } from './shared.ts'

const days = z.number().int().min(1).max(3660)
const termsShape = {
  name: z.string().trim().min(1).max(100),
  kind: z.enum(COUPON_KINDS),
  value: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .describe('amount: smallest unit of the currency; percent: 1 to 100; else 0'),
  valid: z
    .union([z.strictObject({ days }), z.strictObject({ until: z.iso.date() })])
    .nullable()
    .describe('days after its issue, or through that day; null: for ever'),
  limit: z.number().int().min(1).max(1e9).nullable().describe('of all people together; null: any number'),
  perPerson: z.number().int().min(1).max(1000).nullable().describe('null: any number'),
  place: z.enum(PLACES).nullable().describe('where it may be used; null: everywhere'),
  remindDays: z.array(z.number().int().min(1).max(365)).max(3).describe('days before its end'),
}
const key = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,40}$/, 'letters, digits, - and _ only')
  .describe('names it in journeys, rules and events; never changes')

const counts = z.object({
  issued: z.number(),
  claimed: z.number(),
  redeemed: z.number(),
  expired: z.number(),
})
export const coupon = z.object({
  id,
  key,
  ...termsShape,
  archived: z.boolean(),
  counts,
  version: z.number(),
  updatedAt: time,
})
export const pointsSettings = z.object({
  validDays: days.nullable().describe('points expire so many days after they were earned; null: never'),
  remindDays: z.number().int().min(1).max(365).nullable().describe('null: not told'),
  takeBack: z
    .boolean()
    .default(true)
    .describe(
      'points earned for an order (its number is their `ref`) go in the share in which it is refunded, returned or cancelled',
    ),
})
const ref = z.string().min(1).max(100).optional().describe('order number: the same again is no second use')

export const membershipEndpoints = {
  coupons: e({
    method: 'get',
    path: '/w/{ws}/coupons',
    scope: 'membership:read',
    summary: 'Every coupon, newest first, with what became of those issued',
    out: z.object({ items: z.array(coupon) }),
  }),
  createCoupon: e({
    method: 'post',
    path: '/w/{ws}/coupons',
    scope: 'membership:write',
    summary: 'Defines a coupon and publishes it',
    body: z.strictObject({ key, ...termsShape }),
    out: coupon,
  }),
  saveCoupon: e({
    method: 'put',
    path: '/w/{ws}/coupons/{coupon}',
    scope: 'membership:write',
    summary:
      'Changes a coupon; those issued keep their end. An archived one is given to nobody, and can still be used',
    body: z.strictObject({ ...termsShape, archived: z.boolean(), version: z.number() }),
    out: coupon,
  }),
  pointsSettings: e({
    method: 'get',
    path: '/w/{ws}/points-settings',
    scope: 'membership:read',
    summary: 'How long points are valid, and when people are reminded',
    out: z.object({ settings: pointsSettings, version: z.number() }),
  }),
  savePointsSettings: e({
    method: 'put',
    path: '/w/{ws}/points-settings',
    scope: 'membership:write',
    summary: 'Changes these; points that were earned keep their end',
    body: z.object({ settings: pointsSettings, version: z.number() }),
    out: z.object({ settings: pointsSettings, version: z.number() }),
  }),
  customerRights: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/rights',
    scope: 'customers:read',
    summary: 'Coupons and points of a customer, and the newest entries of both ledgers',
    out: z.object({
      coupons: z.array(
        z.object({
          code: z.string(),
          coupon: z.string().describe('its key'),
          status: z.enum(['open', 'claimed', 'gone']),
          since: time,
          expiresAt: time.nullable(),
        }),
      ),
      points: z.object({
        balance: z.number(),
        ending: z.array(z.object({ amount: z.number(), at: time.nullable() })),
      }),
      entries: z.array(
        z.object({
          at: time,
          ledger: z.enum(['coupons', 'points']),
          entry: z.string(),
          what: z.string().describe('coupons: the code; points: the reason'),
          amount: z.number().nullable(),
          ref: z.string().nullable(),
          source: z.string(),
        }),
      ),
    }),
  }),
  giveCoupon: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/coupons',
    scope: 'customers:write',
    summary: 'Gives a coupon, or takes it for the customer. Takes Idempotency-Key',
    body: z.strictObject({
      coupon: key,
      claimed: z.boolean().default(false).describe('the customer asked for it'),
    }),
    out: z.object({ code: z.string() }),
  }),
  redeemCoupon: e({
    method: 'post',
    path: '/w/{ws}/coupon-redemptions',
    scope: 'customers:write',
    summary:
      'Uses a coupon by its code, once. Takes Idempotency-Key; for the same order again it answers the same',
    body: z.strictObject({
      code: z.string().min(1).max(60),
      ref,
      place: z.enum(PLACES).nullable().default(null),
    }),
    out: z.object({
      code: z.string(),
      again: z.boolean().describe('it was used for this order before'),
      coupon: z
        .object({ key: z.string(), name: z.string(), kind: z.enum(COUPON_KINDS), value: z.number() })
        .nullable(),
    }),
  }),
  movePoints: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/points',
    scope: 'customers:write',
    summary: 'Gives points, or takes them when the amount is negative. Takes Idempotency-Key',
    body: z.strictObject({
      amount: z
        .number()
        .int()
        .min(-1_000_000)
        .max(1_000_000)
        .refine(n => n !== 0, 'not 0'),
      reason: z.string().trim().min(1).max(100),
      ref,
      validDays: days.optional(),
    }),
    out: z.object({ balance: z.number() }),
  }),
} as const
