// The panel of the trigger: which kind it is, and its fields.
import { Alert, CloseButton, NativeSelect, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import type { FieldSpec } from '../../src/journeys/nodes/type.ts'
import { BEGIN } from '../../src/journeys/triggers/begin.ts'
import { type Trigger, TRIGGER_TYPES } from '../../src/journeys/triggers/register.ts'
import { validateGraph } from '../../src/journeys/validate.ts'
import { Card } from '../parts/page.tsx'
import { useSay } from '../use.ts'
import { CampaignForm } from './campaign-form.tsx'
import { Fields } from './fields/fields.tsx'
import { withFields } from './fields/list.tsx'
import { FormProvider } from './fields/model.ts'
import { Repeats } from './repeats.tsx'
import type { PanelProps } from './slot.ts'
import './fields/fields.css'

type Kind = Trigger['kind']
const KINDS = Object.keys(TRIGGER_TYPES) as Kind[]
const FAMILIES = ['event', 'web', 'social', 'member', 'shop', 'time', 'outside'] as const

const LATENESS: FieldSpec = { kind: 'duration', required: false }
/** Kinds that a fact starts may be late by so much. */
const fieldsOf = (kind: Kind): Record<string, FieldSpec> => {
  const type = TRIGGER_TYPES[kind]
  const isLate = 'facts' in type && kind !== 'api'
  return isLate ? { ...type.fields, latenessMs: LATENESS } : type.fields
}

export function Panel({ ws, graph, change, readOnly, close }: PanelProps) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const side = locale === 'en' ? 'en' : 'zh'
  const { trigger } = graph
  const kind = KINDS.includes(trigger.kind) ? trigger.kind : 'event'
  const values = trigger as Record<string, unknown>
  const faults = validateGraph(graph)
    .problems.filter(p => p.path.startsWith('/trigger'))
    .map(p => ({ ...p, path: p.path.slice('/trigger'.length) }))
  const known = Object.keys(fieldsOf(kind))
  // what no field shows is said above them
  const others = faults.filter(f => !known.includes(f.path.split('/')[1] ?? ''))
  const write = (next: Record<string, unknown>, step?: string) =>
    change({ ...graph, trigger: next as JourneyGraph['trigger'] }, step)
  return (
    <Card
      title={t('journeyPanel.trigger')}
      aside={<CloseButton aria-label={t('common.close')} onClick={close} />}
    >
      <Stack gap="sm">
        <p className="dim field-help">{t('triggerForm.help')}</p>
        <NativeSelect
          size="sm"
          label={t('triggerForm.kind')}
          disabled={readOnly}
          data={FAMILIES.map(family => ({
            group: t(`triggerFamily.${family}`),
            // a broadcast is made on a page of its own
            items: KINDS.filter(
              k => TRIGGER_TYPES[k].family === family && (k !== 'broadcast' || k === kind),
            ).map(k => ({
              value: k,
              label: t(`triggerKind.${k}`),
            })),
          }))}
          value={kind}
          onChange={e => {
            const chosen = e.currentTarget.value as Kind
            write({ kind: chosen, ...BEGIN[chosen] })
          }}
        />
        {others.map(p => (
          <Alert key={p.code + p.path} color="red" variant="light" p="xs">
            {p.message[side]}
            {p.alternative ? <div className="dim">{p.alternative[side]}</div> : null}
          </Alert>
        ))}
        <FormProvider value={{ ws, graph, type: `trigger_${kind}`, node: null, faults }}>
          <Fields
            key={kind}
            specs={fieldsOf(kind)}
            values={values}
            path=""
            readOnly={readOnly}
            change={fields => write(withFields(values, fields), `trigger ${Object.keys(fields).join(' ')}`)}
          />
        </FormProvider>
        {trigger.kind === 'schedule' && !readOnly ? (
          <Repeats rrule={trigger.rrule} onChange={rrule => write(withFields(values, { rrule }))} />
        ) : null}
        {trigger.kind === 'campaign' && !readOnly ? (
          <CampaignForm
            key={trigger.campaign}
            ws={ws}
            campaign={trigger.campaign}
            onSaved={campaign => write({ ...values, campaign })}
          />
        ) : null}
      </Stack>
    </Card>
  )
}
