// Words of the trigger that is an event.
import { sayWhere } from '../../../rules/phrases.ts'
import { sayTimes } from './others.ts'
import type { TriggerSay } from './model.ts'

export const event: TriggerSay<'event'> = (trigger, say, names) =>
  trigger.event === ''
    ? say.t('say.nothing')
    : say.t('journeys.whenEvent', { event: names.event(trigger.event) }) +
      sayWhere(trigger.where, say) +
      sayTimes(trigger.times, say)
