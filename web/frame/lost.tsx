// An address that leads nowhere, and a page that broke.
import { Box } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../parts/link.tsx'
import { Empty, Wrong } from '../parts/state.tsx'

export function Lost() {
  const { t } = useTranslation()
  return (
    <main>
      <Empty
        icon={<IconMapOff />}
        title={t('wrong.notFound')}
        text={t('wrong.notFoundDo')}
        action={<ButtonLink to="/">{t('wrong.home')}</ButtonLink>}
      />
    </main>
  )
}

export function Crash({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Box maw={640} mx="auto" p="md" component="main">
      <Wrong error={error} retry={reset} />
    </Box>
  )
}
