// Limits shared between people, without the tables: which window a moment lies in, what a refusal is called, and who of
// a batch gets a place. Pure; times are workspace ms.
import { dayOf, periodStart, startOfDay } from '../platform/zone-days.ts'
import { COST_SCALE } from '../channels/price.ts'
import type { FrequencyRule } from './frequency.ts'
import type { Limit, LimitPer, SkipReason } from './model.ts'
import type { Uuid } from '../platform/ids.ts'

const SPAN = { minute: 60_000, hour: 3_600_000 }

/** What an account may send in a month, over all journeys; null: as much as wanted. A person who is not of the segment for
 *  which the last part is kept (`favoured: false`) may have none of that. */
export function quotaOf(
  account: { id: string; settings: Record<string, string> },
  favoured = true,
): Limit | null {
  const max = Number(account.settings.monthlyQuota || Number.NaN)
  if (!Number.isSafeInteger(max) || max < 0) return null
  const kept = favoured ? 0 : reserveOf(account.settings, max)
  return { key: `quota:${account.id}`, max: max - kept, per: 'month', wait: false }
}

/** How many of the month's `max` messages are kept for a segment. */
function reserveOf({ quotaReserve = '' }: Record<string, string>, max: number): number {
  const given = quotaReserve.endsWith('%')
    ? Math.ceil((max * Number(quotaReserve.slice(0, -1))) / 100)
    : Number(quotaReserve)
  return Number.isFinite(given) ? Math.min(max, given) : 0
}

/** The window in which `at` lies: minutes and hours of UTC, days and months of the zone.
 *  @throws InvalidZone when `zone` is not an IANA name */
export function windowOf(per: LimitPer, at: number, zone: string): { start: number; end: number } {
  if (per === 'ever') return { start: 0, end: Number.POSITIVE_INFINITY }
  if (per === 'minute' || per === 'hour') {
    const start = at - (at % SPAN[per])
    return { start, end: start + SPAN[per] }
  }
  const first = periodStart(dayOf(at, zone), per, 0)
  return { start: startOfDay(first, zone), end: startOfDay(periodStart(first, per, -1), zone) }
}

/** What a refused message is skipped for: a quota, a budget, a canary, or any other cap. */
export function refusalOf(key: string): Extract<SkipReason, 'quota' | 'budget' | 'canary' | 'cap'> {
  const area = key.slice(0, key.indexOf(':'))
  return area === 'quota' || area === 'budget' || area === 'canary' ? area : 'cap'
}

/** What one message asks of one window. */
export type Ask = {
  key: string
  per: LimitPer
  start: number
  end: number
  max: number
  amount: number
  wait: boolean
  /** of a frequency rule: what these people were sent counts, in the ledger and not in a row of the limit */
  of?: { rule: FrequencyRule; people: Uuid[] }
}

/** `at`: workspace ms; `cost` in the currency's smallest unit, for limits of money. */
export const asksOf = (limits: Limit[], at: number, zone: string, cost: number): Ask[] =>
  limits.map(({ key, max, per, amount = 1, wait }) => ({
    key,
    per,
    max,
    wait,
    ...windowOf(per, at, zone),
    amount: amount === 'cost' ? Math.round(cost * COST_SCALE) : amount,
  }))

export type Allotted<A> = { to: 'go' } | { to: 'refused' | 'wait'; by: A }

/** Gives places in order: a message gets all that it asks for, or nothing. `used` is what is taken so far of each place,
 *  under the name that `nameOf` gives it; it is counted up. */
export function allot<A extends Ask>(
  list: A[][],
  used: Map<string, number>,
  nameOf: (ask: A) => string,
): Allotted<A>[] {
  return list.map(asks => {
    const full = asks.find(a => used.get(nameOf(a))! + a.amount > a.max)
    if (full) return { to: full.wait ? 'wait' : 'refused', by: full }
    for (const a of asks) used.set(nameOf(a), used.get(nameOf(a))! + a.amount)
    return { to: 'go' }
  })
}
