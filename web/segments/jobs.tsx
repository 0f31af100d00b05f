// Work over a segment's members: how far it is, what came of it.
import { Button, Group, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { sayProblem, useAct, useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import type { SegmentDetail } from './parts.tsx'

const SHOWN = 5

export function Jobs({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const barred = useDisabledReason()('segments:write')
  const query = useApi('segmentJobs', { ws, segment: of.id })
  const cancel = useAct('cancelSegmentJob')
  const jobs = (query.data?.items ?? []).filter(j => j.kind !== 'backfill').slice(0, SHOWN)
  if (jobs.length === 0) return null
  return (
    <Card title={t('segment.jobs')}>
      <ul className="plain">
        {jobs.map(job => {
          const active = job.status === 'queued' || job.status === 'running'
          const tone = active
            ? 'wait'
            : job.status === 'done'
              ? 'good'
              : job.status === 'failed'
                ? 'bad'
                : 'skip'
          return (
            <li key={job.id}>
              <Group justify="space-between" gap={8}>
                <Text>
                  {t(`jobKind.${job.kind}`)}{' '}
                  {job.detail.tag ? <span className="chip">{job.detail.tag}</span> : null}
                </Text>
                <Group gap={8}>
                  <Text size="sm" c="dimmed" className="num">
                    {active && job.total !== null
                      ? `${say.count(job.done)} / ${say.count(job.total)}`
                      : t('segment.jobDone', { n: say.count(job.hits) })}
                  </Text>
                  <Badge tone={tone}>{t(`jobStatus.${job.status}`)}</Badge>
                  {active ? (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      disabled={barred !== null}
                      onClick={() => cancel.mutate({ ws, segment: of.id, job: job.id, body: undefined })}
                    >
                      {t('segment.cancelJob')}
                    </Button>
                  ) : null}
                  <Text size="xs" c="dimmed">
                    <Time at={job.endedAt ?? job.createdAt} />
                  </Text>
                </Group>
              </Group>
              {active && job.total ? (
                <Progress
                  mt={4}
                  size="sm"
                  aria-label={t(`jobKind.${job.kind}`)}
                  value={(100 * job.done) / job.total}
                />
              ) : null}
              {job.problem ? (
                <Text size="sm" className="tone-bad">
                  {sayProblem(job.problem)}
                </Text>
              ) : null}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
