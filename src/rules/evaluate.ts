// Evaluates a rule over one customer, in memory: the answer, when time alone may change it, and why.
import { salesChannels, STAGES, type CustomerState, type TraitValue } from '../customers/model.ts'
import { never } from '../platform/errors.ts'
import { ageAt } from '../platform/wall-time.ts'
import { leafKey } from './match.ts'
import type { Reason, Rule, Scalar, Verdict } from './model.ts'

/** What a rule is asked of. `since`: from when on an event counts (ms, occurred); null outside a run. `fresh`: leaf
 *  keys of the event being folded, when it came after the run or node was entered: it counts also when it occurred in
 *  the very same millisecond. */
export type Subject = {
  state: Pick<CustomerState, 'traits' | 'ids' | 'leaf' | 'stage' | 'orders'>
  /** workspace time, and the zone in which a day begins */
  now: number
  timezone: string
  since: { entry: number; node: number } | null
  fresh: ReadonlySet<string>
}

const MAX_REASONS = 8
const MAX_SEEN = 100

const short = (seen: unknown): unknown =>
  typeof seen === 'string' && seen.length > MAX_SEEN ? seen.slice(0, MAX_SEEN) + '…' : seen

const isOrHolds = (trait: TraitValue, value: Scalar): boolean =>
  Array.isArray(trait) ? trait.includes(value) : trait === value

function leaf(path: string, rule: Rule, value: boolean, seen: unknown): Verdict {
  return { value, until: null, why: [{ path, leaf: rule.op, value, seen: short(seen) }] }
}

/** `and` (wanted false) and `or` (wanted true): the first child with `wanted` decides alone; otherwise all do. */
function combine(rules: Rule[], subject: Subject, path: string, wanted: boolean): Verdict {
  let until: number | null = null
  const why: Reason[] = []
  for (let i = 0; i < rules.length; i++) {
    const child = evaluate(rules[i]!, subject, `${path}/rules/${i}`)
    if (child.value === wanted) return child
    if (child.until !== null) until = until === null ? child.until : Math.min(until, child.until)
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
    case 'trait_is': {
      const trait = Object.hasOwn(subject.state.traits, rule.trait)
        ? subject.state.traits[rule.trait]
        : undefined
      return leaf(path, rule, trait !== undefined && isOrHolds(trait.v, rule.value), trait?.v ?? null)
    }
    case 'trait_set': {
      const trait = Object.hasOwn(subject.state.traits, rule.trait)
        ? subject.state.traits[rule.trait]
        : undefined
      return leaf(path, rule, trait !== undefined && trait.v !== '', trait?.v ?? null)
    }
    case 'has_identifier': {
      const held = subject.state.ids.find(id => id.kind === rule.kind)
      return leaf(path, rule, held !== undefined, held === undefined ? null : rule.kind)
    }
    case 'stage': {
      const stage = subject.state.stage?.s ?? 1
      const asked = STAGES.indexOf(rule.stage) + 1
      return leaf(path, rule, rule.is === 'exactly' ? stage === asked : stage >= asked, STAGES[stage - 1])
    }
    case 'age': {
      const found = ageAt(subject.state.traits.birthday?.v, subject.timezone, subject.now)
      if (found === null) return leaf(path, rule, false, null)
      const value = found.age >= (rule.min ?? 0) && found.age <= (rule.max ?? Number.POSITIVE_INFINITY)
      return { ...leaf(path, rule, value, found.age), until: found.until }
    }
    case 'orders': {
      const { orders } = subject.state
      const n =
        rule.salesChannel === undefined
          ? orders?.n
          : orders && salesChannels(orders).find(([channel]) => channel === rule.salesChannel)?.[1]
      return leaf(path, rule, (n ?? 0) >= rule.atLeast, n ?? 0)
    }
    case 'event': {
      const key = leafKey(rule.event, rule.where)
      const leaves = subject.state.leaf
      const last = leaves !== undefined && Object.hasOwn(leaves, key) ? leaves[key]! : null
      const since = subject.since === null ? Number.NEGATIVE_INFINITY : subject.since[rule.since]
      return leaf(
        path,
        rule,
        last !== null && (last > since || (last === since && subject.fresh.has(key))),
        last,
      )
    }
    default:
      return never(rule)
  }
}

/** Every event leaf of a rule. */
export function eventLeaves(rule: Rule): Extract<Rule, { op: 'event' }>[] {
  switch (rule.op) {
    case 'and':
    case 'or':
      return rule.rules.flatMap(eventLeaves)
    case 'not':
      return eventLeaves(rule.rule)
    case 'event':
      return [rule]
    default:
      return []
  }
}
