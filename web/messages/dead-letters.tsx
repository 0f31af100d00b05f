// Messages that failed for good, by reason and channel: tried again or left, a group at a time.
import { Button, Group, Text } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Channel, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { notifications } from '@mantine/notifications'

type Of = Out<'deadMessages'>['groups'][number]
type Asked = { group: Of; what: 'retry' | 'skip' }

export function DeadLetters({ ws, open }: { ws: string; open: (message: string) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('deadMessages', { ws })
  const [asked, ask] = useState<Asked | null>(null)
  const handle = useAct('handleDeadMessages', {
    after: ({ done, left }) =>
      notifications.show({ message: t('dead.done', { done: say.count(done), left: say.count(left) }) }),
  })
  return (
    <div className="card">
      <Show query={query}>
        {({ groups }) =>
          groups.length === 0 ? (
            <Empty icon={<IconMailOff />} title={t('dead.empty')} text={t('dead.emptyText')} />
          ) : (
            <div className="table-scroll">
              <table className="table hover">
                <thead>
                  <tr>
                    <th>{t('dead.reason')}</th>
                    <th>{t('common.channel')}</th>
                    <th className="end">{t('dead.count')}</th>
                    <th>{t('dead.oldest')}</th>
                    <th>{t('dead.newest')}</th>
                    <ActionsHead />
                  </tr>
                </thead>
                <tbody>
                  {groups.map(group => (
                    <tr key={`${group.reason} ${group.channel}`}>
                      <td>{t(`dead.${group.reason}`)}</td>
                      <td>
                        <Channel name={group.channel} />
                      </td>
                      <td className="end">{say.count(group.count)}</td>
                      <td className="nowrap">
                        <Time at={group.oldest} exact />
                      </td>
                      <td className="nowrap">
                        <Time at={group.newest} exact />
                      </td>
                      <td className="end">
                        <Group gap={6} justify="flex-end" wrap="nowrap">
                          <Button size="compact-xs" variant="subtle" onClick={() => open(group.message)}>
                            {t('dead.look')}
                          </Button>
                          <Guarded
                            scope="messages:write"
                            size="compact-xs"
                            variant="default"
                            onClick={() => ask({ group, what: 'retry' })}
                          >
                            {t('dead.retry')}
                          </Guarded>
                          <Guarded
                            scope="messages:write"
                            size="compact-xs"
                            variant="default"
                            onClick={() => ask({ group, what: 'skip' })}
                          >
                            {t('dead.skip')}
                          </Guarded>
                        </Group>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
      {asked ? (
        <Confirm
          opened
          title={`${t(`dead.${asked.what}`)} · ${t(`dead.${asked.group.reason}`)}`}
          text={<Text>{t(`dead.${asked.what}Text`)}</Text>}
          action={t(`dead.${asked.what}`)}
          danger={asked.what === 'skip'}
          close={() => ask(null)}
          run={() => {
            const { reason, channel } = asked.group
            handle.mutate({ ws, body: { do: asked.what, reason, channel } })
          }}
        />
      ) : null}
    </div>
  )
}
