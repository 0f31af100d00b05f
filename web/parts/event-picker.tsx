// Chooses the name of an event: the product's own, those of installed presets, those that came in; or a new one.
import { Autocomplete, TagsInput, Text } from '@mantine/core'
import { useApi } from '../api/queries.ts'
import { i18n, word } from '../i18n.ts'
import { useSay } from '../use.ts'

function useVocabulary(ws: string) {
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const vocabulary = useApi('vocabulary', { ws })
  const events = vocabulary.data?.events ?? []
  return { events, labels: new Map(events.map(e => [e.name, e.label[side]])) }
}

/** What an event is called in the language at hand: the product's own words, else those of a preset, else its name. */
export function useEventLabel(ws: string): (name: string) => string {
  const { labels } = useVocabulary(ws)
  return name =>
    i18n.exists(`fact.${name.replaceAll('.', '_')}`) ? word('fact', name) : (labels.get(name) ?? name)
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
  const { events, labels } = useVocabulary(ws)
  return (
    <TagsInput
      label={label}
      data={events.map(e => e.name)}
      value={value}
      onChange={onChange}
      renderOption={({ option }) => labels.get(option.value) ?? option.value}
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
  const { events, labels } = useVocabulary(ws)
  const labelOf = (name: string) => labels.get(name) ?? name
  return (
    <Autocomplete
      size={size}
      required={required}
      miw={130}
      w={width}
      limit={60}
      {...(labelled ? { label } : { 'aria-label': label })}
      placeholder={placeholder}
      data={events.map(e => e.name)}
      value={value}
      onChange={onChange}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase()
        return options.filter(
          o => 'value' in o && `${o.value} ${labelOf(o.value)}`.toLowerCase().includes(wanted),
        )
      }}
      renderOption={({ option }) => (
        <div>
          {labelOf(option.value)}
          {labelOf(option.value) === option.value ? null : (
            <Text size="xs" c="dimmed">
              {option.value}
            </Text>
          )}
        </div>
      )}
    />
  )
}
