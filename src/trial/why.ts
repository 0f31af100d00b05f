// Why a customer did, or did not, enter a journey, reach a node, take its branch, or get a message: from what was recorded,
// and where nothing was, from what did not happen.
import type { Out } from '../contract.ts'
import { findCustomer, type StoredCustomer } from '../customers/store.ts'
import type { World } from '../customers/world.ts'
import { newestWorld } from '../catalogue/publish.ts'
import type { JourneyGraph, PublishedJourney } from '../journeys/model.ts'
import { sayNode } from '../journeys/node-name.ts'
import { planOf } from '../journeys/plan.ts'
import { nextDue } from '../journeys/schedule.ts'
import { findJourney, versionGraphs, type JourneyRecord } from '../journeys/store.ts'
import { lengthText } from '../journeys/text-values.ts'
import { unmetOf, type Unmet } from '../journeys/unmet.ts'
import { triggerTypeOf } from '../journeys/triggers/register.ts'
import { type HeldAs, sayRule } from '../messages/frequency.ts'
import { findMessage } from '../messages/ledger.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { notFound } from '../platform/public-id.ts'
import { matches } from '../rules/match.ts'
import type { PropFilter, Reason, Rule } from '../rules/model.ts'
import { factsNamed, factsOfMessage, publishedSince, walkOf, type PastFact } from './why-store.ts'
import { type Said, sayWhy, type Values } from './why-words.ts'

type Answer = Out<'whyCustomer'>
/** What decided: the answer without who and what was asked about. */
type Found = {
  happened: boolean | null
  code: string
  values?: Values
  at?: number | null
  port?: string
  rule?: Rule | null
  why?: Reason[]
  /** of a split that went on by `else` */
  unmet?: Unmet[]
  facts: PastFact[]
}

type Asked = { core: Core; workspace: WorkspaceRow; customer: StoredCustomer; people: Uuid[] }

const MOST_SHOWN = 20
/** As src/journeys/entry.ts: an event later than its lateness by more than this starts nothing, and nothing is said of it. */
const DEFAULT_LATENESS_MS = 86_400_000
const PAST_MS = 7 * 86_400_000

const iso = (ms: number): string => new Date(ms).toISOString()
const reasonsOf = (fact: PastFact | undefined): Reason[] =>
  Array.isArray(fact?.props.why) ? (fact.props.why as Reason[]) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** @throws Problem 404 for who or what is not there, 400 `ask_about` when nothing is asked about */
export async function whyCustomer(
  core: Core,
  workspace: WorkspaceRow,
  who: Uuid,
  about: { journey?: Uuid; node?: string; message?: Uuid },
): Promise<Answer> {
  const customer = await findCustomer(core.pool, workspace.id, who)
  if (!customer) throw notFound('cus', 'customer')
  const asked: Asked = { core, workspace, customer, people: [customer.id, ...customer.state.absorbed] }
  if (about.message !== undefined) return ofMessage(asked, about.message)
  if (about.journey === undefined)
    throw new Problem(400, 'ask_about', 'Nothing is asked about', {
      path: 'journey',
      action: 'Name a journey, a node of it, or a message.',
    })
  const journey = await findJourney(core.pool, workspace.id, about.journey)
  const walk = await walkOf(core.history, workspace.id, asked.people, journey.id)
  if (about.node === undefined)
    return answer(asked, 'journey', journey, null, await ofJourney(asked, journey, walk))
  const entered = walk.find(f => f.name === 'journey.entered')
  // who never came in came to no node
  if (entered === undefined)
    return answer(asked, 'node', journey, about.node, await ofJourney(asked, journey, walk))
  const graph = await graphOf(asked, journey, entered.version)
  return answer(asked, 'node', journey, about.node, ofNode(asked, journey, graph, about.node, walk))
}

