// Before a segment is published: who will enter, who will leave, what it costs, who is affected.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { REST_GROUP } from '../../src/segments/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Figure, Guarded } from '../parts/small.tsx'
import { Show, Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import type { Definition, SegmentDetail } from './parts.tsx'

/** Whom the definition takes: a partition's groups together. */
const wholeRule = (draft: Definition): Rule => {
  const rules = draft.groups.flatMap(g => (g.rule === null ? [] : [g.rule as Rule]))
  const [only] = rules
  return rules.length === 1 && only ? only : { op: 'or', rules }
}

/** What is wrong, and what to do instead. */
export function Faults({ faults }: { faults: SegmentDetail['faults'] }) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const words = locale === 'en' ? 'en' : 'zh'
  return faults.length === 0 ? null : (
    <div role="alert">
      <ul className="plain">
        {faults.map(f => (
          <li key={f.path + f.code} className="tone-bad">
            {f.message[words]}
            {f.alternative ? (
              <div className="dim">{t('ruleEdit.instead', { text: f.alternative[words] })}</div>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Who moves from which group to which; who stays is told last. */
function Moves({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('segmentMoves', { ws, segment: of.id })
  const nameIn = (definition: Definition, key: string) =>
    key === REST_GROUP
      ? definition.restName || t('segments.rest')
      : definition.groups.find(g => g.key === key)?.name || key
  return (
    <Show query={query} rows={3}>
      {({ items }) => {
        const moving = items.filter(i => i.from !== i.to)
        const staying = items.reduce((n, i) => (i.from === i.to ? n + i.count : n), 0)
        return (
          <div role="status">
            {moving.length === 0 ? (
              <Text>{t('segmentPublish.nobodyMoves')}</Text>
            ) : (
              <table className="table">
                <caption className="visually-hidden">{t('segmentPublish.moves')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t('segmentPublish.from')}</th>
                    <th scope="col">{t('segmentPublish.to')}</th>
                    <th scope="col" className="end">
                      {t('segmentPublish.people')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {moving.map(({ from, to, count }) => (
                    <tr key={`${from} ${to}`}>
                      <td>{from === null ? t('segmentPublish.noGroup') : nameIn(of.definition, from)}</td>
                      <td>{nameIn(of.draft, to)}</td>
                      <td className="end">{say.count(count)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {staying > 0 ? (
              <Text size="sm" c="dimmed" mt={6}>
                {t('segmentPublish.staying', { n: say.people(staying) })}
              </Text>
            ) : null}
          </div>
        )
      }}
    </Show>
  )
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
        {segment.kind === 'partition' ? null : (
          <div className="publish-effects" role="status">
            <Figure
              label={t('segmentPublish.enters')}
              tone="good"
              value={number(again ? change?.only : preview.data?.count)}
            />
            {again ? (
              <>
                <Figure label={t('segmentPublish.leaves')} tone="skip" value={number(change?.other)} />
                <Figure label={t('segmentPublish.stays')} value={number(change?.both)} />
              </>
            ) : null}
          </div>
        )}
        {segment.kind === 'partition' && segment.faults.length === 0 ? <Moves ws={ws} of={segment} /> : null}
        {segment.usedBy.length > 0 ? (
          <Text>{t('segmentPublish.usedBy', { names: say.list(segment.usedBy.map(u => u.name)) })}</Text>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('segmentPublish.triggers')} {t('segmentPublish.cost')}
        </Text>
        <Faults faults={segment.faults} />
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
