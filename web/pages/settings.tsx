// Settings: team, workspace, my account, all workspaces, privacy, audit log.
import { Stack, Tabs, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '../parts/page.tsx'
import { ConsentSettings } from '../consent/settings.tsx'
import { Attributes } from '../settings/attributes.tsx'
import { Audit } from '../settings/audit.tsx'
import { Me } from '../settings/me.tsx'
import { Privacy } from '../settings/privacy.tsx'
import { SendingRules } from '../settings/sending.tsx'
import { StageSettings } from '../settings/stages.tsx'
import { Team } from '../settings/team.tsx'
import { TestRecipients } from '../settings/test-recipients.tsx'
import { WorkspaceForm } from '../settings/workspace.tsx'
import { Workspaces } from '../settings/workspaces.tsx'
import { useDisabledReason } from '../use.ts'

const route = getRouteApi('/w/$ws/settings')
const TABS = [
  'team',
  'workspace',
  'sending',
  'consent',
  'stages',
  'attributes',
  'me',
  'workspaces',
  'privacy',
  'audit',
] as const

export function Settings() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const reasonFor = useDisabledReason()
  const barred = reasonFor('team:read')
  const noPrivacy = reasonFor('privacy:read')
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
              {t(
                name === 'privacy' || name === 'sending' || name === 'consent'
                  ? `${name}.tab`
                  : `settings.${name}`,
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="team">{barred ? <Text c="dimmed">{barred}</Text> : <Team ws={ws} />}</Tabs.Panel>
        <Tabs.Panel value="workspace">
          <WorkspaceForm ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="sending">
          <Stack>
            <SendingRules ws={ws} />
            <TestRecipients ws={ws} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="consent">
          <ConsentSettings ws={ws} />
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
        <Tabs.Panel value="privacy">
          {noPrivacy ? <Text c="dimmed">{noPrivacy}</Text> : <Privacy ws={ws} />}
        </Tabs.Panel>
        <Tabs.Panel value="audit">{barred ? <Text c="dimmed">{barred}</Text> : <Audit ws={ws} />}</Tabs.Panel>
      </Tabs>
    </Page>
  )
}
