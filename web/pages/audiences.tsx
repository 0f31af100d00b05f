// Audiences of advertising platforms: which segment, how many the platform has, what went wrong, and the file of hashes.
import { Button, Group, Modal, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTargetArrow } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { call } from '../api/call.ts'
import { showProblem, useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card, Page } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/audiences')
type Audience = Out<'audiences'>['items'][number]
type Choice = { value: string; label: string }

const TONES = { on: 'good', paused: 'skip', failing: 'bad' } as const

export function Audiences() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const [edited, edit] = useState<Audience | 'new' | null>(null)
  const query = useApi('audiences', { ws })
  const segments = useApi('segments', { ws, query: {} })
  const choices: Choice[] = (segments.data?.items ?? []).map(s => ({ value: s.id, label: s.name }))
  const add = (
    <Guarded
      scope="channels:write"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => edit('new')}
    >
      {t('audiences.add')}
    </Guarded>
  )
  return (
    <Page title={t('audiences.title')} lead={t('audiences.lead')} action={add}>
      <Show query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card flush>
              <Empty
                icon={<IconTargetArrow />}
                title={t('audiences.empty')}
                text={t('audiences.emptyText')}
                action={add}
              />
            </Card>
          ) : (
            <Stack>
              {items.map(audience => (
                <One
                  key={audience.id}
                  ws={ws}
                  audience={audience}
                  choices={choices}
                  edit={() => edit(audience)}
                />
              ))}
            </Stack>
          )
        }
      </Show>
      {edited !== null ? (
        <Form
          ws={ws}
          audience={edited === 'new' ? null : edited}
          choices={choices}
          close={() => edit(null)}
        />
      ) : null}
    </Page>
  )
}

const bodyOf = ({ name, provider, segment, exclude, settings }: Audience, on: boolean) => ({
  name,
  provider,
  segment,
  exclude,
  settings,
  on,
})

async function download(ws: string, audience: string, done: (people: number) => string): Promise<void> {
  const { name, csv, people } = await call('audienceFile', { ws, audience })
  saveFile(name, csv, 'text/csv')
  notifications.show({ message: done(people), color: 'green' })
}

