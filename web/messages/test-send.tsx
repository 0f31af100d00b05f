// A button that sends a content to test recipients: to oneself, to seed lists, filled in as for any customer.
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { PersonPick } from '../journey/person-pick.tsx'
import { A } from '../parts/link.tsx'
import { Guarded } from '../parts/small.tsx'
import { ThatIsMe } from '../settings/test-recipients.tsx'
import { useSay } from '../use.ts'

type Content = In<'testSend'>['content']

export function TestSend({
  ws,
  content,
  account,
  size = 'xs',
}: {
  ws: string
  content: Content
  account?: string | undefined
  size?: 'xs' | 'sm'
}) {
  const { t } = useTranslation()
  const [opened, dialog] = useDisclosure(false)
  return (
    <>
      <Guarded
        scope="messages:write"
        size={size}
        variant="default"
        leftSection={<IconSend size={14} />}
        onClick={dialog.open}
      >
        {t('testSend.button')}
      </Guarded>
      <Modal opened={opened} onClose={dialog.close} title={t('testSend.title')} centered>
        {opened ? <Form ws={ws} content={content} account={account} close={dialog.close} /> : null}
      </Modal>
    </>
  )
}

function Form({
  ws,
  content,
  account,
  close,
}: {
  ws: string
  content: Content
  account: string | undefined
  close: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const { data } = useApi('testRecipients', { ws })
  const [self, toSelf] = useState(false)
  const [lists, choose] = useState<string[]>([])
  const [as, fillAs] = useState<string | null>(null)
  const send = useAct('testSend', {
    after: ({ sent }) => {
      notifications.show({ message: t('testSend.sent', { n: say.count(sent.length) }), color: 'green' })
      close()
    },
  })
  const nameless = t('testSend.nameless')
  const form = (
    <form
      onSubmit={event => {
        event.preventDefault()
        send.mutate({ ws, body: { content, account, self, lists, as: as ?? undefined } })
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('testSend.text')}
        </Text>
        <Checkbox.Group label={t('testSend.to')} value={lists} onChange={choose}>
          <Stack gap={8} mt={6}>
            {(data?.lists ?? []).map(l => (
              <Checkbox
                key={l.name}
                value={l.name}
                label={t('testSend.list', { name: l.name, n: say.count(l.members.length) })}
              />
            ))}
            {data && data.lists.length === 0 ? (
              <A size="sm" to="/w/$ws/settings" params={{ ws }} search={{ tab: 'sending' }}>
                {t('testSend.noLists')}
              </A>
            ) : null}
          </Stack>
        </Checkbox.Group>
        {data?.self ? (
          <Checkbox
            checked={self}
            onChange={e => toSelf(e.currentTarget.checked)}
            label={t('testSend.self', { name: data.self.name ?? nameless })}
          />
        ) : null}
        <PersonPick ws={ws} value={as} choose={fillAs} label={t('testSend.as')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending} disabled={!self && lists.length === 0}>
            {t('testSend.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
  // its own confirmation is a form: beside ours, not within
  return data && !data.self ? (
    <Stack>
      <ThatIsMe ws={ws} label={t('testSend.whoAreYou')} />
      {form}
    </Stack>
  ) : (
    form
  )
}
