// Channels side by side: whom each could reach, what of its messages arrives and is acted on, and what it costs.
import { Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { ReachFigure } from '../../src/insight/people/model.ts'
import { word } from '../i18n.ts'
import { useApi } from '../api/queries.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Channel, Definition, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { Behind, type Opened, Who } from './behind.tsx'

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

export function ReachTable({
  ws,
  asked,
}: {
  ws: string
  asked: { from?: string; to?: string; window: number; campaign?: string | undefined }
}) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('reach', { ws, query: asked }, { keep: true })
  const [opened, show] = useState<Opened | null>(null)
  const share = (part: number, whole: number) => (whole === 0 ? '—' : say.share(part, whole))
  const who = (i: Item, figure: ReachFigure, n: number, text: string) => (
    <Who
      n={n}
      label={`${word('channel', i.channel)}, ${t(`reachFigure.${figure}`)}`}
      open={() =>
        show({
          title: `${word('channel', i.channel)} · ${t(`reachFigure.${figure}`)}`,
          heading: t('reach.counted'),
          list: { of: 'reach', ...asked, channel: i.channel, figure },
        })
      }
    >
      {text}
    </Who>
  )
  const cell = (i: Item, column: (typeof COLUMNS)[number], data: Out<'reach'>) => {
    switch (column) {
      case 'bound':
      case 'consented':
      case 'reachable':
        return who(i, column, i[column], share(i[column], data.customers))
      case 'reached':
        return (
          <>
            {who(i, 'people', i.people, share(i.reached, i.sent))}
            {i.sent > 0 ? (
              <Text size="xs" c="dimmed" className="under-figure">
                {t(i.tells ? 'reach.delivered' : 'reach.accepted')}
              </Text>
            ) : null}
          </>
        )
      case 'opened':
        return i.opens === 'person'
          ? who(i, 'opened', i.opened, share(i.opened, i.reached))
          : t(i.opens === 'sums' ? 'engagement.sumsOnly' : 'engagement.notTold')
      case 'clicked':
        return who(i, 'clicked', i.clicked, share(i.clicked, i.reached))
      case 'converted':
        return who(i, 'buyers', i.buyers, share(i.buyers, i.people))
      case 'unitCost':
        return say.cost(i.unitCost, data.currency)
      case 'perBuyer':
        return i.buyers === 0 ? '—' : say.cost(i.cost / i.buyers, data.currency)
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
    }
  }
  return (
    <Card flush title={t('reach.title')}>
      <Show query={query} rows={8}>
        {data => (
          <Scroll label={t('reach.title')}>
            <table className="table hover">
              <thead>
                <tr>
                  <th>{t('engagement.channel')}</th>
                  {COLUMNS.map(c => (
                    <th key={c} className="end">
                      {t(`reachColumn.${c}`)} <Definition text={t(`reachDef.${c}`)} />
                    </th>
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
      <Text size="sm" c="dimmed" p="md">
        {t('reach.note')}
      </Text>
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
    </Card>
  )
}
