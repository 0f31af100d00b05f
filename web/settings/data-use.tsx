// What each kind of event and attribute takes up, and which are kept for nothing.
import { Group, Switch, Text } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { useAttributeName } from '../customer/names.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { Card } from '../parts/page.tsx'
import { Badge, Definition, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Use = Out<'dataUse'>['items'][number]

export function DataUse({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const attribute = useAttributeName()
  const event = useEventLabel(ws)
  const [onlyUnused, setOnly] = useState(false)
  const query = useApi('dataUse', { ws })
  const price = (n: number, currency: string) =>
    new Intl.NumberFormat(say.locale, { style: 'currency', currency, maximumFractionDigits: 2 }).format(n)
  const cost = (n: number, currency: string) =>
    n < 0.01 ? t('privacy.under', { price: price(0.01, currency) }) : price(n, currency)
  return (
    <Card
      title={t('privacy.use')}
      aside={
        <Switch
          label={t('privacy.onlyUnused')}
          checked={onlyUnused}
          onChange={e => setOnly(e.currentTarget.checked)}
        />
      }
      flush
    >
      <Text c="dimmed" px="md" pt="sm">
        {t('privacy.useText')}
      </Text>
      <Show query={query} rows={4}>
        {({ items, currency, pricePerGb }) => {
          const shown = items.filter(i => !onlyUnused || i.unused)
          return shown.length === 0 ? (
            <Empty icon={<IconDatabase />} title={t('privacy.noUse')} text={t('privacy.noUseText')} />
          ) : (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('common.kind')}</th>
                    <th>{t('privacy.dataName')}</th>
                    <th className="num end">{t('privacy.rows')}</th>
                    <th className="num end">{t('privacy.bytes')}</th>
                    <th className="num end">
                      <Group gap={4} wrap="nowrap" justify="flex-end">
                        {t('privacy.cost')}
                        <Definition text={t('privacy.costDef', { price: cost(pricePerGb, currency) })} />
                      </Group>
                    </th>
                    <th>{t('privacy.lastAt')}</th>
                    <th>{t('privacy.usedBy')}</th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map(item => (
                    <tr key={`${item.kind}:${item.name}`}>
                      <td className="nowrap">{t(`privacy.${item.kind}`)}</td>
                      <td>{item.kind === 'event' ? event(item.name) : attribute(item.name)}</td>
                      <td className="num end">{say.count(item.rows)}</td>
                      <td className="num end">{say.bytes(item.bytes)}</td>
                      <td className="num end">{cost(item.costPerMonth, currency)}</td>
                      <td className="nowrap">{item.lastAt === null ? '—' : <Time at={item.lastAt} />}</td>
                      <td>
                        <UsedBy item={item} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }}
      </Show>
    </Card>
  )
}

function UsedBy({ item }: { item: Use }) {
  const { t } = useTranslation()
  if (item.unused) return <Badge tone="wait">{t('privacy.unused')}</Badge>
  const names = item.usedBy.map(name =>
    name === 'product' ? t('privacy.product') : name === 'settings' ? t('settings.title') : name,
  )
  if (item.purpose) names.push(t('privacy.purpose', { purpose: item.purpose }))
  return <>{names.join(' · ')}</>
}
