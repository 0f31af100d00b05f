// A segment is written: a new one, or another draft of one that is there. The count is beside it all the while.
import { Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SEGMENT_KINDS, type SegmentKind } from '../../src/segments/model.ts'
import { useAct, useApi } from '../api/queries.ts'
import { AskBeforeLeaving } from '../parts/leaving.tsx'
import { Newer, useBase } from '../parts/newer.tsx'
import { A } from '../parts/link.tsx'
import { Card, Crumbs, Page } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { RuleBuilder } from '../rules/builder.tsx'
import { useRuleDraft } from '../rules/history.ts'
import { PreviewPanel, usePreview, useWhy, WhyPanel } from '../rules/preview.tsx'
import { Vocabular } from '../rules/vocabulary.tsx'
import { liveDefinition, type Settings, settingsOf, SettingsCard } from '../segments/settings.tsx'
import {
  type Draft as PartitionDraft,
  PartitionEditor,
  partitionDefinition,
  partitionDraft,
} from '../segments/partition.tsx'
import { PublishDialog } from '../segments/publish.tsx'
import type { Definition, SegmentDetail } from '../segments/parts.tsx'
import type { Rule } from '../../src/rules/model.ts'
import '../segments/segments.css'

const newRoute = getRouteApi('/w/$ws/segments/new')
const editRoute = getRouteApi('/w/$ws/segments/$segment/edit')

export function NewSegment() {
  const { ws } = newRoute.useParams()
  const { kind } = newRoute.useSearch()
  return (
    <Vocabular ws={ws}>
      <Editor key={kind} ws={ws} kind={SEGMENT_KINDS.find(k => k === kind) ?? 'live'} segment={null} />
    </Vocabular>
  )
}

export function EditSegment() {
  const { ws, segment } = editRoute.useParams()
  const query = useApi('segment', { ws, segment })
  const [turn, begin] = useState(0)
  return (
    <Vocabular ws={ws}>
      <Show query={query} rows={8}>
        {data => (
          <Editor
            key={`${data.id} ${turn}`}
            ws={ws}
            kind={data.kind}
            segment={data}
            beginAgain={() => begin(turn + 1)}
          />
        )}
      </Show>
    </Vocabular>
  )
}

type Edited = { ws: string; kind: SegmentKind; segment: SegmentDetail | null; beginAgain?: () => void }

