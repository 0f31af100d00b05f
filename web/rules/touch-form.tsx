// The form of where somebody came from: the first or last touch, and what must be said of it.
import { Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { word } from '../i18n.ts'
import type { FormProps } from './chip-form.tsx'
import type { LeafOf } from './edit.ts'
import { type Option, Pick, Values } from './fields.tsx'
import { plainOptions } from './offered.ts'
import { useVocabulary } from './vocabulary.tsx'

const TOUCH_FIELDS = ['campaign', 'source', 'medium', 'kind', 'ad', 'store', 'keyword'] as const
const TOUCH_KINDS = ['campaign', 'ad', 'search', 'referral', 'store_qr', 'walk_in'] as const

export function TouchForm({ leaf, change, chip }: Omit<FormProps<LeafOf<'touch'>>, 'journey' | 'today'>) {
  const { t } = useTranslation()
  const { vocabulary } = useVocabulary()
  const options: Partial<Record<LeafOf<'touch'>['field'], Option[]>> = {
    campaign: plainOptions(vocabulary.campaigns),
    kind: TOUCH_KINDS.map(k => ({ value: k, label: word('touchKind', k) })),
    store: vocabulary.stores.map(s => ({ value: s.code, label: s.name })),
  }
  return chip.id === 'touch' ? (
    <Group gap={6}>
      <Pick
        label={t('ruleEdit.which')}
        value={leaf.which}
        options={(['first', 'last'] as const).map(w => ({ value: w, label: t(`ruleWhichTouch.${w}`) }))}
        onChange={which => change({ ...leaf, which })}
      />
      <Pick
        label={t('ruleEdit.property')}
        value={leaf.field}
        options={TOUCH_FIELDS.map(f => ({ value: f, label: t(`ruleTouchField.${f}`) }))}
        onChange={field => change({ ...leaf, field, values: [] })}
      />
    </Group>
  ) : (
    <Values
      key={leaf.field}
      label={t(`ruleTouchField.${leaf.field}`)}
      values={leaf.values}
      options={options[leaf.field] ?? []}
      onChange={values => change({ ...leaf, values })}
    />
  )
}
