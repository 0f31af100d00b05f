// The list of conversations: who waits, for whom, since when.
import { Group, Text } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { word } from '../i18n.ts'
import { Badge, Channel, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'

export type Conversation = Out<'conversations'>['items'][number]
export type Chosen = { customer: string; channel: string }

const TONE = { open: 'wait', waiting: 'good', closed: 'skip' } as const

export function Status({ status }: { status: Conversation['status'] }) {
  const { t } = useTranslation()
  return <Badge tone={TONE[status]}>{t(`inbox.${status}`)}</Badge>
}

export function ConversationList({
  items,
  chosen,
  choose,
  filtered,
}: {
  items: Conversation[]
  chosen: Chosen | null
  choose: (of: Chosen) => void
  filtered: boolean
}) {
  const { t } = useTranslation()
  if (items.length === 0)
    return (
      <Empty
        icon={<IconMessages />}
        title={t(filtered ? 'inbox.noneFound' : 'inbox.empty')}
        text={t(filtered ? 'inbox.noneFoundText' : 'inbox.emptyText')}
      />
    )
  return (
    <ul className="plain" aria-label={t('inbox.list')}>
      {items.map(item => (
        <li key={`${item.customer}/${item.channel}`} style={{ padding: 0, border: 0 }}>
          <button
            type="button"
            className="inbox-item"
            aria-current={item.customer === chosen?.customer && item.channel === chosen.channel}
            onClick={() => choose({ customer: item.customer, channel: item.channel })}
          >
            <Item item={item} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Item({ item }: { item: Conversation }) {
  const { t } = useTranslation()
  const words = item.lastText ?? word('entryKind', item.lastKind)
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap={8}>
        <Text fw={item.unread > 0 ? 700 : 500} className="inbox-line">
          {item.customerName ?? t('customers.anonymous')}
        </Text>
        <Text size="xs" c="dimmed" className="nowrap">
          <Time at={item.lastAt} />
        </Text>
      </Group>
      <Text size="sm" c={item.unread > 0 ? undefined : 'dimmed'} className="inbox-line">
        {item.lastSide === 'team' ? t('inbox.you') : ''}
        {words}
      </Text>
      <Group gap={6} mt={2}>
        <Channel name={item.channel} />
        <Status status={item.status} />
        {item.unread > 0 ? <Badge tone="accent">{t('inbox.unread', { n: item.unread })}</Badge> : null}
        {item.handedTo ? <Badge tone="skip">{t('inbox.handed', { to: item.handedTo })}</Badge> : null}
        {item.answering ? (
          <Text size="xs">{t('inbox.answering', { name: item.answering.name })}</Text>
        ) : item.assignee ? (
          <Text size="xs" c="dimmed">
            {item.assignee.name}
          </Text>
        ) : null}
      </Group>
    </>
  )
}
