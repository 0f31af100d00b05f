// A LINE account's messages of this month beside what its plan allows, in one line, for the page of channels.
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { useSay } from '../use.ts'

export function LineUse({ ws, account }: { ws: string; account: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('lineAccounts', { ws })
  if (!query.data) return null
  const quota = query.data.items.find(a => a.id === account)?.quota
  return (
    <Text size="sm" c="dimmed">
      {quota
        ? t('line.usedOf', {
            used: say.count(quota.used),
            limit: quota.limit === null ? t('line.noLimit') : say.count(quota.limit),
          })
        : t('line.notAnswered')}
    </Text>
  )
}
