// What a published world asks of each event, worked out once for each World object: which journeys it may start, which
// event leaves it may satisfy, which journeys wait for a moment.
import { rulesIn } from '../channels/content.ts'
import type { World } from '../customers/world.ts'
import type { Uuid } from '../platform/ids.ts'
import { leavesOf } from '../rules/evaluate.ts'
import { memoriesOf, type Memories } from '../rules/memories.ts'
import type { Rule } from '../rules/model.ts'
import { capPlan, type CapPlan } from './caps.ts'
import type { PublishedJourney } from './model.ts'
import { messagesWaitedFor } from './nodes/wait-event.ts'
import { nodeType } from './register.ts'
import { triggerTypeOf } from './triggers/register.ts'
import type { TriggerType } from './triggers/type.ts'

/** A journey that admits, and the kind of its trigger. */
export type Admission = { journey: PublishedJourney; type: TriggerType }

export type Plan = {
  /** by the fact's name: journeys that it may start */
  triggers: Map<string, Admission[]>
  /** what rules of segments, and of journeys in which people may be, need to know of the past */
  memories: Memories
  /** a rule of a journey asks for what changes without telling: its runs are looked at with every event */
  restless: boolean
  /** names of facts that answer questions of journeys */
  heard: ReadonlySet<string>
  /** a journey asks for the hour at which somebody acts most: it is counted */
  hours: boolean
  /** journeys that a moment of the customer's own starts, also while they are paused (they then admit nobody) */
  dates: Admission[]
  /** of `dates`: by a fact's name, and by an attribute, after which the moment is another */
  movedBy: { facts: Map<string, Admission[]>; traits: Map<string, Admission[]> }
  /** journeys that one moment starts for everybody */
  commons: Admission[]
  /** the version that admits (or would, when it is paused or stopped) */
  current: Map<Uuid, PublishedJourney>
  versions: Map<Uuid, Map<number, PublishedJourney>>
  /** versions whose publication moves people of earlier ones, oldest first */
  moving: Map<Uuid, PublishedJourney[]>
  /** null: no sends are counted */
  caps: CapPlan | null
}

const plans = new WeakMap<World, Plan>()

/** Compiled once for each World object, so a world must never be changed in place. */
export function planOf(world: World): Plan {
  let plan = plans.get(world)
  if (plan === undefined) plans.set(world, (plan = compile(world)))
  return plan
}

function rulesOf(journey: PublishedJourney): Rule[] {
  const { goal, exits, filter, nodes, policy } = journey.graph
  const rules = exits.map(e => e.rule)
  if (goal) rules.push(goal.rule)
  if (filter) rules.push(filter)
  for (const { measure } of policy?.kpis ?? []) if (measure.kind === 'rule') rules.push(measure.rule)
  for (const node of Object.values(nodes)) rules.push(...(nodeType(node.type)?.rules?.(node.fields) ?? []))
  return rules
}

/** Rules inside messages: asked when they are sent, not of runs; what they need of the past is remembered. */
function contentRulesOf(journey: PublishedJourney): Rule[] {
  return Object.values(journey.graph.nodes).flatMap(({ fields }) => {
    const options = Array.isArray(fields.options) ? (fields.options as { content?: unknown }[]) : []
    return [fields.content, ...options.map(o => o?.content)].flatMap(content =>
      rulesIn(content).map(r => r.rule as Rule),
    )
  })
}

/** Leaves about what no change of traits, tags or identifiers and no event that is remembered goes with. */
const QUIET: ReadonlySet<Rule['op']> = new Set([
  'channel',
  'clock',
  'consent',
  'coupon',
  'likes',
  'points',
  'tier',
  'touch',
])

const NOTHING: ReadonlySet<string> = new Set()
/** How people answer a question: by a button, or in their own words. */
const ANSWERS: ReadonlySet<string> = new Set(
  ['line', 'whatsapp', 'messenger', 'instagram'].flatMap(c => [`${c}.postback`, `${c}.message`]),
)

const NO_MEMORIES = memoriesOf([], undefined)

