// The workspace clock of a sandbox: shows its time, moves it forward, and says how far a running jump is.
import { Button, Group, Loader, Popover, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconClock, IconPlayerTrackNext } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { instantOf, wallTime } from '../format.ts'
import { useDisabledReason, useNow, useSay, useWorkspace } from '../use.ts'

const HOUR = 3_600_000
const STEPS = [
  ['hour', HOUR],
  ['day', 24 * HOUR],
  ['week', 7 * 24 * HOUR],
] as const

export function Clock() {
  const { t } = useTranslation()
  const say = useSay()
  const { workspace } = useWorkspace()
  const now = useNow(1_000)
  const moving = workspace?.clockTarget ?? null
  return (
    <Popover width={340} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className="search-button"
          style={{ width: 'auto', maxWidth: 'none' }}
          aria-label={`${t('clock.title')}: ${say.short(now)}`}
        >
          {moving ? <Loader size={14} /> : <IconClock size={16} aria-hidden />}
          <time dateTime={new Date(now).toISOString()}>{say.short(now)}</time>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <ClockControl />
      </Popover.Dropdown>
    </Popover>
  )
}

export function ClockControl({ compact }: { compact?: boolean }) {
  const { t } = useTranslation()
  const say = useSay()
  const { ws, workspace } = useWorkspace()
  const now = useNow(1_000)
  const [to, setTo] = useState('')
  const move = useAct('setClock', { done: t('clock.done') })
  const moving = workspace?.clockTarget ?? null
  // a jump goes in steps: ask for the present step while one runs
  useApi('workspace', { ws }, { refetchInterval: moving ? 500 : false })
  const barred = useDisabledReason()('sandbox:use')
  const zone = workspace?.timezone ?? 'Asia/Taipei'
  const go = (at: number) => move.mutate({ ws, body: { to: new Date(at).toISOString() } })
  return (
    <Stack gap={8}>
      {compact ? null : (
        <div>
          <Text fw={600}>{t('clock.title')}</Text>
          <Text size="xs" c="dimmed">
            {t('clock.why')}
          </Text>
        </div>
      )}
      <Group gap={8} justify="space-between">
        <Text fw={600} className="num">
          <time dateTime={new Date(now).toISOString()}>{say.exact(now)}</time>
        </Text>
        <Text size="xs" c="dimmed">
          {t('clock.zone', { zone })}
        </Text>
      </Group>
      {moving ? (
        <Group gap={8} role="status">
          <Loader size={14} />
          <Text size="sm">{t('clock.moving', { time: say.exact(moving) })}</Text>
        </Group>
      ) : null}
      <Group gap={6}>
        {STEPS.map(([name, ms]) => (
          <Button
            key={name}
            size="xs"
            variant="light"
            leftSection={<IconPlayerTrackNext size={14} />}
            disabled={barred !== null || moving !== null}
            loading={move.isPending}
            onClick={() => move.mutate({ ws, body: { byMs: ms } })}
          >
            {t(`clock.${name}`)}
          </Button>
        ))}
      </Group>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (to) go(instantOf(to, zone))
        }}
      >
        <Group gap={6} align="flex-end" wrap="nowrap">
          <TextInput
            type="datetime-local"
            size="xs"
            label={t('clock.to')}
            style={{ flex: 1 }}
            value={to}
            min={wallTime(now, zone)}
            onChange={e => setTo(e.currentTarget.value)}
          />
          <Button
            size="xs"
            type="submit"
            variant="default"
            disabled={!to || barred !== null || moving !== null}
          >
            {t('clock.go')}
          </Button>
        </Group>
      </form>
      {barred ? (
        <Text size="xs" c="dimmed">
          {barred}
        </Text>
      ) : null}
    </Stack>
  )
}
