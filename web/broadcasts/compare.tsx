// Broadcasts beside journeys: what each sent, what came of it, and a message for message figure.
import { Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { Behind, type Opened, Who } from '../insight/behind.tsx'
import { A } from '../parts/link.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Definition } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Compared = Out<'comparison'>
type Figures = Compared['totals'][number]
const DAYS = 30

export function Compare({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('comparison', { ws, query: {} })
  return (
    <Card flush title={t('broadcasts.tab_compare')}>
      <Text size="sm" c="dimmed" px="md" pt="sm">
        {t('comparison.text', { days: DAYS })}
      </Text>
      <Show query={query}>{data => <Table ws={ws} data={data} />}</Show>
    </Card>
  )
}

function Table({ ws, data }: { ws: string; data: Compared }) {
  const { t } = useTranslation()
  const { items, totals, currency } = data
  const [opened, show] = useState<Opened | null>(null)
  const open =
    (name: string, of: { journey?: string; kind: 'journey' | 'broadcast' }) => (figure: 'people' | 'goals') =>
      show({
        title: `${name} · ${t(`comparison.${figure}`)}`,
        heading: t('comparison.counted'),
        list: { of: 'comparison', from: data.from, to: data.to, ...of, figure },
      })
  if (items.length === 0) return <Text p="sm">{t('comparison.empty')}</Text>
  return (
    <Scroll label={t('broadcasts.tab_compare')}>
      <table className="table hover">
        <thead>
          <tr>
            <th>{t('broadcasts.name')}</th>
            <th>{t('comparison.kind')}</th>
            <th className="num">{t('comparison.people')}</th>
            <th className="num">{t('comparison.sent')}</th>
            <th className="num">
              {t('comparison.delivered')} <Definition text={t('comparison.deliveredDef')} />
            </th>
            <th className="num">{t('comparison.clicks')}</th>
            <th className="num">{t('comparison.goals')}</th>
            <th className="num">{t('comparison.revenue')}</th>
            <th className="num">{t('comparison.perMessage')}</th>
            <th className="num">{t('comparison.cost')}</th>
          </tr>
        </thead>
        <tbody>
          {totals.map(row => (
            <tr key={row.kind}>
              <th scope="row">{t(`comparison.all_${row.kind}`)}</th>
              <td>{t(`comparison.kind_${row.kind}`)}</td>
              <Cells
                row={row}
                currency={currency}
                open={open(t(`comparison.all_${row.kind}`), { kind: row.kind })}
              />
            </tr>
          ))}
          {items.map(row => (
            <tr key={row.journey}>
              <td>
                {row.kind === 'broadcast' ? (
                  <A to="/w/$ws/broadcasts/$broadcast" params={{ ws, broadcast: row.broadcast! }}>
                    {row.name}
                  </A>
                ) : (
                  <A to="/w/$ws/journeys/$journey" params={{ ws, journey: row.journey }}>
                    {row.name}
                  </A>
                )}
              </td>
              <td>{t(`comparison.kind_${row.kind}`)}</td>
              <Cells
                row={row}
                currency={currency}
                open={open(row.name, { journey: row.journey, kind: row.kind })}
              />
            </tr>
          ))}
        </tbody>
      </table>
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
    </Scroll>
  )
}

function Cells({
  row,
  currency,
  open,
}: {
  row: Omit<Figures, 'kind'>
  currency: string
  open: (figure: 'people' | 'goals') => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <>
      <td className="num">
        <Who n={row.people} label={t('comparison.people')} open={() => open('people')}>
          {say.count(row.people)}
        </Who>
      </td>
      <td className="num">{say.count(row.sent)}</td>
      <td className="num">{row.delivered === 0 ? '—' : say.count(row.delivered)}</td>
      <td className="num">{say.share(row.clicked, row.sent)}</td>
      <td className="num">
        <Who n={row.goals} label={t('comparison.goals')} open={() => open('goals')}>
          {say.count(row.goals)}
        </Who>
      </td>
      <td className="num">{say.money(row.revenue, currency)}</td>
      <td className="num">
        {row.sent === 0 ? '—' : say.money(Math.round(row.revenue / row.sent), currency)}
      </td>
      <td className="num">{say.cost(row.cost, currency)}</td>
    </>
  )
}
