// Fields of which events or orders are meant: the name, and what their properties must be.
import { Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { EventRef, PropFilter, Scalar } from '../../src/rules/model.ts'
import { Num, type Option, Pick, Values } from './fields.tsx'
import { useOffered } from './offered.ts'
import { useVocabulary } from './vocabulary.tsx'
import { RemoveButton } from '../parts/table.tsx'

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

export function PathField({
  of,
  path,
  onChange,
}: {
  of: EventRef
  path: string
  onChange: (path: string) => void
}) {
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
      <RemoveButton small label={t('ruleEdit.removeFilter')} run={remove} />
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
