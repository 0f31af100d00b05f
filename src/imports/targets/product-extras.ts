// The two columns of a product that no single cell holds: variants and attributes, as JSON, so that a file that was exported
// comes in again the same. Amounts are written in the currency, as in the other columns.
import type { Variant } from '../../catalogue/model.ts'
import { attributes, variant } from '../../contract/catalogue.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../customers/money.ts'
import { type ImportField, rowFault, type RowFault } from '../model.ts'

const MOST_VARIANTS = 200

export const EXTRA_FIELDS: readonly ImportField[] = [
  {
    key: 'variants',
    label: { zh: '規格（JSON）', en: 'Variants (JSON)' },
    type: 'text',
    synonyms: ['variants json', '規格json'],
    example: '[{"sku":"TEA-001-300","name":"300g","price":1280,"cost":590,"stock":40}]',
  },
  {
    key: 'attributes',
    label: { zh: '自訂欄位（JSON）', en: 'Attributes (JSON)' },
    type: 'text',
    synonyms: ['attributes json', '自訂欄位json'],
    example: '{"產地":"阿里山","焙火":"輕焙"}',
  },
]

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const MONEY = ['price', 'cost'] as const

export function readVariants(text: string, currency: string): Variant[] | RowFault {
  const given = parsed(text)
  const wrong = (detail: string) => rowFault('variants', 'bad_variants', detail)
  if (!Array.isArray(given) || given.length > MOST_VARIANTS)
    return wrong(`It is not a JSON list of at most ${MOST_VARIANTS} variants`)
  const found: Variant[] = []
  for (const [i, one] of given.entries()) {
    const amounts: { price?: number; cost?: number } = {}
    for (const key of MONEY) {
      const amount = (one as Record<string, unknown> | null)?.[key]
      if (amount === undefined) continue
      const units = toSmallestUnit(amount, currency)
      if (units === null) return wrong(`Variant ${i + 1}: ${key} is not an amount of 0 or more`)
      amounts[key] = units
    }
    const checked = variant.safeParse({ ...(one as object), ...amounts })
    if (!checked.success) {
      const { path, message } = checked.error.issues[0]!
      return wrong(`Variant ${i + 1}: ${path.join('.')} ${message}`)
    }
    const { sku, name, ...more } = checked.data
    found.push({ sku, name, ...(JSON.parse(JSON.stringify(more)) as Omit<Variant, 'sku' | 'name'>) })
  }
  return found
}

export function readAttributes(text: string): Record<string, string | number | boolean> | RowFault {
  const checked = attributes.safeParse(parsed(text))
  return checked.success
    ? checked.data
    : rowFault('attributes', 'bad_attributes', 'It is not a JSON object of texts, numbers, true and false')
}

/** null: there are none. */
export const writeVariants = (variants: Variant[], currency: string): string | null =>
  variants.length === 0
    ? null
    : JSON.stringify(
        variants.map(v => ({
          ...v,
          ...(v.price === undefined ? {} : { price: fromSmallestUnit(v.price, currency) }),
          ...(v.cost === undefined ? {} : { cost: fromSmallestUnit(v.cost, currency) }),
        })),
      )

export const writeAttributes = (given: Record<string, unknown>): string | null =>
  Object.keys(given).length === 0 ? null : JSON.stringify(given)
