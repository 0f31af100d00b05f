// The journey as a list: the same nodes and ways in reading order, for screen readers and narrow screens.
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph, NodeData } from '../../../src/journeys/model.ts'
import { word } from '../../i18n.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { useSay } from '../../use.ts'
import { inOrder, portsOf, portTarget, type Spot } from '../editor/ways.ts'
import { nodeTitle, sayNode } from '../in-words.ts'
import { nodeSay } from '../say/register.ts'
import { sayTrigger } from '../say/triggers/register.ts'

/** Ports that lead to the same node are one way. */
function waysOf(node: NodeData): { to: string | null | undefined; ports: string[]; all: boolean }[] {
  const ways: { to: string | null | undefined; ports: string[] }[] = []
  const ports = portsOf(node)
  for (const port of ports) {
    const to = portTarget(node, port)
    const same = ways.find(w => w.to === to && (typeof to === 'string' || !Object.hasOwn(node.next, port)))
    if (same) same.ports.push(port)
    else ways.push({ to, ports: [port] })
  }
  return ways.map(w => ({ ...w, all: w.ports.length === ports.length }))
}

export function Outline({
  graph,
  problems,
  node,
  editable,
  choose,
  openTrigger,
  pick,
}: {
  graph: JourneyGraph
  problems: Map<string, string>
  node: string | undefined
  editable: boolean
  choose: (id: string) => void
  openTrigger: () => void
  pick: (spots: Spot[]) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const order = inOrder(graph)
  const numberOf = new Map(order.map((id, i) => [id, i + 1]))
  const called = (id: string | null | undefined): string => {
    const to = id === null || id === undefined ? undefined : graph.nodes[id]
    if (!to || !id) return t(id === undefined ? 'canvas.open' : 'journeys.end')
    return `${numberOf.get(id)} ${nodeTitle(to)}`
  }
  const add = (name: string, spots: Spot[]) =>
    editable ? (
      <Tooltip label={t('canvas.insert')}>
        <ActionIcon
          size="xs"
          variant="subtle"
          color="gray"
          aria-label={t('canvas.insertOn', { way: name })}
          onClick={() => pick(spots)}
        >
          <IconPlus size={13} />
        </ActionIcon>
      </Tooltip>
    ) : null
  return (
    <ol className="outline" aria-label={t('journeys.nodeList')}>
      <li>
        <button type="button" className="outline-node" onClick={openTrigger}>
          <b>{t('journeys.trigger')}</b> <span className="dim">{sayTrigger(graph.trigger, say, names)}</span>
        </button>
        <ul className="plain-inline outline-ways">
          <li>
            → {called(graph.start === '' ? null : graph.start)}{' '}
            {add(t('journeys.trigger'), [{ from: null, port: '' }])}
          </li>
        </ul>
      </li>
      {order.map(id => {
        const at = graph.nodes[id]
        if (!at) return null
        const Icon = nodeSay(at.type).icon
        const wrong = problems.get(id)
        return (
          <li key={id}>
            <button
              type="button"
              className="outline-node"
              aria-current={node === id ? 'step' : undefined}
              onClick={() => choose(id)}
            >
              <Icon size={15} aria-hidden />{' '}
              <b>
                {numberOf.get(id)} {nodeTitle(at)}
              </b>{' '}
              <span className="dim">{sayNode(at, say, names)}</span>
              {wrong ? (
                <IconAlertTriangle size={14} className="tone-bad" role="img" aria-label={wrong} />
              ) : null}
            </button>
            <ul className="plain-inline outline-ways">
              {waysOf(at).map(({ to, ports, all }) => {
                const name = all ? '' : ports.map(p => word('port', p)).join(say.t('say.list'))
                return (
                  <li key={ports.join()}>
                    {name} → {called(to)}{' '}
                    {add(
                      `${numberOf.get(id)} ${name}`,
                      ports.map(port => ({ from: id, port })),
                    )}
                  </li>
                )
              })}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}
