// On a customer's page: the segments they are in, and why.
import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { WhyLines } from '../rules/why.tsx'

export function CustomerSegments({ ws, customer }: { ws: string; customer: string }) {
  const { t } = useTranslation()
  const query = useApi('customerSegments', { ws, customer })
  return (
    <Card title={t('inSegments.title')}>
      <Show query={query} rows={3}>
        {data =>
          data.items.length === 0 ? (
            <Text c="dimmed">{t('inSegments.none')}</Text>
          ) : (
            <Vocabular ws={ws}>
              <ul className="plain">
                {data.items.map(item => (
                  <Membership key={item.segment} ws={ws} of={item} />
                ))}
              </ul>
            </Vocabular>
          )
        }
      </Show>
    </Card>
  )
}

function Membership({ ws, of }: { ws: string; of: Out<'customerSegments'>['items'][number] }) {
  const { t } = useTranslation()
  const [opened, open] = useState(false)
  return (
    <li>
      <Group justify="space-between" gap={8} wrap="nowrap">
        <div>
          <A to="/w/$ws/segments/$segment" params={{ ws, segment: of.segment }} fw={550}>
            {of.name}
          </A>
          {of.kind === 'partition' ? <span className="dim"> · {of.groupName || of.group}</span> : null}
          <Text size="xs" c="dimmed">
            {t('inSegments.sinceWord')} <Time at={of.since} />
          </Text>
        </div>
        <Button
          size="compact-xs"
          variant="default"
          aria-expanded={opened}
          aria-label={t('inSegments.whyOf', { name: of.name })}
          onClick={() => open(!opened)}
        >
          {t('inSegments.why')}
        </Button>
      </Group>
      {opened ? (
        <div className="why">
          {of.rule === null ? (
            t(of.kind === 'static' ? 'inSegments.listWhy' : 'inSegments.restWhy')
          ) : (
            <WhyLines rule={of.rule as Rule} why={of.why} />
          )}
        </div>
      ) : null}
    </li>
  )
}
