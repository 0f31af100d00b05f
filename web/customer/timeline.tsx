// A customer's timeline, newest first, with filters; both times of what came late; decisions show why.
import { Anchor, Text, Tooltip } from '@mantine/core'
import {
  IconBolt,
  IconClockExclamation,
  IconFingerprint,
  IconHistory,
  IconRoute,
  IconSend,
  IconShoppingBag,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Reason, Rule } from '../../src/rules/model.ts'
import { useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { asGraph, nodeTitle } from '../journey/in-words.ts'
import { useEvents } from '../parts/event-label.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Channel, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { WhyLines } from '../rules/why.tsx'
import { useSay } from '../use.ts'
import { entriesOf, useSayProp } from './timeline-props.tsx'
import { isFiltered, TimelineFilters, timelineQuery, type TimelineSearch } from './timeline-filters.tsx'
import { ShowList } from '../parts/list-table.tsx'

type Item = Out<'timeline'>['items'][number]
const ICONS = {
  event: IconBolt,
  journey: IconRoute,
  message: IconSend,
  order: IconShoppingBag,
  profile: IconUser,
  identity: IconFingerprint,
  segment: IconUsersGroup,
}
/** Source of what the fold derives itself: says nothing to a reader. */
const OURS = 'itinera'
/** An event that arrived this much after it happened is marked as late. */
const LATE_MS = 5 * 60_000

export function Timeline({
  ws,
  customer,
  search,
  choose,
}: {
  ws: string
  customer: string
  search: TimelineSearch
  choose: (more: TimelineSearch) => void
}) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const { events, labelOf } = useEvents(ws)
  const list = usePages('timeline', {
    ws,
    customer,
    query: { ...timelineQuery(search, zone, events), limit: 50 },
  })
  const filtered = isFiltered(search)
  return (
    <Card flush title={t('customers.timeline')}>
      <TimelineFilters ws={ws} customer={customer} search={search} choose={choose} />
      <ShowList
        query={list}
        waiting={8}
        empty={
          <Empty
            icon={<IconHistory />}
            title={t(filtered ? 'person.noMatch' : 'customers.noTimeline')}
            text={t(filtered ? 'person.noMatchText' : 'customers.noTimelineText')}
          />
        }
      >
        <ol className="timeline">
          {list.items.map(item => (
            <Line key={item.id} ws={ws} item={item} called={labelOf(item.name)} />
          ))}
        </ol>
      </ShowList>
    </Card>
  )
}

/** The journey by name and, where it is known, the node's title; one query per journey, shared by all lines. */
function JourneyRef({ ws, journey, node }: { ws: string; journey: string; node: string | null }) {
  const { t } = useTranslation()
  const { data } = useApi('journey', { ws, journey })
  const graph = data ? asGraph(data.live ?? data.draft) : null
  const found = node === null ? undefined : graph?.nodes[node]
  return (
    <A size="sm" to="/w/$ws/journeys/$journey" params={{ ws, journey }} search={{ node: node ?? undefined }}>
      {[data?.name ?? t('common.journey'), found ? nodeTitle(found) : null].filter(Boolean).join(' · ')}
    </A>
  )
}

/** The segment by name; one query for all lines. */
function SegmentRef({ ws, segment }: { ws: string; segment: string }) {
  const { data } = useApi('segments', { ws, query: {} })
  return (
    <A size="sm" to="/w/$ws/segments/$segment" params={{ ws, segment }}>
      {data?.items.find(s => s.id === segment)?.name ?? segment}
    </A>
  )
}

