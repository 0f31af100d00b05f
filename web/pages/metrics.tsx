// Metrics of a time: results and behaviour, omnichannel shoppers, where customers first came from.
import { Group, Select, Stack, Tabs, Text } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { FirstTouch } from '../insight/first-touch.tsx'
import { type Metric, MetricCards, sayValue } from '../insight/metric-cards.tsx'
import { Omnichannel } from '../insight/omnichannel.tsx'
import { PeopleDrawer } from '../insight/people.tsx'
import { RangeInput, type RangeSearch, useRange } from '../insight/range.tsx'
import { StageFunnel } from '../insight/stage-funnel.tsx'
import { Chart } from '../parts/chart.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/metrics')
const TABS = ['metrics', 'stages', 'omnichannel', 'sources'] as const
const TAB_WORDS = {
  metrics: 'tabMetrics',
  stages: 'tabStages',
  omnichannel: 'tabOmnichannel',
  sources: 'tabSources',
} as const
const CART_HOURS = ['1', '24', '72', '168']

export function Metrics() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const range = useRange(search)
  const tab = TABS.find(name => name === search.tab) ?? 'metrics'
  const choose = (more: Record<string, string | undefined>) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  const chooseRange = (next: RangeSearch) =>
    choose({ days: undefined, from: undefined, to: undefined, ...next })
  return (
    <Page wide title={t('metrics.title')} lead={t('metrics.lead')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={next =>
          choose({ tab: next === 'metrics' ? undefined : (next ?? undefined), metric: undefined })
        }
      >
        <Tabs.List mb="md">
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`metrics.${TAB_WORDS[name]}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="metrics">
          <Figures search={search} choose={choose}>
            <RangeInput search={search} choose={chooseRange} />
          </Figures>
        </Tabs.Panel>
        <Tabs.Panel value="stages">
          <StageFunnel ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="omnichannel">
          <Stack gap={16}>
            <RangeInput search={search} choose={chooseRange} />
            {range ? <Omnichannel ws={ws} range={range} /> : null}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="sources">
          <FirstTouch ws={ws} range={range} search={search} choose={choose}>
            <RangeInput search={search} choose={chooseRange} />
          </FirstTouch>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

type Search = ReturnType<typeof route.useSearch>

function Figures({
  search,
  choose,
  children,
}: {
  search: Search
  choose: (more: Record<string, string | undefined>) => void
  children: React.ReactNode
}) {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const range = useRange(search)
  const asked = {
    from: range?.from,
    to: range?.to,
    channel: search.channel,
    store: search.store,
    cartHours: Number(search.cart ?? 24),
  }
  const query = useApi('metrics', { ws, query: asked }, { enabled: range !== null, keep: true })
  const channels = query.data?.channels ?? []
  const stores = query.data?.stores ?? []
  const chosen = (value: string | undefined, all: string[]) =>
    value === undefined || all.includes(value) ? all : [value, ...all]
  return (
    <Stack gap={16}>
      <Group gap="xs" align="flex-end">
        {children}
        <Select
          size="xs"
          w={150}
          label={t('metrics.salesChannel')}
          placeholder={t('metrics.allChannels')}
          clearable
          data={chosen(search.channel, channels).map(c => ({ value: c, label: word('salesChannel', c) }))}
          value={search.channel ?? null}
          onChange={value => choose({ channel: value ?? undefined })}
        />
        <Select
          size="xs"
          w={150}
          label={t('metrics.store')}
          placeholder={t('metrics.allStores')}
          clearable
          searchable
          data={chosen(search.store, stores)}
          value={search.store ?? null}
          onChange={value => choose({ store: value ?? undefined })}
        />
        <Select
          size="xs"
          w={120}
          label={t('metrics.cartHours')}
          allowDeselect={false}
          data={CART_HOURS.map(n => ({ value: n, label: t('metrics.hours', { n }) }))}
          value={search.cart ?? '24'}
          onChange={value => choose({ cart: value === '24' ? undefined : (value ?? undefined) })}
        />
      </Group>
      <Show query={query} rows={10}>
        {data => (
          <Stack gap={20}>
            <MetricCards
              data={data}
              filtered={search.channel !== undefined || search.store !== undefined}
              open={metric => choose({ metric })}
            />
            <Costed data={data} />
            <Days data={data} days={range?.days ?? 30} />
            <People
              data={data}
              asked={asked}
              shown={search.metric}
              close={() => choose({ metric: undefined })}
            />
          </Stack>
        )}
      </Show>
    </Stack>
  )
}

/** For how much of the revenue costs are known. */
function Costed({ data }: { data: Out<'metrics'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const { revenue, of } = data.costed
  if (of === 0) return null
  if (revenue >= of) return null
  return (
    <Text size="sm" c="dimmed">
      {revenue === 0 ? t('metrics.noCost') : t('metrics.costed', { share: say.percent(revenue / of) })}
    </Text>
  )
}

/** Days, or weeks when there are many. */
function Days({ data, days }: { data: Out<'metrics'>; days: number }) {
  const { t } = useTranslation()
  const say = useSay()
  const weekly = days > 100
  const rows = steps(data, weekly, say.zone)
  const title = t(weekly ? 'metrics.perWeek' : 'metrics.perDay')
  return (
    <Card title={title}>
      {data.days.length === 0 ? (
        <Empty icon={<IconChartBar />} title={t('metrics.empty')} text={t('metrics.emptyText')} />
      ) : (
        <Chart
          label={title}
          axis={t(weekly ? 'metrics.week' : 'metrics.day')}
          categories={rows.map(r => r.day)}
          series={[
            {
              name: t('metric.revenue'),
              kind: 'bar',
              values: rows.map(r => r.revenue),
              say: v => say.money(v, data.currency),
            },
            {
              name: t('metric.orders'),
              kind: 'line',
              values: rows.map(r => r.orders),
              say: v => say.count(v),
              right: true,
            },
          ]}
        />
      )}
    </Card>
  )
}

const DAY_MS = 86_400_000

/** Every step of the range, also those without an order. */
function steps(data: Out<'metrics'>, weekly: boolean, zone: string) {
  const dayOf = (at: number) =>
    Date.parse(
      `${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)}T00:00:00Z`,
    )
  const first = dayOf(Date.parse(data.from))
  const last = dayOf(Date.parse(data.to) - 1)
  const size = weekly ? 7 * DAY_MS : DAY_MS
  const rows: { day: string; revenue: number; orders: number }[] = []
  for (let at = first; at <= last; at += size)
    rows.push({ day: new Date(at).toISOString().slice(0, 10), revenue: 0, orders: 0 })
  for (const d of data.days) {
    const row = rows[Math.floor((Date.parse(`${d.day}T00:00:00Z`) - first) / size)]
    if (!row) continue
    row.revenue += d.revenue
    row.orders += d.orders
  }
  return rows
}

function People({
  data,
  asked,
  shown,
  close,
}: {
  data: Out<'metrics'>
  asked: { from?: string; to?: string; channel?: string; store?: string; cartHours: number }
  shown: string | undefined
  close: () => void
}) {
  const metric = data.items.find(m => m.key === shown)
  return metric ? <Behind metric={metric} asked={asked} currency={data.currency} close={close} /> : null
}

function Behind({
  metric,
  asked,
  currency,
  close,
}: {
  metric: Metric
  asked: Parameters<typeof People>[0]['asked']
  currency: string
  close: () => void
}) {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const say = useSay()
  const query = usePages('metricPeople', { ws, metric: metric.key, query: { ...asked, limit: 50 } })
  const name = t(`metric.${metric.key}`)
  // each person's share of a rate is a count of theirs; of the margin rate, their own rate
  const unit = metric.unit === 'ratio' && metric.key !== 'margin_rate' ? 'count' : metric.unit
  return (
    <PeopleDrawer
      title={t('metrics.peopleTitle', { metric: name })}
      note={t(`metricDef.${metric.key}`)}
      ws={ws}
      query={query}
      heading={name}
      rows={query.items.map(i => ({
        customer: i.customer,
        value: sayValue({ ...metric, unit: unit === 'number' ? 'count' : unit }, i.value, currency, say),
      }))}
      close={close}
    />
  )
}
