// The emergency stop in the top bar, and what says that it is on. The dialog loads when it is opened.
import { ActionIcon, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useDisabledReason, useSay } from '../use.ts'

const StopDialog = lazy(() => import('./stop-dialog.tsx'))

function useSending(ws: string) {
  const barred = useDisabledReason()('messages:read')
  return useApi('sending', { ws }, { enabled: !barred })
}

export function StopButton({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const [opened, dialog] = useDisclosure(false)
  const { data } = useSending(ws)
  if (!data) return null
  const on = data.stopped || data.channels.length > 0
  return (
    <>
      <Tooltip label={t('stopSending.button')}>
        <ActionIcon
          variant={on ? 'filled' : 'subtle'}
          color={on ? 'red.9' : 'gray'}
          size="lg"
          aria-label={t('stopSending.button')}
          onClick={dialog.open}
        >
          <IconHandStop size={19} />
        </ActionIcon>
      </Tooltip>
      {opened ? (
        <Suspense fallback={null}>
          <StopDialog ws={ws} data={data} close={dialog.close} />
        </Suspense>
      ) : null}
    </>
  )
}

/** Channels that are stopped while the rest goes on; a stop of everything has a banner of its own. */
export function StoppedBanner({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const { data } = useSending(ws)
  if (!data || data.channels.length === 0) return null
  const what = say.list(data.channels.map(c => word('channel', c)))
  return (
    <div className="banner banner-wait" role="status">
      {t('stopSending.isStopped', { what, held: say.count(data.held) })}
    </div>
  )
}
