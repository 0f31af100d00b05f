// Reach by channel: whom each could reach, what of its messages arrives and is acted on, and what it costs; by choice the
// campaigns instead (reach-campaigns.tsx).
import { Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { ReachFigure } from '../../src/insight/people/model.ts'
import { word } from '../i18n.ts'
import { useApi } from '../api/queries.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Channel, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { Behind, type Opened } from './behind.tsx'
import { BySelect } from './by-select.tsx'
import { ReachCampaigns } from './reach-campaigns.tsx'
import { type AskedReach, MessageCell, WhoReached } from './reach-cells.tsx'

type Item = Out<'reach'>['items'][number]
const COLUMNS = [
  'bound',
  'consented',
  'reachable',
  'reached',
  'opened',
  'clicked',
  'converted',
  'unitCost',
  'perBuyer',
  'used',
] as const
const WAYS = ['channel', 'campaign'] as const
type Way = (typeof WAYS)[number]

export function ReachTable({
  ws,
  asked,
  by,
  chooseBy,
}: {
  ws: string
  asked: AskedReach
  by: Way
  chooseBy: (by: Way) => void
}) {
  const { t } = useTranslation()
  return (
    <Card
      flush
      title={t(by === 'campaign' ? 'reach.byCampaignTitle' : 'reach.title')}
      aside={<BySelect ways={WAYS} value={by} choose={chooseBy} />}
    >
      {by === 'campaign' ? <ReachCampaigns ws={ws} asked={asked} /> : <Channels ws={ws} asked={asked} />}
      <Text size="sm" c="dimmed" p="md">
        {t(by === 'campaign' ? 'reach.campaignNote' : 'reach.note')}
      </Text>
    </Card>
  )
}

function Channels({ ws, asked }: { ws: string; asked: AskedReach }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('reach', { ws, query: asked }, { keep: true })
  const [opened, show] = useState<Opened | null>(null)
  const open = (i: Item) => (figure: ReachFigure) =>
    show({
      title: `${word('channel', i.channel)} · ${t(`reachFigure.${figure}`)}`,
      heading: t('reach.counted'),
      list: { of: 'reach', ...asked, channel: i.channel, figure },
    })
  const cell = (i: Item, column: (typeof COLUMNS)[number], data: Out<'reach'>) => {
    const name = word('channel', i.channel)
    switch (column) {
      case 'bound':
      case 'consented':
      case 'reachable':
        return (
          <WhoReached name={name} figure={column} n={i[column]} open={open(i)}>
            {data.customers === 0 ? '—' : say.share(i[column], data.customers)}
          </WhoReached>
        )
      case 'unitCost':
        return say.cost(i.unitCost, data.currency)
      case 'used':
        return i.used === null ? (
          '—'
        ) : (
          <>
            {say.percent(i.used.rate)}
            <Text size="xs" c="dimmed">
              <Time at={i.used.at} />
            </Text>
          </>
        )
      default:
        return <MessageCell name={name} item={i} column={column} currency={data.currency} open={open(i)} />
    }
  }
  return (
    <>
      <Show query={query} rows={8}>
        {data => (
          <Scroll label={t('reach.title')}>
            <table className="table hover">
              <thead>
                <tr>
                  <th>{t('engagement.channel')}</th>
                  {COLUMNS.map(c => (
                    <FigureHead key={c} label={t(`reachColumn.${c}`)} definition={t(`reachDef.${c}`)} />
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.items.map(i => (
                  <tr key={i.channel}>
                    <td>
                      <Channel name={i.channel} />
                      {i.accounts === 0 ? (
                        <Text size="xs" c="dimmed">
                          {t('reach.notConnected')}
                        </Text>
                      ) : null}
                    </td>
                    {COLUMNS.map(c => (
                      <td key={c} className="end nowrap">
                        {cell(i, c, data)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Show>
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
    </>
  )
}
