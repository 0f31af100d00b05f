// Versions of a journey: its state and where it can be turned, what is published, two compared, one restored.
import { ActionIcon, Group, Select, Stack, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { STATUS_MOVES, statusFault } from '../../src/journeys/versions/status.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded, StateBadge, Time } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { asGraph } from './in-words.ts'
import { DiffList } from './publishing/diff-list.tsx'
import { saveFile } from './publishing/save-file.ts'
import type { PanelProps } from './slot.ts'

export function Panel({ ws, data }: PanelProps) {
  const { t } = useTranslation()
  return (
    <>
      <State ws={ws} data={data} />
      <Card title={t('versions.title')}>
        {data.versions.length === 0 ? (
          <Text c="dimmed">{t('versions.empty')}</Text>
        ) : (
          <List ws={ws} data={data} />
        )}
      </Card>
      {data.versions.length > 0 ? <Compare ws={ws} data={data} /> : null}
    </>
  )
}

type Part = Pick<PanelProps, 'ws' | 'data'>
type Status = PanelProps['data']['status']

function State({ ws, data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const [stopping, dialog] = useDisclosure(false)
  const turn = useAct('setJourneyStatus', { done: t('journeys.statusChanged') })
  const to = (status: Status) =>
    turn.mutate({ ws, journey: data.id, body: { status, version: data.version } })
  const published = data.liveVersion !== null
  const ways = STATUS_MOVES[data.status].filter(s => statusFault(data.status, s, published) === null)
  return (
    <Card title={t('versions.stateTitle')} aside={<StateBadge state={data.status} />}>
      <Text size="sm">{t(`stateMeans.${data.status}`)}</Text>
      <Stack gap={6} mt="sm">
        {ways.map(status => (
          <div key={status}>
            <Guarded
              scope="journeys:publish"
              variant="default"
              size="compact-sm"
              loading={turn.isPending}
              onClick={() =>
                status === 'stopped' && data.status !== 'archived' ? dialog.open() : to(status)
              }
            >
              {data.status === 'archived' && status === 'stopped'
                ? t('versions.takeBack')
                : t(`turnTo.${status}`)}
            </Guarded>
            <Text size="xs" c="dimmed">
              {t(`stateMeans.${status}`)}
            </Text>
          </div>
        ))}
      </Stack>
      <Confirm
        danger
        title={t('journeys.stop')}
        text={t('journeys.stopSure', { n: say.count(data.waiting) })}
        action={t('journeys.stop')}
        typed={data.name}
        opened={stopping}
        close={dialog.close}
        run={() => to('stopped')}
      />
    </Card>
  )
}

function List({ ws, data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const mayWrite = useDisabledReason()('journeys:write')
  const [restoring, restore] = useState<number | null>(null)
  const act = useAct('restoreJourney', { done: t('versions.restored') })
  const file = useAct('exportJourney', {
    after: found => saveFile(`${data.name}.json`, found),
  })
  const { data: plan } = useApi('publishPlan', { ws, journey: data.id })
  const peopleOn = (version: number): number =>
    plan?.places.filter(p => p.version === version).reduce((sum, p) => sum + p.people, 0) ?? 0
  return (
    <ul className="plain">
      {data.versions.map(v => {
        const people = peopleOn(v.version)
        const name = t('journeys.version', { n: v.version })
        return (
          <li key={v.version}>
            <Group justify="space-between" wrap="nowrap" gap={6}>
              <Group gap={6}>
                <Text fw={600}>{name}</Text>
                {v.version === data.liveVersion ? (
                  <Badge tone="good">{t('journeys.liveVersion')}</Badge>
                ) : null}
                {people > 0 ? (
                  <Badge tone="wait">{t('versions.people', { n: say.count(people) })}</Badge>
                ) : null}
              </Group>
              <Group gap={2} wrap="nowrap">
                <Tooltip label={t('versions.export')}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`${t('versions.export')} ${name}`}
                    onClick={() => file.mutate({ ws, journey: data.id, query: { version: v.version } })}
                  >
                    <IconDownload size={16} />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label={mayWrite ?? t('versions.restore')}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`${t('versions.restore')} ${name}`}
                    aria-disabled={mayWrite !== null}
                    onClick={() => mayWrite === null && restore(v.version)}
                  >
                    <IconArrowBackUp size={16} />
                  </ActionIcon>
                </Tooltip>
              </Group>
            </Group>
            <Text size="xs" c="dimmed">
              <Time at={v.publishedAt} /> · {t('journeys.by', { who: v.publishedBy })}
            </Text>
          </li>
        )
      })}
      <Confirm
        title={t('versions.restore')}
        text={t('versions.restoreSure', { n: restoring ?? 0 })}
        action={t('versions.restore')}
        opened={restoring !== null}
        close={() => restore(null)}
        run={() =>
          restoring !== null &&
          act.mutate({ ws, journey: data.id, body: { from: restoring, version: data.version } })
        }
      />
    </ul>
  )
}

const DRAFT = 'draft'

function Compare({ ws, data }: Part) {
  const { t } = useTranslation()
  const [from, setFrom] = useState(String(data.liveVersion ?? DRAFT))
  const [to, setTo] = useState(DRAFT)
  const options = [
    { value: DRAFT, label: t('journeys.draft') },
    ...data.versions.map(v => ({ value: String(v.version), label: t('journeys.version', { n: v.version }) })),
  ]
  const one = useGraph(ws, data, from)
  const two = useGraph(ws, data, to)
  const error = one.error ?? two.error
  return (
    <Card title={t('versions.compare')}>
      <Group grow mb="sm">
        <Select
          label={t('versions.from')}
          size="sm"
          data={options}
          value={from}
          allowDeselect={false}
          onChange={v => setFrom(v ?? DRAFT)}
        />
        <Select
          label={t('versions.to')}
          size="sm"
          data={options}
          value={to}
          allowDeselect={false}
          onChange={v => setTo(v ?? DRAFT)}
        />
      </Group>
      {one.graph && two.graph ? (
        <DiffList ws={ws} before={one.graph} after={two.graph} />
      ) : error ? (
        <Wrong error={error} />
      ) : (
        <Waiting rows={3} />
      )}
    </Card>
  )
}

/** The graph of a version, or the draft's. */
function useGraph(ws: string, data: PanelProps['data'], version: string) {
  const query = useApi(
    'journeyVersion',
    { ws, journey: data.id, version },
    { enabled: version !== DRAFT, keep: false },
  )
  return { graph: asGraph(version === DRAFT ? data.draft : query.data?.graph), error: query.error }
}
