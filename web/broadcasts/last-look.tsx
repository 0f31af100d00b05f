// The last look: who gets it and who does not and why, what it costs, what stands in its way; and the button.
import { Alert, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Scroll } from '../parts/page.tsx'
import { Channel, Definition, Figure, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Held = Out<'broadcast'>
type Look = Out<'broadcastAudience'>

export function LastLook({ ws, held }: { ws: string; held: Held }) {
  const query = useApi('broadcastAudience', { ws, broadcast: held.id })
  return <Show query={query}>{look => <Seen ws={ws} held={held} look={look} />}</Show>
}

function Seen({ ws, held, look }: { ws: string; held: Held; look: Look }) {
  const { t } = useTranslation()
  const say = useSay()
  const [asking, ask] = useState(false)
  const start = useAct('startBroadcast', {})
  const action = held.approval.needed
    ? t('broadcast.start_ask')
    : t(held.startAt === null ? 'broadcast.start_now' : 'broadcast.start_later')
  return (
    <Stack>
      <Group gap="xl">
        <Figure
          label={t('broadcast.audience')}
          value={say.count(look.people)}
          definition={t('broadcast.audienceDef')}
        />
        <Figure label={t('broadcast.nobody')} value={say.count(look.nobody)} />
        {look.control > 0 ? <Figure label={t('broadcast.control')} value={say.count(look.control)} /> : null}
        <Figure label={t('broadcast.cost')} value={say.money(look.cost, look.currency)} />
      </Group>
      <Channels look={look} />
      <Text size="sm" component="ul" className="plain">
        {look.excluded.map(x => (
          <li key={x.reason}>
            {t(`broadcast.out_${x.reason}` as 'broadcast.out_excluded')}: {say.count(x.people)}
          </li>
        ))}
      </Text>
      <Warnings look={look} />
      <Group>
        <Guarded scope="journeys:write" loading={start.isPending} onClick={() => ask(true)}>
          {action}
        </Guarded>
        {held.startAt ? (
          <Text size="sm">{t('broadcast.scheduledFor', { at: say.exact(held.startAt) })}</Text>
        ) : null}
      </Group>
      <Confirm
        title={action}
        text={t('broadcast.startText', {
          n: say.count(look.people),
          control: say.count(look.control),
          nobody: say.count(look.nobody),
          cost: say.money(look.cost, look.currency),
        })}
        action={action}
        {...(look.people > look.confirmAbove ? { typed: String(look.people) } : {})}
        opened={asking}
        close={() => ask(false)}
        run={() =>
          start.mutate({
            ws,
            broadcast: held.id,
            body: { version: held.version, confirm: look.people },
          })
        }
      />
    </Stack>
  )
}

function Channels({ look }: { look: Look }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Scroll label={t('broadcasts.channels')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('broadcast.channel')}</th>
            <th className="num">{t('broadcast.reachable')}</th>
            <th className="num">{t('broadcast.gets')}</th>
            <th>{t('broadcast.notEntered')}</th>
            <th className="num">{t('broadcast.cost')}</th>
            <th className="num">{t('broadcast.quotaLeft')}</th>
          </tr>
        </thead>
        <tbody>
          {look.channels.map(c => (
            <tr key={c.channel}>
              <td>
                <Channel name={c.channel} />
              </td>
              <td className="num">{say.count(c.reachable)}</td>
              <td className="num">{c.gets === null ? '—' : say.count(c.gets)}</td>
              <td>
                {c.unreachable
                  .map(u => `${t(`broadcast.why_${u.reason}`)} ${say.count(u.people)}`)
                  .join(' · ') || '—'}
              </td>
              <td className="num">{say.money(c.cost, look.currency)}</td>
              <td className="num">
                {c.quota === null ? (
                  '—'
                ) : (
                  <>
                    {say.count(c.quota.left)}
                    {c.quota.left < (c.gets ?? c.reachable) ? (
                      <Definition
                        text={t('broadcast.quotaShort', {
                          n: say.count((c.gets ?? c.reachable) - c.quota.left),
                        })}
                      />
                    ) : null}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Warnings({ look }: { look: Look }) {
  const { t } = useTranslation()
  const say = useSay()
  const short = look.channels.filter(c => c.quota !== null && c.quota.left < (c.gets ?? c.reachable))
  const lines = [
    ...(look.people - look.nobody <= 0 ? [t('broadcast.nobodyGets')] : []),
    ...(look.quiet
      ? [
          t('broadcast.quiet', {
            from: look.quiet.from,
            to: look.quiet.to,
            at: say.exact(look.quiet.waitsUntil),
          }),
        ]
      : []),
    ...look.capped.map(c =>
      t('broadcast.capped', { n: say.count(c.people), max: c.max, time: say.duration(c.withinMs) }),
    ),
    ...short.map(c =>
      t('broadcast.quotaShort', { n: say.count((c.gets ?? c.reachable) - (c.quota?.left ?? 0)) }),
    ),
  ]
  if (lines.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('broadcast.fine')}
      </Text>
    )
  return (
    <Alert color="yellow" variant="outline">
      <ul className="plain">
        {lines.map(line => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Alert>
  )
}
