// A text for which known ones are suggested; others may be typed.
import { Autocomplete, type AutocompleteProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { text } from '../say/values.ts'
import { basics, type FieldProps, orUnset } from './model.ts'

export type Known = { value: string; label: string }

export function Suggested({
  of,
  known,
  onSearch,
  ...more
}: { of: FieldProps; known: Known[]; onSearch?: (typed: string) => void } & Pick<
  AutocompleteProps,
  'placeholder' | 'limit' | 'filter' | 'renderOption'
>) {
  const { t } = useTranslation()
  return (
    <Autocomplete
      {...basics(of)}
      placeholder={t('ruleEdit.typeOrChoose')}
      data={known.map(o => o.value)}
      value={text(of.value)}
      onChange={next => {
        onSearch?.(next)
        of.onChange(orUnset(next))
      }}
      {...more}
    />
  )
}
