// The send ledger: every intent and its outcome, the invariant above, one message in a drawer; and the suppression list.
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { ListTable, ShowList } from '../parts/list-table.tsx'
import { Alert, Button, Group, Select, Tabs, Text } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconSend } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { DeadLetters } from '../messages/dead-letters.tsx'
import { MessageDrawer } from '../messages/drawer.tsx'
import { A } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Channel, Definition, StateBadge, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/messages')
const STATES = [
  'intended',
  'claimed',
  'sending',
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'failed',
  'skipped',
  'unknown',
  'bounced',
  'complained',
  'blocked',
]

export function Messages() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab, message } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page wide title={t('messages.title')} lead={t('messages.lead')}>
      <Tabs
        value={tab ?? 'ledger'}
        onChange={value =>
          void navigate({ search: { tab: value === 'ledger' ? undefined : (value ?? undefined) } })
        }
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="ledger">{t('messages.ledger')}</Tabs.Tab>
          <Tabs.Tab value="dead">{t('dead.tab')}</Tabs.Tab>
          <Tabs.Tab value="suppressions">{t('messages.suppressions')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="ledger">
          <Ledger ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="dead">
          <DeadLetters
            ws={ws}
            open={id => void navigate({ search: previous => ({ ...previous, message: id }) })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="suppressions">
          <Suppressions ws={ws} />
        </Tabs.Panel>
      </Tabs>
      <MessageDrawer
        ws={ws}
        message={message}
        close={() => void navigate({ search: previous => ({ ...previous, message: undefined }) })}
      />
    </Page>
  )
}

