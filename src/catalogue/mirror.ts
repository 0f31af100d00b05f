// Stores and products as history knows them: each changed row is copied once more, the newest version wins there. A
// copy that broke off is made again.
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import type { Uuid } from '../platform/ids.ts'
import { PRODUCTS, type ProductRow } from './products.ts'
import type { Shelf } from './shelf.ts'
import { STORES, type StoreRow } from './stores.ts'

const BATCH = 5_000
const EVERY_MS = 5_000

type Mirrored = { workspace_id: Uuid }
const storeCopy = (r: StoreRow & Mirrored) => ({
  workspace_id: r.workspace_id,
  code: r.code,
  name: r.name,
  name_en: r.name_en ?? '',
  region: r.region ?? '',
  active: Number(r.active),
  archived: Number(r.archived),
  version: r.version,
})
const productCopy = (r: ProductRow & Mirrored) => ({
  workspace_id: r.workspace_id,
  code: r.code,
  sku: r.sku ?? '',
  name: r.name,
  category: r.category,
  brand: r.brand ?? '',
  price: r.price ?? -1,
  cost: r.cost ?? -1,
  currency: r.currency ?? '',
  stock: r.stock ?? -1,
  status: r.status,
  skus: r.variants.map(v => v.sku),
  archived: Number(r.archived),
  version: r.version,
})

async function copy<R extends { id: Uuid; version: number }>(
  core: Core,
  shelf: Shelf,
  as: (row: R) => Record<string, unknown>,
): Promise<number> {
  const { rows } = await core.pool.query<R & Record<string, unknown>>(
    `select * from ${shelf.table} where mirrored < version order by workspace_id, id limit ${BATCH}`,
  )
  if (rows.length === 0) return 0
  await core.history.insert({ table: shelf.table, values: rows.map(as), format: 'JSONEachRow' })
  await core.pool.query(
    `update ${shelf.table} t set mirrored = greatest(t.mirrored, c.version)
       from unnest($1::uuid[], $2::uuid[], $3::bigint[]) c (workspace_id, id, version)
      where t.workspace_id = c.workspace_id and t.id = c.id`,
    [rows.map(r => r.workspace_id), rows.map(r => r.id), rows.map(r => r.version)],
  )
  return rows.length
}

/** One round. Returns how many rows were copied. */
export async function mirrorCatalogue(core: Core): Promise<number> {
  return (
    (await copy<StoreRow & Mirrored>(core, STORES, storeCopy)) +
    (await copy<ProductRow & Mirrored>(core, PRODUCTS, productCopy))
  )
}

/** Runs with history. A round that fails is only late. */
export function startMirror(core: Core): Role {
  let running: Promise<void> | null = null
  let stopped = false
  const round = async () => {
    try {
      while (!stopped && (await mirrorCatalogue(core)) >= BATCH);
    } catch (error) {
      core.log.warn(faultOf(error), 'catalogue: not copied to history, will try again')
    }
  }
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = null
    })
  }, EVERY_MS)
  timer.unref()
  return {
    start() {},
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
