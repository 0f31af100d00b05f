// One segment: what it says, how it moves, who is in it and who they are, its versions, and what can be done with it.
import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconPencil } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { A, ButtonLink } from '../parts/link.tsx'
import { Card, Crumbs, Page } from '../parts/page.tsx'
import { Badge, Figure, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { Actions } from '../segments/actions.tsx'
import { Flow, SizeChart } from '../segments/history.tsx'
import { Jobs } from '../segments/jobs.tsx'
import { Members } from '../segments/members.tsx'
import { Overlap, Profile } from '../segments/profile.tsx'
import { PublishDialog } from '../segments/publish.tsx'
import { Computing, Kind, type SegmentDetail, Sentence, Status, UsedBy } from '../segments/parts.tsx'
import { Versions } from '../segments/versions.tsx'
import '../segments/segments.css'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/segments/$segment')
const TABS = ['overview', 'members', 'profile', 'versions'] as const

export function Segment() {
  const { ws, segment } = route.useParams()
  const query = useApi('segment', { ws, segment })
  return (
    <Vocabular ws={ws}>
      <Show query={query} rows={10}>
        {data => <Detail ws={ws} of={data} />}
      </Show>
    </Vocabular>
  )
}

function Detail({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const search = route.useSearch()
  const navigate = useNavigate()
  const [publishing, setPublishing] = useState(false)
  const tab = TABS.find(x => x === search.tab) ?? 'overview'
  const choose = (more: typeof search) =>
    void navigate({
      to: '/w/$ws/segments/$segment',
      params: { ws, segment: of.id },
      search: { ...search, ...more },
      replace: true,
    })
  const publishable =
    of.kind !== 'static' && of.status !== 'archived' && (of.changed || of.liveVersion === null)
  return (
    <Page
      wide
      above={
        <Crumbs here={of.name}>
          <A to="/w/$ws/segments" params={{ ws }} size="sm">
            {t('segments.title')}
          </A>
        </Crumbs>
      }
      title={of.name}
      lead={
        <Group gap="md">
          <Kind kind={of.kind} />
          <Status of={of} />
          {of.purpose ? <span className="pre">{of.purpose}</span> : null}
        </Group>
      }
      action={
        <>
          <Actions ws={ws} of={of} />
          {publishable ? (
            <Guarded scope="segments:publish" variant="default" onClick={() => setPublishing(true)}>
              {t('segment.publishDraft')}
            </Guarded>
          ) : null}
          {of.status === 'archived' ? null : (
            <ButtonLink
              to="/w/$ws/segments/$segment/edit"
              params={{ ws, segment: of.id }}
              leftSection={<IconPencil size={16} aria-hidden />}
            >
              {t('segment.edit')}
            </ButtonLink>
          )}
        </>
      }
    >
      <Computing of={of} />
      {of.changed ? (
        <Alert color="yellow" variant="outline" icon={<IconAlertTriangle size={18} />} mb="sm" p="xs">
          {t('segments.changed')}
        </Alert>
      ) : null}
      <nav className="tabs" aria-label={t('segment.tabs')}>
        {TABS.filter(x => x !== 'versions' || of.kind !== 'static').map(x => (
          <A
            key={x}
            to="/w/$ws/segments/$segment"
            params={{ ws, segment: of.id }}
            search={x === 'overview' ? {} : { tab: x }}
            // a view is the tab alone: what narrows it (days, group …) does not make it another one
            activeOptions={{ exact: true, includeSearch: tab !== x }}
          >
            {t(`segment.${x}`)}
          </A>
        ))}
      </nav>
      {tab === 'overview' ? (
        <div className="stack">
          <div className="figures">
            <Figure
              label={t('segment.size')}
              definition={t('segment.sizeDef')}
              value={of.size === null ? '—' : say.people(of.size)}
            />
            <Figure
              label={t('segment.entered7')}
              tone="good"
              value={of.change ? say.people(of.change.entered) : '—'}
            />
            <Figure
              label={t('segment.left7')}
              tone="skip"
              value={of.change ? say.people(of.change.left) : '—'}
            />
            <Figure label={t('segment.version')} value={of.liveVersion ?? '—'} />
          </div>
          <Card title={t('segment.sentence')}>
            <Sentence kind={of.kind} definition={of.definition} lines={30} />
            <Settings of={of} />
            <Group gap={8} mt={8}>
              <Text size="sm" c="dimmed">
                {t('segment.usedByTitle')}
              </Text>
              <UsedBy ws={ws} users={of.usedBy} />
            </Group>
          </Card>
          {of.groups.length > 0 ? <Groups ws={ws} of={of} /> : null}
          <Jobs ws={ws} of={of} />
          <SizeChart ws={ws} of={of} days={search.days} choose={days => choose({ days })} />
          <Flow ws={ws} of={of} way={search.way} choose={way => choose({ way })} />
        </div>
      ) : tab === 'members' ? (
        <Members ws={ws} of={of} group={search.group} choose={group => choose({ group })} />
      ) : tab === 'profile' ? (
        <div className="stack">
          <Profile ws={ws} of={of} by={search.by} choose={by => choose({ by })} />
          <Overlap ws={ws} of={of} />
        </div>
      ) : (
        <Versions ws={ws} of={of} with={search.with} choose={other => choose({ with: other })} />
      )}
      {publishing ? (
        <PublishDialog
          ws={ws}
          segment={of}
          close={() => setPublishing(false)}
          done={() => setPublishing(false)}
        />
      ) : null}
    </Page>
  )
}

function Settings({ of }: { of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const { dwellMs, tag } = of.definition
  if (dwellMs === undefined && tag === undefined && of.library === null) return null
  return (
    <Group gap={8} mt={8}>
      {dwellMs === undefined ? null : (
        <Badge tone="skip">{t('segment.dwell', { time: say.duration(dwellMs) })}</Badge>
      )}
      {tag === undefined ? null : <Badge tone="accent">{t('segment.ruleTag', { tag })}</Badge>}
      {of.library === null ? null : <Badge tone="skip">{t('segment.from')}</Badge>}
    </Group>
  )
}

/** Sizes of a partition's groups, each beside the whole. */
function Groups({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const all = of.groups.reduce((sum, g) => sum + g.size, 0)
  return (
    <Card title={t('segmentEdit.sizes')}>
      {of.groups.map((g, i) => (
        <div key={g.key} className="breakdown-row">
          <span>{g.name || (i === of.groups.length - 1 ? t('segments.rest') : g.key)}</span>
          <span className="bar" aria-hidden>
            <i
              style={{ width: `${all === 0 ? 0 : (100 * g.size) / all}%`, background: 'var(--app-accent)' }}
            />
          </span>
          <span>
            {g.size === 0 ? (
              '—'
            ) : (
              <A
                to="/w/$ws/segments/$segment"
                params={{ ws, segment: of.id }}
                search={{ tab: 'members', group: g.key }}
              >
                {say.count(g.size)}
              </A>
            )}
            {all >= 30 && g.size > 0 ? <span className="dim"> {say.share(g.size, all)}</span> : null}
          </span>
        </div>
      ))}
    </Card>
  )
}
