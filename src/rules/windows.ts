// Windows of time: what counts at a moment, and when something that counts ceases to, or begins to. Pure.
import { never } from '../platform/errors.ts'
import { dayOf, momentOf, periodStart, startOfDay } from '../platform/zone-days.ts'
import { spanMs } from './leaves/times.ts'
import type { EventMeasure, Window } from './model.ts'

const DAY_MS = 86_400_000
/** Of a window of days. */
export const MAX_DAYS = 400
/** How many periods before the present one: of those that begin at most two years back. */
export const MAX_AGO = { day: MAX_DAYS, week: 57, month: 13, quarter: 4, year: 1 } as const

/** `from` included, `to` not. */
export type Bounds = { from: number; to: number }
export type Since = { entry: number; node: number } | null

/** What counts at `now`; what is later than that never does. */
export function boundsOf(window: Window, now: number, zone: string, since: Since): Bounds {
  const to = now + 1
  switch (window.in) {
    case 'ever':
      return { from: Number.NEGATIVE_INFINITY, to }
    case 'last':
      return { from: now - spanMs(window.span) + 1, to }
    case 'days':
      return { from: startOfDay(dayOf(now, zone) - window.n + 1, zone), to }
    case 'period': {
      const { first, last } = daysOf(window, dayOf(now, zone))
      return { from: startOfDay(first, zone), to: Math.min(to, startOfDay(last + 1, zone)) }
    }
    case 'since':
      return { from: momentOf(window.at, zone), to }
    case 'entry':
    case 'node':
      return { from: since === null ? Number.NEGATIVE_INFINITY : since[window.in] + 1, to }
    default:
      return never(window)
  }
}

type DayWindow = Extract<Window, { in: 'days' | 'period' }>

/** First and last day that count when it is `today`. */
export function daysOf(window: DayWindow, today: number): { first: number; last: number } {
  if (window.in === 'days') return { first: today - window.n + 1, last: today }
  const { period, ago } = window
  return { first: periodStart(today, period, ago), last: periodStart(today, period, ago - 1) - 1 }
}

/** From when on what happened at `at` no longer counts; infinity: it always will. */
export function leavesAt(window: Window, at: number, zone: string): number {
  switch (window.in) {
    case 'last':
      return at + spanMs(window.span)
    case 'days':
      return startOfDay(dayOf(at, zone) + window.n, zone)
    case 'period':
      return startOfDay(periodStart(dayOf(at, zone), window.period, -1 - window.ago), zone)
    default:
      return Number.POSITIVE_INFINITY
  }
}

/** From when on it counts. */
export const entersAt = (window: Window, at: number, zone: string): number =>
  window.in === 'period' && window.ago > 0
    ? startOfDay(periodStart(dayOf(at, zone), window.period, -window.ago), zone)
    : at

/** When the day changes so that other days count: the earliest after `now`. */
export function nextShift(window: DayWindow, now: number, zone: string): number {
  const today = dayOf(now, zone)
  return startOfDay(window.in === 'days' ? today + 1 : periodStart(today, window.period, -1), zone)
}

/** It ends at the moment that is asked of: what counts are the newest. */
export const endsNow = (window: Window): boolean => window.in !== 'period' || window.ago === 0

/** Whether a bounded memory can answer this of the events in a window. */
export function keptIn(of: EventMeasure['of'], window: Window): boolean {
  switch (of) {
    case 'count':
    case 'last_at':
      return true
    case 'distinct':
    case 'last':
      return endsNow(window)
    case 'sum':
      return window.in !== 'last' && window.in !== 'entry' && window.in !== 'node'
    case 'first':
    case 'first_at':
      return window.in === 'ever' || window.in === 'since'
    case 'interval':
      return window.in === 'ever'
    default:
      return never(of)
  }
}

/** The window, or the nearest one in which this can be answered. */
export function askedIn(of: EventMeasure['of'], window: Window): Window {
  if (keptIn(of, window)) return window
  if (of === 'sum')
    return {
      in: 'days',
      n: window.in === 'last' ? Math.min(MAX_DAYS, Math.ceil(spanMs(window.span) / DAY_MS)) : 30,
    }
  return window.in === 'period' && keptIn(of, { ...window, ago: 0 }) ? { ...window, ago: 0 } : { in: 'ever' }
}

const LONGEST = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const

/** What is older than this never counts again; null: everything may. A day may have 25 hours. */
export function horizonOf(window: Window): number | null {
  switch (window.in) {
    case 'last':
      return spanMs(window.span)
    case 'days':
      return (window.n + 1) * DAY_MS
    case 'period':
      return (LONGEST[window.period] * (window.ago + 1) + 2) * DAY_MS
    default:
      return null
  }
}

/** The first of these moments after `now` at which the answer is another; null: none. After many it may name one at
 *  which the answer is the same, so that it costs little to ask.
 *  @param moments at which it may change, in any order */
export function firstChange(
  now: number,
  value: boolean,
  moments: Iterable<number>,
  valueAt: (at: number) => boolean,
): number | null {
  const ahead = [...new Set(moments)].filter(m => m > now && Number.isFinite(m)).sort((a, b) => a - b)
  for (const [i, at] of ahead.entries()) if (i === MOST_TRIED || valueAt(at) !== value) return at
  return null
}
const MOST_TRIED = 32
