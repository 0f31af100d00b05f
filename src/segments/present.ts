// Segments, versions and jobs as the API shows them. Pure.
import { isDeepStrictEqual } from 'node:util'
import type { Out } from '../contract.ts'
import { publicId } from '../platform/ids.ts'
import type { Fault } from '../rules/check.ts'
import type { Change, VersionFacts } from './facts.ts'
import type { JobRow } from './jobs.ts'
import { groupKeys, REST_GROUP, type Definition } from './model.ts'
import type { SegmentRecord, VersionRecord } from './store.ts'
import type { User } from './users.ts'

type Row = Out<'segments'>['items'][number]
export type Job = Out<'tagSegment'>
type Side = Out<'compareSegmentVersions'>['a']

/** What is known beside the row itself; null where history does not answer. */
export type Around = {
  sizes: Map<number, Map<number, number>> | null
  changes: Map<string, Change> | null
  computing: Map<string, { done: number; total: number | null }>
  users: Map<string, User[]>
}

export const groupName = (definition: Definition, key: string): string =>
  key === REST_GROUP ? (definition.restName ?? '') : (definition.groups.find(g => g.key === key)?.name ?? '')

export function rowOfSegment(s: SegmentRecord, around: Around): Row {
  const id = publicId('seg', s.id)
  const definition = s.live ?? s.draft
  const size =
    s.status === 'live' ? around.sizes && (around.sizes.get(s.n) ?? new Map<number, number>()) : null
  return {
    id,
    name: s.name,
    purpose: s.purpose,
    kind: s.kind,
    status: s.status,
    library: s.library,
    liveVersion: s.live_version,
    definition,
    size: size && [...size.values()].reduce((a, b) => a + b, 0),
    groups:
      size === null || s.kind !== 'partition'
        ? []
        : groupKeys(s.kind, definition.groups).map(key => ({
            key,
            name: groupName(definition, key),
            size: size.get(s.groups[key] ?? 0) ?? 0,
          })),
    change:
      s.status === 'live' ? around.changes && (around.changes.get(id) ?? { entered: 0, left: 0 }) : null,
    computing: around.computing.get(s.id) ?? null,
    usedBy: around.users.get(id) ?? [],
    updatedAt: s.updated_at.toISOString(),
    updatedBy: s.updated_by,
    version: s.version,
  }
}

export const detailOf = (s: SegmentRecord, around: Around, faults: Fault[]): Out<'segment'> => ({
  ...rowOfSegment(s, around),
  draft: s.draft,
  changed: s.live !== null && !isDeepStrictEqual(s.draft, s.live),
  faults,
  createdAt: s.created_at.toISOString(),
  createdBy: s.created_by,
})

export const presentVersion = (v: VersionRecord): Out<'segmentVersions'>['items'][number] => ({
  version: v.version,
  definition: v.definition,
  publishedAt: v.published_at.toISOString(),
  publishedBy: v.published_by,
  filledAt: v.filled_at?.toISOString() ?? null,
})

export const presentJob = (j: JobRow): Job => ({
  id: publicId('job', j.id),
  kind: j.kind,
  status: j.status,
  done: j.done,
  total: j.total,
  hits: j.hits,
  detail: {
    ...(j.params.tag === undefined ? {} : { tag: j.params.tag }),
    ...(j.params.until === undefined ? {} : { until: j.params.until }),
    ...(j.params.group === undefined ? {} : { group: j.params.group }),
    ...(j.params.into === undefined ? {} : { into: publicId('seg', j.params.into) }),
  },
  problem: j.problem,
  createdBy: j.created_by,
  createdAt: j.created_at.toISOString(),
  endedAt: j.ended_at?.toISOString() ?? null,
})

export const sideOf = (
  v: VersionRecord,
  facts: VersionFacts | undefined,
  size: number | null,
  reachable: number | null,
): Side => ({
  ...presentVersion(v),
  entered: facts?.entered ?? 0,
  left: facts?.left ?? 0,
  rechecked: { entered: facts?.recheckedIn ?? 0, left: facts?.recheckedOut ?? 0 },
  size,
  reachable,
})

/** Every place in which two definitions differ, by JSON pointer, as deep as both have the same shape. */
export function changesOf(
  before: unknown,
  after: unknown,
  path = '',
): { path: string; before: unknown; after: unknown }[] {
  if (isDeepStrictEqual(before, after)) return []
  const both = [before, after]
  if (both.some(v => typeof v !== 'object' || v === null) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before: before ?? null, after: after ?? null }]
  const [a, b] = both as [Record<string, unknown>, Record<string, unknown>]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(key =>
    changesOf(a[key], b[key], `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}
