// What starts with the n-th of its kind within some time: the customer's memory of such events says which one this is.
import type { PropFilter, Rule } from '../../rules/model.ts'
import type { TriggerContext } from './type.ts'

export type Times = { n: number; withinMs: number }

const MINUTE_MS = 60_000

/** Exactly so many: with one more the answer is no again, until the oldest has left. */
const exactly = (event: string, where: PropFilter[], { n, withinMs }: Times): Rule => ({
  op: 'event',
  event,
  ...(where.length > 0 ? { where } : {}),
  window: { in: 'last', span: { n: withinMs / MINUTE_MS, unit: 'minute' } },
  measure: { of: 'count', test: { is: 'equal', value: n } },
})

type Counted = { times?: Times }
/** One rule for each stored trigger: rules are known by identity. */
const rules = new WeakMap<object, Rule>()

function ruleOf(trigger: Counted, event: string, where: PropFilter[]): Rule {
  let rule = rules.get(trigger)
  if (rule === undefined) rules.set(trigger, (rule = exactly(event, where, trigger.times!)))
  return rule
}

export const countRules = (trigger: Counted, event: string, where: PropFilter[]): Rule[] =>
  trigger.times === undefined ? [] : [ruleOf(trigger, event, where)]

/** Whether the one at hand, which fits, is the one that starts. */
export const isNth = (trigger: Counted, event: string, where: PropFilter[], ctx: TriggerContext): boolean =>
  trigger.times === undefined || ctx.evaluate(ruleOf(trigger, event, where)).value
