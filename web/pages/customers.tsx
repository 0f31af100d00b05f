// Customers: search by name or any identifier, filters, the columns one wants, sorted.
import { Text } from '@mantine/core'
import { IconSearch, IconUsers } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePages } from '../api/queries.ts'
import { CustomerTabs } from '../identity/tabs.tsx'
import { CustomerFilters, filterQuery, isFiltered, type ListSearch } from '../customer/list-filters.tsx'
import { ChooseColumns, CustomerTable, useColumns } from '../customer/list-table.tsx'
import { ExportButton } from '../imports/export.tsx'
import { FindInput } from '../parts/find-input.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ShowList } from '../parts/list-table.tsx'

const route = getRouteApi('/w/$ws/customers')

export function Customers() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const { q } = search
  const navigate = route.useNavigate()
  const [columns, chooseColumns] = useColumns()
  const choose = (more: ListSearch) => void navigate({ search: { ...search, ...more }, replace: true })
  const list = usePages('customers', { ws, query: { ...filterQuery(search), limit: 50 } })
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
      <CustomerTabs ws={ws} />
      <div className="list-tools">
        <FindInput
          className="list-search"
          label={t('customers.search')}
          value={q}
          find={q => choose({ q })}
        />
        <ChooseColumns columns={columns} choose={chooseColumns} />
      </div>
      <CustomerFilters ws={ws} search={search} choose={choose} />
      {list.first?.stale ? (
        <div className="banner banner-wait" role="status">
          {t('common.stale')}
        </div>
      ) : null}
      <div className="card">
        <ShowList query={list} waiting={9} empty={<Nobody ws={ws} search={search} />}>
          <CustomerTable ws={ws} rows={list.items} columns={columns} />
        </ShowList>
      </div>
    </Page>
  )
}

function Nobody({ ws, search }: { ws: string; search: ListSearch }) {
  const { t } = useTranslation()
  if (isFiltered(search))
    return (
      <Empty icon={<IconSearch />} title={t('person.noneFiltered')} text={t('person.noneFilteredText')} />
    )
  if (search.q)
    return (
      <Empty icon={<IconSearch />} title={t('customers.noneFound')} text={t('customers.noneFoundText')} />
    )
  return (
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
}
