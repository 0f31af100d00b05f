// Orders of every sales channel in one list: online and store rows with their badge, status, what was bought.
import { Anchor, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Badge, SalesChannel, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import type { Part } from './command.ts'

type Order = Out<'customerOrders'>['items'][number]
const SHOWN = 5

export function Orders({ ws, data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const o = data.orders
  const query = useApi('customerOrders', { ws, customer: data.id }, { enabled: o !== null })
  const [all, showAll] = useState(false)
  const bySales = o?.salesChannels ?? []
  return (
    <Card
      title={t('customers.orders')}
      flush
      aside={
        o === null ? null : (
          <Group gap="md">
            {bySales.map(c => (
              <Text key={c.salesChannel} size="sm" c="dimmed" component="span">
                <SalesChannel name={c.salesChannel} />{' '}
                {t('person.channelLine', { n: say.count(c.count), money: say.money(c.revenue, o.currency) })}
              </Text>
            ))}
            {o.margin === null ? null : (
              <Text size="sm" c="dimmed" component="span">
                {t('person.margin', { money: say.money(o.margin, o.currency) })}
              </Text>
            )}
          </Group>
        )
      }
    >
      {o === null ? (
        <Text c="dimmed" className="card-body">
          {t('person.noOrdersText')}
        </Text>
      ) : (
        <Show query={query} rows={4}>
          {found => (
            <>
              <Scroll label={t('customers.orders')}>
                <table className="table orders-table">
                  <thead>
                    <tr>
                      <th>{t('person.orderNo')}</th>
                      <th>{t('person.orderAt')}</th>
                      <th>{t('metrics.salesChannel')}</th>
                      <th>{t('common.status')}</th>
                      <th className="end">{t('person.net')}</th>
                    </tr>
                  </thead>
                  {(all ? found.items : found.items.slice(0, SHOWN)).map(order => (
                    <OrderRows key={order.orderNo} order={order} />
                  ))}
                </table>
              </Scroll>
              {found.items.length > SHOWN ? (
                <Group justify="center" p={8}>
                  <Anchor component="button" type="button" size="sm" onClick={() => showAll(!all)}>
                    {t(all ? 'person.fewer' : 'person.allOrders', { n: say.count(found.items.length) })}
                  </Anchor>
                </Group>
              ) : null}
            </>
          )}
        </Show>
      )}
    </Card>
  )
}

const TONE = {
  placed: 'wait',
  paid: 'good',
  shipped: 'good',
  ready: 'wait',
  picked_up: 'good',
  cancelled: 'skip',
} as const satisfies Record<Order['status'], 'wait' | 'good' | 'skip'>

function OrderRows({ order }: { order: Order }) {
  const { t } = useTranslation()
  const say = useSay()
  const [open, setOpen] = useState(false)
  const back =
    order.refunded !== 'none'
      ? t(order.refunded === 'whole' ? 'person.refundedWhole' : 'person.refundedPart')
      : order.returned !== 'none'
        ? t(order.returned === 'whole' ? 'person.returnedWhole' : 'person.returnedPart')
        : null
  return (
    <tbody>
      <tr>
        <td>
          <Anchor component="button" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {order.orderNo}
          </Anchor>
          <Text size="xs" c="dimmed" lineClamp={1}>
            {say.list(order.lines.map(l => l.name ?? l.sku ?? l.productId ?? ''))}
          </Text>
        </td>
        <td className="nowrap">
          <Time at={order.placedAt} exact />
        </td>
        <td className="nowrap">
          <SalesChannel name={order.salesChannel} />
          {order.store ? (
            <Text size="xs" c="dimmed" component="span">
              {' '}
              {order.store}
            </Text>
          ) : null}
        </td>
        <td className="nowrap">
          <Badge tone={TONE[order.status]}>{t(`orderStatus.${order.status}`)}</Badge>{' '}
          {back ? <Badge tone="bad">{back}</Badge> : null}
        </td>
        <td className="end nowrap">
          {say.money(order.net, order.currency)}
          {order.net === order.total ? null : (
            <Text size="xs" c="dimmed" td="line-through" component="div">
              {say.money(order.total, order.currency)}
            </Text>
          )}
        </td>
      </tr>
      {open ? <OrderDetail order={order} /> : null}
    </tbody>
  )
}

/** Under an opened row: what was bought, and what became of the order. */
function OrderDetail({ order }: { order: Order }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <tr className="order-detail">
      <td colSpan={5}>
        <ul className="plain">
          {order.lines.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one order have no id of their own
            <li key={i}>
              <Group justify="space-between" gap={8} wrap="nowrap">
                <Text size="sm">
                  {line.name ?? line.sku ?? line.productId ?? '—'}
                  {line.variant ? ` · ${line.variant}` : ''}
                  {line.returned > 0 ? ` · ${t('person.cameBack', { n: say.count(line.returned) })}` : ''}
                </Text>
                <Text size="sm" className="num">
                  {say.count(line.quantity)}
                  {line.price === null ? '' : ` × ${say.money(line.price, order.currency)}`}
                </Text>
              </Group>
            </li>
          ))}
        </ul>
        <div className="props">
          {order.staff ? (
            <span>
              {t('person.staff')} <b>{order.staff}</b>
            </span>
          ) : null}
          {order.pickupStore ? (
            <span>
              {t('person.pickupStore')} <b>{order.pickupStore}</b>
            </span>
          ) : null}
          {order.coupon ? (
            <span>
              {t('person.coupon')} <b>{order.coupon}</b>
            </span>
          ) : null}
          {order.cost === null ? null : (
            <span>
              {t('metric.cost')} <b>{say.money(order.cost, order.currency)}</b>
            </span>
          )}
          <span>{t('customers.source', { source: order.source })}</span>
          {order.history.map((h, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries of one order have no id of their own
            <span key={i}>
              {word('fact', `order.${h.entry}`)} <b>{say.short(h.at)}</b>
            </span>
          ))}
        </div>
      </td>
    </tr>
  )
}
