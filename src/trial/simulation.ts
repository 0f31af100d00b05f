// What a simulation starts from: the published world with the draft in it, and somebody real as a draft would meet them.
import type { Out } from '../contract.ts'
import { newestWorld } from '../catalogue/publish.ts'
import { ALL_ORDERS } from '../customers/order-worth.ts'
import { type CustomerState, nameOf } from '../customers/model.ts'
import type { Attribute } from '../customers/attributes.ts'
import { findCustomer } from '../customers/store.ts'
import type { World } from '../customers/world.ts'
import { loadFacts } from '../inbox/facts.ts'
import type { Facts } from '../inbox/model.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { planOf } from '../journeys/plan.ts'
import { problemsOfDraft } from '../journeys/publish.ts'
import { asNewcomer, trialWorld } from '../journeys/simulate-start.ts'
import type { SimStart, Walk } from '../journeys/walk.ts'
import type { JourneyRecord } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import { recall } from '../segments/why.ts'
import type { LimitsNow } from './limits-now.ts'

/** A graph that can be walked: whole but for what only publishing asks for.
 *  @throws Problem 400 `graph_invalid` */
export function walkable(graph: unknown): JourneyGraph {
  const checked = problemsOfDraft(graph)
  const problem = checked.problems[0]
  if (checked.graph !== null && problem === undefined) return checked.graph
  throw new Problem(400, 'graph_invalid', problem?.message.en ?? 'The graph cannot be read', {
    path: problem ? `${problem.node === null ? '' : `/nodes/${problem.node}`}${problem.path}` : 'graph',
    action: 'Mend this first; the draft’s problems are listed with it.',
  })
}

/** The world in which this graph is tried, as the version that it would get. */
export async function worldFor(
  sql: Sql,
  workspace: Uuid,
  journey: JourneyRecord,
  graph: JourneyGraph,
  beside: boolean,
): Promise<World> {
  const version = (journey.liveVersion ?? 0) + 1
  return trialWorld(await newestWorld(sql, workspace), { id: journey.id, version, graph }, beside)
}

/** The world with what is being edited in it, where that is whole; else with the live version, or without the journey. */
export async function editedWorld(sql: Sql, workspace: Uuid, journey: JourneyRecord): Promise<World> {
  const { graph, problems } = problemsOfDraft(journey.draft)
  const whole = problems.length === 0 ? graph : journey.live
  return whole === null ? newestWorld(sql, workspace) : worldFor(sql, workspace, journey, whole, true)
}

export async function channelsWithAccount(sql: Sql, workspace: Uuid): Promise<string[]> {
  const { rows } = await sql.query<{ channel: string }>(
    'select distinct channel from channel_account where workspace_id = $1 and archived_at is null order by channel',
    [workspace],
  )
  return rows.map(r => r.channel)
}

/** Somebody real as this journey would meet them for the first time, and the rows of their orders.
 *  @throws Problem 404 `customer_not_found` */
export async function realPerson(
  core: Core,
  workspace: WorkspaceRow,
  world: World,
  journey: Uuid,
  id: Uuid,
): Promise<{ person: CustomerState; facts: Facts }> {
  const found = await findCustomer(core.pool, workspace.id, id)
  if (!found) throw notFound('cus', 'customer')
  const { state } = found
  const ctx = {
    workspace: workspace.id,
    at: Date.now() + workspace.clockOffsetMs,
    timezone: world.timezone,
    currency: world.currency,
  }
  const mem = await recall(core, ctx, state, planOf(world).memories)
  const facts = await loadFacts(core.pool, [{ workspace: workspace.id, customer: state.id, key: ALL_ORDERS }])
  return { person: asNewcomer({ ...state, mem }, journey), facts: facts.get(state.id) ?? {} }
}

/** A state in the parts that the contract masks, each by what it is. Where messages go to is no part of it. */
export function maskable(state: CustomerState, attributes: Attribute[]): Out<'simulationPerson'> {
  const { push: _tokens, ids, traits, ...rest } = state
  return {
    name: nameOf(state),
    identifiers: ids.map(({ kind, value }) => ({ kind, value })),
    traits: Object.entries(traits).map(([name, { v }]) => ({
      name,
      value: v,
      sensitive: attributes.find(a => a.name === name)?.sensitive ?? false,
    })),
    state: {
      ...rest,
      ids: ids.map(({ value: _value, ...held }) => held),
      traits: Object.fromEntries(Object.entries(traits).map(([name, { v: _v, ...told }]) => [name, told])),
    },
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** `limits`: of each message, in order; null: nobody real walked. */
export function presentWalk(
  walk: Walk,
  { journey }: Pick<SimStart, 'journey'>,
  limits: LimitsNow | null,
): Out<'simulateJourney'> {
  return {
    at: iso(walk.at),
    next: walk.next === null ? null : iso(walk.next),
    lines: walk.lines.map(l => ({
      at: iso(l.at),
      by: l.by,
      name: l.name,
      props: l.props,
      own: l.journey === journey,
      node: l.node ?? null,
      message: l.message ? publicId('msg', l.message) : null,
      action: l.action,
    })),
    messages: walk.messages.map(({ id, node, channel, purpose, at, state, reason, content }, i) => ({
      id: publicId('msg', id),
      node,
      channel,
      purpose,
      at: iso(at),
      state,
      reason,
      content,
      limits: limits?.of[i] ?? [],
    })),
    limitsAt: limits && iso(limits.at),
    visits: walk.visits,
    ways: walk.ways,
    here: walk.here,
    control: walk.control,
    fault: walk.fault,
  }
}
