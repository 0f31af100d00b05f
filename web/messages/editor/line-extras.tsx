// What a LINE message has beside its kind: quick replies under it, and the name and picture it comes under.
import { Group, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { text } from '../../journey/say/values.ts'
import { PairRows } from './pair-rows.tsx'

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
      <PairRows<Reply>
        rows={replies}
        fields={[
          {
            label: n => t('editor.replyLabel', { n }),
            value: r => r.label,
            write: (r, label) => ({ ...r, label }),
            max: 20,
            width: 130,
          },
          {
            label: n => t('editor.replySays', { n }),
            value: r => r.text,
            write: (r, said) => ({ ...r, text: said }),
            max: 300,
          },
        ]}
        most={MOST_REPLIES - others.length}
        fresh={{ label: '', text: '' }}
        add={t('editor.addReply')}
        remove={n => t('editor.removeReply', { n })}
        readOnly={readOnly}
        change={write}
      />
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
