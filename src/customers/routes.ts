// Handlers of customers: list, page, timeline, commands.
import type { CommandBody } from '../inbox/model.ts'
import { runCommand } from '../inbox/command.ts'
import { unpark } from '../inbox/parking.ts'
import { journeyNames, versionGraphs } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { attributesOf } from '../catalogue/attribute-store.ts'
import { profileSettingsOf } from '../catalogue/profile-settings.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { hiddenAddress, suppressionOf } from '../messages/suppression.ts'
import { lineParts } from './contacts.ts'
import { friendshipWith } from './line.ts'
import { findSegment } from '../segments/store.ts'
import { listCustomers } from './list.ts'
import type { CustomerState } from './model.ts'
import { ordersOf } from './order-view.ts'
import { pageOf, partsOfPast } from './present.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { addressFor } from './reach.ts'
import { consentProofs, customerOr404, orderRows, parkedReason, tagsInUse } from './store.ts'
import { readTimeline, timelineChannels } from './timeline.ts'

const MOST_SHOWN = 500
const MOST_TAGS = 200

/** Why addresses of this customer may not be sent to, by channel. */
async function suppressionsOf(
  core: Core,
  workspace: Uuid,
  state: CustomerState,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const channel of CHANNEL_NAMES) {
    const address = addressFor(state, channel)
    if (address === null) continue
    const consent = state.consent[`${channel}/marketing`]
    const line = lineParts(address.value)
    const sentTo = channel === 'line' ? line.uid : address.value
    const friendship = friendshipWith(state, line.provider)
    const reason = await suppressionOf(core.pool, {
      workspace,
      channel,
      address: sentTo,
      hidden: hiddenAddress(core.secrets, workspace, channel, sentTo),
      consentAt: consent?.on ? consent.at : null,
      followAt: channel === 'line' && friendship?.following ? friendship.at : null,
    })
    if (reason !== null) found.set(channel, reason)
  }
  return found
}

export const customerRoutes = {
  async customers({ core, workspace, query }) {
    const { segment, ...rest } = query
    if (segment === undefined) return listCustomers(core, workspace, rest)
    const { n } = await findSegment(core.pool, workspace.id, idOr404('seg', segment))
    return listCustomers(core, workspace, { ...rest, segment: n })
  },

  async customerTags({ core, workspace }) {
    return { items: await tagsInUse(core.history, workspace.id, MOST_TAGS) }
  },

  async customer({ core, workspace, params }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
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
    const { state } = await customerOr404(core.pool, workspace.id, params.customer)
    const { items, next } = await readTimeline(
      core.history,
      {
        workspace: workspace.id,
        customers: [state.id, ...state.absorbed],
        kind: query.kind,
        phase: query.phase,
        channel: query.channel,
        ...(query.from !== undefined && { from: Date.parse(query.from) }),
        ...(query.to !== undefined && { to: Date.parse(query.to) }),
        q: query.q?.trim(),
        names: query.names?.split(',').filter(Boolean),
      },
      query,
    )
    return { items: items.map(({ customer: _, ...item }) => item), next }
  },

  async timelineChannels({ core, workspace, params }) {
    const { state } = await customerOr404(core.pool, workspace.id, params.customer)
    return {
      items: await timelineChannels(core.history, workspace.id, [state.id, ...state.absorbed]),
    }
  },

  async customerOrders({ core, workspace, params }) {
    const { id } = await customerOr404(core.pool, workspace.id, params.customer)
    const items = ordersOf(await orderRows(core.pool, workspace.id, id))
    return { items: items.slice(0, MOST_SHOWN), more: items.length > MOST_SHOWN }
  },

  async consentProofs({ core, workspace, params }) {
    const { state } = await customerOr404(core.pool, workspace.id, params.customer)
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

  async customerCommand({ core, workspace, params, body, caller, scopes, idempotencyKey }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
    if (body.do === 'say' && !scopes.has('messages:write'))
      throw new Problem(403, 'forbidden', 'You may not write to customers', {
        action: 'Ask an administrator for a role that may.',
      })
    return runCommand(core, {
      workspace: workspace.id,
      customer: customer.id,
      key: idempotencyKey,
      actor: actorOf(caller),
      command: await commandOf(core, workspace.id, body, actorOf(caller)),
    })
  },

  async unpark({ core, workspace, params }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
    if (!(await unpark(core, workspace.id, customer.id)))
      throw new Problem(409, 'not_parked', 'This customer is not set aside', {
        action: 'Nothing is to be done.',
      })
    return { ok: true as const }
  },
} satisfies Handlers

type CommandInput = Parameters<NonNullable<Handlers['customerCommand']>>[0]['body']

/** Public ids become UUIDs; what they name must be of this workspace. */
async function commandOf(
  core: Core,
  workspace: Uuid,
  body: CommandInput,
  by: string,
): Promise<CommandBody['command']> {
  if (body.do === 'enroll') {
    const journey = idOr404('jrn', body.journey, 'journey')
    if (!(await journeyNames(core.pool, workspace, [journey])).has(journey)) throw notFound('jrn', 'journey')
    return { do: 'enroll', journey }
  }
  if (body.do === 'remove_enrollment') {
    return { do: 'remove_enrollment', enrollment: idOr404('enr', body.enrollment, 'enrollment') }
  }
  if (body.do === 'say') {
    const { account, ...said } = body
    if (said.content.channel !== said.channel)
      throw new Problem(400, 'other_channel', 'The content is for another channel', {
        path: '/content/channel',
        action: 'Give content of the channel that you write by.',
      })
    return {
      ...said,
      ...(account === undefined ? {} : { account: idOr404('chn', account, 'account') }),
      origin: 'reply',
      by,
    }
  }
  return body
}
