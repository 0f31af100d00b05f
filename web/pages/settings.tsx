// Settings: team, workspace, my account, all workspaces, audit log.
// biome-ignore-all lint/suspicious/noArrayIndexKey: two audit lines may be alike in all they say
import { Tabs, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Page } from '../parts/page.tsx'
import { More, Time } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import { Attributes } from '../settings/attributes.tsx'
import { Me } from '../settings/me.tsx'
import { StageSettings } from '../settings/stages.tsx'
import { Team } from '../settings/team.tsx'
import { WorkspaceForm } from '../settings/workspace.tsx'
import { Workspaces } from '../settings/workspaces.tsx'
import { useDisabledReason } from '../use.ts'

const route = getRouteApi('/w/$ws/settings')
const TABS = ['team', 'workspace', 'stages', 'attributes', 'me', 'workspaces', 'audit'] as const

export function Settings() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const barred = useDisabledReason()('team:read')
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      <Tabs
        value={tab ?? (barred ? 'me' : 'team')}
        onChange={value => void navigate({ search: { tab: value ?? undefined } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="team">{barred ? <Text c="dimmed">{barred}</Text> : <Team ws={ws} />}</Tabs.Panel>
        <Tabs.Panel value="workspace">
          <WorkspaceForm ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="stages">
          <StageSettings ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <Attributes ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="me">
          <Me />
        </Tabs.Panel>
        <Tabs.Panel value="workspaces">
          <Workspaces ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="audit">{barred ? <Text c="dimmed">{barred}</Text> : <Audit ws={ws} />}</Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Audit({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const list = usePages('audit', { ws, query: { limit: 50 } })
  return (
    <div className="card">
      {list.isPending ? (
        <Waiting rows={8} />
      ) : list.error && list.items.length === 0 ? (
        <Wrong error={list.error} retry={() => void list.refetch()} />
      ) : list.items.length === 0 ? (
        <Empty icon={<IconHistory />} title={t('settings.noAudit')} text={t('settings.noAuditText')} />
      ) : (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>{t('common.time')}</th>
                <th>{t('settings.actor')}</th>
                <th>{t('settings.action')}</th>
                <th>{t('settings.target')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((a, i) => (
                <tr key={`${a.at}:${i}`}>
                  <td className="nowrap">
                    <Time at={a.at} exact />
                  </td>
                  <td>{a.actor}</td>
                  <td>{word('auditAction', a.action)}</td>
                  <td className="mono">{a.target ?? '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More query={list} />
    </div>
  )
}
