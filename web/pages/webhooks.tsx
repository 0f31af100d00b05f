// Webhooks out: who is told what, how it goes, what could not be delivered, and which events there are.
import { Alert, Button, Group, Modal, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconPlus, IconWebhook } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card, Page, Scroll } from '../parts/page.tsx'
import { Badge, Copy, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { Deliveries } from '../webhooks/deliveries.tsx'

const route = getRouteApi('/w/$ws/webhooks')
type Webhook = Out<'webhooks'>['items'][number]

const TONES = { on: 'good', paused: 'skip', failing: 'bad' } as const

export function Webhooks() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const [edited, edit] = useState<Webhook | 'new' | null>(null)
  const [secret, tellSecret] = useState<string | null>(null)
  const query = useApi('webhooks', { ws })
  const types = useApi('webhookEvents', { ws })
  const add = (
    <Guarded
      scope="channels:write"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => edit('new')}
    >
      {t('webhooks.add')}
    </Guarded>
  )
  return (
    <Page title={t('webhooks.title')} lead={t('webhooks.lead')} action={add}>
      <Stack>
        <Show query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Card flush>
                <Empty
                  icon={<IconWebhook />}
                  title={t('webhooks.empty')}
                  text={t('webhooks.emptyText')}
                  action={add}
                />
              </Card>
            ) : (
              <Stack>
                {items.map(hook => (
                  <One key={hook.id} ws={ws} hook={hook} edit={() => edit(hook)} tellSecret={tellSecret} />
                ))}
              </Stack>
            )
          }
        </Show>
        <Card title={t('webhooks.types')} flush>
          <Text size="sm" c="dimmed" px="md" py="sm">
            {t('webhooks.typesText')}
          </Text>
          <Show query={types}>{({ items }) => <Types items={items} />}</Show>
        </Card>
      </Stack>
      {edited !== null ? (
        <Form
          ws={ws}
          hook={edited === 'new' ? null : edited}
          known={types.data?.items.map(i => i.name) ?? []}
          close={() => edit(null)}
          tellSecret={tellSecret}
        />
      ) : null}
      <Modal opened={secret !== null} onClose={() => tellSecret(null)} title={t('webhooks.secret')} centered>
        <Text size="sm" mb="sm">
          {t('webhooks.secretText')}
        </Text>
        <Group gap={6} wrap="nowrap">
          <Text className="mono" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {secret}
          </Text>
          <Copy value={secret ?? ''} label={t('webhooks.copySecret')} />
        </Group>
      </Modal>
    </Page>
  )
}

