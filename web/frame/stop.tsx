// The emergency stop in the top bar, and what says that it is on.
import { ActionIcon, Button, Group, Modal, Select, Stack, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES, type ChannelName } from '../../src/channels/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { useDisabledReason, useSay } from '../use.ts'

const ALL = 'all'

function useSending(ws: string) {
  const barred = useDisabledReason()('messages:read')
  return useApi('sending', { ws }, { enabled: !barred })
}

export function StopButton({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const [opened, dialog] = useDisclosure(false)
  const [what, choose] = useState<string>(ALL)
  const { data } = useSending(ws)
  const stop = useAct('stopSending', { done: t('stopSending.done'), after: dialog.close })
  const release = useAct('releaseSending', { done: t('stopSending.released'), after: dialog.close })
  if (!data) return null
  const on = data.stopped || data.channels.length > 0
  const body = what === ALL ? {} : { channel: what as ChannelName }
  const isOn = what === ALL ? data.stopped : data.channels.includes(what as ChannelName)
  return (
    <>
      <Tooltip label={t('stopSending.button')}>
        <ActionIcon
          variant={on ? 'filled' : 'subtle'}
          color={on ? 'red.9' : 'gray'}
          size="lg"
          aria-label={t('stopSending.button')}
          onClick={dialog.open}
        >
          <IconHandStop size={19} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={dialog.close} title={t('stopSending.title')} centered>
        <Stack>
          <Text>{t('stopSending.text')}</Text>
          <Text size="sm" c="dimmed">
            {t('stopSending.waiting', { n: say.count(data.waiting) })}
          </Text>
          <Select
            label={t('stopSending.what')}
            allowDeselect={false}
            value={what}
            onChange={next => choose(next ?? ALL)}
            data={[
              { value: ALL, label: t('stopSending.all') },
              ...CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) })),
            ].map(o => ({
              ...o,
              label: (o.value === ALL ? data.stopped : data.channels.includes(o.value as ChannelName))
                ? `${o.label} · ${t('stopSending.stopped')}`
                : o.label,
            }))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {t('common.cancel')}
            </Button>
            {isOn ? (
              <Guarded
                scope="messages:write"
                loading={release.isPending}
                onClick={() => release.mutate({ ws, body })}
              >
                {t('stopSending.release')}
              </Guarded>
            ) : (
              <Guarded
                scope="messages:write"
                color="red.9"
                loading={stop.isPending}
                onClick={() => stop.mutate({ ws, body })}
              >
                {t('stopSending.stop')}
              </Guarded>
            )}
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

/** Channels that are stopped while the rest goes on; a stop of everything has a banner of its own. */
export function StoppedBanner({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const { data } = useSending(ws)
  if (!data || data.channels.length === 0) return null
  const what = say.list(data.channels.map(c => word('channel', c)))
  return (
    <div className="banner banner-wait" role="status">
      {t('stopSending.isStopped', { what, held: say.count(data.held) })}
    </div>
  )
}
