// When the team answers, and what is said at other times.
import {
  ActionIcon,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export function ConversationSettings({ ws, close }: { ws: string; close: () => void }) {
  const { t } = useTranslation()
  const query = useApi('conversationSettings', { ws })
  return (
    <Modal opened onClose={close} size="lg" title={t('inbox.settings')}>
      <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} close={close} />}</Show>
    </Modal>
  )
}

function Form({ ws, data, close }: { ws: string; data: Out<'conversationSettings'>; close: () => void }) {
  const { t } = useTranslation()
  const [hours, setHours] = useState(data.hours)
  const [away, setAway] = useState(data.away)
  const [markRead, setMarkRead] = useState(data.markRead)
  const save = useAct('saveConversationSettings', { done: t('common.saved'), after: close })
  const put = (i: number, change: Partial<(typeof hours)[number]>) =>
    setHours(hours.with(i, { ...hours[i]!, ...change }))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.mutate({ ws, body: { hours, away, markRead, version: data.version } })
      }}
    >
      <Stack gap="sm">
        <Text c="dimmed" size="sm">
          {t('inbox.settingsText')}
        </Text>
        {hours.length === 0 ? <Text size="sm">{t('inbox.noHours')}</Text> : null}
        {hours.map((h, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hours have no name
          <Group key={i} align="flex-end" gap="xs" wrap="nowrap">
            <Select
              label={t('inbox.day')}
              allowDeselect={false}
              data={DAYS.map(d => ({ value: d, label: word('weekday', d) }))}
              value={h.day}
              onChange={day => put(i, { day: day as (typeof DAYS)[number] })}
            />
            <TextInput
              type="time"
              required
              withAsterisk={false}
              label={t('inbox.from')}
              value={h.from}
              onChange={e => put(i, { from: e.currentTarget.value })}
            />
            <TextInput
              type="time"
              required
              withAsterisk={false}
              label={t('inbox.to')}
              value={h.to}
              onChange={e => put(i, { to: e.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('inbox.removeHours', { n: i + 1 })}
              onClick={() => setHours(hours.toSpliced(i, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => {
              const last = hours.at(-1)
              const day = last ? DAYS[(DAYS.indexOf(last.day) + 1) % 7]! : 'mon'
              setHours([...hours, { day, from: last?.from ?? '09:00', to: last?.to ?? '18:00' }])
            }}
          >
            {t('inbox.addHours')}
          </Button>
        </Group>
        <Switch
          label={t('inbox.awayOn')}
          checked={away.on}
          onChange={e => setAway({ ...away, on: e.currentTarget.checked })}
        />
        <Textarea
          autosize
          minRows={2}
          maxLength={1000}
          label={t('inbox.awayText')}
          required={away.on}
          value={away.text}
          onChange={e => setAway({ ...away, text: e.currentTarget.value })}
        />
        <Switch
          label={t('inbox.markRead')}
          checked={markRead}
          onChange={e => setMarkRead(e.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
