// Channels: the account of each, with its settings and secrets. Secrets go in and never come out.
import { Alert, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card, Page } from '../parts/page.tsx'
import { Badge, Channel, Copy, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'

const route = getRouteApi('/w/$ws/channels')
type Kind = Out<'channels'>['kinds'][number]
type Account = Out<'channels'>['items'][number]

export function Channels() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { edit } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useApi('channels', { ws })
  const close = () => void navigate({ search: {} })
  return (
    <Page title={t('channels.title')} lead={t('channels.lead')}>
      <Show query={query}>
        {({ items, kinds }) => {
          const editing = kinds.find(k => k.channel === edit)
          return (
            <div className="half">
              {kinds.map(kind => (
                <AccountCard
                  key={kind.channel}
                  kind={kind}
                  account={items.find(a => a.channel === kind.channel)}
                  edit={() => void navigate({ search: { edit: kind.channel } })}
                />
              ))}
              <Modal
                opened={editing !== undefined}
                onClose={close}
                title={editing ? `${word('channel', editing.channel)} · ${t('channels.edit')}` : ''}
                size="lg"
              >
                {editing ? (
                  <Form
                    ws={ws}
                    kind={editing}
                    account={items.find(a => a.channel === editing.channel)}
                    close={close}
                  />
                ) : null}
              </Modal>
            </div>
          )
        }}
      </Show>
    </Page>
  )
}

function AccountCard({
  kind,
  account,
  edit,
}: {
  kind: Kind
  account: Account | undefined
  edit: () => void
}) {
  const { t } = useTranslation()
  return (
    <Card
      title={<Channel name={kind.channel} />}
      aside={
        <Group gap={8}>
          <Badge tone={account ? 'good' : 'skip'}>{t(account ? 'channels.set' : 'channels.notSet')}</Badge>
          <Guarded scope="channels:write" size="xs" variant={account ? 'default' : 'filled'} onClick={edit}>
            {t(account ? 'channels.edit' : 'channels.setUp')}
          </Guarded>
        </Group>
      }
    >
      <Stack gap={8}>
        {account?.attention ? (
          <Alert color="red" variant="outline" icon={<IconAlertTriangle size={18} />} py={6}>
            {account.attention}
          </Alert>
        ) : null}
        {account ? (
          <dl style={{ margin: 0 }}>
            <Row label={t('channels.accountName')} value={account.name} />
            {Object.entries(account.settings).map(([k, v]) => (
              <Row key={k} label={word('setting', k)} value={v} />
            ))}
            {account.hasSecrets.map(s => (
              <Row key={s} label={word('setting', s)} value="••••••••" />
            ))}
          </dl>
        ) : null}
        {account?.webhookUrl ? (
          <div>
            <Text size="xs" c="dimmed">
              {t('channels.webhook')}
            </Text>
            <Group gap={4} wrap="nowrap">
              <Text className="mono">{account.webhookUrl}</Text>
              <Copy value={account.webhookUrl} label={`${t('common.copy')} ${t('channels.webhook')}`} />
            </Group>
            <Text size="xs" c="dimmed">
              {t('channels.webhookText')}
            </Text>
          </div>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('channels.delivery')}:{' '}
          {kind.delivery === 'at_least_once'
            ? t('channels.at_least_once')
            : kind.delivery === 'at_most_once'
              ? t('channels.at_most_once')
              : kind.delivery}
        </Text>
      </Stack>
    </Card>
  )
}

function Row({ label, value }: { label: string; value: string }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="md">
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} style={{ overflowWrap: 'anywhere', textAlign: 'end' }}>
        {value || '—'}
      </Text>
    </Group>
  )
}

function Form({
  ws,
  kind,
  account,
  close,
}: {
  ws: string
  kind: Kind
  account: Account | undefined
  close: () => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(account?.name ?? word('channel', kind.channel))
  const [settings, setSettings] = useState<Record<string, string>>(account?.settings ?? {})
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const save = useAct('saveChannel', { done: t('common.saved'), after: close })
  const written = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).filter(([, v]) => v !== ''))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        const given = written(secrets)
        save.mutate({
          ws,
          channel: kind.channel,
          body: {
            name,
            settings: written(settings),
            secrets: Object.keys(given).length > 0 ? given : undefined,
          },
        })
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('channels.accountName')}
          required
          value={name}
          onChange={e => setName(e.currentTarget.value)}
        />
        {kind.settings.map(key => (
          <TextInput
            key={key}
            label={word('setting', key)}
            required={kind.required.includes(key)}
            value={settings[key] ?? ''}
            onChange={e => setSettings({ ...settings, [key]: e.currentTarget.value })}
          />
        ))}
        {kind.secrets.map(key => {
          const kept = account?.hasSecrets.includes(key) ?? false
          return (
            <PasswordInput
              key={key}
              autoComplete="off"
              label={word('setting', key)}
              description={kept ? t('channels.secretKept') : undefined}
              required={!kept && kind.required.includes(key)}
              value={secrets[key] ?? ''}
              onChange={e => setSecrets({ ...secrets, [key]: e.currentTarget.value })}
            />
          )
        })}
        <Text size="xs" c="dimmed">
          {t('channels.secretsSafe')}
        </Text>
        <Group justify="flex-end">
          <Guarded scope="channels:write" type="submit" loading={save.isPending}>
            {t('common.save')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
