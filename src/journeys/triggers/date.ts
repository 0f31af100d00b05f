// A date attribute: at `time` (wall, workspace zone) `offsetDays` after (negative: before) the date; yearly repeats, by the
// Gregorian calendar (Feb 29 is Feb 28 in common years) or by the lunar one.
import { z } from 'zod'
import { nextLunarMoment } from '../../platform/lunar.ts'
import { nextDateMoment } from '../../platform/wall-time.ts'
import { choice, OFFSET, WALL_TIME } from './fields.ts'
import { offsetDays, safeName, wallTime } from './parts.ts'
import { triggerType } from './type.ts'

const CALENDARS = ['gregorian', 'lunar'] as const
const shape = z.strictObject({
  kind: z.literal('date'),
  trait: safeName(64),
  offsetDays,
  time: wallTime,
  yearly: z.boolean(),
  calendar: z.enum(CALENDARS).optional(),
})

export const date = triggerType<typeof shape>({
  kind: 'date',
  family: 'time',
  fields: {
    trait: { kind: 'trait', required: true },
    offsetDays: OFFSET,
    time: WALL_TIME,
    yearly: { kind: 'flag', required: true },
    calendar: { ...choice(CALENDARS, false), when: { field: 'yearly', is: [true] } },
  },
  shape,
  moment(t, { state, world, after }) {
    const value = Object.hasOwn(state.traits, t.trait) ? state.traits[t.trait]!.v : undefined
    return t.calendar === 'lunar' && t.yearly
      ? nextLunarMoment(value, t, world.timezone, after)
      : nextDateMoment(value, t, world.timezone, after)
  },
  moves: t => ({ traits: [t.trait] }),
  props: (t, { state }) => [{ trait: t.trait, date: state.traits[t.trait]?.v }],
  about: t => t.trait,
})
