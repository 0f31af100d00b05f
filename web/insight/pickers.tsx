// What questions about figures are narrowed by: a journey, a number of days; and the link to a journey and its node.
import { Select, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { type Named, NodeLink } from '../journey/node-name.tsx'
import { A } from '../parts/link.tsx'
import { useWs } from '../use.ts'

export function JourneyPicker({
  ws,
  label,
  all,
  value,
  choose,
}: {
  ws: string
  label: string
  /** said when none is chosen */
  all: string
  value: string | undefined
  choose: (journey: string | undefined) => void
}) {
  const journeys = useApi('journeys', { ws })
  return (
    <Select
      size="xs"
      w={220}
      label={label}
      placeholder={all}
      clearable
      searchable
      data={(journeys.data?.items ?? []).map(j => ({ value: j.id, label: j.name }))}
      value={value ?? null}
      onChange={next => choose(next ?? undefined)}
    />
  )
}

export function DaysPicker({
  label,
  days,
  value,
  usual,
  choose,
}: {
  label: string
  days: readonly string[]
  value: string | undefined
  /** what counts when nothing is said */
  usual: string
  choose: (days: string | undefined) => void
}) {
  const { t } = useTranslation()
  return (
    <Select
      size="xs"
      w={110}
      label={label}
      allowDeselect={false}
      data={days.map(n => ({ value: n, label: t('engagement.days', { n }) }))}
      value={value ?? usual}
      onChange={next => choose(next === usual ? undefined : (next ?? undefined))}
    />
  )
}

/** A journey, or what one node of a version of it sent. */
export function JourneyName({
  item,
}: {
  item: {
    key: string
    name: string | null
    journey: string | null
    node: string | null
    nodeName: Named | null
    version: number | null
  }
}) {
  const { t } = useTranslation()
  const ws = useWs()
  if (item.journey === null) return <>{item.name ?? item.key}</>
  return (
    <>
      <A to="/w/$ws/journeys/$journey" params={{ ws, journey: item.journey }} fw={550}>
        {item.name ?? item.journey}
      </A>
      {item.node === null ? null : (
        <Text size="xs" c="dimmed">
          <NodeLink node={item.nodeName} at={{ journey: item.journey, node: item.node }} /> ·{' '}
          {t('engagement.version', { n: item.version ?? '—' })}
        </Text>
      )}
    </>
  )
}
