// The panel of the simulator: somebody, what happens to them and when, and what the journey makes of it, worked out in the
// page by the production reducer. The cards that were walked through are outlined on the canvas.
import { Alert, Button, Checkbox, CloseButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconPlayerSkipForward } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { triggerTypeOf } from '../../src/journeys/triggers/register.ts'
import { simulate } from '../../src/journeys/simulate.ts'
import type { Ending, SimAction, Walk } from '../../src/journeys/walk.ts'
import { validateGraph } from '../../src/journeys/validate.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { EventPicker } from '../parts/event-picker.tsx'
import { Card } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { nodeTitle } from './in-words.ts'
import { objectOf, PersonForm, personOf, SOMEBODY, type Who } from './simulate-person.tsx'
import { startOf } from './simulate-start.ts'
import { type AskedLimits, useLimitsNow } from './simulate-limits.tsx'
import { WalkLines, WalkMessages } from './simulate-walk.tsx'
import type { PanelProps } from './slot.ts'

const HOUR = 3_600_000

export function Panel({ ws, data, graph, close }: PanelProps) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const [who, setWho] = useState<Who>(SOMEBODY)
  const customer = who.kind === 'real' ? who.customer : null
  const query = useApi('simulationStart', { ws, journey: data.id })
  const real = useApi(
    'simulationPerson',
    { ws, journey: data.id, customer: customer ?? '' },
    { enabled: customer !== null },
  )
  const problem = validateGraph(graph).problems[0]
  return (
    <Card title={t('simulate.title')} aside={<CloseButton aria-label={t('common.close')} onClick={close} />}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('simulate.lead')}
        </Text>
        <PersonForm ws={ws} who={who} change={setWho} />
        {problem ? (
          <Alert color="red" variant="light" p="xs">
            {t('simulate.broken')} {locale === 'en' ? problem.message.en : problem.message.zh}
          </Alert>
        ) : who.kind === 'madeUp' ? (
          <Show query={query} rows={4}>
            {told => <Simulation ws={ws} graph={graph} told={told} person={{ madeUp: personOf(who) }} />}
          </Show>
        ) : customer === null ? null : (
          <Show query={query} rows={4}>
            {told => (
              <Show query={real} rows={4}>
                {found => (
                  <Simulation
                    key={customer}
                    ws={ws}
                    graph={graph}
                    told={told}
                    person={{ real: found }}
                    limits={{ journey: data.id, customer }}
                  />
                )}
              </Show>
            )}
          </Show>
        )}
      </Stack>
    </Card>
  )
}

type Told = Out<'simulationStart'>

function Simulation({
  ws,
  graph,
  told,
  person,
  limits,
}: {
  ws: string
  graph: JourneyGraph
  told: Told
  person: Parameters<typeof startOf>[2]
  /** whose limits the server is asked for; left out: nobody real walks */
  limits?: Pick<AskedLimits, 'journey' | 'customer'>
}) {
  const { t } = useTranslation()
  const [actions, setActions] = useState<SimAction[]>([])
  const [endings, setEndings] = useState<Record<string, Ending>>({})
  const [beside, setBeside] = useState(false)
  // asked for again meanwhile, its clock would be another
  const [begun] = useState(told)
  const walk = useMemo(
    () => simulate(startOf(begun, graph, person, { beside, endings }), actions),
    [begun, graph, person, beside, endings, actions],
  )
  const now = useLimitsNow(
    ws,
    limits && walk.messages.length > 0
      ? { ...limits, at: begun.at, graph, beside, endings, actions }
      : undefined,
  )
  const act = (...more: SimAction[]) => setActions(done => [...done, ...more])
  const end = (node: string, ending: Ending | null) =>
    setEndings(({ [node]: _before, ...others }) => (ending === null ? others : { ...others, [node]: ending }))
  return (
    <Stack gap="sm">
      <Outlines walk={walk} />
      <Happen ws={ws} graph={graph} act={act} />
      <Clock walk={walk} act={act} />
      <Group gap={6}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          disabled={actions.length === 0}
          onClick={() => setActions(done => done.slice(0, -1))}
        >
          {t('simulate.undo')}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          disabled={actions.length === 0}
          onClick={() => setActions([])}
        >
          {t('simulate.restart')}
        </Button>
        <Checkbox
          size="xs"
          label={t('simulate.beside')}
          checked={beside}
          onChange={e => setBeside(e.currentTarget.checked)}
        />
      </Group>
      <Here graph={graph} walk={walk} />
      <section aria-label={t('simulate.messages')}>
        <Text fw={600} size="sm" mb={4}>
          {t('simulate.messages')}
        </Text>
        <WalkMessages
          graph={graph}
          walk={walk}
          endings={endings}
          choose={end}
          say={(node, state) => act({ do: 'message', node, state })}
          limits={now}
        />
        {limits ? null : (
          <Text size="xs" c="dimmed" mt={6}>
            {t('limitsNow.onlyReal')}
          </Text>
        )}
      </section>
      <section aria-label={t('simulate.walk')}>
        <Text fw={600} size="sm" mb={4}>
          {t('simulate.walk')}
        </Text>
        <WalkLines ws={ws} graph={graph} walk={walk} journey={told.journey.uuid} />
      </section>
    </Stack>
  )
}

