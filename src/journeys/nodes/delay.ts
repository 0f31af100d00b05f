// Waits. Fields, by `mode` (left out: what is given of the first two):
//   { ms: 3600000 }                                                           one hour
//   { until: { time: '09:00', weekdays: [1, 2, 3] } }                         the next Monday, Tuesday or Wednesday at nine
//   { mode: 'date', date: { date: '2026-11-11', time: '09:00', past: 'go' } } that day; where it is past on at once, or by `past`
//   { mode: 'trait', trait: { trait: 'birthday', offsetDays: -7, time: '10:00', yearly: true } }
//                       so many days from the date in an attribute; an edit meanwhile moves the moment, no date goes by `missing`
//   { mode: 'best', best: { fallback: '10:00' } }        the hour of the day at which this person acts most
// Wall times are of the workspace's zone; one that a clock change skips is the first moment after it. Ports: next;
// missing (trait); past (date and trait with past: 'skip').
import { z } from 'zod'
import { bestHour } from '../../customers/hours.ts'
import { isDate, nextDateMoment, wallHour } from '../../platform/wall-time.ts'
import { faultsOf } from '../../rules/check.ts'
import type { NodeContext, NodeType, Step } from './type.ts'
import { wallTime } from '../shape.ts'

export const MAX_WAIT_MS = 366 * 86_400_000

const past = z.enum(['go', 'skip']).optional()
const parts = {
  ms: z.number().int().min(0).max(MAX_WAIT_MS),
  until: z.strictObject({
    time: wallTime,
    weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).optional(),
  }),
  date: z.strictObject({
    date: z.string().refine(isDate, { message: "a date is written 'YYYY-MM-DD'" }),
    time: wallTime,
    past,
  }),
  trait: z.strictObject({
    trait: z.string().min(1).max(64),
    offsetDays: z.number().int().min(-366).max(366),
    time: wallTime,
    yearly: z.boolean().optional(),
    past,
  }),
  best: z.strictObject({ fallback: wallTime }),
}
const MODES = { for: 'ms', until: 'until', date: 'date', trait: 'trait', best: 'best' } as const
type Mode = keyof typeof MODES
type Fields = { mode?: Mode } & { [K in keyof typeof parts]?: z.infer<(typeof parts)[K]> }

const modeOf = (f: Fields): Mode | null =>
  f.mode ?? (f.ms !== undefined ? 'for' : f.until !== undefined ? 'until' : null)

const skipsPast = (f: Fields): boolean => {
  const mode = modeOf(f)
  return (mode === 'date' && f.date?.past === 'skip') || (mode === 'trait' && f.trait?.past === 'skip')
}

function enter(fields: Record<string, unknown>, ctx: NodeContext): Step {
  const f = fields as Fields
  const wait = (until: number): Step => ({ kind: 'wait', wait: { kind: 'time', until }, effects: [] })
  switch (modeOf(f)) {
    case 'for':
      return wait(ctx.now + f.ms!)
    case 'until':
      return wait(ctx.nextWallTime(f.until!.time, f.until!.weekdays ?? null))
    case 'date': {
      const once = { offsetDays: 0, time: f.date!.time, yearly: false }
      const until = nextDateMoment(f.date!.date, once, ctx.timezone, ctx.now)
      return until === null ? gone(f) : wait(until)
    }
    case 'trait':
      return untilTrait(f, ctx)
    case 'best': {
      const hour = bestHour(ctx.customer)
      if (hour === null) return wait(ctx.nextWallTime(f.best!.fallback, null))
      // within that hour it is time already
      if (wallHour(ctx.now, ctx.timezone) === hour) return { kind: 'go', port: 'next', effects: [] }
      return wait(ctx.nextWallTime(`${String(hour).padStart(2, '0')}:00`, null))
    }
    default:
      return { kind: 'go', port: 'next', effects: [] }
  }
}

const gone = (f: Fields): Step => ({
  kind: 'go',
  port: skipsPast(f) ? 'past' : 'next',
  effects: [],
  why: [{ path: '', leaf: 'date', value: false, seen: 'past' }],
})

/** Waits as for an event, so that every change of the attributes is looked at. */
function untilTrait(f: Fields, ctx: NodeContext): Step {
  const { trait, ...moment } = f.trait!
  const value = Object.hasOwn(ctx.customer.traits, trait) ? ctx.customer.traits[trait]!.v : undefined
  if (typeof value !== 'string' || !isDate(value))
    return {
      kind: 'go',
      port: 'missing',
      effects: [],
      why: [{ path: '', leaf: 'trait', value: false, seen: value ?? null }],
    }
  const until = nextDateMoment(value, { yearly: false, ...moment }, ctx.timezone, ctx.now)
  return until === null ? gone(f) : { kind: 'wait', wait: { kind: 'event', until }, effects: [] }
}

export const delay: NodeType = {
  type: 'delay',
  family: 'time',
  fields: {
    mode: { kind: 'choice', required: false, options: Object.keys(MODES) },
    ms: { kind: 'duration', required: false, when: { field: 'mode', is: ['for', undefined] } },
    until: {
      kind: 'group',
      required: false,
      when: { field: 'mode', is: ['until', undefined] },
      of: {
        time: { kind: 'wall_time', required: true },
        weekdays: { kind: 'weekdays', required: false },
      },
    },
    date: {
      kind: 'group',
      required: false,
      when: { field: 'mode', is: ['date'] },
      of: {
        date: { kind: 'date', required: true },
        time: { kind: 'wall_time', required: true },
        past: { kind: 'choice', required: false, options: ['go', 'skip'] },
      },
    },
    trait: {
      kind: 'group',
      required: false,
      when: { field: 'mode', is: ['trait'] },
      of: {
        trait: { kind: 'trait', required: true },
        offsetDays: { kind: 'number', required: true, min: -366, max: 366 },
        time: { kind: 'wall_time', required: true },
        yearly: { kind: 'flag', required: false },
        past: { kind: 'choice', required: false, options: ['go', 'skip'] },
      },
    },
    best: {
      kind: 'group',
      required: false,
      when: { field: 'mode', is: ['best'] },
      of: { fallback: { kind: 'wall_time', required: true } },
    },
  },
  ports(fields) {
    const f = fields as Fields
    return ['next', ...(modeOf(f) === 'trait' ? ['missing'] : []), ...(skipsPast(f) ? ['past'] : [])]
  },
  waits: fields => {
    const mode = modeOf(fields as Fields)
    return mode === 'until' || (mode === 'for' && fields.ms !== 0)
  },
  validate(fields) {
    const f = fields as Fields
    const mode = modeOf(f)
    if (
      mode === null ||
      !Object.hasOwn(MODES, mode) ||
      (f.mode === undefined && f.ms !== undefined && f.until)
    )
      return [
        {
          path: mode === null || Object.hasOwn(MODES, mode) ? '' : '/mode',
          code: 'delay_kind',
          message: {
            zh: '請設定等待多久，或等到什麼時候（擇一）',
            en: 'Set how long to wait, or what to wait for (one of them)',
          },
        },
      ]
    const name = MODES[mode]
    const parsed = parts[name].safeParse(f[name])
    return parsed.success ? [] : faultsOf(parsed.error, `/${name}`)
  },
  enter,
  resume: (fields, ctx, why) =>
    why.kind === 'event' ? enter(fields, ctx) : { kind: 'go', port: 'next', effects: [] },
}
