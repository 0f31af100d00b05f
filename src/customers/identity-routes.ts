// Handlers of who is who: conflicts and their decision, merge and unmerge with previews, hints of households.
import type { Out } from '../contract.ts'
import { runCommand } from '../inbox/command.ts'
import type { CommandBody } from '../inbox/model.ts'
import { openWorlds } from '../inbox/worlds.ts'
import { journeyNames } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { isTexts, readCursor, writeCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Call, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { IDENTIFIER_KINDS } from '../rules/identifiers.ts'
import {
  ADDRESS_TRAITS,
  conflictsOf,
  countOpenConflicts,
  findConflict,
  sameHousehold,
  type ConflictRow,
} from './identity-store.ts'
import type { IdRef } from './model.ts'
import { mergedState, mergePreviewOf, personOf } from './preview.ts'
import { heldId } from './shared.ts'
import { findCustomer, type StoredCustomer } from './store.ts'
import { orderRowsOf } from '../inbox/order-rows.ts'
import { previewSplit, unmerge } from './unmerge.ts'

type Conflict = Out<'identityConflicts'>['items'][number]
type Result = Out<'mergeCustomers'>

async function liveCustomer(
  core: Core,
  workspace: Uuid,
  text: string,
  path?: string,
): Promise<StoredCustomer> {
  const found = await findCustomer(core.pool, workspace, idOr404('cus', text, path))
  if (!found) throw notFound('cus', path)
  return found
}

/** The two of them, the smaller id, which survives, first. */
async function pairOf(
  core: Core,
  workspace: Uuid,
  a: string,
  b: string,
): Promise<[StoredCustomer, StoredCustomer]> {
  const one = await liveCustomer(core, workspace, a)
  const two = await liveCustomer(core, workspace, b, 'with')
  if (one.id === two.id)
    throw new Problem(409, 'same_customer', 'These two are one customer already', {
      path: 'with',
      action: 'Choose somebody else.',
    })
  return one.id < two.id ? [one, two] : [two, one]
}

async function present(core: Core, workspace: Uuid, row: ConflictRow): Promise<Conflict> {
  const found = await Promise.all([row.one, row.two].map(id => findCustomer(core.pool, workspace, id)))
  const people = new Map(found.flatMap(c => (c ? [[c.id, personOf(c.state)] as const] : [])))
  return {
    id: publicId('cfl', row.id),
    reason: row.reason,
    identifiers: row.ids,
    event:
      row.event_id === null
        ? null
        : { id: row.event_id, name: row.event_name ?? '', source: row.source ?? '' },
    at: row.at.toISOString(),
    // they may have become one since in another way
    status: row.status === 'open' && found[0]?.id === found[1]?.id ? 'merged' : row.status,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
    people: [...people.values()],
  }
}

type Writing = Call<'mergeCustomers'> | Call<'decideConflict'> | Call<'unmergeCustomer'>

/** Sends the command to its owner; what it refuses becomes a problem. */
async function carryOut(
  call: Writing,
  customer: Uuid,
  command: CommandBody['command'],
  then: Uuid,
): Promise<Result> {
  const answer = await runCommand(call.core, {
    workspace: call.workspace.id,
    customer,
    key: null,
    actor: actorOf(call.caller),
    command,
  })
  if (answer.status === 202) call.setStatus(202)
  if (answer.status >= 400) {
    const body = answer.body as { code: string; title: string; action: string; path?: string }
    throw new Problem(answer.status, body.code, body.title, {
      action: body.action,
      ...(body.path ? { path: body.path } : {}),
    })
  }
  return { status: answer.status === 202 ? 'pending' : 'done', customer: publicId('cus', then) }
}

const merge = (call: Writing, [one, two]: [StoredCustomer, StoredCustomer]): Promise<Result> =>
  carryOut(call, two.id, { do: 'merge', into: one.id }, one.id)

function identifierOf(given: { kind: string; value: string }): IdRef {
  const kind = IDENTIFIER_KINDS.find(k => k === given.kind)
  if (!kind)
    throw new Problem(400, 'invalid', 'This is not a kind of identifier', {
      path: 'identifier.kind',
      action: `Kinds are ${IDENTIFIER_KINDS.join(', ')}.`,
    })
  return { kind, value: given.value }
}

/** Until the owners have folded what an unmerge left for them, at most two seconds and a half. */
async function stands(core: Core, workspace: Uuid, id: Uuid): Promise<boolean> {
  for (let i = 0; i < 25; i++) {
    const found = await findCustomer(core.pool, workspace, id)
    if (found?.id === id) return true
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  return false
}

async function newestWorld(core: Core, workspace: WorkspaceRow) {
  const { rows } = await core.pool.query<{ no: number }>(
    'select catalogue_no as no from workspace where id = $1',
    [workspace.id],
  )
  const { no } = rows[0]!
  const worlds = openWorlds()
  await worlds.load(core.pool, [{ workspace: workspace.id, no }])
  return worlds.get(workspace.id, no)
}

export const identityRoutes = {
  async identityConflicts({ core, workspace, query }) {
    const below = readCursor(query.cursor, isTexts(2))
    const position = below ? { at: below[0]!, id: below[1]! } : null
    const rows = await conflictsOf(
      core.pool,
      workspace.id,
      query.status === 'open',
      position,
      query.limit + 1,
    )
    const shown = rows.slice(0, query.limit)
    const items = await Promise.all(shown.map(row => present(core, workspace.id, row)))
    const last = shown.at(-1)
    return {
      items: items.filter(i => (i.status === 'open') === (query.status === 'open')),
      next: rows.length > shown.length && last ? writeCursor([last.at.toISOString(), last.id]) : null,
      open: await countOpenConflicts(core.pool, workspace.id),
    }
  },

  async decideConflict(call) {
    const { core, workspace, params, body } = call
    const row = await findConflict(core.pool, workspace.id, idOr404('cfl', params.conflict))
    if (!row) throw notFound('cfl')
    const [one, two] = await pairOf(core, workspace.id, publicId('cus', row.one), publicId('cus', row.two))
    if (body.do === 'merge') return merge(call, [one, two])
    if (body.do === 'apart')
      return carryOut(call, one.id, { do: 'keep_apart', from: two.id, conflict: row.id }, one.id)
    const to = idOr404('cus', body.to, 'to')
    const giver = [one, two].find(c => c.id !== to)
    if (!giver || (to !== one.id && to !== two.id))
      throw new Problem(400, 'invalid', 'The identifier can go to one of the two only', {
        path: 'to',
        action: 'Choose one of the two.',
      })
    const id = identifierOf(body.identifier)
    if (!heldId(giver.state, id) && heldId((giver === one ? two : one).state, id))
      // it is with its owner already; what remains is that the other does not claim it
      return carryOut(call, one.id, { do: 'keep_apart', from: two.id, conflict: row.id }, to)
    return carryOut(call, giver.id, { do: 'give_identifier', id, to, conflict: row.id }, to)
  },

  async mergePreview({ core, workspace, params, query }) {
    const [one, two] = await pairOf(core, workspace.id, params.customer ?? '', query.with)
    const [ours, theirs, world] = await Promise.all([
      orderRowsOf(core.pool, workspace.id, one.id),
      orderRowsOf(core.pool, workspace.id, two.id),
      newestWorld(core, workspace),
    ])
    const together = mergedState(one.state, two.state, { survivor: ours, other: theirs }, world)
    const journeys = [...one.state.enr, ...two.state.enr].map(r => r.j)
    const names = await journeyNames(core.pool, workspace.id, journeys)
    return mergePreviewOf(one.state, two.state, together, id => names.get(id) ?? '')
  },

  async mergeCustomers(call) {
    const { core, workspace, params, body } = call
    return merge(call, await pairOf(core, workspace.id, params.customer ?? '', body.with))
  },

  async unmergePreview({ core, workspace, params, query }) {
    const survivor = await liveCustomer(core, workspace.id, params.customer ?? '')
    const parted = await previewSplit(core, workspace.id, survivor, idOr404('cus', query.from, 'from'))
    return {
      mergedAt: new Date(parted.mergedAt).toISOString(),
      survivor: { person: personOf(parted.rest), events: parted.events.rest },
      merged: { person: personOf(parted.part), events: parted.events.part },
      movedOrders: parted.orderNos,
    }
  },

  async unmergeCustomer(call) {
    const { core, workspace, params, body } = call
    const survivor = await liveCustomer(core, workspace.id, params.customer ?? '')
    const from = idOr404('cus', body.from, 'from')
    await unmerge(core, workspace.id, survivor, from, actorOf(call.caller))
    const done = await stands(core, workspace.id, from)
    if (!done) call.setStatus(202)
    return { status: done ? 'done' : 'pending', customer: publicId('cus', from) }
  },

  async householdHints({ core, workspace, params }) {
    const { state } = await liveCustomer(core, workspace.id, params.customer ?? '')
    const said = (name: string) => {
      const value = state.traits[name]?.v
      return typeof value === 'string' ? value : ''
    }
    const written = ADDRESS_TRAITS.map(said).join('')
    const address = written.normalize('NFKC').toLowerCase().replace(/\s/g, '')
    // a Chinese name begins with the family name, one character but for the double ones
    const family = said('last_name') || (/^\p{Script=Han}/u.test(said('name')) ? [...said('name')][0]! : '')
    if (address === '' || family === '') return { items: [] }
    const found = await sameHousehold(core.history, workspace.id, state.id, address, family)
    return {
      items: found.map(f => ({ id: publicId('cus', f.id), name: f.name || null, address: written })),
    }
  },
} satisfies Handlers
