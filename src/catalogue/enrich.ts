// What the catalogue knows of the products that an event names: category, brand and cost, where the sender did not say them.
// For orders of every source.
import { fromSmallestUnit } from '../customers/money.ts'
import { isOrderEvent } from '../customers/orders.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { type KnownProduct, productsNamed } from './products.ts'
import { type Dict, isDict } from '../platform/values.ts'

type Known = { products: Map<string, KnownProduct>; currency: string }

const linesOf = (props: unknown): Dict[] =>
  isDict(props) && Array.isArray(props.products) ? props.products.filter(isDict) : []

const namesOf = (line: Dict): string[] =>
  [line.product_id, line.sku].flatMap(n =>
    typeof n === 'string' || typeof n === 'number' ? [String(n)] : [],
  )

/** Products that the lines of these properties name. */
async function knownOf(sql: Sql, workspace: Uuid, properties: unknown[]): Promise<Known> {
  const names = [...new Set(properties.flatMap(p => linesOf(p).flatMap(namesOf)))]
  const products = await productsNamed(sql, workspace, names)
  if (products.size === 0) return { products, currency: '' }
  const { rows } = await sql.query<{ currency: string }>('select currency from workspace where id = $1', [
    workspace,
  ])
  return { products, currency: rows[0]?.currency ?? '' }
}

/** The same properties, in their order, with fuller lines. The sender's own words win. */
export async function fillLines<T>(sql: Sql, workspace: Uuid, properties: T[]): Promise<T[]> {
  const known = await knownOf(sql, workspace, properties)
  if (known.products.size === 0) return properties
  return properties.map(props => {
    if (linesOf(props).length === 0) return props
    const own = props as Dict
    const products = (own.products as unknown[]).map(line =>
      isDict(line) ? fuller(line, own.currency ?? known.currency, known) : line,
    )
    return { ...own, products } as T
  })
}

function fuller(line: Dict, currency: unknown, known: Known): Dict {
  // the SKU is the narrower name: a variant's cost is its own
  const product = namesOf(line)
    .reverse()
    .map(n => known.products.get(n))
    .find(p => p !== undefined)
  if (!product) return line
  const { category, brand, cost } = product
  const costIn = product.currency ?? known.currency
  return {
    ...(category.length > 0 ? { category: category.join(' > ') } : {}),
    ...(brand === null ? {} : { brand }),
    // an order in another currency: the cost is not known in it
    ...(cost === null || costIn !== currency ? {} : { cost: fromSmallestUnit(cost, costIn) }),
    ...line,
  }
}

/** Order events with fuller lines; the others as they are. Before they are appended: what the journal holds is whole. */
export async function fillOrders<T extends { workspace: Uuid; event: EventBody }>(
  sql: Sql,
  items: T[],
): Promise<T[]> {
  const wanting = items.filter(
    ({ event }) => isOrderEvent(event.name) && linesOf(event.props).some(line => namesOf(line).length > 0),
  )
  if (wanting.length === 0) return items
  const fuller = new Map<T, T>()
  for (const [workspace, theirs] of Map.groupBy(wanting, i => i.workspace)) {
    const filled = await fillLines(
      sql,
      workspace,
      theirs.map(i => i.event.props),
    )
    theirs.forEach((item, i) => {
      const props = filled[i]
      if (props !== undefined && props !== item.event.props)
        fuller.set(item, { ...item, event: { ...item.event, props } })
    })
  }
  return items.map(item => fuller.get(item) ?? item)
}
