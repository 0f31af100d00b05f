// Time to buy again: so many days before the last purchase plus the person's own mean interval between purchases; `onceDays`
// stands for that interval where there was one purchase. Buying earlier moves it on.
import { z } from 'zod'
import { dateMoment, wallDate } from '../../platform/wall-time.ts'
import { WALL_TIME } from './fields.ts'
import { DAY_MS, wallTime } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('repurchase'),
  leadDays: z.number().int().min(0).max(366),
  onceDays: z.number().int().min(1).max(3660).optional(),
  time: wallTime,
})

const CHANGES = ['placed', 'paid', 'updated', 'cancelled', 'refunded', 'returned']

export const repurchase = triggerType<typeof shape>({
  kind: 'repurchase',
  family: 'shop',
  fields: {
    leadDays: { kind: 'number', required: true, min: 0, max: 366 },
    onceDays: { kind: 'number', required: false, min: 1, max: 3660 },
    time: WALL_TIME,
  },
  shape,
  moment(t, { state, world, after }) {
    const { orders } = state
    if (orders === undefined || orders.n < 1) return null
    const cycle =
      orders.n > 1 && orders.lastAt > orders.firstAt
        ? (orders.lastAt - orders.firstAt) / (orders.n - 1)
        : (t.onceDays ?? 0) * DAY_MS
    if (cycle === 0) return null
    const zone = world.timezone
    const at = dateMoment(wallDate(orders.lastAt + cycle, zone), -t.leadDays, t.time, zone)
    return at > after ? at : null
  },
  moves: () => ({ facts: CHANGES.map(entry => `order.${entry}`) }),
  props: (_, { state }) => [
    { last_order_at: state.orders === undefined ? null : new Date(state.orders.lastAt).toISOString() },
  ],
})
