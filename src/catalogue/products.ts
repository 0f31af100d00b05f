// Products: what is sold, at which price and cost. Events name them by code (product_id) or SKU.
import type { Out } from '../contract.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'
import { tellLaunch } from './launch.ts'
import type { PRODUCT_STATUSES, Variant } from './model.ts'
import {
  findOnShelf,
  insertOnShelf,
  listShelf,
  type Shelf,
  type ShelfRow,
  updateOnShelf,
  type Values,
} from './shelf.ts'

export type ProductRow = ShelfRow & {
  sku: string | null
  name: string
  category: string[]
  brand: string | null
  price: number | null
  cost: number | null
  currency: string | null
  stock: number | null
  image_url: string | null
  url: string | null
  status: (typeof PRODUCT_STATUSES)[number]
  variants: Variant[]
  attributes: Record<string, string | number | boolean>
}

export const PRODUCTS: Shelf = {
  table: 'product',
  prefix: 'prd',
  columns: [
    'code',
    'sku',
    'name',
    'category',
    'brand',
    'price',
    'cost',
    'currency',
    'stock',
    'image_url',
    'url',
    'status',
    'variants',
    'attributes',
    'archived',
  ],
  searched: "code || ' ' || coalesce(sku, '') || ' ' || name || ' ' || coalesce(brand, '')",
}

type Product = Out<'product'>

const present = (r: ProductRow): Product => ({
  id: publicId('prd', r.id),
  code: r.code,
  sku: r.sku,
  name: r.name,
  category: r.category,
  brand: r.brand,
  price: r.price,
  cost: r.cost,
  currency: r.currency,
  stock: r.stock,
  imageUrl: r.image_url,
  url: r.url,
  status: r.status,
  variants: r.variants,
  attributes: r.attributes,
  archived: r.archived,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

const columnsOf = ({ imageUrl, ...same }: Partial<Product>): Values => ({ ...same, image_url: imageUrl })

async function categoriesOf(sql: Sql, workspace: Uuid): Promise<string[]> {
  const { rows } = await sql.query<{ category: string }>(
    `select distinct c as category from product, unnest(category) c where workspace_id = $1 and not archived order by 1 limit 300`,
    [workspace],
  )
  return rows.map(r => r.category)
}

export type KnownProduct = Pick<
  ProductRow,
  'code' | 'sku' | 'name' | 'category' | 'brand' | 'cost' | 'currency'
>

/** Products by the code or SKU that order lines name, also of a variant (with its own cost). */
export async function productsNamed(
  sql: Sql,
  workspace: Uuid,
  names: string[],
): Promise<Map<string, KnownProduct>> {
  const found = new Map<string, KnownProduct>()
  if (names.length === 0) return found
  const { rows } = await sql.query<KnownProduct & { variants: Variant[] }>(
    `select code, sku, name, category, brand, cost, currency, variants from product
      where workspace_id = $1 and (code = any($2::text[]) or sku = any($2::text[])
         or jsonb_path_query_array(variants, '$[*].sku') ?| $2::text[])`,
    [workspace, names],
  )
  for (const { variants, ...product } of rows) {
    for (const v of variants)
      if (names.includes(v.sku)) found.set(v.sku, { ...product, cost: v.cost ?? product.cost })
    if (product.sku !== null) found.set(product.sku, product)
  }
  for (const { variants: _, ...product } of rows) found.set(product.code, product)
  return found
}

/** Takes products out of lists: the shop no longer has them. */
export async function archiveProducts(sql: Sql, workspace: Uuid, codes: string[]): Promise<void> {
  if (codes.length === 0) return
  await sql.query(
    `update product set archived = true, version = version + 1, updated_at = $3
      where workspace_id = $1 and code = any($2::text[]) and not archived`,
    [workspace, codes, new Date()],
  )
}

const isSold = ({ status, archived }: ProductRow): boolean => status === 'active' && !archived

export const productRoutes = {
  async products({ core, workspace, query }) {
    const [found, categories] = await Promise.all([
      listShelf<ProductRow>(core.pool, PRODUCTS, workspace.id, {
        ...query,
        archived: query.archived === 'true',
        where: { brand: query.brand, status: query.status, 'any(category)': query.category },
      }),
      categoriesOf(core.pool, workspace.id),
    ])
    return { items: found.rows.map(present), next: found.next, total: found.total, categories }
  },

  async product({ core, workspace, params }) {
    return present(
      await findOnShelf<ProductRow>(core.pool, PRODUCTS, workspace.id, idOr404('prd', params.product)),
    )
  },

  async createProduct({ core, workspace, body, caller }) {
    const { code, ...more } = body
    const row = await inTransaction(core.pool, async sql => {
      const made = await insertOnShelf<ProductRow>(sql, PRODUCTS, workspace.id, { ...columnsOf(more), code })
      if (isSold(made)) await tellLaunch(sql, workspace.id, made, actorOf(caller))
      return made
    })
    core.signals.emit('segment-job')
    return present(row)
  },

  async saveProduct({ core, workspace, params, body, caller }) {
    const { version, ...more } = body
    const id = idOr404('prd', params.product)
    const row = await inTransaction(core.pool, async sql => {
      const before = await findOnShelf<ProductRow>(sql, PRODUCTS, workspace.id, id)
      const after = await updateOnShelf<ProductRow>(sql, PRODUCTS, workspace.id, id, version, columnsOf(more))
      if (isSold(after) && !isSold(before)) await tellLaunch(sql, workspace.id, after, actorOf(caller))
      return after
    })
    core.signals.emit('segment-job')
    return present(row)
  },
} satisfies Handlers
