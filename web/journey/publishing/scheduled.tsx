// A publication that waits for its moment: the field that says when, and the card of the one that waits.
import { Alert, Group, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import { useAct } from '../../api/queries.ts'
import { wallTime } from '../../format.ts'
import { Card } from '../../parts/page.tsx'
import { Guarded, Time } from '../../parts/small.tsx'
import { useNow } from '../../use.ts'

type Scheduled = NonNullable<Out<'journey'>['scheduled']>

/** Wall time of the workspace; empty: at once. */
export function Later({
  zone,
  value,
  change,
}: {
  zone: string
  value: string
  change: (wall: string) => void
}) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <TextInput
      type="datetime-local"
      label={t('publishing.later')}
      description={t('publishing.laterText', { zone })}
      min={wallTime(now, zone)}
      maw={420}
      value={value}
      onChange={event => change(event.currentTarget.value)}
    />
  )
}

export function ScheduledCard({
  ws,
  journey,
  scheduled,
}: {
  ws: string
  journey: string
  scheduled: Scheduled
}) {
  const { t } = useTranslation()
  const drop = useAct('unschedulePublication', { done: t('publishing.unscheduled') })
  return (
    <Card title={t('publishing.scheduledTitle')}>
      <Stack gap="sm">
        <Text>
          {t('publishing.scheduledText', { who: scheduled.by })} <Time at={scheduled.at} exact />
        </Text>
        {scheduled.fault ? (
          <Alert color="red" variant="outline" p="xs">
            {t('publishing.scheduledFault', { why: scheduled.fault.title })}
          </Alert>
        ) : scheduled.changed ? (
          <Alert color="yellow" variant="outline" p="xs">
            {t('publishing.scheduledChanged')}
          </Alert>
        ) : null}
        <Group>
          <Guarded
            scope="journeys:publish"
            variant="default"
            loading={drop.isPending}
            onClick={() => drop.mutate({ ws, journey, body: undefined })}
          >
            {t('publishing.unschedule')}
          </Guarded>
        </Group>
      </Stack>
    </Card>
  )
}
