// Shoppers online only, in stores only and both, and what they spend; spend per visit by how many channels were used.
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { Chart } from '../parts/chart.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Definition } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const GROUP_WORDS = { online: 'online', store: 'inStore', both: 'both', other: 'other' } as const

export function Omnichannel({ ws, range }: { ws: string; range: { from: string; to: string } }) {
  const { t } = useTranslation()
  const query = useApi('omnichannel', { ws, query: { from: range.from, to: range.to } }, { keep: true })
  return (
    <Show query={query} rows={8}>
      {data => (
        <Stack gap={16}>
          <Text c="dimmed">{t('omni.lead')}</Text>
          <div className="half">
            <BySalesChannel data={data} />
            <ByChannels data={data} />
          </div>
        </Stack>
      )}
    </Show>
  )
}

function BySalesChannel({ data }: { data: Out<'omnichannel'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const groups = data.groups.filter(g => g.key !== 'other' || g.people > 0)
  const name = (key: keyof typeof GROUP_WORDS) => t(`omni.${GROUP_WORDS[key]}`)
  const both = data.groups.find(g => g.key === 'both')
  return (
    <Card title={t('omni.spend')} aside={<Definition text={t('omni.spendDef')} />}>
      <Chart
        label={t('omni.spend')}
        axis={t('omni.group')}
        categories={groups.map(g => name(g.key))}
        height={220}
        series={[
          {
            name: t('omni.average'),
            kind: 'bar',
            values: groups.map(g => g.average),
            say: v => say.money(v, data.currency),
          },
        ]}
      />
      <Scroll label={t('omni.spend')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('omni.group')}</th>
              <th className="end">{t('omni.people')}</th>
              <th className="end">{t('omni.orders')}</th>
              <th className="end">{t('omni.revenue')}</th>
              <th className="end">{t('omni.average')}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(g => (
              <tr key={g.key}>
                <td>{name(g.key)}</td>
                <td className="end">{say.people(g.people)}</td>
                <td className="end">{say.people(g.orders)}</td>
                <td className="end nowrap">{g.people === 0 ? '—' : say.money(g.revenue, data.currency)}</td>
                <td className="end nowrap">
                  {g.average === null ? '—' : say.money(g.average, data.currency)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {both?.people === 0 ? (
        <Text size="sm" c="dimmed" mt={8}>
          {t('omni.noneBoth')}
        </Text>
      ) : null}
    </Card>
  )
}

function ByChannels({ data }: { data: Out<'omnichannel'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const name = (n: number) => (n === 4 ? t('omni.four') : say.count(n))
  return (
    <Card title={t('omni.perVisit')} aside={<Definition text={t('omni.perVisitDef')} />}>
      <Chart
        label={t('omni.perVisit')}
        axis={t('omni.channels')}
        categories={data.byChannels.map(c => name(c.channels))}
        height={220}
        series={[
          {
            name: t('omni.spendPerVisit'),
            kind: 'bar',
            values: data.byChannels.map(c => c.perVisit),
            say: v => say.money(v, data.currency),
          },
        ]}
      />
      <Scroll label={t('omni.perVisit')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('omni.channels')}</th>
              <th className="end">{t('omni.people')}</th>
              <th className="end">{t('omni.visits')}</th>
              <th className="end">{t('omni.revenue')}</th>
              <th className="end">{t('omni.spendPerVisit')}</th>
            </tr>
          </thead>
          <tbody>
            {data.byChannels.map(c => (
              <tr key={c.channels}>
                <td>{name(c.channels)}</td>
                <td className="end">{say.people(c.people)}</td>
                <td className="end">{say.people(c.visits)}</td>
                <td className="end nowrap">{c.people === 0 ? '—' : say.money(c.revenue, data.currency)}</td>
                <td className="end nowrap">
                  {c.perVisit === null ? '—' : say.money(c.perVisit, data.currency)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  )
}
