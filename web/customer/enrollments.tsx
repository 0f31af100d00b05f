// Journeys in progress and past runs; enrolling and removing by hand.
import { Button, Group, Select, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useNodeName } from '../journey/node-name.tsx'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { type Part, useCommand } from './command.ts'

export function Enrollments(props: Part) {
  const { t } = useTranslation()
  const { ws, data } = props
  const command = useCommand(props)
  return (
    <Card title={t('customers.enrollments')}>
      {data.enrollments.length === 0 ? (
        <Text c="dimmed" mb={8}>
          {t('customers.noEnrollments')}
        </Text>
      ) : null}
      <ul className="plain">
        {data.enrollments.map(e => (
          <Run
            key={e.id}
            ws={ws}
            run={e}
            remove={() => command.run({ do: 'remove_enrollment', enrollment: e.id })}
          />
        ))}
      </ul>
      <Enroll ws={ws} enroll={(journey, after) => command.run({ do: 'enroll', journey }, after)} />
    </Card>
  )
}

/** One run: where it is and until when, or how it ended. */
function Run({
  ws,
  run,
  remove,
}: {
  ws: string
  run: Part['data']['enrollments'][number]
  remove: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const nodeName = useNodeName()
  const barred = useDisabledReason()('customers:write')
  return (
    <li>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <A
            to="/w/$ws/journeys/$journey"
            params={{ ws, journey: run.journey }}
            search={{ node: run.node ?? undefined }}
            fw={550}
          >
            {run.journeyName}
          </A>{' '}
          <Text span size="xs" c="dimmed">
            {/* a past run is kept without its version */}
            {run.version > 0 ? t('journeys.version', { n: run.version }) : null}
          </Text>
          <Text size="sm" c="dimmed">
            {t('customers.entered')} <Time at={run.enteredAt} />
            {run.endedAt ? (
              <>
                {' '}
                · {t('customers.ended')} <Time at={run.endedAt} />
              </>
            ) : null}
            {run.endedAt === null && run.nodeName ? ` · ${t('customers.at')} ${nodeName(run.nodeName)}` : ''}
            {run.endedAt === null && run.waitingUntil
              ? ` · ${t('customers.until', { time: say.short(run.waitingUntil) })}`
              : ''}
          </Text>
        </div>
        {run.endedAt === null ? (
          <Group gap={8} wrap="nowrap">
            <Badge tone="wait">{t('journeys.waiting')}</Badge>
            <Tooltip label={barred} disabled={barred === null}>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                disabled={barred !== null}
                onClick={remove}
              >
                {t('customers.removeEnrollment')}
              </Button>
            </Tooltip>
          </Group>
        ) : (
          <Badge tone={run.how === 'goal' ? 'good' : run.how === 'error' ? 'bad' : 'skip'}>
            {word('exitHow', run.how ?? 'completed')}
          </Badge>
        )}
      </Group>
    </li>
  )
}

/** Takes the customer into a live journey by hand; nothing is shown while there is none. */
function Enroll({ ws, enroll }: { ws: string; enroll: (journey: string, after: () => void) => void }) {
  const { t } = useTranslation()
  const journeys = useApi('journeys', { ws })
  const [journey, setJourney] = useState<string | null>(null)
  const live = journeys.data?.items.filter(j => j.status === 'live') ?? []
  if (live.length === 0) return null
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (journey) enroll(journey, () => setJourney(null))
      }}
    >
      <Group gap={6} mt={8} wrap="nowrap">
        <Select
          size="xs"
          style={{ flex: 1, maxWidth: 320 }}
          aria-label={t('customers.enrollIn')}
          placeholder={t('customers.enrollIn')}
          data={live.map(j => ({ value: j.id, label: j.name }))}
          value={journey}
          onChange={setJourney}
        />
        <Guarded
          scope="customers:write"
          size="xs"
          variant="default"
          type="submit"
          disabled={journey === null}
        >
          {t('customers.enroll')}
        </Guarded>
      </Group>
    </form>
  )
}
