// Words of the nodes that start and stop other journeys.
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const startJourney: NodeSay = {
  icon: IconPlayerPlay,
  begin: () => ({ journey: '' }),
  line: (f, { t }, names) => t('say.startJourney', { journey: names.journey(text(f.journey)) }),
}

export const stopJourney: NodeSay = {
  icon: IconPlayerStop,
  begin: () => ({ journey: '' }),
  line: (f, { t }, names) => t('say.stopJourney', { journey: names.journey(text(f.journey)) }),
}
