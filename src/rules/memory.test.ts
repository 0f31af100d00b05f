// Memories against the plain list of events: any order, split in two and merged, pruned at any time, the answer is the
// same at any later moment; and `until` is never late.
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { tries } from '../../test/property.ts'
import { emptyState } from '../customers/reduce.ts'
import { checkRule } from './check.ts'
import { evaluate } from './evaluate.ts'
import { spanMs, testTime } from './leaves/times.ts'
import { testNumber, testText, testBoolean } from './leaves/values.ts'
import { matches, valuesAt } from './match.ts'
import { itemOf, mergeMemories, pruned, remember, type Memory } from './memory.ts'
import type { EventMeasure, EventRef, NumberTest, Rule, TextTest, Window } from './model.ts'
import { needOf } from './needs.ts'

type Told = { name: string; at: number; props: Record<string, unknown> }
type Leaf = Extract<Rule, { op: 'event' | 'sequence' }>

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A week before New York changes its clocks. */
const BASE = Date.UTC(2026, 2, 1)
const ZONES = ['Asia/Taipei', 'America/New_York', 'Pacific/Apia']

// ── the oracle ───────────────────────────────────────────────────────────────

/** First and last millisecond of a window, by the calendar of Temporal. */
function bounds(window: Window, now: number, zone: string): [from: number, to: number] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate()
  const start = (d: Temporal.PlainDate) => d.toZonedDateTime(zone).epochMilliseconds
  switch (window.in) {
    case 'ever':
      return [Number.NEGATIVE_INFINITY, now]
    case 'last':
      return [now - spanMs(window.span) + 1, now]
    case 'days':
      return [start(today.subtract({ days: window.n - 1 })), now]
    case 'since':
      return [
        window.at.length === 10 ? start(Temporal.PlainDate.from(window.at)) : Date.parse(window.at),
        now,
      ]
    case 'period': {
      const { period, ago } = window
      const first = {
        day: today,
        week: today.subtract({ days: today.dayOfWeek - 1 }),
        month: today.with({ day: 1 }),
        quarter: today.with({ day: 1, month: Math.floor((today.month - 1) / 3) * 3 + 1 }),
        year: today.with({ day: 1, month: 1 }),
      }[period]
      const back = (n: number) =>
        first.subtract(period === 'quarter' ? { months: 3 * n } : { [period + 's']: n })
      return [start(back(ago)), Math.min(now, start(back(ago - 1)) - 1)]
    }
    default:
      throw new Error('only outside of journeys')
  }
}

const isOf = (e: Told, ref: EventRef): boolean =>
  [ref.event].flat().includes(e.name) && matches(e.props, ref.where)

function naive(rule: Leaf, told: Told[], now: number, zone: string): boolean {
  const [from, to] = bounds(rule.window, now, zone)
  const newest = (ref: EventRef, most: number) =>
    told
      .filter(e => isOf(e, ref) && e.at <= now)
      .map(e => e.at)
      .sort((a, b) => b - a)
      .slice(0, most)
  if (rule.op === 'sequence') {
    const within = spanMs(rule.within)
    const next = newest(rule.next, 50)
    return newest(rule.first, 50)
      .filter(f => f >= from && f <= to)
      .some(f => {
        const followed = next.some(n => n > f && n <= f + within)
        return rule.is === 'followed' ? followed : !followed && now >= f + within
      })
  }
  const { measure } = rule
  const events = told.filter(e => isOf(e, rule) && e.at >= from && e.at <= to)
  const times = events.map(e => e.at).sort((a, b) => a - b)
  const values = (path: string) =>
    events.flatMap(e => valuesAt(e.props, path.split('.')).map(v => [e.at, v] as const))
  switch (measure.of) {
    case 'count':
      return testNumber(measure.test, times.length)
    case 'sum': {
      const numbers = values(measure.path).flatMap(([, v]) =>
        typeof v === 'number' ? [Math.round(v * 10_000)] : [],
      )
      return testNumber(measure.test, numbers.reduce((a, b) => a + b, 0) / 10_000)
    }
    case 'distinct':
      return testNumber(measure.test, new Set(values(measure.path).map(([, v]) => JSON.stringify(v))).size)
    case 'interval': {
      const enough = times.length >= measure.atLeast
      return testNumber(measure.test, enough ? (times.at(-1)! - times[0]!) / (times.length - 1) / DAY : null)
    }
    case 'first_at':
      return testTime(measure.test, times[0] ?? null, now, zone).value
    case 'last_at':
      return testTime(measure.test, times.at(-1) ?? null, now, zone).value
    default: {
      const firsts = events.flatMap(e => {
        const v = valuesAt(e.props, measure.path.split('.'))[0]
        return v === undefined ? [] : [{ at: e.at, v }]
      })
      const sign = measure.of === 'first' ? 1 : -1
      firsts.sort((a, b) => sign * (a.at - b.at) || (JSON.stringify(a.v) < JSON.stringify(b.v) ? -1 : 1))
      const v = firsts[0]?.v
      const { test: t } = measure
      if ('value' in t && typeof t.value === 'boolean')
        return testBoolean(t as never, v === true || v === false ? v : null)
      if ('from' in t || ('value' in t && typeof t.value === 'number'))
        return testNumber(t as NumberTest, typeof v === 'number' ? v : null)
      return testText(t as TextTest, typeof v === 'string' ? v : null)
    }
  }
}

