// Short ways to write the rules of the library. Pure.
import type {
  EventMeasure,
  NumberTest,
  OrderMeasure,
  OrderRef,
  Rule,
  Span,
  TimeTest,
  Window,
} from '../../rules/model.ts'

export const days = (n: number): Span => ({ n, unit: 'day' })
export const hours = (n: number): Span => ({ n, unit: 'hour' })

export const and = (...rules: Rule[]): Rule => ({ op: 'and', rules })
export const or = (...rules: Rule[]): Rule => ({ op: 'or', rules })
export const not = (rule: Rule): Rule => ({ op: 'not', rule })

export const EVER: Window = { in: 'ever' }
export const last = (span: Span): Window => ({ in: 'last', span })
export const atLeast = (value: number): NumberTest => ({ is: 'at_least', value })

export const orders = (measure: OrderMeasure, ref: OrderRef = {}, window: Window = EVER): Rule => ({
  op: 'orders',
  window,
  measure,
  ...ref,
})
/** At least so many orders that stand. */
export const bought = (times = 1, ref: OrderRef = {}, window: Window = EVER): Rule =>
  orders({ of: 'count', test: atLeast(times) }, ref, window)
export const neverBought = (ref: OrderRef = {}): Rule => not(bought(1, ref))

export const event = (
  name: string | string[],
  measure: EventMeasure,
  window: Window,
  where?: Extract<Rule, { op: 'event' }>['where'],
): Rule => ({ op: 'event', event: name, ...(where ? { where } : {}), window, measure })
/** It happened so often. */
export const happened = (
  name: string | string[],
  window: Window,
  times = 1,
  where?: Extract<Rule, { op: 'event' }>['where'],
): Rule => event(name, { of: 'count', test: atLeast(times) }, window, where)

export const clock = (of: Extract<Rule, { op: 'clock' }>['clock'], test: TimeTest): Rule => ({
  op: 'clock',
  clock: of,
  test,
})
/** Longer ago, or never. */
export const notWithin = (of: Extract<Rule, { op: 'clock' }>['clock'], span: Span): Rule =>
  not(clock(of, { is: 'in_last', span }))

export const holds = (kind: Extract<Rule, { op: 'identifier' }>['kind']): Rule => ({ op: 'identifier', kind })
export const reachable = (channel: Extract<Rule, { op: 'channel' }>['channel']): Rule => ({
  op: 'channel',
  channel,
  is: 'reachable',
})
