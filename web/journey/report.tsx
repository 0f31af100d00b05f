// The panel of what a journey earned: its goal against those kept out, revenue, messages and cost, figures with targets, by
// node and version. Every figure says what it is.
import { Alert, CloseButton, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { Badge, Definition, Figure } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useNow, useSay } from '../use.ts'
import { nodeTitle } from './in-words.ts'
import type { PanelProps } from './slot.ts'

type Report = Out<'journeyReport'>
type Group_ = Report['treated']
const DAY_MS = 86_400_000
const RANGES = ['7', '30', '90', '365'] as const

export function Panel({ ws, data, graph, close }: PanelProps) {
  const { t } = useTranslation()
  const [days, setDays] = useState<string>('30')
  const [version, setVersion] = useState('')
  // to the hour, so that the answer is kept while the panel is open
  const now = Math.ceil(useNow() / 3_600_000) * 3_600_000
  const query = useApi(
    'journeyReport',
    {
      ws,
      journey: data.id,
      query: {
        from: new Date(now - Number(days) * DAY_MS).toISOString(),
        to: new Date(now).toISOString(),
        version: version === '' ? undefined : Number(version),
      },
    },
    { keep: true, enabled: data.liveVersion !== null },
  )
  return (
    <Card title={t('report.title')} aside={<CloseButton aria-label={t('common.close')} onClick={close} />}>
      {data.liveVersion === null ? (
        <Text c="dimmed">{t('report.notLive')}</Text>
      ) : (
        <Stack gap="md">
          <Group gap="xs" grow>
            <NativeSelect
              size="xs"
              label={t('report.entered')}
              data={RANGES.map(n => ({ value: n, label: t('report.lastDays', { n }) }))}
              value={days}
              onChange={e => setDays(e.currentTarget.value)}
            />
            <NativeSelect
              size="xs"
              label={t('report.version')}
              data={[
                { value: '', label: t('report.allVersions') },
                ...data.versions.map(v => ({ value: String(v.version), label: `v${v.version}` })),
              ]}
              value={version}
              onChange={e => setVersion(e.currentTarget.value)}
            />
          </Group>
          <Show query={query} rows={8}>
            {report =>
              report.treated.people + (report.control?.people ?? 0) === 0 ? (
                <Text c="dimmed">{t('report.nobody')}</Text>
              ) : (
                <Told
                  report={report}
                  names={node => (graph.nodes[node] ? nodeTitle(graph.nodes[node]) : node)}
                />
              )
            }
          </Show>
        </Stack>
      )}
    </Card>
  )
}

