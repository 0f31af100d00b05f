// Customers: search by name or any identifier, newest activity first.
import { Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePages } from '../api/queries.ts'
import { ExportButton } from '../imports/export.tsx'
import { A, ButtonLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Channel, More, Time } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/customers')

export function Customers() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws } = route.useParams()
  const { q } = route.useSearch()
  const navigate = route.useNavigate()
  const [text, setText] = useState(q ?? '')
  const search = useDebouncedCallback(
    (value: string) => void navigate({ search: { q: value.trim() || undefined }, replace: true }),
    250,
  )
  const list = usePages('customers', { ws, query: { q, limit: 50 } })
  return (
    <Page
      wide
      title={t('customers.title')}
      lead={t('customers.lead')}
      action={
        <>
          {list.first ? (
            <Text c="dimmed" role="status">
              {t('customers.total', { n: say.count(list.first.total) })}
            </Text>
          ) : null}
          <ExportButton ws={ws} first="customers" />
        </>
      }
    >
      <TextInput
        type="search"
        mb="sm"
        maw={460}
        leftSection={<IconSearch size={16} />}
        placeholder={t('customers.search')}
        aria-label={t('customers.search')}
        value={text}
        onChange={e => {
          setText(e.currentTarget.value)
          search(e.currentTarget.value)
        }}
      />
      {list.first?.stale ? (
        <div className="banner banner-wait" role="status">
          {t('common.stale')}
        </div>
      ) : null}
      <div className="card">
        {list.isPending ? (
          <Waiting rows={9} />
        ) : list.error && list.items.length === 0 ? (
          <Wrong error={list.error} retry={() => void list.refetch()} />
        ) : list.items.length === 0 ? (
          q ? (
            <Empty
              icon={<IconSearch />}
              title={t('customers.noneFound')}
              text={t('customers.noneFoundText')}
            />
          ) : (
            <Empty
              icon={<IconUsers />}
              title={t('customers.empty')}
              text={t('customers.emptyText')}
              action={
                <ButtonLink to="/w/$ws/sources" params={{ ws }} search={{ tab: 'install' }}>
                  {t('customers.emptyDo')}
                </ButtonLink>
              }
            />
          )
        ) : (
          <div className="table-scroll">
            <table className="table hover">
              <thead>
                <tr>
                  <th>{t('customers.name')}</th>
                  <th>{t('customers.memberNo')}</th>
                  <th>{t('customers.contact')}</th>
                  <th className="end">{t('customers.orders')}</th>
                  <th className="end">{t('customers.revenue')}</th>
                  <th>{t('customers.lastSeen')}</th>
                </tr>
              </thead>
              <tbody>
                {list.items.map(c => (
                  <tr key={c.id}>
                    <td>
                      <A to="/w/$ws/customers/$customer" params={{ ws, customer: c.id }} fw={550}>
                        {c.name ?? (c.memberNo ? t('common.unnamed') : t('customers.anonymous'))}
                      </A>
                    </td>
                    <td className="nowrap">{c.memberNo ?? '—'}</td>
                    <td>
                      <span style={{ display: 'inline-flex', gap: 12, flexWrap: 'wrap' }}>
                        {c.line ? <Channel name="line" /> : null}
                        {c.email ? <span>{c.email}</span> : null}
                        {c.phone ? <span>{c.phone}</span> : null}
                        {c.line || c.email || c.phone ? null : '—'}
                      </span>
                    </td>
                    <td className="end">{say.people(c.orders)}</td>
                    <td className="end nowrap">{c.orders === 0 ? '—' : say.money(c.revenue, c.currency)}</td>
                    <td className="nowrap">
                      <Time at={c.lastSeen} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <More query={list} />
      </div>
    </Page>
  )
}
