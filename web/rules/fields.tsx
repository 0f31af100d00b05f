// The small fields inside a chip's form: a choice, a number, values with search, a span of time.
import {
  type ComboboxParsedItem,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Span } from '../../src/rules/model.ts'

export type Option<V extends string = string> = { value: V; label: string }

export function Pick<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: V
  options: Option<V>[]
  onChange: (value: V) => void
}) {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      data={options}
      value={value}
      onChange={event => {
        const chosen = options.find(o => o.value === event.currentTarget.value)
        if (chosen) onChange(chosen.value)
      }}
    />
  )
}

export function Num({
  label,
  value,
  onChange,
  min = 0,
  max,
  whole,
  suffix,
}: {
  label: string
  value: number
  onChange: (value: number) => void
  min?: number
  max?: number
  whole?: boolean
  suffix?: string
}) {
  return (
    <NumberInput
      size="xs"
      w={suffix ? 120 : 96}
      aria-label={label}
      min={min}
      max={max}
      allowDecimal={!whole}
      suffix={suffix}
      value={value}
      // an empty field is somebody typing: the last number stays until there is another
      onChange={next => typeof next === 'number' && onChange(next)}
    />
  )
}

/** What begins with the search stands before what only holds it. */
function bestFirst(all: ComboboxParsedItem[], search: string): ComboboxParsedItem[] {
  const wanted = search.trim().toLowerCase()
  const rank = (item: ComboboxParsedItem): number => {
    if (!('label' in item)) return -1
    const label = item.label.toLowerCase()
    if (label === wanted || label.startsWith(`${wanted} `)) return 0
    return label.startsWith(wanted) ? 1 : label.includes(wanted) ? 2 : -1
  }
  return all
    .map(item => ({ item, at: rank(item) }))
    .filter(x => x.at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(x => x.item)
}

/** Values out of known ones, or typed. */
export function Values({
  label,
  values,
  options,
  onChange,
  onSearch,
}: {
  label: string
  values: string[]
  options: Option[]
  onChange: (values: string[]) => void
  onSearch?: (text: string) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const typed = text.trim()
  const known = new Set(options.map(o => o.value))
  const extra = [...values, ...(typed === '' ? [] : [typed])].filter(v => !known.has(v))
  return (
    <MultiSelect
      size="xs"
      w={280}
      label={label}
      placeholder={values.length === 0 ? t('ruleEdit.typeOrChoose') : undefined}
      searchable
      hidePickedOptions
      // Enter takes what was typed; once it is taken, nothing
      selectFirstOptionOnChange={typed !== ''}
      limit={80}
      filter={({ options: all, search, limit }) => bestFirst(all, search).slice(0, limit)}
      data={[
        ...options,
        ...[...new Set(extra)].map(v => ({
          value: v,
          label: v === typed && !values.includes(v) ? t('ruleEdit.asTyped', { value: v }) : v,
        })),
      ]}
      value={values}
      onChange={next => {
        onChange(next)
        setText('')
      }}
      searchValue={text}
      onSearchChange={next => {
        setText(next)
        onSearch?.(next)
      }}
      comboboxProps={{ withinPortal: false }}
    />
  )
}

/** One value out of known ones, or typed: as `Values`, for tests that compare with one. */
export function OneValue({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: Option[]
  onChange: (value: string) => void
}) {
  return options.length > 0 ? (
    <Pick
      label={label}
      value={value}
      options={options.some(o => o.value === value) ? options : [{ value, label: value || '—' }, ...options]}
      onChange={onChange}
    />
  ) : (
    <TextInput size="xs" aria-label={label} value={value} onChange={e => onChange(e.currentTarget.value)} />
  )
}

const UNITS = ['minute', 'hour', 'day'] as const
export function SpanField({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const { t } = useTranslation()
  return (
    <Group gap={6} wrap="nowrap">
      <Num
        label={t('ruleEdit.howLong')}
        min={1}
        whole
        value={span.n}
        onChange={n => onChange({ ...span, n })}
      />
      <Pick
        label={t('ruleEdit.unit')}
        value={span.unit}
        options={UNITS.map(u => ({ value: u, label: t(`ruleEdit.${u}`) }))}
        onChange={unit => onChange({ ...span, unit })}
      />
    </Group>
  )
}

// ── tests ────────────────────────────────────────────────────────────────────

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