function Ledger({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const { state, channel, journey, customer } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = (part: Record<string, string | null>) =>
    void navigate({
      search: previous => ({
        ...previous,
        ...Object.fromEntries(Object.entries(part).map(([k, v]) => [k, v ?? undefined])),
      }),
      replace: true,
    })
  const list = usePages('messages', { ws, query: { state, channel, journey, customer, limit: 50 } })
  const journeys = useApi('journeys', { ws })
  const filtered = Boolean(state || channel || journey || customer)
  return (
    <>
      {list.first ? <Invariant of={list.first.invariant} /> : null}
      <Group gap={8} mb="sm">
        <Select
          size="xs"
          clearable
          searchable
          w={170}
          aria-label={t('messages.state')}
          placeholder={t('messages.allStates')}
          data={STATES.map(s => ({ value: s, label: word('state', s) }))}
          value={state ?? null}
          onChange={value => filter({ state: value })}
        />
        <Select
          size="xs"
          clearable
          w={150}
          aria-label={t('common.channel')}
          placeholder={t('messages.allChannels')}
          data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
          value={channel ?? null}
          onChange={value => filter({ channel: value })}
        />
        <Select
          size="xs"
          clearable
          searchable
          w={220}
          aria-label={t('common.journey')}
          placeholder={t('messages.allJourneys')}
          data={(journeys.data?.items ?? []).map(j => ({ value: j.id, label: j.name }))}
          value={journey ?? null}
          onChange={value => filter({ journey: value })}
        />
        {filtered ? (
          <Button
            size="xs"
            variant="subtle"
            onClick={() => filter({ state: null, channel: null, journey: null, customer: null })}
          >
            {t('messages.clear')}
          </Button>
        ) : null}
      </Group>
      <div className="card">
        <ShowList
          query={list}
          waiting={9}
          empty={
            <Empty
              icon={<IconSend />}
              title={t(filtered ? 'messages.noneFound' : 'messages.empty')}
              text={t(filtered ? 'messages.noneFoundText' : 'messages.emptyText')}
            />
          }
        >
          <Rows
            ws={ws}
            items={list.items}
            currency={list.first?.currency ?? ''}
            open={id => void navigate({ search: previous => ({ ...previous, message: id }) })}
          />
        </ShowList>
      </div>
    </>
  )
}

function Rows({
  ws,
  items,
  currency,
  open,
}: {
  ws: string
  currency: string
  items: Out<'messages'>['items']
  open: (id: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <div className="table-scroll">
      <table className="table hover">
        <thead>
          <tr>
            <th>{t('messages.decided')}</th>
            <th>{t('common.customer')}</th>
            <th>{t('common.channel')}</th>
            <th>{t('messages.state')}</th>
            <th>{t('messages.reason')}</th>
            <th>{t('common.journey')}</th>
            <th className="end">{t('accounts.cost')}</th>
            <th>{t('messages.changed')}</th>
            <ActionsHead />
          </tr>
        </thead>
        <tbody>
          {items.map(m => (
            <tr key={m.id}>
              <td className="nowrap">
                <Time at={m.at} exact />
              </td>
              <td>
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: m.customer }}>
                  {m.customerName ?? t('customers.anonymous')}
                </A>
              </td>
              <td>
                <Channel name={m.channel} />
              </td>
              <td>
                <StateBadge state={m.state} />
              </td>
              <td>{m.reason ? word('reason', m.reason) : '—'}</td>
              <td>
                {m.journey ? (
                  <A
                    to="/w/$ws/journeys/$journey"
                    params={{ ws, journey: m.journey }}
                    search={{ node: m.node ?? undefined }}
                  >
                    {m.journeyName ?? t('common.journey')}
                  </A>
                ) : m.origin ? (
                  t(`accounts.${m.origin}`)
                ) : (
                  '—'
                )}
              </td>
              <td className="end nowrap">{m.cost === null ? '—' : say.cost(m.cost, currency)}</td>
              <td className="nowrap">
                <Time at={m.changedAt} />
              </td>
              <td className="end">
                <Button size="compact-xs" variant="default" onClick={() => open(m.id)}>
                  {t('common.details')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Invariant({ of }: { of: Out<'messages'>['invariant'] }) {
  const { t } = useTranslation()
  const say = useSay()
  const ended = Object.values(of.ends).reduce((a, b) => a + b, 0)
  const numbers = { intents: say.count(of.intents), ended: say.count(ended), pending: say.count(of.pending) }
  const ends = Object.entries(of.ends)
    .map(([end, n]) => `${word('state', end)} ${say.count(n)}`)
    .join(' · ')
  if (of.behind)
    return (
      <div className="banner banner-wait" role="status" style={{ marginBottom: 12, borderRadius: 8 }}>
        {t('common.stale')}
      </div>
    )
  return (
    <Alert
      variant="outline"
      color={of.holds ? 'green' : 'red'}
      icon={of.holds ? <IconCircleCheck size={18} /> : <IconAlertTriangle size={18} />}
      mb="sm"
      py={8}
      role="status"
    >
      <Group gap={8}>
        <Text fw={550}>{t(of.holds ? 'messages.holds' : 'messages.broken', numbers)}</Text>
        <Definition text={t('messages.invariantDef')} />
        <Text size="sm" c="dimmed">
          {ends}
        </Text>
        <Text size="xs" c="dimmed" ml="auto">
          <Time at={of.asOf} exact />
        </Text>
      </Group>
      {of.holds ? null : <Text size="sm">{t('messages.brokenDo')}</Text>}
    </Alert>
  )
}

function Suppressions({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const list = usePages('suppressions', { ws, query: { limit: 50 } })
  return (
    <div className="card">
      <ListTable
        query={list}
        waiting={6}
        empty={
          <Empty
            icon={<IconBan />}
            title={t('messages.noSuppressed')}
            text={t('messages.noSuppressedText')}
          />
        }
        head={
          <>
            <th>{t('common.time')}</th>
            <th>{t('common.channel')}</th>
            <th>{t('messages.address')}</th>
            <th>{t('messages.reason')}</th>
            <th>{t('sources.source')}</th>
          </>
        }
        row={s => (
          <tr key={`${s.channel}:${s.address}`}>
            <td className="nowrap">
              <Time at={s.at} />
            </td>
            <td>
              <Channel name={s.channel} />
            </td>
            <td className="mono">{s.address}</td>
            <td>{word('reason', s.reason)}</td>
            <td>{s.source}</td>
          </tr>
        )}
      />
    </div>
  )
}