function One({
  ws,
  audience,
  choices,
  edit,
}: {
  ws: string
  audience: Audience
  choices: Choice[]
  edit: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [asking, ask] = useState(false)
  const of = { ws, audience: audience.id }
  const save = useAct('saveAudience', { done: t('common.saved') })
  const remove = useAct('deleteAudience', { done: t('common.saved') })
  const nameOf = (id: string) => choices.find(c => c.value === id)?.label ?? id
  const on = audience.state === 'on'
  return (
    <Card
      title={audience.name}
      aside={
        <Group gap={8}>
          <Badge tone={TONES[audience.state]}>{t(`audiences.${audience.state}`)}</Badge>
          <Guarded scope="channels:write" size="xs" variant="default" onClick={edit}>
            {t('audiences.edit')}
          </Guarded>
        </Group>
      }
    >
      <Stack gap={8}>
        <Text size="sm">
          {t(`audiences.${audience.provider}`)} · {nameOf(audience.segment)}
        </Text>
        {audience.exclude !== null ? (
          <Text size="sm" c="dimmed">
            {t('audiences.exclude')}: {nameOf(audience.exclude)}
          </Text>
        ) : null}
        <Group gap="md">
          <Text size="sm">
            {t('audiences.told')} {say.count(audience.told)}
          </Text>
          <Text size="sm">
            {t('audiences.waiting')} {say.count(audience.waiting)}
          </Text>
          {audience.lastSync !== null ? (
            <Text size="sm">
              {t('audiences.lastSync')} <Time at={audience.lastSync} />
            </Text>
          ) : null}
        </Group>
        {audience.remote !== null ? (
          <Text size="sm">
            {t('audiences.remote')} <code>{audience.remote}</code>
          </Text>
        ) : null}
        {audience.building ? (
          <Text size="sm" c="dimmed">
            {t('audiences.building')}
          </Text>
        ) : null}
        {audience.lastError !== null ? (
          <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
            {t('audiences.lastError')}: {audience.lastError}
          </Text>
        ) : null}
        <Group gap="xs">
          <Guarded
            scope="channels:write"
            size="xs"
            variant="default"
            onClick={() => save.mutate({ ...of, body: bodyOf(audience, !on) })}
          >
            {t(on ? 'audiences.pause' : 'audiences.resume')}
          </Guarded>
          <Guarded
            scope="customers:export"
            size="xs"
            variant="default"
            onClick={() =>
              void download(ws, audience.id, people => t('audiences.fileDone', { people })).catch(showProblem)
            }
          >
            {t(audience.provider === 'line' ? 'audiences.fileIds' : 'audiences.file')}
          </Guarded>
          <Guarded scope="channels:write" size="xs" variant="subtle" color="red" onClick={() => ask(true)}>
            {t('audiences.remove')}
          </Guarded>
        </Group>
      </Stack>
      <Confirm
        title={t('audiences.remove')}
        text={t('audiences.removeText')}
        action={t('audiences.remove')}
        danger
        opened={asking}
        close={() => ask(false)}
        run={() => remove.mutate(of)}
      />
    </Card>
  )
}

/** Settings that belong to a platform; `baseUrl` is a sandbox's. */
const OWN: Record<Audience['provider'], readonly string[]> = {
  meta: ['audienceId', 'pixelId', 'baseUrl'],
  google: ['customerId', 'loginCustomerId', 'audienceId', 'baseUrl'],
  line: ['account'],
}

/** What each platform asks for. */
function OfPlatform({
  ws,
  provider,
  settings,
  write,
  token,
  writeToken,
  kept,
  made,
}: {
  ws: string
  provider: Audience['provider']
  settings: Record<string, string>
  write: (field: string, value: string) => void
  token: string
  writeToken: (token: string) => void
  kept: boolean
  made: boolean
}) {
  const { t } = useTranslation()
  const field = (
    name: 'audienceId' | 'listId' | 'pixelId' | 'customerId' | 'loginCustomerId',
    required: boolean,
  ) => {
    const key = name === 'listId' ? 'audienceId' : name
    return (
      <TextInput
        label={t(`audiences.${name}`)}
        required={required}
        inputMode="numeric"
        value={settings[key] ?? ''}
        onChange={e => write(key, e.currentTarget.value)}
      />
    )
  }
  if (provider === 'line')
    return (
      <OfLine
        ws={ws}
        made={made}
        account={settings.account ?? null}
        choose={account => write('account', account)}
      />
    )
  const secret = {
    autoComplete: 'off',
    required: !kept,
    description: kept ? t('audiences.tokenKept') : undefined,
    value: token,
  }
  if (provider === 'google')
    return (
      <>
        {field('customerId', true)}
        {field('loginCustomerId', false)}
        {field('listId', true)}
        <Textarea
          label={t('audiences.key')}
          autosize
          minRows={3}
          maxRows={6}
          {...secret}
          onChange={e => writeToken(e.currentTarget.value)}
        />
      </>
    )
  return (
    <>
      {field('audienceId', true)}
      {field('pixelId', false)}
      <PasswordInput
        label={t('audiences.token')}
        {...secret}
        onChange={e => writeToken(e.currentTarget.value)}
      />
    </>
  )
}

function OfLine({
  ws,
  made,
  account,
  choose,
}: {
  ws: string
  made: boolean
  account: string | null
  choose: (account: string) => void
}) {
  const { t } = useTranslation()
  const items = useApi('lineAccounts', { ws }).data?.items
  return (
    <>
      <Select
        label={t('audiences.account')}
        required
        disabled={made}
        placeholder={items?.length === 0 ? t('audiences.noAccount') : undefined}
        data={(items ?? []).map(a => ({ value: a.id, label: a.name }))}
        value={account}
        onChange={value => choose(value ?? '')}
      />
      <Text size="sm" c="dimmed">
        {t('audiences.lineText')}
      </Text>
    </>
  )
}

function Form({
  ws,
  audience,
  choices,
  close,
}: {
  ws: string
  audience: Audience | null
  choices: Choice[]
  close: () => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(audience?.name ?? '')
  const [provider, setProvider] = useState<Audience['provider']>(audience?.provider ?? 'meta')
  const [segment, setSegment] = useState<string | null>(audience?.segment ?? null)
  const [exclude, setExclude] = useState<string | null>(audience?.exclude ?? null)
  const [settings, set] = useState<Record<string, string>>(audience?.settings ?? {})
  const write = (field: string, value: string) => set({ ...settings, [field]: value })
  const [token, setToken] = useState('')
  const save = useAct('saveAudience', { done: t('common.saved'), after: close })
  return (
    <Modal opened onClose={close} title={t(audience === null ? 'audiences.add' : 'audiences.edit')} size="lg">
      <form
        onSubmit={event => {
          event.preventDefault()
          if (segment === null) return
          const given = Object.entries(settings).filter(
            ([field, value]) => value && OWN[provider].includes(field),
          )
          save.mutate({
            ws,
            audience: audience?.id ?? 'new',
            body: {
              name,
              provider,
              segment,
              exclude,
              settings: Object.fromEntries(given),
              accessToken: token || undefined,
              on: audience?.state !== 'paused',
            },
          })
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('audiences.name')}
            required
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <Select
            label={t('audiences.provider')}
            required
            disabled={audience !== null}
            allowDeselect={false}
            data={[
              { value: 'meta', label: t('audiences.meta') },
              { value: 'google', label: t('audiences.google') },
              { value: 'line', label: t('audiences.line') },
            ]}
            value={provider}
            onChange={v => setProvider(v as Audience['provider'])}
          />
          <Select
            label={t('audiences.segment')}
            required
            searchable
            data={choices}
            value={segment}
            onChange={setSegment}
          />
          <Select
            label={t('audiences.exclude')}
            placeholder={t('audiences.none')}
            clearable
            searchable
            data={choices.filter(c => c.value !== segment)}
            value={exclude}
            onChange={setExclude}
          />
          <OfPlatform
            ws={ws}
            provider={provider}
            settings={settings}
            write={write}
            token={token}
            writeToken={setToken}
            kept={audience?.hasToken ?? false}
            made={audience !== null}
          />
          <Group justify="flex-end">
            <Button variant="subtle" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Guarded scope="channels:write" type="submit" loading={save.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
