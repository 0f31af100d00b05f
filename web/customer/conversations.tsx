// What this customer and the team said, on the customer's page: the clocks, and each channel's conversation, answered here.
import { Group, Tabs, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { Clocks } from '../conversations/clocks.tsx'
import { Thread } from '../conversations/thread.tsx'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { Badge } from '../parts/small.tsx'
import { useDisabledReason } from '../use.ts'
import type { Part } from './command.ts'

export function Conversations({ ws, data }: Part) {
  const { t } = useTranslation()
  const barred = useDisabledReason()('conversations:read') !== null
  const list = useApi(
    'conversations',
    { ws, query: { customer: data.id, status: 'all' } },
    { enabled: !barred },
  )
  const items = list.data?.items ?? []
  const [open, setOpen] = useState<string | null>(null)
  return (
    <Card title={t('inbox.card')}>
      <Clocks clocks={data.clocks} tight />
      {barred || items.length === 0 ? (
        <Text c="dimmed" size="sm" mt={8}>
          {barred ? null : t('inbox.cardNone')}
        </Text>
      ) : (
        <Tabs value={open} onChange={setOpen} mt="sm" keepMounted={false} allowTabDeactivation>
          <Tabs.List>
            {items.map(c => (
              <Tabs.Tab key={c.channel} value={c.channel}>
                <Group gap={6}>
                  {word('channel', c.channel)}
                  {c.unread > 0 ? <Badge tone="accent">{c.unread}</Badge> : null}
                </Group>
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {items.map(c => (
            <Tabs.Panel key={c.channel} value={c.channel} pt="sm">
              <Thread
                where={{ ws, customer: data.id, channel: c.channel }}
                back={() => setOpen(null)}
                clocks={false}
              />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </Card>
  )
}
