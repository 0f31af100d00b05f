// One of a few, or several of them.
import { Checkbox, Group, NativeSelect, Radio, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { list, text } from '../say/values.ts'
import { type FieldProps, fieldWord, useForm } from './model.ts'

/** So many stand side by side; more are a list that opens. */
const FEW = 3

export function ChoiceField({ spec, label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const { t } = useTranslation()
  const { type } = useForm()
  const options = (spec.options ?? []).map(o => ({ value: o, label: fieldWord(type, path, `_${o}`) ?? o }))
  if (spec.many) {
    const chosen = list(value).map(text)
    return (
      <Checkbox.Group
        size="sm"
        label={label}
        description={help || undefined}
        error={error}
        value={chosen}
        onChange={next => onChange(next.length === 0 ? undefined : next)}
        data-path={path}
      >
        <Group gap="sm" mt={4}>
          {options.map(o => (
            <Checkbox key={o.value} size="sm" value={o.value} label={o.label} disabled={readOnly} />
          ))}
        </Group>
      </Checkbox.Group>
    )
  }
  if (options.length <= FEW)
    return (
      <Radio.Group
        size="sm"
        label={label}
        description={help || undefined}
        error={error}
        value={value === undefined ? '' : text(value)}
        onChange={onChange}
        data-path={path}
      >
        <Stack gap={4} mt={4}>
          {options.map(o => (
            <Radio key={o.value} size="sm" value={o.value} label={o.label} disabled={readOnly} />
          ))}
        </Stack>
      </Radio.Group>
    )
  return (
    <NativeSelect
      size="sm"
      label={label}
      description={help || undefined}
      error={error}
      disabled={readOnly}
      data-path={path}
      data={[...(value === undefined ? [{ value: '', label: t('fieldForm.choose') }] : []), ...options]}
      value={text(value)}
      onChange={e => onChange(e.currentTarget.value === '' ? undefined : e.currentTarget.value)}
    />
  )
}
