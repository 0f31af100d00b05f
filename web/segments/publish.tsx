// Before a segment is published: who will enter, who will leave, what it costs, who is affected.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Figure, Guarded } from '../parts/small.tsx'
import { Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import type { Definition, SegmentDetail } from './parts.tsx'

/** Whom the definition takes: a partition's groups together. */
const wholeRule = (draft: Definition): Rule => {
  const rules = draft.groups.flatMap(g => (g.rule === null ? [] : [g.rule as Rule]))
  const [only] = rules
  return rules.length === 1 && only ? only : { op: 'or', rules }
}

export function PublishDialog({
  ws,
  segment,
  close,
  done,
}: {
  ws: string
  segment: SegmentDetail
  close: () => void
  done: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const publish = useAct('publishSegment', { done: t('segmentPublish.done'), after: done })
  const again = segment.liveVersion !== null
  const rule = wholeRule(segment.draft)
  const preview = useApi('previewRule', { ws, body: { rule, sample: false } })
  const overlap = useApi(
    'overlapOfRule',
    { ws, body: { rule, segments: [segment.id] } },
    { enabled: again && segment.kind === 'live' },
  )
  const change = overlap.data?.items[0]
  const number = (n: number | null | undefined) => (n === null || n === undefined ? '…' : say.people(n))
  return (
    <Modal
      opened
      onClose={close}
      title={t('segmentPublish.title', { name: segment.name })}
      centered
      size="lg"
    >
      <Stack>
        <Text>
          {again ? t('segmentPublish.again') : t('segmentPublish.first', { n: number(preview.data?.total) })}
        </Text>
        {preview.error ? <Wrong error={preview.error} /> : null}
        <div className="publish-effects" role="status">
          <Figure
            label={t('segmentPublish.enters')}
            tone="good"
            value={number(again && segment.kind === 'live' ? change?.only : preview.data?.count)}
          />
          {again && segment.kind === 'live' ? (
            <>
              <Figure label={t('segmentPublish.leaves')} tone="skip" value={number(change?.other)} />
              <Figure label={t('segmentPublish.stays')} value={number(change?.both)} />
            </>
          ) : null}
        </div>
        {segment.usedBy.length > 0 ? (
          <Text>{t('segmentPublish.usedBy', { names: say.list(segment.usedBy.map(u => u.name)) })}</Text>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('segmentPublish.triggers')} {t('segmentPublish.cost')}
        </Text>
        {segment.faults.length > 0 ? (
          <ul className="plain" role="alert">
            {segment.faults.map(f => (
              <li key={f.path + f.code} className="tone-bad">
                {say.locale === 'en' ? f.message.en : f.message.zh}{' '}
                {f.alternative ? (say.locale === 'en' ? f.alternative.en : f.alternative.zh) : ''}
              </li>
            ))}
          </ul>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Guarded
            scope="segments:publish"
            loading={publish.isPending}
            reason={segment.faults.length > 0 ? t('segmentEdit.faultFirst') : null}
            onClick={() => publish.mutate({ ws, segment: segment.id, body: { version: segment.version } })}
          >
            {t('segmentPublish.do')}
          </Guarded>
        </Group>
      </Stack>
    </Modal>
  )
}
