// A text: one line, or more where it holds more. Web addresses, too.
import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { text } from '../say/values.ts'
import { basics, type FieldProps, orUnset } from './model.ts'

/** Names and addresses stand on one line. */
const SHORT = 60

export function TextField(props: FieldProps) {
  const { spec, value, onChange, path } = props
  const common = {
    ...basics(props),
    required: spec.required,
    withAsterisk: false,
    maxLength: spec.max,
    value: text(value),
    onChange: (e: { currentTarget: { value: string } }) =>
      onChange(e.currentTarget.value === '' && !spec.required ? undefined : e.currentTarget.value),
  } as const
  const long = /(text|body|message|note)$/.test(path) && (spec.max ?? 1_000) > SHORT
  return long ? <Textarea {...common} autosize minRows={2} maxRows={10} /> : <TextInput {...common} />
}

export function UrlField(props: FieldProps) {
  return (
    <TextInput
      {...basics(props)}
      type="url"
      inputMode="url"
      placeholder="https://"
      value={text(props.value)}
      onChange={e => props.onChange(orUnset(e.currentTarget.value))}
    />
  )
}

/** The name of an entry, which ways out are called by: it changes when it is whole, and never to nothing. */
export function NameField(props: FieldProps) {
  const { value, onChange, spec } = props
  const [typed, type] = useState<string | null>(null)
  const commit = () => {
    if (typed !== null && typed.trim() !== '' && typed !== value) onChange(typed.trim())
    type(null)
  }
  return (
    <TextInput
      {...basics(props)}
      maxLength={spec.max ?? 60}
      value={typed ?? text(value)}
      onChange={e => type(e.currentTarget.value)}
      onBlur={commit}
      onKeyDown={e => e.key === 'Enter' && commit()}
    />
  )
}
