// The last look before a journey is published: whom it would take in at once, how they can be reached, what that costs and
// what is left to send; and who stays out, and why.
import { newestWorld } from '../catalogue/publish.ts'
import type { Out } from '../contract.ts'
import type { ChannelName } from '../channels/model.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { triggerTypeOf } from '../journeys/triggers/register.ts'
import { takenEver } from '../messages/limit-store.ts'
import { channelCosts } from '../messages/channel-costs.ts'
import type { Core } from '../platform/core.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { audienceOf, peopleSince, type Audience } from './audience.ts'
import { contextOf } from './preview.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

/** More people at once than this are confirmed by their number. */
export const CONFIRM_ABOVE = 10_000
const RECENT_DAYS = 7
const DAY_MS = 86_400_000

/** Of a broadcast: whom it is for; else null. */
export const amongOf = ({ trigger }: JourneyGraph): Rule | null =>
  trigger.kind !== 'broadcast'
    ? null
    : trigger.segment === undefined
      ? reachableBy(trigger.channels, trigger.purpose)
      : inSegment(trigger.segment, trigger.group)

/** Who enters together: present members of the trigger's segment, or all whom its next moment is for. */
async function together(
  core: Core,
  workspace: Uuid,
  graph: JourneyGraph,
  now: number,
): Promise<{ among: Rule; at: number | null } | null> {
  const { trigger, entry } = graph
  const told = amongOf(graph)
  if (told !== null) return { among: told, at: null }
  const type = triggerTypeOf(trigger)
  if (entry?.backfill && 'segment' in trigger && typeof trigger.segment === 'string')
    return { among: inSegment(trigger.segment, 'group' in trigger ? trigger.group : undefined), at: null }
  if (type?.common === undefined) return null
  const at = type.common(trigger, await newestWorld(core.pool, workspace), now)
  if (at === null) return null
  const within = type.segment?.(trigger) ?? null
  return { among: within ? inSegment(within.segment, within.group) : EVERYBODY, at }
}

const EVERYBODY: Rule = { op: 'not', rule: { op: 'percent', salt: '', from: 0, to: 0 } }

const reachableBy = (channels: ChannelName[], purpose: 'marketing' | 'transactional'): Rule => ({
  op: 'or',
  rules: channels.map(channel => ({
    op: 'channel',
    channel,
    is: purpose === 'marketing' ? 'reachable' : 'bound',
  })),
})

const inSegment = (segment: string, group: unknown): Rule => ({
  op: 'segment',
  segment,
  is: 'in',
  ...(typeof group === 'string' ? { group } : {}),
})

/** Channels that the graph's nodes write to, and how many messages of each one person gets at most: of a reach node the
 *  channel that reaches them, so each of its channels may be it; of a question the one it asks on. */
function sendsOf(graph: JourneyGraph): Map<string, number> {
  const sends = new Map<string, number>()
  for (const { type, fields } of Object.values(graph.nodes))
    for (const channel of channelsOf(type, fields)) sends.set(channel, (sends.get(channel) ?? 0) + 1)
  return sends
}

function channelsOf(type: string, fields: Record<string, unknown>): Set<string> {
  if (type === 'ask') return new Set([typeof fields.channel === 'string' ? fields.channel : 'line'])
  const from = type === 'send' ? [fields] : type === 'reach' ? fields.options : []
  return new Set(
    (Array.isArray(from) ? from : []).flatMap((o: { channel?: unknown } | null) =>
      typeof o?.channel === 'string' ? [o.channel] : [],
    ),
  )
}

type Asked = Pick<WorkspaceRow, 'id' | 'timezone' | 'currency' | 'clockOffsetMs'>

/** How many enter at once; null: nobody does. History is asked only where somebody may. */
export async function peopleAtOnce(
  core: Core,
  workspace: Asked,
  journey: Uuid,
  graph: JourneyGraph,
): Promise<number | null> {
  const now = workspaceNow(workspace)
  const who = await together(core, workspace.id, graph, now)
  return who === null ? null : (await count(core, workspace, journey, graph, who.among, now, [])).people
}

const count = async (
  core: Core,
  workspace: Asked,
  journey: Uuid,
  graph: JourneyGraph,
  among: Rule,
  now: number,
  channels: string[],
): Promise<Audience> => {
  const ctx = await contextOf(core.pool, workspace, now)
  const found = await audienceOf(core.history, ctx, journey, graph, among, channels)
  const most = graph.entry?.canaryPeople
  if (most === undefined) return found
  const left = Math.max(0, most - (await takenEver(core.pool, workspace.id, `canary:${journey}`)))
  return left < found.people ? firstOf(found, left) : found
}

/** Only so many of them come in; which ones nobody knows, so of a channel and the control group at most so many. */
const firstOf = (found: Audience, people: number): Audience => ({
  ...found,
  people,
  excluded: [{ reason: 'canary', people: found.people - people }, ...found.excluded],
  reach: found.reach.map(r => ({ ...r, people: Math.min(r.people, people) })),
  control: Math.min(found.control, people),
})

export async function publishAudience(
  core: Core,
  workspace: Asked,
  journey: Uuid,
  graph: JourneyGraph,
): Promise<Out<'publishAudience'>> {
  const now = workspaceNow(workspace)
  const sends = sendsOf(graph)
  const [who, costs] = await Promise.all([
    together(core, workspace.id, graph, now),
    channelCosts(core.pool, workspace, now),
  ])
  const counted =
    who === null ? null : await count(core, workspace, journey, graph, who.among, now, [...sends.keys()])
  const names = triggerTypeOf(graph.trigger)?.facts?.(graph.trigger) ?? []
  const recent =
    who !== null || names.length === 0
      ? null
      : await peopleSince(core.history, workspace.id, names, now - RECENT_DAYS * DAY_MS)
  return {
    when: who === null ? 'later' : who.at === null ? 'now' : 'moment',
    at: who?.at ? new Date(who.at).toISOString() : null,
    candidates: counted?.candidates ?? null,
    people: counted?.people ?? null,
    excluded: counted?.excluded ?? [],
    control: counted?.control ?? null,
    channels: [...sends].map(([channel, messages]) => {
      const known = costs.find(c => c.channel === channel)
      const people = counted?.reach.find(r => r.channel === channel)?.people ?? null
      const costPerMessage = known?.costPerMessage ?? 0
      return {
        channel,
        messages,
        people,
        costPerMessage,
        cost: people === null ? null : Math.round(people * messages * costPerMessage),
        quota: known?.quota ?? null,
      }
    }),
    recent: recent === null ? null : { days: RECENT_DAYS, people: recent },
    currency: workspace.currency,
    confirmAbove: CONFIRM_ABOVE,
    asOf: new Date(now).toISOString(),
  }
}
