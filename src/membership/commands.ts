// Commands about coupons and points: what was done, or a problem that says what to do. Pure.
import { done, wrong, type Answer } from '../customers/answer.ts'
import type { Fold } from '../customers/fold.ts'
import type { CommandBody } from '../inbox/model.ts'
import { claimCoupon, couponRefusal, issueCoupon, redeemCoupon, type Refusal } from './coupons.ts'
import { balanceOf, type Cause } from './model.ts'
import { burnPoints, earnPoints } from './points.ts'

type Command = Extract<
  CommandBody['command'],
  { do: 'issue_coupon' | 'claim_coupon' | 'redeem_coupon' | 'points' }
>

const REFUSED: Record<Refusal, Answer> = {
  unknown: wrong(
    404,
    'coupon_not_found',
    'No coupon has this key',
    'Choose one of the list, or make it first.',
    '/coupon',
  ),
  ended: wrong(
    409,
    'coupon_ended',
    'This coupon is archived or over',
    'Give another one, or move its end.',
    '/coupon',
  ),
  has: wrong(
    409,
    'coupon_had',
    'The customer has had this coupon as often as one may',
    'Nothing is to be done; give another one if they are to have more.',
    '/coupon',
  ),
  too_many: wrong(
    409,
    'too_many_coupons',
    'The customer holds as many open coupons as one can',
    'Wait until some are used or expire.',
    '/coupon',
  ),
}

const NOT_REDEEMED = {
  unknown: wrong(
    404,
    'coupon_not_held',
    'This customer does not hold a coupon with this code',
    'Check the code.',
    '/code',
  ),
  used: wrong(
    409,
    'coupon_used',
    'This coupon has been used',
    'Take no discount for it; a coupon is good once.',
    '/code',
  ),
  expired: wrong(409, 'coupon_expired', 'This coupon has expired', 'Take no discount for it.', '/code'),
  elsewhere: wrong(
    409,
    'coupon_elsewhere',
    'This coupon is not for this place',
    'A coupon for stores is used at a till, one for the web in the shop online.',
    '/place',
  ),
} satisfies Record<string, Answer>

export function carryOutRights(fold: Fold, command: Command, cause: Cause): Answer {
  switch (command.do) {
    case 'issue_coupon': {
      const refused = couponRefusal(fold, command.coupon)
      return refused === null
        ? done({ code: issueCoupon(fold, command.coupon, cause), issued: true })
        : REFUSED[refused]
    }
    case 'claim_coupon': {
      const taken = claimCoupon(fold, command.coupon, cause)
      return 'code' in taken ? done(taken) : REFUSED[taken.refused]
    }
    case 'redeem_coupon': {
      const used = redeemCoupon(fold, command.code, command, cause)
      if ('refused' in used) return NOT_REDEEMED[used.refused]
      const { coupon, again } = used
      return done({
        code: command.code,
        again,
        coupon: coupon && { key: coupon.key, name: coupon.name, kind: coupon.kind, value: coupon.value },
      })
    }
    case 'points': {
      const { amount, reason, ref, validDays } = command
      if (amount > 0) earnPoints(fold, { amount, reason, ref }, cause, validDays)
      else if (!burnPoints(fold, { amount: -amount, reason, ref }, cause))
        return wrong(
          409,
          'not_enough_points',
          `The customer has ${balanceOf(fold.state.pts)} points`,
          'Take at most as many.',
          '/amount',
        )
      return done({ balance: balanceOf(fold.state.pts) })
    }
  }
}
