// Channels: the accounts of each, with their settings and secrets; a channel may have several. Secrets go in and never come out.
import {
  Alert,
  Group,
  Modal,
  NativeSelect,
  PasswordInput,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { AccountActions } from '../channels/account-actions.tsx'
import { MailHealth } from '../channels/mail-health.tsx'
import { Prices } from '../channels/prices.tsx'
import { LineUse } from '../line/use.tsx'
import { CallSecret } from '../parts/call-secret.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Badge, Channel, Copy, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

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
          // an account's id, or an adapter's name for a new one
          const account = items.find(a => a.id === edit)
          const editing = kinds.find(k => k.adapter === (account?.adapter ?? edit))
          const open = (id: string) => () => void navigate({ search: { edit: id } })
          return (
            <div className="half">
              <Text size="sm" c="dimmed" style={{ gridColumn: '1 / -1' }}>
                {t('channels.severalText')}
              </Text>
              {kinds.flatMap(kind => {
                const own = items.filter(a => a.adapter === kind.adapter)
                if (own.length === 0)
                  return <AccountCard key={kind.adapter} ws={ws} kind={kind} edit={open(kind.adapter)} />
                return own.map((a, i) => (
                  <AccountCard
                    key={a.id}
                    ws={ws}
                    kind={kind}
                    account={a}
                    edit={open(a.id)}
                    add={i === own.length - 1 ? open(kind.adapter) : undefined}
                  />
                ))
              })}
              <CallSecret ws={ws} />
              <Modal
                opened={editing !== undefined}
                onClose={close}
                title={
                  editing
                    ? `${word('channel', editing.channel)} · ${t(account ? 'channels.edit' : 'channels.setUp')}`
                    : ''
                }
                size="lg"
              >
                {editing ? (
                  <Form
                    key={edit}
                    ws={ws}
                    kind={editing}
                    account={account}
                    others={items.filter(a => a.adapter === editing.adapter && a !== account)}
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

/** Settings that are on or off, and what they hold when on; off they are empty. */
const SWITCHES: Record<string, string> = { aggregation: 'on', phoneNotifications: 'on', humanAgent: 'true' }
/** The address that means the sandbox itself. */
const STAND_IN = 'stand-in'

function AccountCard({
  ws,
  kind,
  account,
  edit,
  add,
}: {
  ws: string
  kind: Kind
  account?: Account
  edit: () => void
  /** sets up one more of this channel */
  add?: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const reserved = account?.settings.quotaReserveFor !== undefined
  const segments = useApi('segments', { ws, query: {} }, { enabled: reserved }).data?.items
  const reservedFor = (id: string) =>
    segments === undefined ? t('common.loading') : (segments.find(s => s.id === id)?.name ?? id)
  return (
    <Card
      title={
        <Group gap={6}>
          <Channel name={kind.channel} />
          {kind.channel === kind.adapter ? null : <Text size="sm">{word('adapter', kind.adapter)}</Text>}
        </Group>
      }
      aside={
        <Group gap={8}>
          {account ? <AccountActions ws={ws} account={account} checks={kind.checks} /> : null}
          <Badge tone={account ? 'good' : 'skip'}>{t(account ? 'channels.set' : 'channels.notSet')}</Badge>
          <Guarded scope="channels:write" size="xs" variant={account ? 'default' : 'filled'} onClick={edit}>
            {t(account ? 'channels.edit' : 'channels.setUp')}
          </Guarded>
        </Group>
      }
    >
      <Stack gap={8}>
        {account?.resting ? (
          <Alert color="orange" variant="outline" icon={<IconAlertTriangle size={18} />} py={6} role="status">
            {t('accounts.resting', { time: say.exact(account.resting.until), why: account.resting.why })}
          </Alert>
        ) : null}
        {account?.attention ? (
          <Alert color="red" variant="outline" icon={<IconAlertTriangle size={18} />} py={6}>
            {t('accounts.refused', { why: account.attention })}
          </Alert>
        ) : null}
        {account ? (
          <dl style={{ margin: 0 }}>
            <Row label={t('channels.accountName')} value={account.name} />
            {Object.entries(account.settings).map(([k, v]) => (
              <Row
                key={k}
                label={word('setting', k)}
                value={
                  k === 'quotaReserveFor'
                    ? reservedFor(v)
                    : k in SWITCHES
                      ? t(v === SWITCHES[k] ? 'common.yes' : 'common.no')
                      : v === STAND_IN
                        ? t('channels.standIn')
                        : v
                }
              />
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
              {t(kind.adapter === 'line' ? 'channels.webhookText' : 'channels.webhookOther')}
            </Text>
          </div>
        ) : null}
        {account ? <Prices ws={ws} account={account} /> : null}
        {account?.channel === 'email' ? <MailHealth ws={ws} account={account.id} /> : null}
        {account?.adapter === 'line' ? <LineUse ws={ws} account={account.id} /> : null}
        <Text size="sm" c="dimmed">
          {t('channels.delivery')}
          {kind.delivery === 'at_least_once'
            ? t('channels.at_least_once')
            : kind.delivery === 'at_most_once'
              ? t('channels.at_most_once')
              : kind.delivery}
        </Text>
        {add ? (
          <Group>
            <Guarded
              scope="channels:write"
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={add}
            >
              {t('channels.another', { channel: word('channel', kind.channel) })}
            </Guarded>
          </Group>
        ) : null}
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

/** undefined: not loaded yet */
type Segments = Out<'segments'>['items'] | undefined

/** For whom the last part of the month's quota is kept. */
function ReservedFor({
  segments,
  value,
  change,
}: {
  segments: Segments
  value: string
  change: (next: string) => void
}) {
  const { t } = useTranslation()
  const choices = (segments ?? [])
    .filter(s => s.status === 'live' || s.id === value)
    .map(s => ({ value: s.id, label: s.name }))
  if (value !== '' && !choices.some(c => c.value === value))
    choices.push({ value, label: segments === undefined ? t('common.loading') : value })
  return (
    <NativeSelect
      label={word('setting', 'quotaReserveFor')}
      description={t('channels.reserveHelp')}
      data={[{ value: '', label: t('channels.reserveNobody') }, ...choices]}
      value={value}
      onChange={e => change(e.currentTarget.value)}
    />
  )
}

function Form({
  ws,
  kind,
  account,
  others,
  close,
}: {
  ws: string
  kind: Kind
  account: Account | undefined
  /** accounts of this channel beside it */
  others: Account[]
  close: () => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(account?.name ?? word('channel', kind.channel))
  const [settings, setSettings] = useState<Record<string, string>>(account?.settings ?? {})
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const segments = useApi('segments', { ws, query: {} }).data?.items
  const save = useAct('saveChannel', { done: t('common.saved'), after: close })
  const same = (o: Account) => (o.settings.provider ?? '') === (settings.provider ?? '')
  // a further account of a provider keeps its own friends; one that exists cannot become another's
  const taken = account !== undefined && !same(account) && others.some(same)
  const written = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).filter(([, v]) => v !== ''))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (taken) return
        const given = written(secrets)
        save.mutate({
          ws,
          channel: kind.channel,
          body: {
            account: account?.id ?? 'new',
            adapter: kind.adapter,
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
        {kind.settings.map(key =>
          key === 'quotaReserveFor' ? (
            <ReservedFor
              key={key}
              segments={segments}
              value={settings[key] ?? ''}
              change={next => setSettings({ ...settings, [key]: next })}
            />
          ) : key in SWITCHES ? (
            <Switch
              key={key}
              label={word('setting', key)}
              checked={settings[key] === SWITCHES[key]}
              onChange={e =>
                setSettings({ ...settings, [key]: e.currentTarget.checked ? (SWITCHES[key] ?? '') : '' })
              }
            />
          ) : (
            <TextInput
              key={key}
              label={word('setting', key)}
              required={kind.required.includes(key)}
              description={key === 'provider' ? t('channels.providerHint') : undefined}
              error={key === 'provider' && taken ? t('channels.providerTaken') : undefined}
              value={settings[key] ?? ''}
              onChange={e => setSettings({ ...settings, [key]: e.currentTarget.value })}
            />
          ),
        )}
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
