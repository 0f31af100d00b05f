// Stops or releases sending, in all or by channel.
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES, type ChannelName } from '../../src/channels/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { useSay } from '../use.ts'

const ALL = 'all'

export default function StopDialog({
  ws,
  data,
  close,
}: {
  ws: string
  data: Out<'sending'>
  close: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [what, choose] = useState<string>(ALL)
  const stop = useAct('stopSending', { done: t('stopSending.done'), after: close })
  const release = useAct('releaseSending', { done: t('stopSending.released'), after: close })
  const body = what === ALL ? {} : { channel: what as ChannelName }
  const isOn = what === ALL ? data.stopped : data.channels.includes(what as ChannelName)
  return (
    <Modal opened onClose={close} title={t('stopSending.title')} centered>
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
          <Button variant="default" onClick={close}>
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
  )
}
