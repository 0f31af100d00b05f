// Rows of broadcasts: beside each stands its journey, which is published, paused and ended like any other.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import { queueJob } from '../catalogue/jobs.ts'
import { publishWorld } from '../catalogue/publish.ts'
import type { JourneyStatus } from '../journeys/versions/status.ts'
import { changed, insertJourney, writeDraft } from '../journeys/store.ts'
import { graphsOf } from '../journeys/publishing/plan.ts'
import { publishIn, published } from '../journeys/publish.ts'
import {
  type BroadcastSpec,
  type CanaryFigures,
  type CanaryVerdict,
  compileBroadcast,
  GATE_NODE,
  stateOf,
  type BroadcastState,
  withoutCanary,
} from './model.ts'

export type CanaryResult = CanaryFigures & { verdict: CanaryVerdict | null; at: string }

export type Broadcast = {
  journey: Uuid
  spec: BroadcastSpec
  name: string
  status: JourneyStatus
  liveVersion: number | null
  version: number
  updatedAt: Date
  campaign: Uuid | null
  startAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  cancelled: boolean
  /** people told of its start so far; `told`: all are */
  audience: number
  told: boolean
  canary: 'open' | 'passed' | 'stopped' | null
  canaryUntil: Date | null
  canaryFigures: CanaryResult | null
  /** another person is asked to approve it */
  asked: boolean
}

const SELECT = `select b.journey_id as journey, b.spec, j.name, j.status, j.live_version as "liveVersion", j.version::float8 as version,
       j.updated_at as "updatedAt", j.campaign_id as campaign, b.start_at as "startAt", b.started_at as "startedAt",
       b.ended_at as "endedAt", b.cancelled_at is not null as cancelled, coalesce(b.audience, s.hits, 0)::float8 as audience, b.audience is not null as told, b.canary,
       b.canary_until as "canaryUntil", b.canary_figures as "canaryFigures",
       exists (select from journey_approval a where a.workspace_id = b.workspace_id and a.journey_id = b.journey_id and a.status = 'open') as asked
  from broadcast b join journey j on j.workspace_id = b.workspace_id and j.id = b.journey_id
  left join segment_job s on s.workspace_id = b.workspace_id and s.id = b.job_id
 where b.workspace_id = $1`

export const broadcastState = (b: Broadcast): BroadcastState =>
  stateOf({ ...b, started: b.startedAt !== null, ended: b.endedAt !== null })

/** The newest first, below a position. */
export async function listBroadcasts(
  sql: Sql,
  workspace: Uuid,
  page: { after: Uuid | null; limit: number; campaign?: Uuid },
): Promise<Broadcast[]> {
  const { rows } = await sql.query<Broadcast>(
    `${SELECT} and ($2::uuid is null or b.journey_id < $2) and ($4::uuid is null or j.campaign_id = $4)
      order by b.journey_id desc limit $3`,
    [workspace, page.after, page.limit, page.campaign ?? null],
  )
  return rows
}

/** @throws Problem 404 `broadcast_not_found` */
export async function findBroadcast(sql: Sql, workspace: Uuid, id: Uuid): Promise<Broadcast> {
  const { rows } = await sql.query<Broadcast>(`${SELECT} and b.journey_id = $2`, [workspace, id])
  if (!rows[0]) throw notFound('brd')
  return rows[0]
}

export type Written = {
  spec: BroadcastSpec
  /** workspace time; null: as soon as it is published */
  startAt: Date | null
  /** how many people it is for, as far as known: for a canary of so many people */
  audience: number | null
  campaign: Uuid | null
  actor: string
}

export async function createBroadcast(core: Core, workspace: Uuid, w: Written): Promise<Uuid> {
  const id = await inTransaction(core.pool, async sql => {
    const graph = compileBroadcast(w.spec, w.audience)
    const journey = await insertJourney(sql, workspace, graph, { kind: 'broadcast', actor: w.actor })
    await sql.query(
      'insert into broadcast (workspace_id, journey_id, spec, start_at) values ($1, $2, $3, $4)',
      [workspace, journey, JSON.stringify(w.spec), w.startAt],
    )
    await setCampaign(sql, workspace, journey, w.campaign)
    return journey
  })
  changed(core, workspace)
  return id
}

