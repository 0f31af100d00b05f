// Beside the graph: the journey's rules, problems and versions; and of a node how many are there, and who.
import { Group, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Figure, Time } from '../parts/small.tsx'
import { useSay } from '../use.ts'
import { sayRule } from '../rules/in-words.ts'
import { useKnown } from '../rules/vocabulary.tsx'
import { ShowList } from '../parts/list-table.tsx'

type Counts = Out<'journeyCounts'>
type Props = {
  ws: string
  data: Out<'journey'>
  graph: JourneyGraph
  counts: Counts | undefined
  change: ((graph: JourneyGraph, step: string) => void) | null
}

/** How many are at a node, and which way the others took. */
export function NodeCounts({ counts, node }: { counts: Counts | undefined; node: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const found = counts?.nodes.find(n => n.node === node)
  const c = found ?? (counts ? { waiting: 0, passed: 0, left: 0, ports: {} } : undefined)
  return (
    <>
      <Group grow>
        <Figure label={t('journeys.waiting')} tone="wait" value={c ? say.people(c.waiting) : '—'} />
        <Figure label={t('journeys.passed')} value={c ? say.people(c.passed) : '—'} />
        <Figure label={t('journeys.left')} value={c ? say.people(c.left) : '—'} />
      </Group>
      {Object.entries<number>(c?.ports ?? {})
        .filter(([port]) => port !== 'next')
        .map(([port, n]) => (
          <Group key={port} justify="space-between">
            <Text size="sm">{word('port', port)}</Text>
            <Text size="sm" className="num">
              {say.people(n)} {c && c.passed > 0 ? `· ${say.share(n, c.passed)}` : ''}
            </Text>
          </Group>
        ))}
    </>
  )
}

/** Who waits at a node. */
export function NodePeople({ ws, journey, node }: { ws: string; journey: string; node: string }) {
  const { t } = useTranslation()
  const list = usePages('journeyPeople', { ws, journey, query: { node, limit: 25 } })
  return (
    <Card title={t('journeys.people')}>
      <ShowList query={list} waiting={4} empty={<Text c="dimmed">{t('journeys.nobody')}</Text>}>
        <ul className="plain">
          {list.items.map(p => (
            <li key={p.customer.id + p.since}>
              <Group justify="space-between" wrap="nowrap">
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: p.customer.id }}>
                  {p.customer.name ?? p.customer.memberNo ?? t('customers.anonymous')}
                </A>
                <Text size="xs" c="dimmed">
                  {t('journeys.since')} <Time at={p.since} />
                </Text>
              </Group>
            </li>
          ))}
        </ul>
      </ShowList>
    </Card>
  )
}

/** The journey's rules, problems, ends and versions: what is shown while nothing else is open. */
export function JourneyPanel({ ws, data, graph, counts, change }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useKnown(ws)
  const reentry =
    graph.reentry.kind === 'never'
      ? t('journeys.reNever')
      : graph.reentry.kind === 'always'
        ? t('journeys.reAlways')
        : t('journeys.reAfter', { time: say.duration(graph.reentry.coolDownMs) })
  const rules = [
    {
      label: t('journeys.filter'),
      value: graph.filter ? sayRule(graph.filter, say, names) : t('journeys.none'),
    },
    {
      label: t('journeys.goal'),
      value: graph.goal
        ? `${sayRule(graph.goal.rule, say, names)}${graph.goal.exitOnGoal ? ` · ${t('journeys.goalEnds')}` : ''}`
        : t('journeys.none'),
    },
    ...graph.exits.map(exit => ({
      label: `${t('journeys.exitRules')} · ${exit.name}`,
      value: sayRule(exit.rule, say, names),
    })),
    {
      label: t('journeys.reentry'),
      value: graph.key ? `${reentry} · ${t('journeys.key', { key: graph.key })}` : reentry,
    },
  ]
  return (
    <div className="stack">
      {change ? (
        <TextInput
          size="sm"
          label={t('nodeForm.journeyName')}
          maxLength={200}
          value={graph.name}
          // a journey has a name: while there is none, the last one stays saved
          error={graph.name.trim() === '' ? t('nodeForm.unnamed') : null}
          onChange={e => change({ ...graph, name: e.currentTarget.value }, 'name')}
        />
      ) : null}
      <Text c="dimmed" size="sm">
        {t('journeys.pick')}
      </Text>
      {counts ? (
        <Card>
          <Group grow align="flex-start">
            <Figure label={t('journeys.entered')} value={say.people(counts.entered)} />
            <Figure label={t('journeys.waiting')} tone="wait" value={say.people(data.waiting)} />
            <Figure label={t('journeys.goals')} tone="good" value={say.people(counts.goals)} />
          </Group>
        </Card>
      ) : null}
      <Card title={t('journeys.rules')}>
        <dl style={{ margin: 0 }}>
          {rules.map(row => (
            <div key={row.label} style={{ marginBottom: 6 }}>
              <Text component="dt" size="xs" c="dimmed">
                {row.label}
              </Text>
              <Text component="dd" m={0}>
                {row.value}
              </Text>
            </div>
          ))}
        </dl>
      </Card>
      {counts && Object.keys(counts.exits).length > 0 ? (
        <Card title={t('journeys.exits')}>
          {Object.entries(counts.exits).map(([how, n]) => (
            <Group key={how} justify="space-between">
              <Text>{word('exitHow', how)}</Text>
              <Text className="num">{say.people(n)}</Text>
            </Group>
          ))}
        </Card>
      ) : null}
      <Card title={t('journeys.versions')}>
        {data.versions.length === 0 ? (
          <Text c="dimmed">{t('common.none')}</Text>
        ) : (
          <ul className="plain">
            {data.versions.map(v => (
              <li key={v.version}>
                <Group justify="space-between">
                  <Text>
                    {t('journeys.version', { n: v.version })}{' '}
                    {v.version === data.liveVersion ? (
                      <Badge tone="good">{t('journeys.liveVersion')}</Badge>
                    ) : null}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <Time at={v.publishedAt} /> · {t('journeys.by', { who: v.publishedBy })}
                  </Text>
                </Group>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}
