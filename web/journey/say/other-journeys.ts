// Words of the nodes that start and stop other journeys. A journey is named by its id where no list of names is at hand.
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const startJourney: NodeSay = {
  icon: IconPlayerPlay,
  begin: () => ({ journey: '' }),
  line: (f, { t }) => t('say.startJourney', { journey: text(f.journey) }),
}

export const stopJourney: NodeSay = {
  icon: IconPlayerStop,
  begin: () => ({ journey: '' }),
  line: (f, { t }) => t('say.stopJourney', { journey: text(f.journey) }),
}
