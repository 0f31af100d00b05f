// Every way in, with what came through it; adding one; and the page of a source that posts webhooks.
import {
  Alert,
  Button,
  Group,
  Modal,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import {
  IconApi,
  IconBrandLine,
  IconFileImport,
  IconPlugConnected,
  IconPlus,
  IconShoppingBag,
  IconWebhook,
  IconWorldWww,
} from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Badge, Copy, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { whyInWords } from './refusal.ts'
import { SourcePage } from './source.tsx'

const route = getRouteApi('/w/$ws/sources')
type Connector = Out<'connectors'>['items'][number]
type Kind = Connector['kind']

const ICON: Record<Kind, ReactNode> = {
  web: <IconWorldWww size={16} />,
  api: <IconApi size={16} />,
  line: <IconBrandLine size={16} />,
  webhook: <IconWebhook size={16} />,
  shopify: <IconShoppingBag size={16} />,
  file: <IconFileImport size={16} />,
}
const TONE = { ok: 'good', waiting: 'wait', attention: 'bad' } as const

export function Connectors({ ws }: { ws: string }) {
  const { name } = route.useSearch()
  return name?.startsWith('src_') ? <SourcePage ws={ws} source={name} /> : <List ws={ws} />
}

function List({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('connectors', { ws }, { refetchInterval: 15_000 })
  const [adding, add] = useState(false)
  const button = (
    <Guarded scope="sources:write" leftSection={<IconPlus size={16} />} onClick={() => add(true)}>
      {t('connectors.add')}
    </Guarded>
  )
  return (
    <Stack>
      <Group justify="flex-end">{button}</Group>
      <div className="card">
        <Show query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty
                icon={<IconPlugConnected />}
                title={t('connectors.add')}
                text={t('connectors.addWebhookText')}
                action={button}
              />
            ) : (
              <div className="table-scroll">
                <table className="table hover">
                  <thead>
                    <tr>
                      <th>{t('common.name')}</th>
                      <th>{t('common.kind')}</th>
                      <th>{t('common.status')}</th>
                      <th>{t('connectors.lastAt')}</th>
                      <th className="end">{t('connectors.rowsIn')}</th>
                      <th className="end">{t('connectors.rejected')}</th>
                      <th>{t('connectors.howTo')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map(c => (
                      <tr key={c.id}>
                        <td>
                          {c.name}
                          {c.why === null ? null : (
                            <Text size="xs" className="tone-bad">
                              {whyInWords(c.why)}
                            </Text>
                          )}
                        </td>
                        <td className="nowrap">
                          <Group gap={6} wrap="nowrap">
                            {ICON[c.kind]} {t(`connectors.kind_${c.kind}`)}
                          </Group>
                        </td>
                        <td>
                          <Badge tone={TONE[c.status]}>{t(`connectors.status_${c.status}`)}</Badge>
                        </td>
                        <td className="nowrap">{c.lastAt ? <Time at={c.lastAt} /> : t('common.never')}</td>
                        <td className="end">{c.rowsIn === null ? '—' : say.count(c.rowsIn)}</td>
                        <td className="end">
                          <Refused ws={ws} connector={c} count={say.count(c.rejected)} />
                        </td>
                        <td className="nowrap">
                          <HowTo ws={ws} connector={c} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Show>
      </div>
      <Modal opened={adding} onClose={() => add(false)} title={t('connectors.add')} size="lg">
        <Add ws={ws} close={() => add(false)} />
      </Modal>
    </Stack>
  )
}

/** Leads to what was refused, and to the file of it. */
function Refused({ ws, connector, count }: { ws: string; connector: Connector; count: string }) {
  const { id } = connector
  if (connector.rejected === 0) return <>{count}</>
  if (id.startsWith('imp_'))
    return (
      <A to="/w/$ws/imports/$import" params={{ ws, import: id }}>
        {count}
      </A>
    )
  const search = id.startsWith('src_') ? { tab: 'connectors', name: id } : { tab: 'rejected' }
  return (
    <A to="/w/$ws/sources" params={{ ws }} search={search}>
      {count}
    </A>
  )
}

function HowTo({ ws, connector }: { ws: string; connector: Connector }) {
  const { t } = useTranslation()
  const own = connector.kind === 'webhook' || connector.kind === 'shopify'
  const words = t(own ? 'connectors.tabSetup' : 'connectors.howTo')
  const label = `${words}: ${connector.name}`
  if (connector.kind === 'line')
    return (
      <A to="/w/$ws/channels" params={{ ws }} aria-label={label}>
        {words}
      </A>
    )
  const search =
    connector.kind === 'web' || connector.kind === 'api'
      ? { tab: 'install' }
      : connector.kind === 'file'
        ? { tab: 'imports' }
        : { tab: 'connectors', name: connector.id }
  return (
    <A to="/w/$ws/sources" params={{ ws }} search={search} aria-label={label}>
      {words}
    </A>
  )
}

function Add({ ws, close }: { ws: string; close: () => void }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const [kind, setKind] = useState<'webhook' | 'shopify' | null>(null)
  const go = (tab: string) => {
    close()
    void navigate({ search: { tab } })
  }
  if (kind) return <Make ws={ws} kind={kind} close={close} />
  return (
    <div className="half">
      <Choice
        icon={ICON.shopify}
        title={t('connectors.addShopify')}
        text={t('connectors.addShopifyText')}
        pick={() => setKind('shopify')}
      />
      <Choice
        icon={ICON.webhook}
        title={t('connectors.addWebhook')}
        text={t('connectors.addWebhookText')}
        pick={() => setKind('webhook')}
      />
      <Choice
        icon={ICON.web}
        title={t('connectors.addWeb')}
        text={t('connectors.addWebText')}
        pick={() => go('install')}
      />
      <Choice
        icon={ICON.file}
        title={t('connectors.addFile')}
        text={t('connectors.addFileText')}
        pick={() => go('imports')}
      />
      <Choice
        icon={ICON.line}
        title={t('connectors.addLine')}
        text={t('connectors.addLineText')}
        pick={() => void navigate({ to: '/w/$ws/channels', params: { ws }, search: {} })}
      />
    </div>
  )
}

function Choice({
  icon,
  title,
  text,
  pick,
}: {
  icon: ReactNode
  title: string
  text: string
  pick: () => void
}) {
  return (
    <UnstyledButton className="card card-body" onClick={pick}>
      <Group gap="xs">
        {icon}
        <Text fw={600}>{title}</Text>
      </Group>
      <Text size="sm" c="dimmed">
        {text}
      </Text>
    </UnstyledButton>
  )
}

function Make({ ws, kind, close }: { ws: string; kind: 'webhook' | 'shopify'; close: () => void }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const [name, setName] = useState(kind === 'shopify' ? 'Shopify' : '')
  const [secret, setSecret] = useState('')
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null)
  const open = (id: string) => {
    close()
    void navigate({ search: { tab: 'connectors', name: id } })
  }
  const create = useAct('createSource', {
    after: out =>
      out.secret && kind === 'webhook' ? setMade({ id: out.id, secret: out.secret }) : open(out.id),
  })
  if (made)
    return (
      <Stack>
        <Alert color="green" variant="outline" title={t('connectors.secret')}>
          <Text>{t('connectors.secretMade')}</Text>
          <Group gap={4} wrap="nowrap">
            <Text className="mono">{made.secret}</Text>
            <Copy value={made.secret} label={`${t('common.copy')} ${t('connectors.secret')}`} />
          </Group>
        </Alert>
        <Group justify="flex-end">
          <Button onClick={() => open(made.id)}>{t('connectors.tabSetup')}</Button>
        </Group>
      </Stack>
    )
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        create.mutate({ ws, body: { kind, name: name.trim(), secret: secret.trim() || undefined } })
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('connectors.name')}
          placeholder={t('connectors.nameHint')}
          required
          withAsterisk={false}
          maxLength={100}
          value={name}
          onChange={e => setName(e.currentTarget.value)}
          data-autofocus
        />
        <PasswordInput
          label={t('connectors.secret')}
          description={t(kind === 'shopify' ? 'connectors.secretShopify' : 'connectors.secretText')}
          autoComplete="off"
          value={secret}
          onChange={e => setSecret(e.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Guarded scope="sources:write" type="submit" loading={create.isPending}>
            {t('connectors.create')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
