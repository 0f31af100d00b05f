// Publishing: the whole world of a workspace is written under the next number, and one input for each bucket tells
// the owners, all in the caller's transaction. After the commit call `core.signals.emit('inbox', '')`.
import { sendsBySeveral } from '../channels/model.ts'
import { usualCost } from '../channels/price.ts'
import { priceLists } from '../channels/price-store.ts'
import { fromSmallestUnit } from '../customers/money.ts'
import { wallDate } from '../platform/wall-time.ts'
import type { PublishedJourney } from '../journeys/model.ts'
import { planOf } from '../journeys/plan.ts'
import { triggerTypeOf } from '../journeys/triggers/register.ts'
import type { ProfileSettings } from '../customers/settings.ts'
import type { QuietHours, SendingRules, World } from '../customers/world.ts'
import { appendToAll } from '../inbox/append.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import type { Core } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import type { Sql } from '../platform/postgres.ts'
import { memoriesOf, sinceAt } from '../rules/memories.ts'
import type { PointsSettings } from '../membership/model.ts'
import type { PublishedSegment } from '../segments/model.ts'
import { publishedCampaigns } from './published-campaigns.ts'
import { publishedAttributes } from './attribute-store.ts'
import { pendingPasts, queueJob } from './jobs.ts'
import { decidedJourneys, publishedRewards } from './published-rewards.ts'
import { publishedSegments } from './published-segments.ts'

type WorkspaceFacts = {
  timezone: string
  currency: string
  settings: {
    quietHours?: QuietHours | null
    profile?: ProfileSettings
    sending?: SendingRules
    points?: PointsSettings
    proof?: { holdoutPercent?: number }
  }
  catalogue_no: number
  now: number
}

/** The world as the tables say it now: every published version of journeys that may still have people, so none of what
 *  is archived. The live version keeps the journey's status; older versions are draining (paused and stopped apply to all). */
async function readWorld(sql: Sql, workspace: Uuid, no: number, facts: WorkspaceFacts): Promise<World> {
  const { rows } = await sql.query<{
    id: Uuid
    name: string
    status: string
    version: number
    live_version: number | null
    graph: PublishedJourney['graph']
    moves: PublishedJourney['moves'] | null
  }>(
    `select j.id, j.name, j.status, v.version, j.live_version, v.graph, v.moves
       from journey j join journey_version v on v.journey_id = j.id and v.workspace_id = j.workspace_id
      where j.workspace_id = $1 and j.live_version is not null and j.status <> 'archived'
      order by j.created_at, j.id, v.version`,
    [workspace],
  )
  const attributes = await publishedAttributes(sql, workspace)
  const segments = await publishedSegments(sql, workspace)
  const costs = await channelCosts(sql, workspace, facts)
  const reach = await reachRates(sql, workspace)
  const toPhones = await sql.query(
    `select from channel_account where workspace_id = $1 and archived_at is null and settings->>'phoneNotifications' = 'on' limit 1`,
    [workspace],
  )
  const rewards = await publishedRewards(sql, workspace, facts.settings.points)
  const campaigns = await publishedCampaigns(sql, workspace)
  const best = await sql.query(
    `select from broadcast where workspace_id = $1 and spec#>>'{when,kind}' = 'best' limit 1`,
    [workspace],
  )
  return {
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(facts.settings.sending?.caps.length ? { sending: facts.settings.sending } : {}),
    ...(facts.settings.profile ? { profile: facts.settings.profile } : {}),
    ...(segments.length > 0 ? { segments } : {}),
    ...rewards,
    ...(Object.keys(costs).length > 0 ? { costs } : {}),
    ...(Object.keys(reach).length > 0 ? { reach } : {}),
    ...(toPhones.rowCount === 1 ? { toPhones: true as const } : {}),
    ...(facts.settings.proof?.holdoutPercent ? { holdoutPercent: facts.settings.proof.holdoutPercent } : {}),
    ...(campaigns.length > 0 ? { campaigns } : {}),
    ...(best.rowCount === 1 ? { hours: true as const } : {}),
    no,
    workspace,
    timezone: facts.timezone,
    currency: facts.currency,
    quietHours: facts.settings.quietHours ?? null,
    journeys: rows.map(r => ({
      id: r.id,
      name: r.name,
      version: r.version,
      status:
        r.status === 'live' && r.version !== r.live_version
          ? 'draining'
          : (r.status as PublishedJourney['status']),
      graph: r.graph,
      ...(r.moves ? { moves: r.moves } : {}),
    })),
  }
}

/** What one message costs by channel, where the account that sends says so; of several of LINE the cheapest. */
async function channelCosts(
  sql: Sql,
  workspace: Uuid,
  { currency, timezone, now }: WorkspaceFacts,
): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ id: Uuid; channel: string; settings: Record<string, string> }>(
    `select id, channel, settings from channel_account
      where workspace_id = $1 and archived_at is null order by channel, created_at, id`,
    [workspace],
  )
  const costs: Record<string, number> = {}
  const seen = new Set<string>()
  const prices = (await priceLists(sql, [workspace])).get(workspace)
  const day = wallDate(now, timezone)
  for (const { id, channel, settings } of rows) {
    const first = !seen.has(channel)
    seen.add(channel)
    const told = settings.costPerMessage !== undefined || prices?.prices.some(p => p.account === id)
    if (!told || !(first || sendsBySeveral(channel))) continue
    const cost = fromSmallestUnit(usualCost(prices, { id, settings }, currency, day), currency)
    costs[channel] = Math.min(costs[channel] ?? Number.POSITIVE_INFINITY, cost)
  }
  return costs
}

