// Leaves about events and about one event after another, answered from their memories.
import { never } from '../../platform/errors.ts'
import { dayOf, momentOf } from '../../platform/zone-days.ts'
import { fromParts, type Memory } from '../memory.ts'
import type { EventMeasure, NumberTest, Rule, TextTest, TimeTest, Window } from '../model.ts'
import { needOf } from '../needs.ts'
import type { Found, Subject } from '../subject.ts'
import { boundsOf, daysOf, endsNow, entersAt, firstChange, leavesAt, nextShift } from '../windows.ts'
import { passes, spanMs, testTime } from './times.ts'
import { testBoolean, testNumber, testText } from './values.ts'

type EventLeaf = Extract<Rule, { op: 'event' }>
type ValueTest = Extract<EventMeasure, { of: 'first' | 'last'; path: string }>['test']

const DAY_MS = 86_400_000
const still = (value: boolean, seen: unknown): Found => ({ value, seen, until: null })

/** What a state keeps under a need's key, without since when; undefined: nothing that counts has happened. */
export function memoryOf({ mem }: Subject['state'], key: string): Memory | undefined {
  return mem !== undefined && Object.hasOwn(mem, key) ? mem[key]![1] : undefined
}

export function event(rule: EventLeaf, subject: Subject): Found {
  const need = needOf(rule)!
  const memory = memoryOf(subject.state, need.key)
  const { measure } = rule
  switch (measure.of) {
    case 'count':
      if (need.kind === 'c') {
        const n = (memory?.[0] as number | undefined) ?? 0
        return still(testNumber(measure.test, n), n)
      }
      return need.kind === 'd'
        ? ofDays(
            rule,
            memory,
            subject,
            (all, n) => all + n,
            0,
            n => testNumber(measure.test, n),
          )
        : counted(rule.window, measure.test, memory as number[] | undefined, need.key, subject)
    case 'distinct':
      return counted(rule.window, measure.test, timesOf(memory), need.key, subject)
    case 'sum': {
      const holds = (parts: number) => testNumber(measure.test, fromParts(parts))
      if (need.kind === 'd') return ofDays(rule, memory, subject, (all, n) => all + n, 0, holds, fromParts)
      const parts = (memory?.[0] as number | undefined) ?? 0
      return still(holds(parts), fromParts(parts))
    }
    case 'interval': {
      const mean = meanOf(memory as number[] | undefined, measure.atLeast)
      return still(testNumber(measure.test, mean), mean)
    }
    case 'first_at': {
      const at = (memory?.[0] as number | undefined) ?? null
      const { value, until } = testTime(measure.test, at, subject.now, subject.timezone)
      return { value, seen: at, until }
    }
    case 'last_at':
      return lastAt(rule.window, measure.test, memory as number[] | undefined, subject)
    case 'first':
      return still(testValue(measure.test, memory?.[1]), memory?.[1] ?? null)
    case 'last':
      return lastValue(rule.window, measure.test, memory, subject)
    default:
      return never(measure)
  }
}

/** Times of different values, newest first. */
const timesOf = (memory: Memory | undefined): number[] | undefined =>
  memory?.filter((_, i) => i % 2 === 1) as number[] | undefined

const meanOf = (memory: number[] | undefined, atLeast: number): number | null => {
  if (memory === undefined) return null
  const [n, first, last] = memory as [number, number, number]
  return n < atLeast ? null : (last - first) / (n - 1) / DAY_MS
}

/** How many of the times count. They leave the window one by one, the oldest first. */
function counted(
  window: Window,
  test: NumberTest,
  times: number[] | undefined,
  key: string,
  { now, timezone, since, fresh }: Subject,
): Found {
  if (times === undefined) return still(testNumber(test, 0), 0)
  const { from, to } = boundsOf(window, now, timezone, since)
  const counts = times.filter(at => at >= from && at < to)
  const isRun = window.in === 'entry' || window.in === 'node'
  const just = isRun && fresh.has(key) && times.some(at => at === from - 1) ? 1 : 0
  const n = counts.length + just
  const value = testNumber(test, n)
  let until: number | null = null
  for (let left = counts.length - 1; left >= 0; left--) {
    if (testNumber(test, left) === value) continue
    const at = leavesAt(window, counts[left]!, timezone)
    if (at !== Number.POSITIVE_INFINITY) until = at
    break
  }
  // told of before it happened: clocks of two customers who became one
  for (const at of times) if (at >= to && (until === null || at < until)) until = at
  return { value, seen: n, until }
}

