// A holiday: at `time` so many days after (negative: before) it, for everybody, or for a segment.
import { z } from 'zod'
import { nextYearlyMoment } from '../../platform/wall-time.ts'
import { HOLIDAYS, holidayIn } from '../holidays.ts'
import { choice, GROUP, OFFSET, SEGMENT, WALL_TIME } from './fields.ts'
import { offsetDays, segmentOf, wallTime, withinSegment } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('calendar'),
  holiday: z.enum(HOLIDAYS),
  offsetDays,
  time: wallTime,
  ...withinSegment,
})

export const calendar = triggerType<typeof shape>({
  kind: 'calendar',
  family: 'time',
  fields: {
    holiday: choice(HOLIDAYS),
    offsetDays: OFFSET,
    time: WALL_TIME,
    segment: SEGMENT,
    group: GROUP,
  },
  shape,
  common: (t, world, after) => nextYearlyMoment(year => holidayIn(t.holiday, year), t, world.timezone, after),
  segment: segmentOf,
  props: t => [{ holiday: t.holiday }],
  about: t => t.holiday,
})