function compile(world: World): Plan {
  const rules: Rule[] = []
  /** of those who are not in a journey yet, and of messages: nobody's run is looked at for them */
  const ofEntry: Rule[] = []
  const plan: Plan = {
    triggers: new Map(),
    memories: NO_MEMORIES,
    restless: false,
    heard: NOTHING,
    hours: world.hours === true,
    dates: [],
    movedBy: { facts: new Map(), traits: new Map() },
    commons: [],
    current: new Map(),
    versions: new Map(),
    moving: new Map(),
    caps: capPlan(world),
  }
  for (const journey of world.journeys) {
    const versions = plan.versions.get(journey.id) ?? new Map<number, PublishedJourney>()
    plan.versions.set(journey.id, versions.set(journey.version, journey))
    if (journey.moves) plan.moving.set(journey.id, [...(plan.moving.get(journey.id) ?? []), journey])
    if (journey.status !== 'draining') {
      plan.current.set(journey.id, journey)
      if (journey.status !== 'stopped') ofEntry.push(...admit(plan, journey, world))
    }
    if (journey.status !== 'stopped') {
      rules.push(...rulesOf(journey))
      ofEntry.push(...contentRulesOf(journey))
      const nodes = Object.values(journey.graph.nodes)
      if (nodes.some(n => n.type === 'ask')) plan.heard = ANSWERS
      plan.hours ||= nodes.some(n => n.type === 'delay' && n.fields.mode === 'best')
    }
  }
  plan.restless = rules.flatMap(leavesOf).some(leaf => QUIET.has(leaf.op))
  for (const { groups } of world.segments ?? [])
    for (const { rule } of groups) if (rule !== null) rules.push(rule)
  plan.memories = memoriesOf([...rules, ...ofEntry], world.memories)
  return plan
}

/** Puts the journey where its trigger is looked for; gives the rules of its entry. */
function admit(plan: Plan, journey: PublishedJourney, world: World): Rule[] {
  const { trigger, entry } = journey.graph
  const type = triggerTypeOf(trigger)
  if (type === undefined) return []
  const admission: Admission = { journey, type }
  const put = (map: Map<string, Admission[]>, names: string[] | undefined): void => {
    for (const name of names ?? []) map.set(name, [...(map.get(name) ?? []), admission])
  }
  put(plan.triggers, type.facts?.(trigger))
  if (type.moment !== undefined) {
    plan.dates.push(admission)
    const moves = type.moves?.(trigger)
    put(plan.movedBy.facts, moves?.facts)
    put(plan.movedBy.traits, moves?.traits)
  }
  if (type.common !== undefined) plan.commons.push(admission)
  const rules = type.rules?.(trigger, world) ?? []
  return entry?.exclude === undefined ? rules : [...rules, entry.exclude]
}

/** The version a run is on; null when it must end (stopped, or no longer published). */
export function runningJourney(plan: Plan, id: Uuid, version: number): PublishedJourney | null {
  if (plan.current.get(id)?.status === 'stopped') return null
  const journey = plan.versions.get(id)?.get(version)
  return journey === undefined || journey.status === 'stopped' ? null : journey
}

/** The nodes whose messages another node waits to be read. */
export function watchedNodes(journey: PublishedJourney): ReadonlySet<string> {
  let nodes = watched.get(journey)
  if (nodes === undefined) {
    nodes = new Set(
      Object.values(journey.graph.nodes).flatMap(n =>
        n.type === 'wait_event' ? messagesWaitedFor(n.fields) : [],
      ),
    )
    watched.set(journey, nodes)
  }
  return nodes
}
const watched = new WeakMap<PublishedJourney, ReadonlySet<string>>()

/** Whether a node waits for an answer of the customer. */
export const asks = (journey: PublishedJourney, node: string): boolean =>
  Object.hasOwn(journey.graph.nodes, node) && journey.graph.nodes[node]!.type === 'ask'

/** Runs of a paused journey wait, on whatever version they are. */
export const isPaused = (plan: Plan, id: Uuid): boolean => plan.current.get(id)?.status === 'paused'
