// Fields of orders: which goods, and what is asked of the orders that count.
import { Group, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { NumberTest, OrderMeasure } from '../../src/rules/model.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../src/customers/money.ts'
import { word } from '../i18n.ts'
import { NumberTestField, TimeTestField } from './test-fields.tsx'
import { Num, Pick, Values } from './fields.tsx'
import { plainOptions, useOffered } from './offered.ts'
import { useVocabulary } from './vocabulary.tsx'

const ORDER_MEASURES = [
  'count',
  'amount',
  'quantity',
  'average',
  'last_at',
  'first_at',
  'interval',
  'cycle',
] as const

export function OrderMeasureField({
  measure,
  today,
  onChange,
}: {
  measure: OrderMeasure
  today: string
  onChange: (measure: OrderMeasure) => void
}) {
  const { t } = useTranslation()
  const { currency } = useVocabulary().names
  const change = (kind: OrderMeasure['of']): OrderMeasure => {
    switch (kind) {
      case 'count':
      case 'quantity':
        return { of: kind, test: { is: 'at_least', value: 1 } }
      case 'amount':
      case 'average':
        return { of: kind, test: { is: 'at_least', value: toSmallestUnit(1000, currency) ?? 1000 } }
      case 'interval':
        return { of: kind, test: { is: 'at_most', value: 30 } }
      case 'first_at':
      case 'last_at':
        return { of: kind, test: { is: 'in_last', span: { n: 30, unit: 'day' } } }
      case 'cycle':
        return { of: kind, onceDays: 60, test: { is: 'over', value: 1 } }
    }
  }
  const money = measure.of === 'amount' || measure.of === 'average'
  return (
    <Stack gap={6}>
      <Pick
        label={t('ruleEdit.measure')}
        value={measure.of}
        options={ORDER_MEASURES.map(k => ({ value: k, label: t(`ruleOrderMeasure.${k}`) }))}
        onChange={kind => onChange(change(kind))}
      />
      {measure.of === 'first_at' || measure.of === 'last_at' ? (
        <TimeTestField test={measure.test} today={today} onChange={test => onChange({ ...measure, test })} />
      ) : (
        <NumberTestField
          test={measure.test as NumberTest}
          whole={measure.of === 'count' || measure.of === 'quantity'}
          of={money ? n => fromSmallestUnit(n, currency) : undefined}
          from={money ? n => toSmallestUnit(n, currency) ?? 0 : undefined}
          onChange={test => onChange({ ...measure, test } as OrderMeasure)}
        />
      )}
      {measure.of === 'cycle' ? (
        <Group gap={6}>
          <span>{t('ruleEdit.once')}</span>
          <Num
            label={t('ruleEdit.once')}
            min={1}
            suffix={` ${t('ruleEdit.day')}`}
            value={measure.onceDays}
            onChange={onceDays => onChange({ ...measure, onceDays })}
          />
        </Group>
      ) : null}
    </Stack>
  )
}

const LINES = ['category', 'product', 'sku', 'brand'] as const
type Lines = { by: (typeof LINES)[number]; values: string[] }

export function LinesField({
  lines,
  onChange,
}: {
  lines: Lines | undefined
  onChange: (lines: Lines | undefined) => void
}) {
  const { t } = useTranslation()
  const offered = {
    category: useOffered('categories', v => plainOptions(v.categories)),
    brand: useOffered('brands', v => plainOptions(v.brands)),
    product: useOffered('products', v => v.products.map(p => ({ value: p.product, label: p.name }))),
    sku: useOffered('products', v => v.products.map(p => ({ value: p.sku, label: `${p.name} · ${p.sku}` }))),
  }
  return (
    <Stack gap={6}>
      <Pick
        label={t('ruleEdit.goods')}
        value={lines?.by ?? 'anything'}
        options={[
          { value: 'anything' as const, label: t('ruleBought.anything') },
          ...LINES.map(by => ({ value: by, label: t(`ruleLines.${by}`) })),
        ]}
        onChange={by => onChange(by === 'anything' ? undefined : { by, values: [] })}
      />
      {lines ? (
        <Values
          key={lines.by}
          label={t(`ruleLines.${lines.by}`)}
          values={lines.values}
          {...offered[lines.by]}
          onChange={values => onChange({ ...lines, values })}
        />
      ) : null}
    </Stack>
  )
}

export const salesChannelLabel = (code: string): string => word('salesChannel', code)
