// The panel of the question why, in a journey: a customer, and the journey or one of its nodes.
import { CloseButton, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../parts/page.tsx'
import { nodeTitle } from './in-words.ts'
import { PersonPick } from './person-pick.tsx'
import type { PanelProps } from './slot.ts'
import { WhyAnswer } from './why-answer.tsx'

export function Panel({ ws, data, graph, node, close }: PanelProps) {
  const { t } = useTranslation()
  const [customer, setCustomer] = useState<string | null>(null)
  const [at, setAt] = useState<string | null>(node ?? null)
  return (
    <Card title={t('why.title')} aside={<CloseButton aria-label={t('common.close')} onClick={close} />}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('why.lead')}
        </Text>
        <PersonPick ws={ws} value={customer} choose={setCustomer} />
        <Select
          label={t('why.node')}
          placeholder={t('why.wholeJourney')}
          clearable
          data={Object.entries(graph.nodes).map(([id, n]) => ({ value: id, label: nodeTitle(n) }))}
          value={at}
          onChange={setAt}
        />
        {customer === null ? null : (
          <WhyAnswer
            ws={ws}
            customer={customer}
            about={at === null ? { journey: data.id } : { journey: data.id, node: at }}
          />
        )}
      </Stack>
    </Card>
  )
}
