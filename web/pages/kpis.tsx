// The KPIs that the team watches: how far each is, its target, its weeks, its definition and the people behind it.
import { Anchor, Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconTarget } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import {
  KPI_KINDS,
  KPI_METRICS,
  KPI_PERIODS,
  type KpiMetric,
  type KpiPeriod,
} from '../../src/insight/kpis/model.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../src/customers/money.ts'
import { PeopleDrawer } from '../insight/people.tsx'
import { Chart } from '../parts/chart.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Badge, Definition, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { type Say, useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/insight/kpis')
type Kpi = Out<'kpis'>['items'][number]

function sayKpi(metric: KpiMetric, value: number | null, currency: string, say: Say): string {
  if (value === null) return '—'
  switch (KPI_KINDS[metric].unit) {
    case 'money':
      return say.money(Math.round(value), currency)
    case 'ratio':
      return say.percent(value)
    case 'days':
      return say.t('kpis.days', { n: say.decimal(value) })
    case 'count':
      return say.count(value)
  }
}

export function Kpis() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (more: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  const query = useApi('kpis', { ws })
  const add = (
    <Guarded
      scope="segments:write"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => choose({ edit: 'new' })}
    >
      {t('kpis.add')}
    </Guarded>
  )
  const edited = query.data?.items.find(k => k.id === search.edit)
  const opened = query.data?.items.find(k => k.id === search.kpi)
  return (
    <Page wide title={t('kpis.title')} lead={t('kpis.lead')} action={add}>
      <Show query={query} rows={6}>
        {data =>
          data.items.length === 0 ? (
            <Card>
              <Empty icon={<IconTarget />} title={t('kpis.empty')} text={t('kpis.emptyText')} action={add} />
            </Card>
          ) : (
            <div className="kpi-grid">
              {data.items.map(k => (
                <KpiCard key={k.id} kpi={k} currency={data.currency} choose={choose} />
              ))}
            </div>
          )
        }
      </Show>
      {query.data && (search.edit === 'new' || edited) ? (
        <Edit
          ws={ws}
          held={edited ?? null}
          currency={query.data.currency}
          close={() => choose({ edit: undefined })}
        />
      ) : null}
      {query.data && opened ? (
        <People
          ws={ws}
          kpi={opened}
          currency={query.data.currency}
          close={() => choose({ kpi: undefined })}
        />
      ) : null}
    </Page>
  )
}

