// The figures of messages by one dimension, as a table whose numbers open the people behind them.
import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { DIMENSIONS, type Dimension, type Figure } from '../../src/insight/engagement/model.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Channel } from '../parts/small.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay, useWs } from '../use.ts'
import { BySelect } from './by-select.tsx'
import { JourneyName } from './pickers.tsx'

const COLUMNS: Figure[] = [
  'sent',
  'reached',
  'opened',
  'machine',
  'clicked',
  'participated',
  'blocked',
  'unsubscribed',
]
type Item = Out<'engagement'>['items'][number]

export function EngagementParts({
  data,
  by,
  chooseBy,
  open,
}: {
  data: Out<'engagement'>
  by: Dimension
  chooseBy: (by: Dimension) => void
  open: (figure: Figure, key: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const title = t('engagement.parts', { by: t(`engagementBy.${by}`) })
  const cell = (item: Item, figure: Figure) => {
    const { messages, people } = item.figures[figure]
    if (figure === 'opened' && item.opens !== 'person')
      return (
        <Text size="sm" c="dimmed">
          {t(item.opens === 'sums' ? 'engagement.sumsOnly' : 'engagement.notTold')}
        </Text>
      )
    if (messages === 0) return '0'
    return (
      <Anchor
        component="button"
        type="button"
        aria-label={`${t(`engagementFigure.${figure}`)}: ${say.count(messages)}, ${t('metrics.showPeople', { n: say.count(people) })}`}
        onClick={() => open(figure, item.key)}
      >
        {say.count(messages)}
      </Anchor>
    )
  }
  return (
    <Card flush title={title} aside={<BySelect ways={DIMENSIONS} value={by} choose={chooseBy} />}>
      <Scroll label={title}>
        <table className="table hover">
          <thead>
            <tr>
              <th>{t(`engagementBy.${by}`)}</th>
              {COLUMNS.map(f => (
                <FigureHead key={f} label={t(`engagementFigure.${f}`)} definition={t(`engagementDef.${f}`)} />
              ))}
              <FigureHead label={t('engagement.rate')} definition={t('engagement.rateDef')} />
              <FigureHead label={t('engagement.cost')} definition={t('engagement.costDef')} />
            </tr>
          </thead>
          <tbody>
            {data.items.map(item => (
              <tr key={item.key}>
                <td>
                  <PartName by={by} item={item} />
                </td>
                {COLUMNS.map(f => (
                  <td key={f} className="end">
                    {cell(item, f)}
                  </td>
                ))}
                <td className="end nowrap">
                  {item.rate === null
                    ? '—'
                    : say.share(item.figures.participated.people, item.figures.reached.people)}
                </td>
                <td className="end nowrap">{item.cost === 0 ? '—' : say.cost(item.cost, data.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  )
}

function PartName({ by, item }: { by: Dimension; item: Item }) {
  const { t } = useTranslation()
  const ws = useWs()
  if (by === 'channel') return <Channel name={item.key} />
  if (item.key === '') return <Text c="dimmed">{t('engagement.none')}</Text>
  if (by === 'campaign')
    return (
      <A to="/w/$ws/campaigns/$campaign" params={{ ws, campaign: item.key }} fw={550}>
        {item.name ?? item.key}
      </A>
    )
  if (by === 'purpose') return <>{word('purpose', item.key)}</>
  return <JourneyName item={item} />
}
