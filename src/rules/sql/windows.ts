// From when until when events and orders count. Pure.
import { never } from '../../platform/errors.ts'
import { dayOf, momentOf, periodStart, startOfDay } from '../../platform/zone-days.ts'
import { spanMs } from '../leaves/times.ts'
import type { Window } from '../model.ts'

/** `from` included, `to` not; null: without bound. What is after `at` never counts. */
export type Bounds = { from: number | null; to: number | null }

/** A rule that has no answer outside of a journey. */
export class OnlyInJourneys extends Error {
  override name = 'OnlyInJourneys'
}

/** @throws OnlyInJourneys */
export function boundsOf(window: Window, at: number, zone: string): Bounds {
  const to = at + 1
  switch (window.in) {
    case 'ever':
      return { from: null, to }
    case 'last':
      return { from: at - spanMs(window.span) + 1, to }
    case 'days':
      return { from: startOfDay(dayOf(at, zone) - window.n + 1, zone), to }
    case 'period': {
      const start = periodStart(dayOf(at, zone), window.period, window.ago)
      const end = periodStart(dayOf(at, zone), window.period, window.ago - 1)
      return { from: startOfDay(start, zone), to: Math.min(to, startOfDay(end, zone)) }
    }
    case 'since':
      return { from: momentOf(window.at, zone), to }
    case 'entry':
    case 'node':
      throw new OnlyInJourneys(`the window "${window.in}" means something only in a journey`)
    default:
      return never(window)
  }
}
