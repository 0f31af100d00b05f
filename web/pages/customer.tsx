// One customer on one page: who they are on the left; orders, journeys and what happened on the right.
import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { IdentityCard } from '../identity/card.tsx'
import { SharedMark } from '../identity/person.tsx'
import { A } from '../parts/link.tsx'
import { Card, Crumbs, Page } from '../parts/page.tsx'
import { Badge, Copy, Guarded, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { Attributes } from '../customer/attributes.tsx'
import { Behaviour } from '../customer/behaviour.tsx'
import type { CustomerData } from '../customer/command.ts'
import { Reach } from '../customer/consent.tsx'
import { Conversations } from '../customer/conversations.tsx'
import { Enrollments } from '../customer/enrollments.tsx'
import { Head } from '../customer/head.tsx'
import { Orders } from '../customer/orders.tsx'
import { Tags } from '../customer/tags.tsx'
import { PrivacyRequests } from '../customer/privacy.tsx'
import { Timeline } from '../customer/timeline.tsx'
import { CustomerWhy } from '../customer/why.tsx'
import { CustomerSegments } from '../segments/customer-card.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/customers/$customer')

export function Customer() {
  const { t } = useTranslation()
  const { ws, customer } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useApi('customer', { ws, customer })
  const data = query.data
  return (
    <Page
      wide
      above={
        <Crumbs here={data ? nameOf(data, t) : '…'}>
          <A to="/w/$ws/customers" params={{ ws }} size="sm">
            {t('customers.title')}
          </A>
        </Crumbs>
      }
      title={data ? nameOf(data, t) : t('common.loading')}
      lead={data ? <Lead data={data} /> : null}
    >
      <Show query={query} rows={10}>
        {found => (
          <>
            {/* a merged id answers with its survivor: the address follows */}
            {found.id !== customer ? (
              <Navigate to="/w/$ws/customers/$customer" params={{ ws, customer: found.id }} replace />
            ) : null}
            <Warnings ws={ws} data={found} />
            <Head ws={ws} data={found} />
            <div className="two person">
              <div className="stack">
                <Reach ws={ws} data={found} />
                <Attributes ws={ws} data={found} />
                <Tags ws={ws} data={found} />
                <CustomerSegments ws={ws} customer={found.id} />
                <Identifiers data={found} />
                <IdentityCard ws={ws} data={found} />
                <Behaviour ws={ws} data={found} />
                <PrivacyRequests ws={ws} customer={found.id} />
              </div>
              <div className="stack">
                <Conversations ws={ws} data={found} />
                <Orders ws={ws} data={found} />
                <Enrollments ws={ws} data={found} />
                <CustomerWhy ws={ws} customer={found.id} />
                <Timeline
                  ws={ws}
                  customer={found.id}
                  search={search}
                  choose={more => void navigate({ search: { ...search, ...more }, replace: true })}
                />
              </div>
            </div>
          </>
        )}
      </Show>
    </Page>
  )
}

function nameOf(data: CustomerData, t: TFunction): string {
  if (data.name) return data.name
  const member = data.identifiers.some(i => i.kind === 'member_no')
  return t(member ? 'common.unnamed' : 'customers.anonymous')
}

function Lead({ data }: { data: CustomerData }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Group gap="md">
      <span>
        {t('customers.lastSeen')} <Time at={data.lastSeen} />
      </span>
      <span>
        {t('customers.firstSeen')} <Time at={data.firstSeen} />
      </span>
      <span>
        {t('customers.stateBytes')} {say.bytes(data.stateBytes)}
      </span>
      <Group gap={2}>
        <span className="mono">{data.id}</span>
        <Copy value={data.id} label={t('customers.copyId')} />
      </Group>
    </Group>
  )
}

function Warnings({ ws, data }: { ws: string; data: CustomerData }) {
  const { t } = useTranslation()
  const unpark = useAct('unpark', { done: t('customers.unparked') })
  return (
    <>
      {data.conflicts.map(c => (
        <Alert key={c.with} color="yellow" variant="outline" icon={<IconAlertTriangle size={18} />} mb="sm">
          {t('customers.conflict', { id: c.with })}{' '}
          <A to="/w/$ws/customers/conflicts" params={{ ws }}>
            {t('identity.decide')}
          </A>
        </Alert>
      ))}
      {data.parked ? (
        <Alert
          color="red"
          variant="outline"
          icon={<IconAlertTriangle size={18} />}
          mb="sm"
          title={t('customers.parked', { reason: data.parked.reason })}
        >
          <Text>{t('customers.parkedText')}</Text>
          <Text className="mono" c="dimmed">
            {data.parked.error}
          </Text>
          <Guarded
            scope="customers:write"
            size="xs"
            mt={6}
            loading={unpark.isPending}
            onClick={() => unpark.mutate({ ws, customer: data.id, body: undefined })}
          >
            {t('customers.unpark')}
          </Guarded>
        </Alert>
      ) : null}
    </>
  )
}

function Identifiers({ data }: { data: CustomerData }) {
  const { t } = useTranslation()
  return (
    <Card title={t('customers.identifiers')}>
      <ul className="plain">
        {data.identifiers.map(i => (
          <li key={`${i.kind}:${i.value}`}>
            <Group gap={6} wrap="nowrap" justify="space-between">
              <div style={{ minWidth: 0 }}>
                <Text size="xs" c="dimmed">
                  {word('identifier', i.kind)} · {i.source}
                </Text>
                <Text className="mono">{i.value}</Text>
              </div>
              <Group gap={2} wrap="nowrap">
                {i.shared ? <SharedMark /> : null}
                <Badge tone={i.verified ? 'good' : 'skip'}>
                  {t(i.verified ? 'customers.verified' : 'customers.unverified')}
                </Badge>
                <Copy
                  value={i.value}
                  label={`${t('common.copy')} ${word('identifier', i.kind)} ${i.value}`}
                />
              </Group>
            </Group>
          </li>
        ))}
      </ul>
    </Card>
  )
}
