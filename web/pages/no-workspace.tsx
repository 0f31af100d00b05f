// Signed in, but member of no workspace: make one.
import { Button } from '@mantine/core'
import { IconBuildingStore } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAct } from '../api/queries.ts'
import { currentLocale } from '../i18n.ts'
import { Empty } from '../parts/state.tsx'
import { countryHere } from '../settings/country.ts'
import { SignInCard } from './sign-in.tsx'

export function NoWorkspace() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useAct('createWorkspace', {
    after: ws => void navigate({ to: '/w/$ws', params: { ws: ws.id } }),
  })
  return (
    <SignInCard>
      <Empty
        icon={<IconBuildingStore />}
        title={t('wrong.noWorkspace')}
        text={t('wrong.noWorkspaceDo')}
        action={
          <Button
            loading={create.isPending}
            onClick={() =>
              create.mutate({
                body: {
                  name: t('settings.sandbox'),
                  kind: 'sandbox',
                  locale: currentLocale(),
                  country: countryHere(),
                },
              })
            }
          >
            {t('settings.create')}
          </Button>
        }
      />
    </SignInCard>
  )
}
