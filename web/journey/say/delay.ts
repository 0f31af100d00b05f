// Words of the delay node.
import { IconClock } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, number, text, weekdays } from './values.ts'

export const delay: NodeSay = {
  icon: IconClock,
  begin: () => ({ ms: 3_600_000 }),
  line(f, say) {
    const { t } = say
    if (number(f.ms) !== null) return t('say.wait', { time: say.duration(number(f.ms) ?? 0) })
    const until = (f.until ?? {}) as { time?: unknown; weekdays?: unknown }
    const days = list(until.weekdays)
    return (
      t('say.until', { time: text(until.time) }) +
      (days.length > 0 ? t('say.onDays', { days: weekdays(days, say) }) : '')
    )
  },
}
