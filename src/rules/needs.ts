// What must be kept of a customer's past so that a leaf can be answered: its memory's key, what it is made of, and how
// much. Leaves with equal needs share one. The key's first letter is its kind (memory.ts). Pure.
import { spanMs } from './leaves/times.ts'
import { textHash } from './match.ts'
import type { EventRef, NumberTest, OrderRef, PropFilter, Rule, Window } from './model.ts'
import { endsNow, horizonOf } from './windows.ts'

/** t: newest times · r: the same since an entry · c: how many, capped · s: a sum · d: a number for each day · v: different
 *  values · i: how many, first, last · f: the first · l: the last · q: two lists of times · o: orders */
export type NeedKind = 't' | 'r' | 'c' | 's' | 'd' | 'v' | 'i' | 'f' | 'l' | 'q' | 'o'

export type Named = { names: string[]; where: PropFilter[] | undefined }

export type Need = {
  key: string
  kind: NeedKind
  /** the events it is made of; a sequence has two of them; orders none */
  events: Named[]
  /** orders: which count */
  orders: OrderRef | null
  /** of an event's properties */
  path: string | null
  /** only what occurred then or later; a date is its beginning */
  since: string | null
  /** of days: what of a day */
  of: 'sum' | 'count' | 'last' | null
  /** how many are kept at most */
  most: number
  /** what is older may be dropped; null: nothing may */
  horizonMs: number | null
}

type Leaf = Extract<Rule, { op: 'event' | 'orders' | 'sequence' }>
type EventLeaf = Extract<Rule, { op: 'event' }>
type OrderLeaf = Extract<Rule, { op: 'orders' }>

/** So few are kept without looking at how old they are: then windows of any length share them. */
const FEW = 10
export const MOST_ORDERS = 1000
export const MOST_IN_SEQUENCE = 50

export const namesOf = (ref: EventRef): string[] => (typeof ref.event === 'string' ? [ref.event] : ref.event)

const named = (ref: EventRef): Named => ({
  names: [...new Set(namesOf(ref))].sort(),
  where: ref.where && ref.where.length > 0 ? ref.where : undefined,
})

const DAY_MS = 86_400_000
/** How far back is kept, in few lengths, so that rules over the same events share a memory whatever their windows: with 200
 *  segments of a shop the states of its customers had 4.1 KB without. */
const HORIZONS = [2, 8, 15, 34, 64, 95, 190, 402].map(days => days * DAY_MS)
const horizonAtLeast = (ms: number | null): number | null =>
  ms === null ? null : (HORIZONS.find(h => h >= ms) ?? ms)
/** The same of how many. */
const FEW_STEPS = [1, 3, FEW]
const mostAtLeast = (most: number): number => FEW_STEPS.find(m => m >= most) ?? most

/** How many must be kept so that no more would change the answer. */
export function enough(test: NumberTest): number {
  switch (test.is) {
    case 'at_least':
    case 'under':
      return Math.max(1, test.value)
    case 'between':
      return test.to + 1
    default:
      return test.value + 1
  }
}

function need(kind: NeedKind, parts: Partial<Need>): Need {
  const full = {
    events: [],
    orders: null,
    path: null,
    since: null,
    of: null,
    most: 1,
    ...parts,
    kind,
    horizonMs: horizonAtLeast(parts.horizonMs ?? null),
  }
  const filters = (where: PropFilter[] | undefined) => where?.map(f => [f.path, f.op, f.value ?? null])
  const { orders } = full
  const text = JSON.stringify([
    full.events.map(e => [e.names, filters(e.where)]),
    orders && [orders.lines?.by, orders.lines?.values, orders.salesChannel, orders.store, orders.status],
    full.path,
    full.since,
    full.of,
    full.most,
    full.horizonMs,
  ])
  return { ...full, key: kind + textHash(kind + text).slice(-8) }
}

const known = new WeakMap<Leaf, Need | null>()

/** Null: the profile itself has it. */
export function needOf(leaf: Leaf): Need | null {
  let found = known.get(leaf)
  if (found === undefined) {
    found = leaf.op === 'event' ? ofEvent(leaf) : leaf.op === 'orders' ? ofOrders(leaf) : ofSequence(leaf)
    known.set(leaf, found)
  }
  return found
}

const startOf = (window: Window): string | null => (window.in === 'since' ? window.at : null)
const endless = (window: Window): boolean => window.in === 'ever' || window.in === 'since'

/** The newest `most`. */
function newest(events: Named[], window: Window, most: number): Need {
  const kind = window.in === 'entry' || window.in === 'node' ? 'r' : 't'
  return need(kind, { events, most: mostAtLeast(most), horizonMs: most <= FEW ? null : horizonOf(window) })
}

const byDay = (events: Named[], window: Window, of: 'sum' | 'count' | 'last', path: string | null): Need =>
  need('d', { events, of, path, most: Number.MAX_SAFE_INTEGER, horizonMs: horizonOf(window) })

function ofEvent({ window, measure, ...ref }: EventLeaf): Need {
  const events = [named(ref)]
  switch (measure.of) {
    case 'count': {
      const most = enough(measure.test)
      if (!endsNow(window)) return byDay(events, window, 'count', null)
      return endless(window) && most > FEW
        ? need('c', { events, most, since: startOf(window) })
        : newest(events, window, most)
    }
    case 'last_at':
      return endsNow(window) ? newest(events, window, 1) : byDay(events, window, 'last', null)
    case 'sum':
      return endless(window)
        ? need('s', { events, path: measure.path, since: startOf(window) })
        : byDay(events, window, 'sum', measure.path)
    case 'distinct': {
      const most = enough(measure.test)
      const since = startOf(window)
      return need('v', {
        events,
        path: measure.path,
        since,
        most,
        horizonMs: most <= FEW ? null : horizonOf(window),
      })
    }
    case 'interval':
      return need('i', { events })
    case 'first_at':
      return need('f', { events, since: startOf(window) })
    case 'first':
      return need('f', { events, path: measure.path, since: startOf(window) })
    case 'last':
      return need('l', { events, path: measure.path })
  }
}

/** Counts, amounts and averages of all orders that stand are in the profile. */
const inSummary = ({ window, measure, lines, store, status }: OrderLeaf): boolean =>
  window.in === 'ever' &&
  lines === undefined &&
  store === undefined &&
  status === undefined &&
  (measure.of === 'count' || measure.of === 'amount' || measure.of === 'average')

function ofOrders(leaf: OrderLeaf): Need | null {
  if (inSummary(leaf)) return null
  const { lines, salesChannel, store, status, window } = leaf
  return need('o', {
    orders: { lines, salesChannel, store, status },
    most: MOST_ORDERS,
    horizonMs: horizonOf(window),
  })
}

function ofSequence({ first, next, within, window }: Extract<Rule, { op: 'sequence' }>): Need {
  const horizon = horizonOf(window)
  return need('q', {
    events: [named(first), named(next)],
    most: MOST_IN_SEQUENCE,
    horizonMs: horizon === null ? null : horizon + spanMs(within),
  })
}
