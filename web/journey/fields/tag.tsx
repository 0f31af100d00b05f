// Tags and other texts of which there may be several: known ones are suggested, others may be typed.
import { Autocomplete, TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useOffered } from '../../rules/offered.ts'
import { list, text } from '../say/values.ts'
import type { FieldProps } from './model.ts'

export function TagField({ spec, label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const { t } = useTranslation()
  const { options, onSearch } = useOffered('tags', v => v.tags.map(tag => ({ value: tag, label: tag })))
  const known = options.map(o => o.value)
  return spec.many ? (
    <Many {...{ label, help, value, onChange, error, path, readOnly }} known={known} onSearch={onSearch} />
  ) : (
    <Autocomplete
      size="sm"
      label={label}
      description={help || undefined}
      error={error}
      readOnly={readOnly}
      placeholder={t('ruleEdit.typeOrChoose')}
      data={known}
      data-path={path}
      value={text(value)}
      onChange={next => {
        onSearch(next)
        onChange(next === '' ? undefined : next)
      }}
    />
  )
}

/** Several texts. */
export function TextsField(props: FieldProps) {
  return <Many {...props} known={[]} />
}

function Many({
  label,
  help,
  value,
  onChange,
  error,
  path,
  readOnly,
  known,
  onSearch,
}: Pick<FieldProps, 'label' | 'help' | 'value' | 'onChange' | 'error' | 'path' | 'readOnly'> & {
  known: string[]
  onSearch?: (text: string) => void
}) {
  const { t } = useTranslation()
  return (
    <TagsInput
      size="sm"
      label={label}
      description={help || undefined}
      error={error}
      readOnly={readOnly}
      placeholder={list(value).length === 0 ? t('ruleEdit.typeOrChoose') : undefined}
      data={known}
      acceptValueOnBlur
      data-path={path}
      value={list(value).map(text)}
      onChange={next => onChange(next.length === 0 ? undefined : next)}
      onSearchChange={onSearch}
    />
  )
}
