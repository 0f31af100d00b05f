// The people behind a figure of reach, uplift, campaigns or broadcasts, in a drawer; and a number that opens it.
import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePages } from '../api/queries.ts'
import { useSay } from '../use.ts'
import type { PeopleList } from './export-people.tsx'
import { PeopleDrawer } from './people.tsx'

type Listed = Extract<PeopleList, { of: 'reach' | 'uplift' | 'campaign' | 'broadcast' | 'comparison' }>
/** The figure that was opened, and the list of people behind it. */
export type Opened = { title: string; note?: string; heading: string; list: Listed }

/** A number that opens who is behind it; as it is where nobody is. */
export function Who({
  n,
  label,
  open,
  children,
}: {
  n: number
  /** what is counted */
  label: string
  open: () => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  const say = useSay()
  if (n === 0) return <>{children}</>
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      title={`${label}: ${t('metrics.showPeople', { n: say.count(n) })}`}
      onClick={open}
    >
      {children}
    </Anchor>
  )
}

export function Behind({ ws, opened, close }: { ws: string; opened: Opened; close: () => void }) {
  const say = useSay()
  const query = usePeople(ws, opened.list)
  return (
    <PeopleDrawer
      title={opened.title}
      note={opened.note}
      ws={ws}
      query={query}
      list={opened.list}
      heading={opened.heading}
      rows={query.items.map(i => ({ customer: i.customer, value: say.count(i.value) }))}
      close={close}
    />
  )
}

function usePeople(ws: string, list: Listed) {
  const limit = 50
  const [name, args] = argsOf(ws, list, limit)
  return usePages(name, args as never)
}
function argsOf(ws: string, list: Listed, limit: number) {
  switch (list.of) {
    case 'reach': {
      const { of: _, ...query } = list
      return ['reachPeople', { ws, query: { ...query, limit } }] as const
    }
    case 'uplift': {
      const { of: _, ...query } = list
      return ['upliftPeople', { ws, query: { ...query, limit } }] as const
    }
    case 'campaign': {
      const { of: _, campaign, ...query } = list
      return ['campaignPeople', { ws, campaign, query: { ...query, limit } }] as const
    }
    case 'broadcast': {
      const { of: _, broadcast, ...query } = list
      return ['broadcastPeople', { ws, broadcast, query: { ...query, limit } }] as const
    }
    case 'comparison': {
      const { of: _, ...query } = list
      return ['comparisonPeople', { ws, query: { ...query, limit } }] as const
    }
  }
}
