// The four steps of a broadcast on one page: to whom, what it says, when and how, and the last look.
import {
  Alert,
  Group,
  MultiSelect,
  NativeSelect,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BroadcastSpec } from '../../src/campaigns/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { AskBeforeLeaving } from '../parts/leaving.tsx'
import { Newer, useBase } from '../parts/newer.tsx'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { LastLook } from './last-look.tsx'
import { MessageStep } from './message.tsx'
import { WhenStep } from './when.tsx'

type Held = Out<'broadcast'>
export type StepProps = { ws: string; spec: BroadcastSpec; change: (next: BroadcastSpec) => void }

export function BroadcastForm({
  ws,
  held,
  spec: begun,
}: {
  ws: string
  held: Held | null
  spec: BroadcastSpec
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [spec, write] = useState(begun)
  const [campaign, choose] = useState(held?.campaign ?? '')
  const [saved, note] = useState(held !== null)
  const change = (next: BroadcastSpec) => {
    write(next)
    note(false)
  }
  const base = useBase(held?.version ?? 0, !saved, () => {
    write(begun)
    choose(held?.campaign ?? '')
    note(true)
  })
  const after = (b: Held) => {
    note(true)
    base.rest(b.version)
    if (held === null)
      void navigate({
        to: '/w/$ws/broadcasts/$broadcast',
        params: { ws, broadcast: b.id },
        search: {},
        ignoreBlocker: true, // it has just been saved
      })
  }
  const create = useAct('createBroadcast', { done: t('common.saved'), after })
  const save = useAct('saveBroadcast', { done: t('common.saved'), after, edits: 'broadcast' })
  const submit = () => {
    const body = { spec, campaign: campaign === '' ? null : campaign }
    if (held === null) create.mutate({ ws, body })
    else save.mutate({ ws, broadcast: held.id, body: { ...body, version: base.base } })
  }
  const written = held !== null || campaign !== '' || JSON.stringify(spec) !== JSON.stringify(begun)
  return (
    <Stack>
      <AskBeforeLeaving unsaved={!saved && written} />
      <Newer than={base} />
      <Card title={t('broadcast.step_audience')}>
        <Stack gap="sm">
          <TextInput
            required
            label={t('broadcast.name')}
            value={spec.name}
            onChange={e => change({ ...spec, name: e.currentTarget.value })}
          />
          <AudienceStep ws={ws} spec={spec} change={change} />
          <CampaignPick
            ws={ws}
            value={campaign}
            change={next => {
              choose(next)
              note(false)
            }}
          />
        </Stack>
      </Card>
      <Card title={t('broadcast.step_message')}>
        <MessageStep ws={ws} spec={spec} change={change} />
      </Card>
      <Card title={t('broadcast.step_when')}>
        <WhenStep ws={ws} spec={spec} change={change} />
      </Card>
      <Card title={t('broadcast.step_last')}>
        <Stack gap="sm">
          <Group>
            <Guarded
              scope="journeys:write"
              variant={saved ? 'default' : 'filled'}
              reason={spec.name.trim() === '' ? t('broadcast.name') : null}
              loading={create.isPending || save.isPending}
              onClick={submit}
            >
              {held === null ? t('broadcast.save') : t('broadcast.look')}
            </Guarded>
            {saved ? null : (
              <Text size="sm" c="dimmed" role="status">
                {t('broadcast.notSaved')}
              </Text>
            )}
          </Group>
          {held !== null && saved ? <Checked ws={ws} held={held} /> : null}
        </Stack>
      </Card>
    </Stack>
  )
}

/** What stands against it; with nothing, the last look. */
function Checked({ ws, held }: { ws: string; held: Held }) {
  const { t, i18n } = useTranslation()
  const side = i18n.language === 'en' ? 'en' : 'zh'
  if (held.problems.length === 0) return <LastLook ws={ws} held={held} />
  return (
    <Alert color="red" variant="light" title={t('broadcast.problems')}>
      <ul className="plain">
        {held.problems.map(p => (
          <li key={`${p.node}${p.path}${p.code}`}>{p.message[side]}</li>
        ))}
      </ul>
    </Alert>
  )
}

function AudienceStep({ ws, spec, change }: StepProps) {
  const { t } = useTranslation()
  const segments = useApi('segments', { ws, query: { status: 'live' } }).data?.items ?? []
  const names = segments.map(s => ({ value: s.id, label: s.name }))
  const { audience } = spec
  return (
    <>
      <NativeSelect
        label={t('broadcast.segment')}
        data={[{ value: '', label: t('broadcast.everybody') }, ...names]}
        value={audience.segment ?? ''}
        onChange={e => {
          const segment = e.currentTarget.value
          change({
            ...spec,
            audience: { exclude: audience.exclude, ...(segment === '' ? {} : { segment }) },
          })
        }}
      />
      <MultiSelect
        label={t('broadcast.exclude')}
        placeholder={audience.exclude.length === 0 ? t('broadcast.excludeNone') : ''}
        data={names.filter(n => n.value !== audience.segment)}
        value={audience.exclude.map(e => e.segment)}
        onChange={list =>
          change({ ...spec, audience: { ...audience, exclude: list.map(segment => ({ segment })) } })
        }
      />
      <div>
        <Text size="sm" fw={600} id="broadcast-purpose">
          {t('broadcast.purpose')}
        </Text>
        <SegmentedControl
          aria-labelledby="broadcast-purpose"
          value={spec.purpose}
          onChange={purpose => change({ ...spec, purpose: purpose as BroadcastSpec['purpose'] })}
          data={(['marketing', 'transactional'] as const).map(value => ({
            value,
            label: t(`broadcast.purpose_${value}`),
          }))}
        />
      </div>
    </>
  )
}

function CampaignPick({ ws, value, change }: { ws: string; value: string; change: (next: string) => void }) {
  const { t } = useTranslation()
  const campaigns = useApi('campaigns', { ws, query: { limit: 200 } }).data?.items ?? []
  if (campaigns.length === 0) return null
  return (
    <NativeSelect
      label={t('broadcast.campaign')}
      data={[
        { value: '', label: t('broadcast.noCampaign') },
        ...campaigns.map(c => ({ value: c.id, label: c.name })),
      ]}
      value={value}
      onChange={e => change(e.currentTarget.value)}
    />
  )
}
