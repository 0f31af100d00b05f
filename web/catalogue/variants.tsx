// The variants of a product: one row each, with its own SKU, price, cost and stock.
import { Button, NumberInput, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ActionsHead, RemoveButton } from '../parts/table.tsx'

export type VariantDraft = {
  key: number
  sku: string
  name: string
  price: number | string
  cost: number | string
  stock: number | string
}

export function Variants({
  variants,
  set,
}: {
  variants: VariantDraft[]
  set: (variants: VariantDraft[]) => void
}) {
  const { t } = useTranslation()
  const change = (key: number, part: Partial<VariantDraft>) =>
    set(variants.map(v => (v.key === key ? { ...v, ...part } : v)))
  const columns = ['price', 'cost', 'stock'] as const
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Text component="legend" size="sm" fw={500} mb={4}>
        {t('catalogue.variants')}
      </Text>
      {variants.length > 0 ? (
        <div className="table-scroll">
          <table className="table tight">
            <thead>
              <tr>
                <th>{t('catalogue.sku')}</th>
                <th>{t('catalogue.variantName')}</th>
                {columns.map(c => (
                  <th key={c}>{t(`catalogue.${c}`)}</th>
                ))}
                <ActionsHead />
              </tr>
            </thead>
            <tbody>
              {variants.map((v, i) => (
                <tr key={v.key}>
                  <td>
                    <TextInput
                      size="xs"
                      miw={130}
                      required
                      aria-label={t('catalogue.variantOf', { n: i + 1, what: t('catalogue.sku') })}
                      value={v.sku}
                      onChange={e => change(v.key, { sku: e.currentTarget.value })}
                    />
                  </td>
                  <td>
                    <TextInput
                      size="xs"
                      aria-label={t('catalogue.variantOf', { n: i + 1, what: t('catalogue.variantName') })}
                      value={v.name}
                      onChange={e => change(v.key, { name: e.currentTarget.value })}
                    />
                  </td>
                  {columns.map(c => (
                    <td key={c}>
                      <NumberInput
                        size="xs"
                        w={76}
                        hideControls
                        min={c === 'stock' ? undefined : 0}
                        allowDecimal={c !== 'stock'}
                        aria-label={t('catalogue.variantOf', { n: i + 1, what: t(`catalogue.${c}`) })}
                        value={v[c]}
                        onChange={value => change(v.key, { [c]: value })}
                      />
                    </td>
                  ))}
                  <td>
                    <RemoveButton
                      label={t('catalogue.removeVariant', { n: i + 1 })}
                      run={() => set(variants.filter(other => other.key !== v.key))}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <Button
        mt={4}
        size="compact-xs"
        variant="default"
        onClick={() =>
          set([
            ...variants,
            {
              key: Math.max(-1, ...variants.map(v => v.key)) + 1,
              sku: '',
              name: '',
              price: '',
              cost: '',
              stock: '',
            },
          ])
        }
      >
        {t('catalogue.addVariant')}
      </Button>
    </fieldset>
  )
}
