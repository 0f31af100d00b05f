// Store staff: who serves customers. Orders name them by code; at a till they prove themselves by a PIN.
import type { Out } from '../contract.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'
import type { STAFF_ROLES } from './model.ts'
import { checkPin, hashPin } from './pin.ts'
import {
  codesOnShelf,
  findOnShelf,
  insertOnShelf,
  listShelf,
  type Shelf,
  type ShelfRow,
  updateOnShelf,
} from './shelf.ts'
import { STORES } from './stores.ts'

export type StaffRow = ShelfRow & {
  name: string
  store: string | null
  role: (typeof STAFF_ROLES)[number]
  pin_hash: string | null
  active: boolean
}

export const STAFF: Shelf = {
  table: 'staff',
  prefix: 'stf',
  columns: ['code', 'name', 'store', 'role', 'pin_hash', 'active', 'archived'],
  searched: "code || ' ' || name",
}

type Staff = Out<'createStaff'>

const present = (r: StaffRow): Staff => ({
  id: publicId('stf', r.id),
  code: r.code,
  name: r.name,
  store: r.store,
  role: r.role,
  hasPin: r.pin_hash !== null,
  active: r.active,
  archived: r.archived,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

/** @throws Problem 400 `unknown_store` */
async function demandStore(sql: Sql, workspace: Uuid, store: string | null): Promise<void> {
  if (store === null || (await codesOnShelf(sql, STORES, workspace, [store])).has(store)) return
  throw new Problem(400, 'unknown_store', `There is no store with the code ${store}`, {
    path: 'store',
    action: 'Name a store of the list, or make it first.',
  })
}

const hashed = async (pin: string | null | undefined): Promise<{ pin_hash?: string | null }> =>
  pin === undefined ? {} : { pin_hash: pin === null ? null : await hashPin(pin) }

async function staffOfCode(sql: Sql, workspace: Uuid, code: string): Promise<StaffRow | null> {
  const { rows } = await sql.query<StaffRow>(
    'select * from staff where workspace_id = $1 and code = $2 and active and not archived',
    [workspace, code],
  )
  return rows[0] ?? null
}

export const staffRoutes = {
  async staff({ core, workspace, query }) {
    const found = await listShelf<StaffRow>(core.pool, STAFF, workspace.id, {
      ...query,
      archived: query.archived === 'true',
      where: { store: query.store, active: query.active },
    })
    return { items: found.rows.map(present), next: found.next, total: found.total }
  },

  async staffMember({ core, workspace, params }) {
    return present(await findOnShelf<StaffRow>(core.pool, STAFF, workspace.id, idOr404('stf', params.staff)))
  },

  async createStaff({ core, workspace, body: { pin, ...values } }) {
    await demandStore(core.pool, workspace.id, values.store)
    return present(await insertOnShelf(core.pool, STAFF, workspace.id, { ...values, ...(await hashed(pin)) }))
  },

  async saveStaff({ core, workspace, params, body: { pin, version, ...values } }) {
    await demandStore(core.pool, workspace.id, values.store)
    const id = idOr404('stf', params.staff)
    return present(
      await updateOnShelf(core.pool, STAFF, workspace.id, id, version, {
        ...values,
        ...(await hashed(pin)),
      }),
    )
  },

  async checkStaffPin({ core, workspace, body: { code, pin } }) {
    const row = await staffOfCode(core.pool, workspace.id, code)
    const fits = await checkPin(workspace.id, code, row?.pin_hash ?? null, pin)
    return { ok: fits, staff: fits && row ? present(row) : null }
  },
} satisfies Handlers