/** A value put together from days. */
function ofDays(
  { window }: EventLeaf,
  memory: Memory | undefined,
  { now, timezone }: Subject,
  add: (all: number, one: number) => number,
  none: number,
  holds: (value: number) => boolean,
  shown: (value: number) => unknown = v => v,
): Found {
  if (window.in !== 'days' && window.in !== 'period') return still(holds(none), shown(none))
  const days = (memory ?? []) as number[]
  const at = (moment: number): number => {
    const { first, last } = daysOf(window, dayOf(moment, timezone))
    let all = none
    for (let i = 0; i < days.length; i += 2)
      if (days[i]! >= first && days[i]! <= last) all = add(all, days[i + 1]!)
    return all
  }
  const seen = at(now)
  const value = holds(seen)
  return {
    value,
    seen: shown(seen),
    until: firstChange(now, value, shifts(window, days, now, timezone), moment => holds(at(moment))),
  }
}

/** When a day of these comes into the window or leaves it. */
function shifts(window: Window, days: number[], now: number, zone: string): number[] {
  if (window.in !== 'days' && window.in !== 'period') return []
  const moments = []
  if (days.length > 0) moments.push(nextShift(window, now, zone))
  for (let i = 0; i < days.length; i += 2) {
    // noon: in every zone's calendar a moment of that day
    const moment = middleOf(days[i]!, zone)
    moments.push(entersAt(window, moment, zone), leavesAt(window, moment, zone))
  }
  return moments
}

function middleOf(day: number, zone: string): number {
  return momentOf(new Date(day * DAY_MS).toISOString().slice(0, 10), zone) + DAY_MS / 2
}

function lastAt(window: Window, test: TimeTest, memory: number[] | undefined, subject: Subject): Found {
  const { now, timezone, since } = subject
  const lastBy = (moment: number): number | null => {
    if (memory === undefined) return null
    if (!endsNow(window) && window.in === 'period') {
      const { first, last } = daysOf(window, dayOf(moment, timezone))
      for (let i = 0; i < memory.length; i += 2)
        if (memory[i]! >= first && memory[i]! <= last) return memory[i + 1]!
      return null
    }
    const { from, to } = boundsOf(window, moment, timezone, since)
    return memory[0]! >= from && memory[0]! < to ? memory[0]! : null
  }
  const at = lastBy(now)
  const { value, until } = testTime(test, at, now, timezone)
  if (memory === undefined) return { value, seen: at, until }
  const moments = endsNow(window)
    ? [memory[0]!, leavesAt(window, memory[0]!, timezone)]
    : shifts(window, memory, now, timezone)
  const times = endsNow(window) ? memory : memory.filter((_, i) => i % 2 === 1)
  for (const t of times) moments.push(...passes(test, t))
  const holds = (moment: number) => testTime(test, lastBy(moment), moment, timezone).value
  return { value, seen: at, until: firstChange(now, value, moments, holds) }
}

function lastValue(window: Window, test: ValueTest, memory: Memory | undefined, subject: Subject): Found {
  const { now, timezone, since } = subject
  const at = memory?.[0] as number | undefined
  const valueBy = (moment: number): unknown => {
    const { from, to } = boundsOf(window, moment, timezone, since)
    return at !== undefined && at >= from && at < to ? memory![1] : undefined
  }
  const seen = valueBy(now)
  const value = testValue(test, seen)
  const moments = at === undefined ? [] : [at, leavesAt(window, at, timezone)]
  return {
    value,
    seen: seen ?? null,
    until: firstChange(now, value, moments, moment => testValue(test, valueBy(moment))),
  }
}

/** What kind of test it is follows from what it compares with. */
function testValue(test: ValueTest, value: unknown): boolean {
  if ('value' in test && typeof test.value === 'boolean')
    return testBoolean({ is: 'equal', value: test.value }, typeof value === 'boolean' ? value : null)
  if ('from' in test || ('value' in test && typeof test.value === 'number'))
    return testNumber(test as NumberTest, typeof value === 'number' ? value : null)
  return testText(test as TextTest, typeof value === 'string' ? value : null)
}

export function sequence(rule: Extract<Rule, { op: 'sequence' }>, subject: Subject): Found {
  const { now, timezone, since } = subject
  const { window } = rule
  const [first = [], next = []] = (memoryOf(subject.state, needOf(rule)!.key) ?? []) as number[][]
  const within = spanMs(rule.within)
  const followed = (at: number, moment: number) => next.some(n => n > at && n <= at + within && n <= moment)
  const holds = (moment: number): boolean => {
    const { from, to } = boundsOf(window, moment, timezone, since)
    return first.some(at => {
      if (at < from || at >= to) return false
      return rule.is === 'followed' ? followed(at, moment) : at + within <= moment && !followed(at, moment)
    })
  }
  const value = holds(now)
  const moments = first.flatMap(at => [
    at,
    ...(rule.is === 'not_followed' ? [at + within] : []),
    entersAt(window, at, timezone),
    leavesAt(window, at, timezone),
  ])
  moments.push(...next)
  const { from, to } = boundsOf(window, now, timezone, since)
  const seen = first.find(at => at >= from && at < to) ?? null
  return { value, seen, until: firstChange(now, value, moments, holds) }
}
