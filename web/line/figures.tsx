// What LINE says in numbers: the plan's messages and friends of each account; opens and clicks of journeys' messages.
import { Group, Stack, Table, Text } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { NodeLink } from '../journey/node-name.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Figure, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Account = Out<'lineAccounts'>['items'][number]

export function Figures({ ws }: { ws: string }) {
  const accounts = useApi('lineAccounts', { ws })
  return (
    <Stack>
      <Show query={accounts}>
        {({ items }) => items.map(a => <AccountFigures key={a.id} ws={ws} account={a} />)}
      </Show>
      <Units ws={ws} />
    </Stack>
  )
}

function AccountFigures({ ws, account }: { ws: string; account: Account }) {
  const { t } = useTranslation()
  const say = useSay()
  const take = useAct('takeLineQuota', { done: t('line.quotaTaken') })
  const { quota, friends } = account
  return (
    <Card
      title={`${account.name} · ${t('line.figuresAccounts')}`}
      aside={
        quota?.limit ? (
          <Guarded
            scope="channels:write"
            size="xs"
            variant="default"
            loading={take.isPending}
            onClick={() => take.mutate({ ws, account: account.id })}
          >
            {t('line.takeQuota')}
          </Guarded>
        ) : null
      }
    >
      {quota || friends ? (
        <Stack gap={4}>
          <Group gap="xl">
            {quota ? <Figure label={t('line.used')} value={say.count(quota.used)} /> : null}
            {quota ? (
              <Figure
                label={t('line.limit')}
                value={quota.limit === null ? t('line.noLimit') : say.count(quota.limit)}
              />
            ) : null}
            {friends ? <Figure label={t('line.followers')} value={say.count(friends.followers)} /> : null}
            {friends ? <Figure label={t('line.blocks')} value={say.count(friends.blocks)} /> : null}
          </Group>
          {friends ? (
            <Text size="xs" c="dimmed">
              {t('line.asOf', { day: friends.day })}
            </Text>
          ) : null}
        </Stack>
      ) : (
        <Text c="dimmed">{t('line.notAnswered')}</Text>
      )}
    </Card>
  )
}

/** @param journey public id; left out: all */
export function Units({ ws, journey }: { ws: string; journey?: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('lineInsight', { ws, query: journey === undefined ? {} : { journey } })
  return (
    <Card title={t('line.units')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('line.unitsText')}
      </Text>
      <Show query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconChartBar />} title={t('line.unitsEmpty')} text={t('line.unitsEmptyText')} />
          ) : (
            <Scroll label={t('line.units')}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('line.journey')}</Table.Th>
                    <Table.Th>{t('line.node')}</Table.Th>
                    <Table.Th>{t('line.version')}</Table.Th>
                    <Table.Th>{t('line.sent')}</Table.Th>
                    <Table.Th>{t('line.opened')}</Table.Th>
                    <Table.Th>{t('line.clicked')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map(u => {
                    const figure = (n: number | null) =>
                      n === null ? t(u.asked ? 'line.fewer' : 'line.tomorrow') : say.count(n)
                    return (
                      <Table.Tr key={`${u.journey} ${u.version} ${u.node}`}>
                        <Table.Td>{u.journeyName}</Table.Td>
                        <Table.Td>
                          <NodeLink node={u.nodeName} at={u} />
                        </Table.Td>
                        <Table.Td>{u.version}</Table.Td>
                        <Table.Td>{u.from === u.to ? u.from : `${u.from} – ${u.to}`}</Table.Td>
                        <Table.Td>{figure(u.opened)}</Table.Td>
                        <Table.Td>{figure(u.clicked)}</Table.Td>
                      </Table.Tr>
                    )
                  })}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Show>
    </Card>
  )
}
