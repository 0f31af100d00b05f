// Leaves about orders, answered from their memories or from the profile's summary.
import { salesChannels, type OrderSummary } from '../../customers/model.ts'
import { never } from '../../platform/errors.ts'
import { ordersIn, type OrderEntry } from '../memory.ts'
import type { OrderMeasure, Rule, TimeTest } from '../model.ts'
import { needOf } from '../needs.ts'
import type { Found, Subject } from '../subject.ts'
import { boundsOf, entersAt, firstChange, leavesAt } from '../windows.ts'
import { memoryOf } from './events.ts'
import { passes, testTime } from './times.ts'
import { testNumber } from './values.ts'

type OrderLeaf = Extract<Rule, { op: 'orders' }>

const DAY_MS = 86_400_000

/** What the orders that count come to. */
type Sum = { n: number; amount: number; quantity: number; first: number; last: number }

export function orders(rule: OrderLeaf, subject: Subject): Found {
  const need = needOf(rule)
  const { now, timezone, since } = subject
  const { measure, window } = rule
  if (need === null) {
    return { ...answer(measure, summed(subject.state.orders, rule.salesChannel), now, timezone), until: null }
  }
  const all = [...ordersIn(memoryOf(subject.state, need.key) ?? [])]
  const sumBy = (moment: number): Sum => {
    const { from, to } = boundsOf(window, moment, timezone, since)
    return sumOf(all.filter(([at]) => at >= from && at < to))
  }
  const sum = sumBy(now)
  const { value, seen } = answer(measure, sum, now, timezone)
  const shifts = all.flatMap(([at]) => [entersAt(window, at, timezone), leavesAt(window, at, timezone)])
  const holds = (moment: number) => answer(measure, sumBy(moment), moment, timezone).value
  if (measure.of !== 'cycle') {
    const moments = isTimed(measure) ? all.flatMap(([at]) => passes(measure.test, at)) : []
    return { value, seen, until: firstChange(now, value, [...moments, ...shifts], holds) }
  }
  // when other orders count, other moments follow from them
  const next = Math.min(...shifts.filter(at => at > now))
  const until = firstChange(now, value, cycleMoments(measure, sum), holds) ?? Number.POSITIVE_INFINITY
  const soonest = Math.min(next, until)
  return { value, seen, until: soonest === Number.POSITIVE_INFINITY ? null : soonest }
}

function summed(orders: OrderSummary | undefined, channels: string[] | undefined): Sum {
  const sum: Sum = { n: 0, amount: 0, quantity: 0, first: 0, last: 0 }
  if (orders === undefined) return sum
  if (channels === undefined) return { ...sum, n: orders.n, amount: orders.revenue }
  for (const [channel, n, revenue] of salesChannels(orders)) {
    if (!channels.includes(channel)) continue
    sum.n += n
    sum.amount += revenue
  }
  return sum
}

function sumOf(entries: OrderEntry[]): Sum {
  const sum: Sum = { n: 0, amount: 0, quantity: 0, first: Number.POSITIVE_INFINITY, last: 0 }
  for (const [at, amount, quantity, n] of entries) {
    // taken out before it was put in: its memory is not full yet
    if (n < 0) continue
    sum.n += n
    sum.amount += n * amount
    sum.quantity += n * quantity
    sum.first = Math.min(sum.first, at)
    sum.last = Math.max(sum.last, at)
  }
  return sum
}

type Timed = Extract<OrderMeasure, { test: TimeTest }>
const isTimed = (measure: OrderMeasure): measure is Timed =>
  measure.of === 'first_at' || measure.of === 'last_at'

function answer(
  measure: OrderMeasure,
  sum: Sum,
  now: number,
  zone: string,
): { value: boolean; seen: unknown } {
  if (isTimed(measure)) {
    const at = sum.n === 0 ? null : measure.of === 'first_at' ? sum.first : sum.last
    return { value: testTime(measure.test, at, now, zone).value, seen: at }
  }
  const seen = numberOf(measure, sum, now)
  return { value: testNumber(measure.test, seen), seen }
}

/** Null: no value. */
function numberOf(measure: OrderMeasure, sum: Sum, now: number): number | null {
  switch (measure.of) {
    case 'count':
      return sum.n
    case 'quantity':
      return sum.quantity
    case 'amount':
      return sum.amount
    case 'average':
      return sum.n === 0 ? null : sum.amount / sum.n
    case 'interval':
      return sum.n < 2 ? null : (sum.last - sum.first) / (sum.n - 1) / DAY_MS
    case 'cycle':
      if (sum.n === 0) return null
      return sum.last > sum.first
        ? ((now - sum.last) * (sum.n - 1)) / (sum.last - sum.first)
        : (now - sum.last) / (measure.onceDays * DAY_MS)
    case 'first_at':
    case 'last_at':
      return null
    default:
      return never(measure)
  }
}

/** When the same orders come to a multiple that is asked for. */
function cycleMoments({ test, onceDays }: Extract<OrderMeasure, { of: 'cycle' }>, sum: Sum): number[] {
  if (sum.n === 0) return []
  const mean = sum.last > sum.first ? (sum.last - sum.first) / (sum.n - 1) : onceDays * DAY_MS
  const bounds = test.is === 'between' ? [test.from, test.to] : [test.value]
  // the millisecond at which it is reached or passed, whichever way it was rounded
  return bounds.flatMap(b => {
    const at = Math.floor(sum.last + b * mean)
    return [at - 1, at, at + 1, at + 2]
  })
}
