// Write keys and API keys: make, copy, revoke. An API key is shown once.
import {
  Alert,
  Checkbox,
  Group,
  Modal,
  MultiSelect,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { roleScopes } from 'virtual:endpoints'
import type { Out, Scope } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Badge, Copy, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'

type Key = Out<'keys'>['items'][number]

export function Keys({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const keys = useApi('keys', { ws })
  const [making, makeDialog] = useDisclosure(false)
  const [made, setMade] = useState<string | null>(null)
  const [revoking, setRevoking] = useState<Key | null>(null)
  const revoke = useAct('revokeKey', { done: t('sources.revoked') })
  const newKey = (
    <Guarded scope="sources:write" leftSection={<IconPlus size={16} />} onClick={makeDialog.open}>
      {t('sources.newKey')}
    </Guarded>
  )
  return (
    <Stack>
      <Group justify="flex-end">{newKey}</Group>
      {made ? (
        <Alert
          color="green"
          variant="outline"
          title={t('sources.created')}
          withCloseButton
          closeButtonLabel={t('common.close')}
          onClose={() => setMade(null)}
        >
          <Text>{t('sources.shownOnce')}</Text>
          <Group gap={4}>
            <Text className="mono">{made}</Text>
            <Copy value={made} label={`${t('common.copy')} ${t('sources.hint')}`} />
          </Group>
        </Alert>
      ) : null}
      <div className="card">
        <Show query={keys}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={<IconKey />} title={t('sources.noKeys')} text={t('sources.noKeysText')} />
            ) : (
              <div className="table-scroll">
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('common.name')}</th>
                      <th>{t('common.kind')}</th>
                      <th>{t('sources.hint')}</th>
                      <th>{t('sources.scopes')}</th>
                      <th>{t('sources.lastUsed')}</th>
                      <ActionsHead />
                    </tr>
                  </thead>
                  <tbody>
                    {items.map(k => (
                      <tr key={k.id}>
                        <td>{k.name}</td>
                        <td className="nowrap">{t(k.kind === 'write' ? 'sources.write' : 'sources.api')}</td>
                        <td className="nowrap">
                          <Group gap={2} wrap="nowrap">
                            <span className="mono">{k.writeKey ?? `${k.hint}…`}</span>
                            {k.writeKey ? (
                              <Copy value={k.writeKey} label={`${t('common.copy')} ${k.name}`} />
                            ) : null}
                          </Group>
                        </td>
                        <td>
                          <Text size="xs" c="dimmed">
                            {k.kind === 'write'
                              ? k.demandToken
                                ? t('sources.demandToken')
                                : '—'
                              : k.scopes.length === roleScopes.owner.length
                                ? t('sources.allScopes')
                                : k.scopes.join(', ')}
                          </Text>
                        </td>
                        <td className="nowrap">
                          {k.lastUsedAt ? <Time at={k.lastUsedAt} /> : t('common.never')}
                        </td>
                        <td className="end">
                          {k.revokedAt ? (
                            <Badge tone="skip">{t('sources.revoked')}</Badge>
                          ) : (
                            <Guarded
                              scope="sources:write"
                              size="compact-xs"
                              variant="default"
                              onClick={() => setRevoking(k)}
                            >
                              {t('sources.revoke')}
                            </Guarded>
                          )}
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
      <Modal opened={making} onClose={makeDialog.close} title={t('sources.newKey')}>
        <Form
          ws={ws}
          done={key => {
            setMade(key)
            makeDialog.close()
          }}
        />
      </Modal>
      <Confirm
        danger
        title={t('sources.revoke')}
        text={t('sources.revokeSure', { name: revoking?.name ?? '' })}
        action={t('sources.revoke')}
        opened={revoking !== null}
        close={() => setRevoking(null)}
        run={() => revoking && revoke.mutate({ ws, key: revoking.id })}
      />
    </Stack>
  )
}

function Form({ ws, done }: { ws: string; done: (key: string) => void }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<'write' | 'api'>('write')
  const [name, setName] = useState('')
  const [demandToken, setDemandToken] = useState(false)
  const [scopes, setScopes] = useState<string[]>(['events:write'])
  const create = useAct('createKey', { after: out => done(out.key) })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        create.mutate({
          ws,
          body:
            kind === 'write'
              ? { kind, name: name.trim(), demandToken }
              : { kind, name: name.trim(), scopes: scopes as Scope[] },
        })
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('common.kind')}
          value={kind}
          onChange={value => setKind(value as 'write' | 'api')}
          data={[
            { value: 'write', label: t('sources.write') },
            { value: 'api', label: t('sources.api') },
          ]}
        />
        <Text size="sm" c="dimmed">
          {t(kind === 'write' ? 'sources.writeText' : 'sources.apiText')}
        </Text>
        <TextInput
          label={t('sources.keyName')}
          placeholder={t('sources.keyNameHint')}
          required
          withAsterisk={false}
          maxLength={100}
          value={name}
          onChange={e => setName(e.currentTarget.value)}
          data-autofocus
        />
        {kind === 'write' ? (
          <Checkbox
            label={t('sources.demandToken')}
            checked={demandToken}
            onChange={e => setDemandToken(e.currentTarget.checked)}
          />
        ) : (
          <MultiSelect
            label={t('sources.scopes')}
            data={roleScopes.owner}
            value={scopes}
            onChange={setScopes}
            searchable
          />
        )}
        <Group justify="flex-end">
          <Guarded scope="sources:write" type="submit" loading={create.isPending}>
            {t('sources.create')}
          </Guarded>
        </Group>
      </Stack>
    </form>
  )
}