function KpiCard({
  kpi,
  currency,
  choose,
}: {
  kpi: Kpi
  currency: string
  choose: (more: { edit?: string; kpi?: string }) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const name = t(`kpi.${kpi.metric}`)
  const value = (v: number | null) => sayKpi(kpi.metric, v, currency, say)
  return (
    <Card
      title={
        <>
          {name} <Definition text={t(`kpiDef.${kpi.metric}`)} />
        </>
      }
      aside={
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`${t(`kpiPeriod.${kpi.period}`)} · ${t('kpis.edit', { name })}`}
          onClick={() => choose({ edit: kpi.id })}
        >
          {t(`kpiPeriod.${kpi.period}`)}
        </Button>
      }
    >
      <Group justify="space-between" align="baseline">
        <div className="figure-value">{value(kpi.value)}</div>
        {kpi.met === null ? (
          <Text size="sm" c="dimmed">
            {t('kpis.noTarget')}
          </Text>
        ) : (
          <Group gap={6}>
            <Badge tone={kpi.met ? 'good' : 'wait'}>{t(kpi.met ? 'kpis.met' : 'kpis.notMet')}</Badge>
            <Text size="sm">{t('kpis.goal', { value: value(kpi.target) })}</Text>
          </Group>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {t('kpis.soFar', { day: say.short(kpi.from) })}
      </Text>
      {kpi.people > 0 ? (
        <Anchor component="button" type="button" size="xs" onClick={() => choose({ kpi: kpi.id })}>
          {t('metrics.showPeople', { n: say.count(kpi.people) })}
        </Anchor>
      ) : null}
      {kpi.weeks.length === 0 ? (
        <Text size="sm" c="dimmed" mt="sm">
          {t('kpis.noWeeks')}
        </Text>
      ) : (
        <Chart
          height={130}
          label={`${name}: ${t('kpis.weekly')}`}
          axis={t('metrics.week')}
          categories={kpi.weeks.map(w => w.week)}
          series={[{ name, kind: 'line', values: kpi.weeks.map(w => w.value), say: v => value(v) }]}
        />
      )}
    </Card>
  )
}

/** As people type a target, and as it is kept. */
const shown = (metric: KpiMetric, target: number, currency: string): number =>
  KPI_KINDS[metric].unit === 'ratio'
    ? Math.round(target * 10_000) / 100
    : KPI_KINDS[metric].unit === 'money'
      ? fromSmallestUnit(target, currency)
      : target
const kept = (metric: KpiMetric, typed: number, currency: string): number =>
  KPI_KINDS[metric].unit === 'ratio'
    ? typed / 100
    : KPI_KINDS[metric].unit === 'money'
      ? (toSmallestUnit(typed, currency) ?? 0)
      : typed

function Edit({
  ws,
  held,
  currency,
  close,
}: {
  ws: string
  held: Kpi | null
  currency: string
  close: () => void
}) {
  const { t } = useTranslation()
  const [metric, setMetric] = useState<KpiMetric>(held?.metric ?? 'revenue')
  const [period, setPeriod] = useState<KpiPeriod>(held?.period ?? 'month')
  const [target, setTarget] = useState<number | string>(
    held === null || held.target === null ? '' : shown(held.metric, held.target, currency),
  )
  const add = useAct('addKpi', { after: close })
  const save = useAct('saveKpi', { after: close })
  const drop = useAct('dropKpi', { after: close })
  const submit = () => {
    const wanted = target === '' ? null : kept(metric, Number(target), currency)
    if (held === null) add.mutate({ ws, body: { metric, period, target: wanted } })
    else save.mutate({ ws, kpi: held.id, body: { period, target: wanted, version: held.version } })
  }
  return (
    <Modal opened onClose={close} title={held ? t('kpis.edit', { name: t(`kpi.${metric}`) }) : t('kpis.add')}>
      <Stack gap="sm">
        <Select
          label={t('kpis.metric')}
          description={t(`kpiDef.${metric}`)}
          disabled={held !== null}
          allowDeselect={false}
          data={KPI_METRICS.map(m => ({ value: m, label: t(`kpi.${m}`) }))}
          value={metric}
          onChange={v => setMetric(KPI_METRICS.find(m => m === v) ?? metric)}
        />
        <Select
          label={t('kpis.period')}
          allowDeselect={false}
          data={KPI_PERIODS.map(p => ({ value: p, label: t(`kpiPeriod.${p}`) }))}
          value={period}
          onChange={v => setPeriod(KPI_PERIODS.find(p => p === v) ?? period)}
        />
        <NumberInput
          label={t('kpis.target')}
          description={t('kpis.targetHelp')}
          min={0}
          value={target}
          onChange={setTarget}
        />
        <Group justify="space-between">
          {held === null ? (
            <span />
          ) : (
            <Button variant="subtle" color="red" onClick={() => drop.mutate({ ws, kpi: held.id })}>
              {t('kpis.drop')}
            </Button>
          )}
          <Guarded scope="segments:write" onClick={submit}>
            {t('kpis.save')}
          </Guarded>
        </Group>
      </Stack>
    </Modal>
  )
}

function People({ ws, kpi, currency, close }: { ws: string; kpi: Kpi; currency: string; close: () => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = usePages('kpiPeople', { ws, kpi: kpi.id, query: { limit: 50 } })
  const name = t(`kpi.${kpi.metric}`)
  const value = (v: number) => (kpi.unit === 'ratio' ? say.count(v) : sayKpi(kpi.metric, v, currency, say))
  return (
    <PeopleDrawer
      title={t('kpis.people', { name })}
      note={t(`kpiDef.${kpi.metric}`)}
      ws={ws}
      query={query}
      list={{ of: 'kpi', kpi: kpi.id }}
      heading={name}
      rows={query.items.map(i => ({ customer: i.customer, value: value(i.value) }))}
      close={close}
    />
  )
}
