// The team of a workspace: invite by link, change roles, remove.
import { Alert, Group, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Copy, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { ROLES } from './roles.ts'

export function Team({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const me = useApi('me', {})
  const team = useApi('team', { ws })
  const setRole = useAct('setRole', { done: t('common.saved') })
  const remove = useAct('removeUser', { done: t('settings.removed') })
  const barred = useDisabledReason()('team:write')
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null)
  const roles = ROLES.map(r => ({ value: r, label: word('role', r) }))
  return (
    <Stack>
      <Invite ws={ws} />
      <Show query={team}>
        {({ users, invitations }) => (
          <>
            <div className="card table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('common.name')}</th>
                    <th>{t('settings.email')}</th>
                    <th>{t('settings.role')}</th>
                    <ActionsHead />
                  </tr>
                </thead>
                <tbody>
                  {users.map(u => (
                    <tr key={u.id}>
                      <td>
                        {u.name || '—'}{' '}
                        {u.id === me.data?.user.id ? <Badge tone="accent">{t('settings.you')}</Badge> : null}
                      </td>
                      <td>
                        {u.email || (
                          <Text span c="dimmed">
                            {t('settings.noEmail')}
                          </Text>
                        )}
                      </td>
                      <td>
                        <Tooltip label={barred} disabled={barred === null}>
                          <Select
                            size="xs"
                            w={150}
                            allowDeselect={false}
                            aria-label={t('settings.roleOf', { name: u.name || u.email })}
                            data={roles}
                            value={u.role}
                            disabled={barred !== null}
                            onChange={value =>
                              value && setRole.mutate({ ws, user: u.id, body: { role: value as Role } })
                            }
                          />
                        </Tooltip>
                      </td>
                      <td className="end">
                        <Guarded
                          scope="team:write"
                          size="compact-xs"
                          variant="default"
                          onClick={() => setRemoving({ id: u.id, name: u.name || u.email })}
                        >
                          {t('settings.removeUser')}
                        </Guarded>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {invitations.length > 0 ? (
              <Card title={t('settings.invitations')}>
                <ul className="plain">
                  {invitations.map(i => (
                    <li key={`${i.email}:${i.expiresAt}`}>
                      <Group justify="space-between">
                        <Text>
                          {i.email} · {word('role', i.role)}
                        </Text>
                        <Text size="sm" c="dimmed">
                          {t('settings.inviteExpires', { time: say.short(i.expiresAt) })}
                        </Text>
                      </Group>
                    </li>
                  ))}
                </ul>
              </Card>
            ) : null}
          </>
        )}
      </Show>
      <Confirm
        danger
        title={t('settings.removeUser')}
        text={t('settings.removeSure', { name: removing?.name ?? '' })}
        action={t('settings.removeUser')}
        opened={removing !== null}
        close={() => setRemoving(null)}
        run={() => removing && remove.mutate({ ws, user: removing.id })}
      />
    </Stack>
  )
}

function Invite({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('marketer')
  const invite = useAct('invite')
  const link = invite.data ? new URL(invite.data.link, location.origin).toString() : null
  return (
    <Card title={t('settings.invite')}>
      <Text c="dimmed" size="sm" mb={8}>
        {t('settings.inviteText')}
      </Text>
      <form
        onSubmit={event => {
          event.preventDefault()
          invite.mutate({ ws, body: { email: email.trim(), role } })
        }}
      >
        <Group align="flex-end" gap={8}>
          <TextInput
            type="email"
            required
            withAsterisk={false}
            label={t('settings.email')}
            value={email}
            onChange={e => setEmail(e.currentTarget.value)}
            w={260}
          />
          <Select
            label={t('settings.role')}
            allowDeselect={false}
            data={ROLES.map(r => ({ value: r, label: word('role', r) }))}
            value={role}
            onChange={value => value && setRole(value as Role)}
            w={150}
          />
          <Guarded scope="team:write" type="submit" loading={invite.isPending}>
            {t('settings.invite')}
          </Guarded>
        </Group>
      </form>
      {link && invite.data ? (
        <Alert color="green" variant="outline" mt="sm" title={t('settings.inviteLink')} role="status">
          <Group gap={4} wrap="nowrap">
            <Text className="mono">{link}</Text>
            <Copy value={link} label={`${t('common.copy')} ${t('settings.inviteLink')}`} />
          </Group>
          <Text size="xs" c="dimmed">
            {t('settings.inviteExpires', { time: say.exact(invite.data.expiresAt) })}
          </Text>
        </Alert>
      ) : null}
    </Card>
  )
}
