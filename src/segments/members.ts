// Members put on and taken off by hand, and work over all members: copies of them as a list, tags. What happens to a
// customer goes through the inbox; work over many is a job.
import type { Out } from '../contract.ts'
import { customersById } from '../customers/store.ts'
import { queueJob } from '../catalogue/jobs.ts'
import { append, type Append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { parseId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { changed, insertSegment, type SegmentRecord } from './store.ts'

/** @throws Problem 409 when it is no list, or archived */
export function demandList(segment: SegmentRecord): void {
  if (segment.kind !== 'static')
    throw new Problem(409, 'not_a_list', 'Members of this segment follow from its rule', {
      action: 'Make a static list, or change the rule.',
    })
  if (segment.status === 'archived')
    throw new Problem(409, 'segment_archived', 'This list is archived', { action: 'Make a new list.' })
}

/** @throws Problem 409 when nobody can be a member */
function demandLive(segment: SegmentRecord): void {
  if (segment.status !== 'live')
    throw new Problem(409, 'segment_not_published', 'This segment has no members: it is not published', {
      action: 'Publish it first.',
    })
}

/** Puts people on a list or takes them off, by public ids; merged ids stand for their survivors. */
export async function changeMembers(
  core: Core,
  workspace: Uuid,
  segment: SegmentRecord,
  change: { add: string[]; remove: string[] },
  actor: string,
): Promise<Out<'changeSegmentMembers'>> {
  demandList(segment)
  const asked = [...change.add, ...change.remove].map(text => parseId('cus', text))
  const known = await customersById(
    core.pool,
    workspace,
    asked.filter(id => id !== null),
  )
  const rows: Append[] = []
  const unknown: string[] = []
  let added = 0
  let removed = 0
  ;[...change.add, ...change.remove].forEach((text, i) => {
    const id = asked[i]
    const on = i < change.add.length
    if (!id || !known.has(id)) {
      unknown.push(text)
      return
    }
    if (on) added++
    else removed++
    const body = { do: 'list' as const, n: segment.n, on, actor, src: 'list' }
    rows.push({ workspace, customer: id, input: { kind: 'note', messageId: null, body } })
  })
  await append(core.pool, core.signals, rows)
  return { added, removed, unknown }
}

/** Makes a list and queues the work that puts the members there. */
export async function copyMembers(
  core: Core,
  workspace: Uuid,
  segment: SegmentRecord,
  wanted: { name: string; group?: string | undefined },
  actor: string,
): Promise<{ list: Uuid; job: Uuid }> {
  demandLive(segment)
  const made = await inTransaction(core.pool, async sql => {
    const list = await insertSegment(sql, core, workspace, { name: wanted.name, kind: 'static' }, actor)
    const params = { into: list, ...(wanted.group === undefined ? {} : { group: wanted.group }) }
    const job = await queueJob(sql, {
      workspace,
      segment: segment.id,
      kind: 'snapshot',
      stage: 'walk',
      params,
      actor,
    })
    return { list, job }
  })
  core.signals.emit('inbox', '')
  core.signals.emit('segment-job')
  changed(core, workspace)
  return made
}

/** Queues a tag for every member, or its removal.
 *  @throws Problem 400 for an end that is past or no time */
export async function tagMembers(
  core: Core,
  workspace: WorkspaceRow,
  segment: SegmentRecord,
  wanted: { tag: string; remove: boolean; until?: string | undefined; group?: string | undefined },
  actor: string,
): Promise<Uuid> {
  demandLive(segment)
  const until = wanted.until === undefined ? null : Date.parse(wanted.until)
  if (until !== null && !(until > Date.now() + workspace.clockOffsetMs))
    throw new Problem(400, 'past', 'The end of this tag has passed, or is no time', {
      path: 'until',
      action: 'Give a time to come (RFC 3339), or none.',
    })
  const job = await queueJob(core.pool, {
    workspace: workspace.id,
    segment: segment.id,
    kind: wanted.remove ? 'untag' : 'tag',
    stage: 'walk',
    params: {
      tag: wanted.tag,
      ...(wanted.group === undefined ? {} : { group: wanted.group }),
      ...(until === null || wanted.remove ? {} : { until: new Date(until).toISOString() }),
    },
    actor,
  })
  core.signals.emit('segment-job')
  return job
}
