// The figures of all messages: how many, how many people, the share of those reached, and the time before.
import { Anchor, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { FIGURES, type Figure } from '../../src/insight/engagement/model.ts'
import { Definition } from '../parts/small.tsx'
import { useSay } from '../use.ts'

export function EngagementFigures({
  data,
  open,
}: {
  data: Out<'engagement'>
  open: (figure: Figure) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const { total, before } = data
  const reached = total.figures.reached.messages
  const rate = (some: typeof total) =>
    some.rate === null ? '—' : say.share(some.figures.participated.people, some.figures.reached.people)
  return (
    <div className="figures">
      <div className="figure">
        <Group gap={4} wrap="nowrap">
          <Text c="dimmed" size="sm">
            {t('engagement.rate')}
          </Text>
          <Definition text={t('engagement.rateDef')} />
        </Group>
        <div className="figure-value">{rate(total)}</div>
        <Text size="xs" c="dimmed">
          {t('engagement.before', { value: rate(before) })}
        </Text>
      </div>
      {FIGURES.map(f => {
        const { messages, people } = total.figures[f]
        const untold =
          (f === 'opened' && data.opens !== 'person') || (f === 'delivered' && data.tells.length === 0)
        return (
          <div className="figure" key={f}>
            <Group gap={4} wrap="nowrap">
              <Text c="dimmed" size="sm">
                {t(`engagementFigure.${f}`)}
              </Text>
              <Definition text={t(`engagementDef.${f}`)} />
            </Group>
            <div className="figure-value">
              {untold
                ? t(f === 'opened' && data.opens === 'sums' ? 'engagement.sumsOnly' : 'engagement.notTold')
                : say.count(messages)}
            </div>
            <Text size="xs" c="dimmed">
              {f === 'sent' || f === 'reached' || reached === 0 || untold
                ? ' '
                : `${t('engagement.ofReached', { share: say.share(messages, reached) })} · `}
              {t('engagement.before', { value: say.count(before.figures[f].messages) })}
            </Text>
            {people > 0 ? (
              <Anchor component="button" type="button" size="xs" onClick={() => open(f)}>
                {t('metrics.showPeople', { n: say.count(people) })}
              </Anchor>
            ) : null}
          </div>
        )
      })}
      <div className="figure">
        <Group gap={4} wrap="nowrap">
          <Text c="dimmed" size="sm">
            {t('engagement.cost')}
          </Text>
          <Definition text={t('engagement.costDef')} />
        </Group>
        <div className="figure-value">{say.cost(total.cost, data.currency)}</div>
        <Text size="xs" c="dimmed">
          {t('engagement.before', { value: say.cost(before.cost, data.currency) })}
        </Text>
      </div>
    </div>
  )
}
