// The list of customers: search by identifier and name, filters, order. History decides names, filters and order;
// without it the list finds by identifier, and says so.
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor, writeCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'
import { type CustomerState, salesChannels, STAGES } from './model.ts'
import { rowOf, type CustomerRow } from './present.ts'
import { qualityOf } from './quality.ts'
import { completenessOf } from './reach.ts'
import {
  countByName,
  countCustomers,
  type CustomerFilter,
  type CustomerSort,
  customersById,
  customersByIdentifier,
  customersByName,
  newestCustomers,
} from './store.ts'
import { namesOf, type Wanted, wantedOf } from './wanted.ts'

type Workspace = Pick<WorkspaceRow, 'id' | 'currency' | 'settings' | 'timezone'>
type ListQuery = Omit<CustomerFilter, 'wanted'> & {
  q?: string
  cursor?: string
  limit: number
  sort?: CustomerSort
}
type CustomerList = Out<'customers'>
type Listed = CustomerList['items'][number]

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

function listed(state: CustomerState, workspace: Workspace, wanted: Wanted): Listed {
  const sold = state.orders ? salesChannels(state.orders) : []
  const bought = (channel: string) => sold.some(([name, orders]) => name === channel && orders > 0)
  return {
    ...rowOf(state, workspace.currency),
    stage: STAGES[(state.stage?.s ?? 1) - 1]!,
    completeness: completenessOf(state, {
      attributes: wanted.attributes.map(a => a.name),
      contacts: wanted.contacts,
    }).percent,
    reach: qualityOf(state).reach,
    tags: Object.keys(state.tags),
    omnichannel: bought('online') && bought('store'),
    lastOrder: state.orders ? new Date(state.orders.lastAt).toISOString() : null,
  }
}

/** A search at work: what was asked, by whom it was found already, and what is wanted of everybody. */
type Search = {
  core: Core
  workspace: Workspace
  q: string
  /** found by identifier, the closest first */
  named: Uuid[]
  wanted: Wanted
  filter: CustomerFilter
  query: ListQuery
}

async function rowsOf({ core, workspace, wanted }: Search, ids: Uuid[]): Promise<Listed[]> {
  const found = await customersById(core.pool, workspace.id, ids)
  return ids.flatMap(id => {
    const customer = found.get(id)
    return customer && !customer.mergedInto ? [listed(customer.state, workspace, wanted)] : []
  })
}

const FILTERS = ['stage', 'tag', 'segment', 'reach', 'has', 'bought', 'minComplete', 'maxComplete'] as const

/** By identifier first, then by name; with filters or another order than the usual one, both at once by that order. */
export async function listCustomers(
  core: Core,
  workspace: Workspace,
  query: ListQuery,
): Promise<CustomerList> {
  const q = query.q?.trim() ?? ''
  // position: [phase, sort value, id]
  const at = readCursor(query.cursor, isTexts(3))
  const [phase = 'ids', sort = '0', below = ''] = at ?? []
  const wanted = await wantedOf(core.pool, workspace)
  const search: Search = {
    core,
    workspace,
    q,
    named: q === '' ? [] : await customersByIdentifier(core.pool, workspace, q),
    wanted,
    filter: { ...query, wanted: namesOf(wanted) },
    query,
  }
  const plain = (query.sort ?? 'last_seen') === 'last_seen' && FILTERS.every(f => query[f] === undefined)
  const items: Listed[] = []

  if (plain && phase === 'ids' && search.named.length > 0) {
    const from = at ? Number(sort) : 0
    items.push(...(await rowsOf(search, search.named.slice(from, from + query.limit))))
    if (from + query.limit < search.named.length) {
      const next = writeCursor(['ids', String(from + query.limit), ''])
      return { items, next, ...(await total(search, plain)) }
    }
  }
  if (phase === 'stale') return staleList(search, below, items)
  try {
    const after = phase === 'names' && below !== '' ? { rank: Number(sort), id: below } : null
    const room = query.limit - items.length
    const asked = { ...split(search, plain), sort: query.sort ?? 'last_seen' }
    const rows = await customersByName(core.history, workspace.id, asked, after, room + 1)
    const shown = rows.slice(0, room).map(r => r.id)
    items.push(...(await rowsOf(search, shown)))
    const last = rows[room - 1]
    // with no room left for names, the next page begins with the first of them
    const next =
      rows.length > room
        ? writeCursor(last ? ['names', String(last.rank), last.id] : ['names', '', ''])
        : null
    return { items, next, ...(await total(search, plain)) }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'history_down')) throw error
    return staleList(search, '', items)
  }
}

/** Who was found by identifier is listed before the others, or among them. */
const split = ({ q, named, filter }: Search, plain: boolean) => ({
  q,
  filter,
  except: plain ? named : [],
  also: plain ? [] : named,
})

async function total(search: Search, plain: boolean): Promise<{ total: number; stale: boolean }> {
  const before = plain ? search.named.length : 0
  try {
    const { core, workspace } = search
    return {
      total: before + (await countByName(core.history, workspace.id, split(search, plain))),
      stale: false,
    }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'history_down')) throw error
    return { total: before, stale: true }
  }
}

/** Without history: only identifiers were searched, and no filter applies; without a search, the newest customers. */
async function staleList(search: Search, below: string, items: Listed[]): Promise<CustomerList> {
  const { core, workspace, wanted, query } = search
  if (search.q !== '') return { items, next: null, total: search.named.length, stale: true }
  const found = await newestCustomers(core.pool, workspace.id, below || null, query.limit + 1)
  const { shown, next } = cutPage(found, query.limit, last => ['stale', '0', last.id])
  return {
    items: shown.map(c => listed(c.state, workspace, wanted)),
    next,
    total: await countCustomers(core.pool, workspace.id),
    stale: true,
  }
}