/** @throws Problem 404, 409 `version_conflict`, `broadcast_under_way` */
export async function saveBroadcast(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  version: number,
  w: Written,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    await writeDraft(sql, workspace, id, compileBroadcast(w.spec, w.audience), version, w.actor)
    const held = await findBroadcast(sql, workspace, id)
    if (held.startedAt !== null || held.status === 'live')
      throw new Problem(409, 'broadcast_under_way', 'This broadcast is scheduled or has started', {
        action:
          held.startedAt === null
            ? 'Take it back first; then it can be changed.'
            : 'Make a copy of it to send something else.',
      })
    await sql.query(
      'update broadcast set spec = $3, start_at = $4 where workspace_id = $1 and journey_id = $2',
      [workspace, id, JSON.stringify(w.spec), w.startAt],
    )
    await sql.query('update journey set name = $3 where workspace_id = $1 and id = $2', [
      workspace,
      id,
      w.spec.name,
    ])
    await setCampaign(sql, workspace, id, w.campaign)
  })
  changed(core, workspace)
}

async function setCampaign(sql: Sql, workspace: Uuid, journey: Uuid, campaign: Uuid | null): Promise<void> {
  const { rowCount } = await sql.query(
    `update journey set campaign_id = $3 where workspace_id = $1 and id = $2
        and ($3::uuid is null or exists (select from campaign c where c.workspace_id = $1 and c.id = $3))`,
    [workspace, journey, campaign],
  )
  if (rowCount === 0) throw notFound('cmp', 'campaign')
}

// ── the worker's side ────────────────────────────────────────────────────────

/** Of all workspaces: those that are not over. */
export async function openBroadcasts(sql: Sql): Promise<{ workspace: Uuid; journey: Uuid }[]> {
  const { rows } = await sql.query<{ workspace: Uuid; journey: Uuid }>(
    `select b.workspace_id as workspace, b.journey_id as journey from broadcast b
       join journey j on j.workspace_id = b.workspace_id and j.id = b.journey_id
      where b.ended_at is null and (b.started_at is not null or j.status = 'live') order by b.journey_id`,
  )
  return rows
}

/** Those over whose goal nobody waits for any more: they leave the world. */
export async function pastBroadcasts(sql: Sql): Promise<{ workspace: Uuid; journey: Uuid }[]> {
  const { rows } = await sql.query<{ workspace: Uuid; journey: Uuid }>(
    `select b.workspace_id as workspace, b.journey_id as journey from broadcast b
       join journey j on j.workspace_id = b.workspace_id and j.id = b.journey_id
       join workspace w on w.id = b.workspace_id
      where j.kind = 'broadcast' and j.status in ('live', 'stopped') and b.ended_at is not null
        and b.ended_at + make_interval(secs => coalesce((b.spec#>>'{goal,windowMs}')::float8, 0) / 1000 + 86400)
            < clock_timestamp() + make_interval(secs => w.clock_offset_ms::float8 / 1000)
      order by b.journey_id limit 20`,
  )
  return rows
}

export async function workspaceTime(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ now: number }>(
    'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 + clock_offset_ms as now from workspace where id = $1',
    [workspace],
  )
  return rows[0]!.now
}

/** The moment has come: its audience is whoever is in by now, and the work that tells them is queued. Once. */
export async function startBroadcast(core: Core, workspace: Uuid, journey: Uuid): Promise<boolean> {
  const started = await inTransaction(core.pool, async sql => {
    const now = await workspaceTime(sql, workspace)
    const { rows } = await sql.query<{ spec: BroadcastSpec }>(
      `update broadcast b set started_at = $3, canary = case when spec ? 'canary' then 'open' end,
              canary_until = case when spec ? 'canary' then $3::timestamptz + make_interval(secs => (spec#>>'{canary,waitMs}')::float8 / 1000) end
         from journey j
        where b.workspace_id = $1 and b.journey_id = $2 and b.started_at is null and (b.start_at is null or b.start_at <= $3)
          and j.workspace_id = b.workspace_id and j.id = b.journey_id and j.status = 'live'
        returning b.spec`,
      [workspace, journey, new Date(now)],
    )
    if (rows.length === 0) return false
    const job = await queueJob(sql, {
      workspace,
      segment: null,
      kind: 'tell',
      stage: 'walk',
      params: { tell: { do: 'admit', journey, asOf: now } },
      actor: 'itinera',
    })
    await sql.query('update broadcast set job_id = $3 where workspace_id = $1 and journey_id = $2', [
      workspace,
      journey,
      job,
    ])
    faultPoint('broadcast.before_start')
    return true
  })
  if (started) {
    faultPoint('broadcast.started')
    core.signals.emit('segment-job')
    changed(core, workspace)
  }
  return started
}

