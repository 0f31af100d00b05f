// Conversions credited to touches, with cost and return, by one grouping; each row opens its people.
import { Group, MultiSelect, Select, Text } from '@mantine/core'
import { IconTargetArrow } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isChannel } from '../../src/channels/model.ts'
import type { Out, Query } from '../../src/contract.ts'
import { MODELS } from '../../src/insight/attribution/credit.ts'
import { ATTRIBUTED_BY, TOUCH_KINDS } from '../../src/insight/attribution/model.ts'
import { useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useNodeName } from '../journey/node-name.tsx'
import { Chart } from '../parts/chart.tsx'
import { EventPicker } from '../parts/event-picker.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Channel, Definition } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { type Say, useSay } from '../use.ts'
import { Who } from './behind.tsx'
import { PeopleDrawer } from './people.tsx'
import { DaysPicker, JourneyName } from './pickers.tsx'

type Data = Out<'attribution'>
type Item = Data['items'][number]
type Asked = NonNullable<Query<'attribution'>>
const COLUMNS = [
  'conversions',
  'people',
  'revenue',
  'margin',
  'messageCost',
  'couponCost',
  'pointsCost',
  'gain',
  'roi',
] as const
const BARS = 12
/** how the URL says "without a touch" */
const NONE = '-'
const WINDOWS = ['1', '3', '7', '14', '30', '60', '90']

export type CreditSearch = {
  model?: string
  window?: string
  half?: string
  touches?: string
  by?: string
  event?: string
  key?: string
}

