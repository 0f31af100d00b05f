// The people behind a figure, in a drawer: who they are and each one's share.
import { Drawer } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { More } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import { ExportPeople, type PeopleList } from './export-people.tsx'

type Row = Out<'metricPeople'>['items'][number]['customer']
type Query = {
  isPending: boolean
  error: unknown
  refetch: () => unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

export function PeopleDrawer({
  title,
  note,
  ws,
  query,
  rows,
  heading,
  list,
  close,
}: {
  title: string
  note?: string
  ws: string
  query: Query
  rows: { customer: Row; value: ReactNode }[]
  /** of the column of values */
  heading: string
  /** the same list, to be had as a file */
  list?: PeopleList
  close: () => void
}) {
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={title}>
      {note ? <p className="note">{note}</p> : null}
      {list && rows.length > 0 ? <ExportPeople ws={ws} list={list} /> : null}
      <PeopleTable label={title} ws={ws} query={query} rows={rows} heading={heading} />
    </Drawer>
  )
}

export function PeopleTable({
  label,
  ws,
  query,
  rows,
  heading,
}: {
  label: string
  ws: string
  query: Query
  rows: { customer: Row; value: ReactNode }[]
  heading: string
}) {
  const { t } = useTranslation()
  return (
    <>
      {query.isPending ? (
        <Waiting rows={8} />
      ) : query.error && rows.length === 0 ? (
        <Wrong error={query.error} retry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={<IconUsers />} title={t('metrics.peopleNone')} text="" />
      ) : (
        <Scroll label={label}>
          <table className="table hover">
            <thead>
              <tr>
                <th>{t('customers.name')}</th>
                <th>{t('customers.memberNo')}</th>
                <th className="end">{heading}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ customer: c, value }) => (
                <tr key={c.id}>
                  <td>
                    <A to="/w/$ws/customers/$customer" params={{ ws, customer: c.id }} fw={550}>
                      {c.name ?? (c.memberNo ? t('common.unnamed') : t('customers.anonymous'))}
                    </A>
                  </td>
                  <td className="nowrap">{c.memberNo ?? '—'}</td>
                  <td className="end nowrap">{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <More query={query} />
    </>
  )
}
