// Handlers of broadcasts.
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { demandScope } from '../platform/http/session.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { dateMoment, wallClock } from '../platform/wall-time.ts'
import { askApproval, listApprovals } from '../journeys/publishing/approvals.ts'
import { demandConfirmed } from '../journeys/publishing/routes.ts'
import { publishingOf } from '../journeys/publishing/settings.ts'
import { problemsOfDraft, publishJourney } from '../journeys/publish.ts'
import { setJourneyStatus } from '../journeys/store.ts'
import { audienceNow, lastLook } from './last-look.ts'
import {
  ACTS,
  type BroadcastSpec,
  broadcastSpec,
  channelsOf,
  compileBroadcast,
  specProblems,
  wallStart,
} from './model.ts'
import { etaOf, NO_PROGRESS, type Progress, progressOf, RECENT_MINUTES } from './progress.ts'
import {
  type Broadcast,
  broadcastState,
  createBroadcast,
  findBroadcast,
  listBroadcasts,
  noteCancelled,
  openGate,
  saveBroadcast,
  type Written,
} from './store.ts'
import { unlessDown } from '../platform/clickhouse.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

type Row = Out<'broadcasts'>['items'][number]
type Detail = Out<'broadcast'>

/** Where a day begins first. */
const EARLIEST_ZONE = 'Pacific/Kiritimati'

/** When it may start: the wall time in the workspace's zone; where each person's own counts, in the zone that has it first. */
function startOf(spec: BroadcastSpec, zone: string): Date | null {
  const wall = wallStart(spec)
  if (wall === null) return null
  const in_ = spec.when.kind === 'local' ? EARLIEST_ZONE : zone
  return new Date(dateMoment(wall.slice(0, 10), 0, wall.slice(11), in_))
}

function presentProgress(b: Broadcast, p: Progress, now: number): Row['progress'] {
  const { recent, firstAt, lastAt: _, ...figures } = p
  const { throttle } = b.spec
  const perMinute = throttle ? (throttle.per === 'minute' ? throttle.max : throttle.max / 60) : null
  const isOver = b.endedAt !== null || b.cancelled
  // while the first few are tried the others wait, however fast these are
  const waits = isOver || b.status !== 'live' || b.canary === 'open'
  const eta = waits ? null : etaOf(p, b.audience, perMinute, now)
  const seen = Math.min(RECENT_MINUTES, Math.max(1, (now - (firstAt ?? now)) / 60_000))
  return {
    ...figures,
    audience: b.audience,
    told: b.told,
    waiting: Math.max(0, p.entered - p.done),
    perMinute: Math.round((10 * recent) / seen) / 10,
    etaAt: eta === null ? null : new Date(eta).toISOString(),
  }
}

function present(b: Broadcast, found: Map<Uuid, Progress> | null, now: number): Row {
  const p = found && (found.get(b.journey) ?? NO_PROGRESS)
  return {
    id: publicId('brd', b.journey),
    journey: publicId('jrn', b.journey),
    name: b.name,
    state: broadcastState(b),
    channels: channelsOf(b.spec),
    campaign: b.campaign && publicId('cmp', b.campaign),
    startAt: b.startAt?.toISOString() ?? null,
    startedAt: b.startedAt?.toISOString() ?? null,
    endedAt: b.endedAt?.toISOString() ?? null,
    updatedAt: b.updatedAt.toISOString(),
    version: b.version,
    progress: b.startedAt === null || p === null ? null : presentProgress(b, p, now),
    canary:
      b.canary === null
        ? null
        : { state: b.canary, until: b.canaryUntil?.toISOString() ?? null, figures: b.canaryFigures },
  }
}

/** Null while history is down. */
const progressOrNull = (
  core: Core,
  workspace: Uuid,
  started: Broadcast[],
  now: number,
): Promise<Map<Uuid, Progress> | null> =>
  unlessDown(
    progressOf(
      core.history,
      workspace,
      started.filter(b => b.startedAt !== null).map(b => b.journey),
      now,
    ),
  )

function problemsOf(spec: BroadcastSpec, workspace: WorkspaceRow): Detail['problems'] {
  const now = wallClock(workspaceNow(workspace), workspace.timezone)
  return [
    ...specProblems(spec, now).map(p => ({ ...p, node: null })),
    ...problemsOfDraft(compileBroadcast(spec)).problems.map(({ node, path, code, message }) => ({
      node,
      path,
      code,
      message,
    })),
  ]
}