function answer(
  { workspace }: Asked,
  about: Answer['about'],
  journey: JourneyRecord | null,
  node: string | null,
  found: Found,
  message: Uuid | null = null,
): Answer {
  const graph = (journey?.live ?? journey?.draft ?? null) as Partial<JourneyGraph> | null
  return {
    asOf: iso(Date.now() + workspace.clockOffsetMs),
    about,
    journey: journey && { id: publicId('jrn', journey.id), name: journey.name },
    node: node === null ? null : { id: node, title: titleOf(graph, node) },
    message: message && publicId('msg', message),
    happened: found.happened,
    code: found.code,
    say: sayWhy(found.code, found.values),
    at: found.at == null ? null : iso(found.at),
    port: found.port ?? null,
    rule: found.rule ?? null,
    why: found.why ?? [],
    unmet: found.unmet ?? [],
    facts: found.facts.slice(0, MOST_SHOWN).map(f => ({
      at: iso(f.at),
      name: f.name,
      node: f.node || null,
      version: f.version || null,
      props: withoutWhy(f.props),
    })),
  }
}

function withoutWhy(props: Record<string, unknown>): Record<string, unknown> {
  const { why: _told, ...rest } = props
  return rest
}

const titleOf = (graph: Partial<JourneyGraph> | null, node: string): Said =>
  sayNode(graph?.nodes && Object.hasOwn(graph.nodes, node) ? graph.nodes[node] : undefined, node)

async function graphOf(
  { core, workspace }: Asked,
  journey: JourneyRecord,
  version: number,
): Promise<JourneyGraph | null> {
  const graphs = await versionGraphs(core.pool, workspace.id, [{ journey: journey.id, version }])
  return graphs.get(`${journey.id}/${version}`) ?? journey.live
}

// ── the journey ──────────────────────────────────────────────────────────────

async function ofJourney(asked: Asked, journey: JourneyRecord, walk: PastFact[]): Promise<Found> {
  const { state } = asked.customer
  const newest = walk.find(f => f.name === 'journey.entered' || f.name === 'journey.not_entered')
  const entered = walk.find(f => f.name === 'journey.entered')
  const facts = walk.filter(f => f.name.startsWith('journey.'))
  if (entered !== undefined) {
    const run = state.enr.find(r => r.j === journey.id)
    const graph = await graphOf(asked, journey, run?.v ?? entered.version)
    if (run?.ctl) return { happened: true, code: 'entered.control', at: entered.at, facts }
    // refused since: that is what the newest question is about, once nothing runs
    if (run !== undefined)
      return {
        happened: true,
        code: 'entered.waiting',
        values: { node: titleOf(graph, run.node) },
        at: entered.at,
        facts,
      }
    if (newest === entered) {
      const exited = walk.find(f => f.name === 'journey.exited')
      const how = text(exited?.props.how) || 'completed'
      return {
        happened: true,
        code: `entered.${how}`,
        values: { exit: text(exited?.props.exit), error: text(exited?.props.error) },
        at: entered.at,
        rule:
          how === 'exit_rule' ? (graph?.exits.find(x => x.name === exited?.props.exit)?.rule ?? null) : null,
        why: reasonsOf(exited),
        facts,
      }
    }
  }
  if (state.enr.some(r => r.j === journey.id && r.node === ''))
    return { happened: null, code: 'entered.ticket', facts }
  if (newest !== undefined) return refused(await graphOf(asked, journey, newest.version), newest, facts)
  return notTriggered(asked, journey)
}

function refused(graph: JourneyGraph | null, fact: PastFact, facts: PastFact[]): Found {
  const reason = text(fact.props.reason)
  const coolDown = graph?.reentry.kind === 'after_exit' ? lengthText(graph.reentry.coolDownMs) : ''
  const rules: Record<string, Rule | undefined> = { filter: graph?.filter, excluded: graph?.entry?.exclude }
  return {
    happened: false,
    code: `not_entered.${reason}`,
    values: { exit: text(fact.props.exit), key: text(fact.props.key), coolDown },
    at: fact.at,
    rule: rules[reason] ?? null,
    why: reasonsOf(fact),
    facts,
  }
}