function One({
  ws,
  hook,
  edit,
  tellSecret,
}: {
  ws: string
  hook: Webhook
  edit: () => void
  tellSecret: (secret: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [asking, ask] = useState<'remove' | 'rotate' | null>(null)
  const [open, setOpen] = useState(false)
  const of = { ws, webhook: hook.id }
  const update = useAct('updateWebhook', { done: t('common.saved') })
  const test = useAct('testWebhook', { done: t('webhooks.tested') })
  const remove = useAct('deleteWebhook', { done: t('common.saved') })
  const rotate = useAct('rotateWebhookSecret', { after: out => tellSecret(out.secret) })
  const replay = useAct('replayWebhook', {
    after: out => notifications.show({ message: t('webhooks.replayed', out), color: 'green' }),
  })
  const { name, url, events, version } = hook
  const turn = (on: boolean) => update.mutate({ ...of, body: { name, url, events, version, on } })
  return (
    <Card
      title={hook.name}
      aside={
        <Group gap={8}>
          <Badge tone={TONES[hook.state]}>{t(`webhooks.${hook.state}`)}</Badge>
          <Guarded scope="channels:write" size="xs" variant="default" onClick={edit}>
            {t('webhooks.edit')}
          </Guarded>
        </Group>
      }
    >
      <Stack gap={8}>
        {hook.state === 'failing' ? (
          <Alert color="red" variant="outline" icon={<IconAlertTriangle size={18} />} py={6}>
            {t('webhooks.failingText')}
          </Alert>
        ) : null}
        <Text className="mono" size="sm" style={{ overflowWrap: 'anywhere' }}>
          {hook.url}
        </Text>
        <Text size="sm">{say.list(hook.events)}</Text>
        <Group gap="md">
          <Text size="sm">
            {t('webhooks.waiting')} {say.count(hook.waiting)}
          </Text>
          <Text size="sm">
            {t('webhooks.dead')} {say.count(hook.dead)}
          </Text>
          {hook.lastOk !== null ? (
            <Text size="sm">
              {t('webhooks.lastOk')} <Time at={hook.lastOk} />
            </Text>
          ) : null}
        </Group>
        {hook.lastError !== null ? (
          <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
            {t('webhooks.lastError')}: {hook.lastError}
          </Text>
        ) : null}
        <Group gap="xs">
          <Guarded
            scope="channels:write"
            size="xs"
            variant="default"
            onClick={() => turn(hook.state !== 'on')}
          >
            {t(hook.state === 'on' ? 'webhooks.pause' : 'webhooks.resume')}
          </Guarded>
          <Guarded
            scope="channels:write"
            size="xs"
            variant="default"
            onClick={() => test.mutate({ ...of, body: {} })}
          >
            {t('webhooks.test')}
          </Guarded>
          <Guarded scope="channels:write" size="xs" variant="default" onClick={() => ask('rotate')}>
            {t('webhooks.rotate')}
          </Guarded>
          {hook.dead > 0 ? (
            <Guarded scope="channels:write" size="xs" onClick={() => replay.mutate({ ...of, body: {} })}>
              {t('webhooks.replay')}
            </Guarded>
          ) : null}
          <Guarded
            scope="channels:write"
            size="xs"
            variant="subtle"
            color="red"
            onClick={() => ask('remove')}
          >
            {t('webhooks.remove')}
          </Guarded>
          <Button size="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('webhooks.deliveries')}
          </Button>
        </Group>
        {open ? <Deliveries ws={ws} webhook={hook.id} /> : null}
      </Stack>
      <Confirm
        title={t('webhooks.rotate')}
        text={t('webhooks.rotateText')}
        action={t('webhooks.rotate')}
        opened={asking === 'rotate'}
        close={() => ask(null)}
        run={() => rotate.mutate({ ...of, body: {} })}
      />
      <Confirm
        title={t('webhooks.remove')}
        text={t('webhooks.removeText')}
        action={t('webhooks.remove')}
        danger
        opened={asking === 'remove'}
        close={() => ask(null)}
        run={() => remove.mutate(of)}
      />
    </Card>
  )
}

function Form({
  ws,
  hook,
  known,
  close,
  tellSecret,
}: {
  ws: string
  hook: Webhook | null
  known: string[]
  close: () => void
  tellSecret: (secret: string) => void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(hook?.name ?? '')
  const [url, setUrl] = useState(hook?.url ?? '')
  const [events, setEvents] = useState<string[]>(hook?.events ?? [])
  const create = useAct('createWebhook', {
    after: out => {
      close()
      tellSecret(out.secret)
    },
  })
  const update = useAct('updateWebhook', { done: t('common.saved'), after: close })
  const save = () => {
    const body = { name, url, events }
    if (hook === null) create.mutate({ ws, body })
    else
      update.mutate({
        ws,
        webhook: hook.id,
        body: { ...body, on: hook.state === 'on', version: hook.version },
      })
  }
  return (
    <Modal opened onClose={close} title={t(hook === null ? 'webhooks.add' : 'webhooks.edit')} size="lg">
      <form
        onSubmit={event => {
          event.preventDefault()
          save()
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('webhooks.name')}
            required
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <TextInput
            label={t('webhooks.url')}
            description={t('webhooks.urlHint')}
            type="url"
            required
            value={url}
            onChange={e => setUrl(e.currentTarget.value)}
          />
          <TagsInput
            label={t('webhooks.events')}
            description={t('webhooks.eventsHint')}
            required={events.length === 0}
            data={['*', 'order.*', 'message.*', 'segment.*', ...known]}
            value={events}
            onChange={setEvents}
            maxTags={50}
          />
          <Group justify="flex-end">
            <Guarded scope="channels:write" type="submit" loading={create.isPending || update.isPending}>
              {t('common.save')}
            </Guarded>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Types({ items }: { items: Out<'webhookEvents'>['items'] }) {
  const { t } = useTranslation()
  return (
    <Scroll label={t('webhooks.types')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('webhooks.type')}</th>
            <th>{t('webhooks.version')}</th>
            <th>{t('webhooks.fields')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(i => (
            <tr key={i.name}>
              <td className="mono">{i.name}</td>
              <td>{i.version}</td>
              <td className="mono">{i.props.join(', ') || '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
