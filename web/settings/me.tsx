// My profile, language and password.
import { Button, Group, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { currentLocale, LANGUAGES, type Locale, setLocale } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'

export function Me() {
  const me = useApi('me', {})
  return <Show query={me}>{data => <Form user={data.user} />}</Show>
}

function Form({ user }: { user: Out<'me'>['user'] }) {
  const { t } = useTranslation()
  const [name, setName] = useState(user.name)
  const [email, setEmail] = useState(user.email)
  const [locale, setChosen] = useState<Locale>(currentLocale())
  const [password, setPassword] = useState('')
  const [current, setCurrent] = useState('')
  const save = useAct('updateMe', { done: t('common.saved'), after: () => void setLocale(locale) })
  const change = useAct('updateMe', {
    done: t('common.saved'),
    after: () => {
      setPassword('')
      setCurrent('')
    },
  })
  const currentPassword = current || undefined
  return (
    <Stack maw={560}>
      <Card title={t('settings.profile')}>
        <form
          onSubmit={event => {
            event.preventDefault()
            save.mutate({ body: { name: name.trim() || undefined, locale } })
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('signIn.name')}
              value={name}
              maxLength={100}
              onChange={e => setName(e.currentTarget.value)}
              autoComplete="name"
            />
            <Select
              label={t('settings.language')}
              allowDeselect={false}
              data={LANGUAGES}
              value={locale}
              onChange={value => value && setChosen(value as Locale)}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                {t('common.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
      <Card title={t('settings.setPassword')}>
        <form
          onSubmit={event => {
            event.preventDefault()
            change.mutate({
              body: {
                email: email.trim() && email !== user.email ? email.trim() : undefined,
                password: password || undefined,
                currentPassword,
              },
            })
          }}
        >
          <Stack gap="sm">
            <TextInput
              type="email"
              label={t('signIn.email')}
              value={email}
              onChange={e => setEmail(e.currentTarget.value)}
              autoComplete="username"
            />
            {user.hasPassword ? (
              <PasswordInput
                label={t('settings.currentPassword')}
                required
                withAsterisk={false}
                value={current}
                onChange={e => setCurrent(e.currentTarget.value)}
                autoComplete="current-password"
              />
            ) : null}
            <PasswordInput
              label={t('settings.password')}
              minLength={10}
              value={password}
              onChange={e => setPassword(e.currentTarget.value)}
              autoComplete="new-password"
            />
            <Text size="xs" c="dimmed">
              {t('settings.passwordText')}
            </Text>
            <Group justify="flex-end">
              <Button type="submit" loading={change.isPending}>
                {t('common.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </Stack>
  )
}
