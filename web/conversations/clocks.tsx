// The clocks of a customer: what they did last, and the team's two, which are not one: the newest marketing message and the
// newest 1:1 message.
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Time } from '../parts/small.tsx'

export type ClocksData = { customer: string | null; marketing: string | null; team: string | null }

export function Clocks({ clocks, tight = false }: { clocks: ClocksData; tight?: boolean }) {
  const { t } = useTranslation()
  const rows = [
    [t('inbox.clockCustomer'), clocks.customer],
    [t('inbox.clockMarketing'), clocks.marketing],
    [t('inbox.clockTeam'), clocks.team],
  ] as const
  return (
    <Group gap={14} px={tight ? 0 : 16} pb={tight ? 0 : 8} component="dl" m={0}>
      {rows.map(([name, at]) => (
        <Group key={name} gap={6}>
          <Text size="xs" c="dimmed" component="dt">
            {name}
          </Text>
          <Text size="xs" component="dd" m={0}>
            {at === null ? t('inbox.never') : <Time at={at} />}
          </Text>
        </Group>
      ))}
    </Group>
  )
}
