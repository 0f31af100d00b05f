// A number, a share in percent, and a yes or no.
import { NumberInput, Switch } from '@mantine/core'
import { number } from '../say/values.ts'
import { basics, type FieldProps } from './model.ts'

export function NumberField(props: FieldProps) {
  const { spec, value, onChange } = props
  const percent = spec.kind === 'percent'
  return (
    <NumberInput
      {...basics(props)}
      min={spec.min ?? (percent ? 0 : undefined)}
      max={spec.max ?? (percent ? 100 : undefined)}
      suffix={percent ? ' %' : undefined}
      value={number(value) ?? ''}
      onChange={next => {
        if (typeof next === 'number') onChange(next)
        else if (!spec.required) onChange(undefined)
      }}
    />
  )
}

export function FlagField({ label, help, value, onChange, error, path, readOnly }: FieldProps) {
  return (
    <Switch
      size="sm"
      label={label}
      description={help || undefined}
      error={error}
      disabled={readOnly}
      data-path={path}
      checked={value === true}
      onChange={e => onChange(e.currentTarget.checked ? true : undefined)}
    />
  )
}
