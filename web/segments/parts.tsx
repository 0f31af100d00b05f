// What several pages of segments show: kind, state with progress, the sentence, tabs.
import { Text, Tooltip } from '@mantine/core'
import { IconBolt, IconLayoutList, IconListDetails } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { A } from '../parts/link.tsx'
import { Looking } from '../parts/looking.tsx'
import { Badge } from '../parts/small.tsx'
import { sayRule } from '../rules/in-words.ts'
import { useVocabulary } from '../rules/vocabulary.tsx'
import { useSay } from '../use.ts'

export type SegmentRow = Out<'segments'>['items'][number]
export type SegmentDetail = Out<'segment'>
export type Definition = SegmentRow['definition']

const ICONS = { live: IconBolt, partition: IconLayoutList, static: IconListDetails }

export function Kind({ kind }: { kind: SegmentRow['kind'] }) {
  const { t } = useTranslation()
  const Icon = ICONS[kind]
  return (
    <span className="channel">
      <Icon size={15} aria-hidden /> {t(`segmentKind.${kind}`)}
    </span>
  )
}

export function Status({ of }: { of: Pick<SegmentRow, 'status' | 'computing'> }) {
  const { t } = useTranslation()
  const say = useSay()
  if (of.computing) {
    const { done, total } = of.computing
    return (
      <Tooltip label={t('segments.computingOpen')}>
        <span>
          <Badge tone="wait">
            {t('segments.computing', { share: total ? say.percent(done / total) : '' }).trim()}
          </Badge>
        </span>
      </Tooltip>
    )
  }
  const tone = of.status === 'live' ? 'good' : 'skip'
  return <Badge tone={tone}>{t(`segmentStatus.${of.status}`)}</Badge>
}

/** While the past is looked at: how far it is. */
export function Computing({ of }: { of: Pick<SegmentRow, 'computing'> }) {
  const { t } = useTranslation()
  const say = useSay()
  if (!of.computing) return null
  const { done, total } = of.computing
  const text =
    total === null
      ? t('segments.computingOpen')
      : t('segments.computingText', { done: say.count(done), total: say.count(total) })
  return <Looking text={text} done={done} total={total} />
}

/** What a definition says, as one sentence; a partition's groups one a line. */
export function Sentence({
  kind,
  definition,
  lines = 2,
}: {
  kind: SegmentRow['kind']
  definition: Definition
  lines?: number
}) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const inWords = (rule: unknown) =>
    rule === null ? t('segments.noRule') : sayRule(rule as Rule, say, names)
  if (kind === 'static') return <Text c="dimmed">{t('segments.staticSentence')}</Text>
  if (kind === 'live') return <Text lineClamp={lines}>{inWords(definition.groups[0]?.rule ?? null)}</Text>
  return (
    <ol className="segment-groups">
      {definition.groups.slice(0, lines === 2 ? 2 : 30).map(g => (
        <li key={g.key}>
          <b>{g.name || g.key}</b> <span className="dim">{inWords(g.rule)}</span>
        </li>
      ))}
      {lines === 2 && definition.groups.length > 2 ? (
        <li className="dim" style={{ listStyle: 'none' }}>
          {t('segments.groups', { n: definition.groups.length + 1 })}
        </li>
      ) : (
        <li>
          <b>{definition.restName || t('segments.rest')}</b>
        </li>
      )}
    </ol>
  )
}

const exactly = { exact: true, includeSearch: false }
export function SegmentTabs({ ws }: { ws: string }) {
  const { t } = useTranslation()
  return (
    <nav className="tabs" aria-label={t('segments.tabs')}>
      <A to="/w/$ws/segments" params={{ ws }} activeOptions={exactly}>
        {t('segments.list')}
      </A>
      <A to="/w/$ws/segments/library" params={{ ws }} activeOptions={exactly}>
        {t('segments.library')}
      </A>
    </nav>
  )
}

/** Where it is used, as links. */
export function UsedBy({ ws, users }: { ws: string; users: SegmentRow['usedBy'] }) {
  const { t } = useTranslation()
  if (users.length === 0) return <span className="dim">{t('segments.nobodyUses')}</span>
  return (
    <span className="contacts">
      {users.map(u =>
        u.kind === 'journey' ? (
          <A key={u.id} to="/w/$ws/journeys/$journey" params={{ ws, journey: u.id }}>
            {u.name}
          </A>
        ) : u.kind === 'frequency' ? (
          <A key={u.id} to="/w/$ws/settings" params={{ ws }} search={{ tab: 'sending' }}>
            {t('frequency.title')}
          </A>
        ) : u.kind === 'account' ? (
          <A key={u.id} to="/w/$ws/channels" params={{ ws }}>
            {u.name}
          </A>
        ) : u.kind === 'audience' ? (
          <A key={u.id} to="/w/$ws/audiences" params={{ ws }}>
            {u.name}
          </A>
        ) : u.kind === 'menu' ? (
          <A key={u.id} to="/w/$ws/line" params={{ ws }} search={{ menu: u.id }}>
            {u.name}
          </A>
        ) : (
          <A key={u.id} to="/w/$ws/segments/$segment" params={{ ws, segment: u.id }}>
            {u.name}
          </A>
        ),
      )}
    </span>
  )
}
