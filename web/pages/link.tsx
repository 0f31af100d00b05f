// A one-time link: first start, invitation or reset. Shows what it is for before it is used up.
import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { queryClient, useAct } from '../api/queries.ts'
import { ButtonLink } from '../parts/link.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { SignInCard } from './sign-in.tsx'

const route = getRouteApi('/link/$token')
const MIN_PASSWORD = 10

export function UseLink() {
  const { t } = useTranslation()
  const { token } = route.useParams()
  const navigate = useNavigate()
  const [form, setForm] = useState({ email: '', name: '', password: '' })
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const link = useQuery({
    queryKey: ['checkLink', token],
    queryFn: () => call('checkLink', { body: { token } }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const use = useAct('useLink', {
    quiet: true,
    after: me => {
      queryClient.setQueryData(['me', {}], me)
      void navigate({ to: '/' })
    },
  })
  if (link.isPending) {
    return (
      <SignInCard>
        <Waiting rows={4} />
      </SignInCard>
    )
  }
  if (!link.data) {
    return (
      <SignInCard>
        <Stack>
          <Title order={1} size="h4">
            {t('signIn.linkBad')}
          </Title>
          <Text c="dimmed">{t('signIn.linkBadDo')}</Text>
          <Wrong error={link.error} />
          <ButtonLink to="/sign-in">{t('signIn.backToSignIn')}</ButtonLink>
        </Stack>
      </SignInCard>
    )
  }
  const { purpose, email, workspaceName, hasAccount } = link.data
  const first = purpose === 'first'
  const given = <K extends keyof typeof form>(key: K) => form[key].trim() || undefined
  return (
    <SignInCard>
      <form
        onSubmit={event => {
          event.preventDefault()
          use.mutate({
            body: {
              token,
              email: first ? given('email') : undefined,
              name: given('name'),
              password: form.password || undefined,
            },
          })
        }}
      >
        <Stack>
          <Title order={1} size="h4">
            {t(purpose === 'reset' ? 'signIn.reset' : 'signIn.linkTitle')}
          </Title>
          <Text c="dimmed">
            {first
              ? t('signIn.linkFirst')
              : purpose === 'invite'
                ? t('signIn.linkInvite', { name: workspaceName ?? '' })
                : t('signIn.linkReset', { email: email ?? '' })}
            {purpose === 'invite' && hasAccount ? ` ${t('signIn.linkAccount')}` : ''}
          </Text>
          {first ? (
            <TextInput
              label={t('signIn.email')}
              type="email"
              autoComplete="username"
              value={form.email}
              onChange={e => set({ email: e.currentTarget.value })}
            />
          ) : email ? (
            <TextInput label={t('signIn.email')} value={email} readOnly autoComplete="username" />
          ) : null}
          {purpose === 'reset' || hasAccount ? null : (
            <TextInput
              label={t('signIn.name')}
              autoComplete="name"
              value={form.name}
              required={!first}
              withAsterisk={false}
              onChange={e => set({ name: e.currentTarget.value })}
            />
          )}
          <PasswordInput
            label={t(hasAccount && purpose === 'invite' ? 'signIn.password' : 'signIn.newPassword')}
            autoComplete={hasAccount && purpose === 'invite' ? 'current-password' : 'new-password'}
            minLength={MIN_PASSWORD}
            required={!first || form.email !== ''}
            withAsterisk={false}
            value={form.password}
            onChange={e => set({ password: e.currentTarget.value })}
          />
          {use.error ? <Wrong error={use.error} /> : null}
          <Button type="submit" loading={use.isPending}>
            {t('signIn.enter')}
          </Button>
          {first ? (
            <Button type="button" variant="subtle" onClick={() => use.mutate({ body: { token } })}>
              {t('signIn.enterNow')}
            </Button>
          ) : null}
        </Stack>
      </form>
    </SignInCard>
  )
}
