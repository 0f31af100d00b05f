// Who the members are: bars by a trait, stage, channel, tag; and how much the segment shares with others.
import { Button, Group, Select, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In, Out } from '../../src/contract.ts'
import type { Rule } from '../../src/rules/model.ts'
import { useApi } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'
import { useVocabulary } from '../rules/vocabulary.tsx'
import { useSay } from '../use.ts'
import type { SegmentDetail } from './parts.tsx'

type By = In<'breakdownOfRule'>['by']
const KINDS = ['stage', 'sales_channel', 'reach', 'tag', 'tier', 'first_touch'] as const
const FIRST = ['stage', 'trait:gender', 'sales_channel', 'reach'] as const
/** compared at a time, as many as one question may name */
const OTHERS = 20

const inside = (segment: string): Rule => ({ op: 'segment', segment, is: 'in' })

const byOf = (key: string): By => {
  const kind = KINDS.find(k => k === key)
  return kind ? { kind } : { kind: 'trait', trait: key.replace(/^trait:/, '') }
}

export function Profile({
  ws,
  of,
  by,
  choose,
}: {
  ws: string
  of: SegmentDetail
  by: string | undefined
  choose: (by: string | undefined) => void
}) {
  const { t } = useTranslation()
  const { vocabulary, names } = useVocabulary()
  if (!of.size)
    return (
      <Card title={t('segment.profile')}>
        <Text c="dimmed">{t('segment.profileEmpty')}</Text>
      </Card>
    )
  const shown = by ? [by, ...FIRST.filter(f => f !== by).slice(0, 3)] : FIRST
  return (
    <>
      <Select
        size="xs"
        w={260}
        label={t('segment.by')}
        placeholder={t('segment.byHint')}
        searchable
        clearable
        data={[
          { group: t('segment.profile'), items: KINDS.map(k => ({ value: k, label: t(`breakdown.${k}`) })) },
          {
            group: t('breakdown.trait'),
            items: vocabulary.attributes.map(a => ({ value: `trait:${a.name}`, label: names.trait(a.name) })),
          },
        ]}
        value={by ?? null}
        onChange={value => choose(value ?? undefined)}
      />
      <div className="profile-grid">
        {shown.map(key => (
          <Breakdown key={key} ws={ws} of={of} by={key} />
        ))}
      </div>
    </>
  )
}

function Breakdown({ ws, of, by }: { ws: string; of: SegmentDetail; by: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const { names } = useVocabulary()
  const asked = byOf(by)
  const title = asked.kind === 'trait' ? names.trait(asked.trait) : t(`breakdown.${asked.kind}`)
  const query = useApi('breakdownOfRule', { ws, body: { rule: inside(of.id), by: asked } })
  return (
    <Card title={title}>
      <Show query={query} rows={4}>
        {data => {
          const all = data.count ?? 0
          const rows = [
            ...data.items.map(i => ({ key: i.value, label: labelOf(asked, i.value), count: i.count })),
            ...(data.rest > 0 ? [{ key: '\u0000rest', label: t('segment.others'), count: data.rest }] : []),
            ...(data.none > 0 ? [{ key: '\u0000none', label: t('segment.noValue'), count: data.none }] : []),
          ]
          return rows.length === 0 ? (
            <Text c="dimmed">{t('segment.profileEmpty')}</Text>
          ) : (
            <ul className="plain-inline">
              {rows.map(r => (
                <li key={r.key} className="breakdown-row">
                  <span className={r.key.startsWith('\u0000') ? 'dim' : undefined}>{r.label}</span>
                  <span className="bar" aria-hidden>
                    <i
                      style={{
                        width: `${all === 0 ? 0 : Math.min(100, (100 * r.count) / all)}%`,
                        background: r.key.startsWith('\u0000') ? 'var(--app-skip)' : 'var(--app-accent)',
                      }}
                    />
                  </span>
                  <span>
                    {say.count(r.count)}
                    {all >= 30 ? <span className="dim"> {say.share(r.count, all)}</span> : null}
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Show>
    </Card>
  )

  function labelOf(what: By, value: string): string {
    switch (what.kind) {
      case 'trait':
        return names.choice(what.trait, value)
      case 'stage':
        return word('stage', value)
      case 'sales_channel':
        return word('salesChannel', value)
      case 'reach':
        return word('channel', value)
      case 'first_touch':
        return i18n.exists(`touchKind.${value}`) ? word('touchKind', value) : value
      case 'tag':
      case 'tier':
        return value
    }
  }
}

export function Overlap({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const all = useApi('segments', { ws, query: { status: 'live' } })
  const every = (all.data?.items ?? []).filter(s => s.id !== of.id)
  const [from, go] = useState(0)
  const others = every.slice(from, from + OTHERS)
  return (
    <Card title={t('segment.overlap')} flush>
      {all.data && others.length === 0 ? (
        <Text c="dimmed" p="md">
          {t('segment.overlapNone')}
        </Text>
      ) : others.length > 0 ? (
        <Overlaps ws={ws} of={of} others={others} />
      ) : null}
      {every.length > OTHERS ? (
        <Group justify="flex-end" p="xs" gap={8}>
          <Text size="sm" c="dimmed" role="status">
            {t('segment.overlapPart', { from: from + 1, to: from + others.length, all: every.length })}
          </Text>
          <Button size="xs" variant="default" disabled={from === 0} onClick={() => go(from - OTHERS)}>
            {t('segment.overlapBefore')}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={from + OTHERS >= every.length}
            onClick={() => go(from + OTHERS)}
          >
            {t('segment.overlapNext')}
          </Button>
        </Group>
      ) : null}
    </Card>
  )
}

function Overlaps({ ws, of, others }: { ws: string; of: SegmentDetail; others: Out<'segments'>['items'] }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('overlapOfRule', {
    ws,
    body: { rule: inside(of.id), segments: others.map(s => s.id) },
  })
  return (
    <Show query={query} rows={4}>
      {data => (
        <Scroll label={t('segment.overlap')}>
          <table className="table hover">
            <thead>
              <tr>
                <th>{t('segments.name')}</th>
                <th style={{ width: '34%' }} aria-label={t('segment.both')} />
                <th className="end">{t('segment.both')}</th>
                <th className="end">{t('segment.onlyHere')}</th>
                <th className="end">{t('segment.onlyThere')}</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map(i => {
                const whole = i.both + i.only + i.other
                const width = (n: number) => `${whole === 0 ? 0 : (100 * n) / whole}%`
                return (
                  <tr key={i.segment}>
                    <td>
                      <A to="/w/$ws/segments/$segment" params={{ ws, segment: i.segment }}>
                        {others.find(s => s.id === i.segment)?.name ?? i.segment}
                      </A>
                    </td>
                    <td>
                      <span className="bar overlap-bar" aria-hidden>
                        <i style={{ width: width(i.only), background: 'var(--mantine-color-indigo-3)' }} />
                        <i style={{ width: width(i.both), background: 'var(--app-accent)' }} />
                        <i style={{ width: width(i.other), background: 'var(--app-skip)' }} />
                      </span>
                    </td>
                    <td className="end">{say.people(i.both)}</td>
                    <td className="end">{say.people(i.only)}</td>
                    <td className="end">{say.people(i.other)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </Show>
  )
}
