// What a replay found: the version that was replayed beside the live one and what really happened, each figure with some of
// the people behind it.
import { Alert, Group, Modal, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { nodeTitle } from './in-words.ts'

type Result = NonNullable<Out<'replay'>['result']>
type Counted = Result['draft']
type Of = 'draft' | 'live' | 'difference' | 'overlap'
type Asked = { of: Of; figure: string; label: string }

/** One line: what the replayed version, the live one, and the past say. `figure`: whose people can be asked for. */
type Line = { label: string; figure: string | null; of(c: Counted): number; real?: number; money?: true }

export function ReplayResult({
  ws,
  journey,
  replay,
  result,
  graph,
}: {
  ws: string
  journey: string
  replay: string
  result: Result
  graph: JourneyGraph
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [asked, ask] = useState<Asked | null>(null)
  const { draft, live, difference, overlap, real } = result
  const value = (line: Line, n: number): string =>
    line.money ? say.money(Math.round(n), result.currency) : say.people(n)
  return (
    <div className="stack" style={{ gap: 14 }}>
      <Text size="xs" c="dimmed">
        {say.short(result.from)} – {say.short(result.to)} ·{' '}
        {t('replay.took', {
          people: say.count(result.customers),
          facts: say.count(result.facts),
          time: say.latency(result.tookMs),
        })}
      </Text>
      <Limited limited={result.limited} />
      <Scroll label={t('replay.title')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('replay.figure')}</th>
              <th className="end">{t('replay.draft')}</th>
              {live ? <th className="end">{t('replay.live')}</th> : null}
              <th className="end">{t('replay.real')}</th>
            </tr>
          </thead>
          <tbody>
            {linesOf(draft, live, real).map(line => (
              <tr key={line.label}>
                <td>{line.label}</td>
                <td className="end">
                  <Figure
                    of="draft"
                    line={line}
                    n={line.of(draft)}
                    text={value(line, line.of(draft))}
                    ask={ask}
                  />
                </td>
                {live ? (
                  <td className="end">
                    <Figure
                      of="live"
                      line={line}
                      n={line.of(live)}
                      text={value(line, line.of(live))}
                      ask={ask}
                    />
                  </td>
                ) : null}
                <td className="end">{line.real === undefined ? '' : value(line, line.real)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {difference ? (
        <section aria-label={t('replay.difference')}>
          <Text fw={600} size="sm">
            {t('replay.difference')}
          </Text>
          <Row label={t('replay.both')}>{say.people(difference.both)}</Row>
          {(['draft', 'live'] as const).map(side => {
            const label = t(side === 'draft' ? 'replay.onlyDraft' : 'replay.onlyLive')
            return (
              <Row key={side} label={label}>
                <People
                  n={difference[side]}
                  text={say.people(difference[side])}
                  label={label}
                  ask={() => ask({ of: 'difference', figure: side, label })}
                />
              </Row>
            )
          })}
        </section>
      ) : null}
      <section aria-label={t('replay.overlap')}>
        <Text fw={600} size="sm">
          {t('replay.overlap')}
        </Text>
        {overlap.length === 0 ? <Text c="dimmed">{t('replay.noOverlap')}</Text> : null}
        {overlap.map(o => (
          <Row key={o.journey} label={o.name}>
            <People
              n={o.people}
              text={say.people(o.people)}
              label={o.name}
              ask={() => ask({ of: 'overlap', figure: o.journey, label: o.name })}
            />
          </Row>
        ))}
      </section>
      <Nodes graph={graph} draft={draft} ask={ask} />
      <Days draft={draft} />
      {asked ? (
        <Sample ws={ws} journey={journey} replay={replay} asked={asked} close={() => ask(null)} />
      ) : null}
    </div>
  )

  function linesOf(a: Counted, b: Counted | null, happened: Result['real']): Line[] {
    const keys = (of: (c: Counted) => Record<string, number>): string[] => [
      ...new Set([...Object.keys(of(a)), ...(b ? Object.keys(of(b)) : [])]),
    ]
    const channels = [...new Set([...a.sends, ...(b?.sends ?? [])].map(s => s.channel))]
    const accepted = (channel: string) => (c: Counted) =>
      c.sends.find(s => s.channel === channel)?.accepted ?? 0
    const skipped = (reason: string) => (c: Counted) =>
      c.sends.reduce((n, s) => n + (s.skipped[reason] ?? 0), 0)
    const reasons = [...new Set([...a.sends, ...(b?.sends ?? [])].flatMap(s => Object.keys(s.skipped)))]
    return [
      { label: t('replay.entered'), figure: null, of: c => c.entered, real: happened.entered },
      { label: t('replay.people'), figure: 'entered', of: c => c.people, real: happened.people },
      ...channels.map(
        (channel): Line => ({
          label: t('replay.sent', { channel: word('channel', channel) }),
          figure: `sent.${channel}`,
          of: accepted(channel),
          real: happened.sends[channel] ?? 0,
        }),
      ),
      ...(a.control > 0 || (b?.control ?? 0) > 0
        ? [{ label: t('replay.control'), figure: null, of: (c: Counted) => c.control }]
        : []),
      { label: t('replay.cost'), figure: null, of: c => c.cost, money: true },
      { label: t('replay.goals'), figure: 'goals', of: c => c.goals },
      { label: t('replay.stillIn'), figure: 'open', of: c => c.open },
      ...reasons.map(
        (reason): Line => ({
          label: t('replay.skipped', { reason: word('reason', reason) }),
          figure: `skipped.${reason}`,
          of: skipped(reason),
        }),
      ),
      ...keys(c => c.refused).map(
        (reason): Line => ({
          label: t('replay.refused', { reason: word('reason', reason) }),
          figure: `refused.${reason}`,
          of: c => c.refused[reason] ?? 0,
        }),
      ),
      ...(a.faults > 0
        ? [{ label: t('replay.faults'), figure: 'faults', of: (c: Counted) => c.faults }]
        : []),
    ]
  }
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{label}</Text>
      <Text size="sm" className="num" component="span">
        {children}
      </Text>
    </Group>
  )
}

function Figure({
  of,
  line,
  n,
  text,
  ask,
}: {
  of: Of
  line: Line
  n: number
  text: string
  ask: (asked: Asked) => void
}) {
  const { figure, label } = line
  return figure === null ? (
    text
  ) : (
    <People n={n} text={text} label={label} ask={() => ask({ of, figure, label })} />
  )
}

/** A number that opens some of its people. */
function People({ n, text, label, ask }: { n: number; text: string; label: string; ask: () => void }) {
  const { t } = useTranslation()
  return n === 0 ? (
    text
  ) : (
    <UnstyledButton
      onClick={ask}
      aria-label={`${label} ${text} · ${t('replay.sample')}`}
      style={{ textDecoration: 'underline dotted' }}
    >
      {text}
    </UnstyledButton>
  )
}

function Nodes({ graph, draft, ask }: { graph: JourneyGraph; draft: Counted; ask: (asked: Asked) => void }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <section aria-label={t('replay.nodes')}>
      <Text fw={600} size="sm">
        {t('replay.nodes')}
      </Text>
      {Object.entries(graph.nodes).map(([id, node]) => {
        const n = draft.nodes[id] ?? 0
        const label = nodeTitle(node)
        return (
          <Row key={id} label={label}>
            <People
              n={n}
              text={say.people(n)}
              label={label}
              ask={() => ask({ of: 'draft', figure: `node.${id}`, label })}
            />
          </Row>
        )
      })}
    </section>
  )
}

function Days({ draft }: { draft: Counted }) {
  const { t } = useTranslation()
  const say = useSay()
  const channels = draft.sends.map(s => s.channel)
  return draft.days.length === 0 ? null : (
    <details>
      <summary>{t('replay.perDay')}</summary>
      <Scroll label={t('replay.perDay')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('replay.day')}</th>
              <th className="end">{t('replay.entered')}</th>
              {channels.map(c => (
                <th key={c} className="end">
                  {word('channel', c)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {draft.days.map(d => (
              <tr key={d.day}>
                <td>{d.day}</td>
                <td className="end">{say.people(d.entered)}</td>
                {channels.map(c => (
                  <td key={c} className="end">
                    {say.people(d.sends[c] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  )
}

function Sample({
  ws,
  journey,
  replay,
  asked,
  close,
}: {
  ws: string
  journey: string
  replay: string
  asked: Asked
  close: () => void
}) {
  const { t } = useTranslation()
  const query = useApi('replayPeople', {
    ws,
    journey,
    replay,
    query: { of: asked.of, figure: asked.figure },
  })
  return (
    <Modal opened onClose={close} title={t('replay.sampleOf', { figure: asked.label })}>
      <Show query={query} rows={4}>
        {found =>
          found.items.length === 0 ? (
            <Text c="dimmed">{t('replay.nobody')}</Text>
          ) : (
            <ul className="plain">
              {found.items.map(c => (
                <li key={c.id}>
                  <A to="/w/$ws/customers/$customer" params={{ ws, customer: c.id }}>
                    {c.name ?? c.memberNo ?? t('customers.anonymous')}
                  </A>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Modal>
  )
}

const LIMITS = ['quota', 'budget', 'entryCap', 'throttle', 'coupons'] as const

/** What a replay counts as free, and may not be: said with how much it is. */
function Limited({ limited }: { limited: Result['limited'] }) {
  const { t } = useTranslation()
  const say = useSay()
  const some = LIMITS.filter(name => limited[name] > 0)
  return some.length === 0 ? null : (
    <Alert color="yellow" variant="outline" p="xs" role="note">
      {t('replay.limited', {
        list: say.list(some.map(name => t(`replay.limit_${name}`, { n: say.count(limited[name]) }))),
      })}
    </Alert>
  )
}
