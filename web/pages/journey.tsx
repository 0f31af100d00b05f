// One journey: its graph with live counts, a panel for the chosen node, versions, problems, publish, pause and stop.
import { Alert, Breadcrumbs, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRocket,
} from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { ImportButton } from '../journey/import.tsx'
import { asGraph, sayTrigger } from '../journey/in-words.ts'
import { JourneyPanel } from '../journey/panel.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { A } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Guarded, StateBadge } from '../parts/small.tsx'
import { Show, Waiting } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const Graph = lazy(async () => ({ default: (await import('../journey/graph.tsx')).Graph }))
const route = getRouteApi('/w/$ws/journeys/$journey')
type Detail = Out<'journey'>

export function Journey() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws, journey } = route.useParams()
  const query = useApi('journey', { ws, journey })
  const data = query.data
  const shown = data ? asGraph(data.live ?? data.draft) : null
  return (
    <Page
      wide
      above={
        <nav aria-label={t('common.breadcrumb')}>
          <Breadcrumbs mb={4}>
            <A to="/w/$ws/journeys" params={{ ws }} size="sm">
              {t('journeys.title')}
            </A>
            <Text size="sm" c="dimmed">
              {data?.name ?? '…'}
            </Text>
          </Breadcrumbs>
        </nav>
      }
      title={data?.name ?? t('common.loading')}
      lead={
        data ? (
          <Group gap="sm">
            <StateBadge state={data.status} />
            {data.liveVersion === null ? null : <span>{t('journeys.version', { n: data.liveVersion })}</span>}
            {shown ? <span>{sayTrigger(shown.trigger, say)}</span> : null}
          </Group>
        ) : null
      }
      action={data ? <Actions ws={ws} data={data} /> : null}
    >
      <Show query={query} rows={10}>
        {found => <Body ws={ws} data={found} />}
      </Show>
    </Page>
  )
}

function Body({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const { node, show } = route.useSearch()
  const navigate = route.useNavigate()
  const side = show === 'draft' || data.live === null ? 'draft' : 'live'
  const graph = asGraph(side === 'live' ? data.live : data.draft)
  const counts = useApi('journeyCounts', { ws, journey: data.id, query: {} }, { keep: true })
  const choose = (id: string | undefined) =>
    void navigate({ search: previous => ({ ...previous, node: id }), replace: true })
  if (!graph)
    return (
      <Alert color="red" variant="outline">
        {t('journeys.noGraph')}
      </Alert>
    )
  return (
    <div className="journey-body">
      <div className="card">
        {data.live !== null ? (
          <Group className="card-head" justify="space-between">
            <SegmentedControl
              size="xs"
              aria-label={t('journeys.versions')}
              value={side}
              onChange={value =>
                void navigate({
                  search: previous => ({ ...previous, show: value === 'draft' ? 'draft' : undefined }),
                  replace: true,
                })
              }
              data={[
                { value: 'live', label: t('journeys.liveVersion') },
                { value: 'draft', label: t('journeys.draft') },
              ]}
            />
            <Counted asOf={counts.data?.asOf} />
          </Group>
        ) : null}
        <div className="journey-canvas">
          <Suspense fallback={<Waiting rows={8} />}>
            <Graph
              graph={graph}
              counts={side === 'live' ? counts.data : undefined}
              problems={data.problems}
              node={node}
              choose={choose}
            />
          </Suspense>
        </div>
      </div>
      <JourneyPanel
        ws={ws}
        data={data}
        graph={graph}
        counts={counts.data}
        node={node}
        close={() => choose(undefined)}
      />
    </div>
  )
}

function Counted({ asOf }: { asOf: string | undefined }) {
  const { t } = useTranslation()
  const say = useSay()
  return asOf ? (
    <Text size="xs" c="dimmed">
      {t('journeys.asOf', { time: say.short(asOf) })}
    </Text>
  ) : null
}

function Actions({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const say = useSay()
  const publish = useAct('publishJourney', { done: t('journeys.published') })
  const status = useAct('setJourneyStatus', { done: t('journeys.statusChanged') })
  const save = useAct('saveJourney', { done: t('common.saved') })
  const [publishing, publishDialog] = useDisclosure(false)
  const [stopping, stopDialog] = useDisclosure(false)
  const unchanged = data.live !== null && JSON.stringify(data.live) === JSON.stringify(data.draft)
  const setStatus = (to: 'live' | 'paused' | 'stopped') =>
    status.mutate({ ws, journey: data.id, body: { status: to, version: data.version } })
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(
      new Blob([JSON.stringify(data.draft, null, 2)], { type: 'application/json' }),
    )
    link.download = `${data.name}.json`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <>
      <Button variant="default" leftSection={<IconDownload size={16} />} onClick={download}>
        {t('journeys.exportFile')}
      </Button>
      <ImportButton
        variant="default"
        label={t('journeys.replaceDraft')}
        pending={save.isPending}
        take={graph => save.mutate({ ws, journey: data.id, body: { graph, version: data.version } })}
      />
      {data.status === 'live' ? (
        <Guarded
          scope="journeys:publish"
          variant="default"
          loading={status.isPending}
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => setStatus('paused')}
        >
          {t('journeys.pause')}
        </Guarded>
      ) : null}
      {data.status === 'paused' || data.status === 'stopped' ? (
        <Guarded
          scope="journeys:publish"
          variant="default"
          loading={status.isPending}
          leftSection={<IconPlayerPlay size={16} />}
          onClick={() => setStatus('live')}
        >
          {t('journeys.resume')}
        </Guarded>
      ) : null}
      {data.status === 'live' || data.status === 'paused' ? (
        <Guarded
          scope="journeys:publish"
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          onClick={stopDialog.open}
        >
          {t('journeys.stop')}
        </Guarded>
      ) : null}
      <Guarded
        scope="journeys:publish"
        reason={
          data.problems.length > 0
            ? t('journeys.publishBlocked')
            : unchanged
              ? t('journeys.nothingNew')
              : null
        }
        loading={publish.isPending}
        leftSection={<IconRocket size={16} />}
        onClick={publishDialog.open}
      >
        {t('journeys.publish')}
      </Guarded>
      <Confirm
        title={t('journeys.publish')}
        text={t('journeys.publishSure')}
        action={t('journeys.publish')}
        opened={publishing}
        close={publishDialog.close}
        run={() => publish.mutate({ ws, journey: data.id, body: { version: data.version } })}
      />
      <Confirm
        danger
        title={t('journeys.stop')}
        text={t('journeys.stopSure', { n: say.count(data.waiting) })}
        action={t('journeys.stop')}
        typed={data.name}
        opened={stopping}
        close={stopDialog.close}
        run={() => setStatus('stopped')}
      />
    </>
  )
}
