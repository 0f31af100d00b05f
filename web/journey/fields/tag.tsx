// Tags and other texts of which there may be several: known ones are suggested, others may be typed.
import { TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useOffered } from '../../rules/offered.ts'
import { list, text } from '../say/values.ts'
import { basics, type FieldProps } from './model.ts'
import { type Known, Suggested } from './suggested.tsx'

export function TagField(props: FieldProps) {
  const { options, onSearch } = useOffered('tags', v => v.tags.map(tag => ({ value: tag, label: tag })))
  const One = props.spec.many ? Many : Suggested
  return <One of={props} known={options} onSearch={onSearch} />
}

/** Several texts. */
export function TextsField(props: FieldProps) {
  return <Many of={props} known={[]} />
}

function Many({
  of,
  known,
  onSearch,
}: {
  of: FieldProps
  known: Known[]
  onSearch?: (typed: string) => void
}) {
  const { t } = useTranslation()
  const texts = list(of.value).map(text)
  return (
    <TagsInput
      {...basics(of)}
      placeholder={texts.length === 0 ? t('ruleEdit.typeOrChoose') : undefined}
      data={known.map(o => o.value)}
      acceptValueOnBlur
      value={texts}
      onChange={next => of.onChange(next.length === 0 ? undefined : next)}
      onSearchChange={onSearch}
    />
  )
}
