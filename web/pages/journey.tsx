// One journey: its graph with live counts, a panel for the chosen node, versions, problems, publish, pause and stop.
import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRocket,
} from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { readJourneyFile } from '../../src/journeys/versions/file.ts'
import { useAct, useApi } from '../api/queries.ts'
import { JourneyComputing } from '../journey/computing.tsx'
import { ImportButton } from '../journey/import.tsx'
import { Desk } from '../journey/desk.tsx'
import { asGraph } from '../journey/in-words.ts'
import { sayTrigger } from '../journey/say/triggers/register.ts'
import { saveFile } from '../journey/publishing/save-file.ts'
import { slotOf } from '../journey/slots.tsx'
import { useKnown } from '../rules/vocabulary.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { A } from '../parts/link.tsx'
import { Crumbs, Page } from '../parts/page.tsx'
import { Badge, Guarded, StateBadge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/journeys/$journey')
type Detail = Out<'journey'>

export function Journey() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws, journey } = route.useParams()
  const { names } = useKnown(ws)
  const query = useApi('journey', { ws, journey })
  const data = query.data
  const shown = data ? asGraph(data.live ?? data.draft) : null
  return (
    <Page
      wide
      above={
        <Crumbs here={data?.name ?? '…'}>
          <A to="/w/$ws/journeys" params={{ ws }} size="sm">
            {t('journeys.title')}
          </A>
        </Crumbs>
      }
      title={data?.name ?? t('common.loading')}
      lead={
        data ? (
          <Group gap="sm">
            <StateBadge state={data.status} />
            {data.liveVersion === null ? null : <span>{t('journeys.version', { n: data.liveVersion })}</span>}
            {data.scheduled ? (
              <Badge tone={data.scheduled.fault ? 'bad' : 'wait'}>
                {data.scheduled.fault ? t('publishing.notPublished') : t('publishing.waitsUntil')}{' '}
                <Time at={data.scheduled.at} exact />
              </Badge>
            ) : null}
            {shown ? <span>{sayTrigger(shown.trigger, say, names)}</span> : null}
          </Group>
        ) : null
      }
      action={data ? <Actions ws={ws} data={data} /> : null}
    >
      <Show query={query} rows={10}>
        {found => (
          <>
            <JourneyComputing of={found.computing} />
            <Desk ws={ws} data={found} />
          </>
        )}
      </Show>
    </Page>
  )
}

function Actions({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const say = useSay()
  const publish = useAct('publishJourney', { done: t('journeys.published') })
  const status = useAct('setJourneyStatus', { done: t('journeys.statusChanged') })
  const save = useAct('saveJourney', { done: t('common.saved') })
  const navigate = route.useNavigate()
  const [publishing, publishDialog] = useDisclosure(false)
  const [stopping, stopDialog] = useDisclosure(false)
  const unchanged = data.live !== null && JSON.stringify(data.live) === JSON.stringify(data.draft)
  const setStatus = (to: 'live' | 'paused' | 'stopped') =>
    status.mutate({ ws, journey: data.id, body: { status: to, version: data.version } })
  const file = useAct('exportJourney', { after: found => saveFile(`${data.name}.json`, found) })
  const download = () => file.mutate({ ws, journey: data.id, query: {} })
  return (
    <>
      <Button variant="default" leftSection={<IconDownload size={16} />} onClick={download}>
        {t('journeys.exportFile')}
      </Button>
      <ImportButton
        variant="default"
        label={t('journeys.replaceDraft')}
        pending={save.isPending}
        take={file =>
          save.mutate({
            ws,
            journey: data.id,
            body: { graph: readJourneyFile(file)?.graph ?? file, version: data.version },
          })
        }
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
      {data.status === 'paused' || data.status === 'draining' || data.status === 'stopped' ? (
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
      {data.status === 'live' || data.status === 'paused' || data.status === 'draining' ? (
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
        onClick={() =>
          slotOf('publish')
            ? void navigate({ search: previous => ({ ...previous, panel: 'publish' }), replace: true })
            : publishDialog.open()
        }
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
