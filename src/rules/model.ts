// The rule language: a JSON AST over one customer. Evaluated in memory (evaluate.ts) and compiled to ClickHouse (sql/compile.ts);
// both give the same answer. Times are workspace time in milliseconds. docs/RULES.md has an example of each part.
//
// What is not known: a test that says "not" (not_equal, none_of, not_contains, `none`) holds also where there is no value;
// every other test does not. Types are not converted: 10 is not "10". Texts are compared exactly.
import type { Stage } from '../customers/model.ts'
import type { ChannelName } from '../channels/model.ts'
import type { IdentifierKind } from './identifiers.ts'

export type { IdentifierKind }
export type Scalar = string | number | boolean

/** A length of time to the millisecond; a day is 24 hours. */
export type Span = { n: number; unit: 'minute' | 'hour' | 'day' }

// ── tests of one value ───────────────────────────────────────────────────────

export type NumberTest =
  | { is: 'equal' | 'not_equal' | 'at_least' | 'at_most' | 'over' | 'under'; value: number }
  /** both ends included */
  | { is: 'between'; from: number; to: number }
export type TextTest =
  | { is: 'equal' | 'not_equal' | 'contains' | 'not_contains' | 'starts_with' | 'ends_with'; value: string }
  | { is: 'one_of' | 'none_of'; values: string[] }
export type BooleanTest = { is: 'equal'; value: boolean }
/** Of a list's items. */
export type ListTest = { is: 'any' | 'all' | 'none'; values: Scalar[] }
/** Of a date without a time ('YYYY-MM-DD'), in days of the workspace's zone. */
export type DateTest =
  | { is: 'on' | 'before' | 'after'; date: string }
  /** both ends included */
  | { is: 'between'; from: string; to: string }
  /** the date is today or one of the `days` - 1 days before (after) it */
  | { is: 'in_last' | 'in_next'; days: number }
  /** its next anniversary, the first a year after it, is today or at most `days` away; Feb 29 is Feb 28 in common years */
  | { is: 'anniversary_in'; days: number }
  /** 1-12, or the month that it is now */
  | { is: 'month'; month: number | 'this' }
/** Of a moment, to the millisecond. */
export type TimeTest =
  /** it happened, less than `span` ago */
  | { is: 'in_last'; span: Span }
  /** it happened, `span` ago or longer */
  | { is: 'over_ago'; span: Span }
  /** earlier than it; at it or later. RFC 3339; 'YYYY-MM-DD' is that day's beginning in the workspace's zone */
  | { is: 'before' | 'after'; at: string }
  /** it never happened; it did at some time */
  | { is: 'never' | 'ever' }

// ── events ───────────────────────────────────────────────────────────────────

/** A filter over an event's properties; `path` is dotted, a list on the way stands for each of its items
 *  ('products.sku'). All filters of a list must hold. */
export type PropFilter = {
  path: string
  /** like: of a text, where `*` stands for any characters */
  op: 'is' | 'is_not' | 'at_least' | 'at_most' | 'contains' | 'starts_with' | 'like' | 'is_set'
  value?: Scalar
}

/** One of these names (also facts that the product derives: 'visit.started', 'message.clicked'), and all filters. */
export type EventRef = { event: string | string[]; where?: PropFilter[] }

/** Which of the customer's events or orders count, by when they occurred. */
export type Window =
  | { in: 'ever' }
  /** rolling, to the millisecond: later than now - span */
  | { in: 'last'; span: Span }
  /** today and the `n` - 1 days before it, days of the workspace's zone; at most 400 */
  | { in: 'days'; n: number }
  /** calendar period in the workspace's zone: the present one (`ago` 0) or the one so many before; weeks begin on Monday */
  | { in: 'period'; period: 'day' | 'week' | 'month' | 'quarter' | 'year'; ago: number }
  /** RFC 3339; 'YYYY-MM-DD' is that day's beginning in the workspace's zone */
  | { in: 'since'; at: string }
  /** only in journeys: since this customer entered the journey, or the node */
  | { in: 'entry' | 'node' }

/** What is asked of the events that count. What is kept for it is bounded (memory.ts), else the rule is refused. */
export type EventMeasure =
  /** how often; the value(s) compared with are whole and at most 1,000 */
  | { of: 'count'; test: NumberTest }
  /** sum of the numbers at `path`, each rounded to 4 decimals (so that it does not depend on their order); not in `last`,
   *  `entry` and `node` (use `days`): exact sums of a rolling window have no bound. No event: 0 */
  | { of: 'sum'; path: string; test: NumberTest }
  /** how many different values at `path`; at most 1,000; only in windows that end now */
  | { of: 'distinct'; path: string; test: NumberTest }
  /** mean days between them: (last - first) / (n - 1); of at least `atLeast` events (2 or more); only in `ever` */
  | { of: 'interval'; test: NumberTest; atLeast: number }
  /** when the first or last of them was; `first_at` only in `ever` and `since` */
  | { of: 'first_at' | 'last_at'; test: TimeTest }
  /** the value at `path` of the first or last of them that has one (of several there the first; a text is cut after 200 characters);
   *  of events at the same millisecond the smaller JSON text decides; `first` only in `ever` and `since`, `last` in
   *  windows that end now */
  | { of: 'first' | 'last'; path: string; test: TextTest | NumberTest | BooleanTest }

// ── orders ───────────────────────────────────────────────────────────────────

