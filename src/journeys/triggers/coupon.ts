// A coupon was given, claimed, used, or has expired; or it will expire in so many days (at `time` of that day; without a
// time, so long before to the moment) and has not been used.
import { z } from 'zod'
import type { HeldCoupon } from '../../membership/model.ts'
import type { World } from '../../customers/world.ts'
import type { Fault } from '../../rules/check.ts'
import { dateMoment, wallDate } from '../../platform/wall-time.ts'
import { choice } from './fields.ts'
import { DAY_MS, lateness, safeName, wallTime } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['issued', 'claimed', 'redeemed', 'expired', 'expiring'] as const
const shape = z.strictObject({
  kind: z.literal('coupon'),
  on: z.enum(ON),
  /** only this one; any without */
  coupon: safeName(200).optional(),
  days: z.number().int().min(0).max(366).optional(),
  time: wallTime.optional(),
  latenessMs: lateness,
})
type Trigger = z.infer<typeof shape>

const isAbout = (t: Trigger, { kind }: HeldCoupon): boolean => t.coupon === undefined || kind === t.coupon

function reminderOf(t: Trigger, coupon: HeldCoupon, { timezone }: World): number | null {
  if (coupon.gone === true || coupon.ends === undefined || !isAbout(t, coupon)) return null
  const days = t.days ?? 0
  return t.time === undefined
    ? coupon.ends - days * DAY_MS
    : dateMoment(wallDate(coupon.ends, timezone), -days, t.time, timezone)
}

export const coupon = triggerType<typeof shape>({
  kind: 'coupon',
  family: 'shop',
  fields: {
    on: choice(ON),
    coupon: { kind: 'coupon', required: false },
    days: { kind: 'number', required: false, min: 0, max: 366, when: { field: 'on', is: ['expiring'] } },
    time: { kind: 'wall_time', required: false, when: { field: 'on', is: ['expiring'] } },
  },
  shape,
  facts: t => (t.on === 'expiring' ? [] : [`coupon.${t.on}`]),
  admits: (t, { props }) => t.coupon === undefined || props.coupon === t.coupon,
  moment(t, { state, world, after }) {
    if (t.on !== 'expiring') return null
    let first: number | null = null
    for (const held of Object.values(state.coupons ?? {})) {
      const at = reminderOf(t, held, world)
      if (at !== null && at > after && (first === null || at < first)) first = at
    }
    return first
  },
  moves: t =>
    t.on === 'expiring'
      ? { facts: ['coupon.issued', 'coupon.claimed', 'coupon.redeemed', 'coupon.expired'] }
      : {},
  /** one for each coupon whose moment this is */
  props: (t, { state, world, at }) =>
    Object.entries(state.coupons ?? {}).flatMap(([code, held]) =>
      reminderOf(t, held, world) === at
        ? [{ coupon: held.kind, code, expires_at: new Date(held.ends!).toISOString() }]
        : [],
    ),
  validate: (t): Fault[] =>
    t.on === 'expiring' && t.days === undefined
      ? [
          {
            path: '/days',
            code: 'no_days',
            message: { zh: '請填寫到期前幾天', en: 'Say how many days before it expires' },
          },
        ]
      : [],
  about: t => t.coupon ?? '',
})
