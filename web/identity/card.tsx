// On a customer's page: who was merged in, taking that apart, merging with somebody, and who may live together.
import { Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { MergeDialog, UnmergeDialog } from './dialogs.tsx'

export function IdentityCard({ ws, data }: { ws: string; data: Pick<Out<'customer'>, 'id' | 'mergedFrom'> }) {
  const { t } = useTranslation()
  const [merging, setMerging] = useState(false)
  const [from, setFrom] = useState<string | null>(null)
  const hints = useApi('householdHints', { ws, customer: data.id })
  return (
    <Card title={t('identity.card')}>
      <Text size="sm" c="dimmed">
        {t(data.mergedFrom.length > 0 ? 'identity.mergedFrom' : 'identity.notMerged')}
      </Text>
      <ul className="plain">
        {data.mergedFrom.map(id => (
          <li key={id}>
            <Group justify="space-between" wrap="nowrap">
              <span className="mono">{id}</span>
              <Guarded
                scope="customers:merge"
                size="compact-xs"
                variant="default"
                aria-label={t('identity.unmergeOf', { id })}
                onClick={() => setFrom(id)}
              >
                {t('identity.unmerge')}
              </Guarded>
            </Group>
          </li>
        ))}
      </ul>
      {hints.data && hints.data.items.length > 0 ? (
        <>
          <Text size="sm" fw={550} mt={8}>
            {t('identity.household')}
          </Text>
          <Text size="xs" c="dimmed">
            {t('identity.householdText')}
          </Text>
          <ul className="plain">
            {hints.data.items.map(hint => (
              <li key={hint.id}>
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: hint.id }}>
                  {hint.name ?? t('common.unnamed')}
                </A>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Guarded scope="customers:merge" size="xs" variant="default" mt={10} onClick={() => setMerging(true)}>
        {t('identity.mergeWith')}
      </Guarded>
      <MergeDialog ws={ws} customer={data.id} opened={merging} close={() => setMerging(false)} />
      {from === null ? null : (
        <UnmergeDialog ws={ws} customer={data.id} from={from} opened close={() => setFrom(null)} />
      )}
    </Card>
  )
}
