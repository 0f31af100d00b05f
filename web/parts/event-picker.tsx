// Chooses the name of an event: the product's own, those of installed presets, those that came in; or a new one.
import { Autocomplete, Text } from '@mantine/core'
import { useApi } from '../api/queries.ts'
import { useSay } from '../use.ts'

export function EventPicker({
  ws,
  label,
  value,
  onChange,
  placeholder,
  width,
}: {
  ws: string
  label: string
  value: string
  onChange: (name: string) => void
  placeholder?: string
  width?: number
}) {
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const vocabulary = useApi('vocabulary', { ws })
  const events = vocabulary.data?.events ?? []
  const labelOf = new Map(events.map(e => [e.name, e.label[side]]))
  return (
    <Autocomplete
      size="xs"
      miw={130}
      w={width}
      limit={60}
      aria-label={label}
      placeholder={placeholder}
      data={events.map(e => e.name)}
      value={value}
      onChange={onChange}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase()
        return options.filter(
          o => 'value' in o && `${o.value} ${labelOf.get(o.value) ?? ''}`.toLowerCase().includes(wanted),
        )
      }}
      renderOption={({ option }) => (
        <div>
          {labelOf.get(option.value) ?? option.value}
          {labelOf.get(option.value) === option.value ? null : (
            <Text size="xs" c="dimmed">
              {option.value}
            </Text>
          )}
        </div>
      )}
    />
  )
}
