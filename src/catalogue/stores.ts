// Stores: where sales are made. Events, staff and links name them by code.
import type { Out } from '../contract.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'
import type { Hours } from './model.ts'
import {
  findOnShelf,
  insertOnShelf,
  listShelf,
  type Shelf,
  type ShelfRow,
  updateOnShelf,
  type Values,
} from './shelf.ts'

export type StoreRow = ShelfRow & {
  name: string
  name_en: string | null
  region: string | null
  address: string | null
  phone: string | null
  latitude: number | null
  longitude: number | null
  hours: Hours
  active: boolean
}

export const STORES: Shelf = {
  table: 'store',
  prefix: 'sto',
  columns: [
    'code',
    'name',
    'name_en',
    'region',
    'address',
    'phone',
    'latitude',
    'longitude',
    'hours',
    'active',
    'archived',
  ],
  searched:
    "code || ' ' || name || ' ' || coalesce(name_en, '') || ' ' || coalesce(region, '') || ' ' || coalesce(address, '')",
}

type Store = Out<'store'>

const present = (r: StoreRow): Store => ({
  id: publicId('sto', r.id),
  code: r.code,
  name: r.name,
  nameEn: r.name_en,
  region: r.region,
  address: r.address,
  phone: r.phone,
  latitude: r.latitude,
  longitude: r.longitude,
  hours: r.hours,
  active: r.active,
  archived: r.archived,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

/** Fields as the contract names them, as columns. */
const columnsOf = ({ nameEn, ...same }: Partial<Store>): Values => ({ ...same, name_en: nameEn })

async function regionsOf(sql: Sql, workspace: Uuid): Promise<string[]> {
  const { rows } = await sql.query<{ region: string }>(
    'select distinct region from store where workspace_id = $1 and region is not null and not archived order by 1 limit 200',
    [workspace],
  )
  return rows.map(r => r.region)
}

export const storeRoutes = {
  async stores({ core, workspace, query }) {
    const [found, regions] = await Promise.all([
      listShelf<StoreRow>(core.pool, STORES, workspace.id, {
        ...query,
        archived: query.archived === 'true',
        where: { region: query.region, active: query.active },
      }),
      regionsOf(core.pool, workspace.id),
    ])
    return { items: found.rows.map(present), next: found.next, total: found.total, regions }
  },

  async store({ core, workspace, params }) {
    return present(await findOnShelf<StoreRow>(core.pool, STORES, workspace.id, idOr404('sto', params.store)))
  },

  async createStore({ core, workspace, body }) {
    const { code, ...more } = body
    return present(await insertOnShelf(core.pool, STORES, workspace.id, { ...columnsOf(more), code }))
  },

  async saveStore({ core, workspace, params, body }) {
    const { version, ...more } = body
    const id = idOr404('sto', params.store)
    return present(await updateOnShelf(core.pool, STORES, workspace.id, id, version, columnsOf(more)))
  },
} satisfies Handlers