export function Credits({
  ws,
  range,
  search,
  choose,
  children,
}: {
  ws: string
  range: { from: string; to: string } | null
  search: CreditSearch
  choose: (more: CreditSearch) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  const model = MODELS.find(m => m === search.model) ?? 'last'
  const by = ATTRIBUTED_BY.find(b => b === search.by) ?? 'channel'
  const touches = search.touches ?? 'click'
  const asked: Asked = {
    from: range?.from,
    to: range?.to,
    model,
    by,
    touches,
    window: Number(search.window ?? 14),
    half: Number(search.half ?? 7),
    conversion: search.event,
  }
  const query = useApi('attribution', { ws, query: asked }, { enabled: range !== null, keep: true })
  return (
    <>
      <Group gap="xs" align="flex-end">
        {children}
        <Select
          size="xs"
          w={150}
          label={
            <>
              {t('attribution.model')} <Definition text={t(`attributionModelDef.${model}`)} />
            </>
          }
          allowDeselect={false}
          data={MODELS.map(m => ({ value: m, label: t(`attributionModel.${m}`) }))}
          value={model}
          onChange={next => choose({ model: next === 'last' ? undefined : (next ?? undefined) })}
        />
        <DaysPicker
          label={t('attribution.window')}
          days={WINDOWS}
          usual="14"
          value={search.window}
          choose={window => choose({ window })}
        />
        {model === 'time_decay' ? (
          <DaysPicker
            label={t('attribution.half')}
            days={WINDOWS}
            usual="7"
            value={search.half}
            choose={half => choose({ half })}
          />
        ) : null}
        <MultiSelect
          size="xs"
          w={260}
          label={t('attribution.touches')}
          data={TOUCH_KINDS.map(k => ({ value: k, label: t(`attributionTouch.${k}`) }))}
          value={touches.split(',')}
          onChange={next =>
            choose({ touches: next.length === 0 || next.join() === 'click' ? undefined : next.join() })
          }
        />
        <EventPicker
          labelled
          ws={ws}
          width={170}
          label={t('attribution.conversion')}
          placeholder={t('attribution.orders')}
          value={search.event ?? ''}
          onChange={name => choose({ event: name || undefined })}
        />
      </Group>
      <Show query={query} rows={8}>
        {data =>
          data.total.conversions === 0 && data.total.cost === 0 ? (
            <Card>
              <Empty
                icon={<IconTargetArrow />}
                title={t('attribution.empty')}
                text={t('attribution.emptyText')}
              />
            </Card>
          ) : (
            <>
              <Known data={data} />
              <Rows data={data} by={by} choose={choose} />
            </>
          )
        }
      </Show>
      {search.key === undefined ? null : (
        <People
          ws={ws}
          asked={asked}
          name={search.key}
          close={() => choose({ key: undefined })}
          data={query.data}
        />
      )}
    </>
  )
}

function Known({ data }: { data: Data }) {
  const { t } = useTranslation()
  const say = useSay()
  const { revenue, known } = data.total
  return (
    <Text size="sm" c="dimmed" component="div">
      {revenue > known ? <div>{t('attribution.known', { share: say.percent(known / revenue) })}</div> : null}
      <div>{t('attribution.pointValue', { value: say.money(data.pointValue, data.currency) })}</div>
    </Text>
  )
}

type Figures = Data['total']
function sayCell(c: (typeof COLUMNS)[number], row: Figures, currency: string, say: Say): string {
  switch (c) {
    case 'conversions':
      return say.decimal(row.conversions)
    case 'people':
      return say.people(row.people)
    case 'roi':
      return row.roi === null ? '—' : say.percent(row.roi)
    default:
      return say.money(Math.round(row[c]), currency)
  }
}

function Rows({
  data,
  by,
  choose,
}: {
  data: Data
  by: (typeof ATTRIBUTED_BY)[number]
  choose: (more: CreditSearch) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const title = t('attribution.items', { by: t(`attributionBy.${by}`) })
  const cells = (row: Figures, key: string) =>
    COLUMNS.map(c => (
      <td key={c} className="end nowrap">
        {c === 'people' && row.people > 0 ? (
          <Who n={row.people} label={t('attributionColumn.people')} open={() => choose({ key })}>
            {sayCell(c, row, data.currency, say)}
          </Who>
        ) : (
          sayCell(c, row, data.currency, say)
        )}
      </td>
    ))
  return (
    <>
      <Largest title={title} data={data} by={by} />
      <Card
        flush
        title={title}
        aside={
          <Select
            size="xs"
            w={190}
            aria-label={t('attribution.by')}
            allowDeselect={false}
            data={ATTRIBUTED_BY.map(b => ({ value: b, label: t(`attributionBy.${b}`) }))}
            value={by}
            onChange={next =>
              choose({ by: next === 'channel' ? undefined : (next ?? undefined), key: undefined })
            }
          />
        }
      >
        <Scroll label={title}>
          <table className="table hover">
            <thead>
              <tr>
                <th>{t(`attributionBy.${by}`)}</th>
                {COLUMNS.map(c => (
                  <FigureHead
                    key={c}
                    label={t(`attributionColumn.${c}`)}
                    definition={t(`attributionDef.${c}`)}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {data.items.map(i => (
                <tr key={i.key}>
                  <td>
                    <Name item={i} by={by} />
                  </td>
                  {cells(i, i.key)}
                </tr>
              ))}
              <tr>
                <td>
                  <Text c="dimmed">{t('attribution.none')}</Text>
                </td>
                {cells(data.none, NONE)}
              </tr>
              <tr>
                <td>
                  <b>{t('attribution.total')}</b>
                </td>
                {cells(data.total, '')}
              </tr>
            </tbody>
          </table>
        </Scroll>
      </Card>
    </>
  )
}

/** Revenue and gain of the largest items, as bars. */
function Largest({ title, data, by }: { title: string; data: Data; by: (typeof ATTRIBUTED_BY)[number] }) {
  const { t } = useTranslation()
  const say = useSay()
  const nodeName = useNodeName()
  const top = data.items.filter(i => i.revenue > 0 || i.cost > 0).slice(0, BARS)
  if (top.length === 0) return null
  return (
    <Card title={title}>
      <Chart
        label={title}
        axis={t(`attributionBy.${by}`)}
        categories={top.map(i => nameOf(i, by, nodeName))}
        series={[
          {
            name: t('attributionColumn.revenue'),
            kind: 'bar',
            values: top.map(i => i.revenue),
            say: v => say.money(v, data.currency),
          },
          {
            name: t('attributionColumn.gain'),
            kind: 'bar',
            tone: 'good',
            values: top.map(i => Math.round(i.gain)),
            say: v => say.money(v, data.currency),
          },
        ]}
      />
    </Card>
  )
}

function nameOf(item: Item, by: string, nodeName: ReturnType<typeof useNodeName>): string {
  if (by === 'channel') return isChannel(item.key) ? word('channel', item.key) : word('touchKind', item.key)
  const name = item.name ?? item.key
  return item.node === null ? name : `${name} · ${nodeName(item.nodeName)}`
}

function Name({ item, by }: { item: Item; by: string }) {
  if (by === 'channel') return isChannel(item.key) ? <Channel name={item.key} /> : word('touchKind', item.key)
  return <JourneyName item={item} />
}

function People({
  ws,
  asked,
  name,
  data,
  close,
}: {
  ws: string
  asked: Asked
  name: string
  data: Data | undefined
  close: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const nodeName = useNodeName()
  const whose = {
    ...asked,
    ...(name === '' ? {} : name === NONE ? { only: 'none' as const } : { key: name }),
  }
  const query = usePages('attributionPeople', { ws, query: { ...whose, limit: 50 } })
  const item = data?.items.find(i => i.key === name)
  return (
    <PeopleDrawer
      title={t('attribution.people', {
        key: item
          ? nameOf(item, asked.by ?? 'channel', nodeName)
          : t(name === NONE ? 'attribution.none' : 'attribution.total'),
      })}
      note={t('attributionDef.people')}
      ws={ws}
      query={query}
      list={{ of: 'attribution', ...whose }}
      heading={t('attributionColumn.revenue')}
      rows={query.items.map(i => ({
        customer: i.customer,
        value: say.money(i.value, data?.currency ?? 'TWD'),
      }))}
      close={close}
    />
  )
}