/** What of each channel's messages arrives, as the night before worked it out (src/insight/reach). */
async function reachRates(sql: Sql, workspace: Uuid): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ channel: string; rate: number }>(
    'select channel, rate::float8 as rate from channel_reach where workspace_id = $1 order by channel',
    [workspace],
  )
  return Object.fromEntries(rows.map(r => [r.channel, Math.round(r.rate * 1000) / 1000]))
}

/** The world that was published last. */
export async function newestWorld(sql: Sql, workspace: Uuid): Promise<World> {
  const { rows } = await sql.query<{ body: string }>(
    'select body from catalogue where workspace_id = $1 order by no desc limit 1',
    [workspace],
  )
  must(rows[0], 'a workspace begins with a world')
  return JSON.parse(rows[0].body) as World
}

const isTimed = ({ graph }: PublishedJourney): boolean => {
  const type = triggerTypeOf(graph.trigger)
  return type?.moment !== undefined || type?.common !== undefined
}

/** From when on a moment of everybody's starts this journey: since it began to admit by this trigger. */
function withSince(journey: PublishedJourney, before: World | null, now: number): PublishedJourney {
  const { graph, status, id } = journey
  if (triggerTypeOf(graph.trigger)?.common === undefined || status === 'draining') return journey
  const was = before?.journeys.find(j => j.id === id && j.status !== 'draining' && j.status !== 'stopped')
  const same = JSON.stringify(was?.graph.trigger) === JSON.stringify(graph.trigger)
  return { ...journey, since: same && was?.since !== undefined ? was.since : now }
}

const needsRecheck = (before: World | null, after: World): boolean => {
  if (!before) return false
  const shape = (w: World) =>
    JSON.stringify([
      w.timezone,
      w.quietHours,
      w.profile?.stages,
      w.points,
      w.journeys.some(j => j.graph.trigger.kind === 'campaign') ? w.campaigns : null,
      w.journeys
        .filter(j => isTimed(j) || j.status === 'stopped' || j.status === 'paused' || j.moves)
        .map(j => [j.id, j.version, j.status]),
    ])
  return shape(before) !== shape(after)
}

/** From which publication on its memories are kept, and whether the past before that is known. */
function withPast(
  segment: PublishedSegment,
  kept: Readonly<Record<string, number>>,
  pending: number[],
): PublishedSegment {
  const rules = segment.groups.flatMap(g => g.rule ?? [])
  const { needs } = memoriesOf(rules, undefined)
  const since = Math.max(0, ...[...needs.keys()].map(key => kept[key] ?? 0))
  return { ...segment, since, filled: !pending.some(no => no <= since) }
}

/** Writes the next number and tells every bucket. Memories that begin with it, or a segment that caused it, leave work to
 *  be done: after the commit emit `segment-job`, too. A change that could set an alarm or end runs with no event queues
 *  a recheck of each customer as bulk. Returns the number. */
export async function publishWorld(
  sql: Sql,
  _core: Core,
  workspace: Uuid,
  cause: { segment: Uuid | null; journey?: Uuid; actor: string } = { segment: null, actor: 'itinera' },
): Promise<number> {
  const { rows } = await sql.query<WorkspaceFacts>(
    `update workspace set catalogue_no = catalogue_no + 1 where id = $1 returning timezone, currency, settings, catalogue_no,
            floor(extract(epoch from clock_timestamp()) * 1000)::float8 + clock_offset_ms as now`,
    [workspace],
  )
  const facts = rows[0]
  must(facts, 'publishWorld is given a workspace that exists')
  const no = Number(facts.catalogue_no)
  const read = await readWorld(sql, workspace, no, facts)
  const last = await sql.query<{ body: string }>(
    'select body from catalogue where workspace_id = $1 and no = $2',
    [workspace, no - 1],
  )
  const before = last.rows[0] ? (JSON.parse(last.rows[0].body) as World) : null
  read.journeys = (await decidedJourneys(sql, workspace, read.journeys)).map(j =>
    withSince(j, before, facts.now),
  )
  const memories = sinceAt(planOf(read).memories.needs, before?.memories, no)
  const begins = Object.values(memories ?? {}).includes(no)
  const pending = await pendingPasts(sql, workspace)
  const segments = read.segments?.map(s => withPast(s, memories ?? {}, begins ? [...pending, no] : pending))
  const world: World = { ...read, memories, ...(segments ? { segments } : {}) }
  await sql.query(
    'insert into catalogue (workspace_id, no, body, created_at) values ($1, $2, $3, clock_timestamp())',
    [workspace, no, JSON.stringify(world)],
  )
  await appendToAll(sql, workspace, { kind: 'publish', body: { catalogueNo: no } })
  if (begins || cause.segment !== null)
    await queueJob(sql, {
      workspace,
      segment: cause.segment,
      kind: 'backfill',
      stage: begins ? 'wait' : 'check',
      params: cause.journey === undefined ? { no } : { no, journey: cause.journey },
      actor: cause.actor,
    })
  if (needsRecheck(before, world)) {
    await sql.query(
      `insert into bulk (bucket, workspace_id, customer_id, kind, message_hash, body)
       select bucket, workspace_id, id, 'recheck', null, $2 from customer
        where bucket = any($3::smallint[]) and workspace_id = $1 and merged_into is null`,
      [workspace, JSON.stringify({ catalogueNo: no }), ALL_BUCKETS],
    )
  }
  return no
}
