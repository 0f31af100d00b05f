// A button that sends a content to test recipients: to oneself, to seed lists, filled in as for any customer; and says of each what
// became of it.
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { PersonPick } from '../journey/person-pick.tsx'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Guarded, StateBadge } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
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
  const send = useAct('testSend')
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
  if (send.data) return <Results ws={ws} sent={send.data.sent} again={send.reset} close={close} />
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

const ASK_MS = 700
const PENDING = ['intended', 'claimed', 'sending']

/** One row a recipient, until all have an end: a test that nobody gets says why. */
function Results({
  ws,
  sent,
  again,
  close,
}: {
  ws: string
  sent: Out<'testSend'>['sent']
  again: () => void
  close: () => void
}) {
  const { t } = useTranslation()
  const [over, end] = useState(false)
  const query = useApi(
    'messages',
    { ws, query: { ids: sent.map(s => s.message).join(','), limit: 50 } },
    { refetchInterval: over ? false : ASK_MS },
  )
  const items = query.data?.items
  const ended = items !== undefined && !items.some(m => PENDING.includes(m.state))
  if (ended !== over) end(ended)
  return (
    <Stack>
      <Show query={query} rows={2}>
        {data => (
          <div role="status" aria-label={t('testSend.results')}>
            <ul className="plain">
              {data.items.map(m => (
                <li key={m.id}>
                  <Group gap="xs">
                    <Text>{m.customerName ?? t('testSend.nameless')}</Text>
                    <StateBadge state={m.state} />
                    {m.reason ? <Text size="sm">{word('reason', m.reason)}</Text> : null}
                  </Group>
                </li>
              ))}
            </ul>
          </div>
        )}
      </Show>
      <Group justify="flex-end">
        <Button variant="default" onClick={again}>
          {t('testSend.again')}
        </Button>
        <Button onClick={close}>{t('common.close')}</Button>
      </Group>
    </Stack>
  )
}
