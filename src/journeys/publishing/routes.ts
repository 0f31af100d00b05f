// Handlers of publishing and versions: the plan, publishing, approval, comparing, restoring, files.
import { saveSettings } from '../../catalogue/workspace-settings.ts'
import type { Out } from '../../contract.ts'
import type { Core } from '../../platform/core.ts'
import { must, Problem } from '../../platform/errors.ts'
import { actorOf, type Caller, type Handlers, type WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { CONFIRM_ABOVE, peopleAtOnce, publishAudience } from '../../segments/publish-audience.ts'
import { ruleVocabulary } from '../../segments/library/vocabulary.ts'
import type { JourneyGraph } from '../model.ts'
import { publishJourney } from '../publish.ts'
import { detail, tellScheduled } from '../routes.ts'
import { findJourney, saveDraft } from '../store.ts'
import { validateGraph } from '../validate.ts'
import { diffGraphs } from '../versions/diff.ts'
import {
  approve,
  askApproval,
  listApprovals,
  reject,
  withdraw,
  type Approval,
  type Decision,
} from './approvals.ts'
import { publishPlan } from './plan.ts'
import { findScheduled, schedule, unschedule } from './scheduled.ts'
import { publishingOf } from './settings.ts'
import { fileOf, importJourney } from './transfer.ts'
import { findVersion } from './versions.ts'

type Told = Out<'approvals'>['items'][number]

function tellApproval(a: Approval, caller: Caller, scopes: ReadonlySet<string>): Told {
  return {
    id: publicId('apr', a.id),
    journey: { id: publicId('jrn', a.journey), name: a.journeyName },
    status: a.status,
    note: a.note,
    moves: a.moves,
    askedBy: a.askedBy,
    askedAt: a.askedAt.toISOString(),
    at: a.at?.toISOString() ?? null,
    decidedBy: a.decidedBy,
    decidedAt: a.decidedAt?.toISOString() ?? null,
    reason: a.reason,
    version: a.version,
    outdated: a.outdated,
    mayDecide:
      a.status === 'open' &&
      caller.kind === 'user' &&
      caller.id !== a.askedById &&
      scopes.has('journeys:approve'),
  }
}

const decision = (caller: Caller, reason: string): Decision => ({
  by: caller.id,
  actor: actorOf(caller),
  isPerson: caller.kind === 'user',
  reason,
})

/** The draft as a graph.
 *  @throws Problem 404; 400 `graph_invalid` when it is none */
async function draftGraph(core: Core, workspace: Uuid, id: Uuid): Promise<JourneyGraph> {
  const { graph } = validateGraph((await findJourney(core.pool, workspace, id)).draft)
  if (graph === null)
    throw new Problem(400, 'graph_invalid', 'The draft is not a journey graph', {
      path: '/draft',
      action: 'Mend the problems that are listed with it.',
    })
  return graph
}

/** `draft`, or a version's number. */
async function graphNamed(core: Core, workspace: Uuid, id: Uuid, name: string): Promise<JourneyGraph> {
  return name === 'draft'
    ? draftGraph(core, workspace, id)
    : (await findVersion(core.pool, workspace, id, Number(name))).graph
}

/** Who brings many people in at once says how many.
 *  @throws Problem 409 `confirm_people` */
export async function demandConfirmed(
  core: Core,
  workspace: WorkspaceRow,
  id: Uuid,
  confirm: number | undefined,
): Promise<void> {
  const people = await peopleAtOnce(core, workspace, id, await draftGraph(core, workspace.id, id))
  if (people === null || people <= CONFIRM_ABOVE) return
  // meanwhile some may have come or gone
  if (confirm !== undefined && Math.abs(confirm - people) <= people * 0.05) return
  throw new Problem(409, 'confirm_people', `${people} people enter at once`, {
    path: '/confirm',
    action: 'Look at who they are, and send their number as `confirm`.',
  })
}

export const publishingRoutes = {
  async publishPlan({ core, workspace, params, caller, scopes }) {
    const id = idOr404('jrn', params.journey)
    const [plan, open] = await Promise.all([
      publishPlan(core, workspace.id, id),
      listApprovals(core.pool, workspace.id, { journey: id, open: true }),
    ])
    return {
      ...plan,
      approval: {
        needed: publishingOf(workspace).approval,
        open: open[0] ? tellApproval(open[0], caller, scopes) : null,
      },
    }
  },

  async publishAudience({ core, workspace, params }) {
    const id = idOr404('jrn', params.journey)
    return publishAudience(core, workspace, id, await draftGraph(core, workspace.id, id))
  },

  async publishJourney({ core, workspace, params, body, caller }) {
    const id = idOr404('jrn', params.journey)
    if (publishingOf(workspace).approval)
      throw new Problem(409, 'approval_needed', 'Another person has to approve what is published here', {
        action: 'Ask for approval instead.',
      })
    await demandConfirmed(core, workspace, id, body.confirm)
    await publishJourney(core, workspace.id, id, body.version, actorOf(caller), body.moves)
    return detail(core, workspace.id, id)
  },

  async schedulePublication({ core, workspace, params, body, caller, note }) {
    const id = idOr404('jrn', params.journey)
    if (publishingOf(workspace).approval)
      throw new Problem(409, 'approval_needed', 'Another person has to approve what is published here', {
        action: 'Ask for approval with this moment instead.',
      })
    await demandConfirmed(core, workspace, id, body.confirm)
    const at = new Date(body.at)
    await schedule(core, workspace.id, id, {
      version: body.version,
      moves: body.moves,
      actor: actorOf(caller),
      at,
    })
    note({ at: body.at })
    const found = await findScheduled(core.pool, workspace.id, id)
    must(found, 'what was just scheduled is there')
    return tellScheduled(found)
  },

  async unschedulePublication({ core, workspace, params }) {
    const id = idOr404('jrn', params.journey)
    await findJourney(core.pool, workspace.id, id)
    if (!(await unschedule(core, workspace.id, id)))
      throw new Problem(409, 'nothing_scheduled', 'No publication waits here', {
        action: 'Load the journey again: it may have been published by now.',
      })
    return { ok: true as const }
  },

  async journeyVersion({ core, workspace, params }) {
    const id = idOr404('jrn', params.journey)
    const found = await findVersion(core.pool, workspace.id, id, Number(params.version))
    return { ...found, publishedAt: found.publishedAt.toISOString(), moves: found.moves?.list ?? [] }
  },

  async compareJourney({ core, workspace, params, query }) {
    const id = idOr404('jrn', params.journey)
    return diffGraphs(
      await graphNamed(core, workspace.id, id, query.from),
      await graphNamed(core, workspace.id, id, query.to),
    )
  },

  async restoreJourney({ core, workspace, params, body, caller }) {
    const id = idOr404('jrn', params.journey)
    const { graph } = await findVersion(core.pool, workspace.id, id, body.from)
    await saveDraft(core, workspace.id, id, graph, body.version, actorOf(caller))
    return { ok: true }
  },

  async exportJourney({ core, workspace, params, query }) {
    const id = idOr404('jrn', params.journey)
    const graph = await graphNamed(core, workspace.id, id, String(query.version ?? 'draft'))
    return fileOf(core.pool, workspace.id, graph)
  },

  async importJourney({ core, workspace, body, caller }) {
    const { tags, events, coupons, stale } = await ruleVocabulary(core, workspace.id, { limit: 1000 })
    const seen = stale ? {} : { tags, coupons, events: events.map(e => e.name) }
    const made = await importJourney(core, workspace.id, body.file, seen, actorOf(caller))
    return { ...made, journey: publicId('jrn', made.journey) }
  },

  async approvals({ core, workspace, query, caller, scopes }) {
    const found = await listApprovals(core.pool, workspace.id, {
      open: query.open === 'true',
      ...(query.journey === undefined ? {} : { journey: idOr404('jrn', query.journey) }),
    })
    return { items: found.map(a => tellApproval(a, caller, scopes)) }
  },

  async askApproval({ core, workspace, params, body, caller }) {
    const id = idOr404('jrn', params.journey)
    await demandConfirmed(core, workspace, id, body.confirm)
    const asked = await askApproval(core, workspace.id, id, {
      version: body.version,
      moves: body.moves,
      note: body.note,
      actor: actorOf(caller),
      by: caller.id,
      at: body.at === undefined ? null : new Date(body.at),
    })
    return { id: publicId('apr', asked) }
  },

  async approvePublication({ core, workspace, params, body, caller }) {
    const version = await approve(
      core,
      workspace.id,
      idOr404('jrn', params.journey),
      idOr404('apr', params.approval),
      decision(caller, body.reason),
    )
    return { version }
  },

  async rejectPublication({ core, workspace, params, body, caller }) {
    await reject(
      core,
      workspace.id,
      idOr404('jrn', params.journey),
      idOr404('apr', params.approval),
      decision(caller, body.reason),
    )
    return { ok: true }
  },

  async withdrawApproval({ core, workspace, params, caller }) {
    await withdraw(
      core,
      workspace.id,
      idOr404('jrn', params.journey),
      idOr404('apr', params.approval),
      decision(caller, ''),
    )
    return { ok: true }
  },

  publishingSettings: async ({ workspace }) => ({
    settings: publishingOf(workspace),
    version: workspace.version,
  }),

  async savePublishingSettings({ core, workspace, body }) {
    const version = await saveSettings(core.pool, workspace.id, body.version, {
      publishing: body.settings,
    })
    return { settings: body.settings, version }
  },
} satisfies Handlers
