// One source that posts webhooks: set-up with steps, mapping, and what could not be used.
import {
  Alert,
  Button,
  Group,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Tabs,
  Text,
  TextInput,
} from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SHOPIFY_TOPICS, type Signing } from '../../src/connectors/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, CodeBlock, Copy, Figure, Guarded, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { RemoveButton } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { DeadLetters } from './dead-letters.tsx'
import { MappingEditor } from './mapping.tsx'
import { pretty } from './pretty.ts'
import { whyInWords } from './refusal.ts'

const route = getRouteApi('/w/$ws/sources')
type Source = Out<'source'>

export function SourcePage({ ws, source }: { ws: string; source: string }) {
  const { t } = useTranslation()
  const query = useApi('source', { ws, source }, { refetchInterval: 10_000 })
  const [tab, setTab] = useState<string | null>(null)
  return (
    <Stack>
      <A to="/w/$ws/sources" params={{ ws }} search={{ tab: 'connectors' }} size="sm">
        ← {t('connectors.back')}
      </A>
      <Show query={query}>
        {data => (
          <>
            <Head data={data} />
            <Tabs value={tab ?? 'setup'} onChange={setTab} keepMounted={false}>
              <Tabs.List mb="sm">
                <Tabs.Tab value="setup">{t('connectors.tabSetup')}</Tabs.Tab>
                {data.kind === 'webhook' ? (
                  <Tabs.Tab value="mapping">{t('connectors.tabMapping')}</Tabs.Tab>
                ) : null}
                <Tabs.Tab value="dead">
                  {t('connectors.tabDead')}
                  {data.waiting > 0 ? ` (${data.waiting})` : ''}
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="setup">
                <Setup key={data.version} ws={ws} data={data} />
              </Tabs.Panel>
              {data.kind === 'webhook' ? (
                <Tabs.Panel value="mapping" keepMounted>
                  <MappingEditor key={source} ws={ws} source={data} />
                </Tabs.Panel>
              ) : null}
              <Tabs.Panel value="dead">
                <DeadLetters ws={ws} source={source} name={data.name} />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Show>
    </Stack>
  )
}

function Head({ data }: { data: Source }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <>
      <Group gap="sm">
        <Text fw={650} size="lg">
          {data.name}
        </Text>
        <Badge tone={data.active ? (data.lastAt ? 'good' : 'wait') : 'skip'}>
          {t(
            data.active
              ? data.lastAt
                ? 'connectors.status_ok'
                : 'connectors.status_waiting'
              : 'connectors.why_off',
          )}
        </Badge>
      </Group>
      <div className="figures">
        <Figure
          label={t('connectors.lastAt')}
          value={data.lastAt ? <Time at={data.lastAt} /> : t('common.never')}
        />
        <Figure label={t('connectors.rowsInAll')} value={say.count(data.rowsIn)} />
        <Figure
          label={t('connectors.rejected')}
          value={say.count(data.rejected)}
          tone={data.waiting > 0 ? 'bad' : undefined}
        />
      </div>
      {data.refusedAt ? (
        <Alert color="red" variant="outline" py={6}>
          {t('connectors.refused', {
            why: whyInWords(data.refusedWhy ?? ''),
            time: say.exact(data.refusedAt),
          })}
        </Alert>
      ) : null}
    </>
  )
}

function Setup({ ws, data }: { ws: string; data: Source }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const [name, setName] = useState(data.name)
  const [active, setActive] = useState(data.active)
  const [secret, setSecret] = useState('')
  const [signing, setSigning] = useState<Signing>(data.signing)
  const [places, setPlaces] = useState(
    Object.entries(data.locations).map(([id, store], key) => ({ key, id, store })),
  )
  const [asking, ask] = useState(false)
  const save = useAct('saveSource', { done: t('common.saved') })
  const remove = useAct('removeSource', { after: () => void navigate({ search: { tab: 'connectors' } }) })
  return (
    <div className="half">
      <Card title={t('connectors.steps')}>
        <Steps data={data} />
      </Card>
      <Card title={t('connectors.tabSetup')}>
        <form
          onSubmit={event => {
            event.preventDefault()
            save.mutate({
              ws,
              source: data.id,
              body: {
                name: name.trim(),
                active,
                secret: secret.trim() || undefined,
                signing,
                mapping: data.mapping,
                locations: Object.fromEntries(
                  places.filter(p => p.id.trim() && p.store.trim()).map(p => [p.id.trim(), p.store.trim()]),
                ),
                version: data.version,
              },
            })
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('connectors.name')}
              required
              withAsterisk={false}
              maxLength={100}
              value={name}
              onChange={e => setName(e.currentTarget.value)}
            />
            {data.kind === 'webhook' ? <SigningFields signing={signing} set={setSigning} /> : null}
            <PasswordInput
              label={t('connectors.secret')}
              description={t(data.hasSecret ? 'connectors.secretKept' : 'connectors.secretText')}
              autoComplete="off"
              value={secret}
              onChange={e => setSecret(e.currentTarget.value)}
            />
            {data.kind === 'shopify' ? <Places ws={ws} places={places} set={setPlaces} /> : null}
            <Switch
              label={t('connectors.activeOn')}
              checked={active}
              onChange={e => setActive(e.currentTarget.checked)}
            />
            <Group justify="space-between">
              <Guarded scope="sources:write" variant="default" onClick={() => ask(true)}>
                {t('connectors.remove')}
              </Guarded>
              <Guarded scope="sources:write" type="submit" loading={save.isPending}>
                {t('common.save')}
              </Guarded>
            </Group>
          </Stack>
        </form>
      </Card>
      {data.last ? (
        <Card title={`${t('connectors.lastBody')}${data.last.topic ? ` · ${data.last.topic}` : ''}`}>
          <CodeBlock text={pretty(data.last.body)} label={t('connectors.lastBody')} />
        </Card>
      ) : null}
      <Confirm
        danger
        title={t('connectors.remove')}
        text={t('connectors.removeSure', { name: data.name })}
        action={t('connectors.remove')}
        typed={data.name}
        opened={asking}
        close={() => ask(false)}
        run={() => remove.mutate({ ws, source: data.id })}
      />
    </div>
  )
}

function Steps({ data }: { data: Source }) {
  const { t } = useTranslation()
  const address = (
    <Group gap={4} wrap="nowrap">
      <Text className="mono">{data.url}</Text>
      <Copy value={data.url} label={`${t('common.copy')} ${t('connectors.address')}`} />
    </Group>
  )
  const shopify = data.kind === 'shopify'
  return (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">
        {t('connectors.address')}
      </Text>
      {address}
      <ol style={{ margin: 0, paddingInlineStart: 20, display: 'grid', gap: 8 }}>
        <li>{t(shopify ? 'connectors.shopify1' : 'connectors.webhook1')}</li>
        <li>
          {t(shopify ? 'connectors.shopify2' : 'connectors.webhook2')}
          {shopify ? (
            <Group gap={4} mt={4}>
              {SHOPIFY_TOPICS.map(topic => (
                <span key={topic} className="chip mono">
                  {topic}
                </span>
              ))}
            </Group>
          ) : null}
        </li>
        <li>{t(shopify ? 'connectors.shopify3' : 'connectors.webhook3')}</li>
        {shopify ? <li>{t('connectors.shopify4')}</li> : null}
      </ol>
    </Stack>
  )
}

const HMAC: Extract<Signing, { scheme: 'hmac' }> = {
  scheme: 'hmac',
  header: 'X-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  idHeader: null,
  timestampHeader: null,
}

function SigningFields({ signing, set }: { signing: Signing; set: (signing: Signing) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Select
        label={t('connectors.scheme')}
        allowDeselect={false}
        data={[
          { value: 'standard', label: t('connectors.schemeStandard') },
          { value: 'hmac', label: t('connectors.schemeHmac') },
        ]}
        value={signing.scheme}
        onChange={value => set(value === 'hmac' ? HMAC : { scheme: 'standard' })}
      />
      {signing.scheme === 'hmac' ? (
        <>
          <Group grow>
            <TextInput
              label={t('connectors.header')}
              required
              withAsterisk={false}
              value={signing.header}
              onChange={e => set({ ...signing, header: e.currentTarget.value })}
            />
            <TextInput
              label={t('connectors.prefix')}
              placeholder="sha256="
              value={signing.prefix}
              onChange={e => set({ ...signing, prefix: e.currentTarget.value })}
            />
          </Group>
          <Group grow>
            <Select
              label={t('connectors.algorithm')}
              allowDeselect={false}
              data={['sha256', 'sha1', 'sha512']}
              value={signing.algorithm}
              onChange={value => set({ ...signing, algorithm: value as typeof signing.algorithm })}
            />
            <Select
              label={t('connectors.encoding')}
              allowDeselect={false}
              data={['hex', 'base64']}
              value={signing.encoding}
              onChange={value => set({ ...signing, encoding: value as typeof signing.encoding })}
            />
          </Group>
          <Group grow align="flex-start">
            <TextInput
              label={t('connectors.idHeader')}
              value={signing.idHeader ?? ''}
              onChange={e => set({ ...signing, idHeader: e.currentTarget.value || null })}
            />
            <TextInput
              label={t('connectors.timestampHeader')}
              description={t('connectors.timestampText')}
              value={signing.timestampHeader ?? ''}
              onChange={e => set({ ...signing, timestampHeader: e.currentTarget.value || null })}
            />
          </Group>
        </>
      ) : null}
    </>
  )
}

type Place = { key: number; id: string; store: string }

function Places({ ws, places, set }: { ws: string; places: Place[]; set: (places: Place[]) => void }) {
  const { t } = useTranslation()
  const stores = useApi('stores', { ws, query: { limit: 200 } })
  const data = (stores.data?.items ?? []).map(s => ({ value: s.code, label: `${s.name} (${s.code})` }))
  const change = (key: number, part: Partial<Place>) =>
    set(places.map(p => (p.key === key ? { ...p, ...part } : p)))
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Text component="legend" size="sm" fw={500}>
        {t('connectors.locations')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {t('connectors.locationsText')}
      </Text>
      <Stack gap={6}>
        {places.map(p => (
          <Group key={p.key} gap={6} wrap="nowrap">
            <TextInput
              size="xs"
              aria-label={t('connectors.locationId')}
              placeholder={t('connectors.locationId')}
              value={p.id}
              onChange={e => change(p.key, { id: e.currentTarget.value })}
            />
            <Select
              size="xs"
              style={{ flex: 1 }}
              searchable
              aria-label={t('catalogue.store')}
              placeholder={t('catalogue.store')}
              data={data}
              value={p.store || null}
              onChange={value => change(p.key, { store: value ?? '' })}
            />
            <RemoveButton
              label={`${t('common.remove')} ${p.id}`}
              run={() => set(places.filter(other => other.key !== p.key))}
            />
          </Group>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          style={{ alignSelf: 'flex-start' }}
          onClick={() =>
            set([...places, { key: Math.max(-1, ...places.map(p => p.key)) + 1, id: '', store: '' }])
          }
        >
          {t('connectors.addLocation')}
        </Button>
      </Stack>
    </fieldset>
  )
}
