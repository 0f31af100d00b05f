// Segments: what each says, how many are in it, how it moves, who uses it.
import { Button, Group, Select, Text } from '@mantine/core'
import { IconPlus, IconSearch, IconUsersGroup } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { SEGMENT_KINDS } from '../../src/segments/model.ts'
import { useApi } from '../api/queries.ts'
import { FindInput } from '../parts/find-input.tsx'
import { A, ButtonLink } from '../parts/link.tsx'
import { Page, Scroll } from '../parts/page.tsx'
import { Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { Kind, type SegmentRow, SegmentTabs, Sentence, Status, UsedBy } from '../segments/parts.tsx'
import '../segments/segments.css'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/segments')
const STATUSES = ['draft', 'live', 'archived'] as const

export function Segments() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (more: { q?: string; kind?: string; status?: string }) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  const kind = SEGMENT_KINDS.find(k => k === search.kind)
  const status = STATUSES.find(s => s === search.status)
  const query = useApi('segments', { ws, query: { q: search.q, kind, status } }, { keep: true })
  const filtered = search.q !== undefined || kind !== undefined || status !== undefined
  return (
    <Vocabular ws={ws}>
      <Page
        wide
        title={t('segments.title')}
        lead={t('segments.lead')}
        action={
          <ButtonLink
            to="/w/$ws/segments/new"
            params={{ ws }}
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            {t('segments.add')}
          </ButtonLink>
        }
      >
        <SegmentTabs ws={ws} />
        <Group gap={8} mb="sm" align="flex-end">
          <FindInput
            size="xs"
            w={240}
            label={t('segments.search')}
            value={search.q}
            find={q => choose({ q })}
          />
          <Select
            size="xs"
            w={130}
            aria-label={t('segments.kind')}
            placeholder={t('segments.anyKind')}
            clearable
            data={SEGMENT_KINDS.map(k => ({ value: k, label: t(`segmentKind.${k}`) }))}
            value={kind ?? null}
            onChange={value => choose({ kind: value ?? undefined })}
          />
          <Select
            size="xs"
            w={130}
            aria-label={t('segments.status')}
            placeholder={t('segments.anyStatus')}
            clearable
            data={STATUSES.map(s => ({ value: s, label: t(`segmentStatus.${s}`) }))}
            value={status ?? null}
            onChange={value => choose({ status: value ?? undefined })}
          />
          {filtered ? (
            <Button
              size="xs"
              variant="subtle"
              onClick={() => {
                choose({ q: undefined, kind: undefined, status: undefined })
              }}
            >
              {t('person.clear')}
            </Button>
          ) : null}
          {query.data && query.data.items.length > 0 ? (
            <Text size="sm" c="dimmed" ml="auto" role="status">
              {t('segments.total', { n: say.count(query.data.items.length) })}
            </Text>
          ) : null}
        </Group>
        {query.data?.stale ? (
          <div className="banner banner-wait" role="status">
            {t('segments.stale')}
          </div>
        ) : null}
        <div className="card">
          <Show query={query} rows={7}>
            {data =>
              data.items.length > 0 ? (
                <List ws={ws} items={data.items} />
              ) : filtered ? (
                <Empty
                  icon={<IconSearch />}
                  title={t('segments.noneFound')}
                  text={t('segments.noneFoundText')}
                />
              ) : (
                <Empty
                  icon={<IconUsersGroup />}
                  title={t('segments.empty')}
                  text={t('segments.emptyText')}
                  action={
                    <ButtonLink to="/w/$ws/segments/library" params={{ ws }}>
                      {t('segments.emptyDo')}
                    </ButtonLink>
                  }
                />
              )
            }
          </Show>
        </div>
      </Page>
    </Vocabular>
  )
}

function List({ ws, items }: { ws: string; items: SegmentRow[] }) {
  const { t } = useTranslation()
  return (
    <Scroll label={t('segments.title')}>
      <table className="table hover segment-table">
        <thead>
          <tr>
            <th>{t('segments.name')}</th>
            <th>{t('segments.kind')}</th>
            <th>{t('segment.sentence')}</th>
            <th className="end">{t('segments.size')}</th>
            <FigureHead label={t('segments.change')} definition={t('segments.changeDef')} />
            <th>{t('segments.usedBy')}</th>
            <th>{t('segments.status')}</th>
            <th>{t('segments.updated')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(s => (
            <Row key={s.id} ws={ws} of={s} />
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Row({ ws, of }: { ws: string; of: SegmentRow }) {
  const say = useSay()
  return (
    <tr>
      <td className="segment-name">
        <A to="/w/$ws/segments/$segment" params={{ ws, segment: of.id }} fw={550}>
          {of.name}
        </A>
      </td>
      <td className="nowrap">
        <Kind kind={of.kind} />
      </td>
      <td className="sentence">
        <Sentence kind={of.kind} definition={of.definition} />
      </td>
      <td className="end">
        {of.size === null || of.size === 0 ? (
          '—'
        ) : (
          <A to="/w/$ws/segments/$segment" params={{ ws, segment: of.id }} search={{ tab: 'members' }}>
            {say.count(of.size)}
          </A>
        )}
      </td>
      <td className="end nowrap">
        <Change change={of.change} />
      </td>
      <td>
        <UsedBy ws={ws} users={of.usedBy} />
      </td>
      <td>
        <Status of={of} />
      </td>
      <td className="nowrap">
        <Time at={of.updatedAt} />
      </td>
    </tr>
  )
}

function Change({ change }: { change: SegmentRow['change'] }) {
  const { t } = useTranslation()
  const say = useSay()
  if (change === null || (change.entered === 0 && change.left === 0)) return '—'
  return (
    <>
      {change.entered > 0 ? (
        <span className="tone-good">{t('segments.entered', { n: say.count(change.entered) })}</span>
      ) : null}{' '}
      {change.left > 0 ? (
        <span className="tone-skip">{t('segments.left', { n: say.count(change.left) })}</span>
      ) : null}
    </>
  )
}
