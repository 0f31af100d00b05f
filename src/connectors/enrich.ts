// What the catalogue knows of the products that items name: category, brand and cost, where the sender did not say them.
import { type KnownProduct, productsNamed } from '../catalogue/products.ts'
import { isDict, type Dict } from '../collect/json.ts'
import { fromSmallestUnit } from '../customers/money.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Brought } from './model.ts'

const linesOf = (item: Dict): Dict[] => {
  const products = isDict(item.properties) ? item.properties.products : null
  return Array.isArray(products) ? products.filter(isDict) : []
}
const namesOf = (line: Dict): string[] =>
  [line.product_id, line.sku].flatMap(n =>
    typeof n === 'string' || typeof n === 'number' ? [String(n)] : [],
  )

/** The same items with fuller lines. The till's own words win. */
export async function enrich(
  sql: Sql,
  workspace: Uuid,
  currency: string,
  brought: Brought[],
): Promise<Brought[]> {
  const names = [...new Set(brought.flatMap(b => linesOf(b.item).flatMap(namesOf)))]
  const known = await productsNamed(sql, workspace, names)
  if (known.size === 0) return brought
  return brought.map(b => {
    if (linesOf(b.item).length === 0) return b
    const properties = b.item.properties as Dict
    const products = (properties.products as unknown[]).map(line =>
      isDict(line) ? fuller(line, known, currency) : line,
    )
    return { ...b, item: { ...b.item, properties: { ...properties, products } } }
  })
}

function fuller(line: Dict, known: Map<string, KnownProduct>, currency: string): Dict {
  // the SKU is the narrower name: a variant's cost is its own
  const product = namesOf(line)
    .reverse()
    .map(n => known.get(n))
    .find(p => p !== undefined)
  if (!product) return line
  const { category, brand, cost } = product
  return {
    ...(category.length > 0 ? { category: category.join(' > ') } : {}),
    ...(brand === null ? {} : { brand }),
    ...(cost === null ? {} : { cost: fromSmallestUnit(cost, product.currency ?? currency) }),
    ...line,
  }
}
