// One of two people who are compared: what identifies them, what they bought, what is known.
import { Group, Text, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAttributeName } from '../customer/names.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { useSay } from '../use.ts'

export type Person = Out<'identityConflicts'>['items'][number]['people'][number]

export function usePersonName(): (person: Person) => string {
  const { t } = useTranslation()
  return person =>
    person.name ??
    person.identifiers.find(i => i.kind === 'member_no')?.value ??
    t(person.identifiers.some(i => i.verified) ? 'common.unnamed' : 'customers.anonymous')
}

export function SharedMark() {
  const { t } = useTranslation()
  return (
    <Tooltip label={t('identity.sharedHint')}>
      <span>
        <Badge tone="wait">{t('identity.shared')}</Badge>
      </span>
    </Tooltip>
  )
}

export function PersonCard({ ws, person, label }: { ws: string; person: Person; label?: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const nameOf = usePersonName()
  const attribute = useAttributeName()
  return (
    <section className="card" aria-label={nameOf(person)}>
      <div className="card-body">
        <Group justify="space-between" wrap="nowrap" mb={6}>
          <A to="/w/$ws/customers/$customer" params={{ ws, customer: person.id }} fw={600}>
            {nameOf(person)}
          </A>
          {label ? <Badge tone="accent">{label}</Badge> : null}
        </Group>
        <ul className="plain">
          {person.identifiers.map(i => (
            <li key={`${i.kind}:${i.value}`} style={{ padding: '3px 0' }}>
              <Group justify="space-between" wrap="nowrap" gap={8}>
                <Text size="sm">
                  <Text span c="dimmed" size="xs">
                    {word('identifier', i.kind)}
                  </Text>{' '}
                  <span className="mono">{i.value}</span>
                </Text>
                {i.shared ? <SharedMark /> : null}
              </Group>
            </li>
          ))}
        </ul>
        <Text size="sm" mt={8}>
          {person.orders && person.orders.count > 0
            ? t('identity.orders', {
                n: person.orders.count,
                money: say.money(person.orders.revenue, person.orders.currency),
              })
            : t('identity.noOrders')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('identity.journeys', { n: person.journeys })} · {t('identity.lastSeen')}{' '}
          <Time at={person.lastSeen} />
        </Text>
        {person.traits.length > 0 ? (
          <div className="props">
            {person.traits.slice(0, 12).map(trait => (
              <span key={trait.name}>
                {attribute(trait.name)}{' '}
                <b>{typeof trait.value === 'string' ? trait.value : JSON.stringify(trait.value)}</b>
              </span>
            ))}
          </div>
        ) : null}
      </div>
    </section>
  )
}
