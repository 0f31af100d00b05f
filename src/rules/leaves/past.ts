// Leaves about what happened: events, orders, sequences.
import { salesChannels } from '../../customers/model.ts'
import { leafKey } from '../match.ts'
import type { EventRef, Rule } from '../model.ts'
import type { Found, Subject } from '../subject.ts'
import { testNumber } from './values.ts'

type Leaf<Op extends Rule['op']> = Extract<Rule, { op: Op }>

export const namesOf = (ref: EventRef): string[] => (typeof ref.event === 'string' ? [ref.event] : ref.event)

/** The newest that counts; so far only whether there was one since the entry. */
export function event(rule: Leaf<'event'>, { state, since, fresh }: Subject): Found {
  const { window, measure } = rule
  if ((window.in !== 'entry' && window.in !== 'node') || measure.of !== 'count')
    return { value: false, seen: null, until: null }
  const from = since === null ? Number.NEGATIVE_INFINITY : since[window.in]
  let last: number | null = null
  let n = 0
  for (const name of namesOf(rule)) {
    const key = leafKey(name, rule.where)
    const at = state.leaf !== undefined && Object.hasOwn(state.leaf, key) ? state.leaf[key]! : null
    if (at === null) continue
    last = Math.max(last ?? at, at)
    if (at > from || (at === from && fresh.has(key))) n = 1
  }
  return { value: testNumber(measure.test, n), seen: last, until: null }
}

export function orders(rule: Leaf<'orders'>, { state }: Subject): Found {
  const sum = state.orders
  const channels = rule.salesChannel
  let n = sum?.n ?? 0
  if (channels !== undefined)
    n =
      sum === undefined
        ? 0
        : salesChannels(sum).reduce((all, [c, some]) => all + (channels.includes(c) ? some : 0), 0)
  return { value: rule.measure.of === 'count' && testNumber(rule.measure.test, n), seen: n, until: null }
}

export function sequence(_rule: Leaf<'sequence'>, _subject: Subject): Found {
  return { value: false, seen: null, until: null }
}
