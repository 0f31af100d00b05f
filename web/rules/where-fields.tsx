// Fields of which events or orders are meant: the name, and what their properties must be.
import { Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { EventRef, PropFilter } from '../../src/rules/model.ts'
import { BooleanField, Num, type Option, Pick, Values } from './fields.tsx'
import { typeOfValue, typesFor, type ValueType, valueAs, withOp, withPath } from './filter-value.ts'
import { useOffered } from './offered.ts'
import { useVocabulary, type Vocabulary } from './vocabulary.tsx'
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

function useMeant(of: EventRef): Vocabulary['events'] {
  const { vocabulary } = useVocabulary()
  const wanted = new Set(typeof of.event === 'string' ? [of.event] : of.event)
  return vocabulary.events.filter(e => wanted.has(e.name))
}

/** The type that the values of a property were seen with; undefined: of none, or of several. */
function useTypeOf(of: EventRef): (path: string) => ValueType | undefined {
  const events = useMeant(of)
  return path => {
    const [type, ...others] = new Set(events.flatMap(e => e.types[path] ?? []))
    return others.length === 0 ? type : undefined
  }
}

/** Properties that these events are known to carry. */
function usePaths(of: EventRef): Option[] {
  const { names } = useVocabulary()
  const paths = useMeant(of).flatMap(e => e.props)
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
  const labelOf = (value: string): string => options.find(o => o.value === value)?.label ?? value
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
      // by its name or by its code, both of which the label says
      filter={({ options: all, search }) =>
        all.filter(o => 'value' in o && labelOf(o.value).toLowerCase().includes(search.trim().toLowerCase()))
      }
      renderOption={({ option }) => labelOf(option.value)}
      comboboxProps={{ withinPortal: false, width: 220, position: 'bottom-start' }}
    />
  )
}

const FILTERS = ['is', 'is_not', 'contains', 'starts_with', 'like', 'at_least', 'at_most', 'is_set'] as const

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
  const typeAt = useTypeOf(of)
  const types = typesFor(filter.op)
  const type = typeOfValue(filter.value)
  const set = (value: PropFilter['value']) => onChange({ ...filter, value })
  return (
    <Group gap={6}>
      <PathField
        of={of}
        path={filter.path}
        onChange={path => onChange(withPath(filter, path, typeAt(path)))}
      />
      <Pick
        label={t('ruleEdit.compare')}
        value={filter.op}
        options={FILTERS.map(op => ({ value: op, label: t(`ruleCompareProp.${op}`) }))}
        onChange={op => onChange(withOp(filter, op))}
      />
      {types.length > 1 ? (
        <Pick
          label={t('ruleEdit.type')}
          value={type}
          options={types.map(of => ({ value: of, label: t(`ruleType.${of}`) }))}
          onChange={to => set(valueAs(filter.value, to))}
        />
      ) : null}
      {types.length === 0 ? null : type === 'number' ? (
        <Num label={t('ruleEdit.value')} min={-1e12} value={Number(filter.value)} onChange={set} />
      ) : type === 'boolean' ? (
        <BooleanField value={filter.value === true} onChange={set} />
      ) : (
        <TextInput
          size="xs"
          w={120}
          aria-label={t('ruleEdit.value')}
          value={String(filter.value ?? '')}
          onChange={e => set(e.currentTarget.value)}
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
