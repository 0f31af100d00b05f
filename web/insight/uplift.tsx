// Those who were written to against those who were kept out: a table of differences with their intervals, and before and after.
import { Group, NumberInput, Text } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { UpliftFigure } from '../../src/insight/people/model.ts'
import type { UpliftMetric } from '../../src/insight/uplift/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Badge, Definition, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { type Say, useSay } from '../use.ts'
import { Behind, type Opened, Who } from './behind.tsx'
import { DaysPicker, JourneyPicker } from './pickers.tsx'

type Data = Out<'uplift'>
type Arm = Data['treated']
const WINDOWS = ['7', '14', '30', '60', '90']
type Open = (arm: 'treated' | 'control', figure: UpliftFigure) => void
type Search = { journey?: string; window?: string }

export function Uplift({
  ws,
  range,
  search,
  choose,
  children,
}: {
  ws: string
  range: { from: string; to: string } | null
  search: Search
  choose: (more: Search) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  const asked = {
    from: range?.from,
    to: range?.to,
    journey: search.journey,
    window: Number(search.window ?? 30),
  }
  const query = useApi('uplift', { ws, query: asked }, { enabled: range !== null, keep: true })
  const [opened, show] = useState<Opened | null>(null)
  const open: Open = (arm, figure) =>
    show({
      title: `${t(`upliftFigure.${figure}`)} · ${t(`uplift.${arm}`)}`,
      heading: t('uplift.counted'),
      list: { of: 'uplift', ...asked, arm, figure },
    })
  return (
    <>
      <Group gap="xs" align="flex-end">
        {children}
        <JourneyPicker
          ws={ws}
          label={t('uplift.journey')}
          all={t('uplift.workspace')}
          value={search.journey}
          choose={journey => choose({ journey })}
        />
        <DaysPicker
          label={t('uplift.window')}
          days={WINDOWS}
          usual="30"
          value={search.window}
          choose={window => choose({ window })}
        />
      </Group>
      <Show query={query} rows={6}>
        {data =>
          data.control.people === 0 ? (
            <Card>
              <Empty icon={<IconScale />} title={t('uplift.empty')} text={t('uplift.emptyText')} />
            </Card>
          ) : (
            <Lifts data={data} open={open} />
          )
        }
      </Show>
      {query.data && query.data.treated.people > 0 ? <BeforeAfter data={query.data} open={open} /> : null}
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
      <Settings ws={ws} />
    </>
  )
}

function figure(metric: UpliftMetric, arm: Arm, currency: string, say: Say): string {
  switch (metric) {
    case 'engagement':
      return say.share(arm.engaged, arm.people)
    case 'conversion':
      return say.share(arm.converted, arm.people)
    case 'repurchase':
      return arm.regulars === 0 ? '—' : say.share(arm.repurchased, arm.regulars)
    case 'revenue':
      return arm.people === 0 ? '—' : say.money(Math.round(arm.revenue / arm.people), currency)
  }
}

/** Who is behind a metric: revenue is theirs who bought. */
const OF: Record<UpliftMetric, 'engaged' | 'converted' | 'repurchased'> = {
  engagement: 'engaged',
  conversion: 'converted',
  repurchase: 'repurchased',
  revenue: 'converted',
}

function Lifts({ data, open }: { data: Data; open: Open }) {
  const { t } = useTranslation()
  const say = useSay()
  const signed = (metric: UpliftMetric, value: number) =>
    `${value > 0 ? '+' : ''}${metric === 'revenue' ? say.money(Math.round(value), data.currency) : say.percent(value)}`
  const stillOpen = data.treated.open + data.control.open
  return (
    <Card flush title={t('attribution.tabUplift')}>
      <Scroll label={t('attribution.tabUplift')}>
        <table className="table">
          <thead>
            <tr>
              <th />
              <th className="end">
                {t('uplift.treated')}
                <Text size="xs" c="dimmed">
                  <Who
                    n={data.treated.people}
                    label={t('uplift.treated')}
                    open={() => open('treated', 'people')}
                  >
                    {t('uplift.people', { n: say.count(data.treated.people) })}
                  </Who>
                </Text>
              </th>
              <th className="end">
                {t('uplift.control')}
                <Text size="xs" c="dimmed">
                  <Who
                    n={data.control.people}
                    label={t('uplift.control')}
                    open={() => open('control', 'people')}
                  >
                    {t('uplift.people', { n: say.count(data.control.people) })}
                  </Who>
                </Text>
              </th>
              <th className="end">{t('uplift.lift')}</th>
            </tr>
          </thead>
          <tbody>
            {data.lifts.map(({ metric, lift, method }) => (
              <tr key={metric}>
                <td>
                  {t(`upliftMetric.${metric}`)} <Definition text={t(`upliftDef.${metric}`)} />
                </td>
                {(['treated', 'control'] as const).map(arm => (
                  <td key={arm} className="end nowrap">
                    <Who
                      n={data[arm][OF[metric]]}
                      label={`${t(`upliftMetric.${metric}`)}, ${t(`uplift.${arm}`)}`}
                      open={() => open(arm, OF[metric])}
                    >
                      {figure(metric, data[arm], data.currency, say)}
                    </Who>
                  </td>
                ))}
                <td className="end">
                  {lift === null ? (
                    t('uplift.nobody')
                  ) : lift.enough ? (
                    <>
                      <Badge tone={lift.low > 0 ? 'good' : lift.high < 0 ? 'bad' : 'skip'}>
                        {signed(metric, lift.value)}
                      </Badge>
                      <Text size="xs" c="dimmed">
                        {t('uplift.interval', {
                          low: signed(metric, lift.low),
                          high: signed(metric, lift.high),
                        })}
                        {' · '}
                        {t('uplift.method', { name: method })}
                      </Text>
                    </>
                  ) : (
                    <Badge tone="skip">{t('uplift.notEnough')}</Badge>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {stillOpen > 0 ? (
        <Text size="sm" c="dimmed" p="md">
          {t('uplift.open', { n: say.count(stillOpen) })}{' '}
          {(['treated', 'control'] as const).map(arm => (
            <span key={arm}>
              {' · '}
              <Who n={data[arm].open} label={t('upliftFigure.open')} open={() => open(arm, 'open')}>
                {t(`uplift.${arm}`)} {say.count(data[arm].open)}
              </Who>
            </span>
          ))}
        </Text>
      ) : null}
    </Card>
  )
}

function BeforeAfter({ data, open }: { data: Data; open: Open }) {
  const { t } = useTranslation()
  const say = useSay()
  const { treated } = data
  const mean = (revenue: number) => say.money(Math.round(revenue / treated.people), data.currency)
  return (
    <Card flush title={t('uplift.beforeTitle')}>
      <Text size="sm" c="dimmed" p="md">
        {t('uplift.beforeText')}
      </Text>
      <Scroll label={t('uplift.beforeTitle')}>
        <table className="table">
          <thead>
            <tr>
              <th />
              <th className="end">{t('uplift.before')}</th>
              <th className="end">{t('uplift.after')}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>{t('upliftMetric.conversion')}</td>
              <td className="end">
                <Who
                  n={treated.before.converted}
                  label={t('uplift.before')}
                  open={() => open('treated', 'converted_before')}
                >
                  {say.share(treated.before.converted, treated.people)}
                </Who>
              </td>
              <td className="end">
                <Who
                  n={treated.converted}
                  label={t('uplift.after')}
                  open={() => open('treated', 'converted')}
                >
                  {say.share(treated.converted, treated.people)}
                </Who>
              </td>
            </tr>
            <tr>
              <td>{t('upliftMetric.revenue')}</td>
              <td className="end">{mean(treated.before.revenue)}</td>
              <td className="end">{mean(treated.revenue)}</td>
            </tr>
          </tbody>
        </table>
      </Scroll>
    </Card>
  )
}

function Settings({ ws }: { ws: string }) {
  const query = useApi('proofSettings', { ws })
  return query.data ? <SettingsForm key={query.data.version} ws={ws} held={query.data} /> : null
}

function SettingsForm({ ws, held }: { ws: string; held: Out<'proofSettings'> }) {
  const { t } = useTranslation()
  const [holdout, setHoldout] = useState<number | string>(held.holdoutPercent)
  const [point, setPoint] = useState<number | string>(held.pointValue)
  const save = useAct('saveProofSettings', { done: t('attribution.saved') })
  return (
    <Card title={t('attribution.setHoldout')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('uplift.holdoutNote')}
      </Text>
      <Group align="flex-end" gap="xs">
        <NumberInput
          size="xs"
          w={160}
          min={0}
          max={50}
          suffix={t('attribution.percent')}
          label={t('attribution.setHoldout')}
          value={holdout}
          onChange={setHoldout}
        />
        <NumberInput
          size="xs"
          w={160}
          min={0}
          label={t('attribution.setPoint')}
          value={point}
          onChange={setPoint}
        />
        <Guarded
          scope="workspace:write"
          size="xs"
          onClick={() =>
            save.mutate({
              ws,
              body: { holdoutPercent: Number(holdout), pointValue: Number(point), version: held.version },
            })
          }
        >
          {t('attribution.save')}
        </Guarded>
      </Group>
    </Card>
  )
}