function Line({ ws, item, called }: { ws: string; item: Item; called: string }) {
  const { t, exact, short, duration } = useSay()
  const [open, setOpen] = useState(false)
  const Icon = ICONS[item.kind]
  const lateMs = new Date(item.receivedAt).getTime() - new Date(item.at).getTime()
  const late = lateMs > LATE_MS
  const { why, ...told } = item.props
  const { segment, version: _, group, moved, ...ofSegment } = told
  const { journey: __, node: ___, ...outcome } = told
  // what the links beside the name say is not said again
  const props = item.kind === 'segment' ? ofSegment : item.kind === 'message' && item.journey ? outcome : told
  const { all, briefly } = entriesOf(props)
  const sayProp = useSayProp()
  return (
    <li>
      <Text component="span" className="when" size="sm" c="dimmed">
        <Time at={item.at} exact />
        {late ? (
          <Tooltip label={t('person.lateBy', { time: exact(item.receivedAt), by: duration(lateMs) })}>
            <span className="late">
              <IconClockExclamation size={12} role="img" aria-label={t('customers.late')} />{' '}
              {t('person.lateShort', { time: short(item.receivedAt) })}
            </span>
          </Tooltip>
        ) : null}
      </Text>
      <span className={`mark ${item.kind}`}>
        <Icon size={14} aria-label={t(`kind.${item.kind}`)} role="img" />
      </span>
      <div style={{ minWidth: 0 }}>
        <Text component="span" fw={550}>
          {called}
        </Text>{' '}
        {item.channel ? <Channel name={item.channel} /> : null}{' '}
        {item.phase && item.kind === 'event' ? (
          <Tooltip
            label={[
              t('person.phase'),
              item.stage ? `${t('person.stage')} ${t(`stage.${item.stage}`)}` : '',
              item.ruleVersion === null ? '' : t('person.ruleVersion', { n: item.ruleVersion }),
            ]
              .filter(Boolean)
              .join(' · ')}
          >
            <span className={`phase phase-${item.phase}`}>{t(`phase.${item.phase}`)}</span>
          </Tooltip>
        ) : null}{' '}
        {item.journey ? <JourneyRef ws={ws} journey={item.journey} node={item.node} /> : null}{' '}
        {item.kind === 'segment' && typeof segment === 'string' ? (
          <SegmentRef ws={ws} segment={segment} />
        ) : null}{' '}
        {item.message ? (
          <A size="sm" to="/w/$ws/messages" params={{ ws }} search={{ message: item.message }}>
            {t('person.openMessage')}
          </A>
        ) : null}
        <div className="props">
          {item.kind === 'segment' && typeof segment === 'string' ? (
            <>
              <GroupOf ws={ws} segment={segment} group={group} as="group" />
              <GroupOf
                ws={ws}
                segment={segment}
                group={moved}
                as={item.name === 'segment.left' ? 'to_group' : 'from_group'}
              />
            </>
          ) : null}
          {(open ? all : briefly).map(([key, value]) => (
            <span key={key}>
              {word('prop', key)} <b>{sayProp(item.name, key, value, props)}</b>
            </span>
          ))}
          {item.source && item.source !== OURS ? (
            <span>{t('customers.source', { source: item.source })}</span>
          ) : null}
          {open ? (
            <>
              <span>
                {t('person.happened')} <b>{exact(item.at)}</b>
              </span>
              <span>
                {t('person.receivedAt')} <b>{exact(item.receivedAt)}</b>
              </span>
            </>
          ) : null}
          {all.length > briefly.length || late || open ? (
            <Anchor
              component="button"
              type="button"
              size="xs"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {t(open ? 'common.close' : 'common.details')}
            </Anchor>
          ) : null}
        </div>
        {Array.isArray(why) && why.length > 0 ? <Why ws={ws} item={item} reasons={why as Reason[]} /> : null}
      </div>
    </li>
  )
}

/** Which leaves of a rule decided, with what was seen; as sentences where the rule is that of the segment's live version. */
function Why({ ws, item, reasons }: { ws: string; item: Item; reasons: Reason[] }) {
  const { t } = useTranslation()
  const { data } = useApi('segments', { ws, query: {} })
  const { segment, group, version } = item.props
  const of =
    item.kind === 'segment' ? data?.items.find(s => s.id === segment && s.liveVersion === version) : undefined
  const rule = of?.definition.groups.find(g => g.key === group)?.rule as Rule | undefined
  return (
    <div className="why">
      <b>{t('customers.why')}</b>
      <Vocabular ws={ws}>
        <WhyLines rule={rule ?? null} why={reasons} />
      </Vocabular>
    </div>
  )
}

/** The group of a partition by its name; a segment of one group has nothing to say. */
function GroupOf({ ws, segment, group, as }: { ws: string; segment: string; group: unknown; as: string }) {
  const { t } = useTranslation()
  const { data } = useApi('segments', { ws, query: {} })
  const of = data?.items.find(s => s.id === segment)
  if (of?.kind !== 'partition' || typeof group !== 'string') return null
  return (
    <span>
      {word('prop', as)} <b>{of.groups.find(g => g.key === group)?.name || t('segments.rest')}</b>
    </span>
  )
}
