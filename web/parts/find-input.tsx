// The search box of a list: what is typed is asked for once typing pauses.
import { TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

const PAUSE_MS = 250

export function FindInput({
  label,
  value,
  find,
  ...more
}: {
  label: string
  /** what is asked for when the page opens */
  value: string | undefined
  find: (text: string | undefined) => void
} & Pick<TextInputProps, 'size' | 'w' | 'flex' | 'miw' | 'className' | 'placeholder'>) {
  const [text, setText] = useState(value ?? '')
  // cleared from elsewhere: what was typed goes, too
  useEffect(() => {
    if (value === undefined) setText('')
  }, [value])
  const ask = useDebouncedCallback((typed: string) => find(typed.trim() || undefined), PAUSE_MS)
  return (
    <TextInput
      placeholder={label}
      {...more}
      type="search"
      leftSection={<IconSearch size={more.size === 'xs' ? 14 : 16} aria-hidden />}
      aria-label={label}
      value={text}
      onChange={e => {
        setText(e.currentTarget.value)
        ask(e.currentTarget.value)
      }}
    />
  )
}
