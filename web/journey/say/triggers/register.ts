// Every kind of trigger in words.
import type { Trigger } from '../../../../src/journeys/model.ts'
import type { Names } from '../../../rules/names.ts'
import type { Say } from '../../../use.ts'
import { date } from './date.ts'
import { event } from './event.ts'
import type { TriggerSay } from './model.ts'
import { others } from './others.ts'

const TRIGGER_SAY: { [K in Trigger['kind']]: TriggerSay<K> } = { event, date, ...others }

/** When the journey begins, in one line; of what a draft has not said yet, the kind's name. */
export function sayTrigger(trigger: Trigger, say: Say, names: Names): string {
  // the kind picks the function of that kind; TypeScript cannot follow a key of a union
  const words = TRIGGER_SAY[trigger.kind] as TriggerSay | undefined
  try {
    return words ? words(trigger, say, names) : trigger.kind
  } catch {
    return say.t(`triggerKind.${trigger.kind}`) // a draft's trigger may lack anything
  }
}