// ── random rules and histories ───────────────────────────────────────────────

/** Moments that like to meet: whole hours, a millisecond beside them, and beginnings of days. */
const moment = fc
  .tuple(fc.integer({ min: 0, max: 24 * 60 }), fc.constantFrom(0, 0, 0, 1, -1, 17))
  .map(([h, ms]) => BASE + h * HOUR + ms)

const told: fc.Arbitrary<Told> = fc.record({
  name: fc.constantFrom('A', 'B'),
  at: moment,
  props: fc.record(
    {
      n: fc.constantFrom(0.1, 0.2, 1, 2.5, 100),
      s: fc.constantFrom('x', 'y', 'z'),
      list: fc.subarray(['p', 'q', 'r']),
    },
    { requiredKeys: [] },
  ),
})

const span = fc.constantFrom(
  { n: 1, unit: 'hour' } as const,
  { n: 1, unit: 'day' } as const,
  { n: 7, unit: 'day' } as const,
  { n: 90, unit: 'minute' } as const,
)
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constant<Window>({ in: 'ever' }),
  span.map((s): Window => ({ in: 'last', span: s })),
  fc.integer({ min: 1, max: 40 }).map((n): Window => ({ in: 'days', n })),
  fc.record({
    in: fc.constant('period' as const),
    period: fc.constantFrom('day', 'week', 'month', 'quarter', 'year'),
    ago: fc.integer({ min: 0, max: 1 }),
  }),
  fc.constantFrom<Window>({ in: 'since', at: '2026-03-08' }, { in: 'since', at: '2026-03-20T01:00:00Z' }),
)
const number = (most: number): fc.Arbitrary<NumberTest> =>
  fc.oneof(
    fc.record({
      is: fc.constantFrom('equal', 'not_equal', 'at_least', 'at_most', 'over', 'under'),
      value: fc.integer({ min: 0, max: most }),
    }),
    fc
      .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most }))
      .map(([a, b]): NumberTest => ({ is: 'between', from: Math.min(a, b), to: Math.max(a, b) })),
  )
