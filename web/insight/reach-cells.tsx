// Cells of reach that are of messages: the same for a channel and for a campaign. Each opens the people behind it.
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { ReachFigure } from '../../src/insight/people/model.ts'
import { useSay } from '../use.ts'
import { Who } from './behind.tsx'

export const MESSAGE_COLUMNS = ['reached', 'opened', 'clicked', 'converted', 'perBuyer'] as const
export type MessageColumn = (typeof MESSAGE_COLUMNS)[number]
type Item = Omit<Out<'reachByCampaign'>['items'][number], 'campaign' | 'name' | 'channels'>

/** What was asked of reach. */
export type AskedReach = {
  from?: string
  to?: string
  window: number
  campaign?: string | undefined
  channel?: string | undefined
}

export function WhoReached({
  name,
  figure,
  n,
  open,
  children,
}: {
  /** of the row */
  name: string
  figure: ReachFigure
  n: number
  open: (figure: ReachFigure) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <Who n={n} label={`${name}, ${t(`reachFigure.${figure}`)}`} open={() => open(figure)}>
      {children}
    </Who>
  )
}

export function MessageCell({
  name,
  item,
  column,
  currency,
  open,
}: {
  name: string
  item: Item
  column: MessageColumn
  currency: string
  open: (figure: ReachFigure) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const share = (part: number, whole: number) => (whole === 0 ? '—' : say.share(part, whole))
  const who = (figure: ReachFigure, n: number, text: string) => (
    <WhoReached name={name} figure={figure} n={n} open={open}>
      {text}
    </WhoReached>
  )
  switch (column) {
    case 'reached':
      return (
        <>
          {who('people', item.people, share(item.reached, item.sent))}
          {item.sent > 0 ? (
            <Text size="xs" c="dimmed" className="under-figure">
              {t(item.tells ? 'reach.delivered' : 'reach.accepted')}
            </Text>
          ) : null}
        </>
      )
    case 'opened':
      return item.opens === 'person'
        ? who('opened', item.opened, share(item.opened, item.reached))
        : t(item.opens === 'sums' ? 'engagement.sumsOnly' : 'engagement.notTold')
    case 'clicked':
      return who('clicked', item.clicked, share(item.clicked, item.reached))
    case 'converted':
      return who('buyers', item.buyers, share(item.buyers, item.people))
    case 'perBuyer':
      return item.buyers === 0 ? '—' : say.cost(item.cost / item.buyers, currency)
  }
}
