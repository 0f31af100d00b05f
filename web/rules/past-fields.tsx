// Fields of what happened: which events or orders, in which time, and what is asked of them.
import { ActionIcon, Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { EventMeasure, EventRef, NumberTest, PropFilter, Scalar, Window } from '../../src/rules/model.ts'
import {
  DayInput,
  Num,
  NumberTestField,
  type Option,
  Pick,
  SpanField,
  TextTestField,
  TimeTestField,
  Values,
} from './fields.tsx'
import { useOffered } from './offered.ts'
import { useVocabulary } from './vocabulary.tsx'

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
            onChange={period => onChange({ ...window, period })}
          />
          <Pick
            label={t('ruleEdit.which')}
            value={String(window.ago)}
            options={Array.from({ length: Math.max(13, window.ago + 1) }, (_, ago) => ({
              value: String(ago),
              label: ago === 0 ? t('ruleEdit.present') : t('ruleEdit.before', { n: ago }),
            }))}
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

export function EventField({ of, onChange }: { of: EventRef; onChange: (event: EventRef['event']) => void }) {
  const { t } = useTranslation()
  const { names } = useVocabulary()
  const offered = useOffered('events', v =>
    v.events.map(e => ({
      value: e.name,
      label: names.event(e.name) === e.name ? e.name : `${names.event(e.name)} · ${e.name}`,
    })),
  )
  const chosen = (typeof of.event === 'string' ? [of.event] : of.event).filter(n => n !== '')
  return (
    <Values
      label={t('ruleEdit.events')}
      values={chosen}
      {...offered}
      onChange={list => onChange(list.length > 1 ? list : (list[0] ?? ''))}
    />
  )
}

/** Properties that these events are known to carry. */
function usePaths(of: EventRef): Option[] {
  const { vocabulary, names } = useVocabulary()
  const wanted = new Set(typeof of.event === 'string' ? [of.event] : of.event)
  const paths = vocabulary.events.filter(e => wanted.has(e.name)).flatMap(e => e.props)
  return [...new Set(paths)].map(path => ({
    value: path,
    label: names.prop(path) === path ? path : `${names.prop(path)} · ${path}`,
  }))
}

function PathField({ of, path, onChange }: { of: EventRef; path: string; onChange: (path: string) => void }) {
  const { t } = useTranslation()
  const options = usePaths(of)
  return (
    <Autocomplete
      size="xs"
      w={150}
      limit={40}
      aria-label={t('ruleEdit.property')}
      placeholder={t('ruleEdit.property')}
      data={options.map(o => o.value)}
      value={path}
      onChange={onChange}
      renderOption={({ option }) => options.find(o => o.value === option.value)?.label ?? option.value}
      comboboxProps={{ withinPortal: false, width: 220, position: 'bottom-start' }}
    />
  )
}

const FILTERS = ['is', 'is_not', 'contains', 'starts_with', 'like', 'at_least', 'at_most', 'is_set'] as const

/** A typed value as it is most likely stored: numbers are numbers. */
const scalarOf = (text: string): Scalar => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)

function FilterRow({
  of,
  filter,
  onChange,
  remove,
}: {
  of: EventRef
  filter: PropFilter
  onChange: (f: PropFilter) => void
  remove: () => void
}) {
  const { t } = useTranslation()
  return (
    <Group gap={6} wrap="nowrap">
      <PathField of={of} path={filter.path} onChange={path => onChange({ ...filter, path })} />
      <Pick
        label={t('ruleEdit.compare')}
        value={filter.op}
        options={FILTERS.map(op => ({ value: op, label: t(`ruleCompareProp.${op}`) }))}
        onChange={op =>
          onChange(op === 'is_set' ? { path: filter.path, op } : { ...filter, op, value: filter.value ?? '' })
        }
      />
      {filter.op === 'is_set' ? null : filter.op === 'at_least' || filter.op === 'at_most' ? (
        <Num
          label={t('ruleEdit.value')}
          min={-1e12}
          value={typeof filter.value === 'number' ? filter.value : 0}
          onChange={value => onChange({ ...filter, value })}
        />
      ) : (
        <TextInput
          size="xs"
          w={120}
          aria-label={t('ruleEdit.value')}
          value={String(filter.value ?? '')}
          onChange={e => onChange({ ...filter, value: scalarOf(e.currentTarget.value) })}
        />
      )}
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t('ruleEdit.removeFilter')}
        onClick={remove}
      >
        <IconX size={14} />
      </ActionIcon>
    </Group>
  )
}

const NEW_FILTER: PropFilter = { path: '', op: 'is', value: '' }

/** All filters of an event. */
export function WhereField({
  of,
  onChange,
}: {
  of: EventRef
  onChange: (where: PropFilter[] | undefined) => void
}) {
  const { t } = useTranslation()
  const where = of.where ?? []
  return (
    <Stack gap={6}>
      {where.map((filter, i) => (
        <FilterRow
          // biome-ignore lint/suspicious/noArrayIndexKey: two filters may be alike; they are only added and taken away
          key={i}
          of={of}
          filter={filter}
          onChange={next => onChange(where.with(i, next))}
          remove={() => onChange(where.length === 1 ? undefined : where.toSpliced(i, 1))}
        />
      ))}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} aria-hidden />}
        onClick={() => onChange([...where, NEW_FILTER])}
        disabled={where.length >= 10}
      >
        {t('ruleEdit.addFilter')}
      </Button>
    </Stack>
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
  window,
  today,
  onChange,
}: {
  of: EventRef
  measure: EventMeasure
  window: Window
  today: string
  onChange: (measure: EventMeasure) => void
}) {
  const { t } = useTranslation()
  // what cannot be kept exactly in this window is not offered (docs/RULES.md)
  const kept = (kind: EventMeasure['of']): boolean => {
    if (kind === 'interval') return window.in === 'ever'
    if (kind === 'first_at' || kind === 'first' || kind === 'last')
      return window.in === 'ever' || window.in === 'since'
    return kind !== 'sum' || window.in !== 'last'
  }
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
        options={EVENT_MEASURES.filter(k => kept(k) || k === measure.of).map(k => ({
          value: k,
          label: t(`ruleMeasureKind.${k}`),
        }))}
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

export function BooleanField({ value, onChange }: { value: boolean; onChange: (value: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Pick
      label={t('ruleEdit.value')}
      value={value ? 'yes' : 'no'}
      options={[
        { value: 'yes', label: t('rule.yes') },
        { value: 'no', label: t('rule.no') },
      ]}
      onChange={next => onChange(next === 'yes')}
    />
  )
}
