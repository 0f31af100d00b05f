// Gives a coupon or points, once for each visit of the node. Fields: { give: 'coupon', coupon: 'WELCOME100' } or { give:
// 'points', points: 100, reason?: '生日禮', validDays?: 365 }. Ports: given; limit (all coupons are taken), has (the person has
// had it already), ended (the coupon is archived or over). What `next` leaves out takes the way of given.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { Effect, NodeType, Step } from './type.ts'

const key = z.string().min(1).max(60)
const shape = z.discriminatedUnion('give', [
  z.strictObject({ give: z.literal('coupon'), coupon: key }),
  z.strictObject({
    give: z.literal('points'),
    points: z.number().int().min(1).max(1_000_000),
    reason: z.string().min(1).max(100).optional(),
    validDays: z.number().int().min(1).max(3660).optional(),
  }),
])
type Fields = z.infer<typeof shape>

export const reward: NodeType = {
  type: 'reward',
  family: 'data',
  twinPort: 'given',
  fields: {
    give: { kind: 'choice', required: true, options: ['coupon', 'points'] },
    coupon: { kind: 'coupon', required: true, when: { field: 'give', is: ['coupon'] } },
    points: {
      kind: 'number',
      required: true,
      when: { field: 'give', is: ['points'] },
      min: 1,
      max: 1_000_000,
    },
    reason: { kind: 'text', required: false, when: { field: 'give', is: ['points'] } },
    validDays: {
      kind: 'number',
      required: false,
      when: { field: 'give', is: ['points'] },
      min: 1,
      max: 3660,
    },
  },
  ports: () => ['given', 'limit', 'has', 'ended'],
  fallback: { limit: 'given', has: 'given', ended: 'given' },
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const f = fields as Fields
    if (f.give === 'points') {
      const effect: Effect = { kind: 'points', amount: f.points, reason: f.reason ?? ctx.journey.name }
      if (f.validDays !== undefined) effect.validDays = f.validDays
      return { kind: 'go', port: 'given', effects: [effect] }
    }
    const coupon = ctx.coupon(f.coupon)
    if ('refused' in coupon) return refused(coupon.refused, coupon.refused)
    return coupon.pool === null
      ? give(f.coupon)
      : {
          kind: 'wait',
          wait: { kind: 'message', message: ctx.messageId() },
          effects: [{ kind: 'ticket', limits: [coupon.pool] }],
        }
  },
  resume(fields, ctx, why) {
    const key = (fields as { coupon: string }).coupon
    if (why.kind !== 'message' || why.outcome !== 'accepted')
      return refused('limit', why.kind === 'message' ? why.reason : null)
    // what happened while it waited; the place stays taken then, which gives one coupon less and never one more
    const coupon = ctx.coupon(key)
    return 'refused' in coupon ? refused(coupon.refused, coupon.refused) : give(key)
  },
}

const give = (coupon: string): Step => ({
  kind: 'go',
  port: 'given',
  effects: [{ kind: 'issue_coupon', coupon }],
})
const refused = (port: string, seen: string | null): Step => ({
  kind: 'go',
  port,
  effects: [],
  why: [{ path: '/coupon', leaf: 'coupon', value: false, seen }],
})
