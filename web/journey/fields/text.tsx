// A text: one line, or more where it holds more. Web addresses, too.
import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { text } from '../say/values.ts'
import type { FieldProps } from './model.ts'

/** Names and addresses stand on one line. */
const SHORT = 60

export function TextField({ spec, label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const common = {
    size: 'sm',
    label,
    description: help || undefined,
    required: spec.required,
    withAsterisk: false,
    error,
    readOnly,
    maxLength: spec.max,
    value: text(value),
    'data-path': path,
    onChange: (e: { currentTarget: { value: string } }) =>
      onChange(e.currentTarget.value === '' && !spec.required ? undefined : e.currentTarget.value),
  } as const
  const long = /(text|body|message|note)$/.test(path) && (spec.max ?? 1_000) > SHORT
  return long ? <Textarea {...common} autosize minRows={2} maxRows={10} /> : <TextInput {...common} />
}

export function UrlField(props: FieldProps) {
  const { label, help, value, onChange, error, path, readOnly } = props
  return (
    <TextInput
      size="sm"
      type="url"
      inputMode="url"
      label={label}
      description={help || undefined}
      placeholder="https://"
      error={error}
      readOnly={readOnly}
      data-path={path}
      value={text(value)}
      onChange={e => onChange(e.currentTarget.value === '' ? undefined : e.currentTarget.value)}
    />
  )
}

/** The name of an entry, which ways out are called by: it changes when it is whole, and never to nothing. */
export function NameField({ label, help, value, onChange, error, path, readOnly, spec }: FieldProps) {
  const [typed, type] = useState<string | null>(null)
  const commit = () => {
    if (typed !== null && typed.trim() !== '' && typed !== value) onChange(typed.trim())
    type(null)
  }
  return (
    <TextInput
      size="sm"
      label={label}
      description={help || undefined}
      error={error}
      readOnly={readOnly}
      maxLength={spec.max ?? 60}
      data-path={path}
      value={typed ?? text(value)}
      onChange={e => type(e.currentTarget.value)}
      onBlur={commit}
      onKeyDown={e => e.key === 'Enter' && commit()}
    />
  )
}
