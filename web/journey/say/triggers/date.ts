// Words of the trigger that is a date of the customer.
import type { TriggerSay } from './model.ts'

export const date: TriggerSay<'date'> = (trigger, { t }, names) => {
  const n = trigger.offsetDays
  const offset =
    n === 0
      ? t('journeys.onDay')
      : n < 0
        ? t('journeys.daysBefore', { n: -n })
        : t('journeys.daysAfter', { n })
  return (
    t('journeys.whenDate', { trait: names.trait(trigger.trait), offset, time: trigger.time }) +
    (trigger.yearly ? t('journeys.yearly') : '') +
    (trigger.yearly && trigger.calendar === 'lunar' ? t('triggerSay.lunar') : '')
  )
}