export const ORDER_STATUSES = [
  'unpaid',
  'paid',
  'shipped',
  'ready',
  'picked_up',
  'cancelled',
  'returned',
  'refunded',
] as const
/** Unpaid and paid tell of money, the next three how far the goods are now (a shipped order that was paid is `paid`
 *  too), of orders that stand; the last three what was undone in full. */
export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** Which orders count. None of `status`: orders that stand (not cancelled, nor refunded or returned in full). */
export type OrderRef = {
  /** orders with such a line of which something was kept (of undone orders: any such line) */
  lines?: { by: 'sku' | 'product' | 'category' | 'brand'; values: string[] }
  salesChannel?: string[]
  store?: string[]
  status?: OrderStatus[]
}

/** Of the newest 1,000 orders that count. Amounts in the smallest unit of the workspace's currency, net of what was
 *  refunded; with `lines` only those lines. Orders in other currencies count, their amounts do not. */
export type OrderMeasure =
  | { of: 'count' | 'quantity' | 'amount'; test: NumberTest }
  /** amount / count, not rounded; no orders: no value */
  | { of: 'average'; test: NumberTest }
  /** mean days between orders: (last - first) / (n - 1); of at least 2 orders */
  | { of: 'interval'; test: NumberTest }
  | { of: 'first_at' | 'last_at'; test: TimeTest }
  /** time since the last order as a multiple of the person's own mean interval, (now - last) * (n - 1) / (last - first);
   *  `onceDays` stands for it where there was one order (or several at one moment): (now - last) / onceDays. Turns true
   *  and false by time alone */
  | { of: 'cycle'; onceDays: number; test: NumberTest }

// ── rules ────────────────────────────────────────────────────────────────────

export type Rule =
  | { op: 'and'; rules: Rule[] }
  | { op: 'or'; rules: Rule[] }
  | { op: 'not'; rule: Rule }
  /** An attribute. `type` is what it is compared as: a value of another type is no value. */
  | { op: 'trait'; trait: string; type: 'text'; test: TextTest }
  | { op: 'trait'; trait: string; type: 'number'; test: NumberTest }
  | { op: 'trait'; trait: string; type: 'boolean'; test: BooleanTest }
  | { op: 'trait'; trait: string; type: 'date'; test: DateTest }
  | { op: 'trait'; trait: string; type: 'list'; test: ListTest }
  /** It is known, and neither an empty text nor an empty list. */
  | { op: 'trait'; trait: string; type: 'any'; test: { is: 'set' } }
  | { op: 'age'; min?: number; max?: number } // whole years, both ends included; false where no birthday is known
  | { op: 'tags'; is: 'any' | 'all' | 'none'; tags: string[] }
  | { op: 'identifier'; kind: IdentifierKind; verified?: true }
  /** bound: a verified contact of this channel is known; reachable: marketing may be sent to it now (suppressions apart,
   *  which are read when it is sent) */
  | { op: 'channel'; channel: ChannelName; is: 'bound' | 'reachable' }
  | { op: 'consent'; channel: string; purpose: string; is: 'granted' | 'refused' | 'unknown' }
  | { op: 'stage'; is: 'exactly' | 'at_least' | 'at_most'; stage: Stage }
  /** Membership as the newest `tier.changed` { tier } and `points.changed` { balance } of a trusted source say. */
  | { op: 'tier'; is: 'one_of' | 'none_of'; tiers: string[] }
  | { op: 'points'; test: NumberTest }
  /** Holds a coupon that is neither used nor expired (of this kind, or any); `expiresIn`: which expires within that time. */
  | { op: 'coupon'; coupon?: string; expiresIn?: Span }
  /** What is liked: one of `values` is among the `top` categories or brands. */
  | { op: 'likes'; of: 'category' | 'brand'; values: string[]; top: number }
  /** First or last touch with a source. */
  | {
      op: 'touch'
      which: 'first' | 'last'
      field: 'kind' | 'source' | 'medium' | 'campaign' | 'ad' | 'store' | 'keyword'
      values: string[]
    }
  | ({ op: 'orders'; window: Window; measure: OrderMeasure } & OrderRef)
  | ({ op: 'event'; window: Window; measure: EventMeasure } & EventRef)
  /** Of the newest 50 `first` (those in `window`) and the newest 50 `next` (whenever): some `first` was (was not) followed
   *  by a `next` later than it and at most `within` after it. `not_followed` holds from `within` after that `first` on. */
  | {
      op: 'sequence'
      first: EventRef
      next: EventRef
      within: Span
      is: 'followed' | 'not_followed'
      window: Window
    }
  /** order: newest order placed, whatever came of it; customer: newest thing the customer did themself (not what is said
   *  about them); marketing: newest marketing message accepted by its channel; team: newest 1:1 message by the team. */
  | { op: 'clock'; clock: 'order' | 'customer' | 'marketing' | 'team'; test: TimeTest }
  /** Member of another segment (`seg_…`); of a partition's group when `group` is given. */
  | { op: 'segment'; segment: string; group?: string; is: 'in' | 'out' }
  /** Sticky: a hash of the customer's id and `salt` is in [from, to) of 100 (percent.ts). */
  | { op: 'percent'; salt: string; from: number; to: number }

/** One leaf that decided, with the value seen. `path` points into the rule (JSON pointer). */
export type Reason = { path: string; leaf: string; value: boolean; seen: unknown }

/** `until`: the earliest moment at which time alone may change the answer; null when it cannot. */
export type Verdict = { value: boolean; until: number | null; why: Reason[] }