function Editor({ ws, kind, segment, beginAgain = () => undefined }: Edited) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [name, setName] = useState(segment?.name ?? '')
  const [purpose, setPurpose] = useState(segment?.purpose ?? '')
  const [settings, setSettings] = useState<Settings>(() => settingsOf(segment?.draft))
  const draft = useRuleDraft((segment?.draft.groups[0]?.rule ?? null) as Rule | null)
  const [partition, setPartition] = useState<PartitionDraft>(() => partitionDraft(segment?.draft))
  const [kept, setKept] = useState(partition)
  const [publishing, setPublishing] = useState<SegmentDetail | null>(null)
  const preview = usePreview(ws, kind === 'live' ? draft.rule : null)
  const why = useWhy(ws, preview)
  const faults = preview.state === 'asked' ? (preview.query.data?.faults ?? []) : []

  const definition: Definition =
    kind === 'live'
      ? liveDefinition(draft.rule, settings)
      : kind === 'partition'
        ? partitionDefinition(partition)
        : { groups: [] }
  const create = useAct('createSegment', { done: t('segmentEdit.saved') })
  const save = useAct('saveSegment', { done: t('segmentEdit.saved'), edits: 'segment' })
  const pending = create.isPending || save.isPending
  const words = { name: name.trim(), purpose: purpose.trim() }
  const written = JSON.stringify({ words, definition })
  const [stored, keep] = useState(written)
  const base = useBase(segment?.version ?? 0, written !== stored, beginAgain)
  const store = (next: (stored: SegmentDetail) => void) => {
    const then = (stored: SegmentDetail) => {
      setKept(partition)
      keep(written)
      base.rest(stored.version)
      next(stored)
    }
    const held = segment ?? create.data
    if (held)
      save.mutate(
        { ws, segment: held.id, body: { version: base.base, ...words, definition } },
        { onSuccess: then },
      )
    else
      create.mutate(
        { ws, body: { ...words, kind, ...(kind === 'static' ? {} : { definition }) } },
        { onSuccess: then },
      )
  }
  const show = (id: string) =>
    void navigate({
      to: '/w/$ws/segments/$segment',
      params: { ws, segment: id },
      ignoreBlocker: true, // it has just been saved
    })
  const unnamed = words.name === '' ? t('segmentEdit.nameFirst') : null
  const missing =
    kind === 'live'
      ? draft.rule === null
        ? t('segmentEdit.ruleFirst')
        : preview.state === 'open'
          ? t('segmentEdit.openFirst')
          : faults.length > 0
            ? t('segmentEdit.faultFirst')
            : null
      : kind === 'partition' && partition.groups.some(g => g.rule === null)
        ? t('segmentEdit.ruleFirst')
        : null
  return (
    <Page
      wide
      above={
        <Crumbs here={t(segment ? 'segment.edit' : 'segmentEdit.newTitle')}>
          <A to="/w/$ws/segments" params={{ ws }} size="sm">
            {t('segments.title')}
          </A>
          {segment ? (
            <A to="/w/$ws/segments/$segment" params={{ ws, segment: segment.id }} size="sm">
              {segment.name}
            </A>
          ) : null}
        </Crumbs>
      }
      title={segment ? t('segmentEdit.editTitle', { name: segment.name }) : t('segmentEdit.newTitle')}
      lead={t('segmentEdit.lead')}
      action={
        kind === 'static' ? (
          <Guarded
            scope="segments:write"
            loading={pending}
            reason={unnamed}
            onClick={() => store(s => show(s.id))}
          >
            {t(segment ? 'common.save' : 'segmentEdit.create')}
          </Guarded>
        ) : (
          <>
            <Guarded
              scope="segments:write"
              variant="default"
              loading={pending}
              reason={unnamed}
              onClick={() => store(s => show(s.id))}
            >
              {t('segmentEdit.save')}
            </Guarded>
            <Guarded
              scope="segments:publish"
              loading={pending}
              reason={unnamed ?? missing}
              onClick={() => store(setPublishing)}
            >
              {t('segmentEdit.publish')}
            </Guarded>
          </>
        )
      }
    >
      <Stack>
        <Newer than={base} />
        <Group gap={12} align="flex-start">
          <TextInput
            label={t('segmentEdit.name')}
            placeholder={t('segmentEdit.namePlaceholder')}
            required
            withAsterisk={false}
            maxLength={200}
            w={300}
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <Textarea
            label={t('segmentEdit.purpose')}
            autosize
            minRows={1}
            maxRows={4}
            maxLength={1000}
            style={{ flex: 1, minWidth: 220 }}
            value={purpose}
            onChange={e => setPurpose(e.currentTarget.value)}
          />
        </Group>
        {segment === null && !create.data ? <ChooseKind ws={ws} kind={kind} /> : null}
        {kind === 'live' ? (
          <div className="rule-page">
            <div className="stack">
              <Card flush>
                <RuleBuilder draft={draft} faults={faults} why={why.reasons} />
              </Card>
              <SettingsCard settings={settings} onChange={setSettings} />
            </div>
            <aside className="rule-side" aria-label={t('preview.title')}>
              <PreviewPanel ws={ws} preview={preview} />
              <WhyPanel ws={ws} why={why} />
            </aside>
          </div>
        ) : kind === 'partition' ? (
          <PartitionEditor
            ws={ws}
            draft={partition}
            stored={{ groups: kept.groups, faults: (save.data ?? create.data ?? segment)?.faults ?? [] }}
            onChange={setPartition}
          />
        ) : (
          <Card>
            <Text>{t('segmentEdit.listText')}</Text>
          </Card>
        )}
      </Stack>
      <AskBeforeLeaving unsaved={written !== stored} />
      {publishing ? (
        <PublishDialog
          ws={ws}
          segment={publishing}
          close={() => setPublishing(null)}
          done={() => show(publishing.id)}
        />
      ) : null}
    </Page>
  )
}

function ChooseKind({ ws, kind }: { ws: string; kind: SegmentKind }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Group gap={12}>
      <SegmentedControl
        aria-label={t('segmentEdit.kind')}
        value={kind}
        data={SEGMENT_KINDS.map(k => ({ value: k, label: t(`segmentKind.${k}`) }))}
        onChange={next =>
          void navigate({ to: '/w/$ws/segments/new', params: { ws }, search: { kind: next }, replace: true })
        }
      />
      <Text size="sm" c="dimmed">
        {t(`segmentKindText.${kind}`)}
      </Text>
    </Group>
  )
}
