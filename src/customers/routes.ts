// Handlers of customers: list, page, timeline, commands.
import type { CommandBody } from '../inbox/model.ts'
import { runCommand } from '../inbox/command.ts'
import { unpark } from '../inbox/parking.ts'
import { journeyNames, versionGraphs } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { listCustomers } from './list.ts'
import { pageOf, partsOfPast } from './present.ts'
import { findCustomer, parkedReason, type StoredCustomer } from './store.ts'
import { readTimeline } from './timeline.ts'

async function customerOr404(core: Core, workspace: Uuid, text: string | undefined): Promise<StoredCustomer> {
  const found = await findCustomer(core.pool, workspace, idOr404('cus', text))
  if (!found) throw notFound('cus')
  return found
}

export const customerRoutes = {
  customers: call => listCustomers(call.core, call.workspace, call.query),

  async customer({ core, workspace, params }) {
    const customer = await customerOr404(core, workspace.id, params.customer)
    const { state } = customer
    const journeys = [...state.enr.map(e => e.j), ...Object.keys(state.past).map(k => partsOfPast(k).journey)]
    const [names, graphs, parked] = await Promise.all([
      journeyNames(core.pool, workspace.id, journeys),
      versionGraphs(
        core.pool,
        workspace.id,
        state.enr.map(e => ({ journey: e.j, version: e.v })),
      ),
      parkedReason(core.pool, workspace.id, customer.id),
    ])
    return pageOf(state, { journeyNames: names, graphs, stateBytes: customer.bytes, parked })
  },

  async timeline({ core, workspace, params, query }) {
    const { state } = await customerOr404(core, workspace.id, params.customer)
    const { items, next } = await readTimeline(
      core.history,
      { workspace: workspace.id, customers: [state.id, ...state.absorbed], kind: query.kind },
      query,
    )
    return { items: items.map(({ customer: _, ...item }) => item), next }
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
