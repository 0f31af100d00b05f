// Handlers of customers: list, page, timeline, commands.
import type { CommandBody } from '../inbox/model.ts'
import { runCommand } from '../inbox/command.ts'
import { unpark } from '../inbox/parking.ts'
import { journeyNames, versionGraphs } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { isTexts, readCursor, writeCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { attributesOf } from '../catalogue/attribute-store.ts'
import { profileSettingsOf } from '../catalogue/profile-settings.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { hiddenAddress, suppressionOf } from '../messages/suppression.ts'
import type { CustomerState } from './model.ts'
import { ordersOf } from './order-view.ts'
import { addressFor, REACH_CHANNELS } from './reach.ts'
import { pageOf, partsOfPast, rowOf, type CustomerRow } from './present.ts'
import {
  consentProofs,
  countByName,
  countCustomers,
  customersById,
  customersByIdentifier,
  customersByName,
  findCustomer,
  newestCustomers,
  orderRows,
  parkedReason,
  type StoredCustomer,
} from './store.ts'
import { readTimeline } from './timeline.ts'

async function customerOr404(core: Core, workspace: Uuid, text: string | undefined): Promise<StoredCustomer> {
  const found = await findCustomer(core.pool, workspace, idOr404('cus', text))
  if (!found) throw notFound('cus')
  return found
}

type ListQuery = { q?: string; cursor?: string; limit: number }
type CustomerList = { items: CustomerRow[]; next: string | null; total: number; stale: boolean }

/** Rows of these ids in this order; merged and unknown ones are left out. */
async function rowsOf(
  core: Core,
  workspace: { id: Uuid; currency: string },
  ids: Uuid[],
): Promise<CustomerRow[]> {
  const found = await customersById(core.pool, workspace.id, ids)
  return ids.flatMap(id => {
    const customer = found.get(id)
    return customer && !customer.mergedInto ? [rowOf(customer.state, workspace.currency)] : []
  })
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

const MOST_SHOWN = 500

/** Why addresses of this customer may not be sent to, by channel. */
async function suppressionsOf(
  core: Core,
  workspace: Uuid,
  state: CustomerState,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const channel of REACH_CHANNELS) {
    const address = addressFor(state, channel)
    if (address === null) continue
    const consent = state.consent[`${channel}/marketing`]
    const reason = await suppressionOf(core.pool, {
      workspace,
      channel,
      address: address.value,
      hidden: hiddenAddress(core.secrets, workspace, channel, address.value),
      consentAt: consent?.on ? consent.at : null,
      followAt: state.line?.following ? state.line.at : null,
    })
    if (reason !== null) found.set(channel, reason)
  }
  return found
}

export const customerRoutes = {
  customers: call => listCustomers(call.core, call.workspace, call.query),

  async customer({ core, workspace, params }) {
    const customer = await customerOr404(core, workspace.id, params.customer)
    const { state } = customer
    const journeys = [...state.enr.map(e => e.j), ...Object.keys(state.past).map(k => partsOfPast(k).journey)]
    const [names, graphs, parked, attributes, suppressed] = await Promise.all([
      journeyNames(core.pool, workspace.id, journeys),
      versionGraphs(
        core.pool,
        workspace.id,
        state.enr.map(e => ({ journey: e.j, version: e.v })),
      ),
      parkedReason(core.pool, workspace.id, customer.id),
      attributesOf(core.pool, workspace.id),
      suppressionsOf(core, workspace.id, state),
    ])
    return pageOf(state, {
      journeyNames: names,
      graphs,
      stateBytes: customer.bytes,
      parked,
      now: workspaceNow(workspace),
      timezone: workspace.timezone,
      attributes,
      settings: profileSettingsOf(workspace),
      suppressed,
    })
  },

  async timeline({ core, workspace, params, query }) {
    const { state } = await customerOr404(core, workspace.id, params.customer)
    const { items, next } = await readTimeline(
      core.history,
      {
        workspace: workspace.id,
        customers: [state.id, ...state.absorbed],
        kind: query.kind,
        phase: query.phase,
      },
      query,
    )
    return { items: items.map(({ customer: _, ...item }) => item), next }
  },

  async customerOrders({ core, workspace, params }) {
    const { id } = await customerOr404(core, workspace.id, params.customer)
    const items = ordersOf(await orderRows(core.pool, workspace.id, id))
    return { items: items.slice(0, MOST_SHOWN), more: items.length > MOST_SHOWN }
  },

  async consentProofs({ core, workspace, params }) {
    const { state } = await customerOr404(core, workspace.id, params.customer)
    const rows = await consentProofs(core.pool, workspace.id, [state.id, ...state.absorbed], MOST_SHOWN)
    return {
      items: rows.map(r => ({
        at: r.at.toISOString(),
        channel: r.channel,
        purpose: r.purpose,
        on: r.granted,
        source: r.source,
        proof: r.proof === null ? null : (JSON.parse(r.proof) as Record<string, string>),
      })),
    }
  },

  async customerCommand({ core, workspace, params, body, caller, idempotencyKey }) {
    const customer = await customerOr404(core, workspace.id, params.customer)
    return runCommand(core, {
      workspace: workspace.id,
      customer: customer.id,
      key: idempotencyKey ?? newId(),
      actor: actorOf(caller),
      command: await commandOf(core, workspace.id, body),
    })
  },

  async unpark({ core, workspace, params }) {
    const customer = await customerOr404(core, workspace.id, params.customer)
    if (!(await unpark(core, workspace.id, customer.id)))
      throw new Problem(409, 'not_parked', 'This customer is not set aside', {
        action: 'Nothing is to be done.',
      })
    return { ok: true as const }
  },
} satisfies Handlers

type CommandInput = Parameters<NonNullable<Handlers['customerCommand']>>[0]['body']

/** Public ids become UUIDs; what they name must be of this workspace. */
async function commandOf(core: Core, workspace: Uuid, body: CommandInput): Promise<CommandBody['command']> {
  if (body.do === 'enroll') {
    const journey = idOr404('jrn', body.journey, 'journey')
    if (!(await journeyNames(core.pool, workspace, [journey])).has(journey)) throw notFound('jrn', 'journey')
    return { do: 'enroll', journey }
  }
  if (body.do === 'remove_enrollment') {
    return { do: 'remove_enrollment', enrollment: idOr404('enr', body.enrollment, 'enrollment') }
  }
  return body
}
