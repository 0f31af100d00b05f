// The journey's desk: the canvas, the bar of panels above it, and the open panel beside it.
import { Alert, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { type KeyboardEvent, lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { GraphProblem, JourneyGraph } from '../../src/journeys/model.ts'
import { useApi } from '../api/queries.ts'
import { Waiting } from '../parts/state.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { ConflictNotice, SaveMark } from './editor/save-mark.tsx'
import { useDraft } from './editor/use-draft.ts'
import { commandOf } from './canvas/keys.tsx'
import { useProblems } from './canvas/problems.tsx'
import { asGraph } from './in-words.ts'
import { JourneyPanel } from './panel.tsx'
import type { PanelName, PanelProps } from './slot.ts'
import { slotNames, slotOf } from './slots.tsx'

const Canvas = lazy(async () => ({ default: (await import('./canvas/canvas.tsx')).Canvas }))
const route = getRouteApi('/w/$ws/journeys/$journey')
type Detail = Out<'journey'>
const NONE: GraphProblem[] = []

/** Opened elsewhere: by a card, by the bar below, by the page's button. */
const NOT_IN_BAR: PanelName[] = ['node', 'trigger', 'simulate', 'replay', 'publish']

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
  const { node, show, panel, view } = route.useSearch()
  const navigate = route.useNavigate()
  const mayWrite = useDisabledReason()('journeys:write') === null
  const draft = useDraft(ws, data, saved, mayWrite)
  const live = asGraph(data.live)
  const side = live !== null && show !== 'draft' ? 'live' : 'draft'
  const graph = side === 'live' && live ? live : draft.graph
  const counts = useApi('journeyCounts', { ws, journey: data.id, query: {} }, { keep: true })
  const search = (change: { node?: string; panel?: string; show?: string; view?: string }) =>
    void navigate({ search: previous => ({ ...previous, ...change }), replace: true })
  const choose = (id: string | undefined) => search({ node: id, panel: undefined })
  const open = panel ?? (node !== undefined && node in graph.nodes ? 'node' : undefined)
  const Slot = slotOf(open)
  const drawn = useProblems(graph, data.problems)
  const problems = side === 'live' ? NONE : drawn
  const given: PanelProps = {
    ws,
    data,
    graph,
    change: draft.change,
    readOnly: side === 'live' || !mayWrite,
    problems,
    node,
    choose,
    close: () => search({ node: undefined, panel: undefined }),
  }
  // in a form the same keys undo the same things; within a text they are the text's own
  const keys = (event: KeyboardEvent) => {
    const command = commandOf(event)
    const act = command === 'undo' ? draft.undo : command === 'redo' ? draft.redo : null
    if (!act || event.defaultPrevented || given.readOnly) return
    event.preventDefault()
    act()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys come up from what is focused within
    <div className="journey-body" onKeyDown={keys}>
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
          <SegmentedControl
            size="xs"
            aria-label={t('canvas.view')}
            value={view === 'list' ? 'list' : 'graph'}
            onChange={value => search({ view: value === 'list' ? 'list' : undefined })}
            data={[
              { value: 'graph', label: t('canvas.asGraph') },
              { value: 'list', label: t('canvas.asList') },
            ]}
          />
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
            <Canvas
              // another graph begins at its own top
              key={side}
              graph={graph}
              change={draft.change}
              undo={draft.undo}
              redo={draft.redo}
              readOnly={given.readOnly}
              counts={side === 'live' ? counts.data : undefined}
              problems={problems}
              node={node}
              panel={panel}
              view={view === 'list' ? 'list' : 'graph'}
              choose={choose}
              openPanel={name => search({ panel: panel === name ? undefined : name })}
            />
          </Suspense>
        </div>
      </div>
      {Slot ? (
        <Suspense fallback={<Waiting rows={6} />}>
          <div className="stack journey-side">
            <Slot {...given} />
          </div>
        </Suspense>
      ) : (
        <div className="journey-side">
          <JourneyPanel
            ws={ws}
            data={data}
            graph={graph}
            counts={counts.data}
            change={given.readOnly ? null : draft.change}
          />
        </div>
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
