// What was delivered to a webhook, and what was answered: the newest first.
import { Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { Scroll } from '../parts/page.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'

const TONES = { waiting: 'wait', done: 'good', dead: 'bad' } as const

export function Deliveries({ ws, webhook }: { ws: string; webhook: string }) {
  const { t } = useTranslation()
  const query = useApi('webhookDeliveries', { ws, webhook, query: {} })
  return (
    <Show query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('webhooks.noDeliveries')}
          </Text>
        ) : (
          <Scroll label={t('webhooks.deliveries')}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  {(['time', 'type', 'state', 'tries', 'answer'] as const).map(name => (
                    <Table.Th key={name}>{t(`webhooks.${name}`)}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(d => (
                  <Table.Tr key={d.id}>
                    <Table.Td>
                      <Time at={d.at} />
                    </Table.Td>
                    <Table.Td className="mono">{d.type}</Table.Td>
                    <Table.Td>
                      <Badge tone={TONES[d.state]}>{t(`webhookState.${d.state}`)}</Badge>
                    </Table.Td>
                    <Table.Td>{d.attempts}</Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{d.error ?? d.status}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )
      }
    </Show>
  )
}
