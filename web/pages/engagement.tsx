// What became of messages: figures against the time before, by day, by one dimension; each opens its people and messages.
import { Group, Select, Stack, Tabs, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { DIMENSIONS, FIGURES, type Figure } from '../../src/insight/engagement/model.ts'
import { useApi } from '../api/queries.ts'
import { instantOf } from '../format.ts'
import { word } from '../i18n.ts'
import { BehindFigure } from '../insight/behind-figure.tsx'
import { EngagementFigures } from '../insight/engagement-figures.tsx'
import { EngagementParts } from '../insight/engagement-parts.tsx'
import { DaysPicker, JourneyPicker } from '../insight/pickers.tsx'
import { daysBetween, RangeInput, useRange } from '../insight/range.tsx'
import { ReachTable } from '../insight/reach-table.tsx'
import { Chart } from '../parts/chart.tsx'
import { EventPicker } from '../parts/event-picker.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useNow, useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/insight/engagement')
const WINDOWS = ['1', '3', '7', '14', '30']
const DAY_MS = 86_400_000

export function Engagement() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const say = useSay()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const range = useRange(search)
  const choose = (more: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  const by = DIMENSIONS.find(d => d === search.by) ?? 'channel'
  const asked = {
    from: range?.from,
    to: range?.to,
    channel: search.channel,
    campaign: search.campaign,
    journey: search.journey,
    window: Number(search.window ?? 7),
    participation: search.event,
  }
  const query = useApi('engagement', { ws, query: { ...asked, by } }, { enabled: range !== null, keep: true })
  const campaigns = useApi('campaigns', { ws, query: { limit: 200 } }).data?.items ?? []
  const tab = search.tab === 'reach' ? 'reach' : 'messages'
  const figure = FIGURES.find(f => f === search.figure)
  return (
    <Page wide title={t('engagement.title')} lead={t('engagement.lead')}>
      <Tabs
        value={tab}
        mb="md"
        onChange={next =>
          choose({ tab: next === 'reach' ? next : undefined, figure: undefined, key: undefined })
        }
      >
        <Tabs.List>
          <Tabs.Tab value="messages">{t('reach.tabMessages')}</Tabs.Tab>
          <Tabs.Tab value="reach">{t('reach.tab')}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      <Stack gap={16}>
        <Group gap="xs" align="flex-end">
          <RangeInput
            search={search}
            choose={next => choose({ days: undefined, from: undefined, to: undefined, ...next })}
          />
          <Select
            size="xs"
            w={130}
            label={t('engagement.channel')}
            placeholder={t('engagement.allChannels')}
            clearable
            data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
            value={search.channel ?? null}
            onChange={value => choose({ channel: value ?? undefined })}
          />
          {campaigns.length > 0 ? (
            <Select
              size="xs"
              w={170}
              label={t('engagement.campaign')}
              placeholder={t('engagement.allCampaigns')}
              clearable
              searchable
              data={campaigns.map(c => ({ value: c.id, label: c.name }))}
              value={search.campaign ?? null}
              onChange={value => choose({ campaign: value ?? undefined })}
            />
          ) : null}
          <JourneyPicker
            ws={ws}
            label={t('engagement.journey')}
            all={t('engagement.allJourneys')}
            value={search.journey}
            choose={journey => choose({ journey })}
          />
          <DaysPicker
            label={t('engagement.window')}
            days={WINDOWS}
            usual="7"
            value={search.window}
            choose={window => choose({ window })}
          />
          <EventPicker
            labelled
            ws={ws}
            width={220}
            label={t('engagement.event')}
            placeholder={t('engagement.eventHint')}
            value={search.event ?? ''}
            onChange={name => choose({ event: name || undefined })}
          />
        </Group>
        {tab === 'reach' ? (
          range ? (
            <ReachTable
              ws={ws}
              asked={{
                from: range.from,
                to: range.to,
                window: asked.window,
                campaign: search.campaign,
                channel: search.channel,
              }}
              by={by === 'campaign' ? by : 'channel'}
              chooseBy={next => choose({ by: next === 'channel' ? undefined : next })}
            />
          ) : null
        ) : (
          <Show query={query} rows={10}>
            {data =>
              data.total.figures.sent.messages === 0 && data.before.figures.sent.messages === 0 ? (
                <Card>
                  <Empty icon={<IconSend />} title={t('engagement.empty')} text={t('engagement.emptyText')} />
                </Card>
              ) : (
                <Stack gap={20}>
                  <EngagementFigures data={data} open={f => choose({ figure: f, key: undefined })} />
                  <Notes data={data} />
                  {range ? <Days data={data} range={range} /> : null}
                  <EngagementParts
                    data={data}
                    by={by}
                    chooseBy={next => choose({ by: next === 'channel' ? undefined : next, key: undefined })}
                    open={(f, key) => choose({ figure: f, key: key === '' ? NONE : key })}
                  />
                </Stack>
              )
            }
          </Show>
        )}
      </Stack>
      {figure && range ? (
        <BehindFigure
          ws={ws}
          figure={figure}
          asked={{ ...asked, ...narrowed(by, search.key, say.zone) }}
          close={() => choose({ figure: undefined, key: undefined })}
        />
      ) : null}
    </Page>
  )
}

/** how the URL says "none" */
const NONE = '-'

/** The scope of one row. */
function narrowed(by: (typeof DIMENSIONS)[number], key: string | undefined, zone: string) {
  if (key === undefined) return {}
  if (key === NONE) return { [by === 'message' ? 'journey' : by]: 'none' }
  switch (by) {
    case 'channel':
      return { channel: key }
    case 'campaign':
      return { campaign: key }
    case 'journey':
      return { journey: key }
    case 'message': {
      const [journey, node, version] = key.split('/')
      return { journey, node, version: Number(version) || undefined }
    }
    case 'cta':
      return { cta: key }
    case 'purpose':
      return { purpose: key as 'marketing' | 'transactional' }
    case 'module':
      return { module: key }
    case 'day': {
      const next = new Date(Date.parse(`${key}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
      const at = (day: string) => new Date(instantOf(`${day}T00:00`, zone)).toISOString()
      return { from: at(key), to: at(next) }
    }
  }
}

function Notes({ data }: { data: Out<'engagement'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const { tells, opens } = data
  return (
    <Text size="sm" c="dimmed" component="div">
      <div>
        {tells.length === 0
          ? t('engagement.tellsNone')
          : t('engagement.tellsNote', { channels: say.list(tells.map(c => word('channel', c))) })}
      </div>
      {opens === 'none' ? null : <div>{t('engagement.lineNote')}</div>}
      <div>{t('engagement.partsNote')}</div>
    </Text>
  )
}

const SHOWN: Figure[] = ['sent', 'clicked', 'participated']

/** Every day of the range, also those without a message. */
function Days({ data, range }: { data: Out<'engagement'>; range: { from: string; to: string } }) {
  const { t } = useTranslation()
  const say = useSay()
  const days = daysBetween(range.from, range.to, say.zone, useNow())
  const of = new Map(data.days.map(d => [d.day, d.figures]))
  return (
    <Card title={t('engagement.perDay')}>
      <Chart
        label={t('engagement.perDay')}
        axis={t('metrics.day')}
        categories={days}
        series={SHOWN.map((f, i) => ({
          name: t(`engagementFigure.${f}`),
          kind: i === 0 ? ('bar' as const) : ('line' as const),
          values: days.map(d => of.get(d)?.[f].messages ?? 0),
          say: v => say.count(v),
        }))}
      />
    </Card>
  )
}
