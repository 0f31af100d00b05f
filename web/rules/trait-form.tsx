// The form of an attribute's chips: which one, and the test that its type allows.
import { Select, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LeafOf } from './edit.ts'
import type { Leaf } from './edit.ts'
import { DateTestField, NumberTestField, TextTestField } from './test-fields.tsx'
import { Pick, Values } from './fields.tsx'
import { BooleanField } from './fields.tsx'
import { useVocabulary } from './vocabulary.tsx'

type TraitProps = { leaf: LeafOf<'trait'>; change: (leaf: Leaf) => void; today: string }

function startOf(trait: string, type: LeafOf<'trait'>['type'], today: string, hasChoices: boolean): Leaf {
  switch (type) {
    case 'text':
      return {
        op: 'trait',
        trait,
        type,
        test: hasChoices ? { is: 'one_of', values: [] } : { is: 'equal', value: '' },
      }
    case 'number':
      return { op: 'trait', trait, type, test: { is: 'at_least', value: 1 } }
    case 'boolean':
      return { op: 'trait', trait, type, test: { is: 'equal', value: true } }
    case 'date':
      return { op: 'trait', trait, type, test: { is: 'after', date: today } }
    case 'list':
      return { op: 'trait', trait, type, test: { is: 'any', values: [] } }
    case 'any':
      return { op: 'trait', trait, type, test: { is: 'set' } }
  }
}

export function TraitName({ leaf, change, today }: TraitProps) {
  const { t } = useTranslation()
  const { vocabulary, names } = useVocabulary()
  return (
    <Select
      size="xs"
      w={260}
      label={t('ruleEdit.trait')}
      searchable
      data={vocabulary.attributes.map(a => ({ value: a.name, label: names.trait(a.name) }))}
      value={leaf.trait === '' ? null : leaf.trait}
      onChange={trait => {
        const found = vocabulary.attributes.find(a => a.name === trait)
        if (found) change(startOf(found.name, found.type, today, found.choices !== null))
      }}
      comboboxProps={{ withinPortal: false }}
    />
  )
}

const TYPES = ['text', 'number', 'boolean', 'date', 'list', 'any'] as const

export function TraitTest({ leaf, change, today }: TraitProps) {
  const { t } = useTranslation()
  const { vocabulary, names } = useVocabulary()
  const declared = vocabulary.attributes.find(a => a.name === leaf.trait)
  const choices = (declared?.choices ?? []).map(c => ({
    value: c.value,
    label: names.choice(leaf.trait, c.value),
  }))
  const types = declared ? ([declared.type, 'any'] as const) : TYPES
  return (
    <Stack gap={6}>
      <Pick
        label={t('ruleEdit.type')}
        value={leaf.type}
        options={[...new Set([...types, leaf.type])].map(type => ({
          value: type,
          label: t(`ruleType.${type}`),
        }))}
        onChange={type => change(startOf(leaf.trait, type, today, choices.length > 0))}
      />
      {leaf.type === 'text' ? (
        <TextTestField test={leaf.test} options={choices} onChange={test => change({ ...leaf, test })} />
      ) : null}
      {leaf.type === 'number' ? (
        <NumberTestField test={leaf.test} onChange={test => change({ ...leaf, test })} />
      ) : null}
      {leaf.type === 'boolean' ? (
        <BooleanField
          value={leaf.test.value}
          onChange={value => change({ ...leaf, test: { is: 'equal', value } })}
        />
      ) : null}
      {leaf.type === 'date' ? (
        <DateTestField test={leaf.test} today={today} onChange={test => change({ ...leaf, test })} />
      ) : null}
      {leaf.type === 'list' ? (
        <>
          <Pick
            label={t('ruleEdit.compare')}
            value={leaf.test.is}
            options={(['any', 'all', 'none'] as const).map(is => ({
              value: is,
              label: t(`ruleCompareList.${is}`),
            }))}
            onChange={is => change({ ...leaf, test: { ...leaf.test, is } })}
          />
          <Values
            label={t('ruleEdit.values')}
            values={leaf.test.values.map(String)}
            options={choices}
            onChange={values => change({ ...leaf, test: { ...leaf.test, values } })}
          />
        </>
      ) : null}
    </Stack>
  )
}
