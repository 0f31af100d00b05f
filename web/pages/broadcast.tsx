// One broadcast: while it is a draft the four steps of filling it in, one below the other; afterwards how far it is.
import { Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { BroadcastForm } from '../broadcasts/form.tsx'
import { BroadcastActs, BroadcastProgress } from '../broadcasts/progress.tsx'
import { blankSpec } from '../broadcasts/spec.ts'
import { BroadcastState } from '../broadcasts/state.tsx'
import { A } from '../parts/link.tsx'
import { Crumbs, Page } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'

const route = getRouteApi('/w/$ws/broadcasts/$broadcast')

export function Broadcast() {
  const { broadcast } = route.useParams()
  return broadcast === 'new' ? <NewBroadcast /> : <OneBroadcast />
}

function Above({ ws, here }: { ws: string; here: string }) {
  const { t } = useTranslation()
  return (
    <Crumbs here={here}>
      <A to="/w/$ws/broadcasts" params={{ ws }} size="sm">
        {t('broadcasts.title')}
      </A>
    </Crumbs>
  )
}

function NewBroadcast() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { from } = route.useSearch()
  const copied = useApi('broadcast', { ws, broadcast: from ?? '' }, { enabled: from !== undefined })
  const spec = copied.data ? { ...(copied.data.spec as ReturnType<typeof blankSpec>) } : blankSpec()
  return (
    <Page
      title={t('broadcasts.new')}
      lead={t('broadcasts.lead')}
      above={<Above ws={ws} here={t('broadcasts.new')} />}
    >
      {from !== undefined && !copied.data ? (
        <Show query={copied}>{() => null}</Show>
      ) : (
        <BroadcastForm ws={ws} held={null} spec={spec} />
      )}
    </Page>
  )
}

function OneBroadcast() {
  const { t } = useTranslation()
  const { ws, broadcast } = route.useParams()
  const query = useApi('broadcast', { ws, broadcast })
  const b = query.data
  return (
    <Page
      title={b?.name ?? t('broadcasts.title')}
      lead={b ? <BroadcastState state={b.state} /> : null}
      above={<Above ws={ws} here={b?.name ?? '…'} />}
      action={b && b.state !== 'draft' ? <BroadcastActs ws={ws} b={b} /> : null}
    >
      <Show query={query}>
        {held => (
          <Stack>
            {held.state === 'draft' ? (
              <BroadcastForm
                key={held.id}
                ws={ws}
                held={held}
                spec={held.spec as ReturnType<typeof blankSpec>}
              />
            ) : (
              <BroadcastProgress ws={ws} b={held} />
            )}
          </Stack>
        )}
      </Show>
    </Page>
  )
}