/** All of the audience are told: how many they are stands from now on. True when it became so. */
export async function noteAudience(core: Core, workspace: Uuid, journey: Uuid): Promise<boolean> {
  const { rowCount } = await core.pool.query(
    `update broadcast b set audience = s.hits from segment_job s
      where b.workspace_id = $1 and b.journey_id = $2 and b.audience is null and s.workspace_id = b.workspace_id and s.id = b.job_id
        and s.status in ('done', 'failed')`,
    [workspace, journey],
  )
  if (rowCount === 1) changed(core, workspace)
  return rowCount === 1
}

/** The canary has passed, or a person lets it go on: a version without it is published, and who waits at the gate goes on. */
export async function openGate(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  figures: CanaryResult | null,
  actor: string,
): Promise<boolean> {
  const opened = await inTransaction(core.pool, async sql => {
    await sql.query('select from journey where workspace_id = $1 and id = $2 for no key update', [
      workspace,
      journey,
    ])
    const b = await findBroadcast(sql, workspace, journey)
    const waits = b.canary === 'open' && b.status === 'live'
    if (!waits && !(b.canary === 'stopped' && b.status === 'paused')) return false
    // of what is live, so that its messages stay those that went out first
    const graphs = await graphsOf(sql, workspace, journey)
    await writeDraft(sql, workspace, journey, withoutCanary(graphs.get(b.liveVersion!)!), b.version, actor)
    await publishIn(sql, core, workspace, journey, {
      version: b.version + 1,
      moves: [...graphs].flatMap(([from, { nodes }]) =>
        Object.hasOwn(nodes, GATE_NODE)
          ? [{ from, node: GATE_NODE, do: 'release' as const, port: 'next' }]
          : [],
      ),
      actor,
    })
    await sql.query(
      `update broadcast set canary = 'passed', canary_figures = coalesce($3, canary_figures) where workspace_id = $1 and journey_id = $2`,
      [workspace, journey, figures && JSON.stringify(figures)],
    )
    faultPoint('broadcast.before_gate')
    return true
  })
  if (opened) published(core, workspace)
  return opened
}

/** What `setJourneyStatus` does is done by the caller; this says why. */
export async function noteCanaryStopped(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  figures: CanaryResult,
): Promise<void> {
  await core.pool.query(
    `update broadcast set canary = 'stopped', canary_figures = $3 where workspace_id = $1 and journey_id = $2 and canary = 'open'`,
    [workspace, journey, JSON.stringify(figures)],
  )
}

export async function endBroadcast(core: Core, workspace: Uuid, journey: Uuid, at: number): Promise<void> {
  await core.pool.query(
    'update broadcast set ended_at = $3 where workspace_id = $1 and journey_id = $2 and ended_at is null',
    [workspace, journey, new Date(at)],
  )
  changed(core, workspace)
}

export async function noteCancelled(core: Core, workspace: Uuid, journey: Uuid): Promise<void> {
  await core.pool.query(
    'update broadcast set cancelled_at = $3 where workspace_id = $1 and journey_id = $2 and cancelled_at is null',
    [workspace, journey, new Date(await workspaceTime(core.pool, workspace))],
  )
}

/** Takes one that is over out of the world; its report stays. */
export async function putAway(core: Core, workspace: Uuid, journey: Uuid): Promise<boolean> {
  const done = await inTransaction(core.pool, async sql => {
    const { rowCount } = await sql.query(
      `update journey set status = 'archived', version = version + 1, updated_at = $3
        where workspace_id = $1 and id = $2 and kind = 'broadcast' and status in ('live', 'stopped')`,
      [workspace, journey, new Date()],
    )
    if (rowCount === 1) await publishWorld(sql, core, workspace, { segment: null, journey, actor: 'itinera' })
    return rowCount === 1
  })
  if (done) core.signals.emit('inbox', '')
  return done
}

/** Something that was said to many has not been folded yet. */
export async function isBeingTold(sql: Sql, workspace: Uuid): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>(
    `select exists (select from bulk where workspace_id = $1 and kind = 'note')
         or exists (select from inbox where workspace_id = $1 and kind = 'note') as waits`,
    [workspace],
  )
  return rows[0]!.waits
}
