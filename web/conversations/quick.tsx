// Ready texts: taken into what is being written, as they read for this customer; made and deleted here.
import { Button, Group, Menu, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconBolt } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'
import { RemoveButton } from '../parts/table.tsx'

export function QuickReplies({
  ws,
  customer,
  take,
}: {
  ws: string
  customer: string
  take: (text: string) => void
}) {
  const { t } = useTranslation()
  const [managing, manage] = useState(false)
  const list = useApi('quickReplies', { ws, query: { customer } })
  const items = list.data?.items ?? []
  return (
    <>
      <Menu position="top-end" withinPortal>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" leftSection={<IconBolt size={14} aria-hidden />}>
            {t('inbox.quick')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {items.length === 0 ? <Menu.Label>{t('inbox.noQuick')}</Menu.Label> : null}
          {items.map(q => (
            <Menu.Item key={q.id} onClick={() => take(q.filled ?? q.text)}>
              {q.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => manage(true)}>{t('inbox.manageQuick')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {managing ? <Manage ws={ws} close={() => manage(false)} /> : null}
    </>
  )
}

function Manage({ ws, close }: { ws: string; close: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const list = useApi('quickReplies', { ws, query: {} })
  const save = useAct('saveQuickReply', {
    done: t('common.saved'),
    after: () => {
      setName('')
      setText('')
    },
  })
  const remove = useAct('deleteQuickReply')
  return (
    <Modal opened onClose={close} title={t('inbox.quick')}>
      <ul className="plain rows">
        {(list.data?.items ?? []).map(q => (
          <li key={q.id}>
            <Group justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text fw={550}>{q.name}</Text>
                <Text size="sm" c="dimmed">
                  {q.text}
                </Text>
              </div>
              <RemoveButton
                label={t('inbox.remove', { name: q.name })}
                run={() => remove.mutate({ ws, reply: q.id })}
              />
            </Group>
          </li>
        ))}
      </ul>
      <form
        onSubmit={event => {
          event.preventDefault()
          save.mutate({ ws, reply: 'new', body: { name, text } })
        }}
      >
        <Stack gap="xs" mt="sm">
          <TextInput
            required
            label={t('inbox.quickName')}
            maxLength={60}
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <Textarea
            required
            autosize
            minRows={2}
            label={t('inbox.quickText')}
            placeholder="{{ customer.name }} …"
            maxLength={2000}
            value={text}
            onChange={e => setText(e.currentTarget.value)}
          />
          <Guarded scope="conversations:write" type="submit" loading={save.isPending}>
            {t('inbox.newQuick')}
          </Guarded>
        </Stack>
      </form>
    </Modal>
  )
}
