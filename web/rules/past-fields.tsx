// Fields of what happened: in which time, and what is asked of it.
import { Group, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EventMeasure, EventRef, NumberTest, Window } from '../../src/rules/model.ts'
import { BooleanField, Num, Pick, SpanField } from './fields.tsx'
import { MAX_AGO } from '../../src/rules/windows.ts'
import { useSay } from '../use.ts'
import { periodsOf } from './kinds.ts'
import { sayWindow } from './phrases.ts'
import { DayInput, NumberTestField, TextTestField, TimeTestField } from './test-fields.tsx'
import { PathField } from './where-fields.tsx'

const WINDOWS = ['ever', 'last', 'days', 'period', 'since'] as const
const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const

export function WindowField({
  window,
  journey,
  today,
  onChange,
}: {
  window: Window
  /** windows of a run can be chosen */
  journey: boolean
  today: string
  onChange: (window: Window) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const kinds: Window['in'][] = [
    ...WINDOWS,
    ...(journey || window.in === 'entry' || window.in === 'node' ? (['entry', 'node'] as const) : []),
  ]
  const change = (kind: Window['in']): Window => {
    switch (kind) {
      case 'ever':
      case 'entry':
      case 'node':
        return { in: kind }
      case 'last':
        return { in: kind, span: { n: 30, unit: 'day' } }
      case 'days':
        return { in: kind, n: 30 }
      case 'period':
        return { in: kind, period: 'month', ago: 0 }
      case 'since':
        return { in: kind, at: today }
    }
  }
  return (
    <Group gap={6}>
      <Pick
        label={t('ruleEdit.window')}
        value={window.in}
        options={kinds.map(k => ({ value: k, label: t(`ruleWindowKind.${k}`) }))}
        onChange={kind => onChange(change(kind))}
      />
      {window.in === 'last' ? (
        <SpanField span={window.span} onChange={span => onChange({ in: 'last', span })} />
      ) : null}
      {window.in === 'days' ? (
        <Num
          label={t('ruleEdit.days')}
          min={1}
          max={400}
          whole
          suffix={` ${t('ruleEdit.day')}`}
          value={window.n}
          onChange={n => onChange({ in: 'days', n })}
        />
      ) : null}
      {window.in === 'period' ? (
        <>
          <Pick
            label={t('ruleEdit.period')}
            value={window.period}
            options={PERIODS.map(p => ({ value: p, label: t(`rulePeriodKind.${p}`) }))}
            onChange={period => onChange({ ...window, period, ago: Math.min(window.ago, MAX_AGO[period]) })}
          />
          <Pick
            label={t('ruleEdit.which')}
            value={String(window.ago)}
            options={periodsOf(window).map(p => ({ value: String(p.ago), label: sayWindow(p, say) }))}
            onChange={ago => onChange({ ...window, ago: Number(ago) })}
          />
        </>
      ) : null}
      {window.in === 'since' ? (
        <DayInput
          label={t('ruleEdit.date')}
          value={window.at}
          onChange={at => onChange({ in: 'since', at })}
        />
      ) : null}
    </Group>
  )
}

const EVENT_MEASURES = [
  'count',
  'last_at',
  'first_at',
  'sum',
  'distinct',
  'interval',
  'last',
  'first',
] as const

export function EventMeasureField({
  of,
  measure,
  today,
  onChange,
}: {
  of: EventRef
  measure: EventMeasure
  today: string
  onChange: (measure: EventMeasure) => void
}) {
  const { t } = useTranslation()
  const path = 'path' in measure ? measure.path : ''
  const change = (kind: EventMeasure['of']): EventMeasure => {
    const test = { is: 'at_least' as const, value: 1 }
    switch (kind) {
      case 'count':
        return { of: kind, test }
      case 'sum':
      case 'distinct':
        return { of: kind, path, test }
      case 'interval':
        return { of: kind, test: { is: 'at_most', value: 30 }, atLeast: 2 }
      case 'first_at':
      case 'last_at':
        return { of: kind, test: { is: 'over_ago', span: { n: 30, unit: 'day' } } }
      case 'first':
      case 'last':
        return { of: kind, path, test: { is: 'equal', value: '' } }
    }
  }
  return (
    <Stack gap={6}>
      <Pick
        label={t('ruleEdit.measure')}
        value={measure.of}
        options={EVENT_MEASURES.map(k => ({ value: k, label: t(`ruleMeasureKind.${k}`) }))}
        onChange={kind => onChange(change(kind))}
      />
      {'path' in measure ? (
        <PathField of={of} path={measure.path} onChange={next => onChange({ ...measure, path: next })} />
      ) : null}
      {measure.of === 'first_at' || measure.of === 'last_at' ? (
        <TimeTestField test={measure.test} today={today} onChange={test => onChange({ ...measure, test })} />
      ) : measure.of === 'first' || measure.of === 'last' ? (
        <ValueTestField measure={measure} onChange={onChange} />
      ) : (
        <NumberTestField
          test={measure.test as NumberTest}
          whole={measure.of === 'count' || measure.of === 'distinct'}
          onChange={test => onChange({ ...measure, test } as EventMeasure)}
        />
      )}
      {measure.of === 'interval' ? (
        <Group gap={6}>
          <span>{t('ruleEdit.ofAtLeast')}</span>
          <Num
            label={t('ruleEdit.ofAtLeast')}
            min={2}
            whole
            value={measure.atLeast}
            onChange={atLeast => onChange({ ...measure, atLeast })}
          />
        </Group>
      ) : null}
    </Stack>
  )
}

type ValueMeasure = Extract<EventMeasure, { of: 'first' | 'last' }>

function ValueTestField({
  measure,
  onChange,
}: {
  measure: ValueMeasure
  onChange: (measure: EventMeasure) => void
}) {
  const { t } = useTranslation()
  const { test } = measure
  const type =
    test.is === 'between' || ('value' in test && typeof test.value === 'number')
      ? 'number'
      : 'value' in test && typeof test.value === 'boolean'
        ? 'boolean'
        : 'text'
  return (
    <>
      <Pick
        label={t('ruleEdit.type')}
        value={type}
        options={(['text', 'number', 'boolean'] as const).map(v => ({ value: v, label: t(`ruleType.${v}`) }))}
        onChange={next =>
          onChange({
            ...measure,
            test:
              next === 'number'
                ? { is: 'at_least', value: 1 }
                : { is: 'equal', value: next === 'boolean' ? true : '' },
          } as EventMeasure)
        }
      />
      {type === 'number' ? (
        <NumberTestField
          test={test as Parameters<typeof NumberTestField>[0]['test']}
          onChange={next => onChange({ ...measure, test: next })}
        />
      ) : type === 'boolean' ? (
        <BooleanField
          value={(test as { value: boolean }).value}
          onChange={value => onChange({ ...measure, test: { is: 'equal', value } })}
        />
      ) : (
        <TextTestField
          test={test as Parameters<typeof TextTestField>[0]['test']}
          options={[]}
          onChange={next => onChange({ ...measure, test: next })}
        />
      )}
    </>
  )
}
