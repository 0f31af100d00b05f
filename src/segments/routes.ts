// Handlers of segments: drafts, publishing, members and their past, and work over all members.
import type { Out } from '../contract.ts'
import { rowOf } from '../customers/present.ts'
import { customersById, findCustomer } from '../customers/store.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Call, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import {
  changesSince,
  daysOf,
  membersOf,
  passagesOf,
  reachOfMembers,
  sizeBetween,
  sizes,
  versionFacts,
} from './facts.ts'
import { newestWorld } from '../catalogue/publish.ts'
import { explain } from './fold.ts'
import { cancelJob, computing, findJob, jobsOf } from './jobs.ts'
import { copyMembers, changeMembers, tagMembers } from './members.ts'
import { REST_GROUP } from './model.ts'
import { movesOf } from './moves.ts'
import { contextOf } from './preview.ts'
import {
  changesOf,
  detailOf,
  groupName,
  presentJob,
  presentVersion,
  rowOfSegment,
  sideOf,
  type Around,
} from './present.ts'
import {
  archiveSegment,
  createSegment,
  draftFaults,
  findSegment,
  listSegments,
  publishSegment,
  saveSegment,
  segmentVersions,
  type SegmentRecord,
} from './store.ts'
import { usersOf } from './users.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { unlessDown } from '../platform/clickhouse.ts'

const WEEK_MS = 7 * 86_400_000
const iso = (ms: number): string => new Date(ms).toISOString()

async function around(core: Core, workspace: WorkspaceRow, all: SegmentRecord[]): Promise<Around> {
  const [size, changes, running, users] = await Promise.all([
    unlessDown(sizes(core.history, workspace.id)),
    unlessDown(changesSince(core.history, workspace.id, workspaceNow(workspace) - WEEK_MS)),
    computing(core.pool, workspace.id),
    usersOf(core.pool, workspace.id, all),
  ])
  return { sizes: size, changes, computing: running, users }
}

async function detail(core: Core, workspace: WorkspaceRow, id: Uuid): Promise<Out<'segment'>> {
  const segment = await findSegment(core.pool, workspace.id, id)
  const all = await listSegments(core.pool, workspace.id)
  const [found, faults] = await Promise.all([
    around(core, workspace, all),
    draftFaults(core.pool, workspace.id, segment, all),
  ])
  return detailOf(segment, found, faults)
}

const segmentOf = ({ core, workspace, params }: Pick<Call<'segment'>, 'core' | 'workspace' | 'params'>) =>
  findSegment(core.pool, workspace.id, idOr404('seg', params.segment))

/** Number of a group by its key; null when none is asked for.
 *  @throws Problem 400 `group_unknown` */
function groupNumber(segment: SegmentRecord, key: string | undefined): number | null {
  if (key === undefined) return null
  const g = segment.groups[key]
  if (g !== undefined) return g
  throw new Problem(400, 'group_unknown', 'This segment has no such group', {
    path: 'group',
    action: `Groups: ${Object.keys(segment.groups).join(', ') || 'none yet'}.`,
  })
}

