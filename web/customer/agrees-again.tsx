// Somebody who was erased is back: what they agree to is written down, and sends go out again.
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'
import type { CustomerData, Part } from './command.ts'

type Channel = CustomerData['reachability'][number]['channel']

export function AgreesAgain({ ws, data, channel }: Part & { channel: Channel }) {
  const { t } = useTranslation()
  const [opened, open] = useState(false)
  const [text, setText] = useState('')
  const lift = useAct('liftErasureSuppression', { done: t('privacy.lifted'), after: () => open(false) })
  return (
    <>
      <Guarded scope="privacy:write" size="compact-xs" variant="light" mt={4} onClick={() => open(true)}>
        {t('privacy.lift')}
      </Guarded>
      <Modal opened={opened} onClose={() => open(false)} title={t('privacy.liftTitle')} centered>
        <form
          onSubmit={event => {
            event.preventDefault()
            lift.mutate({ ws, customer: data.id, body: { channel, proof: { text: text.trim() } } })
          }}
        >
          <Stack gap="sm">
            <Text>{t('privacy.liftText')}</Text>
            <Textarea
              label={t('privacy.agreedTo')}
              description={t('privacy.agreedToText')}
              required
              withAsterisk={false}
              autosize
              minRows={2}
              maxLength={2000}
              value={text}
              onChange={e => setText(e.currentTarget.value)}
              data-autofocus
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => open(false)}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={lift.isPending} disabled={text.trim() === ''}>
                {t('privacy.lift')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
