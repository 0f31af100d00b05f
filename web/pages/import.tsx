// One import: the file, what it holds, which column is what, a check, the run. Every step stays open to look back.
import { Alert, Anchor, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertCircle,
  IconDownload,
  IconPlayerPlay,
  IconPlayerStop,
  IconZoomCheck,
} from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { faultInWords } from '../../src/imports/fault-words.ts'
import { problemInWords, useAct, useApi } from '../api/queries.ts'
import { MappingTable } from '../imports/mapping.tsx'
import { CountsOf, errorFileOf, ImportState, useTargets, works } from '../imports/parts.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { A } from '../parts/link.tsx'
import { Card, Crumbs, Page } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useDisabledReason, useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/imports/$import')
type Detail = Out<'import'>
const EDITABLE = ['draft', 'ready', 'failed', 'cancelled']

export function ImportPage() {
  const { t } = useTranslation()
  const { ws, import: id } = route.useParams()
  const query = useApi('import', { ws, import: id })
  const status = query.data?.status
  // the stream tells of each change; while work is done the page also asks by itself
  useApi('import', { ws, import: id }, { refetchInterval: status && works(status) ? 2_000 : false })
  return (
    <Page
      title={query.data?.fileName ?? t('imports.title')}
      above={
        <Crumbs here={query.data?.fileName ?? '…'}>
          <A to="/w/$ws/sources" params={{ ws }} search={{ tab: 'imports' }} size="sm">
            {t('imports.back')}
          </A>
        </Crumbs>
      }
      lead={query.data ? <ImportState of={query.data} /> : null}
    >
      <Show query={query}>{of => <Steps ws={ws} of={of} />}</Show>
    </Page>
  )
}

function Steps({ ws, of }: { ws: string; of: Detail }) {
  const { t } = useTranslation()
  const { targets, named } = useTargets(ws)
  const update = useAct('updateImport')
  const may = useDisabledReason()('customers:import') === null
  const editable = may && EDITABLE.includes(of.status) && of.preview.length > 0
  const save = (body: Parameters<typeof update.mutate>[0]['body']) =>
    update.mutate({ ws, import: of.id, body })
  const target = targets?.targets.find(x => x.name === of.target)
  const preset = targets?.presets.find(p => p.name === of.preset)
  const problem = of.problem && problemInWords(of.problem)
  return (
    <Stack>
      {problem ? (
        <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} title={problem.title}>
          {problem.action}
        </Alert>
      ) : null}
      <Card title={t('imports.stepFile')}>
        <FileStep
          key={of.source}
          of={of}
          encodings={targets?.encodings ?? []}
          editable={editable}
          save={save}
        />
      </Card>
      <Card title={t('imports.stepHolds')}>
        <Group align="flex-start">
          <Select
            w={280}
            label={t('imports.target')}
            description={target ? named(target.hint) : undefined}
            allowDeselect={false}
            disabled={!editable}
            data={(targets?.targets ?? []).map(x => ({ value: x.name, label: named(x.label) }))}
            value={of.target}
            onChange={value => value && save({ target: value })}
          />
          <Select
            w={280}
            label={t('imports.preset')}
            description={preset?.evidence === 'guess' ? t('imports.guess') : undefined}
            disabled={!editable}
            clearable
            placeholder={t('imports.noPreset')}
            data={(targets?.presets ?? []).map(p => ({ value: p.name, label: named(p.label) }))}
            value={of.preset}
            onChange={value => save({ preset: value })}
          />
        </Group>
      </Card>
      {target ? (
        <Card title={t('imports.stepMapping')}>
          <MappingTable of={of} target={target} named={named} editable={editable} save={save} />
        </Card>
      ) : null}
      <RunStep ws={ws} of={of} editable={editable} />
    </Stack>
  )
}