/** Nothing was recorded: what would have had to happen, and did not. */
async function notTriggered(asked: Asked, journey: JourneyRecord): Promise<Found> {
  const { core, workspace, people } = asked
  const since = await publishedSince(core.pool, workspace.id, journey.id)
  if (since === null || journey.live === null) return { happened: false, code: 'not_published', facts: [] }
  const { trigger } = journey.live
  const type = triggerTypeOf(trigger)
  const names = type?.facts?.(trigger) ?? []
  if (names.length === 0) return ofMoment(asked, journey)
  const facts = await factsNamed(core.history, workspace.id, people, names, MOST_SHOWN)
  const newest = facts[0]
  if (newest === undefined)
    return journey.status === 'stopped'
      ? { happened: false, code: 'stopped', facts }
      : { happened: false, code: 'no_trigger', values: { events: names.join('、') }, facts }
  const where = (trigger as { where?: PropFilter[] }).where
  const fitting = facts.filter(f => matches(f.props, where))
  const seen = fitting[0] ?? newest
  const values = { event: seen.name }
  const found = (code: string): Found => ({ happened: false, code, values, at: seen.at, facts })
  if (fitting.length === 0) return found('trigger_filter')
  if (seen.rules !== 0 && seen.rules < since) return found('before_published')
  const latest = (trigger as { latenessMs?: number }).latenessMs ?? DEFAULT_LATENESS_MS
  if (seen.received - seen.at > latest + PAST_MS) return found('long_past')
  if (journey.status === 'stopped') return found('stopped')
  return trigger.kind === 'event' ? found('nothing_recorded') : found('trigger_not_met')
}

/** Time starts it: when, or that there is no moment for this customer. */
async function ofMoment({ core, workspace, customer }: Asked, journey: JourneyRecord): Promise<Found> {
  const world = await newestWorld(core.pool, workspace.id)
  const at = momentOf(world, journey.id, customer)
  if (journey.status === 'stopped') return { happened: false, code: 'stopped', facts: [] }
  if (at !== null) return { happened: false, code: 'moment_ahead', at, facts: [] }
  const { trigger } = journey.live!
  return {
    happened: false,
    code: 'no_moment',
    values: { about: triggerTypeOf(trigger)?.about?.(trigger) ?? trigger.kind },
    facts: [],
  }
}

function momentOf(world: World, journey: Uuid, { state }: StoredCustomer): number | null {
  const own = state.dates[journey]
  if (own !== undefined) return own
  const alone: PublishedJourney[] = world.journeys.filter(j => j.id === journey)
  const only: World = { ...world, journeys: alone }
  const due = nextDue({ ...state, enr: [], segDue: undefined, tagEnd: undefined }, planOf(only), only)
  return due?.at ?? null
}

// ── a node ───────────────────────────────────────────────────────────────────

function ofNode(
  { customer }: Asked,
  journey: JourneyRecord,
  graph: JourneyGraph | null,
  node: string,
  walk: PastFact[],
): Found {
  const facts = walk.filter(f => f.node === node)
  const run = customer.state.enr.find(r => r.j === journey.id)
  const title = titleOf(graph, node)
  const left = facts.find(f => f.name === 'node.left')
  const entered = facts.find(f => f.name === 'node.entered')
  if (run?.node === node)
    return { happened: true, code: 'node.waiting', values: { node: title }, at: run.nodeAt, facts }
  if (left !== undefined) {
    const port = text(left.props.port)
    const ends = port === 'end' || port === 'exit'
    return {
      happened: true,
      code: ends ? 'node.ended' : 'node.left',
      values: { node: title, port },
      at: left.at,
      port,
      rule: branchRule(graph, node, port),
      ...reasonsAt(graph, node, left),
      facts,
    }
  }
  if (entered !== undefined)
    return { happened: true, code: 'node.ended', values: { node: title }, at: entered.at, facts }
  return notReached(graph, node, walk, run)
}

/** Why it left the node by that way; where that is `else`, by branch. */
function reasonsAt(graph: JourneyGraph | null, node: string, left: PastFact): Pick<Found, 'why' | 'unmet'> {
  const why = reasonsOf(left)
  const unmet = unmetOf(graph?.nodes[node]?.fields, why)
  return unmet.length > 0 ? { why: unmet.flatMap(u => u.why), unmet } : { why }
}

