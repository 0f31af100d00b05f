// The list of customers: search by identifier and name, filters, order. History decides names, filters and who was seen
// last; without it the list finds by identifier, and says so.
import type { Core } from '../platform/core.ts'
import { isTexts, readCursor, writeCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'
import { rowOf, type CustomerRow } from './present.ts'
import {
  countByName,
  countCustomers,
  customersById,
  customersByIdentifier,
  customersByName,
  newestCustomers,
} from './store.ts'

type ListQuery = { q?: string; cursor?: string; limit: number }
type CustomerList = { items: CustomerRow[]; next: string | null; total: number; stale: boolean }

/** Rows of these ids; merged and unknown ones are left out. */
export async function rowsById(
  pool: Pool,
  workspace: { id: Uuid; currency: string },
  ids: Uuid[],
): Promise<Map<Uuid, CustomerRow>> {
  const found = await customersById(pool, workspace.id, ids)
  return new Map(
    [...found].filter(([, c]) => !c.mergedInto).map(([id, c]) => [id, rowOf(c.state, workspace.currency)]),
  )
}

/** The same in the order of the ids. */
async function rowsOf(
  core: Core,
  workspace: { id: Uuid; currency: string },
  ids: Uuid[],
): Promise<CustomerRow[]> {
  const rows = await rowsById(core.pool, workspace, ids)
  return ids.flatMap(id => rows.get(id) ?? [])
}

/** By identifier first, then by name. History decides names and who was seen last; without it the list says so. */
export async function listCustomers(
  core: Core,
  workspace: { id: Uuid; currency: string },
  query: ListQuery,
): Promise<CustomerList> {
  const q = query.q?.trim() ?? ''
  // position: [phase, sort value, id]
  const at = readCursor(query.cursor, isTexts(3))
  const [phase = 'ids', sort = '0', below = ''] = at ?? []
  const named = q === '' ? [] : await customersByIdentifier(core.pool, workspace.id, q)
  const items: CustomerRow[] = []

  if (phase === 'ids' && named.length > 0) {
    const from = at ? Number(sort) : 0
    items.push(...(await rowsOf(core, workspace, named.slice(from, from + query.limit))))
    if (from + query.limit < named.length) {
      const next = writeCursor(['ids', String(from + query.limit), ''])
      return { items, next, ...(await total(core, workspace.id, q, named)) }
    }
  }
  if (phase === 'stale') return staleList(core, workspace, q, named, below, query.limit, items)
  try {
    const after = phase === 'names' && below !== '' ? { seen: Number(sort), id: below } : null
    const room = query.limit - items.length
    const rows = await customersByName(core.history, workspace.id, q, named, after, room + 1)
    items.push(
      ...(await rowsOf(
        core,
        workspace,
        rows.slice(0, room).map(r => r.id),
      )),
    )
    const last = rows[room - 1]
    // with no room left for names, the next page begins with the first of them
    const next =
      rows.length > room
        ? writeCursor(last ? ['names', String(last.seen), last.id] : ['names', '', ''])
        : null
    return { items, next, ...(await total(core, workspace.id, q, named)) }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'history_down')) throw error
    return staleList(core, workspace, q, named, '', query.limit, items)
  }
}

async function total(
  core: Core,
  workspace: Uuid,
  q: string,
  named: Uuid[],
): Promise<{ total: number; stale: boolean }> {
  try {
    return { total: named.length + (await countByName(core.history, workspace, q, named)), stale: false }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'history_down')) throw error
    return { total: named.length, stale: true }
  }
}

/** Without history: only identifiers were searched; without a search, the newest customers. */
async function staleList(
  core: Core,
  workspace: { id: Uuid; currency: string },
  q: string,
  named: Uuid[],
  below: string,
  limit: number,
  items: CustomerRow[],
): Promise<CustomerList> {
  if (q !== '') return { items, next: null, total: named.length, stale: true }
  const found = await newestCustomers(core.pool, workspace.id, below || null, limit + 1)
  const shown = found.slice(0, limit)
  return {
    items: shown.map(c => rowOf(c.state, workspace.currency)),
    next: found.length > limit ? writeCursor(['stale', '0', shown.at(-1)!.id]) : null,
    total: await countCustomers(core.pool, workspace.id),
    stale: true,
  }
}
