// Handlers of journeys: drafts, publishing, live counts, people at a node.
import type { Out } from '../contract.ts'
import { rowOf } from '../customers/present.ts'
import { findCustomer } from '../customers/store.ts'
import { journeyComputing } from '../catalogue/jobs.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { journeyCounts, journeyTotals, peopleAtNode, type JourneyTotals } from './counts.ts'
import type { JourneyGraph } from './model.ts'
import { namingProblems } from './named.ts'
import { problemsOfDraft } from './publish.ts'
import { findScheduled, type Scheduled } from './publishing/scheduled.ts'
import { NODE_TYPES } from './register.ts'
import { triggerTypeOf } from './triggers/register.ts'
import {
  createJourney,
  findJourney,
  journeyVersions,
  listJourneys,
  saveDraft,
  setJourneyStatus,
  type JourneyRecord,
} from './store.ts'
import { unlessDown } from '../platform/clickhouse.ts'

type Row = Out<'journeys'>['items'][number]

/** A trigger in a few words: the event's name, the date trait. */
function triggerOf(graph: unknown): string {
  const trigger = (graph as Partial<JourneyGraph> | null)?.trigger
  if (trigger === undefined) return ''
  try {
    return triggerTypeOf(trigger)?.about?.(trigger) ?? trigger.kind
  } catch {
    return '' // a draft's trigger may be anything
  }
}

const rowOfJourney = (j: JourneyRecord, totals: JourneyTotals | undefined): Row => ({
  id: publicId('jrn', j.id),
  name: j.name,
  status: j.status,
  liveVersion: j.liveVersion,
  trigger: triggerOf(j.live ?? j.draft),
  startsBy: (j.live ?? (j.draft as Partial<JourneyGraph> | null))?.trigger ?? null,
  waiting: totals?.waiting ?? 0,
  entered: totals?.entered ?? 0,
  goals: totals?.goals ?? 0,
  updatedAt: j.updatedAt.toISOString(),
  version: j.version,
})

export const tellScheduled = (s: Scheduled): NonNullable<Out<'journey'>['scheduled']> => ({
  at: s.at.toISOString(),
  by: s.by,
  askedAt: s.askedAt.toISOString(),
  changed: s.changed,
  fault: s.fault,
})

export async function detail(core: Core, workspace: Uuid, id: Uuid): Promise<Out<'journey'>> {
  const [journey, versions, totals, computing, scheduled] = await Promise.all([
    findJourney(core.pool, workspace, id),
    journeyVersions(core.pool, workspace, id),
    unlessDown(journeyTotals(core.history, workspace)),
    journeyComputing(core.pool, workspace, id),
    findScheduled(core.pool, workspace, id),
  ])
  const { graph, problems } = problemsOfDraft(journey.draft)
  return {
    ...rowOfJourney(journey, totals?.get(id)),
    draft: journey.draft,
    draftBy: journey.draftBy,
    draftAt: journey.draftAt?.toISOString() ?? null,
    live: journey.live,
    scheduled: scheduled && tellScheduled(scheduled),
    versions: versions.map(v => ({ ...v, publishedAt: v.publishedAt.toISOString() })),
    problems: [...problems, ...(graph ? await namingProblems(core.pool, workspace, graph) : [])],
    computing,
  }
}

const workspaceTime = (w: WorkspaceRow): string => new Date(Date.now() + w.clockOffsetMs).toISOString()

export const journeyRoutes = {
  async journeys({ core, workspace }) {
    const [journeys, totals] = await Promise.all([
      listJourneys(core.pool, workspace.id),
      unlessDown(journeyTotals(core.history, workspace.id)),
    ])
    return { items: journeys.map(j => rowOfJourney(j, totals?.get(j.id))), stale: totals === null }
  },

  async createJourney({ core, workspace, body, caller }) {
    return detail(core, workspace.id, await createJourney(core, workspace.id, body.graph, actorOf(caller)))
  },

  journey: ({ core, workspace, params }) => detail(core, workspace.id, idOr404('jrn', params.journey)),

  async saveJourney({ core, workspace, params, body, caller }) {
    const id = idOr404('jrn', params.journey)
    await saveDraft(core, workspace.id, id, body.graph, body.version, actorOf(caller))
    return detail(core, workspace.id, id)
  },

  async setJourneyStatus({ core, workspace, params, body }) {
    const id = idOr404('jrn', params.journey)
    await setJourneyStatus(core, workspace.id, id, body.status, body.version)
    return detail(core, workspace.id, id)
  },

  async journeyCounts({ core, workspace, params, query }) {
    const { id } = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const counts = await journeyCounts(core.history, workspace.id, id, query.version ?? null)
    return { ...counts, asOf: workspaceTime(workspace) }
  },

  async journeyPeople({ core, workspace, params, query }) {
    const { id } = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const at = readCursor(query.cursor, isTexts(2))
    const found = await peopleAtNode(
      core.history,
      workspace.id,
      id,
      query.node,
      query.version ?? null,
      at && { since: Number(at[0]), enrollment: at[1]! },
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [String(last.since), last.enrollment])
    const people = await Promise.all(shown.map(p => findCustomer(core.pool, workspace.id, p.customer)))
    return {
      items: shown.flatMap((p, i) => {
        const customer = people[i]
        return customer
          ? [{ customer: rowOf(customer.state, workspace.currency), since: new Date(p.since).toISOString() }]
          : []
      }),
      next,
    }
  },

  async nodeTypes() {
    return {
      items: Object.values(NODE_TYPES).map(({ type, family, fields }) => ({ type, family, fields })),
    }
  },
} satisfies Handlers