/** The rule of the branch that was taken, where a branch has one. */
function branchRule(graph: JourneyGraph | null, node: string, port: string): Rule | null {
  const branches = graph?.nodes[node]?.fields.branches
  if (!Array.isArray(branches)) return null
  const found = (branches as { name?: unknown; rule?: Rule }[]).find(b => b.name === port)
  return found?.rule ?? null
}

/** Where the newest run took a way that does not lead to the node. */
function notReached(
  graph: JourneyGraph | null,
  node: string,
  walk: PastFact[],
  run: { id: Uuid; node: string; v: number } | undefined,
): Found {
  const newest = walk.find(f => f.name === 'journey.entered')!
  const path = walk.filter(f => f.enrollment === newest.enrollment)
  const title = titleOf(graph, node)
  if (graph === null || !Object.hasOwn(graph.nodes, node))
    return {
      happened: false,
      code: 'node.other_version',
      values: { node: title, version: newest.version },
      facts: path,
    }
  const leads = nodesLeadingTo(graph, node)
  // the last node on its path from which the way was open
  const last = path.find(f => f.name === 'node.left' && leads.has(f.node))
  if (run !== undefined && run.id === newest.enrollment && leads.has(run.node))
    return {
      happened: null,
      code: 'node.ahead',
      values: { node: title, from: titleOf(graph, run.node) },
      facts: path,
    }
  const exited = path.find(f => f.name === 'journey.exited')
  const port = text(last?.props.port)
  const ends = last === undefined || port === 'end' || port === 'exit'
  return {
    happened: false,
    code: ends ? 'node.ended_before' : 'node.diverted',
    values: {
      node: title,
      from: titleOf(graph, last?.node ?? exited?.node ?? graph.start),
      port,
      how: text(exited?.props.how),
    },
    at: last?.at ?? exited?.at ?? null,
    rule: ends ? null : branchRule(graph, last!.node, port),
    ...(ends ? { why: reasonsOf(exited) } : reasonsAt(graph, last!.node, last!)),
    facts: path,
  }
}

function nodesLeadingTo(graph: JourneyGraph, node: string): Set<string> {
  const found = new Set([node])
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const [id, { next }] of Object.entries(graph.nodes))
      if (Object.values(next).some(to => to !== null && found.has(to))) found.add(id)
  }
  return found
}

// ── a message ────────────────────────────────────────────────────────────────

function ruleOf(held: { as: HeldAs } | null): Record<string, string> {
  if (held === null) return {}
  const { zh, en } = sayRule(held.as)
  return { rule: zh, ruleEn: en }
}

async function ofMessage(asked: Asked, id: Uuid): Promise<Answer> {
  const { core, workspace, people } = asked
  const message = await findMessage(core.pool, workspace.id, id)
  if (!message || !people.includes(message.customer)) throw notFound('msg', 'message')
  const [facts, journey] = await Promise.all([
    factsOfMessage(core.history, workspace.id, people, id),
    message.journey === null ? null : findJourney(core.pool, workspace.id, message.journey),
  ])
  const { state, reason } = message
  const open = state === 'intended' || state === 'claimed' || state === 'sending'
  const found: Found = {
    happened: open ? null : state !== 'skipped' && state !== 'failed' && state !== 'unknown',
    code: open
      ? 'message.pending'
      : state === 'skipped'
        ? `skipped.${reason ?? 'unknown'}`
        : `message.${state}`,
    values: { reason: reason ?? '', ...ruleOf(message.heldBy) },
    at: open ? message.intent.notBefore : message.changed.getTime(),
    facts,
  }
  if (state === 'skipped' && reason === 'consent')
    found.why = [
      {
        path: '',
        leaf: 'consent',
        value: false,
        seen: asked.customer.state.consent[`${message.channel}/marketing`]?.on ?? null,
      },
    ]
  return answer(asked, 'message', journey, message.node, found, id)
}
