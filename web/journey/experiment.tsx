// The panel of experiments: how each way does, whether one is better beyond doubt, and the decision.
import { CloseButton, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { Card } from '../parts/page.tsx'
import { Badge, Definition, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { nodeTitle } from './in-words.ts'
import { sayMetric } from './say/experiment.ts'
import type { PanelProps } from './slot.ts'

type Result = Out<'experiments'>['items'][number]

export function Panel({ ws, data, graph, close }: PanelProps) {
  const { t } = useTranslation()
  const query = useApi('experiments', { ws, journey: data.id }, { enabled: data.liveVersion !== null })
  const aside = <CloseButton aria-label={t('common.close')} onClick={close} />
  const nothing = (
    <Card title={t('experiment.title')} aside={aside}>
      <Empty icon={<IconFlask />} title={t('experiment.none')} text={t('experiment.noneText')} />
    </Card>
  )
  if (data.liveVersion === null) return nothing
  return (
    <Show query={query}>
      {({ items }) =>
        items.length === 0
          ? nothing
          : items.map((result, i) => {
              const node = graph.nodes[result.node]
              const title = result.title ?? (node ? nodeTitle(node) : result.node)
              return (
                <Card key={result.node} title={title} aside={i === 0 ? aside : undefined}>
                  <Experiment ws={ws} journey={data.id} result={result} />
                </Card>
              )
            })
      }
    </Show>
  )
}

function Experiment({ ws, journey, result }: { ws: string; journey: string; result: Result }) {
  const { t } = useTranslation()
  const say = useSay()
  const called = useEventLabel(ws)
  const [taking, take] = useState<string | null>(null)
  const decide = useAct('decideExperiment', { done: t('experiment.done') })
  const reopen = useAct('decideExperiment', { done: t('experiment.reopened') })
  const { decision, metric, event, windowMs, arms, method } = result
  const args = { ws, journey, node: result.node }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('experiment.by', {
          metric: sayMetric(metric === 'event' ? { kind: metric, event } : { kind: metric }, say, called),
          time: say.duration(windowMs),
        })}
      </Text>
      <Verdict result={result} />
      {arms.map(arm => (
        <ArmCard
          key={arm.name}
          arm={arm}
          action={
            decision ? null : (
              <Guarded
                scope="journeys:publish"
                size="compact-xs"
                variant="default"
                onClick={() => take(arm.name)}
              >
                {t('experiment.take')}
              </Guarded>
            )
          }
        />
      ))}
      {decision ? (
        <Group justify="space-between" gap="xs">
          <Text size="sm">
            {t('experiment.decidedBy', {
              who: decision.by === 'itinera' ? t('experiment.itself') : decision.by,
            })}{' '}
            <Time at={decision.at} />
          </Text>
          <Guarded
            scope="journeys:publish"
            size="compact-sm"
            variant="default"
            loading={reopen.isPending}
            onClick={() => reopen.mutate({ ...args, body: { variant: null } })}
          >
            {t('experiment.reopen')}
          </Guarded>
        </Group>
      ) : (
        <Text size="sm" c="dimmed">
          {t(result.autoWinner ? 'experiment.automatic' : 'experiment.byHand')}
        </Text>
      )}
      <Group gap={4}>
        <Text size="xs" c="dimmed">
          {t('experiment.method', { method })}
        </Text>
        <Definition text={t('experiment.intervalDef')} />
      </Group>
      <Confirm
        title={t('experiment.takeNamed', { name: taking ?? '' })}
        text={t('experiment.takeSure', { name: taking ?? '' })}
        action={t('experiment.take')}
        opened={taking !== null}
        close={() => take(null)}
        run={() => decide.mutate({ ...args, body: { variant: taking } })}
      />
    </Stack>
  )
}

function ArmCard({ arm, action }: { arm: Result['arms'][number]; action: ReactNode }) {
  const { t } = useTranslation()
  const say = useSay()
  const { interval } = arm
  const figures = [
    [t('experiment.people'), say.people(arm.people)],
    [t('experiment.converted'), say.people(arm.converted)],
    [t('experiment.rate'), say.share(arm.converted, arm.people)],
    [
      t('experiment.interval'),
      interval === null ? '—' : `${say.percent(interval.low)} – ${say.percent(interval.high)}`,
    ],
  ] as const
  return (
    <Paper component="section" withBorder p="xs" aria-label={arm.name}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fw={600}>
          {arm.name}{' '}
          <Text span size="xs" c="dimmed">
            {say.decimal(arm.share)} %
          </Text>
        </Text>
        {action}
      </Group>
      <SimpleGrid cols={2} spacing="xs" verticalSpacing={2} mt={4}>
        {figures.map(([label, value]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text size="sm" className="nowrap">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  )
}

function Verdict({ result }: { result: Result }) {
  const { t } = useTranslation()
  const say = useSay()
  const { decision, verdict, winner, minPeople } = result
  if (decision) return <Badge tone="good">{t('experiment.decided', { name: decision.variant })}</Badge>
  switch (verdict) {
    case 'too_few':
      return <Badge tone="wait">{t('experiment.too_few', { n: say.count(minPeople) })}</Badge>
    case 'open':
      return <Badge tone="wait">{t('experiment.open')}</Badge>
    case 'uneven':
      return <Badge tone="bad">{t('experiment.uneven')}</Badge>
    case 'won':
      return <Badge tone="good">{t('experiment.won', { name: winner ?? '' })}</Badge>
  }
}
