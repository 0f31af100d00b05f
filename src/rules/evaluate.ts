// Evaluates a rule over one customer, in memory: the answer, when time alone may change it, and why.
import { never } from '../platform/errors.ts'
import { event, sequence } from './leaves/events.ts'
import { orders } from './leaves/orders.ts'
import * as profile from './leaves/profile.ts'
import type { Reason, Rule, Verdict } from './model.ts'
import type { Found, Subject } from './subject.ts'

export type { Subject } from './subject.ts'

type Leaf = Exclude<Rule, { op: 'and' | 'or' | 'not' }>

const MAX_REASONS = 8
const MAX_SEEN = 100

const short = (seen: unknown): unknown =>
  typeof seen === 'string' && seen.length > MAX_SEEN ? seen.slice(0, MAX_SEEN) + '…' : seen

const sooner = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** `and` (wanted false) and `or` (wanted true): the first child with `wanted` decides alone, for as long as it stands;
 *  otherwise all do. */
function combine(rules: Rule[], subject: Subject, path: string, wanted: boolean): Verdict {
  let until: number | null = null
  const why: Reason[] = []
  for (let i = 0; i < rules.length; i++) {
    const child = evaluate(rules[i]!, subject, `${path}/rules/${i}`)
    if (child.value === wanted) return child
    until = sooner(until, child.until)
    for (const reason of child.why) if (why.length < MAX_REASONS) why.push(reason)
  }
  return { value: !wanted, until, why }
}

/** @param path JSON pointer of `rule`, for the reasons */
export function evaluate(rule: Rule, subject: Subject, path = ''): Verdict {
  switch (rule.op) {
    case 'and':
      return combine(rule.rules, subject, path, false)
    case 'or':
      return combine(rule.rules, subject, path, true)
    case 'not': {
      const inner = evaluate(rule.rule, subject, path + '/rule')
      return { ...inner, value: !inner.value }
    }
    default: {
      const { value, seen, until } = look(rule, subject)
      return { value, until, why: [{ path, leaf: rule.op, value, seen: short(seen) }] }
    }
  }
}

/** The same answer without the reasons, for who asks often: a third of the time. */
export function holds(rule: Rule, subject: Subject): Pick<Verdict, 'value' | 'until'> {
  switch (rule.op) {
    case 'and':
    case 'or': {
      const wanted = rule.op === 'or'
      let until: number | null = null
      for (const inner of rule.rules) {
        const child = holds(inner, subject)
        if (child.value === wanted) return child
        until = sooner(until, child.until)
      }
      return { value: !wanted, until }
    }
    case 'not': {
      const { value, until } = holds(rule.rule, subject)
      return { value: !value, until }
    }
    default:
      return look(rule, subject)
  }
}

function look(rule: Leaf, subject: Subject): Found {
  switch (rule.op) {
    case 'trait':
      return profile.trait(rule, subject)
    case 'age':
      return profile.age(rule, subject)
    case 'tags':
      return profile.tags(rule, subject)
    case 'identifier':
      return profile.identifier(rule, subject)
    case 'channel':
      return profile.channel(rule, subject)
    case 'consent':
      return profile.consent(rule, subject)
    case 'stage':
      return profile.stage(rule, subject)
    case 'tier':
      return profile.tier(rule, subject)
    case 'points':
      return profile.points(rule, subject)
    case 'coupon':
      return profile.coupon(rule, subject)
    case 'likes':
      return profile.likes(rule, subject)
    case 'touch':
      return profile.touch(rule, subject)
    case 'clock':
      return profile.clock(rule, subject)
    case 'segment':
      return profile.segment(rule, subject)
    case 'percent':
      return profile.percent(rule, subject)
    case 'event':
      return event(rule, subject)
    case 'orders':
      return orders(rule, subject)
    case 'sequence':
      return sequence(rule, subject)
    default:
      return never(rule)
  }
}

/** Every leaf of a rule. */
export function leavesOf(rule: Rule): Leaf[] {
  switch (rule.op) {
    case 'and':
    case 'or':
      return rule.rules.flatMap(leavesOf)
    case 'not':
      return leavesOf(rule.rule)
    default:
      return [rule]
  }
}
