// Publishing a draft: what changes, what becomes of the people on their way, who enters, and the button; or the request
// for a second person's approval.
import { Alert, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconRocket } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Move } from '../../src/journeys/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Waiting, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { asGraph } from './in-words.ts'
import { instantOf } from '../format.ts'
import { ApprovalCard } from './publishing/approval.tsx'
import { AudienceCard } from './publishing/audience.tsx'
import { type Choices, choicesOf, movesOf } from './publishing/choices.ts'
import { DiffList } from './publishing/diff-list.tsx'
import { Places } from './publishing/places.tsx'
import { Later, ScheduledCard } from './publishing/scheduled.tsx'
import type { PanelProps } from './slot.ts'

export function Panel({ ws, data, close }: PanelProps) {
  const { t } = useTranslation()
  const draft = asGraph(data.draft)
  const live = asGraph(data.live)
  const at = { ws, journey: data.id }
  const plan = useApi('publishPlan', at, { enabled: draft !== null })
  const audience = useApi('publishAudience', at, { enabled: draft !== null, keep: true })
  const [choices, choose] = useState<Choices>({})
  if (draft === null) return <Alert color="red">{t('journeys.noGraph')}</Alert>
  if (!plan.data)
    return plan.error ? <Wrong error={plan.error} retry={() => void plan.refetch()} /> : <Waiting rows={8} />
  const { approval, places, stale, diff } = plan.data
  return (
    <>
      {approval.open ? <ApprovalCard ws={ws} approval={approval.open} /> : null}
      {data.scheduled ? <ScheduledCard ws={ws} journey={data.id} scheduled={data.scheduled} /> : null}
      <Card title={t('diff.title')}>
        {live === null ? (
          <Text c="dimmed">{t('diff.first')}</Text>
        ) : (
          <DiffList ws={ws} before={live} after={draft} />
        )}
      </Card>
      {live === null ? null : (
        <Places
          places={places}
          stale={stale}
          graph={draft}
          choices={approval.open ? choicesOf(approval.open.moves as Move[]) : choices}
          choose={approval.open ? null : choose}
        />
      )}
      <AudienceCard query={audience} />
      {approval.open ? null : (
        <Go
          ws={ws}
          data={data}
          next={plan.data.nextVersion}
          unchanged={diff !== null && diff.nodes.length === 0 && diff.parts.length === 0}
          needed={approval.needed}
          moves={movesOf(places, choices)}
          audience={audience.data}
          close={close}
        />
      )}
    </>
  )
}

type GoProps = Pick<PanelProps, 'ws' | 'data' | 'close'> & {
  next: number
  unchanged: boolean
  /** a second person has to approve */
  needed: boolean
  moves: ReturnType<typeof movesOf>
  audience: { people: number | null; confirmAbove: number } | undefined
}

function Go({ ws, data, next, unchanged, needed, moves, audience, close }: GoProps) {
  const { t } = useTranslation()
  const say = useSay()
  const [note, write] = useState('')
  const [later, setLater] = useState('')
  const [asking, dialog] = useDisclosure(false)
  const publish = useAct('publishJourney', { done: t('journeys.published'), after: close })
  const ask = useAct('askApproval', { done: t('publishing.asked') })
  const schedule = useAct('schedulePublication', { done: t('publishing.scheduled') })
  const many = audience?.people && audience.people > audience.confirmAbove ? audience.people : null
  const go = () => {
    const body = { version: data.version, moves, ...(many === null ? {} : { confirm: many }) }
    const at = later === '' ? undefined : new Date(instantOf(later, say.zone)).toISOString()
    if (needed) ask.mutate({ ws, journey: data.id, body: { ...body, note, ...(at && { at }) } })
    else if (at) schedule.mutate({ ws, journey: data.id, body: { ...body, at } })
    else publish.mutate({ ws, journey: data.id, body })
  }
  const label = needed
    ? t('publishing.ask')
    : later === ''
      ? t('publishing.go', { n: next })
      : t('publishing.goLater', { n: next })
  const reason =
    data.problems.length > 0
      ? t('publishing.problems', { n: data.problems.length })
      : data.status === 'archived'
        ? t('publishing.archived')
        : unchanged && moves.length === 0 && data.status === 'live'
          ? t('publishing.nothing')
          : null
  return (
    <Card>
      <Stack gap="sm">
        {needed ? (
          <>
            <Text size="sm">{t('publishing.needed')}</Text>
            <LastRejection ws={ws} journey={data.id} />
            <Textarea
              label={t('publishing.note')}
              autosize
              minRows={2}
              maxLength={1000}
              value={note}
              onChange={e => write(e.currentTarget.value)}
            />
          </>
        ) : null}
        <Later zone={say.zone} value={later} change={setLater} />
        <Guarded
          scope={needed ? 'journeys:write' : 'journeys:publish'}
          reason={reason}
          loading={publish.isPending || ask.isPending || schedule.isPending}
          leftSection={<IconRocket size={16} />}
          onClick={many === null ? go : dialog.open}
        >
          {label}
        </Guarded>
        {reason ? (
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
        ) : null}
      </Stack>
      {many === null ? null : (
        <Confirm
          title={t('publishing.sureTitle', { n: say.count(many) })}
          text={t('publishing.sureText')}
          action={label}
          typed={String(many)}
          opened={asking}
          close={dialog.close}
          run={go}
        />
      )}
    </Card>
  )
}

function LastRejection({ ws, journey }: { ws: string; journey: string }) {
  const { t } = useTranslation()
  const last = useApi('approvals', { ws, query: { journey } }).data?.items[0]
  if (last?.status !== 'rejected') return null
  return (
    <Alert color="yellow" variant="outline" p="xs">
      {t('publishing.lastRejected', { who: last.decidedBy ?? '', reason: last.reason ?? '' })}
    </Alert>
  )
}
