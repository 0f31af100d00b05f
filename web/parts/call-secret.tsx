// The secret under which journeys call other systems: shown on demand, for whoever may set up channels.
import { Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { Card } from './page.tsx'
import { Copy, Guarded } from './small.tsx'
import { Wrong } from './state.tsx'

export function CallSecret({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  const { data, error } = useApi('callSecret', { ws }, { enabled: shown })
  return (
    <Card title={t('calls.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('calls.text')}
      </Text>
      {error ? (
        <Wrong error={error} />
      ) : data ? (
        <Group gap={6} wrap="nowrap">
          <Text className="mono" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {data.secret}
          </Text>
          <Copy value={data.secret} label={t('calls.copy')} />
        </Group>
      ) : (
        <Guarded
          scope="channels:write"
          variant="default"
          size="xs"
          leftSection={<IconKey size={15} aria-hidden />}
          onClick={() => setShown(true)}
        >
          {t('calls.show')}
        </Guarded>
      )}
    </Card>
  )
}
