// How a segment moves: its size day by day, and who came and went, with what decided.
import { SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { useApi, usePages } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { Chart } from '../parts/chart.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { A } from '../parts/link.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { usePersonName } from '../rules/preview.tsx'
import { WhyLines } from '../rules/why.tsx'
import { useSay } from '../use.ts'
import type { SegmentDetail } from './parts.tsx'
import { ShowList } from '../parts/list-table.tsx'

const DAYS = ['7', '30', '90'] as const

export function SizeChart({
  ws,
  of,
  days,
  choose,
}: {
  ws: string
  of: SegmentDetail
  days: string | undefined
  choose: (days: string | undefined) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const shown = DAYS.find(d => d === days) ?? '30'
  const query = useApi(
    'segmentHistory',
    { ws, segment: of.id, query: { days: Number(shown) } },
    { keep: true },
  )
  return (
    <Card
      title={t('segment.history')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('segment.history')}
          value={shown}
          data={DAYS.map(d => ({ value: d, label: t('time.d', { n: Number(d) }) }))}
          onChange={value => choose(value === '30' ? undefined : value)}
        />
      }
    >
      <Show query={query} rows={5}>
        {data =>
          data.items.every(i => i.size === null && i.entered === 0 && i.left === 0) ? (
            <Text c="dimmed">{t('segment.noHistory')}</Text>
          ) : (
            <Chart
              label={t('segment.history')}
              axis={t('segment.day')}
              categories={data.items.map(i => dayOf(i.at, say.zone))}
              series={[
                {
                  name: t('segment.enteredWord'),
                  kind: 'bar',
                  values: data.items.map(i => i.entered),
                  tone: 'good',
                  stack: 'moves',
                  say: n => say.count(Math.abs(n)),
                },
                {
                  name: t('segment.leftWord'),
                  kind: 'bar',
                  values: data.items.map(i => -i.left),
                  tone: 'skip',
                  stack: 'moves',
                  say: n => say.count(Math.abs(n)),
                },
                {
                  name: t('segment.sizeWord'),
                  kind: 'line',
                  right: true,
                  values: data.items.map(i => i.size),
                  tone: 'accent',
                  say: say.count,
                },
              ]}
            />
          )
        }
      </Show>
    </Card>
  )
}

const dayOf = (at: string, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(at))

const WAYS = ['entered', 'left'] as const
type Passage = Out<'segmentFlow'>['items'][number]

export function Flow({
  ws,
  of,
  way,
  choose,
}: {
  ws: string
  of: SegmentDetail
  way: string | undefined
  choose: (way: string | undefined) => void
}) {
  const { t } = useTranslation()
  const list = usePages('segmentFlow', {
    ws,
    segment: of.id,
    query: { limit: 20, way: WAYS.find(w => w === way) },
  })
  const partition = of.kind === 'partition'
  return (
    <Card
      title={t('segment.flow')}
      flush
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('segment.way')}
          value={way ?? 'all'}
          data={[
            { value: 'all', label: t('segment.allWays') },
            { value: 'entered', label: t('segment.enteredWord') },
            { value: 'left', label: t('segment.leftWord') },
          ]}
          onChange={value => choose(value === 'all' ? undefined : value)}
        />
      }
    >
      <ShowList
        query={list}
        waiting={4}
        empty={
          <Text c="dimmed" p="md">
            {t('segment.noFlow')}
          </Text>
        }
      >
        <Scroll label={t('segment.flow')}>
          <table className="table hover">
            <thead>
              <tr>
                <th>{t('segment.when')}</th>
                <th>{t('segment.who')}</th>
                <th>{t('segment.way')}</th>
                {partition ? <th>{t('segment.group')}</th> : null}
                <th>{t('segment.why')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((p, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: somebody may leave and come back within a moment
                <Passed key={`${p.at}${p.customer?.id}${p.way}${i}`} ws={ws} of={of} p={p} />
              ))}
            </tbody>
          </table>
        </Scroll>
      </ShowList>
    </Card>
  )
}

function Passed({ ws, of, p }: { ws: string; of: SegmentDetail; p: Passage }) {
  const { t } = useTranslation()
  const called = useEventLabel(ws)
  const nameOf = usePersonName()
  const group = of.groups.find(g => g.key === p.group)
  // reasons point into the rule of that group, as this version had it; an older one's cannot be put in words any more
  const rule =
    p.version === of.liveVersion
      ? (of.definition.groups.find(g => g.key === p.group)?.rule as Rule | undefined)
      : undefined
  return (
    <tr>
      <td className="nowrap">
        <Time at={p.at} />
      </td>
      <td className="nowrap">
        {p.customer ? (
          <A to="/w/$ws/customers/$customer" params={{ ws, customer: p.customer.id }} fw={550}>
            {nameOf(p.customer)}
          </A>
        ) : (
          <span className="dim">{t('segment.forgotten')}</span>
        )}
      </td>
      <td>
        <Badge tone={p.way === 'entered' ? 'good' : 'skip'}>
          {t(p.way === 'entered' ? 'segment.enteredWord' : 'segment.leftWord')}
        </Badge>
      </td>
      {of.kind === 'partition' ? <td>{group?.name || p.group}</td> : null}
      <td>
        <div>{causeOf(p.cause, called)}</div>
        <WhyLines rule={rule ?? null} why={p.why} />
      </td>
    </tr>
  )
}

/** An event by its name, or what else can move people. */
const causeOf = (cause: string, called: (event: string) => string): string =>
  i18n.exists(`segmentCause.${cause}`) ? word('segmentCause', cause) : called(cause)
