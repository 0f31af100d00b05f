// The bar under the canvas: zoom, layout, map, undo, problems, and the panels that try and publish a journey.
import { ActionIcon, Button, Group, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconKeyboard,
  IconLayoutDistributeVertical,
  IconMap2,
  IconMaximize,
  IconMinus,
  IconNote,
  IconPlus,
} from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import type { GraphProblem, JourneyGraph } from '../../../src/journeys/model.ts'
import type { PanelName } from '../slot.ts'
import { slotNames } from '../slots.tsx'
import { ProblemList } from './problems.tsx'

const IN_BAR: PanelName[] = ['simulate', 'replay']

export function Bar(props: {
  graph: JourneyGraph
  problems: GraphProblem[]
  go: (problem: GraphProblem) => void
  editable: boolean
  undo: (() => void) | null
  redo: (() => void) | null
  fit: () => void
  lay: () => void
  note: () => void
  map: boolean
  showMap: () => void
  help: () => void
  panel: string | undefined
  openPanel: (name: PanelName) => void
  /** false: shown as a list, which is neither zoomed nor laid out */
  drawn: boolean
}) {
  const { t } = useTranslation()
  const flow = useReactFlow()
  const { drawn, editable, undo, redo, panel, openPanel } = props
  const tools = [
    drawn && { label: t('journeys.zoomIn'), icon: IconPlus, run: () => void flow.zoomIn() },
    drawn && { label: t('journeys.zoomOut'), icon: IconMinus, run: () => void flow.zoomOut() },
    drawn && { label: t('journeys.fit'), icon: IconMaximize, run: props.fit, keys: 'F' },
    drawn &&
      editable && {
        label: t('canvas.layout'),
        icon: IconLayoutDistributeVertical,
        run: props.lay,
        keys: 'L',
      },
    drawn && { label: t('canvas.map'), icon: IconMap2, run: props.showMap, pressed: props.map },
    editable && { label: t('ruleEdit.undo'), icon: IconArrowBackUp, run: undo, keys: 'Ctrl Z' },
    editable && { label: t('ruleEdit.redo'), icon: IconArrowForwardUp, run: redo, keys: 'Ctrl Shift Z' },
    drawn && editable && { label: t('canvas.addComment'), icon: IconNote, run: props.note, keys: 'C' },
    { label: t('canvas.keys'), icon: IconKeyboard, run: props.help, keys: '?' },
  ].filter(tool => tool !== false)
  return (
    <Group className="canvas-bar" gap={4} role="toolbar" aria-label={t('canvas.bar')}>
      {tools.map(tool => (
        <Tooltip key={tool.label} label={'keys' in tool ? `${tool.label} (${tool.keys})` : tool.label}>
          <ActionIcon
            variant={'pressed' in tool && tool.pressed ? 'light' : 'subtle'}
            color="gray"
            aria-label={tool.label}
            aria-pressed={'pressed' in tool ? tool.pressed : undefined}
            disabled={tool.run === null}
            onClick={tool.run ?? undefined}
          >
            <tool.icon size={17} />
          </ActionIcon>
        </Tooltip>
      ))}
      <span style={{ flex: 1 }} />
      {editable ? <ProblemList graph={props.graph} problems={props.problems} go={props.go} /> : null}
      {slotNames()
        .filter(name => IN_BAR.includes(name))
        .map(name => (
          <Button
            key={name}
            size="compact-sm"
            variant={panel === name ? 'light' : 'default'}
            aria-pressed={panel === name}
            onClick={() => openPanel(name)}
          >
            {t(`journeyPanel.${name}`)}
          </Button>
        ))}
    </Group>
  )
}
