// The panel of what holds for the whole journey: its goal, what ends a run early, how it sends, and how it is measured.
import { Alert, CloseButton, NativeSelect, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { validateGraph } from '../../src/journeys/validate.ts'
import type { FieldSpec } from '../../src/journeys/nodes/type.ts'
import { Card } from '../parts/page.tsx'
import { useSay } from '../use.ts'
import { Fields } from './fields/fields.tsx'
import { FormProvider } from './fields/model.ts'
import {
  EXIT_FIELDS,
  fieldPath,
  GOAL_KINDS,
  type GoalKind,
  goalFields,
  goalKindOf,
  MEASURE_FIELDS,
  SENDING_FIELDS,
  valuesOf,
  withGoalKind,
  withValues,
} from './settings-values.ts'
import type { PanelProps } from './slot.ts'
import './fields/fields.css'

export function Panel({ ws, graph, change, readOnly, close }: PanelProps) {
  const { t } = useTranslation()
  const { locale } = useSay()
  // a rule may read like one of the ready goals: then it stays what was chosen
  const [chosen, choose] = useState<GoalKind | null>(null)
  const kind = chosen === 'rule' || chosen === 'event' ? (graph.goal ? chosen : 'none') : goalKindOf(graph)
  const values = valuesOf(graph)
  const side = locale === 'en' ? 'en' : 'zh'
  const all = validateGraph(graph).problems.filter(p => p.node === null)
  const faults = all.flatMap(p => {
    const path = fieldPath(p.path)
    return path === null ? [] : [{ path, message: p.message }]
  })
  const part = (specs: Record<string, FieldSpec>) => (
    <Fields
      specs={specs}
      values={values}
      path=""
      readOnly={readOnly}
      change={fields => change(withValues(graph, fields), `settings ${Object.keys(fields).join(' ')}`)}
    />
  )
  return (
    <FormProvider value={{ ws, graph, type: 'settings', node: null, faults }}>
      <Card title={t('wide.goal')} aside={<CloseButton aria-label={t('common.close')} onClick={close} />}>
        <Stack gap="sm">
          <NativeSelect
            size="sm"
            label={t('wide.goalKind')}
            description={t('wide.goalHelp')}
            disabled={readOnly}
            data={GOAL_KINDS.map(k => ({ value: k, label: t(`goalKind.${k}`) }))}
            value={kind}
            onChange={e => {
              const next = GOAL_KINDS.find(k => k === e.currentTarget.value)
              if (!next) return
              choose(next)
              change(withGoalKind(graph, next))
            }}
          />
          {part(goalFields(kind))}
        </Stack>
      </Card>
      <Card title={t('wide.exits')}>{part(EXIT_FIELDS)}</Card>
      <Card title={t('wide.sending')}>{part(SENDING_FIELDS)}</Card>
      <Card title={t('wide.measuring')}>
        <Stack gap="sm">
          {all
            .filter(p => p.code === 'control_without_goal')
            .map(p => (
              <Alert key={p.code} color="red" variant="light" p="xs">
                {p.message[side]}
              </Alert>
            ))}
          {part(MEASURE_FIELDS)}
        </Stack>
      </Card>
    </FormProvider>
  )
}
