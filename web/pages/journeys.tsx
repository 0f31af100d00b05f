// Journeys: the list with live counts, and importing one from a file.
import { Alert, Checkbox, Text } from '@mantine/core'
import { IconPlus, IconRoute } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Trigger } from '../../src/journeys/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { emptyJourney } from '../journey/editor/empty.ts'
import { ImportButton } from '../journey/import.tsx'
import { ImportDone } from '../journey/publishing/import-done.tsx'
import { sayTrigger } from '../journey/say/triggers/register.ts'
import { A, ButtonLink } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Guarded, StateBadge, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useKnown } from '../rules/vocabulary.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/journeys')

export function Journeys() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws } = route.useParams()
  const navigate = route.useNavigate()
  const list = useApi('journeys', { ws })
  const [imported, setImported] = useState<Out<'importJourney'> | null>(null)
  const { names } = useKnown(ws)
  const open = (journey: string) => void navigate({ to: '/w/$ws/journeys/$journey', params: { ws, journey } })
  const [archived, setArchived] = useState(false)
  const shown = (j: { status: string }) => archived || j.status !== 'archived'
  const create = useAct('importJourney', {
    done: t('journeys.imported'),
    after: done => (done.missing.length + done.mapped.length === 0 ? open(done.journey) : setImported(done)),
  })
  const begin = useAct('createJourney', {
    after: j => void navigate({ to: '/w/$ws/journeys/$journey', params: { ws, journey: j.id } }),
  })
  const newButton = (
    <Guarded
      scope="journeys:write"
      loading={begin.isPending}
      leftSection={<IconPlus size={16} />}
      onClick={() => begin.mutate({ ws, body: { graph: emptyJourney(t('begin.untitled')) } })}
    >
      {t('journeys.new')}
    </Guarded>
  )
  const importButton = (
    <ImportButton
      variant="default"
      label={t('journeys.importFile')}
      pending={create.isPending}
      take={file => create.mutate({ ws, body: { file } })}
    />
  )
  return (
    <Page
      wide
      title={t('journeys.title')}
      lead={t('journeys.lead')}
      action={
        list.data?.items.length ? (
          <>
            {importButton}
            {newButton}
          </>
        ) : null
      }
    >
      <ImportDone done={imported} open={open} />
      <Waiting ws={ws} />
      <div className="card">
        <Show query={list}>
          {({ items, stale }) =>
            items.length === 0 ? (
              <Empty
                icon={<IconRoute />}
                title={t('journeys.empty')}
                text={t('journeys.emptyText')}
                action={
                  <span style={{ display: 'inline-flex', gap: 8 }}>
                    {newButton}
                    {importButton}
                    <ButtonLink variant="default" to="/w/$ws" params={{ ws }}>
                      {t('home.build')}
                    </ButtonLink>
                  </span>
                }
              />
            ) : (
              <>
                {stale ? (
                  <div className="banner banner-wait" role="status">
                    {t('common.stale')}
                  </div>
                ) : null}
                {items.some(j => j.status === 'archived') ? (
                  <Checkbox
                    m="sm"
                    size="sm"
                    label={t('versions.withArchived')}
                    checked={archived}
                    onChange={e => setArchived(e.currentTarget.checked)}
                  />
                ) : null}
                <div className="table-scroll">
                  <table className="table hover">
                    <thead>
                      <tr>
                        <th>{t('journeys.name')}</th>
                        <th>{t('common.status')}</th>
                        <th className="end">{t('journeys.waiting')}</th>
                        <th className="end">{t('journeys.entered')}</th>
                        <th className="end">{t('journeys.goals')}</th>
                        <FigureHead label={t('journeys.goalRate')} definition={t('journeys.goalRateDef')} />
                        <th>{t('journeys.updated')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {items.filter(shown).map(j => (
                        <tr key={j.id}>
                          <td>
                            <A to="/w/$ws/journeys/$journey" params={{ ws, journey: j.id }} fw={550}>
                              {j.name}
                            </A>
                            <Text size="xs" c="dimmed">
                              {j.startsBy ? sayTrigger(j.startsBy as Trigger, say, names) : ''}
                            </Text>
                          </td>
                          <td>
                            <StateBadge state={j.status} />
                          </td>
                          <td className="end">{say.people(j.waiting)}</td>
                          <td className="end">{say.people(j.entered)}</td>
                          <td className="end">{say.people(j.goals)}</td>
                          <td className="end">{say.share(j.goals, j.entered)}</td>
                          <td className="nowrap">
                            <Time at={j.updatedAt} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </>
            )
          }
        </Show>
      </div>
    </Page>
  )
}

/** Publications that wait for a second person. */
function Waiting({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const open = useApi('approvals', { ws, query: { open: 'true' } }).data?.items ?? []
  if (open.length === 0) return null
  return (
    <Alert color="yellow" variant="outline" mb="md" title={t('publishing.waiting')}>
      <ul className="plain">
        {open.map(a => (
          <li key={a.id}>
            <A
              to="/w/$ws/journeys/$journey"
              params={{ ws, journey: a.journey.id }}
              search={{ panel: 'publish', show: 'draft' }}
              fw={550}
            >
              {a.journey.name}
            </A>{' '}
            <Text span c="dimmed" size="sm">
              {t('publishing.openText', { who: a.askedBy })} · <Time at={a.askedAt} />
            </Text>
          </li>
        ))}
      </ul>
    </Alert>
  )
}
