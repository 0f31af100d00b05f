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
  const say = useSay()
  const nodeName = useNodeName()
  const { ws, data } = props
  const command = useCommand(props)
  const barred = useDisabledReason()('customers:write')
  const journeys = useApi('journeys', { ws })
  const [journey, setJourney] = useState<string | null>(null)
  const live = journeys.data?.items.filter(j => j.status === 'live') ?? []
  return (
    <Card title={t('customers.enrollments')}>
      {data.enrollments.length === 0 ? (
        <Text c="dimmed" mb={8}>
          {t('customers.noEnrollments')}
        </Text>
      ) : null}
      <ul className="plain">
        {data.enrollments.map(e => (
          <li key={e.id}>
            <Group justify="space-between" wrap="nowrap">
              <div>
                <A
                  to="/w/$ws/journeys/$journey"
                  params={{ ws, journey: e.journey }}
                  search={{ node: e.node ?? undefined }}
                  fw={550}
                >
                  {e.journeyName}
                </A>{' '}
                <Text span size="xs" c="dimmed">
                  {/* a past run is kept without its version */}
                  {e.version > 0 ? t('journeys.version', { n: e.version }) : null}
                </Text>
                <Text size="sm" c="dimmed">
                  {t('customers.entered')} <Time at={e.enteredAt} />
                  {e.endedAt ? (
                    <>
                      {' '}
                      · {t('customers.ended')} <Time at={e.endedAt} />
                    </>
                  ) : null}
                  {e.endedAt === null && e.nodeName ? ` · ${t('customers.at')} ${nodeName(e.nodeName)}` : ''}
                  {e.endedAt === null && e.waitingUntil
                    ? ` · ${t('customers.until', { time: say.short(e.waitingUntil) })}`
                    : ''}
                </Text>
              </div>
              {e.endedAt === null ? (
                <Group gap={8} wrap="nowrap">
                  <Badge tone="wait">{t('journeys.waiting')}</Badge>
                  <Tooltip label={barred} disabled={barred === null}>
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      disabled={barred !== null}
                      onClick={() => command.run({ do: 'remove_enrollment', enrollment: e.id })}
                    >
                      {t('customers.removeEnrollment')}
                    </Button>
                  </Tooltip>
                </Group>
              ) : (
                <Badge tone={e.how === 'goal' ? 'good' : e.how === 'error' ? 'bad' : 'skip'}>
                  {word('exitHow', e.how ?? 'completed')}
                </Badge>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {live.length > 0 ? (
        <form
          onSubmit={event => {
            event.preventDefault()
            if (journey) command.run({ do: 'enroll', journey }, () => setJourney(null))
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
      ) : null}
    </Card>
  )
}
