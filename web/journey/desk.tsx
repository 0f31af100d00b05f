// The journey's desk: the canvas, the bar of panels above it, and the open panel beside it.
import { Alert, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { useApi } from '../api/queries.ts'
import { Waiting } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { ConflictNotice, SaveMark } from './editor/save-mark.tsx'
import { useDraft } from './editor/use-draft.ts'
import { asGraph } from './in-words.ts'
import { JourneyPanel } from './panel.tsx'
import type { PanelName, PanelProps } from './slot.ts'
import { slotNames, slotOf } from './slots.tsx'

const Graph = lazy(async () => ({ default: (await import('./graph.tsx')).Graph }))
const route = getRouteApi('/w/$ws/journeys/$journey')
type Detail = Out<'journey'>

/** Opened by the chosen node, not by a button of the bar. */
const NOT_IN_BAR: PanelName[] = ['node', 'trigger']

export function Desk({ ws, data }: { ws: string; data: Detail }) {
  const { t } = useTranslation()
  const draft = asGraph(data.draft)
  return draft ? (
    <Vocabular ws={ws}>
      <Drawing key={data.id} ws={ws} data={data} saved={draft} />
    </Vocabular>
  ) : (
    <Alert color="red" variant="outline">
      {t('journeys.noGraph')}
    </Alert>
  )
}

function Drawing({ ws, data, saved }: { ws: string; data: Detail; saved: JourneyGraph }) {
  const { t } = useTranslation()
  const { node, show, panel } = route.useSearch()
  const navigate = route.useNavigate()
  const mayWrite = useDisabledReason()('journeys:write') === null
  const draft = useDraft(ws, data, saved, mayWrite)
  const live = asGraph(data.live)
  const side = live !== null && show !== 'draft' ? 'live' : 'draft'
  const graph = side === 'live' && live ? live : draft.graph
  const counts = useApi('journeyCounts', { ws, journey: data.id, query: {} }, { keep: true })
  const search = (change: { node?: string; panel?: string; show?: string }) =>
    void navigate({ search: previous => ({ ...previous, ...change }), replace: true })
  const choose = (id: string | undefined) => search({ node: id, panel: undefined })
  const open = panel ?? (node !== undefined ? 'node' : undefined)
  const Slot = slotOf(open)
  const given: PanelProps = {
    ws,
    data,
    graph,
    change: draft.change,
    readOnly: side === 'live' || !mayWrite,
    node,
    choose,
    close: () => search({ node: undefined, panel: undefined }),
  }
  return (
    <div className="journey-body">
      <div className="card">
        <Group className="card-head" justify="space-between" gap="xs">
          {live !== null ? (
            <SegmentedControl
              size="xs"
              aria-label={t('journeys.versions')}
              value={side}
              onChange={value => search({ show: value === 'draft' ? 'draft' : undefined })}
              data={[
                { value: 'live', label: t('journeys.liveVersion') },
                { value: 'draft', label: t('journeys.draft') },
              ]}
            />
          ) : null}
          <Group gap={4} component="nav" aria-label={t('journeyPanel.bar')}>
            {slotNames()
              .filter(name => !NOT_IN_BAR.includes(name))
              .map(name => (
                <Button
                  key={name}
                  size="compact-sm"
                  variant={open === name ? 'light' : 'subtle'}
                  color={open === name ? undefined : 'gray'}
                  aria-pressed={open === name}
                  onClick={() => search({ panel: open === name ? undefined : name })}
                >
                  {t(`journeyPanel.${name}`)}
                </Button>
              ))}
          </Group>
          {side === 'live' ? (
            <Counted asOf={counts.data?.asOf} />
          ) : (
            <SaveMark state={draft.state} retry={draft.retry} />
          )}
        </Group>
        {draft.conflict ? <ConflictNotice conflict={draft.conflict} settle={draft.settle} /> : null}
        <div className="journey-canvas">
          <Suspense fallback={<Waiting rows={8} />}>
            <Graph
              graph={graph}
              counts={side === 'live' ? counts.data : undefined}
              problems={data.problems}
              node={node}
              choose={choose}
            />
          </Suspense>
        </div>
      </div>
      {Slot ? (
        <Suspense fallback={<Waiting rows={6} />}>
          <div className="stack">
            <Slot {...given} />
          </div>
        </Suspense>
      ) : (
        <JourneyPanel
          ws={ws}
          data={data}
          graph={graph}
          counts={counts.data}
          node={node}
          close={() => choose(undefined)}
        />
      )}
    </div>
  )
}

function Counted({ asOf }: { asOf: string | undefined }) {
  const { t } = useTranslation()
  const say = useSay()
  return asOf ? (
    <Text size="xs" c="dimmed">
      {t('journeys.asOf', { time: say.short(asOf) })}
    </Text>
  ) : null
}
