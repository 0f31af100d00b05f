// Points will expire: in so many days (at `time` of that day; without a time, so long before to the moment); without days, as
// long before as the points' settings say for everybody.
import { z } from 'zod'
import type { World } from '../../customers/world.ts'
import { balanceOf } from '../../membership/model.ts'
import { dateMoment, wallDate } from '../../platform/wall-time.ts'
import type { Fault } from '../../rules/check.ts'
import { DAY_MS, lateness, wallTime } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('points'),
  days: z.number().int().min(0).max(366).optional(),
  time: wallTime.optional(),
  latenessMs: lateness,
})
type Trigger = z.infer<typeof shape>

function reminderOf({ days, time }: Trigger, ends: number, { timezone }: World): number | null {
  if (days === undefined || ends === 0) return null
  return time === undefined
    ? ends - days * DAY_MS
    : dateMoment(wallDate(ends, timezone), -days, time, timezone)
}

export const points = triggerType<typeof shape>({
  kind: 'points',
  family: 'member',
  fields: {
    days: { kind: 'number', required: false, min: 0, max: 366 },
    time: { kind: 'wall_time', required: false },
  },
  shape,
  facts: t => (t.days === undefined ? ['points.expiring'] : []),
  moment(t, { state, world, after }) {
    let first: number | null = null
    for (const [, ends] of state.pts?.lots ?? []) {
      const at = reminderOf(t, ends, world)
      if (at !== null && at > after && (first === null || at < first)) first = at
    }
    return first
  },
  moves: t => (t.days === undefined ? {} : { facts: ['points.changed'] }),
  /** all that expire by this reminder together */
  props(t, { state, world, at }) {
    const lots = (state.pts?.lots ?? []).filter(([, ends]) => reminderOf(t, ends, world) === at)
    return lots.length === 0
      ? []
      : [
          {
            amount: lots.reduce((sum, [left]) => sum + left, 0),
            expires_at: new Date(lots[0]![1]).toISOString(),
            balance: balanceOf(state.pts),
          },
        ]
  },
  validate: (t): Fault[] =>
    t.time !== undefined && t.days === undefined
      ? [
          {
            path: '/days',
            code: 'no_days',
            message: { zh: '請填寫到期前幾天', en: 'Say how many days before they expire' },
          },
        ]
      : [],
})
