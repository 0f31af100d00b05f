// The panel of replays: asks for one, shows how far it is, and what came of it, beside the live version and what happened.
import { Alert, Button, CloseButton, Group, NumberInput, Progress, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { sayProblem, useAct, useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ReplayResult } from './replay-result.tsx'
import type { PanelProps } from './slot.ts'

type Row = Out<'replays'>['items'][number]
const DEFAULT_DAYS = 30
const MOST_DAYS = 90

export function Panel({ ws, data, graph, close }: PanelProps) {
  const { t } = useTranslation()
  const say = useSay()
  const [days, setDays] = useState<number>(DEFAULT_DAYS)
  const [chosen, choose] = useState<string | null>(null)
  const list = useApi('replays', { ws, journey: data.id })
  const start = useAct('startReplay', { after: made => choose(made.id) })
  const items = list.data?.items ?? []
  const shown = items.find(r => r.id === chosen) ?? items[0]
  return (
    <Card title={t('replay.title')} aside={<CloseButton aria-label={t('common.close')} onClick={close} />}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('replay.lead')}
        </Text>
        <Group gap={8} align="flex-end">
          <NumberInput
            size="xs"
            w={120}
            label={t('replay.days')}
            min={1}
            max={MOST_DAYS}
            value={days}
            onChange={v => setDays(typeof v === 'number' ? v : DEFAULT_DAYS)}
          />
          <Guarded
            scope="journeys:write"
            size="xs"
            loading={start.isPending}
            onClick={() => start.mutate({ ws, journey: data.id, body: { days, graph } })}
          >
            {t('replay.start')}
          </Guarded>
        </Group>
        <Show query={list} rows={3}>
          {() =>
            shown === undefined ? (
              <Text c="dimmed">{t('replay.none')}</Text>
            ) : (
              <>
                {items.length > 1 ? (
                  <Select
                    size="xs"
                    label={t('replay.earlier')}
                    allowDeselect={false}
                    data={items.map(r => ({
                      value: r.id,
                      label: `${say.short(r.createdAt)} · ${say.count(r.days)} · ${t(`replay.${r.status}`)}`,
                    }))}
                    value={shown.id}
                    onChange={choose}
                  />
                ) : null}
                <One key={shown.id} ws={ws} journey={data.id} row={shown} graph={graph} />
              </>
            )
          }
        </Show>
        <details>
          <summary>{t('replay.unknown')}</summary>
          <Text size="sm" c="dimmed" className="pre">
            {t('replay.unknowns')}
          </Text>
        </details>
      </Stack>
    </Card>
  )
}

function One({
  ws,
  journey,
  row,
  graph,
}: {
  ws: string
  journey: string
  row: Row
  graph: PanelProps['graph']
}) {
  const { t } = useTranslation()
  const say = useSay()
  const cancel = useAct('cancelReplay')
  const open = row.status === 'queued' || row.status === 'running'
  const query = useApi('replay', { ws, journey, replay: row.id }, { enabled: row.status === 'done' })
  if (open)
    return (
      <div role="status">
        <Group justify="space-between" mb={4}>
          <Text size="sm">
            <Badge tone="wait">{t(`replay.${row.status}`)}</Badge>{' '}
            {row.total === null
              ? t('replay.progress', { done: say.count(row.done) })
              : t('replay.progressOf', { done: say.count(row.done), total: say.count(row.total) })}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ ws, journey, replay: row.id, body: undefined })}
          >
            {t('replay.cancel')}
          </Button>
        </Group>
        <Progress
          value={row.total ? (row.done / row.total) * 100 : 0}
          animated
          aria-label={t('replay.title')}
        />
      </div>
    )
  if (row.status !== 'done')
    return (
      <Alert color={row.status === 'failed' ? 'red' : 'gray'} variant="light" p="xs">
        {row.problem ? sayProblem(row.problem) : t(`replay.${row.status}`)}
      </Alert>
    )
  return (
    <Show query={query} rows={6}>
      {found =>
        found.result === null ? null : (
          <ReplayResult ws={ws} journey={journey} replay={row.id} result={found.result} graph={graph} />
        )
      }
    </Show>
  )
}