function FileStep({
  of,
  encodings,
  editable,
  save,
}: {
  of: Detail
  encodings: string[]
  editable: boolean
  save(body: { source?: string; encoding?: string }): void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [source, setSource] = useState(of.source)
  return (
    <Group align="flex-start">
      <TextInput
        w={280}
        label={t('imports.source')}
        description={t('imports.sourceHint')}
        disabled={!editable}
        value={source}
        onChange={e => setSource(e.currentTarget.value)}
        onBlur={() => source.trim() && source !== of.source && save({ source: source.trim() })}
      />
      {of.encoding === null ? null : (
        <Select
          w={180}
          label={t('imports.encoding')}
          description={`${of.format.toUpperCase()} · ${say.bytes(of.bytes)}`}
          allowDeselect={false}
          disabled={!editable}
          data={encodings}
          value={of.encoding}
          onChange={value => value && save({ encoding: value })}
        />
      )}
      {of.preview.length === 0 ? <Text c="dimmed">{t('imports.gone')}</Text> : null}
    </Group>
  )
}

function RunStep({ ws, of, editable }: { ws: string; of: Detail; editable: boolean }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const args = { ws, import: of.id }
  const check = useAct('checkImport')
  const start = useAct('startImport')
  const cancel = useAct('cancelImport', { done: t('imports.cancelled') })
  const remove = useAct('deleteImport', {
    done: t('imports.removed'),
    after: () => void navigate({ to: '/w/$ws/sources', params: { ws }, search: { tab: 'imports' } }),
  })
  const [removing, dialog] = useDisclosure(false)
  const missing = of.missing.length > 0
  const reason = missing ? t('imports.mapFirst') : null
  const busy = works(of.status)
  return (
    <Card title={`${t('imports.stepCheck')} · ${t('imports.stepRun')}`}>
      <Stack gap="sm">
        {busy || of.rows > 0 ? <CountsOf of={of} /> : <Text c="dimmed">{t('imports.checkText')}</Text>}
        {of.faults.length > 0 ? <Faults ws={ws} of={of} /> : null}
        {of.hasErrorFile ? (
          <Anchor href={errorFileOf(ws, of.id)} download>
            <IconDownload size={15} aria-hidden /> {t('imports.errorFile')}
          </Anchor>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('imports.startText')}
        </Text>
        <Group gap="xs">
          {busy ? (
            <Guarded
              scope="customers:import"
              variant="default"
              leftSection={<IconPlayerStop size={16} />}
              onClick={() => cancel.mutate({ ...args })}
            >
              {t('imports.cancel')}
            </Guarded>
          ) : (
            <>
              {editable ? (
                <>
                  <Guarded
                    scope="customers:import"
                    variant="default"
                    reason={reason}
                    loading={check.isPending}
                    leftSection={<IconZoomCheck size={16} />}
                    onClick={() => check.mutate({ ...args })}
                  >
                    {t('imports.check')}
                  </Guarded>
                  <Guarded
                    scope="customers:import"
                    reason={reason}
                    loading={start.isPending}
                    leftSection={<IconPlayerPlay size={16} />}
                    onClick={() => start.mutate({ ...args })}
                  >
                    {t('imports.start')}
                  </Guarded>
                </>
              ) : null}
              <Guarded scope="customers:import" variant="subtle" color="gray" onClick={dialog.open}>
                {t('imports.remove')}
              </Guarded>
            </>
          )}
        </Group>
      </Stack>
      <Confirm
        title={t('imports.remove')}
        text={t('imports.removeSure', { name: of.fileName })}
        action={t('imports.remove')}
        opened={removing}
        close={dialog.close}
        run={() => remove.mutate({ ...args })}
      />
    </Card>
  )
}

function Faults({ ws, of }: { ws: string; of: Detail }) {
  const { t } = useTranslation()
  const { targets, named } = useTargets(ws)
  const target = targets?.targets.find(x => x.name === of.target)
  const { locale } = useSay()
  const fieldOf = (key: string | null) => target?.fields.find(f => f.key === key)
  const labelOf = (key: string | null) => {
    const field = fieldOf(key)
    return field ? named(field.label) : (key ?? '—')
  }
  return (
    <div>
      <Text fw={550}>{t('imports.faults')}</Text>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th className="end">{t('imports.row')}</th>
              <th>{t('imports.field')}</th>
              <th>{t('imports.problem')}</th>
            </tr>
          </thead>
          <tbody>
            {of.faults.map(f => (
              <tr key={`${f.row} ${f.field}`}>
                <td className="end">{f.row}</td>
                <td>{labelOf(f.field)}</td>
                <td>
                  {faultInWords(f, fieldOf(f.field)?.choices ?? null, locale === 'zh-TW' ? 'zh' : 'en')}
                  {f.value === null ? null : <span className="mono"> {f.value}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
