// What may be done with an account beside editing it: ask the provider whether its credentials are good, use it no more.
import { Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Guarded } from '../parts/small.tsx'

export function AccountActions({
  ws,
  account,
  checks,
}: {
  ws: string
  account: Out<'channels'>['items'][number]
  /** its credentials can be tested */
  checks: boolean
}) {
  const { t } = useTranslation()
  const [sure, ask] = useState(false)
  const archive = useAct('archiveChannel', { done: t('accounts.archived') })
  const check = useAct('checkChannel', {
    after: ({ ok, detail }) =>
      notifications.show({
        message: t(ok ? 'accounts.checkOk' : 'accounts.checkBad', { detail }),
        color: ok ? 'green' : 'red',
      }),
  })
  const of = { ws, channel: account.channel, account: account.id }
  return (
    <Group gap={4}>
      {checks ? (
        <Guarded
          scope="channels:write"
          size="xs"
          variant="subtle"
          loading={check.isPending}
          onClick={() => check.mutate(of)}
        >
          {t('accounts.check')}
        </Guarded>
      ) : null}
      <Guarded scope="channels:write" size="xs" variant="subtle" color="gray" onClick={() => ask(true)}>
        {t('accounts.archive')}
      </Guarded>
      <Confirm
        opened={sure}
        title={t('accounts.archiveTitle', { name: account.name })}
        text={t('accounts.archiveText')}
        action={t('accounts.archive')}
        danger
        close={() => ask(false)}
        run={() => archive.mutate(of)}
      />
    </Group>
  )
}
