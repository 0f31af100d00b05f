// A date attribute: at `time` (wall, workspace zone) `offsetDays` after (negative: before) the date; yearly repeats.
import { z } from 'zod'
import { nextDateMoment } from '../../platform/wall-time.ts'
import { safeName, wallTime } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('date'),
  trait: safeName(64),
  offsetDays: z.number().int().min(-366).max(366),
  time: wallTime,
  yearly: z.boolean(),
})

export const date = triggerType<typeof shape>({
  kind: 'date',
  family: 'time',
  fields: {
    trait: { kind: 'trait', required: true },
    offsetDays: { kind: 'number', required: true, min: -366, max: 366 },
    time: { kind: 'wall_time', required: true },
    yearly: { kind: 'flag', required: true },
  },
  shape,
  moment: (t, { state, world, after }) => nextDateMoment(state.traits[t.trait]?.v, t, world.timezone, after),
  moves: t => ({ traits: [t.trait] }),
  props: (t, { state }) => ({ trait: t.trait, date: state.traits[t.trait]?.v }),
  about: t => t.trait,
})
