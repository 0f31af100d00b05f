// Campaigns: the list, and making a new one.
import { Stack } from '@mantine/core'
import { IconFlag, IconPlus } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { usePages } from '../api/queries.ts'
import { CampaignSettings } from '../campaigns/settings.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { A } from '../parts/link.tsx'
import { ListTable } from '../parts/list-table.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/campaigns')
type Row = Out<'campaigns'>['items'][number]

export function Campaigns() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws } = route.useParams()
  const { edit } = route.useSearch()
  const navigate = route.useNavigate()
  const labelOf = useEventLabel(ws)
  const query = usePages('campaigns', { ws, query: { archived: 'false' } })
  const add = (
    <Guarded
      scope="journeys:publish"
      leftSection={<IconPlus size={16} />}
      onClick={() => void navigate({ search: { edit: 'new' } })}
    >
      {t('campaigns.new')}
    </Guarded>
  )
  return (
    <Page wide title={t('campaigns.title')} lead={t('campaigns.lead')} action={add}>
      <Stack>
        {edit === 'new' ? (
          <Card title={t('campaigns.new')}>
            <CampaignSettings
              ws={ws}
              held={null}
              saved={id => void navigate({ to: '/w/$ws/campaigns/$campaign', params: { ws, campaign: id } })}
            />
          </Card>
        ) : null}
        <div className="card">
          <ListTable
            query={query}
            waiting={4}
            hover
            empty={
              <Empty
                icon={<IconFlag />}
                title={t('campaigns.empty')}
                text={t('campaigns.emptyText')}
                action={add}
              />
            }
            head={
              <>
                <th>{t('campaigns.name')}</th>
                <th>{t('campaigns.period')}</th>
                <th>{t('campaigns.event')}</th>
              </>
            }
            row={(c: Row) => (
              <tr key={c.id}>
                <td>
                  <A to="/w/$ws/campaigns/$campaign" params={{ ws, campaign: c.id }} fw={550}>
                    {c.name}
                  </A>
                </td>
                <td className="nowrap">
                  {say.short(c.startsAt)} – {say.short(c.endsAt)}
                </td>
                <td>{say.list([c.event, ...c.also.map(a => a.event)].map(labelOf))}</td>
              </tr>
            )}
          />
        </div>
      </Stack>
    </Page>
  )
}
