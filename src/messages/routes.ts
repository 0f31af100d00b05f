// Handlers of the send ledger.
import type { Out } from '../contract.ts'
import { nameOf } from '../customers/model.ts'
import { customersById, findCustomer } from '../customers/store.ts'
import { readTimeline } from '../customers/timeline.ts'
import { journeyNames, nodeKey, nodeNames } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { sayRule } from './frequency.ts'
import { findMessage, invariantOf, listMessages, listSuppressions, type LedgerRow } from './ledger.ts'
import { limitUsage } from './limit-usage.ts'
import { settleMessage } from './settle.ts'
import { unlessDown } from '../platform/clickhouse.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

type Row = Out<'messages'>['items'][number]

async function rowsOf(core: Core, workspace: Uuid, list: LedgerRow[]): Promise<Row[]> {
  const nodeOf = ({ journey, version, node }: LedgerRow) =>
    journey === null || node === null ? [] : [{ journey, version, node }]
  const [customers, journeys, nodes] = await Promise.all([
    customersById(core.pool, workspace, [...new Set(list.map(m => m.customer))]),
    journeyNames(core.pool, workspace, [...new Set(list.flatMap(m => (m.journey ? [m.journey] : [])))]),
    nodeNames(core.pool, workspace, list.flatMap(nodeOf)),
  ])
  return list.map(m => {
    const customer = customers.get(m.customer)
    return {
      id: publicId('msg', m.id),
      customer: publicId('cus', m.customer),
      customerName: customer && !customer.mergedInto ? nameOf(customer.state) : null,
      channel: m.channel,
      state: m.state,
      reason: m.reason,
      journey: m.journey && publicId('jrn', m.journey),
      journeyName: (m.journey && journeys.get(m.journey)) ?? null,
      node: m.node,
      nodeName: nodeOf(m).map(n => nodes.get(nodeKey(n)))[0] ?? null,
      at: m.created.toISOString(),
      changedAt: m.changed.toISOString(),
      origin: m.origin,
      cost: m.cost,
      account: m.account && publicId('chn', m.account),
      heldBy: m.heldBy && { rule: publicId('frq', m.heldBy.rule), say: sayRule(m.heldBy.as) },
    }
  })
}

/** A customer's messages are also those of whom it absorbed. */
async function customerIds(core: Core, workspace: Uuid, text: string): Promise<Uuid[]> {
  const customer = await findCustomer(core.pool, workspace, idOr404('cus', text, 'customer'))
  if (!customer) throw notFound('cus', 'customer')
  return [customer.id, ...customer.state.absorbed]
}

async function messageTimeline(core: Core, workspace: Uuid, message: Uuid) {
  const asked = readTimeline(core.history, { workspace, customers: null, message }, { limit: 100 })
  const found = await unlessDown(asked)
  return (found?.items ?? []).map(({ customer: _, ...item }) => item)
}

export const messageRoutes = {
  async messages({ core, workspace, query }) {
    const position = readCursor(query.cursor, isTexts(2))
    const filter = {
      state: query.state,
      channel: query.channel,
      journey: query.journey ? idOr404('jrn', query.journey, 'journey') : undefined,
      customer: query.customer ? await customerIds(core, workspace.id, query.customer) : undefined,
      ids: query.ids?.split(',').map(text => idOr404('msg', text)),
    }
    const after = position && { created: position[0]!, id: position[1]! }
    const [found, invariant] = await Promise.all([
      listMessages(core.pool, workspace.id, filter, after, query.limit + 1),
      invariantOf(core, workspace.id),
    ])
    const { at, ...counted } = invariant
    const { shown, next } = cutPage(found, query.limit, last => [last.created.toISOString(), last.id])
    return {
      items: await rowsOf(core, workspace.id, shown),
      next,
      currency: workspace.currency,
      invariant: { ...counted, asOf: new Date(at + workspace.clockOffsetMs).toISOString() },
    }
  },

  async message({ core, workspace, params }) {
    const id = idOr404('msg', params.message)
    const found = await findMessage(core.pool, workspace.id, id)
    if (!found) throw notFound('msg')
    const [[row], timeline] = await Promise.all([
      rowsOf(core, workspace.id, [found]),
      messageTimeline(core, workspace.id, id),
    ])
    return {
      ...row!,
      content: found.intent.content,
      rendered: found.rendered,
      attempts: found.attempts,
      providerId: found.providerId,
      notBefore: new Date(found.intent.notBefore).toISOString(),
      notAfter: found.intent.notAfter === null ? null : new Date(found.intent.notAfter).toISOString(),
      timeline,
    }
  },

  async resolveMessage({ core, workspace, params, body }) {
    await settleMessage(core, workspace.id, idOr404('msg', params.message), body.as, workspaceNow(workspace))
    return { ok: true as const }
  },

  async limits({ core, workspace }) {
    const used = await limitUsage(core.pool, workspace.id, workspaceNow(workspace), workspace.timezone)
    return {
      items: used.map(u => ({ ...u, since: u.since === null ? null : new Date(u.since).toISOString() })),
      currency: workspace.currency,
    }
  },

  async suppressions({ core, workspace, query }) {
    const at = readCursor(query.cursor, isTexts(2))
    const after = at && { channel: at[0]!, address: at[1]! }
    const found = await listSuppressions(core.pool, workspace.id, after, query.limit + 1)
    const { shown, next } = cutPage(found, query.limit, last => [last.channel, last.address])
    return {
      items: shown.map(s => ({ ...s, at: s.at.toISOString() })),
      next,
    }
  },
} satisfies Handlers
