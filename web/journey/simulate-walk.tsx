// What a walk came to: what happened in order, with its reasons, and the messages as they would look.
import { Checkbox, Group, Menu, Button, Select, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import type { Ending, Walk, WalkLine, WalkMessage } from '../../src/journeys/walk.ts'
import { MOVES, outcomeOf, type MessageState } from '../../src/messages/model.ts'
import { publicId } from '../../src/platform/ids.ts'
import type { Reason, Rule } from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import { ContentPreview } from '../messages/content-preview.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { Badge, Channel, StateBadge } from '../parts/small.tsx'
import { unmetOf } from '../../src/journeys/unmet.ts'
import { UnmetBranches } from '../rules/unmet.tsx'
import { WhyLines } from '../rules/why.tsx'
import { useSay } from '../use.ts'
import { nodeTitle } from './in-words.ts'
import { LimitsOf, type LimitsNow } from './simulate-limits.tsx'

/** Facts that say nothing beyond what stands beside them. */
const PLAIN = new Set(['message.intended', 'node.left', 'journey.goal_reached', 'journey.exited'])

type Shown = { ws: string; graph: JourneyGraph; walk: Walk; journey: string }

export function WalkLines({ ws, graph, walk, journey }: Shown) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const own = (l: WalkLine) => l.by !== 'fold' || l.journey === journey
  const lines = walk.lines.filter(l => (all || own(l)) && l.name !== 'message.intended')
  if (walk.lines.length === 0) return <Text c="dimmed">{t('simulate.walkEmpty')}</Text>
  return (
    <>
      <Checkbox
        size="xs"
        mb={6}
        label={t('simulate.all')}
        checked={all}
        onChange={e => setAll(e.currentTarget.checked)}
      />
      <ol className="plain sim-walk">
        {lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a walk is worked out whole
          <Line key={i} ws={ws} graph={graph} line={line} />
        ))}
      </ol>
    </>
  )
}

function Line({ ws, graph, line }: { ws: string; graph: JourneyGraph; line: WalkLine }) {
  const { t } = useTranslation()
  const say = useSay()
  const nameOf = useEventLabel(ws)
  const node = line.node === undefined ? undefined : graph.nodes[line.node]
  const why = Array.isArray(line.props.why) ? (line.props.why as Reason[]) : []
  const reason = typeof line.props.reason === 'string' ? line.props.reason : null
  const unmet = line.node === undefined ? [] : unmetOf(graph.nodes[line.node]?.fields, why)
  const port = line.name === 'node.left' ? String(line.props.port) : null
  return (
    <li>
      <Group gap={8} wrap="nowrap" justify="space-between" align="baseline">
        <Text size="sm">
          {line.by === 'hand' ? (
            <Badge tone="accent">{t('simulate.byHand')}</Badge>
          ) : line.by === 'message' ? (
            <StateBadge state={line.name.slice('message.'.length)} />
          ) : null}{' '}
          {line.by === 'message' ? '' : nameOf(line.name)}
          {node ? ` · ${nodeTitle(node)}` : ''}
          {port === null ? '' : ` → ${word('port', port)}`}
          {reason === null ? '' : ` · ${word('reason', reason)}`}
        </Text>
        <Text size="xs" c="dimmed" className="num" style={{ whiteSpace: 'nowrap' }}>
          {say.short(line.at)}
        </Text>
      </Group>
      {why.length > 0 && (PLAIN.has(line.name) || line.name === 'journey.not_entered') ? (
        <div className="why">
          {unmet.length > 0 ? (
            <UnmetBranches unmet={unmet} />
          ) : (
            <WhyLines rule={ruleOf(graph, line)} why={why} />
          )}
        </div>
      ) : null}
    </li>
  )
}

/** The rule that a line's reasons are about, where it is at hand. */
function ruleOf(graph: JourneyGraph, { name, props, node }: WalkLine): Rule | null {
  if (name === 'journey.goal_reached') return graph.goal?.rule ?? null
  if (name === 'journey.exited')
    return props.how === 'goal'
      ? (graph.goal?.rule ?? null)
      : (graph.exits.find(x => x.name === props.exit)?.rule ?? null)
  if (name === 'journey.not_entered')
    return (props.reason === 'excluded' ? graph.entry?.exclude : graph.filter) ?? null
  const branches = node === undefined ? null : graph.nodes[node]?.fields.branches
  if (!Array.isArray(branches)) return null
  return (branches as { name: string; rule: Rule }[]).find(b => b.name === props.port)?.rule ?? null
}

const AFTER: MessageState[] = ['delivered', 'opened', 'clicked', 'bounced', 'complained', 'blocked']
const ENDS: MessageState[] = ['accepted', 'failed', 'skipped', 'unknown']

export function WalkMessages({
  graph,
  walk,
  endings,
  choose,
  say: tell,
  limits,
}: {
  graph: JourneyGraph
  walk: Walk
  endings: Record<string, Ending>
  choose: (node: string, ending: Ending | null) => void
  say: (node: string, state: MessageState) => void
  limits: LimitsNow
}) {
  const { t } = useTranslation()
  if (walk.messages.length === 0) return <Text c="dimmed">{t('simulate.noMessages')}</Text>
  const newest = new Map(walk.messages.map(m => [m.node, m.id]))
  return (
    <div className="stack" style={{ gap: 12 }}>
      {walk.messages.map(m => (
        <div key={m.id}>
          <Group justify="space-between" gap={8} mb={4}>
            <Group gap={8}>
              <Channel name={m.channel} />
              <Text size="sm" fw={550}>
                {graph.nodes[m.node] ? nodeTitle(graph.nodes[m.node]!) : m.node}
              </Text>
              <StateBadge state={m.state} />
              {m.reason ? (
                <Text size="xs" c="dimmed">
                  {word('reason', m.reason)}
                </Text>
              ) : null}
            </Group>
            {newest.get(m.node) === m.id ? <Becomes message={m} say={tell} /> : null}
          </Group>
          <Select
            size="xs"
            aria-label={t('simulate.ending')}
            value={endingValue(endings[m.node])}
            allowDeselect={false}
            data={[
              { value: 'judged', label: t('simulate.judged') },
              ...ENDS.map(e => ({ value: e, label: word('state', e) })),
              { value: 'hold', label: t('simulate.hold') },
            ]}
            onChange={v =>
              choose(
                m.node,
                v === 'hold' ? 'hold' : v === 'judged' || v === null ? null : { outcome: v as 'accepted' },
              )
            }
          />
          <LimitsOf message={publicId('msg', m.id)} limits={limits} />
          <Content message={m} />
        </div>
      ))}
    </div>
  )
}

const endingValue = (ending: Ending | undefined): string =>
  ending === undefined ? 'judged' : ending === 'hold' ? 'hold' : ending.outcome

/** What may still become of it. */
function Becomes({
  message,
  say,
}: {
  message: WalkMessage
  say: (node: string, state: MessageState) => void
}) {
  const { t } = useTranslation()
  const states =
    outcomeOf(message.state) === null ? ENDS : AFTER.filter(s => MOVES[message.state].includes(s))
  if (states.length === 0) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-xs" variant="default" rightSection={<IconChevronDown size={12} />}>
          {t('simulate.ending')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {states.map(state => (
          <Menu.Item key={state} onClick={() => say(message.node, state)}>
            {t('simulate.becomes', { state: word('state', state) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Content({ message: { content } }: { message: WalkMessage }) {
  if (content === null) return null
  return (
    <div style={{ marginTop: 6 }}>
      <ContentPreview content={content} height={200} />
    </div>
  )
}
