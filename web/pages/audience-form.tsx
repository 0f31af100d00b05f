// The form of an audience: of which segment, without whom, and what its platform asks for.
import { Button, Group, Modal, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Guarded } from '../parts/small.tsx'

export type Audience = Out<'audiences'>['items'][number]
/** A segment, as a field offers it. */
export type Choice = { value: string; label: string }

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

export function AudienceForm({
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
