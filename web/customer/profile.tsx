// What a team user may change on a customer: consent, tags, attributes, journeys. Each is a command the owner folds.
import { ActionIcon, Button, Group, Select, Switch, Text, TextInput, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Channel, Guarded, Time } from '../parts/small.tsx'
import type { CustomerData } from '../pages/customer.tsx'
import { useDisabledReason, useSay } from '../use.ts'

type Props = { ws: string; data: CustomerData }

/** Sends a command with a key of its own; a refusal of the fold is shown, not swallowed. */
function useCommand({ ws, data }: Props) {
  const { t } = useTranslation()
  const act = useAct('customerCommand', {
    after: out => {
      if (out.status < 400)
        notifications.show({ message: t('common.saved'), color: 'green', autoClose: 2000 })
      else {
        const body = out.body as { title?: string; action?: string } | null
        notifications.show({
          title: t('customers.commandRefused', { detail: body?.title ?? String(out.status) }),
          message: body?.action ?? '',
          color: 'red',
        })
      }
    },
  })
  return {
    pending: act.isPending,
    run: (body: In<'customerCommand'>) =>
      act.mutate({ ws, customer: data.id, body, idempotencyKey: crypto.randomUUID() }),
  }
}

export function Consent(props: Props) {
  const { t } = useTranslation()
  const command = useCommand(props)
  const barred = useDisabledReason()('customers:write')
  const { data } = props
  return (
    <Card title={t('customers.consent')}>
      <ul className="plain">
        {['line', 'email'].map(channel => {
          const given = data.consent.find(c => c.channel === channel && c.purpose === 'marketing')
          return (
            <li key={channel}>
              <Group justify="space-between" wrap="nowrap">
                <div>
                  <Channel name={channel} />
                  <Text size="xs" c="dimmed">
                    {given ? (
                      <>
                        <Time at={given.at} /> · {given.source}
                      </>
                    ) : (
                      t('customers.consentNone')
                    )}
                  </Text>
                </div>
                <Tooltip label={barred} disabled={barred === null}>
                  <Switch
                    aria-label={t('customers.consentOf', { channel: word('channel', channel) })}
                    checked={given?.on ?? false}
                    disabled={barred !== null || command.pending}
                    onChange={e => command.run({ do: 'set_consent', channel, on: e.currentTarget.checked })}
                  />
                </Tooltip>
              </Group>
            </li>
          )
        })}
        {data.line ? (
          <li>
            <Group justify="space-between">
              <Text>{t('customers.following')}</Text>
              {data.line.following ? (
                <Badge tone="good">{t('common.yes')}</Badge>
              ) : (
                <Badge tone="bad">{t('customers.notFollowing')}</Badge>
              )}
            </Group>
          </li>
        ) : null}
      </ul>
    </Card>
  )
}

export function Tags(props: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const command = useCommand(props)
  const barred = useDisabledReason()('customers:write')
  const [tag, setTag] = useState('')
  return (
    <Card title={t('customers.tags')}>
      <Group gap={6} mb={8}>
        {props.data.tags.length === 0 ? <Text c="dimmed">{t('customers.noTags')}</Text> : null}
        {props.data.tags.map(item => (
          <Tooltip key={item.name} label={`${item.source} · ${say.exact(item.at)}`}>
            <span className="chip">
              {item.name}
              <ActionIcon
                size={16}
                variant="transparent"
                color="gray"
                disabled={barred !== null}
                aria-label={t('customers.removeTag', { tag: item.name })}
                onClick={() => command.run({ do: 'remove_tag', tag: item.name })}
              >
                <IconX size={12} />
              </ActionIcon>
            </span>
          </Tooltip>
        ))}
      </Group>
      <Row
        submit={() => {
          command.run({ do: 'add_tag', tag: tag.trim() })
          setTag('')
        }}
      >
        <TextInput
          size="xs"
          aria-label={t('customers.addTag')}
          placeholder={t('customers.addTag')}
          maxLength={100}
          value={tag}
          onChange={e => setTag(e.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Guarded
          scope="customers:write"
          size="xs"
          variant="default"
          type="submit"
          disabled={tag.trim() === ''}
        >
          {t('common.add')}
        </Guarded>
      </Row>
    </Card>
  )
}

export function Traits(props: Props) {
  const { t } = useTranslation()
  const command = useCommand(props)
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  return (
    <Card title={t('customers.traits')}>
      {props.data.traits.length === 0 ? (
        <Text c="dimmed" mb={8}>
          {t('customers.noTraits')}
        </Text>
      ) : null}
      <ul className="plain">
        {props.data.traits.map(trait => (
          <li key={trait.name} style={{ padding: '4px 0' }}>
            <Group justify="space-between" gap={8} wrap="nowrap" align="baseline">
              <Text size="sm" c="dimmed">
                {trait.name}
              </Text>
              <Tooltip
                label={
                  <>
                    {trait.source} · <Time at={trait.at} />
                  </>
                }
              >
                <Text style={{ overflowWrap: 'anywhere', textAlign: 'end' }}>
                  {typeof trait.value === 'string' ? trait.value : JSON.stringify(trait.value)}
                </Text>
              </Tooltip>
            </Group>
          </li>
        ))}
      </ul>
      <Row
        submit={() => {
          command.run({ do: 'set_traits', traits: { [name.trim()]: value === '' ? null : value } })
          setName('')
          setValue('')
        }}
      >
        <TextInput
          size="xs"
          aria-label={t('customers.traitName')}
          placeholder={t('customers.traitName')}
          value={name}
          onChange={e => setName(e.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <TextInput
          size="xs"
          aria-label={t('customers.traitValue')}
          placeholder={t('customers.traitValue')}
          value={value}
          onChange={e => setValue(e.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Guarded
          scope="customers:write"
          size="xs"
          variant="default"
          type="submit"
          disabled={name.trim() === ''}
        >
          {t('common.save')}
        </Guarded>
      </Row>
    </Card>
  )
}

export function Enrollments(props: Props) {
  const { t } = useTranslation()
  const say = useSay()
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
                  {e.endedAt === null && e.nodeTitle ? ` · ${t('customers.at')} ${e.nodeTitle}` : ''}
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
        <Row
          submit={() => {
            if (journey) command.run({ do: 'enroll', journey })
            setJourney(null)
          }}
        >
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
        </Row>
      ) : null}
    </Card>
  )
}

function Row({ submit, children }: { submit: () => void; children: ReactNode }) {
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        submit()
      }}
    >
      <Group gap={6} mt={8} wrap="nowrap">
        {children}
      </Group>
    </form>
  )
}