/** The event that starts the journey, to begin with. */
function firstEvent(graph: JourneyGraph): string {
  return triggerTypeOf(graph.trigger)?.facts?.(graph.trigger)[0] ?? ''
}

function Happen({ ws, graph, act }: { ws: string; graph: JourneyGraph; act: (action: SimAction) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState(() => firstEvent(graph))
  const [text, setText] = useState('')
  const props = objectOf(text)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (name !== '' && props !== null) act({ do: 'event', name, props })
      }}
    >
      <Stack gap={6}>
        <EventPicker ws={ws} label={t('simulate.event')} value={name} onChange={setName} />
        <Textarea
          size="xs"
          autosize
          minRows={1}
          aria-label={t('simulate.props')}
          placeholder={t('simulate.props')}
          value={text}
          error={props === null ? t('simulate.badJson') : undefined}
          onChange={e => setText(e.currentTarget.value)}
        />
        <Group gap={6}>
          <Button type="submit" size="compact-sm" disabled={name === '' || props === null}>
            {t('simulate.send')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => act({ do: 'enroll' })}>
            {t('simulate.enroll')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Clock({ walk, act }: { walk: Walk; act: (action: SimAction) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <div>
      <Text size="sm">
        {t('simulate.clock')} <b className="num">{say.exact(walk.at)}</b>
      </Text>
      <Group gap={6} mt={4}>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlayerSkipForward size={14} />}
          disabled={walk.next === null}
          onClick={() => act({ do: 'next' })}
        >
          {walk.next === null
            ? t('simulate.noNext')
            : t('simulate.next', {
                time: say.duration(Math.max(0, walk.next - walk.at)) || say.short(walk.next),
              })}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => act({ do: 'wait', ms: HOUR })}>
          {t('simulate.hour')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => act({ do: 'wait', ms: 24 * HOUR })}>
          {t('simulate.day')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => act({ do: 'wait', ms: 168 * HOUR })}>
          {t('simulate.week')}
        </Button>
      </Group>
    </div>
  )
}

function Here({ graph, walk }: { graph: JourneyGraph; walk: Walk }) {
  const { t } = useTranslation()
  const say = useSay()
  const { fault } = walk
  return (
    <div role="status">
      {walk.control
        ? t('simulate.control')
        : walk.here.length === 0
          ? t('simulate.nowhere')
          : `${t('simulate.here')} ${say.list(walk.here.map(id => (graph.nodes[id] ? nodeTitle(graph.nodes[id]) : id)))}`}
      {fault ? (
        <Alert color="red" variant="light" p="xs" mt={6}>
          {t(`simulateFault.${fault.code}`, { text: fault.text })}
        </Alert>
      ) : null}
    </div>
  )
}

/** Cards of the canvas by their ids: walked through, and where the person is. */
function Outlines({ walk }: { walk: Walk }) {
  const card = (id: string) => `[data-card="${CSS.escape(id)}"]`
  const rules = [
    ...Object.keys(walk.visits).map(
      id => `${card(id)} { outline: 2px solid var(--app-good); outline-offset: 2px; }`,
    ),
    ...walk.here.map(id => `${card(id)} { outline: 3px solid var(--app-accent); outline-offset: 2px; }`),
  ]
  return <style>{rules.join('\n')}</style>
}
