// Chooses the name of an event: the product's own, those of installed presets, those that came in; or a new one.
import { Pill, TagsInput } from '@mantine/core'
import { useApi } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { useSay } from '../use.ts'
import { EventInput, type EventNames, EventOption, eventNames, foundBy } from './event-input.tsx'

function useVocabulary(ws: string) {
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const events = useApi('vocabulary', { ws }).data?.events ?? []
  return { events, labels: new Map(events.map(e => [e.name, e.label[side]])) }
}

/** What an event is called in the language at hand: the product's own words, else those of a preset, else its name. */
export function useEventLabel(ws: string): (name: string) => string {
  const { labels } = useVocabulary(ws)
  return name =>
    i18n.exists(`fact.${name.replaceAll('.', '_')}`) ? word('fact', name) : (labels.get(name) ?? name)
}

function useEventNames(ws: string): EventNames {
  const { events } = useVocabulary(ws)
  const labelOf = useEventLabel(ws)
  return eventNames(
    events.map(e => e.name),
    labelOf,
  )
}

/** Several of them. */
export function EventsPicker({
  ws,
  label,
  value,
  onChange,
}: {
  ws: string
  label: string
  value: string[]
  onChange: (names: string[]) => void
}) {
  const { names, labelOf, nameOf } = useEventNames(ws)
  return (
    <TagsInput
      label={label}
      data={names}
      limit={60}
      filter={foundBy(labelOf)}
      value={value}
      onChange={chosen => onChange([...new Set(chosen.map(nameOf))])}
      renderPill={({ value: name = '', onRemove, disabled }) => (
        <Pill withRemoveButton={!disabled} onRemove={onRemove} title={name}>
          {labelOf(name)}
        </Pill>
      )}
      renderOption={({ option }) => <EventOption name={option.value} label={labelOf(option.value)} />}
    />
  )
}

export function EventPicker({
  ws,
  label,
  value,
  onChange,
  placeholder,
  width,
  labelled = false,
  size = 'xs',
  required,
}: {
  ws: string
  label: string
  value: string
  onChange: (name: string) => void
  placeholder?: string
  width?: number
  /** the label stands above it, as with the fields beside; else only a screen reader says it */
  labelled?: boolean
  size?: 'xs' | 'sm'
  required?: boolean
}) {
  return (
    <EventInput
      of={useEventNames(ws)}
      size={size}
      required={required}
      miw={190}
      w={width}
      {...(labelled ? { label } : { 'aria-label': label })}
      placeholder={placeholder}
      value={value}
      onChange={onChange}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
    />
  )
}
