// The catalogue: products, stores, staff, and industry presets.
import { Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Presets } from '../catalogue/presets.tsx'
import { Products } from '../catalogue/products.tsx'
import { Staff } from '../catalogue/staff.tsx'
import { Stores } from '../catalogue/stores.tsx'
import { Page } from '../parts/page.tsx'

const route = getRouteApi('/w/$ws/catalogue')
const TABS = ['products', 'stores', 'staff', 'presets'] as const

export function Catalogue() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page wide title={t('catalogue.title')} lead={t('catalogue.lead')}>
      <Tabs
        value={tab ?? 'products'}
        onChange={value => void navigate({ search: { tab: value ?? undefined } })}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`catalogue.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="products">
          <Products ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="stores">
          <Stores ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="staff">
          <Staff ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="presets">
          <Presets ws={ws} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
