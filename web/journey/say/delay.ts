// Words of the delay node.
import { IconClock } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, number, text, weekdays } from './values.ts'

type Parts = Record<string, unknown>
const part = (value: unknown): Parts => (typeof value === 'object' && value !== null ? (value as Parts) : {})

export const delay: NodeSay = {
  icon: IconClock,
  begin: () => ({ mode: 'for', ms: 3_600_000 }),
  line(f, say, names) {
    const { t } = say
    const mode = f.mode ?? (number(f.ms) === null ? 'until' : 'for')
    if (mode === 'for') return t('say.wait', { time: say.duration(number(f.ms) ?? 0) })
    if (mode === 'date') {
      const { date, time } = part(f.date)
      return t('say.onDate', { date: text(date), time: text(time) })
    }
    if (mode === 'trait') {
      const { trait, offsetDays, time, yearly } = part(f.trait)
      const n = number(offsetDays) ?? 0
      const offset =
        n === 0
          ? t('journeys.onDay')
          : n < 0
            ? t('journeys.daysBefore', { n: -n })
            : t('journeys.daysAfter', { n })
      return (
        t('say.onTrait', { trait: names.trait(text(trait)), offset, time: text(time) }) +
        (yearly === true ? t('journeys.yearly') : '')
      )
    }
    if (mode === 'best') return t('say.bestHour', { time: text(part(f.best).fallback) })
    const { time, weekdays: days } = part(f.until)
    return (
      t('say.until', { time: text(time) }) +
      (list(days).length > 0 ? t('say.onDays', { days: weekdays(list(days), say) }) : '')
    )
  },
}
