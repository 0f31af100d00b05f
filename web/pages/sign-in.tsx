// Sign-in by password, and asking for a reset link.
import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryClient, useAct } from '../api/queries.ts'
import { LanguageMenu, SchemeButton } from '../frame/top-menus.tsx'
import { Wrong } from '../parts/state.tsx'

const route = getRouteApi('/sign-in')

export function SignIn() {
  const { t } = useTranslation()
  const { next } = route.useSearch()
  const navigate = useNavigate()
  const [resetting, setResetting] = useState(false)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useAct('signIn', {
    quiet: true,
    after: me => {
      queryClient.setQueryData(['me', {}], me)
      // only our own addresses: "//elsewhere" and full URLs are not
      void navigate({ to: next && /^\/(?![/\\])/.test(next) ? next : '/' })
    },
  })
  const askReset = useAct('askReset', { quiet: true })
  return (
    <SignInCard>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (resetting) askReset.mutate({ body: { email } })
          else signIn.mutate({ body: { email, password } })
        }}
      >
        <Stack>
          <Title order={1} size="h4">
            {t(resetting ? 'signIn.reset' : 'signIn.title')}
          </Title>
          {resetting ? <Text c="dimmed">{t('signIn.resetText')}</Text> : null}
          <TextInput
            label={t('signIn.email')}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={e => setEmail(e.currentTarget.value)}
          />
          {resetting ? null : (
            <PasswordInput
              label={t('signIn.password')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={e => setPassword(e.currentTarget.value)}
            />
          )}
          {signIn.error && !resetting ? <Wrong error={signIn.error} /> : null}
          {askReset.error && resetting ? <Wrong error={askReset.error} /> : null}
          {askReset.isSuccess && resetting ? <Text role="status">{t('signIn.resetSent')}</Text> : null}
          <Button type="submit" loading={signIn.isPending || askReset.isPending}>
            {t(resetting ? 'signIn.resetSend' : 'signIn.submit')}
          </Button>
          <Anchor component="button" type="button" size="sm" onClick={() => setResetting(!resetting)}>
            {t(resetting ? 'signIn.backToSignIn' : 'signIn.forgot')}
          </Anchor>
          {resetting ? null : (
            <Text size="xs" c="dimmed">
              {t('signIn.first')}
            </Text>
          )}
        </Stack>
      </form>
    </SignInCard>
  )
}

export function SignInCard({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation()
  return (
    <main className="signin">
      <div>
        <Group mb="md" justify="space-between">
          <span className="brand">
            <img src="/icon.svg" width={30} height={30} alt="" /> {t('app.name')}
          </span>
          <Group gap={2}>
            <LanguageMenu />
            <SchemeButton />
          </Group>
        </Group>
        <div className="card">{children}</div>
        <Text size="sm" c="dimmed" ta="center" mt="md" maw={400}>
          {t('app.tagline')}
        </Text>
      </div>
    </main>
  )
}
