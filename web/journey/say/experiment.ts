// Words of the experiment.
import { IconFlask } from '@tabler/icons-react'
import type { Metric } from '../../../src/journeys/nodes/experiment.ts'
import type { PropFilter } from '../../../src/rules/model.ts'
import { word } from '../../i18n.ts'
import { sayWhere } from '../../rules/phrases.ts'
import type { Say } from '../../use.ts'
import type { NodeSay } from './model.ts'
import { sayShares } from './shares.ts'
import { text } from './values.ts'

function sayMetric(metric: unknown, say: Say): string {
  const { t } = say
  const m = (metric ?? {}) as Partial<Metric> & { event?: unknown; where?: PropFilter[] }
  if (m.kind === 'event') return word('fact', text(m.event)) + sayWhere(m.where, say)
  return m.kind === 'goal'
    ? t('say.metricGoal')
    : m.kind === 'clicked'
      ? t('say.metricClicked')
      : t('say.metricOrder')
}

export const experiment: NodeSay = {
  icon: IconFlask,
  begin: () => ({
    variants: [
      { name: 'A', percent: 50 },
      { name: 'B', percent: 50 },
    ],
    metric: { kind: 'goal' },
    minPeople: 200,
    windowMs: 7 * 86_400_000,
  }),
  line: (f, say) =>
    say.t('say.experiment', { shares: sayShares(f.variants, say), metric: sayMetric(f.metric, say) }),
}
