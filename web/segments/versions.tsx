// Published versions, and two of them side by side: what differs, and what each did.
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { type SegmentDetail, Sentence } from './parts.tsx'

export function Versions({
  ws,
  of,
  with: other,
  choose,
}: {
  ws: string
  of: SegmentDetail
  with: string | undefined
  choose: (other: string | undefined) => void
}) {
  const { t } = useTranslation()
  const query = useApi('segmentVersions', { ws, segment: of.id })
  return (
    <div className="stack">
      <Show query={query} rows={4}>
        {data =>
          data.items.length === 0 ? (
            <Card>
              <Text c="dimmed">{t('segment.noVersions')}</Text>
            </Card>
          ) : (
            <Card title={t('segment.versions')}>
              <ul className="plain">
                {data.items.map(v => (
                  <li key={v.version}>
                    <Group justify="space-between" align="flex-start" wrap="nowrap">
                      <div style={{ minWidth: 0 }}>
                        <Text fw={600}>
                          {t('journeys.version', { n: v.version })}{' '}
                          {v.version === of.liveVersion ? (
                            <Badge tone="good">{t('segmentStatus.live')}</Badge>
                          ) : null}
                        </Text>
                        <Sentence kind={of.kind} definition={v.definition} lines={4} />
                      </div>
                      <Group gap={8} wrap="nowrap">
                        <Text size="xs" c="dimmed" ta="end">
                          <Time at={v.publishedAt} />
                          <br />
                          {t('segment.publishedBy', { who: v.publishedBy })}
                        </Text>
                        {of.liveVersion !== null && v.version !== of.liveVersion ? (
                          <Button
                            size="compact-xs"
                            variant="default"
                            aria-pressed={other === String(v.version)}
                            onClick={() =>
                              choose(other === String(v.version) ? undefined : String(v.version))
                            }
                          >
                            {t('segment.compareWith', { n: v.version })}
                          </Button>
                        ) : null}
                      </Group>
                    </Group>
                  </li>
                ))}
              </ul>
            </Card>
          )
        }
      </Show>
      {other !== undefined && of.liveVersion !== null && Number(other) > 0 ? (
        <Compared ws={ws} of={of} a={Number(other)} b={of.liveVersion} />
      ) : null}
    </div>
  )
}

type Side = Out<'compareSegmentVersions'>['a']

function Compared({ ws, of, a, b }: { ws: string; of: SegmentDetail; a: number; b: number }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('compareSegmentVersions', { ws, segment: of.id, query: { a, b } })
  const rows: [label: string, value: (side: Side) => string][] = [
    [t('segment.sizeThen'), s => (s.size === null ? '—' : say.people(s.size))],
    [t('segment.recheckedIn'), s => say.people(s.rechecked.entered)],
    [t('segment.recheckedOut'), s => say.people(s.rechecked.left)],
    [t('segment.enteredWhile'), s => say.people(s.entered)],
    [t('segment.leftWhile'), s => say.people(s.left)],
    [t('segment.reachable'), s => (s.reachable === null ? '—' : say.percent(s.reachable))],
  ]
  return (
    <Card title={t('segment.compareTitle', { a, b })} flush>
      <Show query={query} rows={6}>
        {data => (
          <>
            <Scroll label={t('segment.compareTitle', { a, b })}>
              <table className="table">
                <thead>
                  <tr>
                    <th />
                    <th className="end">{t('journeys.version', { n: a })}</th>
                    <th className="end">{t('journeys.version', { n: b })}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map(([label, value]) => (
                    <tr key={label}>
                      <td>{label}</td>
                      <td className="end">{value(data.a)}</td>
                      <td className="end">{value(data.b)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
            <div className="card-body">
              <Text fw={600} mb={6}>
                {t('segment.difference')}
              </Text>
              {data.changes.length === 0 ? (
                <Text c="dimmed">{t('segment.same')}</Text>
              ) : (
                <div className="half">
                  <div>
                    <Text size="xs" c="dimmed">
                      {t('segment.before')}
                    </Text>
                    <Sentence kind={of.kind} definition={data.a.definition} lines={30} />
                  </div>
                  <div>
                    <Text size="xs" c="dimmed">
                      {t('segment.after')}
                    </Text>
                    <Sentence kind={of.kind} definition={data.b.definition} lines={30} />
                  </div>
                </div>
              )}
            </div>
          </>
        )}
      </Show>
    </Card>
  )
}
