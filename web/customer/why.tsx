// On a customer's page: why they entered a journey, or did not.
import { Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { WhyAnswer } from '../journey/why-answer.tsx'
import { Card } from '../parts/page.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'

export function CustomerWhy({ ws, customer }: { ws: string; customer: string }) {
  const { t } = useTranslation()
  const journeys = useApi('journeys', { ws })
  const [journey, setJourney] = useState<string | null>(null)
  const items = journeys.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Card title={t('why.title')}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('why.leadOfCustomer')}
        </Text>
        <Select
          searchable
          aria-label={t('why.journey')}
          placeholder={t('why.journey')}
          data={items.map(j => ({ value: j.id, label: j.name }))}
          value={journey}
          onChange={setJourney}
        />
        {journey === null ? null : (
          <Vocabular ws={ws}>
            <WhyAnswer ws={ws} customer={customer} about={{ journey }} />
          </Vocabular>
        )}
      </Stack>
    </Card>
  )
}
