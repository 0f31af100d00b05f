// The name of an event, and what must hold for its properties.
import { Input } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { PropFilter } from '../../../src/rules/model.ts'
import { EventInput, eventNames } from '../../parts/event-input.tsx'
import { useOffered } from '../../rules/offered.ts'
import { WhereField as Filters } from '../../rules/where-fields.tsx'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { list, text } from '../say/values.ts'
import { basics, type FieldProps, orUnset } from './model.ts'

export function EventField(props: FieldProps) {
  const { t } = useTranslation()
  const { names } = useVocabulary()
  const { options, onSearch } = useOffered('events', v =>
    v.events.map(e => ({ value: e.name, label: names.event(e.name) })),
  )
  return (
    <EventInput
      {...basics(props)}
      of={eventNames(
        options.map(o => o.value),
        names.event,
      )}
      placeholder={t('fieldForm.eventHint')}
      value={text(props.value)}
      onSearch={onSearch}
      onChange={name => props.onChange(orUnset(name))}
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
