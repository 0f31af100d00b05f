// The rules of the branches that were not taken, each as its sentence with what was seen.
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Unmet } from '../../src/journeys/unmet.ts'
import { WhyLines } from './why.tsx'

export function UnmetBranches({ unmet }: { unmet: Unmet[] }) {
  const { t } = useTranslation()
  return (
    <ul className="plain">
      {unmet.map(({ branch, rule, why }) => (
        <li key={branch}>
          <Text size="xs" c="dimmed">
            {t('why.notTaken', { branch })}
          </Text>
          <WhyLines rule={rule} why={why} />
        </li>
      ))}
    </ul>
  )
}
