// Words of the experiment.
import { IconFlask } from '@tabler/icons-react'
import type { Metric } from '../../../src/journeys/nodes/experiment.ts'
import type { PropFilter } from '../../../src/rules/model.ts'
import type { Names } from '../../rules/names.ts'
import { sayWhere } from '../../rules/phrases.ts'
import type { Say } from '../../use.ts'
import type { NodeSay } from './model.ts'
import { HALVES, sayShares } from './shares.ts'
import { text } from './values.ts'

/** What counts as success. */
export function sayMetric(metric: unknown, say: Say, event: Names['event']): string {
  const { t } = say
  const m = (metric ?? {}) as Partial<Metric> & { event?: unknown; where?: PropFilter[] }
  if (m.kind === 'event') return event(text(m.event)) + sayWhere(m.where, say)
  if (m.kind === 'goal') return t('say.metricGoal')
  return t(m.kind === 'clicked' ? 'say.metricClicked' : 'say.metricOrder')
}

export const experiment: NodeSay = {
  icon: IconFlask,
  begin: () => ({
    variants: HALVES,
    metric: { kind: 'order' },
    windowMs: 7 * 86_400_000,
    minPeople: 500,
    autoWinner: true,
  }),
  line: (f, say, names) =>
    say.t('say.experiment', {
      shares: sayShares(f.variants, say),
      metric: sayMetric(f.metric, say, names.event),
    }),
}
