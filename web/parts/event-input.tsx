// The field of an event's name: it says what the event is called, and in small type the name that clients post. Either may be
// typed, and the name of an event that is not known yet.
import { Autocomplete, type AutocompleteProps, type OptionsFilter, Text } from '@mantine/core'
import { useRef, useState } from 'react'

/** What events are called, by their names; an event that only its letters' case tells from its name has no other. */
export type EventNames = {
  names: string[]
  labelOf: (name: string) => string
  nameOf: (typed: string) => string
}

export function eventNames(names: string[], sayName: (name: string) => string): EventNames {
  const labelOf = (name: string) => {
    const label = sayName(name)
    return label.toLowerCase() === name.toLowerCase() ? name : label
  }
  const byLabel = Map.groupBy(names, labelOf)
  return {
    names,
    labelOf,
    nameOf(typed) {
      const called = byLabel.get(typed.trim())
      return called?.length === 1 && !names.includes(typed) ? called[0]! : typed
    },
  }
}

/** Events are found by any of their two names. */
export const foundBy =
  (labelOf: EventNames['labelOf']): OptionsFilter =>
  ({ options, search }) => {
    const wanted = search.trim().toLowerCase()
    return options.filter(
      o => 'value' in o && `${o.value} ${labelOf(String(o.value))}`.toLowerCase().includes(wanted),
    )
  }

/** px: of one letter of the small type, and around it */
const LETTER = 6.6
const AROUND = 14
const WIDEST = 150

export function EventOption({ name, label }: { name: string; label: string }) {
  return (
    <div>
      {label}
      {label === name ? null : (
        <Text size="xs" c="dimmed">
          {name}
        </Text>
      )}
    </div>
  )
}

export function EventInput({
  of: { names, labelOf, nameOf },
  value,
  onChange,
  onSearch,
  ...more
}: {
  of: EventNames
  value: string
  onChange: (name: string) => void
  onSearch?: (typed: string) => void
} & Omit<AutocompleteProps, 'data' | 'value' | 'onChange' | 'filter' | 'renderOption' | 'rightSection'>) {
  // what is being typed stays as it is until the field is left
  const [typed, type] = useState<string | null>(null)
  const chosen = useRef(false)
  const label = labelOf(value)
  const stored = typed === null && label !== value ? value : null
  return (
    <Autocomplete
      limit={60}
      {...more}
      data={names}
      value={typed ?? label}
      aria-description={stored ?? undefined}
      rightSection={
        stored && (
          <span className="event-stored" title={stored}>
            {stored}
          </span>
        )
      }
      rightSectionWidth={stored ? Math.min(WIDEST, stored.length * LETTER + AROUND) : undefined}
      rightSectionPointerEvents="none"
      onOptionSubmit={() => {
        chosen.current = true
      }}
      onChange={next => {
        const picked = chosen.current
        chosen.current = false
        type(picked ? null : next)
        if (!picked) onSearch?.(next)
        onChange(picked ? next : nameOf(next))
      }}
      onBlur={() => type(null)}
      filter={foundBy(labelOf)}
      renderOption={({ option }) => <EventOption name={option.value} label={labelOf(option.value)} />}
    />
  )
}