const time = fc.oneof(
  fc.record({ is: fc.constantFrom('in_last', 'over_ago'), span }),
  fc.record({ is: fc.constantFrom('before', 'after'), at: fc.constant('2026-03-15') }),
  fc.record({ is: fc.constantFrom('never', 'ever') }),
)
const measure: fc.Arbitrary<EventMeasure> = fc.oneof(
  fc.record({ of: fc.constant('count' as const), test: number(14) }),
  fc.record({ of: fc.constant('sum' as const), path: fc.constant('n'), test: number(200) }),
  fc.record({
    of: fc.constant('distinct' as const),
    path: fc.constantFrom('s', 'list', 'n'),
    test: number(4),
  }),
  fc.record({
    of: fc.constant('interval' as const),
    atLeast: fc.integer({ min: 2, max: 4 }),
    test: number(5),
  }),
  fc.record({
    of: fc.constantFrom('first_at' as const, 'last_at' as const),
    test: time,
  }) as fc.Arbitrary<EventMeasure>,
  fc.record({
    of: fc.constantFrom('first' as const, 'last' as const),
    path: fc.constantFrom('s', 'n', 'list'),
    test: fc.constantFrom<TextTest | NumberTest>(
      { is: 'equal', value: 'x' },
      { is: 'none_of', values: ['y', 'p'] },
      { is: 'at_least', value: 2 },
    ),
  }),
)
const ref = fc.constantFrom<EventRef>(
  { event: 'A' },
  { event: ['A', 'B'] },
  { event: 'A', where: [{ path: 's', op: 'is', value: 'x' }] },
)
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(ref, window, measure)
      .map(([r, w, m]): Leaf => ({ op: 'event', ...r, window: w, measure: m })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(window, span, fc.constantFrom('followed' as const, 'not_followed' as const)).map(
      ([w, within, is]): Leaf => ({
        op: 'sequence',
        first: { event: 'A' },
        next: { event: 'B' },
        within,
        is,
        window: w,
      }),
    ),
  },
)

// ── the memory as a fold keeps it ────────────────────────────────────────────

function memoryOf(rule: Leaf, events: Told[], zone: string, cutAt: number | null): Memory | undefined {
  const need = needOf(rule)!
  let memory: Memory | undefined
  for (const e of events) {
    need.events.forEach(({ names, where }, part) => {
      if (names.includes(e.name) && matches(e.props, where))
        memory = remember(need, memory, itemOf(need, e.at, e.props, part), zone)
    })
    if (cutAt !== null && memory !== undefined) memory = pruned(need, memory, cutAt)
  }
  return memory
}

const ask = (rule: Leaf, memory: Memory | undefined, now: number, timezone: string) => {
  const state = emptyState({ workspace: 'w', id: 'c' }, 0)
  if (memory !== undefined) state.mem = { [needOf(rule)!.key]: [0, memory] }
  return evaluate(rule, { state, now, timezone, since: null, fresh: new Set() })
}

test('any order, any split, pruned at any time: the same answer as the whole list, and `until` is never late', () => {
  fc.assert(
    fc.property(
      leaf.filter(rule => 'rule' in checkRule(rule)),
      fc.array(told, { maxLength: 16 }),
      fc.constantFrom(...ZONES),
      fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
      fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 400 * 24 }).map(h => h * HOUR),
        fc.integer({ min: 0, max: 3 * DAY }),
      ),
      fc.boolean(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (rule, events, zone, sides, keys, later, cut, picks) => {
        const need = needOf(rule)!
        const newest = Math.max(BASE, ...events.map(e => e.at))
        const now = newest + later
        const shuffled = events
          .map((e, i) => [keys[i]!, e] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, e]) => e)
        const cutAt = cut ? newest : null
        const whole = memoryOf(rule, shuffled, zone, cutAt)
        const one = memoryOf(
          rule,
          shuffled.filter((_, i) => sides[i]),
          zone,
          cutAt,
        )
        const two = memoryOf(
          rule,
          shuffled.filter((_, i) => !sides[i]),
          zone,
          null,
        )
        const merged = one === undefined ? two : two === undefined ? one : mergeMemories(need, one, two)
        const verdict = ask(rule, whole, now, zone)
        expect(verdict.value).toBe(naive(rule, events, now, zone))
        expect(ask(rule, merged, now, zone)).toEqual(verdict)
        const { until } = verdict
        if (until !== null) expect(until).toBeGreaterThan(now)
        const end = until ?? now + 900 * DAY
        const probes = [end - 1, ...picks.map(p => Math.floor(now + p * (end - 1 - now)))]
        const spans = [HOUR, 90 * 60_000, DAY, 7 * DAY]
        for (const { at } of events) for (const s of spans) probes.push(at + s - 1, at + s, at + s + 1)
        for (const probe of probes)
          if (probe > now && probe < end)
            expect([probe, naive(rule, events, probe, zone)]).toEqual([probe, verdict.value])
        // and at that moment the memory answers again as the list does
        expect(ask(rule, whole, end, zone).value).toBe(naive(rule, events, end, zone))
      },
    ),
    tries(2000),
  )
})
