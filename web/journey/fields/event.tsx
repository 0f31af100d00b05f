// The name of an event, and what must hold for its properties.
import { Input } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { PropFilter } from '../../../src/rules/model.ts'
import { useOffered } from '../../rules/offered.ts'
import { WhereField as Filters } from '../../rules/where-fields.tsx'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { list, text } from '../say/values.ts'
import type { FieldProps } from './model.ts'
import { Suggested } from './suggested.tsx'

export function EventField(props: FieldProps) {
  const { t } = useTranslation()
  const { names } = useVocabulary()
  const { options, onSearch } = useOffered('events', v =>
    v.events.map(e => ({ value: e.name, label: names.event(e.name) })),
  )
  const labels = new Map(options.map(o => [o.value, o.label]))
  return (
    <Suggested
      of={props}
      known={options}
      onSearch={onSearch}
      placeholder={t('fieldForm.eventHint')}
      limit={60}
      filter={({ options: all, search }) => {
        const wanted = search.trim().toLowerCase()
        return all.filter(
          o =>
            'value' in o && `${o.value} ${labels.get(String(o.value)) ?? ''}`.toLowerCase().includes(wanted),
        )
      }}
      renderOption={({ option }) => (
        <span>
          {labels.get(option.value) ?? option.value}{' '}
          {labels.get(option.value) === option.value ? null : <span className="dim">{option.value}</span>}
        </span>
      )}
    />
  )
}

export function WhereField({ label, help, value, onChange, error, beside }: FieldProps) {
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" description={help || undefined} error={error}>
      <Filters of={{ event: text(beside.event), where: list(value) as PropFilter[] }} onChange={onChange} />
    </Input.Wrapper>
  )
}
