// At a wall time, once or again and again (an RRULE of RFC 5545), for everybody, or for a segment. A wall time that a clock
// change skips is no occurrence, as RFC 5545 has it.
import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { Fault } from '../../rules/check.ts'
import { GROUP, SEGMENT } from './fields.ts'
import { segmentOf, withinSegment } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('schedule'),
  /** wall time in the workspace's zone */
  start: z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, "written 'YYYY-MM-DDTHH:MM'"),
  rrule: z.string().min(1).max(500).optional(),
  ...withinSegment,
})
type Schedule = z.infer<typeof shape>

const ONCE = 'FREQ=DAILY;COUNT=1'

/** @throws Error when the rule cannot be read */
const ruleOf = (t: Schedule, zone: string): RRuleTemporal =>
  new RRuleTemporal({
    rruleString: t.rrule ?? ONCE,
    dtstart: Temporal.PlainDateTime.from(t.start).toZonedDateTime(zone),
  })

const kept = new WeakMap<Schedule, { zone: string; rule: RRuleTemporal }>()
function keptRule(t: Schedule, zone: string): RRuleTemporal {
  let found = kept.get(t)
  if (found?.zone !== zone) kept.set(t, (found = { zone, rule: ruleOf(t, zone) }))
  return found.rule
}

const OFTEN = /FREQ=(SECONDLY|MINUTELY)/i

export const schedule = triggerType<typeof shape>({
  kind: 'schedule',
  family: 'time',
  fields: {
    start: { kind: 'date_time', required: true },
    rrule: { kind: 'text', required: false },
    segment: SEGMENT,
    group: GROUP,
  },
  shape,
  common: (t, world, after) =>
    keptRule(t, world.timezone).next(new Date(after), false)?.epochMilliseconds ?? null,
  segment: segmentOf,
  props: t => [{ start: t.start }],
  validate(t): Fault[] {
    const bad = (path: string, zh: string, en: string): Fault[] => [
      { path, code: 'bad_schedule', message: { zh, en } },
    ]
    try {
      Temporal.PlainDateTime.from(t.start, { overflow: 'reject' })
    } catch {
      return bad('/start', '沒有這一天', 'There is no such day')
    }
    if (t.rrule === undefined) return []
    if (OFTEN.test(t.rrule) || /DTSTART|EXDATE|RDATE|\n/i.test(t.rrule))
      return bad(
        '/rrule',
        '請用 RRULE 的一行寫法，最密每小時一次，例如 FREQ=WEEKLY;BYDAY=MO',
        'Write one line of an RRULE, at most hourly, such as FREQ=WEEKLY;BYDAY=MO',
      )
    try {
      if (ruleOf(t, 'UTC').next(new Date(Date.parse(t.start + 'Z') - 1), false) === null)
        return bad('/rrule', '這個規則沒有任何一次', 'This rule has no occurrence')
    } catch {
      return bad(
        '/rrule',
        '看不懂這個規則，例如 FREQ=WEEKLY;BYDAY=MO',
        'This rule cannot be read; one is FREQ=WEEKLY;BYDAY=MO',
      )
    }
    return []
  },
  about: t => t.start,
})