function Told({ report, names }: { report: Report; names: (node: string) => string }) {
  const { t } = useTranslation()
  const say = useSay()
  const money = (amount: number) => say.money(Math.round(amount), report.currency)
  return (
    <Stack gap="md">
      <Section title={t('report.goal')}>
        {report.hasGoal ? (
          <Attainment report={report} money={money} />
        ) : (
          <Text c="dimmed" size="sm">
            {t('report.noGoal')}
          </Text>
        )}
      </Section>
      {report.kpis.length > 0 ? (
        <Section title={t('report.figures')}>
          <Kpis kpis={report.kpis} money={money} />
        </Section>
      ) : null}
      <Section title={t('report.messages')}>
        <Messages messages={report.messages} money={money} />
      </Section>
      <Section title={t('report.byNode')}>
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>{t('report.node')}</th>
                <FigureHead label={t('report.passed')} definition={t('report.passedIs')} />
                <FigureHead label={t('report.reachedGoal')} definition={t('report.nodeGoalIs')} />
                <FigureHead label={t('report.revenue')} definition={t('report.nodeRevenueIs')} />
              </tr>
            </thead>
            <tbody>
              {report.nodes.map(n => (
                <NodeRow key={n.node} row={n} name={names(n.node)} money={money} />
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      {report.versions.length > 1 ? (
        <Section title={t('report.byVersion')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('report.version')}</th>
                <th className="end">{t('report.people')}</th>
                <th className="end">{t('report.reachedGoal')}</th>
                <th className="end">{t('report.revenue')}</th>
              </tr>
            </thead>
            <tbody>
              {report.versions.map(v => (
                <tr key={v.version}>
                  <td>v{v.version}</td>
                  <td className="end num">{say.people(v.people)}</td>
                  <td className="end num">{say.share(v.goals, v.people)}</td>
                  <td className="end num">{money(v.revenue)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      ) : null}
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Text component="h3" fw={600} size="sm" mb={6}>
        {title}
      </Text>
      {children}
    </section>
  )
}

function Attainment({ report, money }: { report: Report; money: (amount: number) => string }) {
  const { t } = useTranslation()
  const say = useSay()
  const { treated, control, lift } = report
  const time = say.duration(report.windowMs)
  const open = treated.open + (control?.open ?? 0)
  const each = (g: Group_) => money(g.people === 0 ? 0 : g.revenue / g.people)
  const rows: [label: string, is: string, value: (g: Group_) => string][] = [
    [t('report.people'), t('report.peopleIs'), g => say.people(g.people)],
    [t('report.goalRate'), t('report.goalRateIs', { time }), g => say.share(g.goals, g.people)],
    [t('report.median'), t('report.medianIs'), g => (g.medianMs === null ? '—' : say.duration(g.medianMs))],
    [t('report.revenue'), t('report.revenueIs', { time }), g => money(g.revenue)],
    [t('report.each'), t('report.eachIs'), each],
  ]
  return (
    <Stack gap="xs">
      <table className="table">
        <thead>
          <tr>
            <th />
            <th className="end">{t('report.treated')}</th>
            {control ? <th className="end">{t('report.control')}</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, is, value]) => (
            <tr key={label}>
              <th scope="row" className="plain">
                {label} <Definition text={is} />
              </th>
              <td className="end num">{value(treated)}</td>
              {control ? <td className="end num">{value(control)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {open > 0 ? (
        <Text size="xs" c="dimmed">
          {t('report.open', { n: say.count(open) })}
        </Text>
      ) : null}
      {control ? (
        <>
          <Lift
            label={t('report.goalLift')}
            lift={lift.goal}
            say={n => t('report.points', { n: say.decimal(n * 100) })}
          />
          <Lift label={t('report.revenueLift')} lift={lift.revenue} say={money} />
        </>
      ) : (
        <Text size="xs" c="dimmed">
          {t('report.noControl')}
        </Text>
      )}
    </Stack>
  )
}

/** A difference with its interval; where there are too few people nothing is claimed. */
function Lift({
  label,
  lift,
  say,
}: {
  label: string
  lift: Report['lift']['goal']
  say: (n: number) => string
}) {
  const { t } = useTranslation()
  if (lift === null || !lift.enough)
    return (
      <Alert color="gray" variant="light" p="xs" title={label}>
        {t('report.notEnough')}
      </Alert>
    )
  const tone = lift.low > 0 ? 'good' : lift.high < 0 ? 'bad' : undefined
  return (
    <Figure
      label={label}
      definition={t('report.liftIs')}
      tone={tone}
      value={`${lift.value > 0 ? '+' : ''}${say(lift.value)}`}
      to={
        <Text size="xs" c="dimmed">
          {t('report.interval', { low: say(lift.low), high: say(lift.high) })}
          {tone === undefined ? ` · ${t('report.noDifference')}` : ''}
        </Text>
      }
    />
  )
}

function Kpis({ kpis, money }: { kpis: Report['kpis']; money: (amount: number) => string }) {
  const { t } = useTranslation()
  const say = useSay()
  const shown = (k: Report['kpis'][number], n: number | null) =>
    n === null
      ? '—'
      : k.kind === 'revenue'
        ? money(n)
        : k.kind === 'reached'
          ? say.count(n)
          : say.percent(n / 100)
  return (
    <ul className="plain">
      {kpis.map(k => (
        <li key={k.id}>
          <Group justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm">
              {k.name} <Definition text={t(`kpiIs.${k.kind}`, { n: say.count(k.of) })} />
            </Text>
            <Group gap={6} wrap="nowrap">
              <Text size="sm" className="num">
                {t('report.ofTarget', { value: shown(k, k.value), target: shown(k, k.target) })}
              </Text>
              <Badge tone={k.met ? 'good' : 'wait'}>{t(k.met ? 'report.met' : 'report.notMet')}</Badge>
            </Group>
          </Group>
        </li>
      ))}
    </ul>
  )
}

function Messages({
  messages,
  money,
}: {
  messages: NonNullable<Report['nodes'][number]['messages']>
  money: (amount: number) => string
}) {
  const { t } = useTranslation()
  const say = useSay()
  const cost = messages.cost < 1 && messages.cost > 0 ? say.decimal(messages.cost) : money(messages.cost)
  return (
    <Stack gap={4}>
      <Group grow align="flex-start">
        <Figure
          label={t('report.intended')}
          value={say.people(messages.intended)}
          definition={t('report.intendedIs')}
        />
        <Figure
          label={t('report.accepted')}
          tone="good"
          value={say.people(messages.accepted)}
          definition={t('report.acceptedIs')}
        />
        <Figure
          label={t('report.clicked')}
          value={say.share(messages.clicked, messages.accepted)}
          definition={t('report.clickedIs')}
        />
        <Figure label={t('report.cost')} value={cost} definition={t('report.costIs')} />
      </Group>
      {Object.entries(messages.reasons).map(([reason, n]) => (
        <Group key={reason} justify="space-between">
          <Text size="sm" c="dimmed">
            {t('report.skipped', { reason: word('reason', reason) })}
          </Text>
          <Text size="sm" className="num">
            {say.count(n)}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function NodeRow({
  row,
  name,
  money,
}: {
  row: Report['nodes'][number]
  name: string
  money: (amount: number) => string
}) {
  const say = useSay()
  return (
    <>
      <tr>
        <td>{name}</td>
        <td className="end num">{say.people(row.passed)}</td>
        <td className="end num">{say.share(row.goals, row.passed)}</td>
        <td className="end num">{money(row.revenue)}</td>
      </tr>
      {row.kpis.length > 0 ? (
        <tr>
          <td colSpan={4}>
            <Kpis kpis={row.kpis} money={money} />
          </td>
        </tr>
      ) : null}
    </>
  )
}
