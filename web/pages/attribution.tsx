// Attribution, return and uplift: two tabs over one time.
import { Stack, Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Credits } from '../insight/credits.tsx'
import { RangeInput, type RangeSearch, useRange } from '../insight/range.tsx'
import { Uplift } from '../insight/uplift.tsx'
import { Page } from '../parts/page.tsx'

const route = getRouteApi('/w/$ws/insight/attribution')

export function Attribution() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const range = useRange(search)
  const choose = (more: Record<string, string | undefined>) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  const times = (
    <RangeInput
      search={search}
      choose={(next: RangeSearch) => choose({ days: undefined, from: undefined, to: undefined, ...next })}
    />
  )
  return (
    <Page wide title={t('attribution.title')} lead={t('attribution.lead')}>
      <Tabs
        value={search.tab === 'uplift' ? 'uplift' : 'credit'}
        keepMounted={false}
        onChange={next => choose({ tab: next === 'uplift' ? next : undefined, key: undefined })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="credit">{t('attribution.tabCredit')}</Tabs.Tab>
          <Tabs.Tab value="uplift">{t('attribution.tabUplift')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="credit">
          <Stack gap={16}>
            <Credits ws={ws} range={range} search={search} choose={choose}>
              {times}
            </Credits>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="uplift">
          <Stack gap={16}>
            <Uplift ws={ws} range={range} search={search} choose={choose}>
              {times}
            </Uplift>
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