export const segmentRoutes = {
  async segments({ core, workspace, query }) {
    const all = await listSegments(core.pool, workspace.id)
    const found = await around(core, workspace, all)
    const q = query.q?.trim().toLowerCase() ?? ''
    const items = all.filter(
      s =>
        (query.status === undefined ? s.status !== 'archived' : s.status === query.status) &&
        (query.kind === undefined || s.kind === query.kind) &&
        s.name.toLowerCase().includes(q),
    )
    return {
      items: items.map(s => rowOfSegment(s, found)),
      stale: found.sizes === null,
      asOf: iso(workspaceNow(workspace)),
    }
  },

  async createSegment({ core, workspace, body, caller }) {
    const id = await createSegment(core, workspace.id, body, actorOf(caller))
    return detail(core, workspace, id)
  },

  segment: ({ core, workspace, params }) => detail(core, workspace, idOr404('seg', params.segment)),

  async saveSegment({ core, workspace, params, body, caller }) {
    const id = idOr404('seg', params.segment)
    await saveSegment(core, workspace.id, id, body, actorOf(caller))
    return detail(core, workspace, id)
  },

  async publishSegment({ core, workspace, params, body, caller }) {
    const id = idOr404('seg', params.segment)
    await publishSegment(core, workspace.id, id, body.version, actorOf(caller))
    return detail(core, workspace, id)
  },

  async segmentMoves({ core, workspace, params }) {
    const segment = await segmentOf({ core, workspace, params })
    const all = await listSegments(core.pool, workspace.id)
    const [fault] = await draftFaults(core.pool, workspace.id, segment, all)
    if (fault || segment.kind !== 'partition')
      throw new Problem(
        400,
        'draft_has_faults',
        fault?.message.en ?? 'Only a partition has groups to move between',
        {
          path: fault?.path,
          action: fault ? 'Correct the draft first.' : 'Ask for a partition.',
        },
      )
    const at = workspaceNow(workspace)
    const ctx = await contextOf(core.pool, workspace, at)
    return { items: await movesOf(core.history, ctx, segment), asOf: iso(at) }
  },

  async archiveSegment({ core, workspace, params, caller }) {
    const id = idOr404('seg', params.segment)
    await archiveSegment(
      core,
      workspace.id,
      id,
      async (sql, all) => (await usersOf(sql, workspace.id, all)).get(publicId('seg', id)) ?? [],
      actorOf(caller),
    )
    return detail(core, workspace, id)
  },

  async segmentVersions({ core, workspace, params }) {
    const { id } = await segmentOf({ core, workspace, params })
    return { items: (await segmentVersions(core.pool, workspace.id, id)).map(presentVersion) }
  },

  async compareSegmentVersions({ core, workspace, params, query }) {
    const segment = await segmentOf({ core, workspace, params })
    const versions = await segmentVersions(core.pool, workspace.id, segment.id)
    const facts = await versionFacts(core.history, workspace.id, segment.id)
    const sideFor = async (number: number) => {
      const version = versions.find(v => v.version === number)
      if (!version)
        throw new Problem(404, 'version_not_found', `There is no version ${number}`, {
          action: 'GET …/versions lists them.',
        })
      const next = versions.find(v => v.version === number + 1)
      // points are kept in workspace time, publications in real time
      const from = version.published_at.getTime() + workspace.clockOffsetMs
      const to = next ? next.published_at.getTime() + workspace.clockOffsetMs : workspaceNow(workspace) + 1
      const live = number === segment.live_version
      const reach = live ? await reachOfMembers(core.history, workspace.id, segment.n) : null
      return {
        version,
        side: sideOf(
          version,
          facts.get(number),
          reach ? reach.members : await sizeBetween(core.history, workspace.id, segment.n, from, to),
          reach && reach.members > 0 ? reach.reachable / reach.members : null,
        ),
      }
    }
    const [a, b] = await Promise.all([sideFor(query.a), sideFor(query.b)])
    return { a: a.side, b: b.side, changes: changesOf(a.version.definition, b.version.definition) }
  },

  async segmentMembers({ core, workspace, params, query }) {
    const segment = await segmentOf({ core, workspace, params })
    const after = readCursor(query.cursor, isTexts(1))
    const ids = await membersOf(
      core.history,
      workspace.id,
      segment.n,
      groupNumber(segment, query.group),
      after?.[0] ?? null,
      query.limit + 1,
    )
    const { shown, next } = cutPage(ids, query.limit, last => [last])
    const people = await customersById(core.pool, workspace.id, shown)
    const keys = new Map(Object.entries(segment.groups).map(([key, g]) => [g, key]))
    return {
      items: shown.flatMap(id => {
        const state = people.get(id)?.state
        if (!state) return []
        const held = state.seg?.find(m => m[0] === segment.n)
        return [
          {
            customer: rowOf(state, workspace.currency),
            group: keys.get(held?.[1] ?? 0) ?? REST_GROUP,
            since: held ? iso(held[2]) : null,
          },
        ]
      }),
      next,
    }
  },

  async changeSegmentMembers({ core, workspace, params, body, caller }) {
    const segment = await segmentOf({ core, workspace, params })
    return changeMembers(core, workspace.id, segment, body, actorOf(caller))
  },

  async snapshotSegment({ core, workspace, params, body, caller }) {
    const segment = await segmentOf({ core, workspace, params })
    groupNumber(segment, body.group)
    const made = await copyMembers(core, workspace.id, segment, body, actorOf(caller))
    return {
      segment: await detail(core, workspace, made.list),
      job: presentJob(await findJob(core.pool, workspace.id, segment.id, made.job)),
    }
  },

  async tagSegment({ core, workspace, params, body, caller }) {
    const segment = await segmentOf({ core, workspace, params })
    groupNumber(segment, body.group)
    const job = await tagMembers(core, workspace, segment, body, actorOf(caller))
    return presentJob(await findJob(core.pool, workspace.id, segment.id, job))
  },

  async segmentJobs({ core, workspace, params }) {
    const { id } = await segmentOf({ core, workspace, params })
    return { items: (await jobsOf(core.pool, workspace.id, id)).map(presentJob) }
  },

  async cancelSegmentJob({ core, workspace, params }) {
    const { id } = await segmentOf({ core, workspace, params })
    const job = idOr404('job', params.job)
    await cancelJob(core.pool, workspace.id, id, job)
    return presentJob(await findJob(core.pool, workspace.id, id, job))
  },

  async segmentHistory({ core, workspace, params, query }) {
    const segment = await segmentOf({ core, workspace, params })
    const at = workspaceNow(workspace)
    const days = await unlessDown(
      daysOf(core.history, workspace.id, segment, workspace.timezone, at, query.days),
    )
    const members = days && (await sizes(core.history, workspace.id)).get(segment.n)
    const last = days?.at(-1)
    // the day that runs: as it is now, not as of its last full hour
    if (last && segment.status === 'live')
      last.size = [...(members?.values() ?? [])].reduce((a, b) => a + b, 0)
    return {
      items: (days ?? []).map(d => ({ ...d, at: iso(d.at) })),
      stale: days === null,
      asOf: iso(at),
    }
  },

  async customerSegments({ core, workspace, params }) {
    const found = await findCustomer(core.pool, workspace.id, idOr404('cus', params.customer))
    if (!found) throw notFound('cus', 'customer')
    const all = new Map((await listSegments(core.pool, workspace.id)).map(s => [s.id, s]))
    const world = await newestWorld(core.pool, workspace.id)
    return {
      items: explain(found.state, world, workspaceNow(workspace)).flatMap(e => {
        const segment = all.get(e.segment.id)
        if (!segment?.live) return []
        return [
          {
            segment: publicId('seg', segment.id),
            name: segment.name,
            kind: segment.kind,
            group: e.group,
            groupName: groupName(segment.live, e.group),
            since: iso(e.since),
            rule: e.rule,
            why: e.why,
            computing: e.computing,
          },
        ]
      }),
    }
  },

  async segmentFlow({ core, workspace, params, query }) {
    const segment = await segmentOf({ core, workspace, params })
    const after = readCursor(query.cursor, isTexts(2))
    const found = await passagesOf(
      core.history,
      workspace.id,
      segment.id,
      query,
      after && { at: Number(after[0]), place: after[1]! },
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [String(last.at), last.place])
    const people = await customersById(core.pool, workspace.id, [...new Set(shown.map(p => p.customer))])
    return {
      items: shown.map(p => {
        const state = people.get(p.customer)?.state
        const { group, cause, why } = JSON.parse(p.props) as {
          group: string
          cause: string
          why?: Out<'segmentFlow'>['items'][number]['why']
        }
        return {
          customer: state ? rowOf(state, workspace.currency) : null,
          at: iso(p.at),
          way: p.name === 'segment.entered' ? ('entered' as const) : ('left' as const),
          group,
          version: p.version,
          cause,
          why: why ?? [],
        }
      }),
      next,
    }
  },
} satisfies Handlers