async function detail(core: Core, workspace: WorkspaceRow, id: Uuid): Promise<Detail> {
  const now = workspaceNow(workspace)
  const b = await findBroadcast(core.pool, workspace.id, id)
  const [found, open] = await Promise.all([
    progressOrNull(core, workspace.id, [b], now),
    listApprovals(core.pool, workspace.id, { journey: id, open: true }),
  ])
  return {
    ...present(b, found, now),
    spec: b.spec,
    problems: b.startedAt === null ? problemsOf(b.spec, workspace) : [],
    approval: {
      needed: publishingOf(workspace).approval,
      open: open[0] ? publicId('apr', open[0].id) : null,
    },
  }
}

/** What is written: where a canary is a number of people, how many there are is asked of history. */
async function written(
  core: Core,
  workspace: WorkspaceRow,
  id: Uuid | null,
  body: { spec: BroadcastSpec; campaign: string | null },
  actor: string,
): Promise<Written> {
  const { spec } = body
  const audience =
    spec.canary?.people === undefined
      ? null
      : await audienceNow(core, workspace, id ?? NO_JOURNEY, spec).catch((error: unknown) => {
          if (error instanceof Problem) return null
          throw error
        })
  return {
    spec,
    audience,
    startAt: startOf(spec, workspace.timezone),
    campaign: body.campaign === null ? null : idOr404('cmp', body.campaign, 'campaign'),
    actor,
  }
}
const NO_JOURNEY = '00000000-0000-0000-0000-000000000000'

export const broadcastRoutes = {
  async broadcasts({ core, workspace, query }) {
    const at = readCursor(query.cursor, isTexts(1))
    const now = workspaceNow(workspace)
    const rows = await listBroadcasts(core.pool, workspace.id, {
      after: at?.[0] ?? null,
      limit: query.limit + 1,
      ...(query.campaign === undefined ? {} : { campaign: idOr404('cmp', query.campaign) }),
    })
    const { shown, next } = cutPage(rows, query.limit, last => [last.journey])
    const found = await progressOrNull(core, workspace.id, shown, now)
    return {
      items: shown.map(b => present(b, found, now)),
      next,
      stale: found === null,
    }
  },

  async createBroadcast({ core, workspace, body, caller }) {
    const w = await written(core, workspace, null, body, actorOf(caller))
    return detail(core, workspace, await createBroadcast(core, workspace.id, w))
  },

  broadcast: ({ core, workspace, params }) => detail(core, workspace, idOr404('brd', params.broadcast)),

  async saveBroadcast({ core, workspace, params, body, caller }) {
    const id = idOr404('brd', params.broadcast)
    const w = await written(core, workspace, id, body, actorOf(caller))
    await saveBroadcast(core, workspace.id, id, body.version, w)
    return detail(core, workspace, id)
  },

  async broadcastAudience({ core, workspace, params }) {
    const b = await findBroadcast(core.pool, workspace.id, idOr404('brd', params.broadcast))
    return lastLook(core, workspace, b)
  },

  async startBroadcast({ core, workspace, params, body, caller, scopes }) {
    const id = idOr404('brd', params.broadcast)
    const b = await findBroadcast(core.pool, workspace.id, id)
    const state = broadcastState(b)
    if (state !== 'draft')
      throw new Problem(409, 'broadcast_under_way', `This broadcast is ${state} already`, {
        action: 'Load it again.',
      })
    // a draft of an older release is read by the shape of today
    const problem = problemsOf(broadcastSpec.parse(b.spec), workspace)[0]
    if (problem)
      throw new Problem(400, 'broadcast_invalid', problem.message.en, {
        path: problem.node === null ? problem.path : `/nodes/${problem.node}${problem.path}`,
        action: 'Mend this; all problems are listed with the broadcast.',
      })
    await demandConfirmed(core, workspace, id, body.confirm)
    if (publishingOf(workspace).approval)
      await askApproval(core, workspace.id, id, {
        version: body.version,
        moves: [],
        note: body.note,
        actor: actorOf(caller),
        by: caller.id,
        at: null, // its own moment is in its settings
      })
    else {
      demandScope({ workspace, caller, scopes }, 'journeys:publish')
      await publishJourney(core, workspace.id, id, body.version, actorOf(caller))
    }
    return detail(core, workspace, id)
  },

  async turnBroadcast({ core, workspace, params, body, caller }) {
    const id = idOr404('brd', params.broadcast)
    const b = await findBroadcast(core.pool, workspace.id, id)
    const state = broadcastState(b)
    const { from, to } = ACTS[body.act]
    if (!from.includes(state))
      throw new Problem(409, 'act_not_allowed', `A broadcast that is ${state} cannot be turned so`, {
        path: 'act',
        action: 'Load it again, and choose what is offered.',
      })
    if (state === 'canary_stopped' && body.act === 'resume')
      await openGate(core, workspace.id, id, null, actorOf(caller))
    else await setJourneyStatus(core, workspace.id, id, to, body.version)
    if (body.act === 'cancel') await noteCancelled(core, workspace.id, id)
    return detail(core, workspace, id)
  },
} satisfies Handlers
