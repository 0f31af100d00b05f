// Chooses the name of an event: the product's own, those of installed presets, those that came in; or a new one.
import { Pill, TagsInput, type TagsInputProps } from '@mantine/core'
import { EventInput, type EventNames, EventOption, eventNames, foundBy } from './event-input.tsx'
import { useEvents } from './event-label.ts'

function useEventNames(ws: string): EventNames {
  const { events, labelOf } = useEvents(ws)
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
  ...more
}: {
  ws: string
  label: string
  value: string[]
  onChange: (names: string[]) => void
} & Pick<TagsInputProps, 'mt' | 'maxTags'>) {
  const { names, labelOf, nameOf } = useEventNames(ws)
  return (
    <TagsInput
      {...more}
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
