// What a LINE message has beside its kind: quick replies under it, and the name and picture it comes under.
import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { text } from '../../journey/say/values.ts'

type Message = Record<string, unknown>
type Reply = { label: string; text: string }
const MOST_REPLIES = 13

/** Those that say a text; others stay as they are. */
function repliesOf(message: Message): { replies: Reply[]; others: unknown[] } {
  const items = (message.quickReply as { items?: unknown } | undefined)?.items
  const list = Array.isArray(items) ? items : []
  const isReply = (i: unknown): boolean => (i as { action?: { type?: unknown } })?.action?.type === 'message'
  return {
    replies: list.filter(isReply).map(i => {
      const { action } = i as { action: Record<string, unknown> }
      return { label: text(action.label), text: text(action.text) }
    }),
    others: list.filter(i => !isReply(i)),
  }
}

export function LineExtras({
  message,
  readOnly,
  change,
}: {
  message: Message
  readOnly: boolean
  change: (message: Message) => void
}) {
  const { t } = useTranslation()
  const { replies, others } = repliesOf(message)
  const sender = (message.sender ?? {}) as { name?: unknown; iconUrl?: unknown }
  const write = (next: Reply[]) => {
    const { quickReply: _, ...rest } = message
    const items = [
      ...next.map(r => ({ type: 'action', action: { type: 'message', label: r.label, text: r.text } })),
      ...others,
    ]
    change(items.length === 0 ? rest : { ...rest, quickReply: { items } })
  }
  const from = (part: object) => {
    const { sender: _, ...rest } = message
    const said = Object.fromEntries(Object.entries({ ...sender, ...part }).filter(([, v]) => v !== ''))
    change(Object.keys(said).length === 0 ? rest : { ...rest, sender: said })
  }
  return (
    <Stack gap={6} mt={6}>
      {replies.map((reply, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: replies have no names; they are added and taken away
        <Group key={i} gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            w={130}
            maxLength={20}
            aria-label={t('editor.replyLabel', { n: i + 1 })}
            readOnly={readOnly}
            value={reply.label}
            onChange={e => write(replies.with(i, { ...reply, label: e.currentTarget.value }))}
          />
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            maxLength={300}
            aria-label={t('editor.replySays', { n: i + 1 })}
            readOnly={readOnly}
            value={reply.text}
            onChange={e => write(replies.with(i, { ...reply, text: e.currentTarget.value }))}
          />
          {readOnly ? null : (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('editor.removeReply', { n: i + 1 })}
              onClick={() => write(replies.toSpliced(i, 1))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {readOnly || replies.length + others.length >= MOST_REPLIES ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => write([...replies, { label: '', text: '' }])}
        >
          {t('editor.addReply')}
        </Button>
      )}
      <Group grow gap={6}>
        <TextInput
          size="xs"
          label={t('editor.senderName')}
          maxLength={20}
          readOnly={readOnly}
          value={text(sender.name)}
          onChange={e => from({ name: e.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label={t('editor.senderIcon')}
          maxLength={2000}
          readOnly={readOnly}
          value={text(sender.iconUrl)}
          onChange={e => from({ iconUrl: e.currentTarget.value })}
        />
      </Group>
    </Stack>
  )
}
