// Which limits stand for a real customer at each message of a walk, as the server reads them now.
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import type { Ending, SimAction } from '../../src/journeys/walk.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { explain, useApi } from '../api/queries.ts'
import { Badge } from '../parts/small.tsx'
import { useSay } from '../use.ts'

/** The walk as the page did it: the server does the same one, and tells the limits of its messages. */
export type AskedLimits = {
  journey: string
  customer: string
  at: string
  graph: JourneyGraph
  beside: boolean
  endings: Record<string, Ending>
  actions: SimAction[]
}
/** null: nobody real walks */
export type LimitsNow = { data: Out<'simulateJourney'> | undefined; error: Error | null } | null

export function useLimitsNow(ws: string, asked: AskedLimits | undefined): LimitsNow {
  const { journey = '', customer = '', actions = [], beside = false, ...walk } = asked ?? {}
  // what the page does is a part of what may be done
  const body: In<'simulateJourney'> = {
    ...walk,
    person: { customer },
    beside,
    actions: actions as In<'simulateJourney'>['actions'],
  }
  const { data, error } = useApi(
    'simulateJourney',
    { ws, journey, body },
    { enabled: asked !== undefined, keep: true },
  )
  return asked === undefined ? null : { data, error }
}

export function LimitsOf({ message, limits }: { message: string; limits: LimitsNow }) {
  const { t } = useTranslation()
  const say = useSay()
  if (limits === null) return null
  const { data, error } = limits
  if (error)
    return (
      <Text size="xs" c="red" role="alert">
        {t('limitsNow.failed', { why: explain(error).title })}
      </Text>
    )
  const told = data?.messages.find(m => m.id === message)?.limits
  if (told === undefined || data?.limitsAt == null)
    return (
      <Text size="xs" c="dimmed">
        {t('limitsNow.loading')}
      </Text>
    )
  const held = told.some(l => l.stands)
  return (
    <details className="why" open={held}>
      <summary>
        <Badge tone={held ? 'bad' : 'good'}>{t(held ? 'limitsNow.held' : 'limitsNow.free')}</Badge>{' '}
        <Text span size="xs" c="dimmed">
          {t('limitsNow.title', { time: say.exact(data.limitsAt) })}
        </Text>
      </summary>
      {told.length === 0 ? (
        <Text size="xs">{t('limitsNow.none')}</Text>
      ) : (
        <ul className="plain">
          {told.map(l => (
            <li key={`${l.kind} ${l.rule} ${l.say.en}`}>
              <Badge tone={l.stands ? 'bad' : 'good'}>
                {t(l.stands ? 'limitsNow.stands' : 'limitsNow.passes')}
              </Badge>{' '}
              <Text span size="xs">
                {say.locale === 'en' ? l.say.en : l.say.zh}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
