// Campaigns side by side: what of their messages arrives, is acted on and leads to an order, and what it costs.
import { IconFlag } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { ReachFigure } from '../../src/insight/people/model.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { Behind, type Opened, Who } from './behind.tsx'
import { type AskedReach, MESSAGE_COLUMNS, MessageCell } from './reach-cells.tsx'

type Item = Out<'reachByCampaign'>['items'][number]

export function ReachCampaigns({ ws, asked }: { ws: string; asked: AskedReach }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('reachByCampaign', { ws, query: asked }, { keep: true })
  const [opened, show] = useState<Opened | null>(null)
  const nameOf = (i: Item) => i.name ?? t('reach.noCampaign')
  const open = (i: Item) => (figure: ReachFigure) =>
    show({
      title: `${nameOf(i)} · ${t(`reachFigure.${figure}`)}`,
      heading: t('reach.counted'),
      list: { of: 'reach', ...asked, campaign: i.campaign ?? 'none', figure },
    })
  const title = t('reach.byCampaignTitle')
  return (
    <>
      <Show query={query} rows={5}>
        {data =>
          data.items.length === 0 ? (
            <Empty icon={<IconFlag />} title={t('reach.noMessages')} text={t('reach.noMessagesText')} />
          ) : (
            <Scroll label={title}>
              <table className="table hover">
                <thead>
                  <tr>
                    <th>{t('engagement.campaign')}</th>
                    <th>{t('engagement.channel')}</th>
                    <th className="end">{t('reach.sent')}</th>
                    <th className="end">{t('reachFigure.people')}</th>
                    {MESSAGE_COLUMNS.map(c => (
                      <FigureHead key={c} label={t(`reachColumn.${c}`)} definition={t(`reachDef.${c}`)} />
                    ))}
                    <FigureHead label={t('engagement.cost')} definition={t('engagement.costDef')} />
                  </tr>
                </thead>
                <tbody>
                  {data.items.map(i => (
                    <tr key={i.campaign ?? ''}>
                      <td>
                        {i.campaign === null ? (
                          t('reach.noCampaign')
                        ) : (
                          <A to="/w/$ws/campaigns/$campaign" params={{ ws, campaign: i.campaign }} fw={550}>
                            {nameOf(i)}
                          </A>
                        )}
                      </td>
                      <td>{say.list(i.channels.map(c => word('channel', c)))}</td>
                      <td className="end">{say.count(i.sent)}</td>
                      <td className="end">
                        <Who
                          n={i.people}
                          label={`${nameOf(i)}, ${t('reachFigure.people')}`}
                          open={() => open(i)('people')}
                        >
                          {say.count(i.people)}
                        </Who>
                      </td>
                      {MESSAGE_COLUMNS.map(c => (
                        <td key={c} className="end nowrap">
                          <MessageCell
                            name={nameOf(i)}
                            item={i}
                            column={c}
                            currency={data.currency}
                            open={open(i)}
                          />
                        </td>
                      ))}
                      <td className="end nowrap">{say.cost(i.cost, data.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Show>
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
    </>
  )
}
